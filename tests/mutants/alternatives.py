"""What could stand in a place instead: the operators of mutation, and for tables one entry less or another one."""

import ast
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from functools import singledispatch

from tests.mutants.kinds import Kinds


@dataclass(frozen=True)
class Place:
    """Where a node stands: in which field of which other, at which index if that is a list, in which function."""

    parent: ast.AST
    field: str
    index: int | None
    function: int | None

    @property
    def node(self) -> ast.AST:
        held = getattr(self.parent, self.field)
        return held if self.index is None else held[self.index]

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node

    @property
    def is_data(self) -> bool:
        """Outside of every function, where the process is written down as tables."""
        return self.function is None

    @property
    def is_condition(self) -> bool:
        return (isinstance(self.parent, ast.If | ast.IfExp) and self.field == "test") or (
            isinstance(self.parent, ast.comprehension) and self.field == "ifs"
        )


@dataclass(frozen=True)
class Alternative:
    """Another node for a place; ``was`` and ``now`` name the part that differs where the node is large."""

    node: ast.AST
    was: ast.AST | None = None
    now: ast.AST | None = None


COMPARISONS = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult,
}  # fmt: skip
JOINS = (ast.BitAnd, ast.BitOr)


def alternatives(node: ast.AST, place: Place, kinds: Kinds) -> Iterator[Alternative]:
    """Everything that may stand in this place instead of ``node``."""
    if place.is_condition:
        yield from (Alternative(ast.Constant(truth)) for truth in (True, False))
    yield from _alternatives(node, place, kinds)


@singledispatch
def _alternatives(node, place, kinds):
    return iter(())


@_alternatives.register
def _(node: ast.Compare, place, kinds):
    for i, operator in enumerate(node.ops):
        for other in COMPARISONS[type(operator)]:
            yield Alternative(ast.Compare(node.left, [*node.ops[:i], other(), *node.ops[i + 1 :]], node.comparators))


@_alternatives.register
def _(node: ast.BoolOp, place, kinds):
    yield Alternative(ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values))
    for left_out in node.values:
        rest = [value for value in node.values if value is not left_out]
        yield Alternative(rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest))


@_alternatives.register
def _(node: ast.BinOp, place, kinds):
    if isinstance(node.op, JOINS):
        yield from (Alternative(side) for side in (node.left, node.right))
    elif type(node.op) in ARITHMETIC:
        yield Alternative(ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right))


@_alternatives.register
def _(node: ast.AugAssign, place, kinds):
    yield Alternative(ast.Pass())
    if type(node.op) in ARITHMETIC:
        yield Alternative(ast.AugAssign(node.target, ARITHMETIC[type(node.op)](), node.value))


@_alternatives.register
def _(node: ast.UnaryOp, place, kinds):
    yield Alternative(node.operand)


@_alternatives.register
def _(node: ast.Constant, place, kinds):
    match node.value:
        case bool(truth):
            yield Alternative(ast.Constant(not truth))
        case int(number):
            yield from (Alternative(ast.Constant(other)) for other in (number + 1, number - 1))
        case str(text) if text and place.is_data and not isinstance(place.parent, ast.Assign | ast.AnnAssign):
            yield Alternative(ast.Constant(""))


@_alternatives.register
def _(node: ast.Return, place, kinds):
    if node.value is not None:
        yield Alternative(ast.Return(ast.Constant(None)))


@_alternatives.register(ast.Expr)
@_alternatives.register(ast.Raise)
def _(node, place, kinds):
    if "AssertionError" not in ast.unparse(node):
        yield Alternative(ast.Pass())


@_alternatives.register
def _(node: ast.Continue, place, kinds):
    yield Alternative(ast.Break())


@_alternatives.register(ast.Tuple)
@_alternatives.register(ast.List)
@_alternatives.register(ast.Set)
def _(node, place, kinds):
    if isinstance(place.parent, ast.Subscript | ast.Return | ast.Yield | ast.Assign) and not place.is_data:
        return
    for i, element in enumerate(node.elts):
        less = copy(node)
        less.elts = [*node.elts[:i], *node.elts[i + 1 :]]
        yield Alternative(less, was=element)


@_alternatives.register
def _(node: ast.Dict, place, kinds):
    for i, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
        keys, values = [*node.keys], [*node.values]
        del keys[i], values[i]
        yield Alternative(ast.Dict(keys, values), was=key or value)
        others = [other for other in values[i:] + values[:i] if ast.unparse(other) != ast.unparse(value)]
        if key is not None and others:
            yield Alternative(
                ast.Dict(node.keys, [*node.values[:i], others[0], *node.values[i + 1 :]]), value, others[0]
            )


@_alternatives.register
def _(node: ast.Call, place, kinds):
    for left_out in node.keywords:
        rest = [keyword for keyword in node.keywords if keyword is not left_out]
        yield Alternative(ast.Call(node.func, node.args, rest), was=left_out)
    if place.is_data and len(node.args) > 1:
        alike = all(isinstance(argument, ast.Name) for argument in node.args)
        for left_out in node.args if alike else node.args[-1:]:
            rest = [argument for argument in node.args if argument is not left_out]
            yield Alternative(ast.Call(node.func, rest, node.keywords), was=left_out)


@_alternatives.register(ast.Attribute)
@_alternatives.register(ast.Name)
def _(node, place, kinds):
    if isinstance(node.ctx, ast.Load):
        yield from (Alternative(ast.parse(other, mode="eval").body) for other in kinds.others(ast.unparse(node)))
