"""Hypothesis strategies: the worlds, actors, commands and moments that a case can meet."""

from datetime import timedelta

from hypothesis import HealthCheck
from hypothesis import strategies as st

from domain.action import action_name
from domain.buyer.standing import BuyerStanding
from domain.money import Money
from domain.refund.commands import FactCommand, Liability
from domain.refund.transitions import TABLE
from domain.vocabulary import ListingKind, Reason
from tests.trade import ENROLLED, EVERYONE, HOMELESS, NOT_ENROLLED, berlin, line_for, policy
from tests.valid import valid

ON_ONE_DATABASE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
"""Health checks to leave out where all examples share their test's database."""
BY_NAME = {action_name(kind): kind for kind in TABLE.roles}
COMMANDS = sorted(TABLE.roles, key=lambda kind: kind.__name__)
reasons = st.sampled_from([reason for reason in Reason if reason is not Reason.CHANGE_OF_MIND])
actors = st.sampled_from(EVERYONE)
amounts = st.builds(Money, minor=st.integers(0, 20_000), currency=st.just("EUR"))
spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9))


@st.composite
def policies(draw):
    """The standard policy with its knobs in any position."""
    return policy(
        answers={
            "on_seller_silence": draw(st.sampled_from(["escalate", "auto_refund", "auto_approve_return"])),
            "offer_raises": draw(st.integers(0, 2)),
            "hand_overs": draw(st.integers(0, 2)),
        },
        money={"hold_exposure": draw(st.booleans()), "credit_commission": draw(st.booleans())},
        calendar={"market": draw(st.sampled_from([None, "DE"]))},
    )


@st.composite
def lines(draw, reason):
    """An order line about which this may be said on the Friday of the worked examples."""
    paid = {} if reason is Reason.GIVEAWAY_NOT_RECEIVED else {"price": draw(amounts), "shipping": draw(amounts)}
    kinds = [ListingKind.GIVEAWAY] if not paid else [kind for kind in ListingKind if kind is not ListingKind.GIVEAWAY]
    tax = {"tax": draw(amounts)} if paid else {}
    commission = {"commission": Money(minor=paid["price"].minor // 8, currency="EUR")} if paid else {}
    return line_for(reason, **paid, **tax, **commission, listing_kind=draw(st.sampled_from(kinds)))


@st.composite
def worlds(draw):
    """What surrounds a request, and its reason."""
    reason = draw(reasons)
    return reason, {
        "line": draw(lines(reason)),
        "policy": draw(policies()),
        "seller": draw(st.sampled_from([ENROLLED, ENROLLED, HOMELESS, NOT_ENROLLED])),
        "buyer": BuyerStanding(under_review=draw(st.booleans()) and draw(st.booleans())),
    }


liabilities = st.integers(0, 100).flatmap(
    lambda seller: st.integers(0, 100 - seller).map(
        lambda platform: Liability(seller=seller, platform=platform, carrier=100 - seller - platform)
    )
)


@st.composite
def commands(draw, case, now):
    """Any command with sensible content; decisions with any liability, facts dated at any time in the past weeks."""
    kind = draw(st.sampled_from(COMMANDS))
    fields = {}
    if "liability" in kind.model_fields:
        fields["liability"] = draw(liabilities)
    if issubclass(kind, FactCommand):
        fields["happened_at"] = max(berlin("2026-02-01 00:00"), now - draw(spans))
    return valid(kind, case, now, **fields)
