"""The shape of the process as data."""

from __future__ import annotations

from pydantic import Field

from api.schemas.shape import Shape
from domain.actors import Role
from domain.deadline import DeadlineKind
from domain.vocabulary import Status


class StatusShown(Shape):
    """One status: whom it waits for, and the deadline that ends the wait."""

    status: Status
    waiting_on: Role | None
    deadline: DeadlineKind | None


class When(Shape):
    """The condition of a row."""

    name: str
    sentence: str = Field(description="To be read after “only if”")


class RowShown(Shape):
    """One row: who may do what in which status, what that records, and where it leads."""

    status: Status
    actor: Role
    command: str
    action: str = Field(examples=["offer-partial-refund"])
    when: When
    event: str = Field(examples=["refund.partial_offered.v1"])
    to: Status


class ProcessTable(Shape):
    """The whole process of a refund case."""

    statuses: tuple[StatusShown, ...]
    rows: tuple[RowShown, ...]
