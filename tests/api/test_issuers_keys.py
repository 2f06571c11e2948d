"""The issuer's published keys: read when needed, again when they change, and believed for a while without him."""

from dataclasses import replace
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from starlette.testclient import TestClient

from api.callers.auth import TokenVerifier
from api.callers.issuer_keys import FRESH, LASTING, REST, PublishedKeys, public_keys
from tests.api.asking import TRUST, WALL, refused
from tests.service import SELLER

FIRST, SECOND = (ECKey.generate_key("P-256", auto_kid=True) for _ in range(2))
RSA = RSAKey.generate_key(2048, auto_kid=True)
HUB = "/v1/seller-hub/orders"


class Issuer:
    """Publishes these keys, or nothing while it is away."""

    def __init__(self, *keys):
        self.keys = keys
        self.away = False
        self.asked = 0
        self.now = WALL
        self.published = PublishedKeys(self.fetch, lambda: self.now)
        self.verifier = TokenVerifier.of_publisher(self.published, TRUST, lambda: WALL)

    def fetch(self):
        self.asked += 1
        if self.away:
            raise OSError("nobody answers")
        return {"keys": [key.as_dict(private=False) for key in self.keys]}

    def renewed(self):
        if self.published.is_due():
            self.published.renew()
        return [key.kid for key in self.published()]

    def later(self, span):
        self.now += span


def token(key, algorithm="ES256", **header):
    claims = {"iss": TRUST.issuer, "aud": TRUST.audience, "sub": SELLER.id, "role": "seller"}
    claims |= {"seller_id": SELLER.id, "exp": int(WALL.timestamp()) + 60}
    return jwt.encode({"alg": algorithm, "kid": key.kid, **header}, claims, key, [algorithm])


@pytest.fixture
def issuer():
    return Issuer(FIRST)


@pytest.fixture
def ask(application, services, issuer):
    """Asks the API with a token signed by this key."""
    app, stage = application
    stage["services"] = replace(services, tokens=issuer.verifier)
    with TestClient(app) as client:
        yield lambda key, **header: client.get(HUB, headers={"Authorization": f"Bearer {token(key, **header)}"})


def test_keys_are_read_when_they_are_needed_first_and_kept(issuer, ask):
    assert issuer.asked == 0
    assert [ask(FIRST).status_code for _ in range(3)] == [200] * 3
    assert issuer.asked == 1


def test_a_key_that_is_new_is_read_at_once_and_the_old_one_still_works(issuer, ask):
    ask(FIRST)
    issuer.keys = (FIRST, SECOND)
    issuer.later(REST)
    assert [ask(key).status_code for key in (SECOND, FIRST)] == [200, 200]
    assert issuer.asked == 2


def test_a_key_that_was_withdrawn_works_no_longer_once_the_keys_are_read_again(issuer, ask):
    ask(FIRST)
    issuer.keys = (SECOND,)
    assert ask(FIRST).status_code == 200
    issuer.later(FRESH)
    refused(ask(FIRST), 401, "unauthenticated", naming="a key that the issuer does not have")


def test_keys_nobody_has_make_nobody_ask_the_issuer_in_a_row(issuer, ask):
    for _ in range(5):
        refused(ask(SECOND), 401, "unauthenticated", naming="a key that the issuer does not have")
    assert issuer.asked == 1
    issuer.later(REST)
    for _ in range(5):
        ask(SECOND)
    assert issuer.asked == 2


def test_while_the_issuer_is_away_the_keys_are_believed_for_a_day(issuer, ask):
    ask(FIRST)
    issuer.away = True
    issuer.later(LASTING - timedelta(seconds=1))
    assert ask(FIRST).status_code == 200
    issuer.later(timedelta(seconds=1))
    answer = ask(FIRST)
    refused(answer, 503, "unavailable", naming="the token issuer's keys cannot be read")
    assert answer.headers["retry-after"] == "30"


def test_an_issuer_that_is_away_at_the_start_is_asked_again_after_a_rest(issuer, ask):
    issuer.away = True
    for _ in range(3):
        refused(ask(FIRST), 503, "unavailable")
    assert issuer.asked == 1
    issuer.away = False
    issuer.later(REST)
    assert ask(FIRST).status_code == 200


def test_without_a_token_nobody_is_asked(issuer, ask, api):
    refused(api.client.get(HUB), 401, "unauthenticated")
    assert issuer.asked <= 1


@pytest.mark.parametrize("published", [{}, {"keys": 1}, {"keys": []}, {"keys": ["x"]}, []])
def test_what_is_no_key_set_leaves_the_keys_as_they_were(issuer, published):
    assert issuer.renewed() == [FIRST.kid]
    issuer.published._fetch = lambda: published
    issuer.later(FRESH)
    assert issuer.renewed() == [FIRST.kid]


def test_a_shared_secret_among_the_keys_is_no_key_set():
    jwks = {"keys": [FIRST.as_dict(private=False), OctKey.generate_key().as_dict(private=True)]}
    with pytest.raises(ValueError, match="public keys only"):
        public_keys(jwks)


def test_keys_of_an_unknown_kind_and_for_encryption_are_left_out():
    encrypts = {**RSA.as_dict(private=False), "use": "enc"}
    unknown = {"kty": "AKP", "alg": "ML-DSA-44", "pub": "x", "kid": "pq"}
    assert [key.kid for key in public_keys({"keys": [encrypts, unknown, FIRST.as_dict(private=False)]})] == [FIRST.kid]


def test_a_key_signs_with_its_own_algorithm_alone(issuer, ask):
    issuer.keys = (FIRST, RSA)
    refused(ask(RSA, algorithm="RS256", kid=FIRST.kid), 401, "unauthenticated")
    assert ask(RSA, algorithm="RS256").status_code == 200
