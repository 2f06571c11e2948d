"""Where the things that lists name can be found."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar
from uuid import UUID

from api.presenting.cancellation import CANCELLATIONS
from api.presenting.refund_case import CASES
from api.schemas.ledger import MatterLink
from api.schemas.shape import Shape
from projections.processes import Process

PATHS = {Process.REFUND: CASES, Process.CANCELLATION: CANCELLATIONS}
ShapeT = TypeVar("ShapeT", bound=Shape)


class Listed(Protocol):
    """A row of a list that holds refund cases and cancellations alike."""

    @property
    def id(self) -> UUID: ...
    @property
    def process(self) -> Process: ...


def matter_link(process: Process | None, matter_id: UUID) -> MatterLink | None:
    """Where a case or cancellation is; None for what belongs to neither."""
    return MatterLink(process=process, id=matter_id, href=f"{PATHS[process]}/{matter_id}") if process else None


def shown_with_href(shape: type[ShapeT], listed: Listed, **more: Any) -> ShapeT:  # noqa: ANN401 -- fields of the shape
    """The row as an answer, with where the whole of it is, and what the row does not tell."""
    values = {name: getattr(listed, name) for name in shape.model_fields.keys() - more.keys() - {"href"}}
    return shape.model_validate({**values, **more, "href": f"{PATHS[listed.process]}/{listed.id}"})
