"""A policy that was in force is kept as it was then, for ever (SPEC §6)."""

import pytest
from psycopg.errors import InsufficientPrivilege, RestrictViolation
from sqlalchemy.exc import DBAPIError

from domain.policy import PolicyError, read_policy, standard_policies
from store.engine import connect
from store.kept_policies import KeptPolicies
from tests.packs import pack
from tests.trade import policy

STANDARD = standard_policies().current
ACME = policy(id="acme", windows={"seller_answer": "24bh"}, calendar={"market": "DE", "closed_days": ["2026-12-24"]})


@pytest.fixture
def kept(engine):
    return KeptPolicies(engine)


def test_they_are_found_as_they_were_in_the_order_in_which_they_came_into_force(kept):
    for each in (STANDARD, ACME):
        kept.keep(each)
    assert kept.all() == [STANDARD, ACME]
    assert (kept.find("acme@1"), kept.find("acme@2")) == (ACME, None)


def test_what_was_in_force_stays_whoever_comes_later(kept):
    kept.keep(ACME)
    kept.keep(policy(id="acme", windows={"seller_answer": "12bh"}))
    assert kept.all() == [ACME]


def test_what_a_pack_leaves_out_is_left_out(kept, engine):
    kept.keep(read_policy("pack", pack("calendar", zone=None)))
    with engine.connect() as conn:
        calendar = conn.exec_driver_sql("select (pack->'calendar')::text from store.policy").scalar_one()
    assert "zone" not in calendar


def test_it_is_asked_for_while_every_pooled_connection_is_taken(database_url):
    engine = connect(database_url, pool_size=1, pool_timeout=0.1)
    kept = KeptPolicies(engine)
    with engine.connect():
        kept.keep(ACME)
        assert kept.find("acme@1") == ACME
    engine.dispose()


def test_one_that_this_program_cannot_read_is_named(kept, engine):
    with engine.begin() as conn:
        conn.exec_driver_sql("insert into store.policy (ref, pack) values ('acme@1', '{}')")
    for ask in (kept.all, lambda: kept.find("acme@1")):
        with pytest.raises(
            PolicyError, match=r"policy acme@1, to which cases are pinned: id: missing; .*it needs the version"
        ):
            ask()


@pytest.mark.parametrize(
    "change", ["update store.policy set ref = 'x'", "delete from store.policy", "truncate store.policy"]
)
def test_neither_the_service_nor_the_owner_changes_one(kept, engine, owner, change):
    kept.keep(ACME)
    for who, why in ((engine, InsufficientPrivilege), (owner, RestrictViolation)):
        with who.connect() as conn, pytest.raises(DBAPIError) as refusal:
            conn.exec_driver_sql(change)
        assert isinstance(refusal.value.orig, why)
