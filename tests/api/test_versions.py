"""Versions: decided on what was seen, read again only when changed, and looked at as it once stood."""

import pytest

from tests.api.asking import CASES, names, opened, refused
from tests.service import BUYER, SELLER, SUPPORT, order_line

HELLO = {"text": "Hello"}


@pytest.fixture
def case(api):
    """Opened Friday 18:00, written about at 19:00, rejected at 20:00, escalated at 21:00."""
    case = opened(api)
    for actor, action, body in (
        (BUYER, "send-message", HELLO),
        (SELLER, "reject", {"code": "other", "text": "No."}),
        (BUYER, "escalate", {}),
    ):
        api.service.later(hours=1)
        assert api(actor).post(f"{case}/{action}", body).status_code == 200
    return case


def test_the_etag_is_the_version(api, case):
    answer = api(BUYER).get(case)
    assert (answer.headers["etag"], answer.json()["version"]) == ('"4"', 4)


@pytest.mark.parametrize("tag", ['"4"', "*", None])
def test_a_command_on_the_newest_version_is_carried_out(api, case, tag):
    headers = {"If-Match": tag} if tag else {}
    answer = api(SELLER).post(f"{case}/settle-in-full", headers=headers)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"5"')


def test_a_command_on_an_older_version_is_refused(api, case):
    problem = refused(api(SELLER).post(f"{case}/settle-in-full", headers={"If-Match": '"3"'}), 412, "stale-version")
    assert problem["facts"] == {"expected": 3, "version": 4}


@pytest.mark.parametrize("known", ['"4"', 'W/"4"', '"1", "4"', "*"])
def test_what_is_known_is_not_sent_again(api, case, known):
    answer = api(BUYER).get(case, headers={"If-None-Match": known})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"4"')


@pytest.mark.parametrize("known", ['"3"', '"44"', "4", "nonsense"])
def test_what_is_not_known_is_sent(api, case, known):
    assert api(BUYER).get(case, headers={"If-None-Match": known}).status_code == 200


def test_a_stranger_is_not_told_that_nothing_changed(api, case):
    stranger = SELLER.model_copy(update={"id": "s-2"})
    refused(api(stranger).get(case, headers={"If-None-Match": "*"}), 404, "unknown")


def test_a_case_is_seen_as_it_stood_at_a_version_with_what_was_possible_then(api, case):
    earlier = api(SELLER).get(f"{case}?version=2")
    assert (earlier.json()["status"], earlier.json()["version"]) == ("awaiting_seller", 2)
    assert "reject" in names(earlier.json())
    assert len(earlier.json()["timeline"]) == 2
    assert "etag" not in earlier.headers
    refused(api(SELLER).get(f"{case}?version=5"), 404, "unknown")


@pytest.mark.parametrize(
    ("moment", "version"),
    [
        ("2026-03-06T18:00:00%2B01:00", 1),
        ("2026-03-06T18:59:59%2B01:00", 1),
        ("2026-03-06T19:00:00%2B01:00", 2),
        ("2026-03-06T20:30:00Z", 4),
    ],
)
def test_a_case_is_seen_as_the_house_knew_it_at_a_moment(api, case, moment, version):
    api.service.later(days=1)
    assert api(SUPPORT).get(f"{case}?as_of={moment}").json()["version"] == version


def test_before_its_opening_there_was_no_case(api, case):
    refused(api(SUPPORT).get(f"{case}?as_of=2026-03-06T16:59:59Z"), 404, "unknown", naming="not open")


def test_a_moment_between_an_event_and_its_recording_does_not_know_it_yet(api, case):
    """The seller fell silent on Tuesday, and the timer rang only on Thursday: on Wednesday nobody knew."""
    api.service.at("2026-03-06T18:00").sold(order_line("o-1-2"))
    other = f"{CASES}/{api.service.submit('o-1-2')}"
    api.service.at("2026-03-12T18:00")
    api.timers_ring(other)
    now = api(SUPPORT).get(other).json()
    assert now["timeline"][1]["occurred_at"] == "2026-03-10T17:00:00Z"
    assert now["timeline"][1]["recorded_at"] == "2026-03-12T17:00:00Z"
    assert api(SUPPORT).get(f"{other}?as_of=2026-03-11T12:00:00Z").json()["status"] == "awaiting_seller"
