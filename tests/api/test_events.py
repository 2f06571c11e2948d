"""The event feed: the whole log in its order, to each reader his part of it, nothing skipped."""

import pytest

from domain.actors import Actor, Role
from domain.messages import Event
from domain.refund.commands import ApproveWithoutReturn, AskSupportIn, SendMessage, TakeOverForFraud
from projections import event_feed
from tests.api.asking import id_of, opened, refused
from tests.service import BUYER, MARKETPLACE, SELLER, SUPPORT, order_line

FEED = "/v1/events"
STREAM = "/v1/events/stream"
AUDITOR = Actor(role=Role.AUDITOR, id="aud-1")
EUR_10 = {"minor": 1000, "currency": "EUR"}
STRANGERS = [Actor(role=Role.BUYER, id="b-9"), Actor(role=Role.SELLER, id="s-9")]
EVERYTHING = [SUPPORT, AUDITOR, MARKETPLACE]


def told(api, actor, **query):
    """What the feed tells this actor, all pages of it."""
    items, after, more = [], 0, True
    while more:
        page = api(actor).get(FEED, params={"after": after, **query}).json()
        items, after, more = items + page["items"], page["next"], page["more"]
    return items


def types(items):
    return [item["type"] for item in items]


def of_type(items, type_):
    (found,) = [item for item in items if item["type"] == type_]
    return found


@pytest.mark.parametrize("actor", EVERYTHING, ids=str)
def test_staff_and_marketplace_are_told_everything_in_the_order_of_the_log(api, actor):
    opened(api)
    items = told(api, actor)
    positions = [item["position"] for item in items]
    assert positions == sorted(positions)
    assert positions[-1] == api.head()
    assert {"seller.profile_recorded.v1", "order_line.recorded.v1", "refund.requested.v1"} <= set(types(items))


@pytest.mark.parametrize("limit", [1, 2, 3, 500])
def test_pages_of_any_size_tell_the_same(api, limit):
    opened(api)
    assert told(api, SUPPORT, limit=limit) == told(api, SUPPORT)


@pytest.mark.parametrize("actor", [BUYER, SELLER], ids=str)
def test_a_party_is_told_what_is_its_own(api, actor):
    opened(api)
    api.service.sold(order_line("o-9-1", order_id="o-9", buyer_id="b-9", seller_id="s-9"))
    api.service.submit("o-9-1", actor=STRANGERS[0])
    items = told(api, actor)
    assert "refund.requested.v1" in types(items)
    assert not any("o-9-1" in str(item["data"]) for item in items)


@pytest.mark.parametrize("stranger", STRANGERS, ids=str)
def test_a_stranger_is_told_nothing(api, stranger):
    opened(api)
    assert told(api, stranger) == []


def test_a_long_stretch_of_others_events_is_passed_in_short_pages(api, monkeypatch):
    monkeypatch.setattr(event_feed, "SCANNED", 2)
    monkeypatch.setattr(event_feed, "BATCH", 2)
    opened(api)
    first = api(BUYER).get(FEED).json()
    assert (first["items"], first["more"]) == ([], True)
    assert types(told(api, BUYER))[-1] == "refund.requested.v1"


def test_at_the_end_there_is_no_more_until_something_happens(api):
    case = id_of(opened(api))
    end = api(SUPPORT).get(FEED, params={"after": api.head()}).json()
    assert end == {"items": [], "next": api.head(), "more": False}
    api.service.handle(case, ApproveWithoutReturn(), SELLER)
    after = api(SUPPORT).get(FEED, params={"after": end["next"]}).json()
    assert types(after["items"])[0] == "refund.approved.v1"


def test_types_choose_and_a_star_chooses_all_that_begin_so(api):
    api.service.handle(id_of(opened(api)), ApproveWithoutReturn(), SELLER)
    assert types(told(api, SUPPORT, type="refund.approved.v1")) == ["refund.approved.v1"]
    assert {each.partition(".")[0] for each in types(told(api, SUPPORT, type="refund.*,seller.*"))} == {
        "refund",
        "seller",
    }


@pytest.mark.parametrize("type_", ["refund.vanished.v1", "refund", "*", "", "refund.approved.v1,"])
def test_a_type_that_names_no_event_is_refused(api, type_):
    refused(api(SUPPORT).get(FEED, params={"type": type_}), 422, "invalid-field", naming="no event is of the type")


def test_a_position_behind_the_end_of_the_log_is_refused(api):
    answer = api(SUPPORT).get(FEED, params={"after": api.head() + 1})
    refused(answer, 422, "invalid-field", naming="behind the end of the log")


def test_a_persons_words_are_for_parties_and_staff_not_for_the_marketplaces_systems(api):
    case = id_of(opened(api))
    api.service.handle(case, SendMessage(text="Which box?"), SELLER)
    for actor in (BUYER, SELLER, SUPPORT, AUDITOR):
        assert of_type(told(api, actor), "refund.requested.v1")["data"]["description"]["text"] == (
            "It is not in the box."
        )
    items = told(api, MARKETPLACE)
    assert of_type(items, "refund.requested.v1")["data"]["description"] == {"person": "buyer:b-1", "text": None}
    assert "Which box?" not in str(items)


