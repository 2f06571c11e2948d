"""What the port to the payment provider promises, kept by the real adapter and by the local twin alike."""

from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from scheduler.adapters.asking import Service
from scheduler.adapters.stripe_payments import StripePayments
from scheduler.ports.payments import RefundOrder
from scheduler.ports.trouble import NoAnswer, RefusedForGood
from scheduler.refunds import refund_key
from tests.scheduler.serving import serving
from tests.scheduler.stripe_at_home import KEY, StripeAtHome
from tests.service import eur

STREAM = UUID(int=7)


def order(reference="pay-1", *, stream_id=STREAM, attempt=1, amount=None):
    return RefundOrder(
        key=refund_key(stream_id, attempt),
        stream_id=stream_id,
        attempt=attempt,
        amount=amount or eur("45.90"),
        order_id="o-1",
        line_id="o-1-1",
        payment_reference=reference,
    )


@contextmanager
def stripe(answer, key=KEY, patience=timedelta(seconds=60)):
    with serving(answer) as address:
        service = Service("the payment provider", address, key, patience=patience)
        try:
            yield StripePayments(service)
        finally:
            service.close()


class OfTwin:
    def __init__(self, house):
        self._house = house
        self.payments = house.payments

    def taken(self):
        return [(row.stream_id, row.attempt, row.amount_minor) for row in self._house.refunds_taken()]


class OfStripe:
    def __init__(self, at_home, payments):
        self._at_home = at_home
        self.payments = payments

    def taken(self):
        return [
            (UUID(it["metadata"]["stream_id"]), int(it["metadata"]["attempt"]), it["amount"])
            for it in self._at_home.refunds
        ]


@pytest.fixture(params=["twin", "stripe"])
def provider(request, house):
    if request.param == "twin":
        yield OfTwin(house)
        return
    at_home = StripeAtHome()
    with stripe(at_home) as payments:
        yield OfStripe(at_home, payments)


def test_a_refund_is_taken_with_its_amount_and_told_by_the_providers_name(provider):
    taken = provider.payments.refund(order())
    assert taken.reference
    assert taken.taken_at.tzinfo is not None
    assert provider.taken() == [(STREAM, 1, 4590)]


def test_the_same_key_has_the_same_answer_and_pays_once(provider):
    first = provider.payments.refund(order())
    assert provider.payments.refund(order()) == first
    assert len(provider.taken()) == 1


def test_another_attempt_and_another_case_are_other_refunds(provider):
    provider.payments.refund(order())
    provider.payments.refund(order(attempt=2))
    provider.payments.refund(order(stream_id=uuid4()))
    assert len(provider.taken()) == 3


def test_a_busy_provider_gives_no_answer_until_he_takes_it(provider):
    for _ in range(2):
        with pytest.raises(NoAnswer):
            provider.payments.refund(order("pay-1#busy"))
    assert provider.taken() == []
    provider.payments.refund(order("pay-1#busy"))
    assert len(provider.taken()) == 1


def test_a_lost_answer_is_no_answer_and_asking_again_pays_once(provider):
    with pytest.raises(NoAnswer):
        provider.payments.refund(order("pay-1#answer-lost"))
    assert len(provider.taken()) == 1, "it was taken, though nobody here knows"
    provider.payments.refund(order("pay-1#answer-lost"))
    assert len(provider.taken()) == 1


def test_a_refund_that_is_never_made_is_refused_in_words(provider):
    with pytest.raises(RefusedForGood, match="this payment cannot be refunded"):
        provider.payments.refund(order("pay-1#refused"))
    assert provider.taken() == []


# What is the real adapter's alone


def test_a_key_that_the_provider_has_forgotten_pays_nothing_again():
    at_home = StripeAtHome()
    with stripe(at_home) as payments:
        for attempt in (1, 2, 3):
            payments.refund(order(attempt=attempt))
        at_home.forget_keys()
        assert payments.refund(order(attempt=3)).reference == "re_3", (
            "found on the second page of the payment's refunds"
        )
    assert len(at_home.refunds) == 3


