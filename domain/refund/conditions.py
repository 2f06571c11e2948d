"""The named conditions of the transitions table; in each group exactly one row's condition can hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.business_time import due
from domain.policy import OnSilence
from domain.refund.case import Case
from domain.refund.commands import FactCommand
from domain.refund.situation import Situation
from domain.vocabulary import (
    Outcome,
    Reason,
    RefundState,
    ReplacementState,
    ReturnState,
    ReviewCause,
    Route,
)

Test = Callable[[Situation], bool]


@dataclass(frozen=True, slots=True)
class Condition:
    """A test with the name the docs and refusals use, and the sentence that says what it asks for."""

    name: str
    sentence: str
    test: Test

    def __call__(self, situation: Situation) -> bool:
        return self.test(situation)

    def __and__(self, other: Condition) -> Condition:
        return Condition(
            f"{self.name} and {other.name}",
            f"{self.sentence}, and {other.sentence}",
            lambda situation: self(situation) and other(situation),
        )

    def __invert__(self) -> Condition:
        return Condition(f"not ({self.name})", f"not so that {self.sentence}", lambda situation: not self(situation))


def of_case(name: str, sentence: str, test: Callable[[Case], bool]) -> Condition:
    return Condition(name, sentence, lambda situation: test(situation.case))


ALWAYS = Condition("always", "it is always so", lambda _: True)

GONE_BACK = frozenset({ReturnState.SCANNED, ReturnState.DELIVERED, ReturnState.DISPUTED})
UNSCANNED = frozenset({ReturnState.OPEN, ReturnState.VOID})
UNDER_WAY = frozenset({ReplacementState.SCANNED, ReplacementState.DELIVERED})

# The request

refundable = of_case("refundable", "something was paid that can be refunded", lambda case: case.is_refundable)
returnable = of_case("returnable", "the buyer holds an item that can come back", lambda case: case.is_returnable)
replaceable = of_case(
    "replaceable", "a replacement makes sense", lambda case: case.reason is not Reason.LATE_NOT_SHIPPED
)
partly_refundable = of_case(
    "partly_refundable",
    "the buyer has at least part of what was bought",
    lambda case: case.is_returnable or case.reason is Reason.ITEM_MISSING,
)
never_arrived = of_case("never_arrived", "the order may still be shipped after all", lambda case: case.never_arrived)
giveaway = of_case("giveaway", "the line is a giveaway", lambda case: case.reason is Reason.GIVEAWAY_NOT_RECEIVED)

# The seller's silence


def _on_silence(situation: Situation) -> OnSilence:
    """The knobs escalate where nothing was paid, nothing can be returned or no return address stands (SPEC §13)."""
    knob = situation.context.policy.answers.on_seller_silence
    case = situation.case
    if knob is OnSilence.AUTO_REFUND and case.is_refundable:
        return knob
    if knob is OnSilence.AUTO_APPROVE_RETURN and case.is_returnable and situation.context.return_address:
        return knob
    return OnSilence.ESCALATE


silence_escalates = Condition(
    "silence_escalates", "silence goes to support", lambda s: _on_silence(s) is OnSilence.ESCALATE
)
silence_refunds = Condition(
    "silence_refunds", "the policy refunds on silence", lambda s: _on_silence(s) is OnSilence.AUTO_REFUND
)
silence_approves_return = Condition(
    "silence_approves_return",
    "the policy approves the return on silence",
    lambda s: _on_silence(s) is OnSilence.AUTO_APPROVE_RETURN,
)

# Offers and replacements

raise_left = Condition(
    "raise_left",
    "the offer has not been raised as often as the policy allows",
    lambda s: s.case.offer_raises < s.context.policy.answers.offer_raises,
)
item_proposed = of_case(
    "item_proposed",
    "a different item is proposed and not answered yet",
    lambda case: case.proposed_item is not None and case.item_agreed is None,
)
no_tracking_yet = of_case(
    "no_tracking_yet",
    "no replacement tracking is entered yet",
    lambda case: case.replacement is ReplacementState.PROMISED,
)
replacement_tracked = of_case(
    "replacement_tracked",
    "a replacement has tracking and no scan yet",
    lambda case: case.replacement is ReplacementState.TRACKED,
)
replacement_undelivered = of_case(
    "replacement_undelivered",
    "a replacement is tracked or scanned",
    lambda case: case.replacement in {ReplacementState.TRACKED, ReplacementState.SCANNED},
)

# Scans

no_return_scan_yet = of_case(
    "no_return_scan_yet", "the return is open or void and unscanned", lambda case: case.return_state in UNSCANNED
)
return_undelivered = of_case(
    "return_undelivered",
    "the return is not delivered yet",
    lambda case: case.return_state in UNSCANNED | {ReturnState.SCANNED},
)
window_lapsed = of_case(
    "window_lapsed",
    "the case ended because the return was not shipped, and nothing has taken its place",
    lambda case: (
        case.outcome is Outcome.RETURN_NOT_SHIPPED
        and case.return_state is ReturnState.VOID
        and not case.chargeback
        and case.successor is None
        and case.refunds_made == 0
    ),
)


def _scanned_in_window(situation: Situation) -> bool:
    lapsed = situation.case.return_lapsed_at
    command = situation.command
    return lapsed is None or not isinstance(command, FactCommand) or command.happened_at < lapsed


_in_window = Condition("scanned_in_window", "the scan is dated inside the return window", _scanned_in_window)
reinstates = window_lapsed & _in_window
too_late_to_reinstate = window_lapsed & ~_in_window
beyond_reinstating = ~window_lapsed & no_return_scan_yet
delivery_beyond_reinstating = ~window_lapsed & return_undelivered

# Support's review

unpaid = of_case("unpaid", "no refund is under way", lambda case: case.refund is RefundState.NONE)
refund_failed = of_case("refund_failed", "the refund failed for good", lambda case: case.refund is RefundState.FAILED)
nothing_on_its_way = of_case(
    "nothing_on_its_way",
    "no refund is under way, or it failed for good",
    lambda case: case.refund in {RefundState.NONE, RefundState.FAILED},
)
refund_begun = of_case(
    "refund_begun", "a refund was asked for before", lambda case: case.refund is not RefundState.NONE
)
can_still_return = of_case(
    "can_still_return",
    "the item is not on its way back and no replacement has arrived",
    lambda case: (
        case.return_state in UNSCANNED | {ReturnState.NONE} and case.replacement is not ReplacementState.DELIVERED
    ),
)
return_under_way = of_case(
    "return_under_way", "the item is on its way back", lambda case: case.return_state is ReturnState.SCANNED
)
return_arrived = of_case(
    "return_arrived", "the item has arrived at the seller", lambda case: case.return_state is ReturnState.DELIVERED
)
item_with_buyer = of_case(
    "item_with_buyer",
    "the item has not gone back",
    lambda case: case.return_state in UNSCANNED | {ReturnState.NONE},
)
item_gone_back = of_case("item_gone_back", "the item has gone back", lambda case: case.return_state in GONE_BACK)
HANDABLE = frozenset({ReviewCause.INTAKE, ReviewCause.SILENCE, ReviewCause.TAKEN_OVER})
seller_may_answer = Condition(
    "seller_may_answer",
    "the seller has not answered yet, is not relieved, and has not been handed the case before",
    lambda s: (
        s.case.refund is RefundState.NONE
        and s.case.hand_overs < s.context.policy.answers.hand_overs
        and not s.case.fraud_suspected
        and s.case.return_state is ReturnState.NONE
        and s.case.replacement is ReplacementState.NONE
        and s.case.review_cause in HANDABLE
    ),
)
can_be_sent = of_case(
    "can_be_sent",
    "it has not been delivered yet",
    lambda case: case.refund is RefundState.NONE and case.replacement is not ReplacementState.DELIVERED,
)
seller_may_settle = of_case(
    "seller_may_settle",
    "the case was the seller's, he is not relieved, and no replacement is under way",
    lambda case: (
        case.refund is RefundState.NONE
        and not case.fraud_suspected
        and case.route is Route.SELLER
        and case.replacement not in UNDER_WAY
    ),
)
return_found = of_case(
    "return_found",
    "support looked for a parcel that now turned up",
    lambda case: (
        case.review_cause is ReviewCause.RETURN_LOST and case.refund is RefundState.NONE and not case.fraud_suspected
    ),
)
AWAITED = frozenset({ReviewCause.REPLACEMENT_MISSED, ReviewCause.REPLACEMENT_LOST})
replacement_awaited = of_case(
    "replacement_awaited",
    "support waits for just this parcel, and the item has not gone back",
    lambda case: (
        case.refund is RefundState.NONE and case.review_cause in AWAITED and case.return_state not in GONE_BACK
    ),
)
replacement_unexpected = unpaid & ~replacement_awaited
not_fraud_suspected = of_case(
    "not_fraud_suspected", "fraud is not suspected already", lambda case: not case.fraud_suspected
)
seller_is_party = of_case(
    "seller_is_party",
    "the seller is a party to the case",
    lambda case: case.route is Route.SELLER and not case.fraud_suspected,
)

# The refund

refund_waiting = of_case(
    "refund_waiting",
    "the refund is requested and not submitted yet",
    lambda case: case.refund is RefundState.REQUESTED,
)
refund_submitted = of_case(
    "refund_submitted", "the refund is submitted", lambda case: case.refund is RefundState.SUBMITTED
)
no_chargeback = of_case("no_chargeback", "no chargeback is open", lambda case: not case.chargeback)
chargeback_open = of_case("chargeback_open", "a chargeback is open", lambda case: case.chargeback)
withdrawable = of_case(
    "withdrawable",
    "no parcel is scanned and no refund is due",
    lambda case: (
        case.refund is RefundState.NONE and case.return_state not in GONE_BACK and case.replacement not in UNDER_WAY
    ),
)

# After the end


def _appealable(situation: Situation) -> bool:
    case, context = situation.case, situation.context
    if case.closed_at is None or case.appealed or not case.decided_by_support:
        return False
    window = due(case.closed_at, context.policy.windows.appeal, context.policy.calendar)
    return (
        case.outcome in {Outcome.REFUNDED, Outcome.PARTIALLY_REFUNDED}
        and case.seller_charged.minor > 0
        and context.now < window.at
    )


appealable = Condition(
    "appealable",
    "support's decision charges the seller, its case closed within the appeal window, and he has not appealed yet",
    _appealable,
)
REOPENABLE = frozenset({Outcome.REJECTED, Outcome.DENIED, Outcome.REPLACED, Outcome.RETURN_NOT_SHIPPED})
reopenable = of_case(
    "reopenable",
    "the case ended unpaid, without chargeback, and no later case was opened",
    lambda case: (
        case.refunds_made == 0 and not case.chargeback and case.successor is None and case.outcome in REOPENABLE
    ),
)
no_successor = of_case("no_successor", "no later case was opened on the line", lambda case: case.successor is None)
