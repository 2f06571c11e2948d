"""Plays the scenes: everything people and parcels do in a fortnight, in its time, each through the service's doors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from domain.actors import Role
from domain.refusals import Refused
from runtime.demo.casting import Casting, Part
from runtime.demo.narrating import Narrator
from runtime.demo.plan import Plan
from runtime.demo.scenes import FRIDAY, SCENES, Move
from runtime.demo.stage import Stage, actor_of

REQUESTS_FROM: Final = time(16, 0)
BETWEEN_REQUESTS: Final = timedelta(minutes=8)
ASKED_AGAIN: Final = (FRIDAY, time(18, 30))
ENDS: Final = (11, time(12, 0))
"""On the Tuesday after next, while some requests are still open."""

Entry = tuple[datetime, Callable[[], None]]
"""When something is done, and what."""


class Fortnight:
    """One playing of all scenes on one plan's lines."""

    def __init__(self, stage: Stage, plan: Plan, casting: Casting, narrator: Narrator, zone: str) -> None:
        self._stage = stage
        self._casting = casting
        self._narrator = narrator
        self._begins = plan.begins
        self._zone = ZoneInfo(zone)
        self._parts = casting.cast(SCENES)

    @property
    def ends(self) -> datetime:
        return self._moment(*ENDS)

    def play(self) -> tuple[Part, ...]:
        """The parts whose requests were made. Raises StuckError."""
        for at, do in sorted(self._agenda(), key=lambda entry: entry[0]):
            self._pass_time(at)
            do()
            self._stage.settle()
            self._narrator.tell(self._stage.news())
        self._pass_time(self.ends)
        return tuple(part for part in self._parts if part.case_id)

    def _agenda(self) -> Iterator[Entry]:
        for number, part in enumerate(self._parts):
            at = self._moment(part.scene.day, REQUESTS_FROM) + number * BETWEEN_REQUESTS
            yield at, partial(self._ask, part)
            for move in part.scene.moves:
                yield self._moment(move.day, move.at), partial(self._move, part, move)
        yield self._moment(*ASKED_AGAIN), self._ask_again

    def _moment(self, day: int, at: time) -> datetime:
        return datetime.combine(self._begins.date() + timedelta(days=day), at, self._zone)

    def _pass_time(self, until: datetime) -> None:
        for _ in self._stage.pass_time(until):
            self._narrator.tell(self._stage.news())

    def _ask(self, part: Part) -> None:
        """The buyer asks; where the service refuses, the buyer of another line that fits."""
        while part.line is not None:
            try:
                part.case_id = self._stage.request(part.scene, part.line)
            except Refused as refusal:
                self._narrator.refused(actor_of(Role.BUYER, part.line), self._stage.now, refusal)
                part.line = self._casting.line_for(part.scene)
            else:
                return
        self._narrator.say(f"(no order line here fits: {part.scene.title})")

    def _ask_again(self) -> None:
        """The buyer of an open case asks once more, which is refused."""
        part = next((part for part in self._parts if part.case_id), None)
        if part is not None and part.line is not None:
            with self._told_if_refused(part, Role.BUYER):
                self._stage.request(part.scene, part.line)

    def _move(self, part: Part, move: Move) -> None:
        if part.case_id is not None:
            with self._told_if_refused(part, move.by):
                self._stage.play(move, part.case_id)

    @contextmanager
    def _told_if_refused(self, part: Part, by: Role) -> Iterator[None]:
        try:
            yield
        except Refused as refusal:
            if part.line is not None:
                self._narrator.refused(actor_of(by, part.line), self._stage.now, refusal)
