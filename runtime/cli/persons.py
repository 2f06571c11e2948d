"""The command that forgets a person."""

from __future__ import annotations

from typing import Annotated

import typer

from runtime.cli.arguments import a_person
from runtime.cli.plainly import end, plainly, settings_for_command

commands = typer.Typer()


@commands.command()
def forget(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="As `role:id`, such as buyer:b-1 or seller:s-1.")],
) -> None:
    """Destroy a person's key: what he wrote, his addresses and photos can never be read again, by anyone.

    Cases, ledger, audit chain and read models stay as they are. It cannot be undone.
    """
    from runtime.container import open_house
    from runtime.mailing import local_post

    actor = a_person(person)
    with plainly(), open_house(settings_for_command()) as house:
        local_post(house.settings).forget(str(actor))
        if not house.door.forget(actor):
            end(f"there is no key of {actor}: nothing of this person is readable here")
        typer.echo(f"{actor} is forgotten")
