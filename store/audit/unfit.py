"""How a verifier says which is the first event that does not fit, and why."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from eventsourcing.persistence import Notification

from store.audit.roots import Leaf, Root


class Unfit(Exception):  # noqa: N818 -- a finding, not an error of the program
    """Here, and for this reason, what is stored is not what was once recorded."""

    def __init__(
        self, why: str, *, position: int | None = None, stream_id: UUID | None = None, version: int | None = None
    ) -> None:
        named = {"position": position, "stream": stream_id, "version": version}
        place = ", ".join(f"{name} {value}" for name, value in named.items() if value is not None)
        super().__init__(f"{place}: {why}" if place else why)
        self.why = why
        self.position = position
        self.stream_id = stream_id
        self.version = version

    @classmethod
    def event(cls, event: Notification, why: str) -> Self:
        stream_id = UUID(str(event.originator_id))
        return cls(why, position=event.id, stream_id=stream_id, version=event.originator_version)

    @classmethod
    def leaf(cls, leaf: Leaf, why: str) -> Self:
        """An event of which only the register speaks."""
        return cls(why, position=leaf.position, stream_id=leaf.stream_id, version=leaf.version)

    @classmethod
    def root(cls, root: Root, why: str) -> Self:
        return cls(f"root {root.number} {why}", position=root.position)
