"""Each sentence of the source leads to tests that exist."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
SOURCE = TESTS.parent / "docs" / "source.md"


def test_every_test_that_the_trace_names_exists():
    named = set(re.findall(r"`(test_\w+)`", SOURCE.read_text(encoding="utf-8")))
    written = {
        name
        for path in TESTS.rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    assert named - written == set()
    assert len(named) > 50
