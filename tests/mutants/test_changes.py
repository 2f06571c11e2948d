"""The mutants of a small module are those that mean something, each once."""

from types import ModuleType

from tests.mutants.changes import changes, probed
from tests.mutants.forks import in_a_fork
from tests.mutants.kinds import Kinds
from tests.mutants.trial import replace_living

PATH = "trade.py"
IMPORTS = "from domain.vocabulary import Outcome, Party\n"


def module_of(source):
    module = ModuleType("trade")
    exec(compile(source, PATH, "exec"), vars(module))  # noqa: S102 -- the source stands in this file
    return module


def changes_of(source):
    source = IMPORTS + source
    return list(changes(source, PATH, Kinds(module_of(source), source)))


def said(source):
    return {(change.before, change.after) for change in changes_of(source)}


def test_a_comparison_moves_its_border_or_turns_round():
    assert said("def is_late(due, now):\n    return now < due") == {
        ("now < due", "now <= due"),
        ("now < due", "now >= due"),
        ("return now < due", "return None"),
    }


def test_a_condition_holds_always_or_never_and_loses_each_of_its_parts():
    assert said("def f(a, b):\n    if a and b:\n        return 1") >= {
        ("a and b", "True"), ("a and b", "False"), ("a and b", "a or b"), ("a and b", "a"), ("a and b", "b"),
    }  # fmt: skip


def test_a_table_loses_each_entry_and_has_another_outcome_or_party_in_it():
    assert said("ENDS = {'denied': Outcome.DENIED, 'paid': Outcome.REFUNDED}\nLIABLE = (Party.SELLER,)") == {
        ("'denied'", "nothing"),
        ("'paid'", "nothing"),
        ("'denied'", "''"),
        ("'paid'", "''"),
        ("Outcome.DENIED", "Outcome.REFUNDED"),
        ("Outcome.DENIED", "Outcome.RETURN_NOT_SHIPPED"),
        ("Outcome.REFUNDED", "Outcome.DENIED"),
        ("Outcome.REFUNDED", "Outcome.PARTIALLY_REFUNDED"),
        ("Party.SELLER", "nothing"),
        ("Party.SELLER", "Party.PLATFORM"),
    }


def test_what_is_only_said_stays_as_it_is():
    assert not said('"""A module."""\n__all__ = ["f"]\n\n\ndef f(a: int | None) -> "str | None":\n    """Nothing."""')


def test_a_function_that_lives_can_be_given_the_changed_code():
    source = "def double(n):\n    return n * 2\n"
    module = module_of(IMPORTS + source)
    product = next(change for change in changes_of(source) if change.after == "n // 2")
    alias = module.double
    replace_living(compile(IMPORTS + source, PATH, "exec"), product.code)
    assert alias(6) == 3


def test_a_probe_tells_which_functions_were_called():
    called = []
    code = probed("def f():\n    '''Says so.'''\n    return g(1)\n\n\ng = lambda n: n + 1\n", PATH, "probe")
    module = {"probe": lambda path, line: called.append((path, line))}
    exec(code, module)  # noqa: S102 -- as above
    assert (module["f"](), module["f"].__doc__, called) == (2, "Says so.", [(PATH, 1), (PATH, 6)])


def test_what_breaks_in_a_fork_breaks_there():
    assert in_a_fork(lambda: {"answer": 42}) == {"answer": 42}
    assert in_a_fork(lambda: 1 // 0) is None
