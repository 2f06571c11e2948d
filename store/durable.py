"""Names of files that outlive a power cut."""

from __future__ import annotations

import os
from pathlib import Path


def keep_names(folder: Path) -> None:
    """Bring the names in this folder to the disk: a power cut takes them, however safe their content is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
