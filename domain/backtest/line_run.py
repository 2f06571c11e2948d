"""The cases of an order line run again under a policy, one after the other as they were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.backtest.asked import opening_of
from domain.backtest.case_run import CaseRun
from domain.backtest.recorded import AddressAt
from domain.backtest.script import Heard, PolicyOf, Requested
from domain.buyer.standing import BuyerStanding
from domain.messages import Command
from domain.order.line import OrderLine
from domain.policy import Policy
from domain.refund import intake
from domain.refund.case import Case
from domain.refund.events import CaseEvent, RequestRoutedToSupport, SuccessorOpened
from domain.refund.evolve import opened
from domain.refund.request import Request
from domain.refusals import Refused
from domain.seller.account import SellerAccount, SellerProfile
from domain.vocabulary import SupportRouting


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of one case in a run."""

    case: Case | None
    """As it stands at the end; None where the request was not taken."""
    refused_by: str | None = None
    """The rule that refused the request."""
    history: tuple[tuple[CaseEvent, datetime], ...] = ()
    """What happened in the run, and when."""
    left_over: tuple[Command, ...] = ()
    """What was asked or reported then, and had no place in the run."""


Runs = dict[UUID, Ran]


def run_again(came: Sequence[Requested | Heard], policy_of: PolicyOf, address_at: AddressAt, until: datetime) -> Runs:
    """Each case as it would stand at ``until``, UTC, by its id.

    ``policy_of`` gives the policy to judge by, of the reference of the one that a case is pinned to.
    """
    run = _LineRun(policy_of, address_at)
    for it in came:
        if isinstance(it, Requested):
            run.open(it, [heard for heard in came if isinstance(heard, Heard) and heard.case_id == it.case.id])
        else:
            run.hear(it)
    return run.ended(until)


@dataclass
class _LineRun:
    policy_of: PolicyOf
    address_at: AddressAt
    runs: dict[UUID, CaseRun] = field(default_factory=dict)
    refused: dict[UUID, str] = field(default_factory=dict)

    def open(self, requested: Requested, heard: Iterable[Heard]) -> None:
        """Judge the request as intake does. ``heard``: all that the recorded case will hear."""
        case, now = requested.case, requested.told.recorded_at
        policy = self.policy_of(case.policy)
        for run in self.runs.values():
            run.pass_to(now)
        try:
            decided = intake.submit(self._request(requested, policy))
        except Refused as refusal:
            self.refused[case.id] = refusal.rule
            return
        self._succeed(case.id, now)
        begins = opened(decided, policy=policy.ref, at=case.opened_at)
        run = CaseRun(begins, policy, self.address_at, case.stands().refunds_requested, heard)
        run.history.append((decided, case.opened_at))
        self.runs[case.id] = run

    def hear(self, heard: Heard) -> None:
        """Let the case of this run hear what the recorded one did, if it was taken.

        What happened to the line itself is heard by its newest one instead.
        """
        run = self.runs.get(heard.case_id) or (self._newest() if heard.is_of_line else None)
        if run:
            run.hear(heard)

    def ended(self, until: datetime) -> Runs:
        for run in self.runs.values():
            run.pass_to(until)
        taken = {
            case_id: Ran(run.case, history=tuple(run.history), left_over=run.left_over)
            for case_id, run in self.runs.items()
        }
        return taken | {case_id: Ran(None, rule) for case_id, rule in self.refused.items()}

    def _succeed(self, successor: UUID, at: datetime) -> None:
        """The newest case so far can no longer come alive."""
        run = self._newest()
        if run:
            case = run.case
            run.note(SuccessorOpened(status=case.status, outcome=case.outcome, successor=successor), at)

    def _newest(self) -> CaseRun | None:
        return next(reversed(self.runs.values()), None)

    def _request(self, requested: Requested, policy: Policy) -> Request:
        """What intake looked at, as far as the opening and this run tell it."""
        event, told = requested.event, requested.told
        routing = event.routing if isinstance(event, RequestRoutedToSupport) else ()
        enrolled = SupportRouting.SELLER_NOT_ENROLLED not in routing
        return Request(
            command=opening_of(event),
            actor=told.actor,
            now=told.recorded_at,
            policy=policy,
            case_id=event.case_id,
            line=OrderLine(facts=event.line, cases=tuple(self.runs)),
            seller=SellerAccount(event.line.seller_id, SellerProfile(enrolled=enrolled)),
            buyer=BuyerStanding(SupportRouting.BUYER_UNDER_REVIEW in routing, event.buyer_conduct),
            previous=tuple(run.case for run in self.runs.values()),
            evidence={photo.evidence_id: photo for photo in event.photos},
        )
