"""Commands that run processes, and the one that prepares their database."""

from __future__ import annotations

from typing import Annotated

import typer

from runtime.cli.plainly import FAILED, plainly, settings_for_command, settings_for_process

commands = typer.Typer()

Host = Annotated[str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")]
Port = Annotated[int | None, typer.Option(help="The port to listen on; 0 takes a free one.", show_default="8000")]


@commands.command()
def up(host: Host = None, port: Port = None) -> None:
    """Run everything in one process: the API, the read models, the clock and the courier."""
    _run("up", api_host=host, api_port=port)


@commands.command()
def serve(host: Host = None, port: Port = None) -> None:
    """Run the API alone."""
    _run("serve", api_host=host, api_port=port)


@commands.command()
def project() -> None:
    """Keep the read models in step with the log."""
    _run("project")


@commands.command()
def schedule() -> None:
    """Overtake whoever stays silent past a deadline."""
    _run("schedule")


@commands.command()
def deliver() -> None:
    """Carry out what must leave the house: refunds, return labels, mails and webhooks."""
    _run("deliver")


@commands.command()
def migrate() -> None:
    """Bring the database to this version's shape."""
    from runtime.database import bring_to_shape, database

    with plainly(), database(settings_for_command()) as url:
        bring_to_shape(url)
        typer.echo("the database is of this version's shape")


def _run(process: str, **given: str | int | None) -> None:
    from runtime.processes import PROCESSES, run

    with plainly():
        settings = settings_for_process(**given)
        if not run(settings, PROCESSES[process], lambda what: typer.echo(what, err=True)):
            raise typer.Exit(FAILED)
