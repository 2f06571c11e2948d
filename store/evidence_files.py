"""Where uploaded evidence lies: a folder or an object store, holding only what its owner's key can open."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from uuid import UUID, uuid4

from store.durable import keep_names
from store.failures import EvidenceOutOfReach


class EvidenceFiles(Protocol):
    """Keeps sealed content by the id of its upload. Raises EvidenceOutOfReach where that cannot be done now."""

    def put(self, evidence_id: UUID, sealed: bytes) -> None:
        """Keep it; the same content under the same id twice is the same."""

    def get(self, evidence_id: UUID) -> bytes | None:
        """What was kept, or None."""


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EvidenceOutOfReach(f"the folder of the evidence cannot be used: {error.strerror}") from error


class EvidenceFolder:
    """Evidence in a local folder, two levels deep, written whole or not at all, and on the disk once it is put."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, evidence_id: UUID, sealed: bytes) -> None:
        path = self._path(evidence_id)
        written = path.with_suffix(f".{uuid4().hex}.part")
        with _reached():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with written.open("xb") as file:
                    file.write(sealed)
                    file.flush()
                    os.fsync(file.fileno())
                written.replace(path)
            finally:
                written.unlink(missing_ok=True)  # on a full disk what was begun would take the last of it
            for folder in (path.parent, self._folder):
                keep_names(folder)

    def get(self, evidence_id: UUID) -> bytes | None:
        path = self._path(evidence_id)
        with _reached():
            return path.read_bytes() if path.is_file() else None

    def _path(self, evidence_id: UUID) -> Path:
        name = evidence_id.hex
        return self._folder / name[:2] / name
