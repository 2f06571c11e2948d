"""Requests that schemathesis makes up from the OpenAPI document, right and wrong: every answer is a declared one."""

from contextlib import contextmanager

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.python.asgi import get_client

from api.app import create_app
from domain.actors import Actor, Role
from tests.api.asking import opened
from tests.api.conftest import token
from tests.service import SELLER

EXAMPLES = 6
"""Of each operation; the machine's own examples are found anew with each release of the tool, not by running long."""


@contextmanager
def nothing():
    yield None


CONFIG = schemathesis.Config.from_dict(
    {
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ["2xx", 304, 400, 404, 406, 409, 412, 422]},
            "negative_data_rejection": {"expected-statuses": ["4xx"]},
        }
    }
)
"""Well-formed requests meet rules of the trade, which no schema states."""


def operations_of(app):
    schema = schemathesis.openapi.from_dict(app.openapi(), config=CONFIG)
    schema.app = app
    return {result.ok().label: result.ok() for result in schema.get_all_operations()}


OPERATIONS = operations_of(create_app(nothing))
RIGHT = sorted(OPERATIONS)
WRONG = sorted(
    label
    for label, each in OPERATIONS.items()
    if each.definition.raw.get("parameters") or each.definition.raw.get("requestBody")
)
"""Of an operation that takes nothing, nothing can be wrong."""
WHO = {"seller": SELLER.id, "buyer": "b-1"}


def caller(operation):
    """Somebody who may ask it."""
    roles = operation.definition.raw.get("x-roles") or ["support"]
    role = Role(roles[-1])
    return Actor(role=role, id=WHO.get(role, "x-1"))


@pytest.fixture(scope="session")
def operations(application):
    return operations_of(application[0])


def ask(api, operation, mode):
    """Some requests to the operation, right or wrong, each answered as declared."""
    headers = {"Authorization": f"Bearer {token(caller(operation))}"}
    opened(api)

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
        database=None,
    )
    @given(operation.as_strategy(generation_mode=mode))
    def answered(case):
        case.call_and_validate(session=client, headers=headers)

    with get_client(operation.app) as client:
        answered()


@pytest.mark.parametrize("label", RIGHT)
def test_a_request_that_the_document_allows_is_answered_as_declared(api, operations, label):
    ask(api, operations[label], GenerationMode.POSITIVE)


@pytest.mark.parametrize("label", WRONG)
def test_a_request_that_it_forbids_is_refused_as_declared(api, operations, label):
    ask(api, operations[label], GenerationMode.NEGATIVE)
