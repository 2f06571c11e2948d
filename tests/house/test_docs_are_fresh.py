"""The generated parts of the documentation say what the code says, and links in it lead somewhere."""

import re
from pathlib import Path

import pytest

from runtime.cli.app import app
from runtime.generated_docs import generated

ROOT = Path(__file__).parents[2]
FILES = generated(ROOT, app)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def named(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_generated_file_is_fresh(path):
    assert path.read_text(encoding="utf-8") == FILES[path](), "run ./run directservice docs"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
