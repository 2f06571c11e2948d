"""Runs the benchmarks: ``python -m benchmarks [NAME…]``; ``--write`` keeps the tables in docs/benchmarks.md."""

from __future__ import annotations

import argparse
import os
import platform
import re
from importlib import import_module
from pathlib import Path

from benchmarks.databases import databases
from benchmarks.results import Results
from runtime.interpreter import suit_a_service

NAMES = ("append", "timers", "projection", "case", "visible", "scale")
"""The modules with a ``measure(databases)``, in the order of the documentation."""
DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def main() -> None:
    """Measure what was asked for, print it, and keep it if wanted."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="Measures side by side against peers and floors.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(NAMES)} (default: all)")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    suit_a_service()  # as the service does
    with databases() as server:
        for name in asked.names or NAMES:
            results: Results = import_module(f"benchmarks.{name}").measure(server)
            section = f"{results}\n`./run bench {name}` on {machine(server.version())}."
            print(section)
            if asked.write:
                keep(name, section)


def machine(server: str) -> str:
    """What the numbers were measured on."""
    return f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL {server}"


def keep(name: str, section: str) -> None:
    """Put the section in the place that the document marks for it."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    old = DOCUMENT.read_text(encoding="utf-8")
    place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not place.search(old):
        old = f"{old.rstrip()}\n\n{begin}\n{end}\n"
    DOCUMENT.write_text(place.sub(lambda _: f"{begin}\n{section}\n{end}", old), encoding="utf-8")


if __name__ == "__main__":
    main()