@pytest.mark.parametrize(("reference", "name"), [("pi_1", "payment_intent"), ("ch_1", "charge"), ("py_1", "charge")])
def test_a_payment_is_named_by_what_it_is(reference, name):
    at_home = StripeAtHome()
    with stripe(at_home) as payments:
        payments.refund(order(reference))
    made = at_home.asked[-1]
    assert (made.form[name], made.form["amount"], made.form["metadata[order_id]"]) == (reference, "4590", "o-1")
    assert made.headers["idempotency-key"] == str(refund_key(STREAM, 1))


@pytest.mark.parametrize(
    ("minor", "currency", "told"),
    [(500, "JPY", "500"), (500, "ISK", "50000"), (4590, "EUR", "4590"), (1230, "KWD", "1230")],
)
def test_amounts_are_told_as_the_provider_counts_them(minor, currency, told):
    at_home = StripeAtHome()
    with stripe(at_home) as payments:
        payments.refund(order(amount=eur("1.00").model_copy(update={"minor": minor, "currency": currency})))
    assert at_home.asked[-1].form["amount"] == told


def test_thousandths_that_the_provider_does_not_refund_are_refused():
    with stripe(StripeAtHome()) as payments, pytest.raises(RefusedForGood, match="thousandths of KWD"):
        payments.refund(order(amount=eur("1.00").model_copy(update={"minor": 1234, "currency": "KWD"})))


def test_an_order_without_a_payment_is_refused():
    with stripe(StripeAtHome()) as payments, pytest.raises(RefusedForGood, match="names no payment"):
        payments.refund(order(None))


def test_a_refund_that_failed_at_once_is_refused_with_its_reason():
    at_home = StripeAtHome()
    with stripe(at_home) as payments:
        payments.refund(order())
        at_home.refunds[0] |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
        with pytest.raises(RefusedForGood, match="expired_or_canceled_card"):
            payments.refund(order())


def test_a_key_of_ours_that_is_not_accepted_condemns_no_refund():
    with stripe(StripeAtHome(), key="sk_wrong") as payments, pytest.raises(NoAnswer, match="our key") as silence:
        payments.refund(order())
    assert silence.value.retry_after == timedelta(minutes=5)
    assert "sk_wrong" not in str(silence.value)


def refusing(status, content=None, headers=None):
    def answer(asked):
        return (200, {"data": []}) if asked.method == "GET" else (status, content, headers or {})

    return answer


@pytest.mark.parametrize(
    ("status", "content", "headers", "rest"),
    [
        (429, None, {"Retry-After": "30"}, timedelta(seconds=30)),
        (503, None, {"Retry-After": "999999"}, timedelta(hours=1)),
        (500, None, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        (409, {"error": {"type": "invalid_request_error"}}, {}, None),
        (302, None, {"Location": "http://127.0.0.1:1/"}, None),
        (404, b"<h1>no such page</h1>", {}, None),
        (200, b"{", {}, None),
        (200, {"id": ""}, {}, None),
        (200, None, {}, None),
        (400, {"error": "odd"}, {}, None),
        (400, {"message": "no route"}, {}, None),
        (400, [], {}, None),
        (400, {"error": {"type": "idempotency_error"}}, {}, None),
        (400, {"error": {"type": "invalid_request_error", "code": "balance_insufficient"}}, {}, None),
    ],
)
def test_whatever_says_nothing_of_the_refund_is_no_answer(status, content, headers, rest):
    with stripe(refusing(status, content, headers)) as payments, pytest.raises(NoAnswer) as silence:
        payments.refund(order())
    assert silence.value.retry_after == rest


def test_an_answer_that_is_not_there_in_time_is_none():
    unfinished, patience = (200, {}, {"Content-Length": "100"}), timedelta(seconds=0.2)
    with stripe(lambda _: unfinished, patience=patience) as payments, pytest.raises(NoAnswer, match="ReadTimeout"):
        payments.refund(order())


def test_an_endless_answer_is_none():
    with (
        stripe(lambda _: (200, b" " * (2 << 20))) as payments,
        pytest.raises(NoAnswer, match="more than 1048576 bytes"),
    ):
        payments.refund(order())


def test_a_provider_who_is_not_there_gives_no_answer():
    service = Service("the payment provider", "http://127.0.0.1:9", KEY, patience=timedelta(seconds=5))
    with pytest.raises(NoAnswer, match="the payment provider did not answer: ConnectError"):
        StripePayments(service).refund(order())
    service.close()
