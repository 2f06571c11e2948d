"""The command ``directservice``, put together from its groups."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated

import typer

from runtime.cli import audit, backtesting, documents, keys, orders, persons, policies, running, sandbox, story, views

app = typer.Typer(
    help="Direct Service: sellers answer buyers' refund requests themselves. "
    "Settings are environment variables; docs/settings.md lists them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (story, running, orders, views, audit, policies, backtesting, persons, keys, sandbox, documents):
    app.add_typer(group.commands)


def _version(asked: bool) -> None:  # noqa: FBT001 -- how typer calls it
    if asked:
        typer.echo(f"directservice {version('directservice')}")
        raise typer.Exit


@app.callback()
def directservice(
    *,
    shown: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Holds what stands before every command."""


def run() -> None:
    """Run the command line. What the caller's encoding cannot say is written as its code, and ends nothing."""
    _replace_closed_outputs()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    app()


def _replace_closed_outputs() -> None:
    """An output that the caller closed leads nowhere, and no file or connection opened later takes its number."""
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
            setattr(sys, name, os.fdopen(number, "w"))
