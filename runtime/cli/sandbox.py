"""Commands of the sandbox: local tokens, and the clock that can be moved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final

import typer

from runtime.cli.arguments import an_id, an_instant
from runtime.cli.plainly import CANNOT, end, plainly, settings_for_command

if TYPE_CHECKING:
    from domain.actors import Role
    from runtime.clock import SandboxClock
    from runtime.container import House

commands = typer.Typer()
clock = typer.Typer(help="Show or move the sandbox's time; every process follows.", no_args_is_help=True)
commands.add_typer(clock, name="clock")

UNITS: Final = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
STEP: Final = re.compile(r"(?:(\d{1,6})([wdhms]))+", re.ASCII)
PARTS: Final = re.compile(r"(\d+)([wdhms])", re.ASCII)


def a_role(text: str) -> Role:
    """Raises BadParameter for a role that no token speaks for."""
    from api.callers.auth import THROUGH_HTTP
    from domain.actors import Role

    if text not in THROUGH_HTTP:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(sorted(THROUGH_HTTP))}")
    return Role(text)


def a_step(text: str) -> timedelta:
    """``2d12h`` as a duration. Raises BadParameter."""
    if not STEP.fullmatch(text):
        raise typer.BadParameter(f"{text!r} is no duration such as 48h, 3d or 2d12h30m")
    return sum((timedelta(**{UNITS[unit]: int(number)}) for number, unit in PARTS.findall(text)), timedelta())


@commands.command()
def token(
    role: Annotated[
        str, typer.Option(metavar="ROLE", help="For whom, such as seller; a wrong one is told all there are.")
    ],
    holder: Annotated[
        str, typer.Option("--id", parser=an_id, metavar="ID", help="Whose, as the marketplace calls it.")
    ],
    hours: Annotated[int, typer.Option(min=1, max=24 * 366, help="How long it is good.")] = 24,
) -> None:
    """Print a token for the sandbox's API; production believes its issuer's alone."""
    from domain.actors import Actor
    from runtime.sandbox import local_token
    from runtime.settings import Environment

    actor = Actor(role=a_role(role), id=holder)
    with plainly():
        settings = settings_for_command()
        if settings.environment is Environment.PRODUCTION:
            end("production has no local tokens; its issuer makes them", CANNOT)
        typer.echo(local_token(settings, actor, timedelta(hours=hours)))


@clock.command()
def show() -> None:
    """What time it is in the sandbox."""
    with _house() as house:
        typer.echo(house.clock().isoformat(timespec="seconds"))


@clock.command()
def advance(
    step: Annotated[timedelta, typer.Argument(parser=a_step, metavar="DURATION", help="Such as 48h, 3d or 2d12h30m.")],
) -> None:
    """Move time forward by a duration."""
    with _clock() as moved:
        typer.echo(moved.advance(step).isoformat(timespec="seconds"))


@clock.command("set")
def set_(
    instant: Annotated[datetime, typer.Argument(parser=an_instant, metavar="INSTANT", help="RFC 3339, with offset.")],
) -> None:
    """Move time forward to an instant, such as 2026-03-09T09:00:00+01:00."""
    with _clock() as moved:
        typer.echo(moved.set_to(instant).isoformat(timespec="seconds"))


@clock.command()
def start(
    instant: Annotated[datetime, typer.Argument(parser=an_instant, metavar="INSTANT", help="RFC 3339, with offset.")],
) -> None:
    """Choose where time begins, also in the past, while nothing is recorded yet."""
    with _clock() as moved:
        typer.echo(moved.start_at(instant).isoformat(timespec="seconds"))


@clock.command("next")
def next_() -> None:
    """Move time forward to the next deadline of any case."""
    from runtime.sandbox import advance_to_next_deadline

    with _house() as house:
        now = advance_to_next_deadline(house)
        typer.echo(now.isoformat(timespec="seconds") if now else "no case has a deadline ahead; time stays as it is")


@contextmanager
def _clock() -> Iterator[SandboxClock]:
    from runtime.sandbox import clock_of

    with _house() as house:
        yield clock_of(house)


@contextmanager
def _house() -> Iterator[House]:
    from runtime.container import open_house

    with plainly(), open_house(settings_for_command()) as house:
        yield house
