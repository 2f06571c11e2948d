"""The shapes in which the process says how it is."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from api.schemas.shape import Shape
from domain.deadline import DeadlineKind
from projections.outbox import JobKind


class Live(Shape):
    """The process answers."""

    status: Literal["live"] = "live"


class ProjectionLag(Shape):
    """How far a read model is."""

    name: str
    position: int
    behind: int = Field(description="Positions of the log that it does not contain yet")
    failing: bool = Field(description="It stands still because its next batch fails")


class TimeoutSetAside(Shape):
    """A deadline whose timeout failed; the log says why."""

    id: UUID = Field(description="Of the case or cancellation")
    kind: DeadlineKind
    due_at: datetime
    retry_at: datetime
    attempts: int


class DeadlinesKept(Shape):
    """Whether deadlines are kept, whichever process keeps them."""

    waiting_since: datetime | None = Field(description="Since when the earliest deadline that is due waits")
    late_seconds: float
    set_aside: int = Field(description="How many timeouts failed and wait for another try; the others go on")
    first_set_aside: tuple[TimeoutSetAside, ...]


class OutboxDepth(Shape):
    """What is due to leave the house and has not, of one kind."""

    kind: JobKind
    waiting: int
    late_seconds: float = Field(description="How long the oldest of them has been due")
    failing: int = Field(description="How many of them failed at least once")


class EndpointBacklog(Shape):
    """What one webhook endpoint has not been told."""

    endpoint_id: str
    waiting: int = Field(description="Messages that are due and were not taken; a thousand at most are put at a time")
    late_seconds: float = Field(description="How long the oldest of them has been due")
    failing: int = Field(description="How many of them failed at least once")
    dead: int = Field(description="Messages that were given up; each can be asked for again")
    behind: int = Field(description="Positions of the log that were not looked through for it yet")
    disabled: bool = Field(description="Nothing is told to it until it is put again")


class TaskStanding(Shape):
    """How a task in the background fares in one process, by its last word."""

    task: str
    process: str
    heard_seconds_ago: float = Field(description="A process that is silent for long was killed or is cut off")
    ended_seconds_ago: float | None = Field(description="Null while the first run is under way")
    failures: int
    failing: bool = Field(description="Its last run failed")
    troubles: int = Field(description="Faults that it has found and that stand; the log names all of them")
    first_trouble: str | None = Field(description="The first of them, such as where the books first do not fit")


class Ready(Shape):
    """The log can be reached, and the read models keep up with it."""

    status: Literal["ready"] = "ready"
    clock_ahead_seconds: float = Field(
        description="How far the clock of the process that answers is ahead of the database's; negative for a slow one"
    )
    projections: tuple[ProjectionLag, ...]
    deadlines: DeadlinesKept
    outbox: tuple[OutboxDepth, ...]
    webhooks: tuple[EndpointBacklog, ...]
    tasks: tuple[TaskStanding, ...]
