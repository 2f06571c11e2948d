"""The document of the process is what the tables say, whole and fresh (SPEC §4)."""

from pathlib import Path

import pytest

from domain.action import action_name
from domain.refund.process_document import diagram, process_document
from domain.refund.transitions import ROWS
from domain.vocabulary import Status
from tests.trade import STANDARD, policy

DOCUMENT = Path(__file__).parents[3] / "docs" / "process.md"


def test_the_document_is_fresh():
    expected = process_document(STANDARD)
    assert DOCUMENT.read_text(encoding="utf-8") == expected, f"write process_document(...) to {DOCUMENT.name} anew"


def test_every_status_command_event_and_condition_is_told():
    told = process_document(STANDARD)
    for row in ROWS:
        assert f"`{row.command.__name__}`" in told
        assert f"`{row.event.__name__}`" in told
        assert not row.actor.is_person or action_name(row.command) in told
        assert all(part.name == "always" or f"`{part.name}`" in told for part in row.when.parts)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.NEW])
def test_the_diagram_shows_every_status(status):
    assert any(f"--> {status}" in line or f"    {status} -->" in line for line in diagram())


def test_the_windows_are_those_of_the_policy_asked_for():
    assert "| 72bh |" in process_document(policy(windows={"seller_answer": "72bh"}))
