"""The command that writes the generated documentation anew."""

from __future__ import annotations

from pathlib import Path

import typer

from runtime.cli.plainly import CANNOT, end, plainly

commands = typer.Typer()


@commands.command("docs")
def docs() -> None:
    """Write the generated parts of the documentation anew (for work on the project itself)."""
    from runtime.cli.app import app
    from runtime.generated_docs import generated

    here = Path.cwd()
    with plainly():
        if not (here / "runtime" / "generated_docs.py").exists():
            end(f"{here} is not the project's folder", CANNOT)
        for path, content in generated(here, app).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content(), encoding="utf-8")
            typer.echo(path.relative_to(here))
