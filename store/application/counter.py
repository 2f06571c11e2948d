"""The counter every errand passes: decided anew while streams move, carried out once, answered the same again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.refusals import CommandInFlight, CommandReused, Refused
from store import failures
from store.application.carrying import Carried
from store.application.errand import Errand, Receipt, receipt_again
from store.idempotency import CommandRecord, Commands
from store.log import Append, EventLog, Tip

ATTEMPTS = 8
"""How often a command is decided anew because its streams moved meanwhile."""


class Counter:
    """Carries errands out against the log."""

    def __init__(self, log: EventLog, commands: Commands) -> None:
        self._log = log
        self._commands = commands

    def carry_out(self, errand: Errand, asked: bytes, attempt: Callable[[], Receipt]) -> Receipt:
        """What ``attempt`` answers, tried again while its streams move under it.

        A command that took effect before answers as it did then, whatever has happened since. Raises what
        ``attempt`` refuses, CommandReused for the same id with another content, CommandInFlight when others
        keep getting in first.
        """
        for _ in range(ATTEMPTS):
            try:
                return attempt()
            except (failures.StreamMoved, failures.CommandRepeated):
                if receipt := self._earlier(errand, asked):
                    return receipt
            except failures.CommandInFlight as busy:
                raise CommandInFlight("command_in_flight", "the same command or case is being worked on") from busy
            except Refused:
                if receipt := self._earlier(errand, asked):
                    return receipt
                raise
        raise CommandInFlight("too_busy", f"others moved this first {ATTEMPTS} times; try again")

    def _earlier(self, errand: Errand, asked: bytes) -> Receipt | None:
        record = self._commands.find(errand.command_id)
        if record is None:
            return None
        if record.fingerprint != asked:
            raise CommandReused("command_reused", f"command id {errand.command_id} was used for another content")
        return receipt_again(record)

    def write(
        self, errand: Errand, asked: bytes, appends: Sequence[Append], *, stream_id: UUID, now: datetime
    ) -> Receipt:
        """Record what was decided, with the command, in one transaction; in a preview nothing.

        The receipt speaks of ``stream_id``, to which at least one of the appends belongs.
        """
        version = max(
            (append.tip.version + len(append.drafts) for append in appends if append.tip.stream_id == stream_id),
            default=0,
        )
        if errand.preview:
            events = tuple(self._log.sealed(appends))
            return Receipt(stream_id=stream_id, version=version, position=None, recorded_at=now, events=events)
        record = CommandRecord(errand.command_id, asked, stream_id, version, now)
        events = tuple(self._log.append(appends, command=record))
        position = max((event.position or 0 for event in events), default=None)
        return Receipt(stream_id=stream_id, version=version, position=position, recorded_at=now, events=events)

    def bind(self, errand: Errand, asked: bytes, now: datetime) -> None:
        """Bind the errand's id to what it asks, before its parts are carried out one by one.

        Raises CommandReused when it was bound to something else.
        """
        self.carry_out(errand, asked, lambda: self.write(errand, asked, [], stream_id=errand.command_id, now=now))

    def settle(
        self,
        errand: Errand,
        asked: bytes,
        tip: Tip,
        carried: Carried[Any],
        *,
        now: datetime,
    ) -> Receipt:
        """Record what was carried on one stream, and what belongs to it on others.

        Raises its refusal, the timeouts that came first being kept.
        """
        if carried.refusal:
            if not errand.preview:
                self._log.append([Append(tip, carried.drafts)])
            raise carried.refusal
        if not carried.drafts:
            return Receipt(stream_id=tip.stream_id, version=tip.version, position=None, recorded_at=now)
        appends = [Append(tip, carried.drafts), *carried.beside]
        return self.write(errand, asked, appends, stream_id=tip.stream_id, now=now)
