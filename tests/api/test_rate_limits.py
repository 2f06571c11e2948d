"""How often one may ask, how many at once: refused with a time to come back, without work and without a trace."""

import asyncio
import hashlib
import hmac
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.answering.problems import Problem
from api.entrance.admission import Admission
from api.entrance.rate_limits import Caller, RateLimits, network_of
from api.inbound.signatures import StripeSignatures
from api.services import Inbound
from domain.actors import Actor, Role
from store.allowances import Allowances, Drawn, Rate
from tests.api.asking import CASES, WALL, WRITTEN, refused
from tests.api.conftest import Api
from tests.service import BUYER, MARKETPLACE, SELLER

pytestmark = pytest.mark.usefixtures("counted_however_long_it_takes")
SLOW = Rate(per_second=1 / 60, burst=3)
HUB = "/v1/seller-hub/orders"


@pytest.fixture
def limited(application, services, service, engine):
    """The application with room for three requests of each kind of caller."""
    app, stage = application
    limits = RateLimits(Allowances(engine), dict.fromkeys(Caller, SLOW))
    stage["services"] = replace(services, rate_limits=limits)
    with TestClient(app) as client:
        yield Api(client, service)


def test_one_who_asks_too_often_is_told_when_to_come_back(limited):
    answers = [limited(SELLER).get(HUB) for _ in range(4)]
    assert [answer.status_code for answer in answers[:3]] == [200] * 3
    refused(answers[3], 429, "too-many-requests", naming="at most 1 requests a minute are taken from you, 3 of them")
    assert 1 <= int(answers[3].headers["retry-after"]) <= 60


def test_a_request_that_is_too_many_changes_nothing(limited):
    limited.service.sold()
    answers = [limited(BUYER).post(CASES, WRITTEN, key=str(number)) for number in range(5)]
    before = limited.head()
    refused(answers[4], 429, "too-many-requests")
    assert limited.head() == before


def test_each_party_has_an_allowance_of_its_own(limited):
    for _ in range(4):
        limited(SELLER).get(HUB)
    assert limited(Actor(role=Role.SELLER, id="s-2")).get(HUB).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer of no interest here"}])
def test_a_stranger_is_known_by_his_address(limited, headers):
    answers = [limited.client.get("/problems", headers=headers) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]


def test_a_webhook_for_which_nobody_is_connected_is_a_stranger_s(limited):
    answers = [limited.client.post("/inbound/payments").status_code for _ in range(4)]
    assert answers == [404, 404, 404, 429]


def test_a_webhook_is_counted_when_its_signature_does_not_fit(application, services, service, engine):
    app, stage = application
    limits = RateLimits(Allowances(engine), dict.fromkeys(Caller, SLOW))
    believed = Inbound(payments=StripeSignatures(("whsec_1",), lambda: WALL))
    stage["services"] = replace(services, rate_limits=limits, inbound=believed)
    body, signed = b'{"type": "payout.paid", "created": 1, "data": {"object": {}}}', "t=1772816400,v1="
    made = hmac.new(b"whsec_1", b"1772816400." + body, hashlib.sha256).hexdigest()
    with TestClient(app) as client:
        told, guessed = (
            [
                client.post("/inbound/payments", content=body, headers={"Stripe-Signature": signed + one})
                for _ in range(5)
            ]
            for one in (made, "guess")
        )
    assert [answer.status_code for answer in told] == [200] * 5
    assert [answer.status_code for answer in guessed] == [401, 401, 401, 429, 429]


@pytest.mark.parametrize("header", ["Bearer guess", "Basic x", ""])
def test_guessing_at_tokens_is_limited_by_address(limited, header):
    headers = {"Authorization": header} if header else {}
    answers = [limited.client.get(HUB, headers=headers).status_code for _ in range(5)]
    assert answers == [401, 401, 401, 429, 429]


def test_addresses_that_do_not_exist_are_counted_too(limited):
    assert [limited.client.get(f"/{number}").status_code for number in range(4)] == [404, 404, 404, 429]


def test_whoever_watches_the_service_is_never_shut_out(limited):
    for path in ("/live", "/ready", "/metrics"):
        assert {limited.client.get(path).status_code for _ in range(5)} == {200}


