"""What a kind of problem is: its code, status, words, and an example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem; ``name`` is the code of the domain's refusal where there is one."""

    name: str
    status: HTTPStatus
    title: str
    meaning: str
    remedy: str
    says: Mapping[str, Any]
    """For example: its detail, and the further members that this kind has."""

    @property
    def slug(self) -> str:
        """The last part of its type's address."""
        return self.name.replace("_", "-")

    @property
    def type(self) -> str:
        """What ``type`` says in a problem, and where its page is."""
        return f"/problems/{self.slug}"

    @property
    def example(self) -> dict[str, Any]:
        """One such problem, but for the request that it answers."""
        return {"type": self.type, "title": self.title, "status": int(self.status), **self.says}
