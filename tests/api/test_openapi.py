"""The OpenAPI document: valid, fresh, and good for a client generator."""

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from api.__main__ import document

COMMITTED = Path(__file__).parents[2] / "docs" / "api" / "openapi.json"
DOCUMENT = json.loads(document())
OPERATIONS = [
    (method, path, operation) for path, methods in DOCUMENT["paths"].items() for method, operation in methods.items()
]
BEHIND_THE_DOOR = [(method, path, operation) for method, path, operation in OPERATIONS if path.startswith("/v1")]


def test_the_committed_document_is_fresh():
    assert COMMITTED.read_text(encoding="utf-8") == document(), "python -m api > docs/api/openapi.json"


def test_it_is_openapi():
    assert DOCUMENT["openapi"].startswith("3.1")
    assert list(OPENAPI_31_VALIDATOR.iter_errors(DOCUMENT)) == []


def references(part):
    if isinstance(part, dict):
        yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_every_reference_leads_somewhere():
    for reference in set(references(DOCUMENT)):
        found = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def test_operations_have_names_that_become_functions():
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z_]*", name) for name in names)


def test_shapes_have_names_of_their_own_that_become_classes():
    assert [name for name in DOCUMENT["components"]["schemas"] if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)] == []


def test_every_operation_has_a_tag_that_is_explained_and_a_sentence():
    explained = {tag["name"] for tag in DOCUMENT["tags"]}
    for _, _, operation in OPERATIONS:
        assert set(operation["tags"]) <= explained
        assert operation["summary"]
    assert explained == {tag for _, _, operation in OPERATIONS for tag in operation["tags"]}


@pytest.mark.parametrize(("method", "path", "operation"), BEHIND_THE_DOOR)
def test_an_operation_behind_the_door_says_who_may_and_what_can_go_wrong(method, path, operation):
    assert operation["security"] == [{"bearer": []}]
    assert operation["x-roles"]
    assert "system" not in operation["x-roles"]
    assert {"400", "401", "403", "406", "422", "500", "503"} <= set(operation["responses"])
    problems = {status for status in operation["responses"] if status >= "400"}
    assert {operation["responses"][status]["$ref"] for status in problems} == {
        f"#/components/responses/Problem{status}" for status in problems
    }
    if "requestBody" in operation:
        assert {"408", "413", "415"} <= problems
    if "{" in path and method != "put":
        assert "404" in problems or "/buyers/" in path


def test_callers_are_not_sent_to_a_specification_they_do_not_have():
    assert not re.search(r"SPEC|DESIGN", document())


def bodies():
    """The names of the shapes that bodies have."""
    contents = [operation.get("requestBody", {}).get("content", {}) for _, _, operation in BEHIND_THE_DOOR]
    schemas = [content["application/json"]["schema"] for content in contents if "application/json" in content]
    return sorted({schema["$ref"].rsplit("/", 1)[1] for schema in schemas})


@pytest.mark.parametrize("name", bodies())
def test_every_body_has_an_example_that_fits(name):
    shape = {**DOCUMENT, "$ref": f"#/components/schemas/{name}"}
    (example,) = DOCUMENT["components"]["schemas"][name]["examples"]
    assert jsonschema_rs.validator_for(shape).is_valid(example)
    assert not jsonschema_rs.validator_for(shape).is_valid({**example, "unknown": 1})
