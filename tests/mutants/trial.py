"""Trying mutants: a survey of the tests first, then for each mutant the tests that reach it, until one fails.

A change within a function is tried where the tests are collected already: the functions that live there get the
changed code, so that what was computed before may hide it, but nothing else. A change of a table is tried from the
import on.
"""

import builtins
import gc
import time
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from types import CodeType, FunctionType

import pytest

from tests.mutants.changes import Change, probed
from tests.mutants.forks import allow, import_instead, in_a_fork

PROBE = "__reached__"
BEGIN_SECONDS = 30
"""For import and collection."""
PATIENCE = 5, 3
"""A test is stopped when it takes so many times as long as in the survey, and so many seconds more."""
OPTIONS = ("-q", "-n", "0", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")


def pytest_in(*arguments, plugin):
    pytest.main([*OPTIONS, *arguments], plugins=[plugin])


@dataclass(frozen=True)
class Test:
    """What the survey knows of a test: its own seconds, those of its fixtures, and the functions that both call."""

    seconds: float
    fixture_seconds: float
    calls: tuple[str, ...]


class Surveyor:
    """Notes for each test how long it takes and which functions it calls, itself or through a fixture it shares."""

    def __init__(self):
        self.calls, self.fixtures, self.tests, self.failed = set(), {}, {}, []
        self.in_fixtures = 0.0

    def called(self, path, line):
        self.calls.add(f"{path}:{line}")

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        before, self.calls, begun = self.calls, set(), time.process_time()
        result = yield
        self.fixtures[fixturedef.argname] = time.process_time() - begun, self.calls
        self.in_fixtures += time.process_time() - begun
        self.calls = self.calls | before
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        self.calls, self.in_fixtures, begun = set(), 0.0, time.process_time()
        result = yield
        own = time.process_time() - begun - self.in_fixtures
        used = [self.fixtures[name] for name in item.fixturenames if name in self.fixtures]
        calls = self.calls.union(*(calls for _, calls in used))
        self.tests[item.nodeid] = own, sum(seconds for seconds, _ in used), sorted(calls)
        return result

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.failed.append(report.nodeid)


def surveyed(sources, where, profile):
    """Each test by its name; raises ValueError if the tests fail as it is."""

    def survey():
        surveyor = Surveyor()
        setattr(builtins, PROBE, surveyor.called)
        import_instead({path: probed(source, path, PROBE) for path, source in sources.items()})
        pytest_in(f"--hypothesis-profile={profile}", *where, plugin=surveyor)
        return [surveyor.tests, surveyor.failed]

    told = in_a_fork(survey)
    if not told or told[1] or not told[0]:
        raise ValueError(f"the tests fail without a mutant: {told and told[1]}")
    return {name: Test(own, fixtures, tuple(calls)) for name, (own, fixtures, calls) in told[0].items()}


class Jury:
    """The tests in the order in which they are asked: those that killed most before, then the quick ones."""

    def __init__(self, tests, patience, profile):
        self.tests = {name: test for name, test in tests.items() if test.seconds <= patience}
        self.seconds = {name: test.seconds + test.fixture_seconds for name, test in self.tests.items()}
        self.profile, self.kills = profile, Counter()

    def of(self, path, function):
        """Those that call a function of this path and line; every one if None."""
        asked = [name for name, test in self.tests.items() if function is None or f"{path}:{function}" in test.calls]
        return sorted(asked, key=lambda name: (-self.kills[name], self.seconds[name]))

    def verdict(self, killer):
        if killer not in {None, ""}:
            self.kills[killer] += 1
        return killer != ""

    def allow(self, test):
        times, more = PATIENCE
        allow(self.seconds[test] * times + more)


class Court:
    """Runs the chosen tests of a session, in their order, until one fails; its name is then told."""

    def __init__(self, jury, tests):
        self.jury, self.tests, self.killer = jury, tests, "collection"

    def pytest_collection_modifyitems(self, items):
        by_name = {item.nodeid: item for item in items}
        items[:] = [by_name[test] for test in self.tests if test in by_name]

    def pytest_runtestloop(self, session):
        self.killer = self.first_failing(session, session.items)
        return True

    def first_failing(self, session, items):
        for item, following in pairwise([*items, None]):
            self.jury.allow(item.nodeid)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                return item.nodeid
        return ""


class FastCourt(Court):
    """Tries many changes of functions in one session, each in a fork with the code of the living functions changed."""

    def __init__(self, jury, path, original, changes):
        super().__init__(jury, jury.of(path, None))
        self.path, self.original, self.changes, self.survived = path, original, changes, []

    def pytest_runtestloop(self, session):
        by_name = {item.nodeid: item for item in session.items}
        for number, change in self.changes:
            tests = [by_name[test] for test in self.jury.of(self.path, change.function)]
            if not self.jury.verdict(in_a_fork(lambda: self.tried(session, change, tests))):  # noqa: B023 -- at once
                self.survived.append(number)
        return True

    def tried(self, session, change, tests):
        replace_living(self.original, change.code)
        return self.first_failing(session, tests)


def tried_within(jury, path, original, changes):
    """The numbers of the changes of functions that no test noticed."""

    def work():
        court = FastCourt(jury, path, original, changes)
        pytest_in(f"--hypothesis-profile={jury.profile}", *_files(court.tests), plugin=court)
        return court.survived

    return in_a_fork(work)


def is_noticed(jury: Jury, path: str, change: Change) -> bool:
    """Whether a test fails when the module is imported with the change."""
    tests = jury.of(path, None)

    def work():
        allow(BEGIN_SECONDS)
        import_instead({path: change.code})
        court = Court(jury, tests)
        pytest_in(f"--hypothesis-profile={jury.profile}", *_files(tests), plugin=court)
        return court.killer

    return jury.verdict(in_a_fork(work))


def _files(tests):
    return sorted({test.partition("::")[0] for test in tests})


def replace_living(original: CodeType, changed: CodeType) -> None:
    """Give every function that lives with a code of the original module the changed one in its place."""
    instead = dict(zip_longest(_codes(original), _codes(changed)))
    for function in [each for each in gc.get_objects() if isinstance(each, FunctionType)]:
        other = instead.get(function.__code__)
        if other is not None and other != function.__code__:
            function.__code__ = other


def _codes(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
