"""Commands that look after the keys."""

from __future__ import annotations

import typer

from runtime.cli.plainly import plainly, settings_for_command

commands = typer.Typer()


@commands.command("rotate-master-key")
def rotate_master_key() -> None:
    """Wrap every person's key anew with DIRECTSERVICE_MASTER_KEY, while everything goes on."""
    from runtime.cli.progress import advancing
    from runtime.container import open_house
    from runtime.keys import master_key, other_master_keys
    from store.master_keys import MasterKeys
    from store.rewrapping import kept_keys, rewrap

    with plainly(), open_house(settings_for_command()) as house:
        masters = MasterKeys(master_key(house.settings), *other_master_keys(house.settings))
        with advancing("wrapping keys anew", kept_keys(house.engine)) as reached:
            anew = rewrap(house.engine, masters, reached)
        typer.echo(f"keys wrapped anew: {anew}")
