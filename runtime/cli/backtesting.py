"""The command that runs recorded cases again under another policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.cli.arguments import an_id, an_instant
from runtime.cli.plainly import plainly, settings_for_command

if TYPE_CHECKING:
    from domain.backtest import Finding, Summary
    from domain.policy import Policy
    from runtime.container import House

commands = typer.Typer()
Wanted = Callable[["Finding"], bool]


@commands.command()
def backtest(
    pack: Annotated[Path, typer.Argument(help="The policy to try: a pack `id.vN.toml`, in force or not.")],
    seller: Annotated[str | None, typer.Option(parser=an_id, metavar="ID", help="Only this seller's cases.")] = None,
    first: Annotated[
        datetime | None,
        typer.Option(
            "--from", parser=an_instant, metavar="INSTANT", help="Only cases opened then or later (RFC 3339)."
        ),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--before", parser=an_instant, metavar="INSTANT", help="Only cases opened before (RFC 3339)."),
    ] = None,
    findings: Annotated[
        Path | None,
        typer.Option(
            help="Write each case that would have come out otherwise, or cannot be compared, to this file (NDJSON)."
        ),
    ] = None,
) -> None:
    """Run the recorded cases again under another policy: which would have ended otherwise, and at whose cost.

    Whoever acted acts again at the same moment, or as soon as he can; only the policy's windows, gates and knobs are
    others. Nothing is written to the store. docs/backtesting.md says what a backtest can and cannot tell.
    """
    from domain.backtest import Summary
    from domain.policy import read_pack
    from runtime.container import open_house

    def is_wanted(finding: Finding) -> bool:
        return (
            (seller is None or finding.seller_id == seller)
            and (first is None or finding.opened_at >= first)
            and (last is None or finding.opened_at < last)
        )

    with plainly(), ExitStack() as opened:
        policy, summary = read_pack(pack), Summary()
        house = opened.enter_context(open_house(settings_for_command()))
        file = opened.enter_context(findings.open("w", encoding="utf-8")) if findings else None
        for finding in _findings(house, policy, is_wanted):
            summary.add(finding)
            if file and (finding.differences or not finding.is_comparable):
                file.write(f"{finding.model_dump_json()}\n")
        typer.echo("\n".join(_report(policy, summary)))


def _findings(house: House, policy: Policy, is_wanted: Wanted) -> Iterator[Finding]:
    from domain.backtest import compare
    from runtime.cli.progress import advancing

    now, pinned = house.clock(), house.door.policies.__getitem__
    with advancing(f"trying {policy.ref}", None, "order lines") as reached:
        for number, line in enumerate(house.door.recorded_lines.all(), 1):
            yield from filter(is_wanted, compare(line, policy, pinned, now))
            reached(number)


def _report(policy: Policy, summary: Summary) -> Iterator[str]:
    yield f"{policy.ref}: {summary.compared} cases compared, {summary.incomparable} that cannot be"
    yield f"{summary.unchanged:>8}  come out the same"
    yield f"{summary.otherwise_timed:>8}  at another time only"
    yield f"{summary.endings.total():>8}  otherwise"
    for (recorded, backtested), count in summary.endings.most_common():
        yield f"{count:>8}    {recorded} -> {'the same, at another cost' if recorded == backtested else backtested}"
    yield from _costs(summary)


def _costs(summary: Summary) -> Iterator[str]:
    rows = [
        (cost.party, str(cost.recorded), str(cost.backtested), str(cost.backtested - cost.recorded))
        for cost in summary.costs
    ]
    table = [("borne by", "recorded", "backtested", "difference"), *rows] if rows else []
    width = max((len(cell) for row in table for cell in row), default=0) + 2
    for party, *amounts in table:
        yield f"{party:<10}" + "".join(f"{amount:>{width}}" for amount in amounts)
