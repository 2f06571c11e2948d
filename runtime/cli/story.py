"""The command that shows what all of this is for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.plainly import FAILED, plainly, settings_for_command

commands = typer.Typer()


@commands.command()
def demo(
    *,
    orders: Annotated[
        Path | None,
        typer.Option(help="A file of order lines; without one, the demo makes its own.", show_default=False),
    ] = None,
    leave: Annotated[bool, typer.Option("--exit", help="End after the story instead of serving on.")] = False,
    port: Annotated[
        int | None, typer.Option(help="The port to listen on; 0 takes a free one.", show_default="8000")
    ] = None,
) -> None:
    """Tell a fortnight of refund requests on real order lines, with every process running, then serve on."""
    from runtime.demo.narrating import console_of_the_demo
    from runtime.demo.running import run_demo

    with plainly():
        settings = settings_for_command(api_port=port)
        if not run_demo(settings, orders, console_of_the_demo(), leave=leave):
            raise typer.Exit(FAILED)
