"""Where an order line stands for its seller, and how urgent that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from domain.actors import Role

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Standing(StrEnum):
    """What the seller has to do with a line now."""

    ACTION_DUE = "action_due"
    WAITING_ON_BUYER = "waiting_on_buyer"
    UNDER_WAY = "under_way"
    """With the carrier, or with the payment provider."""
    ON_HOLD = "on_hold"
    """With support."""
    CLOSED = "closed"
    NO_REQUEST = "no_request"


OF_WAIT = {
    Role.SELLER: Standing.ACTION_DUE,
    Role.BUYER: Standing.WAITING_ON_BUYER,
    Role.CARRIER: Standing.UNDER_WAY,
    Role.PAYMENTS: Standing.UNDER_WAY,
    Role.SUPPORT: Standing.ON_HOLD,
    None: Standing.CLOSED,
}
"""The standing by whom is waited on."""

DUE, OPEN, ENDED, QUIET = range(4)
URGENCY = {
    **dict.fromkeys(Standing, OPEN),
    Standing.ACTION_DUE: DUE,
    Standing.CLOSED: ENDED,
    Standing.NO_REQUEST: QUIET,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line comes in a list sorted by urgency: what is due by its deadline, then what is open, oldest first,
    then what has ended, and last what never had a request, both newest first.
    """

    standing: Standing
    rank: int

    @property
    def urgency(self) -> int:
        return URGENCY[self.standing]

    @property
    def key(self) -> tuple[int, int]:
        return self.urgency, self.rank


def place(standing: Standing, at: datetime) -> Place:
    """``at`` is when it is due, when it was opened, when it ended, or when the line was bought, as it stands."""
    newest_first = URGENCY[standing] >= ENDED
    rank = rank_of(at)
    return Place(standing, -rank if newest_first else rank)


def rank_of(at: datetime) -> int:
    """The instant as a number to sort by: microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND
