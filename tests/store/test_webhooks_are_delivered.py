"""What becomes of an endpoint's deliveries: whoever claimed one last decides, and what is told again begins anew."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from store.webhooks import deliveries
from store.webhooks.backlog import backlogs
from store.webhooks.deliveries import KEPT_FOR, Delivery, State
from store.webhooks.endpoints import Endpoints
from tests.store.log_entries import entry

NOW = datetime(2026, 3, 6, 17, tzinfo=UTC)
SOON, LATER = NOW + timedelta(minutes=1), NOW + timedelta(hours=1)
CASE = UUID(int=1)


@pytest.fixture
def conn(engine, recorder, vault):
    """A connection to a log of three events of one case, of which the endpoint ``shop`` wants to be told."""
    recorder.insert_events([entry(CASE, version, '{"correlation_id": "%s"}' % uuid4()) for version in (1, 2, 3)])  # noqa: UP031
    Endpoints(engine, vault, lambda: NOW).put("shop", "https://shop.example/hook", ["*"], head=0)
    with engine.begin() as connection:
        yield connection


def put(conn, *positions):
    rows = [{"position": position, "stream_id": CASE, "topic": "test.happened.v1"} for position in positions]
    deliveries.put(conn, "shop", rows, max(positions), NOW)


def claim(conn, now=NOW, until=SOON):
    (told,) = deliveries.claim(conn, "shop", now, until, 10)
    return told


def found(conn, position=1) -> Delivery:
    told, _ = deliveries.find(conn, "shop", position)
    return told


def test_what_waits_already_is_left_to_whoever_claimed_it_when_it_is_put_again(conn):
    put(conn, 1)
    claimed = claim(conn)
    put(conn, 1)
    assert found(conn) == claimed


@pytest.mark.parametrize("state", [State.DELIVERED, State.DEAD])
def test_what_has_ended_waits_as_if_it_were_new_when_it_is_put_or_asked_for_again(conn, state):
    put(conn, 1)
    new = found(conn)
    for again in (lambda: put(conn, 1), lambda: deliveries.ask_again(conn, "shop", 1, uuid4(), NOW)):
        claimed = claim(conn)
        deliveries.end(conn, claimed, state, NOW, "answered with status 500")
        assert (found(conn).state, found(conn).failure) == (state, "answered with status 500")
        again()
        assert found(conn) == new


def test_the_same_command_asks_for_it_once(conn):
    put(conn, 1)
    command_id = uuid4()
    assert deliveries.ask_again(conn, "shop", 1, command_id, NOW)
    claimed = claim(conn)
    assert deliveries.ask_again(conn, "shop", 1, command_id, NOW)
    assert found(conn) == claimed
    assert not deliveries.ask_again(conn, "shop", 2, command_id, NOW)


def test_who_comes_too_late_with_his_outcome_changes_nothing(conn):
    put(conn, 1)
    late, newest = claim(conn), claim(conn, SOON, LATER)
    deliveries.put_off(conn, late, NOW, "timed out")
    deliveries.end(conn, late, State.DEAD, NOW, "timed out")
    assert found(conn) == newest
    deliveries.end(conn, newest, State.DELIVERED, LATER)
    deliveries.put_off(conn, newest, NOW, "timed out")
    assert (found(conn).state, found(conn).failure, found(conn).claim_at) == (State.DELIVERED, None, LATER)


def test_delivered_ones_are_dropped_when_their_time_is_over_and_those_given_up_never(conn):
    put(conn, 1, 2, 3)
    for position, state, ago in (
        (1, State.DELIVERED, KEPT_FOR),
        (2, State.DELIVERED, 2 * KEPT_FOR),
        (3, State.DEAD, 2 * KEPT_FOR),
    ):
        assert claim(conn).position == position
        deliveries.end(conn, found(conn, position), state, NOW - ago)
    deliveries.sweep(conn, NOW)
    assert [found.position for found in deliveries.page(conn, "shop", None, None, 10)[0]] == [3, 1]


def test_pages_go_from_the_newest_back_without_a_gap(conn):
    put(conn, 1, 2, 3)
    first, place = deliveries.page(conn, "shop", State.WAITING, None, 2)
    rest, end = deliveries.page(conn, "shop", State.WAITING, place, 2)
    assert [each.position for each in (*first, *rest)] == [3, 2, 1]
    assert end is None
    assert deliveries.page(conn, "shop", State.DEAD, None, 2) == ([], None)


def test_an_endpoint_that_is_ahead_of_a_log_that_lost_its_end_is_not_behind_by_less_than_nothing(conn):
    put(conn, 3)
    assert backlogs(conn)[0].behind == 0
    deliveries.put(conn, "shop", [], 9, NOW)
    assert backlogs(conn)[0].behind == 0
    deliveries.put(conn, "shop", [], 1, NOW)
    assert backlogs(conn)[0].behind == 2
