"""A marketplace's shipping service on this machine, as docs/connections.md describes it."""

from tests.scheduler.serving import Cut

KEY = "ship_at_home"


class ShippingAtHome:
    """One label a key; a country it does not serve, and a parcel on its way, are refused."""

    def __init__(self):
        self.labels = {}
        self.orders = []
        self.on_their_way = set()
        self.loses_the_next_answer = False

    def __call__(self, asked):
        if asked.headers["authorization"] != f"Bearer {KEY}":
            return error(401, "unauthenticated", "who are you")
        place, _, key = asked.path.rpartition("/")
        if place != "/labels":
            return error(404, "unknown", "no such address")
        return self._issued(key, asked.json) if asked.method == "PUT" else self._voided(key)

    def _issued(self, key, order):
        self.orders.append(order)
        if order["to"]["country"] != "DE":
            return error(422, "not_served", f"no delivery to {order['to']['country']}")
        number = f"SH{len(self.labels) + 1:06}"
        self.labels.setdefault(
            key,
            {
                "tracking": {"carrier": "Home Parcel", "number": number},
                "cost": {"minor": 449, "currency": order["currency"]},
                "issued_at": "2026-03-09T09:00:00Z",
                "document": f"https://labels.example/{number}",
                "void": False,
            },
        )
        if self.loses_the_next_answer:
            self.loses_the_next_answer = False
            raise Cut
        return 200, self.labels[key]

    def _voided(self, key):
        if key not in self.labels:
            return error(404, "unknown_label", "there is no such label")
        if key in self.on_their_way:
            return error(422, "on_its_way", "the parcel is already on its way")
        self.labels[key]["void"] = True
        return 204, b""


def error(status, code, message):
    return status, {"error": {"code": code, "message": message}}
