"""The command that imports order lines."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Annotated, BinaryIO, TextIO

import typer

from runtime.cli import arguments
from runtime.cli.plainly import CANNOT, FAILED, end, plainly, settings_for_command

if TYPE_CHECKING:
    from runtime.order_import import Judged, Tally

commands = typer.Typer()


@commands.command("import-orders")
def import_orders_(
    file: Annotated[Path, typer.Argument(help="CSV, or one JSON object a line; - reads standard input.")],
    report: Annotated[
        Path | None, typer.Option(help="Write what became of each row there, one JSON object a line.")
    ] = None,
) -> None:
    """Import order lines: good rows are kept, each bad one is named with its line and every reason.

    Importing the same file again changes nothing, so an import that was interrupted is simply repeated.
    """
    from runtime.cli.progress import advancing
    from runtime.container import open_house
    from runtime.order_import import Tally, import_orders

    with plainly(), ExitStack() as opened:
        settings = settings_for_command()
        rows = opened.enter_context(arguments.opened(file))
        if report and _is_same(rows, report):
            end(f"the report would be written over the orders in {report}; name another file", CANNOT)
        kept = opened.enter_context(report.open("w", encoding="utf-8")) if report else None
        house = opened.enter_context(open_house(settings))
        tally = Tally()
        with _summed_up(tally, file.name), advancing(f"importing {file.name}", _size(rows)) as read_so_far:
            for row in import_orders(rows, house.door.order_lines, read_so_far=read_so_far):
                tally.add(row)
                _tell(row)
                if kept:
                    _keep(row, kept)
    if tally.refused:
        raise typer.Exit(FAILED)


@contextmanager
def _summed_up(tally: Tally, name: str) -> Iterator[None]:
    """The counts are told, also when the import ends before the file does."""
    try:
        yield
    except BaseException:
        if tally.rows:
            typer.echo(f"{name}: {tally}, up to line {tally.last_line}; import the file again to go on")
        raise
    typer.echo(f"{name}: {tally}")


def _size(file: BinaryIO) -> int | None:
    """Bytes; None for a pipe, or what is no file at all."""
    try:
        return os.fstat(file.fileno()).st_size or None
    except OSError:
        return None


def _is_same(rows: BinaryIO, report: Path) -> bool:
    """Whether to open the report for writing would empty the orders."""
    try:
        read, written = os.fstat(rows.fileno()), report.stat()
    except OSError:  # there is no report yet, or what is read is no file
        return False
    return S_ISREG(read.st_mode) and os.path.samestat(read, written)


def _tell(row: Judged) -> None:
    from runtime.order_import.rows import shown

    if row.faults:
        named = f" ({shown(row.line_id)})" if row.line_id else ""
        typer.echo(f"line {row.line}{named}: {'; '.join(map(str, row.faults))}", err=True)


def _keep(row: Judged, report: TextIO) -> None:
    faults = [{"column": fault.column, "reason": fault.reason} for fault in row.faults]
    told = {"line": row.line, "line_id": row.line_id, "result": row.recorded, "faults": faults}
    report.write(f"{json.dumps(told)}\n")
