"""Each threat that is written down is met by a test that exists."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
THREATS = TESTS.parent / "docs" / "threat-model.md"
HEADS = {"Could try to", "Could try to, or let happen", "---"}


def rows():
    """The cells of every threat's row."""
    lines = [line for line in THREATS.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] not in HEADS]


def written():
    return {
        name
        for path in TESTS.rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }


def test_every_threat_is_met_by_tests_that_exist():
    named = {row[0]: set(re.findall(r"`(test_\w+)`", row[2])) for row in rows()}
    assert [threat for threat, tests in named.items() if not tests] == []
    assert set().union(*named.values()) - written() == set()


def test_every_role_around_the_service_has_its_part():
    parts = re.findall(r"^## (.+)$", THREATS.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(parts) == len(set(parts)) >= 8
    assert len(rows()) > 40
