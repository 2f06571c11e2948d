"""Commands that look after the read models."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.cli.plainly import CANNOT, end, plainly, settings_for_command

if TYPE_CHECKING:
    from domain.policy import PolicyBook
    from projections.projection import Projection

commands = typer.Typer()


@commands.command("rebuild")
def rebuild_(
    name: Annotated[str, typer.Argument(help="Which one, as `/ready` names it; a wrong name is told all there are.")],
) -> None:
    """Build a read model again from the log, beside the running one, and swap it in."""
    from projections.rebuild import rebuild
    from runtime.cli.progress import advancing
    from runtime.container import open_house
    from runtime.database import looked_at

    with plainly():
        with ExitStack() as opened:
            house = opened.enter_context(open_house(settings_for_command()))
            projection = _named(name, house.door.policies)
            engine = opened.enter_context(looked_at(house.url))
            reached = opened.enter_context(advancing(f"building {name} anew", house.reader.head()))
            rebuild(engine, house.reader, projection, lambda progress: reached(progress.position))
        typer.echo(f"{name} is built anew")


def _named(name: str, policies: PolicyBook) -> Projection:
    from projections.catalogue import projections

    known = {projection.name: projection for projection in projections(policies)}
    if name not in known:
        end(f"there is no read model {name!r}; there are {', '.join(known)}", CANNOT)
    return known[name]
