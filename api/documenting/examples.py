"""Examples of bodies for the OpenAPI document, put together from one example a field."""

from __future__ import annotations

from typing import Any

EUR = "EUR"
TWELVE = {"minor": 1200, "currency": EUR}
PARCEL = {"carrier": "DHL", "number": "00340434161094042557"}

BY_FIELD: dict[str, Any] = {
    "accepted": True,
    "address_id": "warehouse",
    "after": 4711,
    "amount": TWELVE,
    "buyer_id": "buyer-7",
    "by": "PT48H",
    "cases": [{"case_id": "0d6d4c1a-95a4-4f0a-9a3e-6c1f6b6f1b11", "version": 1}],
    "category": "electronics",
    "city": "Berlin",
    "code": "shown_in_listing",
    "cost": {"minor": 449, "currency": EUR},
    "country": "DE",
    "description": "The lens is scratched.",
    "evidence": ["5f0c0c62-7f0e-4d0e-8b7e-3f6a6e2f9a11"],
    "ground": "The parties do not agree.",
    "grounds": "The photos show the fault.",
    "happened_at": "2026-03-12T09:30:00Z",
    "item": "The same camera in black",
    "liability": {"seller": 100},
    "line_id": "order-1-line-1",
    "name": "Ada Shop",
    "now_at": "2026-03-12T09:30:00Z",
    "order_id": "order-1",
    "postal_code": "10115",
    "price": {"minor": 4000, "currency": EUR},
    "purchased_at": "2026-03-02T09:00:00Z",
    "reasons": ["item_missing"],
    "reason": "wrong_item",
    "reference": "re-2026-000017",
    "seller_id": "seller-3",
    "shipping": {"minor": 590, "currency": EUR},
    "street": "Ringstr. 1",
    "tax": {"minor": 0, "currency": EUR},
    "text": "Which part of it is broken?",
    "up_to": {"minor": 1500, "currency": EUR},
    "title": "Vintage camera",
    "tracking": PARCEL,
    "types": ["refund.*", "cancellation.accepted.v1"],
    "url": "https://shop.example/hooks",
}


def add_examples(document: dict[str, Any]) -> None:
    """Give every JSON body of a shape of ours an example that holds what it needs."""
    schemas = document["components"]["schemas"]
    for operation in (each for methods in document["paths"].values() for each in methods.values()):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        if "$ref" in body:
            schema = schemas[body["$ref"].rsplit("/", 1)[1]]
            schema["examples"] = [{field: BY_FIELD[field] for field in schema.get("required", ())}]
