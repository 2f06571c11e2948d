"""Photos: taken in as what they are, and handed out to whoever may see them, as data and never as a page."""

import pytest

from domain.actors import Actor, Role
from store.evidence_files import EvidenceFolder
from tests.api.asking import CASES, WRITTEN, opened, refused, uploaded
from tests.service import BUYER, CARRIER, SELLER, SUPPORT, png

EVIDENCE = "/v1/evidence"
AUDITOR = Actor(role=Role.AUDITOR, id="auditor-1")
STRANGERS = [Actor(role=Role.BUYER, id="b-2"), Actor(role=Role.SELLER, id="s-2")]


def upload(api, content, actor=BUYER, **headers):
    headers = {"Idempotency-Key": "k", "Content-Type": "image/png", **headers}
    return api(actor).send("POST", EVIDENCE, content=content, headers=headers)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (png(), "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 20, "image/jpeg"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
    ],
)
def test_a_photo_is_told_by_its_content_whatever_its_sender_says(api, content, media_type):
    answer = upload(api, content, **{"Content-Type": "text/html"})
    assert (answer.status_code, answer.json()["media_type"]) == (201, media_type)
    shown = api(BUYER).get(answer.headers["location"])
    assert (shown.headers["content-type"], shown.content) == (media_type, content)
    assert shown.headers["etag"] == answer.headers["etag"]


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"%PDF-1.7", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_what_is_no_photo_is_refused(api, content):
    before = api.head()
    refused(upload(api, content), 422, "rule-broken", rule="not_a_photo")
    assert api.head() == before


def test_a_photo_over_the_limit_is_refused_before_it_is_kept(api):
    before = api.head()
    large = png() + b"\0" * 50_000
    assert refused(upload(api, large), 413, "too-large")["facts"] == {"limit": 50_000}
    refused(upload(api, (large[start : start + 9000] for start in range(0, len(large), 9000))), 413, "too-large")
    assert api.head() == before


@pytest.mark.parametrize("actor", [CARRIER, AUDITOR, Actor(role=Role.MARKETPLACE, id="m")])
def test_only_the_parties_and_support_upload(api, actor):
    refused(upload(api, png(), actor), 403, "not-your-move")


def test_a_photo_is_never_run_and_never_a_page(api):
    headers = api(BUYER).get(f"{EVIDENCE}/{uploaded(api)}").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"].startswith('attachment; filename="')
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cache-control"] == "private, no-cache"


def test_a_photo_that_is_known_is_not_sent_again(api):
    href = f"{EVIDENCE}/{uploaded(api)}"
    tag = api(BUYER).get(href).headers["etag"]
    assert api(BUYER).get(href, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("actor", [SELLER, *STRANGERS])
def test_a_photo_that_no_case_shows_is_its_uploaders_alone(api, actor):
    href = f"{EVIDENCE}/{uploaded(api)}"
    refused(api(actor).get(href), 404, "unknown", rule="unknown_evidence")
    assert api(SUPPORT).get(href).status_code == api(AUDITOR).get(href).status_code == 200


def test_a_photo_in_a_case_is_seen_by_its_parties_and_by_no_one_else(api):
    api.service.sold()
    photo = uploaded(api)
    case = api(BUYER).post(CASES, {**WRITTEN, "reason": "defective", "photos": [photo]}).json()
    (shown,) = case["request"]["photos"]
    assert shown["href"] == f"{EVIDENCE}/{photo}?case={case['id']}"
    assert api(SELLER).get(shown["href"]).content == png()
    for stranger in STRANGERS:
        refused(api(stranger).get(shown["href"]), 404, "unknown", rule="unknown_case")
        refused(api(stranger).get(f"{EVIDENCE}/{photo}"), 404, "unknown", rule="unknown_evidence")


def test_a_case_opens_only_the_photos_that_it_shows(api):
    case, other = opened(api), uploaded(api)
    refused(api(SELLER).get(f"{EVIDENCE}/{other}?case={case.rsplit('/', 1)[1]}"), 404, "unknown")


def test_nobody_names_a_photo_that_is_anothers(api):
    case, photo = opened(api), uploaded(api, BUYER)
    body = {"text": "Look", "evidence": [photo]}
    refused(api(SELLER).post(f"{case}/send-message", body), 422, "rule-broken", rule="evidence_unknown")


def test_a_photo_of_someone_erased_is_gone(api):
    href = f"{EVIDENCE}/{uploaded(api)}"
    api.service.vault.forget(f"buyer:{BUYER.id}")
    refused(api(BUYER).get(href), 404, "unknown", rule="unknown_evidence")


def test_where_photos_are_out_of_reach_nothing_is_recorded_and_the_same_upload_succeeds_later(api, tmp_path):
    place, before = tmp_path / "evidence", api.head()
    place.write_bytes(b"in the way")
    api.service.door.evidence._files = EvidenceFolder(place)
    refused(upload(api, png()), 503, "unavailable", naming="photos cannot be kept")
    assert api.head() == before
    place.unlink()
    assert upload(api, png()).status_code == 201


def test_an_id_of_something_else_is_no_photo(api):
    case = opened(api)
    refused(api(SUPPORT).get(f"{EVIDENCE}/{case.rsplit('/', 1)[1]}"), 404, "unknown", rule="unknown_evidence")
