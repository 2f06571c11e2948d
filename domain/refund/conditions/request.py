"""Conditions on what was asked for: what was paid, what the buyer holds, what never arrived (SPEC §3)."""

from __future__ import annotations

from domain.refund.case import Case
from domain.refund.condition import of_case
from domain.vocabulary import Reason


@of_case
def refundable(case: Case) -> bool:
    """Something was paid that can be refunded."""
    return case.is_refundable


@of_case
def divisible(case: Case) -> bool:
    """Price and shipping can be refunded in part."""
    return case.line.price.minor + case.line.shipping.minor > 1


@of_case
def keeps_something(case: Case) -> bool:
    """The buyer keeps at least part of what was sent."""
    return not case.never_arrived


@of_case
def returnable(case: Case) -> bool:
    """The buyer holds an item that he paid for and that can come back."""
    return case.is_returnable


nothing_to_return = returnable.otherwise("nothing_to_return", "there is nothing to return")


@of_case
def replaceable(case: Case) -> bool:
    """A replacement would help: the order is not just late."""
    return case.reason is not Reason.LATE_NOT_SHIPPED


@of_case
def never_arrived(case: Case) -> bool:
    """The order itself may still be shipped after all."""
    return case.never_arrived


a_replacement_was_sent = never_arrived.otherwise("a_replacement_was_sent", "what was sent is a replacement")


@of_case
def giveaway_not_received(case: Case) -> bool:
    """The request is for a giveaway that was not received."""
    return case.reason is Reason.GIVEAWAY_NOT_RECEIVED
