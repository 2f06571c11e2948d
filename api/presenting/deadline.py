"""The live deadline in words: when it ends, why then, and what silence leads to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.presenting.wording import sentence_of
from api.schemas.matter import LiveDeadline, OnExpiry
from domain.business_time import explained_in
from domain.deadline import Deadline
from domain.labels import event_words
from domain.language import Locale, Words
from domain.table import Row


def live_deadline(deadline: Deadline, rows: Iterable[Row[Any, Any, Any]], situation: object) -> LiveDeadline:
    """``rows`` are what the clock may do in the status, of which exactly one holds in ``situation``."""
    row = next(row for row in rows if row.when(situation))
    return LiveDeadline(
        kind=deadline.kind,
        due_at=deadline.due_at,
        explanation=deadline.explanation,
        words=_words(deadline.explanation),
        remind_at=deadline.remind_at,
        on_expiry=OnExpiry(
            event=row.event.topic, status=row.to, sentence=sentence_of(row.event), words=event_words(row.event)
        ),
    )


def _words(explanation: str) -> Words:
    return Words(de=explained_in(Locale.GERMAN, explanation), en=explained_in(Locale.ENGLISH, explanation))
