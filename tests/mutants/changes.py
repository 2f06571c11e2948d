"""What a mutant changes: one thing of a module, such as a comparison, a number or an entry of a table."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

from tests.mutants.alternatives import Alternative, Place, alternatives
from tests.mutants.kinds import Kinds

FUNCTIONS = (ast.FunctionDef, ast.Lambda)
UNTOUCHED = (ast.Import, ast.ImportFrom, ast.Assert, ast.JoinedStr, ast.arg)
"""Asserts only tell the type checker what the table pairs, and sentences are no rules."""
LINE = 110


@dataclass(frozen=True)
class Change:
    """One mutant: where, what stood there and what stands there now, and the whole module with it."""

    line: int
    before: str
    after: str
    code: CodeType
    function: int | None
    """The line of the innermost function that is changed; None outside of all, as in a table."""

    def __str__(self):
        return f"{self.line}: {self.before}  →  {self.after}"


def changes(source: str, path: str, kinds: Kinds) -> Iterator[Change]:
    """Every mutant of a module, each once; ``kinds`` tells what its names stand for."""
    tree = ast.parse(source)
    seen = {ast.dump(tree)}
    for place in list(_places(tree)):
        node = place.node
        for alternative in alternatives(node, place, kinds):
            place.put(ast.copy_location(alternative.node, node))
            said, code = ast.dump(tree), _compiled(tree, path)
            place.put(node)
            if code is not None and said not in seen:
                seen.add(said)
                yield _change(node, alternative, place, code)


def _change(node: ast.AST, alternative: Alternative, place: Place, code: CodeType) -> Change:
    was = alternative.was or node
    now = "nothing" if alternative.was and not alternative.now else _said(alternative.now or alternative.node)
    return Change(was.lineno, _said(was), now, code, place.function)


def _compiled(tree, path):
    try:
        return compile(ast.fix_missing_locations(tree), path, "exec")
    except (SyntaxError, ValueError):
        return None


def _said(node):
    line = " ".join(ast.unparse(node).split())
    return line if len(line) <= LINE else f"{line[: LINE // 2]} … {line[-LINE // 2 :]}"


def _places(node: ast.AST, function: int | None = None) -> Iterator[Place]:
    """Every place that may be changed, outermost first."""
    for field, held in ast.iter_fields(node):
        if field in {"decorator_list", "bases", "returns", "targets", "target"}:
            continue
        within = node.lineno if field == "body" and isinstance(node, FUNCTIONS) else function
        for index, child in enumerate(held) if isinstance(held, list) else [(None, held)]:
            if isinstance(child, ast.AST) and not isinstance(child, UNTOUCHED) and not _moves_nothing(node, child):
                yield Place(node, field, index, within)
                yield from _places(child, within)


def _moves_nothing(parent, node):
    """Annotations but for those with a call, in which pydantic is told a limit; docstrings; names for the typing."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name == "__all__" or (isinstance(value, ast.Call) and ast.unparse(value.func) == "TypeVar")
    if isinstance(parent, ast.AnnAssign) and node is parent.annotation:
        return not any(isinstance(each, ast.Call) for each in ast.walk(node))
    return False


def probed(source: str, path: str, probe: str) -> CodeType:
    """The module unchanged, but that each function calls ``probe``, a builtin, with the path and its own line."""
    tree = ast.parse(source)
    for node in [each for each in ast.walk(tree) if isinstance(each, FUNCTIONS)]:
        tells = ast.parse(f"{probe}({path!r}, {node.lineno})").body[0]
        if isinstance(node, ast.Lambda):
            both = ast.Tuple([tells.value, node.body], ast.Load())
            node.body = ast.Subscript(both, ast.Constant(1), ast.Load())
        else:
            node.body.insert(ast.get_docstring(node) is not None, tells)
    return compile(ast.fix_missing_locations(tree), path, "exec")
