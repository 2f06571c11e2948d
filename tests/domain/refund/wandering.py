"""Cases that wander: any row of the table that can be taken is taken at random, in many worlds, on a moving clock."""

import random
from collections import Counter
from datetime import timedelta

from domain.beside import Beside
from domain.buyer.standing import BuyerStanding
from domain.refund.commands import Expire, FactCommand, RefundReport, ReportReturnAccepted
from domain.refund.situation import Situation
from domain.refund.transitions import ROWS
from domain.refusals import RuleBroken
from domain.vocabulary import ListingKind, Reason, ReturnState, Status
from tests.dsl import ACTORS
from tests.stage import DomainStage
from tests.trade import (
    BUYER,
    ENROLLED,
    HOMELESS,
    NOT_ENROLLED,
    STANDARD,
    eur,
    giveaway_line,
    line_for,
    order_line,
    policy,
    request,
    unshipped_line,
)
from tests.valid import valid

LONGEST = 22
WALKS = 250
WORLDS = (
    *({"reason": reason} for reason in Reason if reason is not Reason.CHANGE_OF_MIND for _ in range(4)),
    {"reason": Reason.WRONG_ITEM, "buyer": BuyerStanding(under_review=True)},
    {"reason": Reason.DEFECTIVE, "buyer": BuyerStanding(under_review=True)},
    {"reason": Reason.GIVEAWAY_NOT_RECEIVED, "seller": NOT_ENROLLED},
    {"reason": Reason.NOT_AS_DESCRIBED, "seller": HOMELESS},
    {"reason": Reason.OTHER, "line": unshipped_line()},
    {"reason": Reason.DEFECTIVE, "line": giveaway_line(delivered_at=order_line().delivered_at)},
    {"reason": Reason.DEFECTIVE, "line": order_line(price=eur("0.01"), shipping=eur("0.00"))},
    {"reason": Reason.LATE_NOT_SHIPPED, "line": unshipped_line(price=eur("0.00"), shipping=eur("0.00"))},
    {"reason": Reason.WRONG_ITEM, "line": order_line(listing_kind=ListingKind.BREAK)},
    {"reason": Reason.WRONG_ITEM, "policy": policy(answers={"on_seller_silence": "auto_refund"})},
    {"reason": Reason.WRONG_ITEM, "policy": policy(answers={"on_seller_silence": "auto_approve_return"})},
    {"reason": Reason.ITEM_MISSING, "policy": policy(answers={"on_seller_silence": "auto_approve_return"})},
    {"reason": Reason.WRONG_ITEM, "policy": policy(answers={"offer_raises": 0, "hand_overs": 0})},
    {"reason": Reason.ITEM_MISSING, "policy": policy(answers={"offer_raises": 3, "hand_overs": 2})},
    *({"reason": Reason.WRONG_ITEM, "went_back": state} for state in (ReturnState.SCANNED, ReturnState.DELIVERED)),
    *({"reason": Reason.ITEM_MISSING, "beside": Beside(taken=True)} for _ in range(2)),
    {"reason": Reason.DEFECTIVE, "policy": policy(money={"hold_exposure": False, "credit_commission": False})},
)


def opened_in(world):
    """A stage on which a request was made in this world."""
    reason = world["reason"]
    stage = DomainStage(
        line=world.get("line") or line_for(reason),
        policy=world.get("policy", STANDARD),
        seller=world.get("seller", ENROLLED),
        buyer=world.get("buyer"),
        **{name: world[name] for name in ("beside", "went_back") if name in world},
    )
    stage.carry_out(request(reason), BUYER)
    return stage


def open_moves(stage, dice):
    """Every row that can be taken now, with a command and an actor that take it."""
    case = stage.case_at(0)
    for row in ROWS:
        if row.status is not case.status or row.command is Expire:
            continue
        command, actor = a_command(row.command, case, stage.now, dice), ACTORS[row.actor]
        if row.when(Situation(case, command, stage.context(actor, command))):
            yield row, command, actor


def a_command(kind, case, now, dice):
    """Valid content; facts may be dated earlier, word of refunds be about the first attempt, and a returned parcel's
    scan on either side of its window.
    """
    if kind is ReportReturnAccepted and case.status is Status.CLOSED and case.return_lapsed_at:
        minute = timedelta(minutes=dice.choice([-1, 0]))
        return valid(kind, case, now, happened_at=case.return_lapsed_at + minute)
    if issubclass(kind, RefundReport) and case.refunds_requested > 1 and dice.random() < 0.5:
        return valid(kind, case, now, attempt=1)
    if issubclass(kind, FactCommand) and dice.random() < 0.2:
        return valid(kind, case, now, happened_at=now - timedelta(hours=dice.randrange(1, 80)))
    return valid(kind, case, now)


def wander(stage, dice, used):
    """Moves on from an opened case, rows taken less often preferred; yields after each move."""
    for _ in range(LONGEST):
        moves = list(open_moves(stage, dice))
        deadline = stage.case_at(0).deadline
        if deadline and (not moves or dice.random() < 0.2):
            stage.let_pass(deadline.due_at, 0)
            yield
            continue
        if not moves:
            return
        row, command, actor = min(moves, key=lambda move: (used[move[0]] + 1) * dice.random())
        used[row] += 1
        stage.now += timedelta(minutes=dice.randrange(1, 50))
        if deadline and stage.now >= deadline.due_at:
            stage.now = deadline.due_at - timedelta(seconds=1)
        carried_out(stage, command, actor)
        yield


def carried_out(stage, command, actor):
    """Carry it out; a seller without a return address is refused what needs one, whatever he sends."""
    try:
        stage.carry_out(command, actor, 0)
    except RuleBroken as refusal:
        if refusal.rule != "return_address_required":
            raise


def signature(stage):
    """What tells two cases apart for every rule, all but the time, the amounts and the names; and the last step."""
    case = stage.case_at(0)
    return (
        *[(event.status, type(event)) for event, _, _ in stage.histories[0][-2:]],
        stage.policy.answers, *stage.surroundings.values(), case.status, case.reason, case.route, case.is_returnable,
        case.is_refundable, case.review_cause, case.refund, case.return_state, case.replacement, case.liability,
        case.outcome, case.offer_raises, case.hand_overs, case.fraud_suspected, case.chargeback, case.appealed,
        case.decided_by_support, case.refunds_made, case.item_agreed, case.proposed_item, case.return_reported,
        stage.seller is HOMELESS, case.successor is None, case.refunds_requested > 1,
    )  # fmt: skip


def wandered(seed=7, walks=WALKS):
    """Stages that stand at every kind of case that so many walks come by."""
    dice, used, found = random.Random(seed), Counter(), {}  # noqa: S311 -- walks, not secrets
    for _ in range(walks):
        stage = opened_in(dice.choice(WORLDS))
        found.setdefault(signature(stage), stage.branch())
        for _ in wander(stage, dice, used):
            if signature(stage) not in found:
                found[signature(stage)] = stage.branch()
    return list(found.values())
