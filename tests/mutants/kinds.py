"""What the names of a module stand for, so that one can take the place of another of its kind."""

import ast
from enum import Enum
from types import ModuleType


class Kinds:
    """The names of one imported module, each with the others of the same kind.

    Of a kind are the members of one enumeration, tuples of them, and classes named through the same module.
    """

    def __init__(self, module: ModuleType, source: str) -> None:
        self._names = vars(module)
        self._said = dict.fromkeys(ast.unparse(node) for node in ast.walk(ast.parse(source)) if _is_name(node))

    def others(self, name: str) -> list[str]:
        """The next name of the same kind, if there is one."""
        if name not in self._said:
            return []
        value = self._value(name)
        if isinstance(value, Enum) and "." in name:
            return [f"{name.rpartition('.')[0]}.{_next(value, list(type(value))).name}"]
        kind = self._kind(name, value)
        alike = [other for other in self._said if kind and self._kind(other, self._value(other)) == kind]
        another = [other for other in alike if self._value(other) != value]
        return [_next(name, [name, *another])] if another else []

    def _value(self, name):
        try:
            return eval(name, self._names)  # noqa: S307 -- the project's own source
        except (NameError, AttributeError):
            return None

    def _kind(self, name, value):
        if isinstance(value, Enum) or (isinstance(value, tuple) and value and isinstance(value[0], Enum)):
            return type(value), type(value[0]) if isinstance(value, tuple) else None
        through, _, _ = name.rpartition(".")
        return through if through and isinstance(value, type) and isinstance(self._value(through), ModuleType) else None


def _is_name(node):
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name))


def _next(member, members):
    return members[(members.index(member) + 1) % len(members)]
