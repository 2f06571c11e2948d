"""Commands for auditors: the roots over all streams, exports, and the verifier."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from runtime.cli import arguments
from runtime.cli.arguments import an_id, an_instant
from runtime.cli.plainly import end, plainly, settings_for_command

if TYPE_CHECKING:
    from domain.actors import Actor
    from runtime.container import House
    from store.audit.live import StoredLog, Verified
    from store.audit.roots import Root

commands = typer.Typer()
export = typer.Typer(help="Write a part of the log as NDJSON, to be verified elsewhere.", no_args_is_help=True)
roots = typer.Typer(help="The roots over all streams, to be held by others.", no_args_is_help=True)
commands.add_typer(export, name="export")
commands.add_typer(roots, name="roots")

Opened = Annotated[
    bool, typer.Option("--opened", help="Put what persons wrote beside what is sealed, readable for ever.")
]
Output = Annotated[Path | None, typer.Option(help="The file to write; standard output unless given.")]


@export.command("case")
def export_case(
    case_id: Annotated[UUID, typer.Argument(metavar="ID")], output: Output = None, *, opened: Opened = False
) -> None:
    """One refund case or cancellation, whole."""
    with _house() as house:
        if not house.door.log.history(case_id):
            end(f"there is no case or cancellation {case_id}")
        _write(house.door.exports.case(case_id, _operator(), opened=opened), output)


@export.command("seller")
def export_seller(
    seller_id: Annotated[str, typer.Argument(parser=an_id, metavar="ID")],
    output: Output = None,
    *,
    opened: Opened = False,
) -> None:
    """A seller's account and order lines, each with its cases and cancellations."""
    from projections.seller_orders import lines_of

    with _house() as house:
        house.door.accounts.seller(seller_id, _operator())
        lines = lines_of(house.engine, seller_id)
        _write(house.door.exports.seller(seller_id, lines, _operator(), opened=opened), output)


@export.command("period")
def export_period(
    first: Annotated[datetime, typer.Argument(parser=an_instant, metavar="FROM", help="RFC 3339, with offset.")],
    last: Annotated[datetime, typer.Argument(parser=an_instant, metavar="TO", help="RFC 3339, with offset.")],
    output: Output = None,
    *,
    opened: Opened = False,
) -> None:
    """Everything recorded from one moment on and before another, by position and without a gap."""
    with _house() as house:
        _write(house.door.exports.period(first, last, _operator(), opened=opened), output)


@roots.command("show")
def show_roots(after: Annotated[int, typer.Option(min=0, help="Only those behind this number.")] = 0) -> None:
    """Print the roots, one JSON object a line: publish them, or give them to those who shall be able to verify."""
    with _log() as log:
        for root in log.roots():
            if root.number > after:
                _print(root)


@roots.command("take")
def take_roots() -> None:
    """Take a root over everything that is under none yet; the scheduler does so every few minutes."""
    with _house() as house:
        taken = house.door.roots.take()
        for root in taken:
            _print(root)


@commands.command()
def verify(
    file: Annotated[
        Path | None, typer.Argument(help="An export; - reads standard input. Without one, the store itself is read.")
    ] = None,
    held: Annotated[
        Path | None, typer.Option(help="Roots as `roots show` printed them, kept where this house cannot reach them.")
    ] = None,
) -> None:
    """Verify an export, or the store: each stream's chain, and the roots over all streams.

    Names the first event that does not fit, and why. An export needs neither the store nor any key. Ends with 0 when
    everything fits, with 1 when something does not, with 2 when there is nothing that could be verified.
    """
    from store.audit.held import read_held

    with plainly(), ExitStack() as opened:
        known = read_held(opened.enter_context(held.open(encoding="utf-8"))) if held else {}
        typer.echo(_verified_file(file, known) if file else _verified_store(known))


def _verified_file(file: Path, held: dict[int, Root]) -> Verified:
    from runtime.cli.progress import advancing
    from store.audit.exported import verify_export

    with ExitStack() as opened:
        lines = opened.enter_context(arguments.opened(file))
        reached = opened.enter_context(advancing(f"verifying {file.name}", None, "events"))
        return verify_export(lines, held, reached)


def _verified_store(held: dict[int, Root]) -> Verified:
    from runtime.cli.progress import advancing
    from runtime.database import StartError
    from store.audit.live import verify_log
    from store.failures import Unavailable, in_one_line

    with _log() as log, advancing("verifying the store", log.count()) as reached:
        try:
            return verify_log(log, held, reached)
        except Unavailable as away:  # which says nothing of what is stored
            raise StartError(f"the store could not be verified to its end: {in_one_line(away)}") from away


def _operator() -> Actor:
    """Who exports through the command line."""
    from domain.actors import Actor, Role

    return Actor(role=Role.AUDITOR, id="command-line")


def _print(root: Root) -> None:
    from pydantic_core import to_json

    typer.echo(to_json(root.told()).decode())


def _write(lines: Iterable[bytes], output: Path | None) -> None:
    with ExitStack() as opened:
        file = opened.enter_context(output.open("wb")) if output else sys.stdout.buffer
        for line in lines:
            file.write(line)
        file.flush()  # what cannot be written is said here, not when the program has ended


@contextmanager
def _house() -> Iterator[House]:
    from runtime.container import open_house

    with plainly(), open_house(settings_for_command()) as house:
        yield house


@contextmanager
def _log() -> Iterator[StoredLog]:
    """The store alone: no key, no clock, nothing that could be trusted by mistake."""
    from runtime.database import database, looked_at, of_this_shape
    from store.audit.live import StoredLog

    with plainly(), database(settings_for_command()) as url, looked_at(url) as engine:
        of_this_shape(engine)
        yield StoredLog(engine)
