"""Matters: what the process's tables govern, refund cases and cancellation requests, found and shown alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from api.schemas.matter import MatterShape
from api.services import Services
from domain.actors import Actor
from domain.messages import Command
from domain.refusals import Unknown
from domain.table import Table
from projections.moments import Moment
from store.application import DirectService, Errand, Receipt
from store.envelope import Envelope


class Record(Protocol):
    """A matter with the history that tells it."""

    @property
    def history(self) -> tuple[Envelope, ...]: ...
    @property
    def recorded_at(self) -> datetime: ...


class Desk(Protocol):
    """Where the write side keeps one kind of matter."""

    def find(self, matter_id: UUID, actor: Actor, /, *, version: int | None = None) -> Any: ...  # noqa: ANN401
    def handle(self, matter_id: UUID, command: Command, errand: Errand, /) -> Receipt: ...


RecordT = TypeVar("RecordT", bound=Record)
ShapeT = TypeVar("ShapeT", bound=MatterShape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter(Generic[RecordT, ShapeT]):
    """One kind of matter."""

    path: str
    """Where all of them are."""
    name: str
    """What operations and refusals call one."""
    shape: type[ShapeT]
    table: Table[Any, Any, Any]
    desk: Callable[[DirectService], Desk]
    told_by: Callable[[Sequence[Envelope]], RecordT | None]
    show: Callable[[Services, RecordT, Actor, datetime], ShapeT]
    """The matter as this actor sees it at this moment."""

    def find(self, services: Services, matter_id: UUID, viewer: Actor, version: int | None = None) -> RecordT:
        """The matter as it stands, or stood at ``version``. Raises Unknown, also for a foreign one."""
        record: RecordT = self.desk(services.door).find(matter_id, viewer, version=version)
        return record

    def after(self, services: Services, receipt: Receipt, errand: Errand) -> ShapeT:
        """The matter as the command left it: the same however often, and whenever, the command is sent."""
        if errand.preview:
            record = self._foreseen(services, receipt)
        else:
            record = self.find(services, receipt.stream_id, errand.actor, receipt.version)
        shown = self.show(services, record, errand.actor, receipt.recorded_at)
        return shown.model_copy(update={"position": receipt.position})

    def _foreseen(self, services: Services, receipt: Receipt) -> RecordT:
        known = services.door.log.history(receipt.stream_id)
        foreseen = [event for event in receipt.events if event.originator_id == receipt.stream_id]
        record = self.told_by([*known[: receipt.version - len(foreseen)], *foreseen])
        assert record is not None  # noqa: S101 -- an opening, or something that follows one
        return record

    def at(self, record: RecordT, moment: Moment) -> RecordT:
        """The matter as it stood at a moment of the whole ``record``.

        Raises Unknown before its opening, and for a version still to come.
        """
        earlier = self.told_by(moment.part_of(record.history))
        if earlier is None:
            raise self._not_there(record, moment.at)
        return earlier

    def _not_there(self, record: RecordT, at: int | datetime) -> Unknown:
        name, matter_id = self.name.replace("_", " "), str(record.history[0].originator_id)
        if isinstance(at, int):
            newest = len(record.history)
            sentence = f"{name} {matter_id} is at version {newest} and has no version {at}"
            return Unknown("unknown_version", sentence, id=matter_id, version=newest, asked=at)
        then = at.isoformat()
        return Unknown("not_open_then", f"{name} {matter_id} was not open at {then}", id=matter_id, as_of=then)
