"""The command that looks at policies before they are used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.cli.plainly import CANNOT, end, plainly

if TYPE_CHECKING:
    from domain.policy import Policy

commands = typer.Typer()


@commands.command("check-policies")
def check_policies(
    packs: Annotated[Path, typer.Argument(help="A folder of packs `id.vN.toml`, or one of them.")],
) -> None:
    """Say what is wrong with policies, or in which numbers each differs from the standard.

    Needs no database and changes nothing.
    """
    from domain.policy import STANDARD, PolicyBook, read_pack, read_policies

    with plainly():
        own = read_policies(packs) if packs.is_dir() else [read_pack(packs)]
        book = PolicyBook([*read_policies(), *own], current=STANDARD)
        if not own:
            end(f"{packs} holds no policy; a pack is named id.vN.toml", CANNOT)
        for policy in own:
            typer.echo("\n".join(_told(policy, book.current)))


def _told(policy: Policy, standard: Policy) -> Iterator[str]:
    from domain.policy import differences

    changed = differences(policy, standard)
    yield f"{policy.ref} can be used; " + ("changed are:" if changed else f"its numbers are those of {standard.ref}")
    for it in changed:
        yield f"  {it.field}: {it.one} instead of {it.other}"
