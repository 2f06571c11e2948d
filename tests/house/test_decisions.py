"""Decisions are numbered one after the other, and each says its number as its file does."""

from pathlib import Path

RECORDS = sorted((Path(__file__).parents[2] / "docs" / "decisions").glob("*.md"))


def test_each_number_is_given_once_and_none_is_left_out():
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))


def test_each_record_is_headed_by_its_number():
    for path in RECORDS:
        assert path.read_text(encoding="utf-8").startswith(f"# {path.name[:4]} "), path.name
