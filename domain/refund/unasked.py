"""Answers that nobody gives by hand: a request that a rule of the seller's covers is refunded the moment it is made."""

from __future__ import annotations

from datetime import datetime

from domain.action import action_name
from domain.actors import Actor, Role
from domain.policy import Policy
from domain.refund import events as e
from domain.refund.actions import possible_now
from domain.refund.charges import full_amount
from domain.refund.commands import ApproveWithoutReturn
from domain.refund.decide import decide
from domain.refund.evolve import opened
from domain.refund.situation import Context
from domain.seller.rules import SellerRules


def seller_of(request: e.RequestOpened) -> Actor:
    """In whose name his rules answer."""
    return Actor(role=Role.SELLER, id=request.line.seller_id)


def answered_by_rule(
    request: e.RequestOpened, rules: SellerRules, policy: Policy, at: datetime
) -> e.RefundApproved | None:
    """The approval that the seller's rules give this request; None where it is for a person to answer.

    Only what the seller himself could approve now: never what went to support, or was not paid for.
    """
    case = opened(request, policy=policy.ref, at=at)
    rule = rules.covering(case.reason, full_amount(case))
    if rule is None:
        return None
    context = Context(actor=seller_of(request), now=at, happened_at=at, policy=policy, seller_rule=rule.ref)
    if action_name(ApproveWithoutReturn) not in possible_now(case, context):
        return None
    (approved,) = decide(case, ApproveWithoutReturn(), context)
    assert isinstance(approved, e.RefundApproved)  # noqa: S101 -- the table says so
    return approved
