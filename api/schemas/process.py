"""The shape of a process as data: of refund cases, and of cancellation requests."""

from __future__ import annotations

from typing import Generic

from pydantic import Field

from api.schemas.shape import Shape
from domain.actors import Role
from domain.deadline import DeadlineKind
from domain.table import StatusT
from domain.vocabulary import CancellationStatus, Status


class When(Shape):
    """The condition of a row."""

    name: str
    sentence: str = Field(description="To be read after “only if”")


class _StatusOf(Shape, Generic[StatusT]):
    status: StatusT
    waiting_on: Role | None
    deadline: DeadlineKind | None


class _RowOf(Shape, Generic[StatusT]):
    status: StatusT
    actor: Role
    command: str
    action: str = Field(examples=["offer-partial-refund"])
    when: When
    event: str = Field(examples=["refund.partial_offered.v1"])
    to: StatusT


class StatusShown(_StatusOf[Status]):
    """One status: whom it waits for, and the deadline that ends the wait."""


class RowShown(_RowOf[Status]):
    """One row: who may do what in which status, what that records, and where it leads."""


class ProcessTable(Shape):
    """The whole process of a refund case."""

    statuses: tuple[StatusShown, ...]
    rows: tuple[RowShown, ...]


class CancellationStatusShown(_StatusOf[CancellationStatus]):
    """One status of a cancellation request: whom it waits for, and the deadline that ends the wait."""


class CancellationRowShown(_RowOf[CancellationStatus]):
    """One row: who may do what in which status of a cancellation request, what that records, and where it leads."""

    action: str = Field(examples=["decline-cancellation"])
    event: str = Field(examples=["cancellation.declined.v1"])


class CancellationProcessTable(Shape):
    """The whole process of a cancellation request."""

    statuses: tuple[CancellationStatusShown, ...]
    rows: tuple[CancellationRowShown, ...]
