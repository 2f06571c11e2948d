"""Every text in an event is either sealed for the person whose it is, or known to be nobody's (SPEC §9)."""

from types import GenericAlias
from typing import get_args

import pytest
from pydantic import BaseModel

from domain.history import event_of
from domain.messages import Event, Personal, as_kept, words_of
from domain.order.facts import Listing

IN_THE_CLEAR = {
    "ids that the marketplace gave, which are nobody's name": {
        "address_id", "buyer_id", "line_id", "order_id", "owner", "rule_id", "seller_id",
    },
    "references by which others find a payment, a booking or a parcel": {
        "carrier", "number", "payment_reference", "reference",
    },
    "what was sold, and where its seller keeps his clock": {"category", "time_zone", "title"},
    "words of a booking, which books must keep": {"ground"},
    "words of our own": {"currency", "digest", "explanation", "fact", "media_type"},
}  # fmt: skip
"""Fields that stay when somebody is forgotten, by why they may."""
SEALED = (Personal, Listing)


def texts_in(model):
    """The names of every field that holds a text as it is, at whatever depth."""
    return {name for field, info in model.model_fields.items() for name in texts_of(field, info.annotation)}


def texts_of(field, annotation):
    parts = get_args(annotation)
    if annotation in SEALED or any(part in SEALED for part in parts):
        return set()
    if isinstance(annotation, type) and not isinstance(annotation, GenericAlias) and issubclass(annotation, BaseModel):
        return texts_in(annotation)
    return {field} if annotation is str else set().union(*(texts_of(field, part) for part in parts))


def test_no_event_keeps_a_text_in_the_clear_but_for_these():
    found = set().union(*(texts_in(event) for event in Event.topics.values()))
    assert found == set().union(*IN_THE_CLEAR.values())


def test_only_a_correction_of_the_books_gives_its_ground_in_the_clear():
    plain = {topic for topic, event in Event.topics.items() if "ground" in texts_in(event)}
    assert plain == {"seller.correction_posted.v1"}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("a text", Personal.of("buyer:b-1", "a text")),
        (("one", "two"), (Personal.of("buyer:b-1", "one"), Personal.of("buyer:b-1", "two"))),
        (None, None),
        (Personal.of("seller:s-1", "his"), Personal.of("seller:s-1", "his")),
    ],
)
def test_a_text_becomes_its_persons_wherever_the_field_may_keep_it(value, kept):
    assert as_kept(value, tuple[Personal | str, ...] | None, "buyer:b-1") == kept
    assert as_kept(value, str | None, "buyer:b-1") == value


def test_words_are_read_whether_they_were_sealed_or_recorded_before_that():
    assert [words_of(each) for each in (Personal.of("buyer:b-1", "told"), "told", None)] == ["told", "told", None]


def test_a_link_recorded_before_links_were_sealed_is_still_read():
    stored = {"status": "awaiting_seller", "purpose": "other", "links": ["https://video.example/1"]}
    assert event_of("refund.evidence_added.v1").model_validate(stored).links == ("https://video.example/1",)