def test_erased_words_stay_untold(api):
    opened(api)
    api.service.vault.forget("buyer:b-1")
    assert "It is not in the box." not in str(told(api, SUPPORT))


def test_each_is_told_the_money_that_is_his_to_know(api):
    api.service.handle(id_of(opened(api)), ApproveWithoutReturn(), SELLER)
    buyers, sellers, markets = (
        of_type(told(api, actor), "refund.approved.v1")["data"] for actor in (BUYER, SELLER, MARKETPLACE)
    )
    assert buyers["refund"] == {"minor": 4590, "currency": "EUR"}
    assert not {"posting", "hold"} & buyers.keys()
    assert {entry["account"] for entry in sellers["posting"]["entries"]} == {"seller"}
    assert sum(entry["amount"]["minor"] for entry in markets["posting"]["entries"]) == 0


def test_parties_are_not_told_how_the_order_was_paid(api):
    opened(api)
    for actor in (BUYER, SELLER):
        assert "payment_reference" not in of_type(told(api, actor), "refund.requested.v1")["data"]["line"]
    assert of_type(told(api, MARKETPLACE), "order_line.recorded.v1")["data"]["facts"]["payment_reference"] == "pay-1"


def test_a_suspected_buyer_is_not_told_that_he_is(api):
    case = id_of(opened(api))
    api.service.handle(case, TakeOverForFraud(ground="Five cameras in a week."), SUPPORT)
    buyers = told(api, BUYER)
    assert types(buyers)[-1] == "refund.taken_over.v1"
    assert "ive cameras" not in str(buyers)
    assert "ive cameras" not in str(told(api, SELLER))
    assert of_type(told(api, SUPPORT), "refund.taken_over_for_fraud.v1")


@pytest.mark.parametrize(
    ("asked", "told_of"),
    [("refund.taken_over_for_fraud.v1", []), ("refund.taken_over.v1", ["refund.taken_over.v1"])],
)
def test_asking_for_the_suspicion_by_its_name_tells_the_buyer_nothing(api, asked, told_of):
    case = id_of(opened(api))
    api.service.handle(case, TakeOverForFraud(ground="Five cameras in a week."), SUPPORT)
    assert types(told(api, BUYER, type=asked)) == told_of
    assert types(told(api, SUPPORT, type="refund.taken_over_for_fraud.v1")) == ["refund.taken_over_for_fraud.v1"]


def test_a_seller_is_told_what_is_posted_on_his_balance_and_on_what_ground(api):
    correction = {"happened_at": "2026-03-06T17:00:00Z", "amount": EUR_10, "ground": "Booked twice."}
    for seller in (SELLER, Actor(role=Role.SELLER, id="s-2")):
        api.service.enrol(seller)
        api(MARKETPLACE).put(f"/v1/sellers/{seller.id}/corrections/c-1", correction)
    (posted,) = told(api, SELLER, type="seller.correction_posted.v1")
    assert (posted["data"]["seller_id"], posted["data"]["ground"]) == (SELLER.id, "Booked twice.")
    assert [entry["account"] for entry in posted["data"]["posting"]["entries"]] == ["seller"]
    assert told(api, BUYER, type="seller.correction_posted.v1") == []


def test_who_acted_is_named_to_staff_alone(api):
    case = id_of(opened(api))
    api.service.handle(case, AskSupportIn(), BUYER)
    assert {item["actor_id"] for item in told(api, SELLER)} == {None}
    assert told(api, SUPPORT)[-1]["actor_id"] == BUYER.id


def test_an_event_has_one_id_for_everybody(api):
    opened(api)
    ids = {of_type(told(api, actor), "refund.requested.v1")["id"] for actor in (BUYER, SELLER, SUPPORT, MARKETPLACE)}
    assert len(ids) == 1
    every = [item["id"] for item in told(api, SUPPORT)]
    assert len(set(every)) == len(every)


def test_every_event_there_can_be_has_a_type_that_can_be_asked_for(api):
    assert api(SUPPORT).get(FEED, params={"type": ",".join(list(Event.topics)[:40])}).status_code == 200


def test_a_stream_that_ends_says_how_far_it_looked(api, services, streams, monkeypatch):
    look = services.feed.page

    def ends_with_this_look(*asked):
        streams.close()
        return look(*asked)

    monkeypatch.setattr(streams, "_seconds", 60)
    monkeypatch.setattr(services.feed, "page", ends_with_this_look)
    opened(api)
    answer = api(STRANGERS[1]).get(f"{STREAM}?after=0")
    assert answer.text.rstrip().splitlines()[-1] == f"id: {api.head()}"


@pytest.mark.parametrize(("given", "status", "kind"), [("x", 400, "malformed"), ("99999", 400, "malformed")])
def test_a_place_that_the_log_does_not_have_is_refused(api, given, status, kind):
    refused(api(SUPPORT).get(STREAM, headers={"Last-Event-ID": given}), status, kind, naming="Last-Event-ID")


def test_a_stream_is_for_whoever_takes_one(api):
    answer = api(SUPPORT).get(STREAM, headers={"Accept": "application/json"})
    refused(answer, 406, "not-acceptable", naming="text/event-stream")
