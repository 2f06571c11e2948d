"""The refund process as a document, with the deadlines of its statuses and what changes them."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import getdoc

from domain.deadline import Expire
from domain.markdown import line
from domain.policy import Policy, Windows
from domain.process_document import Process, document, outcome
from domain.refund.deadlines import CHANGES, DEADLINES, Wait
from domain.refund.transitions import ROWS
from domain.refund.waiting import WAITING_ON
from domain.vocabulary import Status

PROCESS = Process(
    title="The refund process",
    tables="domain/refund",
    rows=ROWS,
    begins=(Status.AWAITING_SELLER, Status.SUPPORT_REVIEW),
    ends=Status.CLOSED,
)


def process_document(policy: Policy) -> str:
    """The whole document as Markdown; windows are those of ``policy``."""
    return document(PROCESS, policy, _deadlines(policy))


def _deadlines(policy: Policy) -> Iterator[str]:
    for status, wait in DEADLINES.items():
        expiries = [row for row in ROWS if row.status is status and row.command is Expire]
        changes = [row.event for row in ROWS if row.status is status and row.event in CHANGES]
        yield line(
            f"`{status}`",
            WAITING_ON[status],
            wait.kind,
            _lasts(wait, policy.windows),
            "<br/>".join(map(outcome, expiries)),
            "<br/>".join(f"`{event.__name__}`: {_sentence(CHANGES[event])}" for event in changes),
        )


def _lasts(wait: Wait, windows: Windows) -> str:
    first = str(wait.window(windows))
    return first if wait.after_learning is None else f"{first}, at least {wait.after_learning(windows)} from the news"


def _sentence(told: object) -> str:
    return (getdoc(told) or "").rstrip(".")