class Counted:
    """A shared allowance of so many, which counts how often it was asked."""

    def __init__(self, left, wait_seconds=7.0):
        self.left, self.wait_seconds, self.asked = left, wait_seconds, 0

    def draw(self, _subject, _rate, wanted):
        self.asked += 1
        granted = min(wanted, self.left)
        self.left -= granted
        return Drawn(granted, self.wait_seconds)


class Turnstile:
    """Rate limits over a counted allowance, on a clock that the test sets."""

    def __init__(self, left, rate=SLOW, kinds=tuple(Caller)):
        self.allowance, self.time = Counted(left), 0.0
        self.limits = RateLimits(self.allowance, dict.fromkeys(kinds, rate), lambda: self.time)

    def lets_in(self, actor=SELLER):
        try:
            asyncio.run(self.limits.admit(actor))
        except Problem as problem:
            return int(problem.headers["Retry-After"])
        return True


def test_the_shared_count_is_asked_once_for_several_requests():
    turnstile = Turnstile(100, Rate(per_second=10, burst=100))
    assert all(turnstile.lets_in() for _ in range(20))
    assert turnstile.allowance.asked == 2


def test_one_who_was_refused_is_refused_without_asking_again_until_his_time():
    turnstile = Turnstile(0)
    assert [turnstile.lets_in() for _ in range(50)] == [7] * 50
    assert turnstile.allowance.asked == 1
    turnstile.time, turnstile.allowance.left = 7.0, 1
    assert turnstile.lets_in() is True


@pytest.mark.parametrize(("wait_seconds", "told"), [(0.0, 1), (0.2, 1), (7.2, 8)])
def test_one_who_comes_back_when_he_was_told_is_never_too_early(wait_seconds, told):
    turnstile = Turnstile(0)
    turnstile.allowance.wait_seconds = wait_seconds
    assert turnstile.lets_in() == told


def test_what_was_drawn_and_not_used_expires():
    turnstile = Turnstile(10, Rate(per_second=10, burst=100))
    assert turnstile.lets_in() is True
    turnstile.time = 60.0
    assert turnstile.lets_in() == 7


def test_a_kind_of_callers_without_a_rate_is_not_counted():
    turnstile = Turnstile(0, kinds=[Caller.PERSON])
    assert turnstile.lets_in(MARKETPLACE) is True
    assert turnstile.allowance.asked == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("testclient", "testclient"),
    ],
)
def test_an_ipv6_address_counts_as_the_network_one_customer_is_given(address, network):
    assert network_of(address) == network


@given(st.ip_addresses(v=6))
def test_every_address_has_a_network(address):
    assert network_of(str(address))


# At once


def test_beyond_the_requests_at_once_one_is_asked_to_come_back(services):
    full = replace(services, limits=replace(services.limits, requests_at_once=2))
    answered = []

    async def busy():
        entered, leave = asyncio.Semaphore(0), asyncio.Event()

        async def endpoint(_scope, _receive, _send):
            entered.release()
            await leave.wait()
            answered.append(True)

        admission = Admission(endpoint)
        scope = {"type": "http", "path": CASES, "headers": [(b"authorization", b"x")], "state": {"services": full}}
        under_way = [asyncio.create_task(admission(scope, None, None)) for _ in range(2)]
        for _ in under_way:
            await entered.acquire()
        with pytest.raises(Problem) as problem:
            await admission(scope, None, None)
        leave.set()
        await asyncio.gather(*under_way)
        await admission(scope, None, None)
        return problem.value

    problem = asyncio.run(busy())
    assert (problem.kind.name, problem.kind.status, problem.headers["Retry-After"]) == ("overloaded", 503, "1")
    assert len(answered) == 3


@pytest.mark.parametrize("stream", ["/v1/events/stream", "/v1/seller-hub/updates"])
def test_a_stream_takes_no_place_from_what_is_soon_answered(application, services, service, stream):
    app, stage = application
    stage["services"] = replace(services, limits=replace(services.limits, requests_at_once=0))
    with TestClient(app) as client:
        refused(client.get(stream), 401, "unauthenticated")
        refused(client.get("/v1/events"), 503, "overloaded")


def test_a_process_that_is_full_still_says_that_it_lives(application, services, service):
    app, stage = application
    stage["services"] = replace(services, limits=replace(services.limits, requests_at_once=0))
    with TestClient(app) as client:
        refused(client.get("/problems"), 503, "overloaded")
        assert client.get("/live").status_code == 200
