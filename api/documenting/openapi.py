"""What the OpenAPI document says of the whole API."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from api.answering.problems import PROBLEM_JSON, ProblemDetails
from api.documenting.examples import add_examples
from api.presenting.wording import without_references

COMPONENTS = "#/components/schemas/"

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
        {"name": "rules", "description": "The process and its policies as data."},
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
            _, problem = models_json_schema([(ProblemDetails, "serialization")], ref_template=f"{COMPONENTS}{{model}}")
            components["schemas"] = dict(sorted((components["schemas"] | problem["$defs"]).items()))
            components["responses"] = {}
            for operation in (each for methods in document["paths"].values() for each in methods.values()):
                _may_be_known(operation)
                _name_problems(operation["responses"], components["responses"])
                _leave_out_what_3_1_lacks(operation["responses"].values())
                _present_or_left_out(operation.get("parameters", ()))
            add_examples(document)
            self.openapi_schema = without_references(document)
        return self.openapi_schema


def _may_be_known(operation: dict[str, Any]) -> None:
    """Whoever says what he has already may be told that it is still so."""
    if any(parameter["name"] == "If-None-Match" for parameter in operation.get("parameters", ())):
        operation["responses"][str(int(HTTPStatus.NOT_MODIFIED))] = {"description": "What the caller has is still so"}


def _name_problems(responses: dict[str, Any], named: dict[str, Any]) -> None:
    """Each problem is described once, and named where it may be met."""
    for status, response in responses.items():
        if PROBLEM_JSON in response.get("content", ()):
            name = f"Problem{status}"
            named.setdefault(name, response)
            responses[status] = {"$ref": f"#/components/responses/{name}"}


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
