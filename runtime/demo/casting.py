"""Gives each scene of the demo an order line of its own, by the facts of the lines alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.order.facts import OrderLineFacts
from runtime.demo.plan import Plan
from runtime.demo.scenes import Scene


@dataclass(slots=True)
class Part:
    """A scene, the order line it is played on, and its case once the request was made."""

    scene: Scene
    line: OrderLineFacts | None
    case_id: UUID | None = None


class Casting:
    """Finds lines for scenes, each line once; those of sellers with many come first."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._free = list(plan.lines)
        *programme, last = plan.sellers
        self.enrolled = programme or [last]
        """All sellers but the one with the fewest lines."""

    def cast(self, scenes: Iterable[Scene]) -> list[Part]:
        """One part for each scene, without a line where none fits."""
        return [Part(scene, self.line_for(scene)) for scene in scenes]

    def line_for(self, scene: Scene) -> OrderLineFacts | None:
        """A free line that fits the scene, which is then taken: of the first seller who has one his oldest.

        So the newest are left for the scenes that begin later.
        """
        fitting = [line for line in self._free if self._fits(scene, line)]
        if not fitting:
            return None
        found = min((line for line in fitting if line.seller_id == fitting[0].seller_id), key=_last_heard_of)
        self._free.remove(found)
        return found

    def _fits(self, scene: Scene, line: OrderLineFacts) -> bool:
        asked_at = self._plan.begins + timedelta(days=scene.day)
        return scene.enrolled == (line.seller_id in self.enrolled) and scene.fits(line, asked_at)


def _last_heard_of(line: OrderLineFacts) -> datetime:
    return line.delivered_at or line.purchased_at
