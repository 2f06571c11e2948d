"""Which stream each thing of the trade has: ids derived from the marketplace's own, so that races collide."""

from __future__ import annotations

from uuid import UUID, uuid5

HOUSE = UUID("5d9f3c1e-6a57-5a0c-9a4e-d1ec75e271ce")
"""The namespace of all derived ids; changing it would orphan every stream."""


def order_line(line_id: str) -> UUID:
    return uuid5(HOUSE, f"order-line/{line_id}")


def seller(seller_id: str) -> UUID:
    return uuid5(HOUSE, f"seller/{seller_id}")


def buyer(buyer_id: str) -> UUID:
    return uuid5(HOUSE, f"buyer/{buyer_id}")


def refund_case(line_id: str, attempt: int) -> UUID:
    """Two submissions racing for the same attempt want the same stream, and one loses (DESIGN §2)."""
    return uuid5(HOUSE, f"refund-case/{line_id}/{attempt}")


def cancellation(line_id: str, attempt: int) -> UUID:
    return uuid5(HOUSE, f"cancellation/{line_id}/{attempt}")


def parcel(number: str) -> UUID:
    """A parcel is its number, letters and digits alone; also the namespace of the commands that its scans become."""
    return uuid5(HOUSE, f"parcel/{number}")


def adjustment(seller_id: str, kind: str, reference: str) -> UUID:
    """The marketplace's reference is good for one posting of each kind on each account."""
    return uuid5(HOUSE, f"adjustment/{kind}/{seller_id}/{reference}")


def rule_command(case_id: UUID, rule_id: str, version: int) -> UUID:
    """The id of the command by which a seller's rule answers a case."""
    return uuid5(case_id, f"seller-rule/{rule_id}/{version}")


def timeout_command(stream_id: UUID, kind: str, due_at: str) -> UUID:
    """The id of the command that ends one deadline: however often it is tried, it takes effect once."""
    return uuid5(stream_id, f"timeout/{kind}/{due_at}")
