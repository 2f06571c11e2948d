"""The house stays readable: functions and modules keep to the sizes a reader can hold in his head."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("domain", "store", "projections", "api", "scheduler", "runtime")
LONGEST_FUNCTION = 50
LONGEST_MODULE = 250


def modules():
    return sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))


def functions(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_for_and_fits_a_few_screens(path):
    source = path.read_text(encoding="utf-8")
    name = str(path.relative_to(ROOT))
    assert ast.get_docstring(ast.parse(source)), f"{name} does not say what it is for"
    assert len(source.splitlines()) <= LONGEST_MODULE, f"{name} has outgrown its purpose"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_fits_one_screen(path):
    too_long = [
        f"{path.name}:{function.lineno} {function.name} has {lines} lines"
        for function in functions(path)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not too_long, "; ".join(too_long)


def test_functions_are_short_as_a_rule():
    lengths = sorted(
        (function.end_lineno or 0) - function.lineno + 1 for path in modules() for function in functions(path)
    )
    assert lengths[len(lengths) // 2] <= 8
    assert lengths[len(lengths) * 9 // 10] <= 25
