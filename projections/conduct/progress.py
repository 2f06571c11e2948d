"""What each event of a case says of buyer and seller: how the row of the case goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from domain.actors import Role
from domain.business_time import Calendar
from domain.posting import Account
from domain.refund import events as e
from domain.vocabulary import Status
from projections.glance import Columns
from store.envelope import Envelope

Note: TypeAlias = Callable[[Mapping[str, Any], Any, Envelope], Columns]
"""What an event changes in the row, beside what every event says."""
RULED = (e.FullRefundDecided, e.PartialRefundDecided)
RULED_ON_RETURN = (e.RefundOnReturnDecided, e.RefundOnReturnDecidedInTransit, e.RefundOnReturnDecidedArrived)


def _asked(row: Mapping[str, Any], event: e.CaseEvent, envelope: Envelope) -> Columns:
    return {"asked_at": row["asked_at"] or envelope.occurred_at}


def _silent(row: Mapping[str, Any], event: e.CaseEvent, envelope: Envelope) -> Columns:
    return {"silent_at": envelope.occurred_at}


def _overturned(row: Mapping[str, Any], event: e.CaseEvent, envelope: Envelope) -> Columns:
    return {"overturned": row["overturned"] or row["escalated"]}


def _paid(row: Mapping[str, Any], event: e.CaseEvent, envelope: Envelope) -> Columns:
    left = event.posting.minor_on(Account.PAYMENTS) if event.posting else 0
    return _reached_buyer(row, left, envelope)


def _paid_otherwise(row: Mapping[str, Any], event: e.RefundPaidOtherwise, envelope: Envelope) -> Columns:
    """Whatever reached him before may be that other way: it counts once."""
    return {"refunded_minor": max(row["refunded_minor"], row["due_minor"]), "refunded_at": envelope.occurred_at}


def _paid_elsewhere(
    row: Mapping[str, Any], event: e.RefundedElsewhere | e.OutsideRefundRecorded, envelope: Envelope
) -> Columns:
    return _reached_buyer(row, event.amount.minor, envelope)


def _reached_buyer(row: Mapping[str, Any], minor: int, envelope: Envelope) -> Columns:
    return {"refunded_minor": row["refunded_minor"] + minor, "refunded_at": envelope.occurred_at}


NOTES: dict[type[e.CaseEvent], Note] = {
    e.RefundRequested: _asked,
    e.HandedToSeller: _asked,
    **dict.fromkeys((e.SellerSilent, e.SilenceRefunded, e.SilenceApprovedReturn), _silent),
    e.RequestRejected: lambda row, event, envelope: {"rejected": True},
    e.RequestEscalated: lambda row, event, envelope: {"escalated": True},
    **dict.fromkeys((*RULED, *RULED_ON_RETURN), _overturned),
    e.RefundSettled: _paid,
    e.RefundPaidOtherwise: _paid_otherwise,
    e.StrayRefundSettled: _paid,
    e.RefundedElsewhere: _paid_elsewhere,
    e.OutsideRefundRecorded: _paid_elsewhere,
}


def take_in(row: Columns, envelope: Envelope, calendar: Calendar) -> None:
    """The row after one more event of its case; one that it contains already changes nothing."""
    if envelope.originator_version <= row["version"]:
        return
    event = envelope.payload
    assert isinstance(event, e.CaseEvent)  # noqa: S101 -- the topics asked for say so
    if event.refund:
        row["due_minor"] = event.refund.minor
    if event.posting:
        row["charged_minor"] -= event.posting.minor_on(Account.SELLER)
    note = NOTES.get(type(event))
    row |= note(row, event, envelope) if note else {}
    if _answers(row, event, envelope):
        elapsed = calendar.elapsed(row["asked_at"], envelope.occurred_at)
        row |= {"answered_at": envelope.occurred_at, "response_seconds": int(elapsed.total_seconds())}
    row |= {"version": envelope.originator_version, "status": event.status, "outcome": event.outcome}


def _answers(row: Mapping[str, Any], event: e.CaseEvent, envelope: Envelope) -> bool:
    """Whether the seller moves a case on that waits for his first answer."""
    waits = row["status"] == Status.AWAITING_SELLER and row["answered_at"] is None
    return waits and event.status is not Status.AWAITING_SELLER and envelope.cause.actor.role is Role.SELLER
