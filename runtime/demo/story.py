"""The demo's story: orders are imported, sellers take part, a fortnight passes, and the read models show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from rich.console import Console

from domain.business_time import Calendar
from projections.ledger import INVARIANTS, balances, statement
from projections.seller_orders import Quick, overdue_soon_until, page, tally
from runtime.container import House
from runtime.demo.casting import Casting, Part
from runtime.demo.fortnight import Fortnight
from runtime.demo.narrating import Narrator
from runtime.demo.plan import NoStoryError, Plan, planned
from runtime.demo.stage import SUPPORT, Stage
from runtime.demo.tables import history_table, refund_view, statement_table
from runtime.order_import import Tally, import_orders
from runtime.sandbox import clock_of
from store.engine import reading

MOST_LINES: Final = 50
"""Of the hub's view."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the story leaves behind."""

    plan: Plan
    imported: Tally
    parts: tuple[Part, ...]
    """Those whose requests were made, at least one."""
    ended: datetime

    @property
    def protagonist(self) -> str:
        """The seller with the most requests."""
        sellers = [part.line.seller_id for part in self.parts if part.line]
        return max(sellers, key=sellers.count)

    @property
    def example(self) -> UUID:
        """The case that shows most: that of the first scene which has gone on since the Friday."""
        shows_most = min(self.parts, key=lambda part: part.scene.day)
        assert shows_most.case_id is not None  # noqa: S101 -- as said of parts
        return shows_most.case_id


class Story:
    """Tells itself on one house whose log is still empty and whose processes run."""

    def __init__(self, house: House, console: Console) -> None:
        self._house = house
        self._console = console
        self._calendar: Calendar = house.door.policies.current.calendar
        self._narrator = Narrator(console, self._calendar)

    def tell(self, file: Path) -> Told:
        """From the import to the books. Raises NoStoryError, FileRefusedError or StuckError."""
        plan = planned(file, self._calendar)
        clock_of(self._house).start_at(plan.begins)
        imported = self._import(file)
        stage, casting = Stage(self._house), Casting(plan)
        self._enrol(stage, casting)
        self._narrator.chapter("A fortnight of requests")
        fortnight = Fortnight(stage, plan, casting, self._narrator, self._calendar.zone)
        parts = fortnight.play()
        if not parts:
            raise NoStoryError(f"{file}: not one request could be made on these order lines")
        told = Told(plan, imported, parts, fortnight.ends)
        self._show(told)
        return told

    def _import(self, file: Path) -> Tally:
        self._narrator.chapter(f"The orders of {file.name}")
        tally = Tally()
        with file.open("rb") as rows:
            for row in import_orders(rows, self._house.door.order_lines):
                tally.add(row)
                if row.faults:
                    self._narrator.say(f"line {row.line}: {'; '.join(map(str, row.faults))}")
        self._narrator.say(f"order lines imported: {tally}")
        return tally

    def _enrol(self, stage: Stage, casting: Casting) -> None:
        for number, seller_id in enumerate(casting.enrolled, start=1):
            stage.enrol(seller_id, number)
        self._narrator.say(
            f"the sandbox's time: {self._calendar.local(stage.now):%A, %d %B %Y, %H:%M} {self._calendar.zone}"
        )
        self._narrator.say(f"sellers who answer requests themselves: {len(casting.enrolled)}")

    # What the read models and the log say at the end

    def _show(self, told: Told) -> None:
        seller_id = told.protagonist
        self._narrator.chapter(f"The hub of seller {seller_id}")
        self._show_refund_view(seller_id)
        self._narrator.chapter(f"The account of seller {seller_id}")
        self._show_account(seller_id, told)
        self._narrator.chapter("One case from beginning to end, as an auditor reads it")
        record = self._house.door.refund_cases.find(told.example, SUPPORT)
        self._console.print(history_table(record.history, self._calendar))

    def _show_refund_view(self, seller_id: str) -> None:
        soon = overdue_soon_until(self._house.clock(), self._house.door.policies.current)
        with reading(self._house.engine) as conn:
            found = page(conn, seller_id, quick=Quick.REFUND, limit=MOST_LINES)
            counts = tally(conn, seller_id, soon)[Quick.REFUND]
        self._console.print(refund_view(found.items, counts, self._calendar))

    def _show_account(self, seller_id: str, told: Told) -> None:
        with reading(self._house.engine) as conn:
            for balance in balances(conn, seller_id):
                currency, end = balance.balance.currency, self._house.clock() + timedelta(days=1)
                booked = statement(conn, seller_id, currency, told.plan.begins, end)
                self._console.print(statement_table(booked, balance, self._calendar))
            faults = [fault.sentence for invariant in INVARIANTS for fault in invariant(conn)]
        self._narrator.say("; ".join(faults) or "the books of all sellers balance: every posting sums to zero")
