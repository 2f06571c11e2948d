"""A look at a case: what the caller sees of it now, after his command, or as it stood."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from uuid import UUID

from api.presenting.refund_case import refund_case
from api.problems import invalid_field
from api.schemas.refund_case import RefundCase
from api.services import Services
from domain.actors import Actor
from domain.messages import Personal
from domain.policy import OnSilence, Policy
from domain.refund.case import Case
from domain.refund.situation import Context
from domain.refusals import Unknown
from domain.seller import account as seller
from domain.seller.account import SellerAccount
from domain.vocabulary import Status
from store import streams
from store.application import CaseRecord, Errand, Receipt, record_of


def look(
    services: Services, record: CaseRecord, viewer: Actor, at: datetime, *, position: int | None = None
) -> RefundCase:
    """The case as ``viewer`` sees it ``at`` this moment."""
    return refund_case(record, _context(services, record.case, viewer, at), position=position)


def _context(services: Services, case: Case, viewer: Actor, at: datetime) -> Context:
    policy = services.door.policies[case.policy]
    address = _return_address(services, case.line.seller_id, at) if _silence_asks(case, policy) else None
    return Context(actor=viewer, now=at, happened_at=at, policy=policy, return_address=address)


def _silence_asks(case: Case, policy: Policy) -> bool:
    """Whether what silence leads to hangs on the seller's return address."""
    approves = policy.answers.on_seller_silence is OnSilence.AUTO_APPROVE_RETURN
    return approves and case.status is Status.AWAITING_SELLER


def _return_address(services: Services, seller_id: str, at: datetime) -> Personal | None:
    history = services.door.log.history(streams.seller(seller_id))
    told = [envelope.payload for envelope in history if envelope.cause.recorded_at <= at]
    initial: SellerAccount | None = None
    account = reduce(lambda known, event: seller.evolve(event, known), told, initial)
    return account.return_address if account else None


def outcome(services: Services, receipt: Receipt, errand: Errand) -> RefundCase:
    """The case as the command left it: the same however often, and whenever, the command is sent."""
    find = services.door.refund_cases.find
    if errand.preview:
        record = _foreseen(services, receipt)
    else:
        record = find(receipt.stream_id, errand.actor, version=receipt.version)
    return look(services, record, errand.actor, receipt.recorded_at, position=receipt.position)


def _foreseen(services: Services, receipt: Receipt) -> CaseRecord:
    known = services.door.log.history(receipt.stream_id)
    foreseen = [event for event in receipt.events if event.originator_id == receipt.stream_id]
    record = record_of([*known[: receipt.version - len(foreseen)], *foreseen])
    assert record is not None  # noqa: S101 -- an opening, or something that follows one
    return record


def stood(
    services: Services, viewer: Actor, case_id: UUID, version: int | None, as_of: datetime | None
) -> tuple[CaseRecord, datetime]:
    """The case at a version, or as the house knew it at a moment, and when that was.

    Raises Unknown for a version or moment at which it was not there, Problem (422) for both or a moment to come.
    """
    find = services.door.refund_cases.find
    if as_of is None:
        record = find(case_id, viewer, version=version)
        return record, record.recorded_at
    if version is not None:
        raise invalid_field("query", "as_of", "give a version or a moment, not both")
    if as_of > services.door.clock():
        raise invalid_field("query", "as_of", "lies in the future")
    record = find(case_id, viewer)
    earlier = record_of([envelope for envelope in record.history if envelope.cause.recorded_at <= as_of])
    if earlier is None:
        then = as_of.isoformat()
        raise Unknown("unknown_case", f"case {case_id} was not open at {then}", case_id=str(case_id), as_of=then)
    return earlier, as_of
