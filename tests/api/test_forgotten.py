"""After a person is forgotten nothing readable of him is left anywhere, and everything else goes on (SPEC §9)."""

import logging
from itertools import product

import pytest

from domain.actors import Actor, Role
from domain.order.facts import Listing
from domain.policy import standard_policies
from domain.seller.account import SellerProfile
from projections.catalogue import DECLARED, projections
from projections.rebuild import rebuild
from store.audit.live import StoredLog, verify_log
from store.engine import connect
from tests import traces
from tests.api.asking import CASES, opened, uploaded
from tests.projections.views import Views
from tests.service import BUYER, HOME, MARKETPLACE, SELLER, SUPPORT, order_line, png
from tests.trade import AUDITOR

WORDS = ("Lovelace", "analytical-engine", "Piccadilly")
PERIOD = "/v1/period-export?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z&personal="


def read_in(content):
    """Which of the persons' words can be read in these bytes."""
    return traces.read_in(content, WORDS)


@pytest.fixture
def owner(database_url):
    engine = connect(database_url, role=None)
    yield engine
    engine.dispose()


def left(owner, folder):
    """Which words can be read in which table of any schema, and in which file."""
    return traces.in_tables(owner, WORDS), traces.in_files(folder, WORDS)


@pytest.fixture
def case(api, caplog):
    """A case full of the words of one buyer, of support about him, and of one seller."""
    caplog.set_level(logging.DEBUG)
    service = api.service
    service.door.accounts.record_profile(
        SELLER.id, SellerProfile(enrolled=True, email="shop@Piccadilly.example"), service.errand(MARKETPLACE)
    )
    address = HOME.model_copy(update={"street": "12 Piccadilly"}).model_dump(mode="json")
    assert api(SELLER).put(f"/v1/sellers/{SELLER.id}/addresses/home", address).status_code == 200
    photo = uploaded(api, content=png() + b"a portrait of Lovelace")
    listing = Listing(description="As sold in Piccadilly", video_receipts=("https://Piccadilly.example/stream",))
    api.service.sold(order_line(listing=listing), order_line("o-1-2"))
    case = opened(api, reason="wrong_item", description="Ada Lovelace got no analytical-engine.", photos=[photo])
    for actor, action, body in (
        (BUYER, "send-message", {"text": "Yours, Lovelace", "purpose": "question"}),
        (SELLER, "send-message", {"text": "Visit us in Piccadilly", "purpose": "answer"}),
        (BUYER, "add-evidence", {"links": ["https://video.example/analytical-engine"]}),
        (SELLER, "add-evidence", {"links": ["https://Piccadilly.example/packing"]}),
        (SELLER, "propose-replacement-item", {"item": "The one from Piccadilly"}),
        (SELLER, "approve-with-return", {}),
        (BUYER, "ask-support-in", {"text": "The analytical-engine is late"}),
        (SUPPORT, "take-over-for-fraud", {"ground": "Lovelace asks too often"}),
    ):
        answer = api(actor).post(f"{case}/{action}", body)
        assert answer.status_code == 200, (action, answer.text)
    ground = {"ground": "Lovelace again"}
    assert api(SUPPORT).post(f"/v1/buyers/{BUYER.id}/put-under-review", ground).status_code == 200
    service.door.roots.take()
    return case


@pytest.fixture
def views(case, engine):
    return Views(engine).catch_up()


def rows(views):
    return {table.fullname: views.rows(table) for table in DECLARED.sorted_tables if table.name != "projection"}


def forget(api, *persons):
    for person in persons:
        assert api.service.door.forget(person)


def test_before_it_the_words_are_read_by_those_concerned_and_lie_nowhere_in_the_clear(
    api, case, views, owner, tmp_path
):
    assert read_in(api(SUPPORT).get(case).content) == set(WORDS)
    assert read_in(api(AUDITOR).get(f"{PERIOD}opened").content) == set(WORDS)
    assert left(owner, tmp_path) == ({}, {})


def test_afterwards_nothing_readable_is_left(api, case, views, owner, tmp_path, caplog):
    taken_before = api(AUDITOR).get(f"{PERIOD}sealed").content
    forget(api, BUYER, SELLER)
    places = [case, f"{case}/timeline", f"{case}/history", f"{case}/diff?from=1", f"/v1/sellers/{SELLER.id}"]
    places += [f"{PERIOD}opened", f"{PERIOD}sealed", f"/v1/sellers/{SELLER.id}/export?personal=opened"]
    for place, actor in product(places, (SUPPORT, AUDITOR)):
        answer = api(actor).get(place)
        assert (answer.status_code, read_in(answer.content)) == (200, set()), place
    assert (*left(owner, tmp_path), read_in(taken_before)) == ({}, {}, set())
    assert read_in(caplog.text.encode()) == set()


def test_one_person_is_forgotten_and_the_others_are_not(api, case, views):
    forget(api, BUYER)
    assert read_in(api(SUPPORT).get(case).content) == {"Piccadilly"}


def test_history_books_chain_and_read_models_stay_as_they_were(api, case, views, engine, owner):
    def told():
        history = api(AUDITOR).get(f"{case}/history").json()["items"]
        return [(entry["topic"], entry["digest"], entry["actor"]) for entry in history]

    before, known, stood = told(), list(StoredLog(engine).roots()), rows(views)
    forget(api, BUYER, SELLER)
    assert told() == before
    assert verify_log(StoredLog(engine), {each.number: each for each in known}).held == len(known)
    for projection in projections(standard_policies()):
        rebuild(owner, views.reader, projection)
    assert rows(views) == stood


def test_the_forgotten_may_come_again_and_are_read_again(api, case, views, owner):
    forget(api, BUYER)
    asked = {"line_id": "o-1-2", "reason": "item_missing", "description": "A new analytical-engine, please."}
    again = api(BUYER).post(CASES, asked)
    assert again.status_code == 201, again.text
    assert api(SUPPORT).get(again.headers["location"]).json()["request"]["description"] == asked["description"]
    assert read_in(api(SUPPORT).get(case).content) == {"Piccadilly"}
    assert traces.in_tables(owner, WORDS) == {}


def test_who_has_no_key_cannot_be_forgotten(api, case):
    assert not api.service.door.forget(Actor(role=Role.BUYER, id="b-7"))
