"""A marketplace runs its own policies: what was in force stays, and what cannot be is said at the start (SPEC §6)."""

from contextlib import contextmanager, nullcontext
from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from domain.cancellation.commands import RequestCancellation
from domain.refund.commands import OfferPartialRefund, SubmitRequest
from domain.seller.account import SellerProfile
from domain.vocabulary import Reason
from runtime.container import open_house, services
from runtime.database import StartError
from runtime.sandbox import local_token
from runtime.settings import read_settings
from store.application import Errand
from store.kept_policies import KeptPolicies
from tests.packs import pack, put
from tests.runtime.test_cli import run, said
from tests.service import BUYER, MARKETPLACE, SELLER, SUPPORT, berlin, eur, order_line

FRIDAY = berlin("2026-03-06T18:00")

pytestmark = pytest.mark.usefixtures("installation")


@contextmanager
def started(policy="standard@1", **given):
    """A process of the API with this policy in force; the sandbox's time begins on Friday 18:00."""
    with open_house(read_settings(policy=policy, **given)) as house:
        services(house)
        if house.reader.head() == 0:
            house.sandbox_clock.start_at(FRIDAY)
            house.door.accounts.record_profile(SELLER.id, SellerProfile(enrolled=True), by(MARKETPLACE))
        yield house


def asked(house, line_id):
    """A case of this line; its id."""
    house.door.order_lines.record([order_line(line_id, order_id=line_id)], by(MARKETPLACE))
    command = SubmitRequest(line_id=line_id, reason=Reason.ITEM_MISSING, description="It is not in the box.")
    return house.door.refund_cases.submit(command, by(BUYER)).stream_id


def by(actor):
    return Errand(actor=actor, command_id=uuid4())


def case(house, case_id):
    return house.door.refund_cases.find(case_id, SUPPORT).case


def offered(house, case_id):
    """How long the buyer of this case has, once the seller made him an offer."""
    house.door.refund_cases.handle(case_id, OfferPartialRefund(amount=eur("12.00")), by(SELLER))
    return case(house, case_id).deadline.explanation


# A case keeps what it began under


def test_an_open_case_keeps_its_numbers_when_another_policy_comes_into_force(packs):
    put(packs, offer_answer="30bh", seller_answer="24bh")
    with started() as house:
        old = asked(house, "o-1")
        before = case(house, old).deadline
        assert before.explanation.startswith("48 business hours from")
    with started("acme@1") as house:
        assert case(house, old).deadline == before
        new = asked(house, "o-2")
        assert case(house, new).deadline.explanation.startswith("24 business hours from")
        assert [case(house, it).policy for it in (old, new)] == ["standard@1", "acme@1"]
        assert offered(house, old).startswith("48 business hours from")
        assert offered(house, new).startswith("30 business hours from")


def test_so_does_an_open_cancellation(packs):
    put(packs, cancellation={"seller_answer": "20h"})
    with started() as house:
        old = cancelling(house, "o-1")
        before = cancelled(house, old).deadline
        assert before.explanation.startswith("48 hours from")
    with started("acme@1") as house:
        assert cancelled(house, old).deadline == before
        new = cancelling(house, "o-2")
        assert cancelled(house, new).deadline.explanation.startswith("20 hours from")
        assert [cancelled(house, it).policy for it in (old, new)] == ["standard@1", "acme@1"]


def cancelling(house, line_id):
    """The cancellation of a line just bought; its id."""
    unsent = {"purchased_at": house.clock(), "shipped_at": None, "delivered_at": None}
    house.door.order_lines.record([order_line(line_id, order_id=line_id, **unsent)], by(MARKETPLACE))
    return house.door.cancellations.submit(RequestCancellation(line_id=line_id), by(BUYER)).stream_id


def cancelled(house, cancellation_id):
    return house.door.cancellations.find(cancellation_id, SUPPORT).cancellation


def test_over_http_too(packs):
    put(packs, seller_answer="24bh")
    with calling() as buyer:
        old = buyer.asked("o-1")
        assert buyer.get(old)["deadline"]["explanation"].startswith("48 business hours")
    with calling("acme@1") as buyer:
        new = buyer.asked("o-2")
        assert [buyer.get(it)["policy"] for it in (old, new)] == ["standard@1", "acme@1"]
        assert buyer.get(old)["deadline"]["explanation"].startswith("48 business hours")
        assert buyer.get(new)["deadline"]["explanation"].startswith("24 business hours")
        told = buyer.get("/v1/policies")
        assert (told["current"], [it["id"] for it in told["items"]]) == ("acme@1", ["standard", "acme"])
        assert buyer.get("/v1/policies/acme@1")["windows"]["seller_answer"] == "24bh"


