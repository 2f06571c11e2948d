"""Opening a refund case: the request judged against everything known of its order line (SPEC §3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.messages import Event
from domain.order.events import RefundCaseOpened
from domain.order.line import OrderLine, unknown_line
from domain.refund import intake
from domain.refund.commands import SubmitRequest
from domain.refund.events import RequestOpened, SuccessorOpened
from domain.refund.request import Request
from domain.refund.unasked import answered_by_rule, seller_of
from domain.seller.account import SellerAccount
from domain.seller.rules import SellerRules
from store import streams
from store.application.carrying import Drafts
from store.application.desk import Desk
from store.application.errand import Errand, Receipt, fingerprint
from store.application.line_past import LinePast, past_of
from store.envelope import Cause, Draft, Envelope
from store.log import Append, Tip, tip_of


class Submissions(Desk):
    """Opens cases, one active one an order line however many race for it."""

    def submit(self, command: SubmitRequest, errand: Errand) -> Receipt:
        """Open a case on an order line; one that a rule of the seller's covers is answered in the same transaction.

        A preview tells of the request alone, so that nobody can try out for what a seller pays unasked. Raises what
        ``intake.submit`` refuses.
        """
        asked = fingerprint(f"order-line/{command.line_id}", command, errand.actor)
        return self._counter.carry_out(errand, asked, lambda: self._submit(command, errand, asked))

    def _submit(self, command: SubmitRequest, errand: Errand, asked: bytes) -> Receipt:
        now = self._clock()
        line_stream = streams.order_line(command.line_id)
        line_history = self._log.history(line_stream)
        line = self._parties.line_of(line_history)
        if line is None:
            raise unknown_line(command.line_id)
        histories = self._log.histories([*line.cases, *command.photos, *self._parties.streams_of(line)])
        seller = self._parties.seller_of(histories[streams.seller(line.facts.seller_id)])
        past = past_of(line, histories, seller, self._policies, now)
        request = self._request(command, errand, line, seller, past, histories, now)
        opened = intake.submit(request)
        marker = RefundCaseOpened(case_id=opened.case_id, attempt=opened.attempt)
        cause = errand.cause(now)
        rules = self._parties.rules_of(histories[streams.seller(line.facts.seller_id)])
        answered = [] if errand.preview else _by_rule(opened, rules, request, cause)
        appends = [
            Append(Tip(opened.case_id), [(Draft(opened, now, request.policy.ref), cause), *answered]),
            _append(tip_of(line_stream, line_history), marker, cause, None),
            *past.appends(*_successors(past, opened.case_id, cause)),
        ]
        return self._counter.write(errand, asked, appends, stream_id=opened.case_id, now=now)

    def _request(
        self,
        command: SubmitRequest,
        errand: Errand,
        line: OrderLine,
        seller: SellerAccount | None,
        past: LinePast,
        histories: Mapping[UUID, list[Envelope]],
        now: datetime,
    ) -> Request:
        policy, buyer_id = self._policies.current, line.facts.buyer_id
        return Request(
            command=command,
            actor=errand.actor,
            now=now,
            policy=policy,
            case_id=streams.refund_case(command.line_id, len(line.cases) + 1),
            line=line,
            seller=seller,
            buyer=replace(
                self._parties.buyer_of(histories[streams.buyer(buyer_id)]),
                conduct=self._parties.conduct_of(buyer_id, policy, now),
            ),
            previous=past.cases_now,
            cancellation_open=any(told.is_open for told in past.cancellations_now),
            sale_cancelled=any(not told.is_open and told.ends_the_sale for told in past.cancellations_now),
            charged_back=line.has_chargeback or any(told.chargeback for told in past.cancellations_now),
            evidence=self._parties.evidence_of(command.photos, histories, errand.actor),
        )


def _by_rule(opened: RequestOpened, rules: SellerRules, request: Request, cause: Cause) -> Drafts:
    """What the seller's rules answer at once, caused by the rule in its version."""
    approved = answered_by_rule(opened, rules, request.policy, request.now)
    if approved is None or approved.seller_rule is None:
        return []
    rule = approved.seller_rule
    command_id = streams.rule_command(opened.case_id, rule.rule_id, rule.version)
    by_rule = Cause(seller_of(opened), command_id, cause.correlation_id, request.now)
    return [(Draft(approved, request.now, request.policy.ref), by_rule)]


def _append(tip: Tip, event: Event, cause: Cause, policy: str | None) -> Append:
    return Append(tip, [(Draft(event, cause.recorded_at, policy), cause)])


def _successors(past: LinePast, successor: UUID, cause: Cause) -> Iterator[tuple[Draft, Cause]]:
    """The newest case so far learns that it can no longer come alive."""
    for case in past.cases_now[-1:]:
        event = SuccessorOpened(status=case.status, outcome=case.outcome, successor=successor)
        yield Draft(event, cause.recorded_at, case.policy), cause
