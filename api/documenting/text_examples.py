"""Examples of the answers that are text: server-sent events, NDJSON and CSV, written as the answers themselves are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from fastapi.sse import EventSourceResponse, format_sse_event

from api.answering.answers import DATA
from api.documenting.example_parts import ANSWERED_AT, OPENED_AT, PAID, POLICY
from api.documenting.example_values import BY_FIELD, CASE, DIGEST
from api.presenting.statement import csv_statement
from api.requests.media_types import CSV, NDJSON
from domain.language import Locale
from domain.money import Money
from domain.posting import ChargeRule, Item
from projections.ledger import StatementLine
from projections.processes import Process

Example = Callable[[str], dict[str, Any]]
"""The example of a shape of ours."""
EVENT_NAMES = {"HubUpdate": "orders_changed"}
"""Of streams that name their events otherwise than by the data's type."""
OPENING = Money(**BY_FIELD["opening"])
STORED = {"status": "offer_pending", "amount": BY_FIELD["amount"]}
LINES: tuple[dict[str, Any], ...] = (
    {
        "kind": "export",
        "format": 1,
        "scope": "case",
        "case": CASE,
        "taken_at": "2026-03-09T09:00:00.000000Z",
        "taken_by": "auditor:a-1",
        "personal": "sealed",
    },
    {
        "kind": "root",
        "number": 1,
        "position": 4711,
        "events": 4711,
        "tree": DIGEST,
        "taken_at": "2026-03-09T08:30:00.000000Z",
        "previous": "0" * 64,
        "digest": DIGEST,
    },
    {
        "kind": "event",
        "position": 4711,
        "stream_id": CASE,
        "version": 2,
        "topic": BY_FIELD["topic"],
        "state": json.dumps(STORED),
        "proof": {"root": 1, "index": 4710, "path": [DIGEST]},
    },
    {"kind": "end", "events": 1},
)


def texts(content: Mapping[str, dict[str, Any]], example: Example) -> Iterator[tuple[str, dict[str, Any]]]:
    """An example for each content that is such a text, with the content."""
    for media, described in content.items():
        if media == EventSourceResponse.media_type:
            yield _streamed(described[DATA], example), described
        elif media in WRITTEN:
            yield WRITTEN[media](), described


def _streamed(shape: str, example: Example) -> str:
    data = example(shape)
    name = EVENT_NAMES.get(shape) or data["type"]
    return format_sse_event(id=str(data["position"]), event=name, data_str=json.dumps(data)).decode()


def _export() -> str:
    return "".join(f"{json.dumps(line)}\n" for line in LINES)


def _statement() -> str:
    charged = StatementLine(
        position=BY_FIELD["position"],
        ordinal=0,
        booked_at=ANSWERED_AT,
        occurred_at=ANSWERED_AT,
        amount=-PAID,
        balance=OPENING - PAID,
        rule=ChargeRule.FULL_REFUND,
        item=Item.PRICE_AND_SHIPPING,
        process=Process.REFUND,
        stream_id=UUID(CASE),
        line_id=BY_FIELD["line_id"],
        policy=str(POLICY.ref),
    )
    return "".join(csv_statement(OPENING, [[charged]], OPENED_AT, ANSWERED_AT, Locale.ENGLISH))


WRITTEN: Mapping[str, Callable[[], str]] = {NDJSON: _export, CSV: _statement}
