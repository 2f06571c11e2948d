"""Histories in which every field that may keep personal data says something that can be searched for."""

import json
from itertools import groupby
from pathlib import Path
from typing import get_args
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.messages import Event, Personal
from domain.order.facts import Listing, OrderLineFacts
from store.codec import open_
from store.envelope import Draft
from tests.service import HOME

RECORDED = max((Path(__file__).parent / "golden").glob("v*")) / "streams.ndjson"
WORDS = {"buyer:b-1": "Lovelace", "seller:s-1": "Piccadilly"}


def histories():
    """The drafts of every recorded stream: together they hold every event there is, each personal field planted."""
    rows = [json.loads(line) for line in RECORDED.read_text(encoding="utf-8").splitlines()]
    for stream_id, stream in groupby(rows, lambda row: row["stream_id"]):
        yield UUID(stream_id), [draft(row) for row in stream]


def draft(row):
    it = open_(StoredEvent(UUID(row["stream_id"]), row["version"], row["topic"], row["state"].encode()), None)
    return Draft(planted(it.payload), it.occurred_at, it.policy), it.cause


def planted(event):
    """The same event, with words of its person wherever it may keep them."""
    fields = type(event).model_fields
    return event.model_copy(
        update={name: plant(event, name) for name in fields if keeps_personal(fields[name].annotation)}
    )


def keeps_personal(annotation):
    """Whether a field of this type keeps what is sealed."""
    return annotation in (Personal, OrderLineFacts) or any(map(keeps_personal, get_args(annotation)))


def plant(event, name):
    now, annotation = getattr(event, name), type(event).model_fields[name].annotation
    if isinstance(now, OrderLineFacts):
        word = WORDS[f"seller:{now.seller_id}"]
        return now.model_copy(update={"listing": Listing(description=word, photos=(f"https://{word}.example/1",))})
    if is_tuple(annotation):
        return (Personal.of("seller:s-1", f"https://video.example/{WORDS['seller:s-1']}"),)
    person = now.person if isinstance(now, Personal) else "buyer:b-1"
    return Personal.of(person, words_for(name, WORDS[person]))


def is_tuple(annotation):
    return getattr(annotation, "__origin__", annotation) is tuple


def words_for(name, word):
    """What a field of this name would hold."""
    if name.endswith("address"):
        return HOME.model_copy(update={"street": f"12 {word}"}).model_dump_json()
    return f"{word}@plant.example" if name == "email" else f"{word} wrote this"


def fields_that_keep_words():
    """Every field of every event that may keep something sealed."""
    return {
        (topic, name)
        for topic, event in Event.topics.items()
        for name, field in event.model_fields.items()
        if keeps_personal(field.annotation)
    }
