"""A policy that cases are pinned to is lost from packs and database alike: it is named, and all else goes on."""

from datetime import timedelta
from random import Random

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from domain.policy import UnknownPolicyError
from domain.refund.commands import ApproveWithoutReturn
from domain.vocabulary import Status
from projections import positions, sweeping
from projections.catalogue import projections
from projections.engine import Engine
from runtime.container import services
from runtime.sandbox import local_token
from scheduler.backoff import Backoff
from scheduler.clock import DeadlineSweep
from tests.packs import put
from tests.runtime.test_policies import asked, by, case, opened_with, started
from tests.service import SELLER

LOST = "policy acme@1 is not among standard@1; add its pack to the others and start again"

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def cases(packs, owner):
    """One under the policy that is lost, and one under the standard."""
    put(packs)
    with started("acme@1") as house:
        lost = asked(house, "o-1")
    with started() as house:
        sound = asked(house, "o-2")
    (packs / "acme.v1.toml").unlink()
    with owner.begin() as conn:
        conn.exec_driver_sql("alter table store.policy disable trigger append_only")
        conn.exec_driver_sql("delete from store.policy where ref = 'acme@1'")
    return lost, sound


def test_a_command_is_refused_and_records_nothing(cases):
    lost, sound = cases
    with started() as house:
        head = house.reader.head()
        with pytest.raises(UnknownPolicyError, match=LOST):
            house.door.refund_cases.handle(lost, ApproveWithoutReturn(), by(SELLER))
        assert house.reader.head() == head
        house.door.refund_cases.handle(sound, ApproveWithoutReturn(), by(SELLER))
        assert case(house, sound).status is Status.REFUND_PENDING


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_over_http_it_is_unavailable_and_logged(cases, method, caplog):
    lost, sound = cases
    with started() as house, TestClient(create_app(opened_with(services(house)))) as client:
        headers = {"Authorization": f"Bearer {local_token(house.settings, SELLER, timedelta(hours=1))}"}

        def ask(case_id, key):
            path = f"/v1/refund-cases/{case_id}" + ("/approve-without-return" if method == "POST" else "")
            return client.request(method, path, headers={**headers, "Idempotency-Key": key})

        answer = ask(lost, "one")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert (answer.json()["type"], answer.json()["detail"]) == ("/problems/unavailable", LOST)
        assert LOST in [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
        assert ask(sound, "two").status_code == 200


def test_of_many_cases_answered_at_once_the_others_are(cases):
    lost, sound = cases
    with started() as house:
        many = house.door.bulk_answers.answer(dict.fromkeys(cases), ApproveWithoutReturn(), by(SELLER))
        refusals = {answered.case_id: answered.refusal for answered in many}
        assert (refusals[lost].rule, refusals[lost].sentence) == ("policy_missing", LOST)
        assert refusals[sound] is None
        assert case(house, sound).status is Status.REFUND_PENDING


def test_its_timeout_is_set_aside_and_the_others_are_overtaken(cases):
    lost, sound = cases
    with started() as house:
        house.sandbox_clock.advance(timedelta(days=30))
        sweep(house)
        (aside,) = set_aside(house)
        assert (aside.stream_id, aside.failure) == (lost, f"UnknownPolicyError: {LOST}")
        assert [case(house, it).status for it in (lost, sound)] == [Status.AWAITING_SELLER, Status.SUPPORT_REVIEW]


def test_the_read_model_that_needs_it_stands_still_alone_and_says_so(cases, caplog):
    with started() as house:
        caught_up(house)
        (still,) = [lag for lag in house.progress.lag() if lag.behind]
        assert still.name == "conduct"
        assert f"the projection conduct stands still: UnknownPolicyError('{LOST}')" in caplog.text
        with house.engine.connect() as conn:
            assert positions.look(conn, ["conduct"])["conduct"].failure == f"UnknownPolicyError: {LOST}"


def test_with_its_pack_all_goes_on(cases, packs):
    lost, sound = cases
    put(packs)
    with started() as house:
        house.sandbox_clock.advance(timedelta(days=30))
        sweep(house)
        assert [case(house, it).status for it in (lost, sound)] == [Status.SUPPORT_REVIEW] * 2
        assert not any(lag.behind for lag in house.progress.lag())


def caught_up(house):
    Engine(house.engine, house.reader, projections(house.door.policies)).catch_up()


def sweep(house):
    caught_up(house)
    retries = Backoff(random=Random(7), first=timedelta(seconds=1), most=timedelta(minutes=15))  # noqa: S311 -- spreads retries
    sweeper = DeadlineSweep(house.engine, house.door, retries=retries)
    while sweeper.sweep() == timedelta():
        pass
    caught_up(house)


def set_aside(house):
    with house.engine.connect() as conn:
        return sweeping.aside(conn)
