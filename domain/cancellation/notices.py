"""The notices table: what each event of a cancellation request tells whom (SPEC §7.7)."""

from __future__ import annotations

from domain.actors import Role
from domain.cancellation import events as e
from domain.cancellation.waiting import WAITING_ON
from domain.notice import Notice, first_of_each
from domain.vocabulary import CancellationOutcome, CancellationStatus

BUYER, SELLER, SUPPORT = Role.BUYER, Role.SELLER, Role.SUPPORT
PROCESS = "cancellation"
"""Every key of this process begins with it."""

INFORMED: dict[CancellationStatus, tuple[Role, ...]] = {
    CancellationStatus.REFUND_PENDING: (BUYER,),
    CancellationStatus.SUPPORT_REVIEW: (BUYER,),
    CancellationStatus.CLOSED: (BUYER, SELLER),
}
"""Who hears that a request came into this status, beside the one it waits for."""


def _notice(to: Role, template: str, *, can_be_switched_off: bool = True) -> Notice:
    return Notice(to, f"{PROCESS}.{template}", can_be_switched_off)


ALARMED = (_notice(SUPPORT, "shipped"), _notice(SELLER, "shipped"))
TOLD: dict[type[e.CancellationEvent], tuple[Notice, ...]] = {
    e.CancellationRequested: (_notice(SELLER, "new_request", can_be_switched_off=False),),
    e.ShippedAlthoughCancelled: ALARMED,
    e.ChargebackRecorded: (_notice(SUPPORT, "chargeback_recorded"),),
    e.ChargebackReversed: (_notice(SUPPORT, "chargeback_reversed"),),
    e.OutsideRefundRecorded: (_notice(SUPPORT, "paid_twice"),),
    e.StrayRefundSettled: (_notice(SUPPORT, "paid_twice"),),
}
"""What these events say by themselves; to the party named here they say nothing else."""


def notices(event: e.CancellationEvent, *, before: CancellationStatus | None) -> tuple[Notice, ...]:
    """Who is told what when ``event`` follows the status ``before``."""
    return first_of_each(*TOLD.get(type(event), ()), *_entering(event, before))


def reminder(status: CancellationStatus) -> Notice | None:
    """What the seller is told before his time to answer ends; None where nobody is reminded."""
    return _notice(SELLER, f"reminder.{status}") if WAITING_ON.get(status) is SELLER else None


def _entering(event: e.CancellationEvent, before: CancellationStatus | None) -> tuple[Notice, ...]:
    """The news of a status that the request was not in."""
    status = event.status
    if status is before:
        return ()
    told = status if status is not CancellationStatus.CLOSED else f"{status}.{event.outcome}"
    role = WAITING_ON.get(status)
    turn = (_notice(role, f"turn.{status}"),) if role is not None and role.is_person else ()
    return (*turn, *(_notice(informed, f"news.{told}") for informed in INFORMED.get(status, ())))


def templates() -> frozenset[str]:
    """Every key that a notice of a request can have."""
    told = {notice.template for notices in TOLD.values() for notice in notices}
    turns = {f"{PROCESS}.turn.{status}" for status, role in WAITING_ON.items() if role is SUPPORT}
    news = {f"{PROCESS}.news.{status}" for status in INFORMED if status is not CancellationStatus.CLOSED}
    ends = {f"{PROCESS}.news.{CancellationStatus.CLOSED}.{outcome}" for outcome in CancellationOutcome}
    reminders = {notice.template for status in WAITING_ON if (notice := reminder(status))}
    return frozenset(told | turns | news | ends | reminders)
