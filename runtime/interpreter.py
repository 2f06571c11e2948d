"""Python's interpreter, set for processes that hold many small objects for long."""

from __future__ import annotations

import gc
from typing import Final

NEW_OBJECTS: Final = 50_000
"""So many more objects than before make the collector look at the young ones; Python's own 700 are less than one
event of the log brings, and half of the time of catching up went into looks that found nothing."""
YOUNG_LOOKS, MIDDLE_LOOKS = 20, 50


def suit_a_service() -> None:
    """Leave what exists now, modules and their models, out of every later look for cycles, and look less often.

    For every command that does something, once its modules are imported. Objects without cycles are freed at once as
    ever.
    """
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, YOUNG_LOOKS, MIDDLE_LOOKS)
