"""A seller's statement, however his time is cut into periods and pages, adds up to what the log posted (SPEC §7.3)."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.messages import Event
from domain.posting import Account
from projections.decoding import opened
from projections.ledger import balances, statement
from tests.projections.stories import SELLERS, RandomStory
from tests.strategies import ON_ONE_DATABASE

STEPS = 200


@pytest.fixture
def began(service):
    return service.now - timedelta(days=1)


@pytest.fixture
def story(service, began):
    return RandomStory(service, seed=5).go_on(STEPS).settle_accounts()


def posted(views):
    """What the log's events did to each seller's account: when it was recorded and by how much, in the log's order."""
    line_owner, own = {}, {seller: [] for seller in SELLERS}
    for event in (opened(it) for it in views.reader.read(0, 10_000) if it.topic in Event.topics):
        payload = event.payload
        if line := getattr(payload, "line", None):
            line_owner[event.originator_id] = line.seller_id
        seller = getattr(payload, "seller_id", None) or line_owner.get(event.originator_id)
        if posting := getattr(payload, "posting", None):
            changes = [entry.amount.minor for entry in posting.entries if entry.account is Account.SELLER]
            own[seller] += [(event.cause.recorded_at, minor) for minor in changes]
    return own


def paged(conn, seller, start, end, limit):
    """The whole period, page by page: its ends as every page tells them, and its lines."""
    told = [statement(conn, seller, "EUR", start, end, limit=limit)]
    while told[-1].next:
        told.append(statement(conn, seller, "EUR", start, end, after=told[-1].next, limit=limit))
    assert {(page.opening, page.closing) for page in told} == {(told[0].opening, told[0].closing)}
    return told[0].opening.minor, told[0].closing.minor, [line for page in told for line in page.lines]


def test_any_split_of_the_time_adds_up(service, views, story, began):
    views.catch_up()
    expected, until = posted(views), service.now + timedelta(seconds=1)
    moments = [at for booked in expected.values() for at, _ in booked]
    assert len(moments) > 60

    @given(
        cuts=st.lists(st.sampled_from(moments), max_size=6), limit=st.integers(1, 9), seller=st.sampled_from(SELLERS)
    )
    @settings(max_examples=25, phases=[Phase.generate], suppress_health_check=ON_ONE_DATABASE, deadline=None)
    def check(cuts, limit, seller):
        ends = [began, *sorted(cuts), until]
        balance = 0
        with views.engine.connect() as conn:
            for start, end in pairwise(ends):
                opening, closing, lines = paged(conn, seller, start, end, limit)
                own = [minor for at, minor in expected[seller] if start <= at < end]
                assert [line.amount.minor for line in lines] == own
                assert (opening, closing) == (balance, balance + sum(own))
                for line in lines:
                    balance += line.amount.minor
                    assert line.balance.minor == balance
            (stands,) = [it.balance for it in balances(conn, seller) if it.balance.currency == "EUR"]
        assert stands.minor == balance == sum(minor for _, minor in expected[seller])

    check()
