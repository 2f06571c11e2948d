"""Mutation testing of the trade: ``./run python -m tests.mutants domain/money.py domain/business_time``."""

import argparse
import importlib
import sys
from pathlib import Path

from hypothesis import Phase, settings

from tests.mutants.changes import changes
from tests.mutants.forks import module_name
from tests.mutants.kinds import Kinds
from tests.mutants.trial import Jury, is_noticed, surveyed, tried_within

FIRST, HOUSE = "mutants", "house"
OURS = {"domain", "store", "projections", "api", "scheduler", "runtime", "tests"}


def main():
    asked = parser().parse_args()
    settings.register_profile(
        FIRST,
        deadline=None,
        derandomize=True,
        database=None,
        max_examples=asked.examples,
        phases=[Phase.explicit, Phase.generate],
        report_multiple_bugs=False,
    )
    sources = {str(path): path.read_text(encoding="utf-8") for each in asked.modules for path in files(each)}
    mutants = {path: list(changes(source, path, kinds(path, source))) for path, source in sources.items()}
    forget_ours()
    jury = Jury(surveyed(sources, asked.tests, FIRST), asked.patience, FIRST)
    for path, source in sources.items():
        report(path, mutants[path], survivors(jury, path, source, mutants[path]))


def parser():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="+", help="modules, or folders of them")
    parser.add_argument("--tests", nargs="+", default=["tests/domain"], help="the tests that are asked")
    parser.add_argument("--patience", type=float, default=1.0, help="no test that takes longer than so many seconds")
    parser.add_argument("--examples", type=int, default=20, help="how many random examples a test tries")
    return parser


def files(place):
    place = Path(place)
    return sorted(place.rglob("*.py")) if place.is_dir() else [place]


def kinds(path, source):
    return Kinds(importlib.import_module(module_name(path)), source)


def forget_ours():
    """Everything of the project is imported anew in each trial; what it builds on stays."""
    importlib.import_module("tests.conftest")
    importlib.import_module("tests.strategies")
    for name in [
        name for name in sys.modules if name.partition(".")[0] in OURS and not name.startswith("tests.mutants")
    ]:
        del sys.modules[name]


def survivors(jury, path, source, mutants):
    """The mutants that no test notices."""
    within = [(number, change) for number, change in enumerate(mutants) if change.function is not None]
    survived = tried_within(jury, path, compile(source, path, "exec"), within)
    outside = [number for number, change in enumerate(mutants) if change.function is None]
    survived += [number for number in outside if not is_noticed(jury, path, mutants[number])]
    return [mutants[number] for number in sorted(survived)]


def report(path, mutants, survived):
    sys.stdout.write(f"{path}: {len(mutants) - len(survived)} of {len(mutants)} killed\n")
    sys.stdout.writelines(f"  {path}:{change}\n" for change in survived)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
