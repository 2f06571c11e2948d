"""Bad input: each is refused with what is wrong with it, and changes nothing."""

import json

import pytest

from domain.actors import Actor, Role
from tests.api.asking import CASES, WRITTEN, opened, refused
from tests.api.conftest import token
from tests.service import BUYER, MARKETPLACE, SELLER, SUPPORT, order_line

JSON = {"Content-Type": "application/json"}


@pytest.fixture(autouse=True)
def nothing_changes(api):
    """A case is open; whatever a test of this module sends leaves the log as it is."""
    api.service.sold(order_line("o-1-2"))
    api.case = opened(api)
    before = api.head()
    yield
    assert api.head() == before


def offer(api, content, **headers):
    """The seller offers, with a body exactly as given."""
    headers = {**JSON, "Idempotency-Key": "k", **headers}
    return api(SELLER).send("POST", f"{api.case}/offer-partial-refund", content=content, headers=headers)


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "no JSON at character 0"),
        (b"{", "no JSON at character 1"),
        (b'{"amount": {"minor": 1200, "currency": "EUR"},}', "no JSON at character"),
        (b"[]", "no JSON object"),
        (b'"text"', "no JSON object"),
        (b"null", "no JSON object"),
        (b'{"amount": NaN}', "holds NaN, which is no JSON"),
        (b'{"amount": Infinity}', "holds Infinity, which is no JSON"),
        (b'{"amount": 1, "amount": 2}', "the name 'amount' comes twice"),
        (b'{"amount": "\xff"}', "not UTF-8 at byte 12"),
        ("{}".encode("utf-16"), "not UTF-8 at byte 0"),
        (b"\xef\xbb\xbf{}", "no JSON at character 0"),
        (b'{"a":' * 21 + b"1" + b"}" * 21, "nests deeper than 20"),
        (b'{"a":' * 9000 + b"1" + b"}" * 9000, "too large"),
        (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", "nests deeper than 20"),
        (b'{"amount": ' + b"1" * 5000 + b"}", "a number that is too long"),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else None,
)
def test_a_body_that_cannot_be_read_is_malformed(api, content, detail):
    if detail == "too large":
        refused(offer(api, content), 413, "too-large")
    else:
        refused(offer(api, content), 400, "malformed", naming=detail)


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        ({}, "/amount", "Field required"),
        ({"amount": None}, "/amount", "An object is expected"),
        ({"amount": 12}, "/amount", "An object is expected"),
        ({"amount": {"minor": "1200", "currency": "EUR"}}, "/amount/minor", "valid integer"),
        ({"amount": {"minor": 12.0, "currency": "EUR"}}, "/amount/minor", "valid integer"),
        ({"amount": {"minor": True, "currency": "EUR"}}, "/amount/minor", "valid integer"),
        ({"amount": {"minor": 10**14, "currency": "EUR"}}, "/amount/minor", "less than or equal to"),
        ({"amount": {"minor": 10**40, "currency": "EUR"}}, "/amount/minor", "less than or equal to"),
        ({"amount": {"minor": 1200}}, "/amount/currency", "Field required"),
        ({"amount": {"minor": 1200, "currency": "eur"}}, "/amount/currency", ""),
        ({"amount": {"minor": 1200, "currency": "EUR"}, "note": "x"}, "/note", "not permitted"),
        ({"amount": {"minor": 1200, "currency": "EUR", "a/b~c": 1}}, "/amount/a~1b~0c", "not permitted"),
        ({"amount": {"minor": 1200, "currency": "E\0R"}}, "/amount/currency", "no NUL character"),
        ({"amount": {"min\0or": 1200}}, "/amount/min\0or", "no NUL character"),
        ({"amount": {"minor": 1200, "currency": "\ud800UR"}}, "/amount/currency", "half of a surrogate pair"),
        ({"amount": {"\udc80": 1}}, "/amount/\\udc80", "half of a surrogate pair"),
    ],
    ids=str,
)
def test_a_field_that_is_not_as_it_should_be_is_named_by_its_pointer(api, body, pointer, detail):
    problem = refused(offer(api, json.dumps(body).encode()), 422, "invalid-field", naming=detail)
    assert pointer in [error["pointer"] for error in problem["errors"]]


def test_every_field_at_fault_is_listed(api):
    problem = refused(api(BUYER).post(CASES, {"reason": "bored", "description": " "}), 422, "invalid-field")
    assert [error["pointer"] for error in problem["errors"]] == ["/line_id", "/reason", "/description"]
    assert "(and 2 more)" in problem["detail"]


