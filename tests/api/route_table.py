"""The route table as the OpenAPI document tells it, for tests that go through all of it."""

import json
import re
from dataclasses import dataclass

from api.documenting.document import document
from tests.api.asking import CASES, id_of, opened, uploaded
from tests.projections.views import Views
from tests.service import BUYER, SELLER, berlin, order_line

DOCUMENT = json.loads(document())


@dataclass(frozen=True)
class Route:
    """One operation behind the door."""

    method: str
    path: str
    described: dict

    @property
    def name(self):
        return self.described["operationId"]

    @property
    def roles(self):
        return self.described["x-roles"]

    def takes(self, parameter):
        return any(each["name"] == parameter for each in self.described.get("parameters", ()))

    @property
    def body(self):
        """The document's own example; None where no JSON is sent."""
        content = self.described.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return None
        (example,) = content["examples"]
        return DOCUMENT["components"]["examples"][example]["value"]


ROUTES = [
    Route(method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if path.startswith("/v1")
]


class Places:
    """What the addresses of a test's things hold: a case, a cancellation and all that is around them."""

    def __init__(self, api, engine):
        self._ids = {CASES: id_of(opened(api))}
        sale = {"purchased_at": berlin("2026-03-06T17:00"), "shipped_at": None, "delivered_at": None}
        api.service.sold(order_line("o-3-1", order_id="o-3", **sale))
        asked = api(BUYER).post("/v1/cancellations", {"line_id": "o-3-1"})
        self._ids["/v1/cancellations"] = id_of(asked.headers["location"])
        Views(engine).catch_up()
        self._known = {
            "notification_id": api(SELLER).get("/v1/notifications").json()["items"][0]["id"],
            "line_id": "o-1-1",
            "order_id": "order-1",
            "seller_id": SELLER.id,
            "buyer_id": BUYER.id,
            "address_id": "home",
            "policy_ref": "standard@1",
            "evidence_id": uploaded(api),
            "position": "1",
            "endpoint_id": "shop",
            "reference": "ref-1",
            "rule_id": "small",
        }

    def __call__(self, path):
        """The path with its names filled in."""
        collection = "/".join(path.split("/")[:3])
        return re.sub(
            r"\{(\w+)\}", lambda it: str(self._ids[collection] if it[1] == "id" else self._known[it[1]]), path
        )
