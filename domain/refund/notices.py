"""The notices table: what each event of a case tells whom (SPEC §7.7).

Most of it is derived: whoever the case newly waits for is told so, and an amount on the seller's balance tells him.
The tables here hold the rest: who else hears of a status, and what single events say instead.
"""

from __future__ import annotations

from domain.actors import Role
from domain.notice import Notice, first_of_each
from domain.posting import Account
from domain.refund import events as e
from domain.refund.gone_back import goes_back_unpaid
from domain.refund.waiting import WAITING_ON
from domain.vocabulary import Outcome, Status

BUYER, SELLER, SUPPORT = Role.BUYER, Role.SELLER, Role.SUPPORT

INFORMED: dict[Status, tuple[Role, ...]] = {
    Status.AWAITING_SELLER: (BUYER,),
    Status.AWAITING_RETURN: (SELLER,),
    Status.RETURN_IN_TRANSIT: (SELLER,),
    Status.AWAITING_REPLACEMENT: (BUYER,),
    Status.REPLACEMENT_IN_TRANSIT: (BUYER,),
    Status.SUPPORT_REVIEW: (BUYER, SELLER),
    Status.REFUND_PENDING: (BUYER,),
    Status.CLOSED: (BUYER, SELLER),
}
"""Who hears that a case came into this status, beside the one it waits for."""

TOLD: dict[type[e.CaseEvent], tuple[Notice, ...]] = {
    e.RefundRequested: (Notice(SELLER, "new_request", can_be_switched_off=False),),
    e.HandedToSeller: (Notice(SELLER, "new_request", can_be_switched_off=False),),
    e.TakenOverForFraud: (Notice(SELLER, "relieved"),),
    e.OfferRaised: (Notice(BUYER, "offer_raised"),),
    e.ReplacementItemProposed: (Notice(BUYER, "replacement_item_proposed"),),
    e.ReplacementItemAnswered: (Notice(SELLER, "replacement_item_answered"),),
    e.ReturnLabelIssued: (Notice(BUYER, "return_label_issued"),),
    e.SupportAskedIn: (Notice(SUPPORT, "support_asked_in"),),
    e.ReturnArrivedDuringReview: (Notice(SUPPORT, "return_arrived"),),
    e.ReplacementScanRecorded: (Notice(SUPPORT, "replacement_scanned"),),
    e.StrayReplacementRecorded: (Notice(SUPPORT, "replacement_scanned"),),
    e.ChargebackRecorded: (Notice(SUPPORT, "chargeback_recorded"),),
    e.ChargebackReversed: (Notice(SUPPORT, "chargeback_reversed"),),
    e.OutsideRefundRecorded: (Notice(SUPPORT, "paid_twice"),),
    e.StrayRefundSettled: (Notice(SUPPORT, "paid_twice"),),
    e.GivenUpRefundSettled: (Notice(SUPPORT, "settled_after_all"),),
    e.AppealUpheld: (Notice(SELLER, "appeal_upheld"),),
    e.AppealDismissed: (Notice(SELLER, "appeal_dismissed"),),
}
"""What these events say by themselves; to the party named here they say nothing else."""

APPEAL_ENDS = frozenset({e.AppealUpheld, e.AppealDismissed})
"""The case closes a second time, and only for the seller is there news."""
WORDS = frozenset({e.MessageSent, e.EvidenceAdded})
READERS = {BUYER: (SELLER,), SELLER: (BUYER,), SUPPORT: (BUYER, SELLER)}
BRINGS_SELLER_IN = frozenset({e.RefundRequested, e.HandedToSeller})


def notices(event: e.CaseEvent, *, before: Status | None, by: Role, seller_takes_part: bool) -> tuple[Notice, ...]:
    """Who is told what when ``event`` follows the status ``before``, caused ``by`` this role.

    ``seller_takes_part`` says whether he did before the event. One who does not, since support has had the case from
    the beginning or fraud is suspected, hears of nothing but his balance. The buyer is not told why support has it.
    """
    news = first_of_each(
        *TOLD.get(type(event), ()), *_words(event, by), *_came_back_unpaid(event), *_entering(event, before)
    )
    in_it = seller_takes_part or type(event) in BRINGS_SELLER_IN
    return (*(notice for notice in news if in_it or notice.to is not SELLER), *_balance(event))


def seller_takes_part_after(kind: type[e.CaseEvent], *, before: bool) -> bool:
    """Whether the seller takes part in the case after an event of this kind; nobody does before it is opened."""
    return kind is not e.TakenOverForFraud and (before or kind in BRINGS_SELLER_IN)


def reminder(status: Status) -> Notice | None:
    """What whoever is waited on is told before his time ends; None where nobody can be reminded."""
    role = WAITING_ON.get(status)
    return Notice(role, f"reminder.{status}") if role in {BUYER, SELLER} else None


def _words(event: e.CaseEvent, by: Role) -> tuple[Notice, ...]:
    readers = READERS.get(by, ()) if type(event) in WORDS else ()
    return tuple(Notice(reader, "message") for reader in readers)


def _came_back_unpaid(event: e.CaseEvent) -> tuple[Notice, ...]:
    return (CAME_BACK_UNPAID,) if goes_back_unpaid(event) else ()


def _entering(event: e.CaseEvent, before: Status | None) -> tuple[Notice, ...]:
    """The news of a status that the case was not in."""
    status = event.status
    if status is before or type(event) in APPEAL_ENDS:
        return ()
    told = status if status is not Status.CLOSED else f"{status}.{event.outcome}"
    role = WAITING_ON.get(status)
    turn = (Notice(role, f"turn.{status}"),) if role is not None and role.is_person else ()
    return (*turn, *(Notice(informed, f"news.{told}") for informed in INFORMED.get(status, ())))


CAME_BACK_UNPAID = Notice(SUPPORT, "return_after_the_end")
CHARGED, CREDITED = Notice(SELLER, "charged"), Notice(SELLER, "credited")


def _balance(event: e.CaseEvent) -> tuple[Notice, ...]:
    minor = event.posting.minor_on(Account.SELLER) if event.posting else 0
    if not minor:
        return ()
    return (CHARGED if minor < 0 else CREDITED,)


def templates() -> frozenset[str]:
    """Every key that a notice of a case can have."""
    told = {notice.template for notices in TOLD.values() for notice in notices}
    turns = {f"turn.{status}" for status, role in WAITING_ON.items() if role.is_person}
    news = {f"news.{status}" for status in INFORMED if status is not Status.CLOSED}
    ends = {f"news.{Status.CLOSED}.{outcome}" for outcome in Outcome}
    reminders = {notice.template for status in WAITING_ON if (notice := reminder(status))}
    single = {notice.template for notice in (CAME_BACK_UNPAID, CHARGED, CREDITED)}
    return frozenset(told | turns | news | ends | reminders | single | {"message"})