@pytest.mark.parametrize(
    ("minor", "currency", "rule"),
    [
        (-1, "EUR", "partial_below_full"),
        (0, "EUR", "partial_below_full"),
        (4590, "EUR", "partial_below_full"),
        (1200, "USD", "currency_mismatch"),
    ],
)
def test_an_amount_that_no_rule_allows_is_refused_by_that_rule(api, minor, currency, rule):
    body = {"amount": {"minor": minor, "currency": currency}}
    problem = refused(api(SELLER).post(f"{api.case}/offer-partial-refund", body), 422, "rule-broken", rule=rule)
    assert problem["facts"]


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "image/png", "json"])
def test_a_body_of_another_type_is_not_taken(api, content_type):
    headers = {"Content-Type": content_type or "", "Idempotency-Key": "k"}
    body = b'{"amount": {"minor": 1200, "currency": "EUR"}}'
    response = api(SELLER).send("POST", f"{api.case}/offer-partial-refund", content=body, headers=headers)
    refused(response, 415, "unsupported-media-type", naming="application/json")


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml, text/*;q=0.5", "application/json;q=0", "application/json;q=0, */*"]
)
def test_an_answer_in_another_form_is_not_to_be_had(api, accept):
    refused(api(BUYER).get(api.case, headers={"Accept": accept}), 406, "not-acceptable", naming="application/json")


@pytest.mark.parametrize(
    ("query", "name", "detail"),
    [
        ("verbose=1", "verbose", "no such parameter"),
        ("version=1&version=2", "version", "more than once"),
        ("version=", "version", "valid integer"),
        ("version=0", "version", "greater than or equal to 1"),
        ("version=99999999999999999999", "version", "less than or equal to"),
        ("as_of=yesterday", "as_of", "written like 2026-03-06T18:00:00+01:00"),
        ("as_of=1772816400", "as_of", "written like 2026-03-06T18:00:00+01:00"),
        ("as_of=2026-03-06T18:00:00", "as_of", "written like 2026-03-06T18:00:00+01:00"),
        ("as_of=9999-12-31T23:59:59-12:00", "as_of", "lies from 1970 to before 2200"),
        ("as_of=2026-03-07T18:00:00%2B01:00", "as_of", "lies in the future"),
        ("as_of=2026-03-06T18:00:00Z%00", "as_of", "no NUL character"),
        ("version=1&as_of=2026-03-06T17:00:00Z", "as_of", "not both"),
        ("%00=1", "\0", "no such parameter"),
    ],
)
def test_a_parameter_that_is_unknown_or_wrong_is_named(api, query, name, detail):
    problem = refused(api(BUYER).get(f"{api.case}?{query}"), 422, "invalid-field", naming=detail)
    assert [(error["where"], error["pointer"]) for error in problem["errors"]] == [("query", name)]


@pytest.mark.parametrize("text", ["yes", "1", "True", "on", ""])
def test_preview_is_true_or_false_and_nothing_else(api, text):
    response = api(SELLER).post(f"{api.case}/approve-without-return?preview={text}")
    refused(response, 422, "invalid-field", naming="preview")


@pytest.mark.parametrize(
    "path",
    [
        f"{CASES}/7",
        f"{CASES}/%00",
        f"{CASES}/{{00000000-0000-0000-0000-000000000000}}",
        f"{CASES}/urn:uuid:00000000-0000-0000-0000-000000000000",
        f"{CASES}/00000000000000000000000000000000",
        "/v1/orders/%00",
        "/v1/orders/-",
        f"/v1/orders/{'x' * 129}",
        "/v1/policies/standard",
    ],
)
def test_an_id_of_no_known_form_is_an_invalid_field(api, path):
    refused(api(SUPPORT).get(path), 422, "invalid-field", naming="path parameter")


@pytest.mark.parametrize("key", [None, "", "   ", "two words", "ü", "x" * 256])
def test_a_move_without_a_proper_key_is_not_made(api, key):
    headers = {} if key is None else {"Idempotency-Key": key.encode()}
    response = api(SELLER).send("POST", f"{api.case}/approve-without-return", headers=headers)
    if key is None:
        refused(response, 400, "idempotency-key-required")
    else:
        refused(response, 400, "malformed", naming="Idempotency-Key")


