"""The books are watched at a small cost whatever their size: what is new at once, what is old in turn."""

import pytest
import sqlalchemy as sa

from domain.refund.commands import ApproveWithoutReturn
from projections.ledger import Ledger, Patrol, patrol
from projections.ledger.tables import balance, entry, hold
from projections.positions import look
from tests.projections.stories import RandomStory
from tests.service import SELLER, order_line


@pytest.fixture
def charged(service, views):
    """Three cases, each charged to the seller, one after the other; the positions of their postings."""
    service.sold(*(order_line(f"o-1-{number}") for number in range(3)))
    cases = [service.submit(f"o-1-{number}") for number in range(3)]
    positions = [service.handle(case, ApproveWithoutReturn(), SELLER).position for case in cases]
    views.catch_up()
    return positions


@pytest.fixture
def watch(views):
    """Looks once and tells the faults, by their names and sentences."""
    rounds = Patrol(views.reader)

    def watch():
        with views.engine.connect() as conn:
            rounds.look(conn, look(conn, [Ledger.name])[Ledger.name].position)
        return [(fault.invariant, fault.sentence) for fault in rounds.faults]

    return watch


def meddle(views, statement):
    with views.engine.begin() as conn:
        conn.execute(statement)


def test_after_any_story_everything_fits(service, views, watch):
    RandomStory(service, seed=4).go_on(120).settle_accounts()
    views.catch_up()
    assert watch() == []


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        (lambda at: sa.delete(entry).where(entry.c.position == at), ["balances_run_on", "ledger_says"]),
        (lambda at: sa.update(entry).where(entry.c.position == at).values(account="platform"), ["balances", "ledger"]),
        (lambda at: sa.update(entry).where(entry.c.position == at).values(amount_minor=1), ["each", "run_on", "says"]),
        (lambda at: sa.update(balance).values(balance_minor=0), ["balances_are_sums"]),
        (lambda at: sa.update(balance).values(held_minor=1), ["balances_are_sums"]),
        (lambda at: sa.update(balance).values(position=at), ["balances_are_sums"]),
        (lambda at: sa.update(balance).values(position=10**9), ["balances_are_sums"]),
        (lambda at: sa.delete(balance), ["balances_are_sums"]),
        (lambda at: sa.delete(hold).where(hold.c.amount_minor < 0), ["balances_are_sums"]),
    ],
    ids=[
        "lost",
        "another account",
        "another amount",
        "a balance set",
        "a hold made up",
        "stood still",
        "far ahead",
        "no balance",
        "a hold lost",
    ],
)
def test_whatever_is_changed_is_found(views, watch, charged, tampering, broken):
    assert watch() == []
    meddle(views, tampering(charged[1]))
    names = {name for name, _ in watch()}
    assert all(any(part in name for name in names) for part in broken), names


def test_a_hold_that_was_the_last_of_its_seller_is_missed_once_it_is_lost(service, views, watch, charged, monkeypatch):
    monkeypatch.setattr(patrol, "AT_A_LOOK", 2)
    monkeypatch.setattr("projections.ledger.invariants.AT_ONCE", 2)
    service.sold(order_line("o-2-1"))
    service.submit("o-2-1")
    views.catch_up()
    with views.engine.connect() as conn:
        last = conn.execute(sa.select(sa.func.max(hold.c.position))).scalar_one()
    meddle(views, sa.delete(hold).where(hold.c.position == last))
    assert any(name == "balances_are_sums" for _ in range(24) for name, _ in watch())


@pytest.mark.parametrize(
    "tampering",
    [
        lambda: sa.delete(hold).where(hold.c.amount_minor < 0),
        lambda: sa.update(hold).where(hold.c.amount_minor < 0).values(reason="case_closed"),
        lambda: sa.update(hold).values(amount_minor=2 * hold.c.amount_minor),
    ],
    ids=["never released", "another reason", "another amount"],
)
def test_holds_that_agree_with_the_balance_alone_are_compared_with_the_log(views, watch, charged, tampering):
    meddle(views, tampering())
    held = sa.select(sa.func.sum(hold.c.amount_minor)).scalar_subquery()
    meddle(views, sa.update(balance).values(held_minor=held))
    assert {name for name, _ in watch()} == {"ledger_says_what_the_log_says"}


def test_the_first_place_that_does_not_fit_is_told_first(views, watch, charged):
    for position in reversed(charged):
        meddle(views, sa.update(entry).where(entry.c.position == position).values(item="refund"))
    _, first = watch()[0]
    assert f"at position {charged[0]}:" in first


def test_what_is_new_is_looked_at_before_the_round_comes_by(service, views, watch, charged, monkeypatch):
    monkeypatch.setattr(patrol, "AT_A_LOOK", 2)
    monkeypatch.setattr("projections.ledger.invariants.AT_ONCE", 2)
    watch()
    service.sold(order_line("o-2-1"))
    case = service.submit("o-2-1")
    position = service.handle(case, ApproveWithoutReturn(), SELLER).position
    views.catch_up()
    meddle(views, sa.delete(entry).where(entry.c.position.in_([position, charged[0]])))
    found = [watch() for _ in range(12)]
    new, old = f"at position {position}:", f"at position {charged[0]}:"
    told = [{part for part in (new, old) for _, sentence in faults if part in sentence} for faults in found]
    assert told.index({new}) < told.index({new, old})


def test_the_round_begins_again_and_finds_what_was_changed_behind_it(views, watch, charged):
    assert [watch() for _ in range(3)] == [[], [], []]
    meddle(views, sa.delete(entry).where(entry.c.position == charged[0]))
    assert watch()
