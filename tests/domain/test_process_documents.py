"""The documents of the processes are what their tables say, whole and fresh (SPEC §4)."""

from pathlib import Path

import pytest

from domain.action import action_name
from domain.cancellation import process_document as cancellation
from domain.process_document import diagram
from domain.refund import process_document as refund
from domain.vocabulary import CancellationStatus, Status
from tests.trade import STANDARD, policy

DOCS = Path(__file__).parents[2] / "docs"
PROCESSES = pytest.mark.parametrize("process", [refund, cancellation], ids=["refund", "cancellation"])


@pytest.mark.parametrize(("process", "name"), [(refund, "process.md"), (cancellation, "cancellations.md")])
def test_the_document_is_fresh(process, name):
    told = (DOCS / name).read_text(encoding="utf-8")
    assert told == process.process_document(STANDARD), f"{name} is not what the tables say: ./run directservice docs"


@PROCESSES
def test_every_command_event_condition_and_status_is_told(process):
    told = process.process_document(STANDARD)
    for row in process.PROCESS.rows:
        assert f"`{row.command.__name__}`" in told
        assert f"`{row.event.__name__}`" in told
        assert not row.actor.is_person or action_name(row.command) in told
        assert all(part.name == "always" or f"`{part.name}`" in told for part in row.when.parts)


@pytest.mark.parametrize(
    ("process", "status"),
    [*((refund, status) for status in Status), *((cancellation, status) for status in CancellationStatus)],
)
def test_the_diagram_shows_every_status(process, status):
    drawn = diagram(process.PROCESS)
    assert any(f"--> {status}" in line or f"    {status} -->" in line for line in drawn)


@pytest.mark.parametrize(
    ("process", "rules"),
    [(refund, {"windows": {"seller_answer": "72bh"}}), (cancellation, {"cancellation": {"seller_answer": "72bh"}})],
)
def test_the_windows_are_those_of_the_policy_asked_for(process, rules):
    assert "| 72bh |" in process.process_document(policy(**rules))
    assert "| 72bh |" not in process.process_document(STANDARD)
