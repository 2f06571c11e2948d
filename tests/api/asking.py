"""What the tests of the API say again and again."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from api.callers.auth import Trust
from tests.service import BUYER, order_line, png

SECRET = "a secret that is long enough to sign with"  # noqa: S105 -- the tests' own
TRUST = Trust(issuer="https://issuer.test", audience="directservice")
WALL = datetime(2026, 3, 6, 17, tzinfo=UTC)
"""What the wall clock says while the tests run."""

CASES = "/v1/refund-cases"
PROBLEM_JSON = "application/problem+json"
WRITTEN = {"line_id": "o-1-1", "reason": "item_missing", "description": "It is not in the box."}
"""A request as a buyer writes it."""


def opened(api, **changes):
    """A case of the line of SPEC §11, sold and asked for; where it is."""
    api.service.sold(order_line())
    return api(BUYER).post(CASES, {**WRITTEN, **changes}).headers["Location"]


def id_of(href):
    """The id of what is there."""
    return UUID(href.rsplit("/", 1)[1])


def names(case):
    """The actions that this case offers."""
    return [action["name"] for action in case["available_actions"]]


def refused(response, status, kind, *, rule=None, naming=""):
    """The response is a problem of this kind that names what is wrong."""
    assert response.headers["content-type"] == PROBLEM_JSON, response.text
    problem = response.json()
    assert (response.status_code, problem["type"]) == (status, f"/problems/{kind}"), problem
    assert problem["status"] == status
    assert problem["correlation_id"] == response.headers["x-correlation-id"]
    assert rule in (None, problem.get("rule"))
    assert naming in problem["detail"]
    return problem


def uploaded(api, actor=BUYER, content=None):
    """A photo of this party; its id."""
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "image/png"}
    answer = api(actor).send("POST", "/v1/evidence", content=content or png(), headers=headers)
    return answer.json()["evidence_id"]
