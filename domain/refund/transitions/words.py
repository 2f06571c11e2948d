"""What the parties may say and withdraw while a case is open (SPEC §4)."""

from __future__ import annotations

from domain.refund import commands as c
from domain.refund import conditions as when
from domain.refund import events as e
from domain.refund.transitions.statuses import (
    BUYER,
    CLOSED,
    OPEN,
    SELLER,
    SUPPORT,
    SUPPORT_REVIEW,
    UNDECIDED,
    UNDER_WAY,
    WAITING_FOR_PEOPLE,
    Move,
    at,
)

WITHOUT_STOPPING_THE_CLOCK = (
    Move(at(*WAITING_FOR_PEOPLE, *UNDER_WAY), (BUYER,), c.AskSupportIn, e.SupportAskedIn),
    Move(at(*UNDECIDED), (SELLER,), c.AskSupportIn, e.SupportAskedIn, None, when.came_to_seller),
    Move(at(*OPEN), (BUYER, SUPPORT), c.SendMessage, e.MessageSent),
    Move(at(*OPEN), (SELLER,), c.SendMessage, e.MessageSent, None, when.came_to_seller & when.fraud_not_suspected),
    Move(at(*OPEN), (BUYER, SUPPORT), c.AddEvidence, e.EvidenceAdded),
    Move(at(*OPEN), (SELLER,), c.AddEvidence, e.EvidenceAdded, None, when.came_to_seller & when.fraud_not_suspected),
)  # fmt: skip

ANY_TIME = (
    Move(
        at(*WAITING_FOR_PEOPLE, SUPPORT_REVIEW),
        (BUYER,), c.Withdraw, e.RequestWithdrawn, CLOSED, when.unpaid & when.no_parcel_scanned,
    ),
    *WITHOUT_STOPPING_THE_CLOCK,
)  # fmt: skip
