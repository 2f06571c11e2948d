"""A desk for streams that tell of one seller or buyer: loaded, decided on, and written through the counter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from domain.actors import Role
from domain.messages import Event
from domain.refusals import NotYourMove, StaleVersion
from store.application.counter import Counter
from store.application.errand import Errand, Receipt, fingerprint
from store.application.parties import Parties
from store.envelope import Draft, Envelope
from store.log import Append, EventLog, tip_of

Decide = Callable[[Sequence[Envelope]], list[Event]]


class AccountDesk:
    """What every room that keeps accounts works with."""

    def __init__(self, log: EventLog, counter: Counter, parties: Parties, clock: Callable[[], datetime]) -> None:
        self._log = log
        self._counter = counter
        self._parties = parties
        self._clock = clock

    def _write(self, stream_id: UUID, command: BaseModel, errand: Errand, decide: Decide, *, part: str = "") -> Receipt:
        asked = fingerprint(f"{stream_id}/{part}", command, errand.actor)

        def attempt() -> Receipt:
            now = self._clock()
            history = self._log.history(stream_id)
            tip = tip_of(stream_id, history)
            if errand.expected_version not in {None, tip.version}:
                raise _stale(tip.version, errand.expected_version)
            events = decide(history)
            if not events:
                return Receipt(stream_id=stream_id, version=tip.version, position=None, recorded_at=now)
            drafts = [(Draft(event, now, None), errand.cause(now)) for event in events]
            return self._counter.write(errand, asked, [Append(tip, drafts)], stream_id=stream_id, now=now)

        return self._counter.carry_out(errand, asked, attempt)


def only(errand: Errand, *roles: Role) -> None:
    """Raises NotYourMove unless the errand is sent by one of these roles."""
    if errand.actor.role not in roles:
        raise NotYourMove("not_your_move", f"this is for {' or '.join(roles)}, not for {errand.actor.role}")


def _stale(version: int, expected: int | None) -> StaleVersion:
    return StaleVersion(
        "stale_version", f"the account is at version {version}, not {expected}", expected=expected, version=version
    )
