"""The command that writes the generated documentation anew."""

from __future__ import annotations

from pathlib import Path

import typer

commands = typer.Typer()


@commands.command("docs")
def docs() -> None:
    """Write the generated parts of the documentation anew (for work on the project itself)."""
    from runtime.cli.app import app
    from runtime.generated_docs import generated

    for path, content in generated(Path.cwd(), app).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content(), encoding="utf-8")
        typer.echo(path.relative_to(Path.cwd()))
