"""The cancellation process as a document, with the one deadline it has."""

from __future__ import annotations

from domain.cancellation.transitions import ROWS
from domain.cancellation.waiting import DEADLINES, WAITING_ON
from domain.deadline import Expire
from domain.markdown import line
from domain.policy import Policy
from domain.process_document import Process, document, outcome
from domain.vocabulary import CancellationStatus

PROCESS = Process(
    title="The cancellation process",
    tables="domain/cancellation",
    rows=ROWS,
    begins=(CancellationStatus.AWAITING_SELLER,),
    ends=CancellationStatus.CLOSED,
)


def process_document(policy: Policy) -> str:
    """The whole document as Markdown; the window is that of ``policy``."""
    asked = CancellationStatus.AWAITING_SELLER
    expiries = [row for row in ROWS if row.status is asked and row.command is Expire]
    lasts, passed = str(policy.cancellation.seller_answer), "<br/>".join(map(outcome, expiries))
    deadline = line(f"`{asked}`", WAITING_ON[asked], DEADLINES[asked], lasts, passed, "")
    return document(PROCESS, policy, [deadline])
