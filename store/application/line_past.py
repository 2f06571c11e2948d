"""What was asked on an order line before, every timeout that is due by now applied first (SPEC §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.cancellation.cancellation import Cancellation
from domain.order.line import OrderLine
from domain.policy import PolicyBook
from domain.refund.case import Case
from domain.seller.account import SellerAccount
from store.application.cancellation_record import cancellation_of
from store.application.carrying import Carried, overtaken
from store.application.case_record import record_of
from store.application.overtaking import CANCELLATIONS, CASES, clock_on_cancellation, clock_on_case
from store.envelope import Cause, Draft, Envelope
from store.log import Append, Tip


@dataclass(frozen=True, slots=True)
class LinePast:
    """The cases and cancellation requests of a line, oldest first, with where their streams end."""

    cases: tuple[tuple[Tip, Carried[Case]], ...]
    cancellations: tuple[tuple[Tip, Carried[Cancellation]], ...]

    @property
    def cases_now(self) -> tuple[Case, ...]:
        return tuple(carried.moved for _, carried in self.cases)

    @property
    def cancellations_now(self) -> tuple[Cancellation, ...]:
        return tuple(carried.moved for _, carried in self.cancellations)

    def appends(self, *after_last_case: tuple[Draft, Cause]) -> list[Append]:
        """The timeouts to record with whatever is decided on them; more may follow on the newest case."""
        asked = [Append(tip, carried.drafts) for tip, carried in self.cancellations]
        cases = [Append(tip, carried.drafts) for tip, carried in self.cases]
        newest = [replace(append, drafts=[*append.drafts, *after_last_case]) for append in cases[-1:]]
        return [append for append in (*asked, *cases[:-1], *newest) if append.drafts]


def past_of(
    line: OrderLine,
    histories: Mapping[UUID, Sequence[Envelope]],
    seller: SellerAccount | None,
    policies: PolicyBook,
    now: datetime,
) -> LinePast:
    """As the histories of the line's cases and cancellations tell it; ``seller`` says where returns go."""
    address = seller.return_address if seller else None
    cases = [record for it in line.cases if (record := record_of(histories[it]))]
    return LinePast(
        tuple((it.tip, overtaken(CASES, it.case, clock_on_case(it.case, policies, address, now))) for it in cases),
        cancellations_of(line, histories, policies, now),
    )


def cancellations_of(
    line: OrderLine, histories: Mapping[UUID, Sequence[Envelope]], policies: PolicyBook, now: datetime
) -> tuple[tuple[Tip, Carried[Cancellation]], ...]:
    """The line's cancellation requests alone, as their histories tell them."""
    asked = [told for it in line.cancellations if (told := cancellation_of(histories[it]))]
    return tuple((it.tip, _overtaken(it.cancellation, policies, now)) for it in asked)


def _overtaken(told: Cancellation, policies: PolicyBook, now: datetime) -> Carried[Cancellation]:
    return overtaken(CANCELLATIONS, told, clock_on_cancellation(told, policies, now))
