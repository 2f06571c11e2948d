"""The demo's tables: the hub's Refund view, a seller's statement, and one case's history with its causes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from rich import box
from rich.table import Table
from rich.text import Text

from domain.business_time import Calendar
from domain.labels import event_words, label
from domain.messages import Personal
from domain.money import Money
from domain.refund.events import CaseEvent, EvidenceItem
from projections.ledger import Balance, Statement
from projections.seller_orders import Filter, SellerOrder, Tally
from runtime.demo.narrating import ENGLISH, deadline_words, effects, named
from store.envelope import Envelope

CUT: Final = 8
"""Characters of a command id or digest that tell it from its neighbours here."""


def refund_view(orders: Sequence[SellerOrder], counts: Tally, calendar: Calendar) -> Table:
    """The hub's Refund quick filter, most urgent first."""
    counted = ", ".join(f"{counts.by_filter[sub]} {sub.replace('_', ' ')}" for sub in Filter)
    table = _table(f"Refund view: {counts.lines} lines ({counted})")
    for name, ratio in (("item", 3), ("reason", 2), ("stands", 3)):
        table.add_column(name, ratio=ratio)
    table.add_column("due", no_wrap=True)
    table.add_column("charged", justify="right", no_wrap=True)
    for order in orders:
        if order.case is None:
            continue
        case = order.case
        stands = label(case.outcome or case.status, ENGLISH)
        due = _time(case.due_at, calendar) if case.due_at else ""
        table.add_row(order.title, label(case.reason, ENGLISH), stands, due, str(case.charged) if case.charged else "")
    return table


def statement_table(statement: Statement, balance: Balance, calendar: Calendar) -> Table:
    """Every entry on the seller's account in the period, and where it leads."""
    table = _table(f"Statement: from {statement.opening} to {statement.closing}")
    for name in ("booked", "order line", "for"):
        table.add_column(name, ratio=None if name == "booked" else 2)
    table.add_column("amount", justify="right", no_wrap=True)
    table.add_column("balance", justify="right", no_wrap=True)
    for line in statement.lines:
        booked = _time(line.booked_at, calendar)
        item = f"{label(line.item, ENGLISH)} ({line.rule.replace('_', ' ')})"
        table.add_row(booked, line.line_id or "", item, str(line.amount), str(line.balance))
    table.caption = f"balance {balance.balance}, held {balance.held}, available {balance.available}"
    return table


def history_table(history: Sequence[Envelope], calendar: Calendar) -> Table:
    """Everything that happened in a case: when, by whom, what followed, and which command caused it."""
    table = _table(f"History of case {history[0].originator_id}, policy {history[0].policy}")
    table.add_column("")
    table.add_column("when", no_wrap=True)
    table.add_column("who", width=14)
    table.add_column("what happened, what followed, and why", ratio=1)
    for envelope in history:
        who = Text(named(envelope.cause.actor).replace(" ", "\n", 1))
        what = Text("\n".join(_happened(envelope, calendar)))
        what.append(f"\n{_cause(envelope)}", style="dim")
        table.add_row(str(envelope.originator_version), _time(envelope.occurred_at, calendar), who, what)
    return table


def _cause(envelope: Envelope) -> str:
    command, belongs_to = envelope.cause.command_id, envelope.cause.correlation_id
    because = "" if command == belongs_to else f", which follows from {str(belongs_to)[:CUT]}"
    return f"command {str(command)[:CUT]}{because}; digest {envelope.digest[:CUT]}"


def _happened(envelope: Envelope, calendar: Calendar) -> Iterator[str]:
    event = envelope.payload
    yield event_words(type(event)).said_in(ENGLISH)
    for name in type(event).model_fields:
        value = getattr(event, name)
        if isinstance(value, Personal) and value.text:
            yield f"“{value.text}”"
        elif isinstance(value, tuple) and value and isinstance(value[0], EvidenceItem):
            shown = ", ".join(f"{it.media_type}, SHA-256 {it.digest[:CUT]}…" for it in value)
            yield f"{name.replace('_', ' ')}: {shown}"
    if isinstance(event, CaseEvent):
        if event.deadline:
            yield deadline_words(event.deadline, calendar)
        yield from effects(event)
        for entry in event.posting.entries if event.posting else ():
            yield f"books: {label(entry.account, ENGLISH)}, {label(entry.item, ENGLISH)} {_signed(entry.amount)}"


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, expand=True)


def _time(at: datetime, calendar: Calendar) -> str:
    return f"{calendar.local(at):%a %d %b %H:%M}"


def _signed(amount: Money) -> str:
    return f"+{amount}" if amount.minor > 0 else str(amount)