@pytest.mark.parametrize("tag", ["1", '"1", "2"', 'W/"1"', '"1', "", "abc"])
def test_if_match_takes_one_strong_tag(api, tag):
    response = api(SELLER).post(f"{api.case}/approve-without-return", headers={"If-Match": tag})
    refused(response, 400, "malformed", naming="If-Match")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Authorization", [f"Bearer {token(SELLER)}", f"Bearer {token(BUYER)}"]),
        ("Idempotency-Key", ["k", "l"]),
        ("If-Match", ['"1"', '"2"']),
        ("Content-Type", ["application/json", "text/plain"]),
        ("X-Correlation-Id", ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"]),
    ],
)
def test_a_header_that_comes_twice_is_not_chosen_from(api, name, values):
    others = {"Authorization": f"Bearer {token(SELLER)}", "Idempotency-Key": "k", **JSON}
    headers = [
        *((other, value) for other, value in others.items() if other != name),
        *((name, each) for each in values),
    ]
    response = api.client.post(f"{api.case}/send-message", headers=headers, content=b'{"text": "Hello"}')
    refused(response, 400, "malformed", naming=f"{name}: is given more than once")


def test_an_answer_may_be_accepted_in_several_lines(api):
    asked = [("Authorization", f"Bearer {token(BUYER)}"), ("Accept", "text/html"), ("Accept", "application/json")]
    assert api.client.get(api.case, headers=asked).status_code == 200


@pytest.mark.parametrize(("name", "value"), [("If-Match", '"1"'), ("If-Match", "*"), ("If-None-Match", "*")])
@pytest.mark.parametrize(
    ("actor", "method", "path"),
    [
        (BUYER, "POST", CASES),
        (BUYER, "POST", "/v1/cancellations"),
        (BUYER, "POST", "/v1/evidence"),
        (SELLER, "POST", "/v1/seller-hub/bulk-reject"),
        (MARKETPLACE, "PUT", "/v1/orders/o-1-1"),
        (MARKETPLACE, "PUT", "/v1/whole-orders/o-1"),
        (MARKETPLACE, "PUT", "/v1/sellers/s-1/proceeds/p-1"),
    ],
)
def test_a_condition_on_a_version_where_there_is_none_is_not_passed_over(api, actor, method, path, name, value):
    response = api(actor).send(method, path, json={}, headers={name: value, "Idempotency-Key": "k"})
    refused(response, 400, "malformed", naming=f"{name}: there is no version here")


@pytest.mark.parametrize("coding", ["gzip", "identity, br", "x"])
def test_a_body_is_taken_as_it_is(api, coding):
    response = offer(api, b"{}", **{"Content-Encoding": coding})
    refused(response, 415, "unsupported-media-type", naming=coding)
    assert response.headers["accept-encoding"] == "identity"
    refused(offer(api, b"{}", **{"Content-Encoding": "identity"}), 422, "invalid-field", naming="/amount")


@pytest.mark.parametrize("tag", ['"2"', '"0"', '"01"', '"abc"', '""', '"99999999999999"', '"4294967297"'])
def test_another_version_than_the_newest_is_stale(api, tag):
    response = api(SELLER).post(f"{api.case}/approve-without-return", headers={"If-Match": tag})
    refused(response, 412, "stale-version")


def test_a_correlation_id_is_a_uuid(api):
    response = api(BUYER).get(api.case, headers={"X-Correlation-Id": "mine"})
    refused(response, 400, "malformed", naming="X-Correlation-Id")


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/", 404, "unknown"),
        ("GET", "/v1", 404, "unknown"),
        ("GET", f"{CASES}/", 404, "unknown"),
        ("POST", f"{CASES}/00000000-0000-0000-0000-000000000000/expire", 404, "unknown"),
        ("GET", "/problems/none", 404, "unknown"),
        ("DELETE", CASES, 405, "method-not-allowed"),
        ("GET", CASES, 405, "method-not-allowed"),
        ("BREW", CASES, 405, "method-not-allowed"),
        ("GET", f"{CASES}/00000000-0000-0000-0000-000000000000/reject", 405, "method-not-allowed"),
    ],
)
def test_what_is_not_there_is_told_in_the_same_form(api, method, path, status, kind):
    refused(api(SUPPORT).send(method, path), status, kind)


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        (CASES, "POST"),
        ("/v1/sellers/s-1", "GET, HEAD, PUT"),
        ("/v1/sellers/s-1/rules/r", "DELETE, PUT"),
        ("/v1/webhook-endpoints/shop", "DELETE, GET, HEAD, PUT"),
        ("/live", "GET, HEAD"),
        ("/openapi.json", "GET, HEAD"),
    ],
)
def test_all_methods_that_an_address_takes_are_told(api, path, methods):
    response = api(SUPPORT).send("PATCH", path)
    refused(response, 405, "method-not-allowed", naming=methods.replace(", ", " and "))
    assert response.headers["allow"] == methods


