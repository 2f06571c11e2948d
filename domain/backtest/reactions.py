"""Which outside facts follow from what a case did, and what each of them follows from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import NamedTuple

from domain.messages import Command
from domain.payout import BankReport, RefundReport, ReportRefundElsewhere, attempt_told
from domain.refund import commands as c
from domain.refund.case import Case
from domain.refund.events import CaseEvent, RefundRequestedAgain
from domain.vocabulary import ReplacementState, Status


class Begun(Enum):
    """What carrier and provider answer by machine, as long after as it takes them."""

    RETURN = auto()
    """A return was opened; a label is issued for it, or cannot be."""
    ATTEMPT = auto()
    """A refund was asked of the provider."""


class Beginning(NamedTuple):
    """The so-manieth of its kind in a case, from 1."""

    of: Begun
    number: int


Beginnings = Mapping[Beginning, datetime]
"""When each of them was."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a machine's word is about, and how long after it came."""

    to: Beginning
    after: timedelta


def beginnings(history: Iterable[tuple[CaseEvent, datetime]]) -> Beginnings:
    """When each return of a case was opened, and each attempt to refund was made."""
    begun: dict[Beginning, datetime] = {}
    status = None
    for event, at in history:
        if event.status is Status.AWAITING_RETURN is not status:
            begun[_newest(Begun.RETURN, begun, after=1)] = at
        if event.refund or isinstance(event, RefundRequestedAgain):
            begun[_newest(Begun.ATTEMPT, begun, after=1)] = at
        status = event.status
    return begun


def answer_in(command: Command, begun: Beginnings, at: datetime) -> Answer | None:
    """What this report, heard ``at``, answers; None for what no machine was asked."""
    to = _answered(command, begun)
    return Answer(to, at - begun[to]) if to and to in begun else None


def _answered(command: Command, begun: Beginnings) -> Beginning | None:
    if isinstance(command, RefundReport):
        newest = _newest(Begun.ATTEMPT, begun)
        return newest._replace(number=attempt_told(command, newest.number))
    if isinstance(command, c.ReportReturnLabelIssued | c.ReportReturnLabelFailed):
        return _newest(Begun.RETURN, begun)
    return None


def _newest(kind: Begun, begun: Beginnings, after: int = 0) -> Beginning:
    return Beginning(kind, sum(beginning.of is kind for beginning in begun) + after)


def _return_is_open(case: Case) -> bool:
    return case.return_opened_at is not None


def _replacement_is_sent(case: Case) -> bool:
    return case.replacement is not ReplacementState.NONE


TRAVELS: dict[type[Command], Callable[[Case], bool]] = {
    c.ReportReturnAccepted: _return_is_open,
    c.ReportReturnDelivered: _return_is_open,
    c.ReportReplacementAccepted: _replacement_is_sent,
    c.ReportReplacementDelivered: _replacement_is_sent,
}
"""Scans of parcels that somebody sent because of what the case did, and what that is."""


OF_LINE = (c.ReportOrderAccepted, BankReport, ReportRefundElsewhere)
"""What happens to an order line, whatever its cases do."""


def follows(case: Case, command: Command) -> bool:
    """Whether this is the scan of a parcel that can be under way by what the case has done."""
    test = TRAVELS.get(type(command))
    return test is not None and test(case)
