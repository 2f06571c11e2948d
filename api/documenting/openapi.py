"""What the OpenAPI document says of the whole API."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api.answering.problems import ProblemDetails
from api.documenting.examples import add_examples
from api.documenting.operation import Operation, operations
from api.documenting.problems_met import name_problems
from api.documenting.response_headers import HEADERS, headers_of
from api.presenting.wording import without_references
from api.schemas.events import PublishedEvent
from api.schemas.hub_updates import HubUpdate

COMPONENTS = "#/components/schemas/"
BESIDE: list[tuple[type[BaseModel], JsonSchemaMode]] = [
    (ProblemDetails, "serialization"),
    (PublishedEvent, "serialization"),
    (HubUpdate, "serialization"),
]
"""Shapes that the framework does not find in endpoints: of problems, and of what streams tell."""

DESCRIPTION: dict[str, Any] = {
    "summary": "Sellers answer their buyers' refund requests themselves.",
    "description": """\
Each refund request is a **case**. A case says where it stands, whom it waits for, until when and what silence
leads to, and names the actions open to the caller with what each would cost. One POST for each action.

* **Who asks**: `Authorization: Bearer` with a token of the marketplace's issuer. A party sees only what is its own;
  anything else answers 404, as if it did not exist.
* **Twice is once**: a POST that opens or moves carries `Idempotency-Key`. The same key and body give the same answer,
  another body 422.
* **On what was seen**: `ETag` is the version; `If-Match` insists on it, `If-None-Match` saves reading it again.
* **What goes wrong** is an RFC 9457 problem whose `type` is a page here. A refusal names the rule and changes nothing.
* **Reading one's own write**: commands answer a `position`; reads of lists take it as `min_position`.
* Amounts are integer minor units with a currency, instants end in `_at` and are UTC, unknown fields and parameters
  are refused.
""",
    "openapi_tags": [
        {"name": "refund cases", "description": "Requests from beginning to end."},
        {"name": "moves of a refund case", "description": "What buyer, seller and support do to a case."},
        {"name": "cancellations", "description": "Requests to cancel a sale, beside refunds."},
        {"name": "moves of a cancellation", "description": "What buyer, seller and support do to one."},
        {"name": "facts from outside", "description": "What carriers, payment provider and marketplace report."},
        {"name": "evidence", "description": "Photos."},
        {"name": "orders", "description": "What was sold, paid and shipped."},
        {"name": "sellers", "description": "Accounts and their addresses."},
        {"name": "ledger", "description": "Balances, statements, and why something was charged."},
        {"name": "seller hub", "description": "What the seller works from."},
        {"name": "support", "description": "What support works from."},
        {"name": "buyers", "description": "Their requests, and standing with the fraud review."},
        {"name": "contacts", "description": "How people are reached, and which mails they want."},
        {"name": "notifications", "description": "What each reader was told, read or unread."},
        {"name": "events", "description": "What happened, for whoever follows it."},
        {"name": "audit", "description": "What can be taken away and verified elsewhere."},
        {"name": "webhooks", "description": "Where the marketplace is told what happens, and what became of it."},
        {"name": "rules", "description": "The processes and their policies as data."},
        {"name": "sandbox", "description": "Time that can be moved forward."},
        {"name": "operation", "description": "Whether the service lives and is ready."},
    ],
}


class Described(FastAPI):
    """An application whose OpenAPI document a client generator can use."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            components = document["components"]
            _, further = models_json_schema(BESIDE, ref_template=f"{COMPONENTS}{{model}}")
            components["schemas"] = dict(sorted((components["schemas"] | further["$defs"]).items()))
            components["responses"], components["headers"] = {}, HEADERS
            for operation in operations(document):
                _complete(operation, components["responses"])
            add_examples(document)
            self.openapi_schema = without_references(document)
        return self.openapi_schema


def _complete(operation: Operation, named: dict[str, Any]) -> None:
    _say_in_one_sentence(operation.described)
    _may_be_known(operation)
    name_problems(operation, named)
    for status, response in operation.responses.items():
        if "$ref" not in response:
            response["headers"] = headers_of(operation, int(status), response)
    _leave_out_what_3_1_lacks(operation.responses.values())
    _present_or_left_out(operation.described.get("parameters", ()))


def _say_in_one_sentence(described: dict[str, Any]) -> None:
    """A summary is one sentence without a full stop; what it says beyond that is description."""
    first, _, more = described["summary"].partition(". ")
    described["summary"] = first.removesuffix(".")
    if more:
        described["description"] = "\n\n".join(filter(None, (more, described.get("description"))))


def _may_be_known(operation: Operation) -> None:
    """Whoever says what he has already may be told that it is still so."""
    if operation.takes("If-None-Match"):
        operation.responses[str(int(HTTPStatus.NOT_MODIFIED))] = {"description": "What the caller has is still so"}


def _leave_out_what_3_1_lacks(responses: Iterable[dict[str, Any]]) -> None:
    """The framework describes the items of a stream as only OpenAPI 3.2 can."""
    for media in (media for response in responses for media in response.get("content", {}).values()):
        media.pop("itemSchema", None)


def _present_or_left_out(parameters: Iterable[dict[str, Any]]) -> None:
    """A parameter that may be left out is never sent as null."""
    for parameter in parameters:
        schema = parameter["schema"]
        kinds = [kind for kind in schema.pop("anyOf", ()) if kind != {"type": "null"}]
        parameter["schema"] = {**schema, **(kinds[0] if kinds else {})}
