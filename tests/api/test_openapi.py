"""The OpenAPI document: valid, fresh, and good for a client generator."""

import csv
import io
import json
import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from api.answering.problem_catalogue import CATALOGUE
from api.answering.problems import PROBLEM_JSON
from api.documenting.document import document
from api.documenting.example_values import UNKNOWN
from api.requests.media_types import JSON
from tests.api.declared import resolved

COMMITTED = Path(__file__).parents[2] / "docs" / "api" / "openapi.json"
DOCUMENT = json.loads(document())
OPERATIONS = [
    (method, path, operation) for path, methods in DOCUMENT["paths"].items() for method, operation in methods.items()
]
BEHIND_THE_DOOR = [(method, path, operation) for method, path, operation in OPERATIONS if path.startswith("/v1")]


def test_the_committed_document_is_fresh():
    assert COMMITTED.read_text(encoding="utf-8") == document(), "./run directservice docs"


def test_the_served_document_is_the_committed_one(api):
    assert api.client.get("/openapi.json").json() == DOCUMENT


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
    components = {**DOCUMENT["components"], "examples": "which hold schemas as data"}
    for reference in set(references({**DOCUMENT, "components": components})):
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
        assert re.fullmatch(r"[A-Z].*[^.]", operation["summary"])
    assert explained == {tag for _, _, operation in OPERATIONS for tag in operation["tags"]}


@pytest.mark.parametrize(("method", "path", "operation"), BEHIND_THE_DOOR)
def test_an_operation_behind_the_door_says_who_may_and_what_can_go_wrong(method, path, operation):
    assert operation["security"] == [{"bearer": []}]
    assert operation["x-roles"]
    assert "system" not in operation["x-roles"]
    assert {"400", "401", "403", "406", "422", "500", "503"} <= set(operation["responses"])
    problems = {status for status in operation["responses"] if status >= "400"}
    assert all("$ref" in operation["responses"][status] for status in problems)
    if "requestBody" in operation:
        assert {"408", "413", "415"} <= problems
    conditions = {parameter["name"] for parameter in operation.get("parameters", ())}
    assert ("412" in problems) == ("If-Match" in conditions)
    assert ("304" in operation["responses"]) == ("If-None-Match" in conditions)
    if "{" in path and method != "put":
        assert "404" in problems or "/buyers/" in path


def test_callers_are_not_sent_to_a_specification_they_do_not_have():
    assert not re.search(r"SPEC|DESIGN", document())


def json_of(part):
    """The JSON that a body or an answer may be."""
    return [media for name, media in resolved(part).get("content", {}).items() if name in {JSON, PROBLEM_JSON}]


def told(operation):
    """All JSON that goes in and out of an operation."""
    parts = [operation.get("requestBody", {}), *operation["responses"].values()]
    return [media for part in parts for media in json_of(part)]


@cache
def validator(schema):
    """A validator of the schema in this JSON text."""
    formats = {"validate_formats": True, "ignore_unknown_formats": False}
    return jsonschema_rs.validator_for({"components": DOCUMENT["components"], **json.loads(schema)}, **formats)


def faults(media):
    """What is wrong with the examples of this content."""
    fits = validator(json.dumps(media["schema"]))
    return [
        f"{name}{list(error.instance_path)}: {error.message}"
        for name, example in media["examples"].items()
        for error in fits.iter_errors(resolved(example)["value"])
    ]


@pytest.mark.parametrize("operation", [pytest.param(each[-1], id=each[-1]["operationId"]) for each in OPERATIONS])
def test_whatever_goes_in_and_out_of_an_operation_has_examples_that_fit(operation):
    assert [media["schema"] for media in told(operation) if not media.get("examples")] == []
    assert [fault for media in told(operation) for fault in faults(media)] == []
    successes = [part for status, part in operation["responses"].items() if status < "300"]
    assert successes
    assert all(resolved(part).get("content") for part in successes) or set(operation["responses"]) & {"204"}


