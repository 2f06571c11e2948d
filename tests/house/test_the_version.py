"""What this project calls itself: the version under way, whose streams are recorded beside those of every release."""

import tomllib
from pathlib import Path

from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
VERSION = Version(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def test_the_newest_recorded_streams_are_those_of_the_version_under_way():
    recorded = [Version(folder.name) for folder in (ROOT / "tests" / "golden").glob("v*")]
    assert max(recorded) == Version(VERSION.base_version)


def test_the_changelog_begins_with_the_version_under_way():
    headings = [
        line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line.startswith("## ")
    ]
    first = headings[0].removeprefix("## ").partition(",")[0]
    assert Version(first) == Version(VERSION.base_version)
