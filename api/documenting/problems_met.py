"""Which kinds of problem an operation may meet: of the statuses it declares, those that what it does can lead to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from api.answering.answers import KINDS
from api.answering.problem_catalogue import CATALOGUE
from api.answering.problem_kind import Kind
from api.answering.problems import PROBLEM_JSON, ProblemDetails
from api.documenting.example_values import CORRELATION
from api.documenting.operation import Operation
from api.documenting.response_headers import headers_of
from api.entrance.admission import ALWAYS
from api.schemas.cancellation import Cancellation
from api.schemas.refund_case import RefundCase

MATTERS = (RefundCase.__name__, Cancellation.__name__)

Met = Callable[[Operation], bool]
ONLY_WHERE: Mapping[str, Met] = {
    "idempotency_key_required": lambda it: it.takes("Idempotency-Key"),
    "command_reused": lambda it: it.takes("Idempotency-Key"),
    "unauthenticated": lambda it: it.is_behind_the_door,
    "not_signed": lambda it: not it.is_behind_the_door,
    "not_allowed_now": lambda it: it.answers_with(*MATTERS),
    "deadline_passed": lambda it: it.answers_with(*MATTERS) and it.takes("If-Match"),
    "command_in_flight": lambda it: not it.is_safe,
    "rule_broken": lambda it: not it.is_safe,
    "too_many_streams": lambda it: it.takes("Last-Event-ID"),
    "overloaded": lambda it: it.path not in ALWAYS,
    "in_doubt": lambda it: not it.is_safe,
    "not_yet": lambda it: it.takes("min_position"),
}
"""What these kinds need, where the route does not name them; every other may be met wherever its status is declared."""


def kinds_met(operation: Operation, status: int) -> list[Kind]:
    """In the catalogue's order."""
    named = operation.responses[str(status)].get(KINDS, ())
    of_status = [kind for kind in CATALOGUE if kind.status == status]
    anywhere = {kind.name for kind in of_status} - ONLY_WHERE.keys()
    return [kind for kind in of_status if kind.name in {*anywhere, *named} or ONLY_WHERE[kind.name](operation)]


def name_problems(operation: Operation, named: dict[str, Any]) -> None:
    """Describe each choice of problems once, in ``named``, and refer to it where it may be met."""
    for status, response in operation.responses.items():
        if PROBLEM_JSON in response.get("content", ()):
            kinds = kinds_met(operation, int(status))
            name = "Or".join(kind.name.title().replace("_", "") for kind in kinds)
            named.setdefault(name, {**_described(kinds), "headers": headers_of(operation, int(status), response)})
            operation.responses[status] = {"$ref": f"#/components/responses/{name}"}


def _described(kinds: Sequence[Kind]) -> dict[str, Any]:
    examples = {
        kind.name: {"summary": kind.title, "value": {**kind.example, "correlation_id": CORRELATION}} for kind in kinds
    }
    schema = {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"}
    return {
        "description": ", or ".join(f"[{kind.title}]({kind.type})" for kind in kinds),
        "content": {PROBLEM_JSON: {"schema": schema, "examples": examples}},
    }
