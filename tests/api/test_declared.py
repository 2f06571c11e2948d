"""Every answer of these tests is held against the OpenAPI document: what it does not declare is found."""

import pytest

from tests.api.declared import faults

ANSWERED = {"x-correlation-id": "…"}


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ((200, ANSWERED, None), []),
        ((418, ANSWERED, None), ["status 418"]),
        ((200, {}, None), ["no header x-correlation-id"]),
        ((200, {**ANSWERED, "X-Secret": "…"}, None), ["header X-Secret"]),
        ((422, ANSWERED, "/problems/invalid-field"), []),
        ((422, ANSWERED, "/problems/rule-broken"), ["problem /problems/rule-broken"]),
    ],
)
def test_what_the_document_does_not_declare_of_an_answer_is_found(answer, found):
    assert faults("GET", "/v1/events", *answer) == found


def test_what_the_document_does_not_tell_of_is_passed_over():
    assert faults("GET", "/metrics", 200, {}, None) == []


def test_a_fixed_address_goes_before_a_pattern():
    assert faults("GET", "/v1/notifications/unread", 200, ANSWERED, None) == []