def test_head_is_answered_as_get_but_without_the_content(api):
    for path in [api.case, "/problems", "/live", "/v1/refund-cases/7", "/v1/process", f"{api.case}/history"]:
        whole, head = api(SUPPORT).get(path), api(SUPPORT).send("HEAD", path)
        told = [{**answer.headers, "x-correlation-id": ""} for answer in (whole, head)]
        assert (head.status_code, head.content, told[1]) == (whole.status_code, b"", told[0])


def test_of_what_would_go_on_for_long_head_tells_the_beginning(api):
    response = api(SUPPORT).send("HEAD", "/v1/events/stream?after=0")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-type"].startswith("text/event-stream")


def test_unknown_and_foreign_cases_cannot_be_told_apart(api):
    nowhere = f"{CASES}/00000000-0000-0000-0000-000000000000"
    for stranger in (Actor(role=Role.BUYER, id="b-2"), Actor(role=Role.SELLER, id="s-2")):
        foreign, unknown = api(stranger).get(api.case), api(stranger).get(nowhere)
        problems = refused(foreign, 404, "unknown"), refused(unknown, 404, "unknown")
        told = [
            {**problem, "correlation_id": "", "facts": {}, "detail": problem["detail"][-8:]} for problem in problems
        ]
        assert told[0] == told[1]


@pytest.mark.parametrize("action", ["withdraw", "escalate", "send-message"])
def test_a_foreign_case_cannot_be_moved(api, action):
    body = {"text": "hello"} if action == "send-message" else {}
    stranger = Actor(role=Role.BUYER, id="b-2")
    refused(api(stranger).post(f"{api.case}/{action}", body), 404, "unknown", rule="unknown_case")


def test_a_photo_is_required_where_the_reason_asks_for_one(api):
    response = api(BUYER).post(CASES, {**WRITTEN, "line_id": "o-1-2", "reason": "defective"})
    refused(response, 422, "rule-broken", rule="photo_required")


def test_a_line_with_an_open_case_takes_no_second_one(api):
    refused(api(BUYER).post(CASES, WRITTEN), 409, "not-allowed-now", rule="active_case")


def test_a_body_over_the_limit_is_refused_by_what_it_says_and_by_what_it_is(api):
    body = json.dumps({"amount": {"minor": 1, "currency": "x" * 30_000}}).encode()
    refused(offer(api, body), 413, "too-large", naming="20000 bytes")
    refused(offer(api, (chunk for chunk in (body[:15_000], body[15_000:]))), 413, "too-large", naming="20000 bytes")
    refused(offer(api, b"{}", **{"Content-Length": "20001"}), 413, "too-large")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"price": {"minor": -1, "currency": "EUR"}}, ""),
        ({"tax": {"minor": 1, "currency": "USD"}}, ""),
        ({"quantity": 0}, "/quantity"),
        ({"quantity": "1"}, "/quantity"),
        ({"openable": "yes"}, "/openable"),
        ({"listing_kind": "auction"}, "/listing_kind"),
        ({"purchased_at": "2026-03-02"}, "/purchased_at"),
        ({"purchased_at": 1772442000}, "/purchased_at"),
        ({"delivered_at": "2026-03-01T10:00:00Z"}, ""),
        ({"line_id": "o-1-9"}, "/line_id"),
        ({"buyer_id": "b 1"}, "/buyer_id"),
        ({"title": "a\nb"}, "/title"),
        ({"payment_reference": "a\0b"}, "/payment_reference"),
    ],
    ids=str,
)
def test_an_order_line_that_cannot_be_is_refused_whole(api, changes, pointer):
    facts = {**order_line("o-1-2").model_dump(mode="json"), **changes}
    problem = refused(api(MARKETPLACE).put("/v1/orders/o-1-2", facts), 422, "invalid-field")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


@pytest.mark.parametrize("change", [{"seller_id": "s-2"}, {"buyer_id": "b-2"}, {"order_id": "o-2"}])
def test_a_known_line_never_changes_hands(api, change):
    facts = {**order_line().model_dump(mode="json"), **change}
    response = api(MARKETPLACE).put("/v1/orders/o-1-1", facts)
    refused(response, 422, "rule-broken", rule="order_line_keeps_its_parties")
