"""Runs the demo: all processes in one, the story told on them, and the server left to whoever wants to try it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from rich.console import Console

from domain.actors import Actor, Role
from runtime.answering import answering
from runtime.container import House, open_house
from runtime.demo.folder import demo_settings
from runtime.demo.market import write_orders
from runtime.demo.stage import SUPPORT
from runtime.demo.story import Story, Told
from runtime.processes import delivering, projecting, scheduling
from runtime.sandbox import local_token
from runtime.settings import Settings
from runtime.stopping import StopRequest, made_by_signals

BEAT: Final = timedelta(milliseconds=50)
"""Of clock and courier, so that nobody waits for the story."""
TOKEN_LIFETIME: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Played:
    """A story that was told, on a house that still runs."""

    house: House
    told: Told
    address: str
    stop: StopRequest


@contextmanager
def played(settings: Settings, orders: Path | None, console: Console) -> Iterator[Played]:
    """Tell the story on these orders, or on those of the demo's own, with every process running.

    Raises StartError, and what ``Story.tell`` raises.
    """
    with ExitStack() as opened:
        own = opened.enter_context(demo_settings(settings))
        house = opened.enter_context(open_house(own))
        stop = opened.enter_context(closing(StopRequest()))
        for part in (projecting, partial(scheduling, beat=BEAT), partial(delivering, beat=BEAT)):
            opened.enter_context(part(house, stop))
        address = opened.enter_context(answering(house, stop))
        told = Story(house, console).tell(orders or _own_orders(own.data_folder))
        yield Played(house, told, address, stop)


def run_demo(settings: Settings, orders: Path | None, console: Console, *, leave: bool) -> bool:
    """Tell the story, then serve until told to stop, unless ``leave``; False when a part of the process failed."""
    with played(settings, orders, console) as it:
        if not leave:
            with made_by_signals(it.stop):
                _invite(it, console)
                it.stop.wait()
        return not it.stop.because_of_failure


def _own_orders(folder: Path) -> Path:
    file = folder / "orders.csv"
    write_orders(file)
    return file


def _invite(it: Played, console: Console) -> None:
    """How to go on from here with curl."""
    console.rule("The server goes on", align="left")
    console.print(f"It answers at {it.address}; stop it with Ctrl-C. Tokens, good for a day:\n")
    for holder in (Actor(role=Role.SELLER, id=it.told.protagonist), SUPPORT):
        token = local_token(it.house.settings, holder, TOKEN_LIFETIME)
        console.print(f"{holder.role.upper()}={token}", soft_wrap=True)
    console.print()
    for line in lines_to_try(it):
        console.print(line, soft_wrap=True)


def lines_to_try(it: Played) -> list[str]:
    """Three commands for a shell in which the tokens are set."""
    as_seller, as_support = (f'curl -s -H "Authorization: Bearer ${name}"' for name in ("SELLER", "SUPPORT"))
    two_days = """-H 'Content-Type: application/json' -d '{"by": "P2D"}'"""
    return [
        f"{as_seller} '{it.address}/v1/seller-hub/orders?filter=refund&sub_filter=action_due'",
        f"{as_support} {it.address}/v1/refund-cases/{it.told.example}/history",
        f"{as_support} {two_days} {it.address}/v1/sandbox/clock/advance",
    ]