@contextmanager
def calling(policy="standard@1"):
    """A buyer who calls a process of the API."""
    with started(policy) as house, TestClient(create_app(opened_with(services(house)))) as client:
        yield Calling(house, client)


def opened_with(services):
    """How an application opens what it works with."""
    return lambda: nullcontext(services)


class Calling:
    def __init__(self, house, client):
        self._house = house
        self._client = client
        token = local_token(house.settings, BUYER, timedelta(hours=1))
        self._headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}

    def asked(self, line_id):
        self._house.door.order_lines.record([order_line(line_id, order_id=line_id)], by(MARKETPLACE))
        body = {"line_id": line_id, "reason": "item_missing", "description": "It is not in the box."}
        answer = self._client.post("/v1/refund-cases", json=body, headers=self._headers)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    def get(self, path):
        answer = self._client.get(path, headers=self._headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


# What was in force stays


def test_a_pack_that_is_gone_is_missed_by_nobody(packs):
    file = put(packs, seller_answer="24bh", offer_answer="30bh")
    with started("acme@1") as house:
        opened = asked(house, "o-1")
    file.unlink()
    with started() as house:
        assert [policy.ref for policy in house.door.policies] == ["standard@1", "acme@1"]
        assert offered(house, opened).startswith("30 business hours from")
    with started("acme@1") as house:
        assert str(house.door.policies.current.windows.seller_answer) == "24bh"


def test_a_process_that_never_had_the_pack_goes_on_with_cases_of_it(packs, tmp_path):
    put(packs, offer_answer="30bh")
    with started(policy_folder=tmp_path) as without, started("acme@1") as house:
        opened = asked(house, "o-1")
        assert offered(without, opened).startswith("30 business hours from")


def test_a_process_with_another_draft_of_it_goes_by_what_is_in_force(packs, tmp_path):
    put(tmp_path, offer_answer="20bh")
    put(packs, offer_answer="30bh")
    with started(policy_folder=tmp_path) as drafting, started("acme@1") as house:
        opened = asked(house, "o-1")
        assert offered(drafting, opened).startswith("30 business hours from")


def test_a_change_of_what_was_in_force_is_refused_and_told(packs):
    put(packs, seller_answer="24bh")
    with started("acme@1"):
        pass
    put(packs, seller_answer="12bh", appeal="31d")
    put(packs, version=2)
    for policy in ("standard@1", "acme@1", "acme@2"):
        assert refused(policy) == (
            "policy acme@1 was in force, so it stays as it was: windows.seller_answer was 24bh and now is 12bh; "
            "windows.appeal was 30d and now is 31d; give it a new version"
        )


def test_what_was_never_in_force_may_change(packs):
    for window in ("24bh", "12bh"):
        put(packs, seller_answer=window)
        with started():
            pass


def test_of_two_that_put_different_numbers_of_one_name_into_force_at_once_one_is_refused(packs, tmp_path):
    put(tmp_path, offer_answer="20bh")
    put(packs, offer_answer="30bh")
    together, ends = Barrier(2), []

    def start(folder):
        together.wait()
        try:
            with started("acme@1", policy_folder=folder) as house:
                ends.append(str(house.door.policies.current.windows.offer_answer))
        except StartError as error:
            ends.append(str(error))

    with started():
        pass  # the database has its shape, and time its beginning
    threads = [Thread(target=start, args=[folder]) for folder in (packs, tmp_path)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner, loser = sorted(ends, key=len)
    assert winner in {"20bh", "30bh"}
    assert loser.startswith(f"policy acme@1 was in force, so it stays as it was: windows.offer_answer was {winner} and")


def test_a_policy_is_in_force_once_cases_may_be_opened_under_it(packs, engine):
    """Not because somebody named it to a command: a draft may change."""
    put(packs, seller_answer="24bh")
    with open_house(read_settings(policy="acme@1")):
        assert KeptPolicies(engine).all() == []
    with started("acme@1") as house:
        assert KeptPolicies(engine).all() == [house.door.policies.current]


def test_a_policy_of_a_newer_program_is_told(owner):
    with started():
        pass
    with owner.begin() as conn:
        conn.exec_driver_sql(
            "insert into store.policy (ref, pack) select 'acme@1', jsonb_set(pack::jsonb, '{answers,surprise}', '1') "
            "from store.policy"
        )
    assert refused() == (
        "policy acme@1, to which cases are pinned: answers.surprise: no such field; "
        "it needs the version of the program that put it in force"
    )


# What cannot be is said at the start


def refused(policy="standard@1"):
    """Why a process does not start."""
    with pytest.raises(StartError) as error, started(policy):
        pass
    return str(error.value)


def test_a_folder_that_is_not_there(packs):
    packs.rmdir()
    assert refused() == f"DIRECTSERVICE_POLICY_FOLDER: {packs}: No such file or directory"


def test_a_folder_that_is_none(installation, tmp_path):
    (tmp_path / "file").write_text("")
    installation.setenv("DIRECTSERVICE_POLICY_FOLDER", str(tmp_path / "file"))
    assert refused() == f"DIRECTSERVICE_POLICY_FOLDER: {tmp_path / 'file'}: Not a directory"


def test_a_pack_that_cannot_be_read(packs):
    (packs / "acme.v1.toml").mkdir()
    assert refused() == f"DIRECTSERVICE_POLICY_FOLDER: {packs / 'acme.v1.toml'}: Is a directory"


def test_a_pack_at_fault(packs):
    put(packs, seller_answer="0bh")
    assert refused() == (
        "DIRECTSERVICE_POLICY_FOLDER: acme.v1.toml: windows.seller_answer: 0bh ends the moment it begins; "
        "whoever is waited on needs some time"
    )


def test_a_pack_that_is_not_what_comes_with_the_program(packs):
    (packs / "standard.v1.toml").write_text(pack("windows", appeal="31d"), encoding="utf-8")
    assert refused() == "standard@1: two packs of this version differ: windows.appeal is 30d and 31d"


def test_a_policy_that_is_not_there(packs):
    put(packs)
    put(packs, version=2)
    assert refused("acme@3") == (
        "DIRECTSERVICE_POLICY: there is no policy acme@3; there are standard@1, acme@1, acme@2"
    )


@pytest.mark.usefixtures("logging_as_before")
@pytest.mark.parametrize("command", ["up", "serve", "project", "schedule", "deliver", "rebuild outbox", "clock show"])
def test_no_process_and_no_command_starts_then(installation, packs, command):
    installation.setenv("DIRECTSERVICE_POLICY", "acme@3")
    line = said(run(*command.split()), 2)
    assert line == "directservice: DIRECTSERVICE_POLICY: there is no policy acme@3; there are standard@1"


@pytest.mark.usefixtures("logging_as_before")
def test_what_is_no_policy_and_version_is_named(installation):
    installation.setenv("DIRECTSERVICE_POLICY", "acme")
    assert said(run("serve"), 2) == (
        "directservice: DIRECTSERVICE_POLICY: should be a policy and its version, such as standard@1 (is 'acme')"
    )


# Looking before


def test_policies_are_looked_at_before_they_are_used(packs):
    put(packs, seller_answer="24bh")
    put(packs, version=2)
    result = run("check-policies", packs)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "acme@1 can be used; changed are:",
        "  windows.seller_answer: 24bh instead of 48bh",
        "acme@2 can be used; its numbers are those of standard@1",
    ]


def test_one_pack_is_looked_at_alone(packs):
    put(packs)
    put(packs, version=2, seller_answer="0bh")
    assert run("check-policies", packs / "acme.v1.toml").exit_code == 0


@pytest.mark.parametrize(
    ("name", "written", "fault"),
    [
        (
            "acme.v1.toml",
            "id",
            "acme.v1.toml: not TOML: Expected '=' after a key in a key/value pair (at end of document)",
        ),
        ("acme.v1.toml", pack(), "acme.v1.toml: holds standard@1 and is therefore named standard.v1.toml"),
        (
            "standard.v1.toml",
            pack("windows", appeal="31d"),
            "standard@1: two packs of this version differ: windows.appeal is 30d and 31d",
        ),
    ],
)
def test_what_is_wrong_with_them_is_said(packs, name, written, fault):
    (packs / name).write_text(written, encoding="utf-8")
    assert said(run("check-policies", packs), 2) == f"directservice: {fault}"


def test_where_there_is_none_it_says_so(packs):
    line = said(run("check-policies", packs), 2)
    assert line == f"directservice: {packs} holds no policy; a pack is named id.vN.toml"
    assert said(run("check-policies", packs / "none"), 2).endswith("none: No such file or directory")
