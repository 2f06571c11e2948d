"""The command that forgets a person."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.actors import Actor
from runtime.cli.arguments import a_person
from runtime.cli.plainly import end, plainly, settings_for_command
from runtime.container import open_house
from runtime.mailing import local_post

commands = typer.Typer()


@commands.command()
def forget(
    person: Annotated[
        Actor, typer.Argument(parser=a_person, metavar="PERSON", help="As `role:id`, such as buyer:b-1 or seller:s-1.")
    ],
) -> None:
    """Destroy a person's key: what he wrote, his addresses and photos can never be read again, by anyone.

    Cases, ledger, audit chain and read models stay as they are. It cannot be undone.
    """
    with plainly(), open_house(settings_for_command()) as house:
        local_post(house.settings).forget(str(person))
        if not house.door.forget(person):
            end(f"there is no key of {person}: nothing of this person is readable here")
        typer.echo(f"{person} is forgotten")
