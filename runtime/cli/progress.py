"""Progress of long commands on stderr: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

SECONDS_BETWEEN_LINES: Final = 5.0

Reached = Callable[[int], None]
"""Is told how much is done."""


@contextmanager
def advancing(what: str, total: int | None, unit: str = "bytes") -> Iterator[Reached]:
    """Show how far ``what`` is; ``total`` is None where nobody knows, and then so many of ``unit`` are told."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _in_lines(what, total, unit, console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)


def _in_lines(what: str, total: int | None, unit: str, console: Console) -> Reached:
    told = monotonic()

    def reached(done: int) -> None:
        nonlocal told
        if monotonic() - told >= SECONDS_BETWEEN_LINES:
            told = monotonic()
            share = f"{done / total:.0%}" if total else f"{done} {unit}"
            console.print(f"{what}: {share}", highlight=False)

    return reached