def test_each_kind_of_problem_is_an_example_where_it_may_be_met_and_of_no_other_status():
    named = {
        (name, example["value"]["status"])
        for _, _, operation in OPERATIONS
        for status, response in operation["responses"].items()
        if status >= "400"
        for media in json_of(response)
        for name, example in media["examples"].items()
        if example["value"]["status"] == int(status)
    }
    assert named == {(kind.name, kind.status) for kind in CATALOGUE if kind.name not in BEFORE_ANY_OPERATION}


def kinds_of(operation_id, status):
    """The kinds of problem that an operation may answer with under this status."""
    (found,) = [operation for _, _, operation in OPERATIONS if operation["operationId"] == operation_id]
    return {name for media in json_of(found["responses"][status]) for name in media["examples"]}


@pytest.mark.parametrize(
    ("operation_id", "status", "kinds"),
    [
        ("compare_refund_case", "422", {"invalid_field"}),
        ("export_period", "422", {"invalid_field", "rule_broken"}),
        ("advance_clock_to_next_deadline", "409", {"not_allowed_now", "command_in_flight"}),
        ("advance_clock", "409", {"command_in_flight"}),
        ("remove_webhook_endpoint", "409", {"command_in_flight"}),
    ],
)
def test_an_operation_names_the_kinds_of_problem_it_can_lead_to_and_no_others(operation_id, status, kinds):
    assert kinds_of(operation_id, status) == kinds


BEFORE_ANY_OPERATION = {"method_not_allowed", "headers_too_large"}
"""Met before it is known which operation is asked."""


def unknown_texts(part, way=""):
    """Where texts of the examples say nothing."""
    entries = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    if part == UNKNOWN:
        yield way
    for name, inner in entries:
        yield from unknown_texts(inner, f"{way}/{name}")


def test_every_text_of_an_example_says_something():
    found = set(unknown_texts(DOCUMENT["components"]["examples"]))
    assert found == set(), "api/documenting/example_values.py"


def bodies():
    """The names of the shapes that bodies have."""
    schemas = [
        media["schema"] for _, _, operation in BEHIND_THE_DOOR for media in json_of(operation.get("requestBody", {}))
    ]
    return sorted({schema["$ref"].rsplit("/", 1)[1] for schema in schemas})


@pytest.mark.parametrize("name", bodies())
def test_a_body_with_a_field_that_there_is_not_does_not_fit(name):
    fits = validator(json.dumps({"$ref": f"#/components/schemas/{name}"}))
    assert not fits.is_valid({**DOCUMENT["components"]["examples"][name]["value"], "unknown": 1})


def texts(media_type):
    """The examples of answers of this type, with what describes each."""
    return [
        (example["value"], media)
        for _, _, operation in OPERATIONS
        for name, media in resolved(operation["responses"].get("200", {})).get("content", {}).items()
        if name == media_type
        for example in media["examples"].values()
    ]


def test_the_examples_of_streams_are_events_whose_data_fit_the_shape_that_is_named():
    streams = texts("text/event-stream")
    assert len(streams) == 2
    for text, media in streams:
        (event,) = text.removesuffix("\n\n").split("\n\n")
        told = dict(line.split(": ", 1) for line in event.splitlines())
        data = json.loads(told["data"])
        assert list(validator(json.dumps({"$ref": f"#/components/schemas/{media['x-data']}"})).iter_errors(data)) == []
        assert told["id"] == str(data["position"])
        assert told["event"] in {data.get("type"), "orders_changed"}


def test_the_example_of_a_csv_statement_runs_from_its_opening_to_its_closing_balance():
    ((text, _),) = texts("text/csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["entry"] for row in rows] == ["opening", "entry", "closing"]
    opening, charged, closing = (Decimal(row["amount" if row["entry"] == "entry" else "balance"]) for row in rows)
    assert opening + charged == closing


def test_every_example_of_an_export_is_lines_of_json():
    exports = texts("application/x-ndjson")
    assert len(exports) == 4
    assert all([json.loads(line)["kind"] for line in text.splitlines()][-1] == "end" for text, _ in exports)
