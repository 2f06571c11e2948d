"""Stripe's refunds API on this machine, with the troubles that the local twin knows, by the payment's name."""

from scheduler.twins.payments import BUSY_TRIES, MARK, Trouble
from tests.scheduler.serving import Cut

KEY = "sk_test_at_home"
CREATED = 1_772_000_000


class StripeAtHome:
    """Remembers refunds for ever and keys until it is told to forget them."""

    def __init__(self):
        self.refunds = []
        self.asked = []
        self._tries = {}
        self._answers = {}

    def __call__(self, asked):
        self.asked.append(asked)
        if asked.headers["authorization"] != f"Bearer {KEY}":
            return error(401, "invalid_request_error", "Invalid API Key provided")
        if (asked.method, asked.path) == ("GET", "/v1/refunds"):
            return self._listed(asked.query)
        if (asked.method, asked.path) == ("POST", "/v1/refunds"):
            return self._refunded(asked.headers["idempotency-key"], asked.form)
        return error(404, "invalid_request_error", "Unrecognized request URL")

    def forget_keys(self):
        """What Stripe does after a day or more."""
        self._answers.clear()

    def _listed(self, query):
        of_payment = [
            it for it in self.refunds if it["payment"] == (query.get("payment_intent") or query.get("charge"))
        ]
        ids = [it["id"] for it in of_payment]
        rest = of_payment[ids.index(query["starting_after"]) + 1 :] if "starting_after" in query else of_payment
        page = rest[:2]
        return 200, {"object": "list", "data": page, "has_more": len(rest) > len(page)}

    def _refunded(self, key, form):
        payment = form.get("payment_intent") or form.get("charge")
        trouble = payment.rpartition(MARK)[2]
        tries = self._tries[key] = self._tries.get(key, 0) + 1
        if trouble == Trouble.BUSY and tries <= BUSY_TRIES:
            return (*error(503, "api_error", "try again"), {"Retry-After": "7"})
        if trouble == Trouble.REFUSED:
            return error(400, "invalid_request_error", "this payment cannot be refunded", "charge_already_refunded")
        known, answer = self._answers.get(key, (form, None))
        if known != form:
            return error(400, "idempotency_error", "Keys for idempotent requests can only be used with the same form")
        if answer is None:
            answer = self._made(form, payment)
            self._answers[key] = form, answer
        if trouble == Trouble.ANSWER_LOST and tries == 1:
            raise Cut
        return 200, answer

    def _made(self, form, payment):
        metadata = {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")}
        refund = {
            "id": f"re_{len(self.refunds) + 1}",
            "object": "refund",
            "payment": payment,
            "amount": int(form["amount"]),
            "status": "pending",
            "created": CREATED,
            "metadata": metadata,
        }
        self.refunds.append(refund)
        return refund


def error(status, kind, message, code=None):
    return status, {"error": {"type": kind, "message": message, "code": code}}
