"""Who asks: only tokens that the issuer made for this service, in time, for a role and id of the trade."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from api.answering.problems import Problem
from api.callers.auth import TokenVerifier
from api.callers.tokens import issue
from domain.actors import Actor, Role
from tests.api.asking import CASES, SECRET, TRUST, WALL, refused
from tests.service import BUYER, CARRIER, SELLER, SUPPORT

VERIFIER = TokenVerifier.of_sandbox(SECRET, TRUST, lambda: WALL)
CLAIMS = {
    "iss": "https://issuer.test",
    "aud": "directservice",
    "sub": "someone",
    "role": "seller",
    "seller_id": "s-1",
    "exp": int(WALL.timestamp()) + 60,
}
RSA = RSAKey.generate_key(2048, auto_kid=True)
EC = ECKey.generate_key("P-256", auto_kid=True)
ED = OKPKey.generate_key("Ed25519", auto_kid=True)
JWKS = {"keys": [key.as_dict(private=False) for key in (RSA, EC, ED)]}
OF_ISSUER = TokenVerifier.of_issuer(JWKS, TRUST, lambda: WALL)


def signed(algorithm="HS256", key=None, header=None, **changes):
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    return jwt.encode({"alg": algorithm, **(header or {})}, claims, key or OctKey.import_key(SECRET), [algorithm])


def encoded(part):
    return urlsafe_b64encode(part if isinstance(part, bytes) else json.dumps(part).encode()).rstrip(b"=").decode()


def refusal(token, verifier=VERIFIER):
    with pytest.raises(Problem) as caught:
        verifier.actor(f"Bearer {token}")
    assert caught.value.kind.name == "unauthenticated"
    assert "WWW-Authenticate" in caught.value.headers
    return caught.value.detail


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM}))
def test_a_token_speaks_for_its_role_and_id(role):
    actor = Actor(role=role, id="x-1")
    token = issue(actor, SECRET, TRUST, now=WALL, lifetime=timedelta(minutes=1))
    assert VERIFIER.actor(f"Bearer {token}") == actor


def test_the_clock_gets_no_token():
    with pytest.raises(ValueError, match="no token speaks for system"):
        issue(Actor(role=Role.SYSTEM, id="clock"), SECRET, TRUST, now=WALL, lifetime=timedelta(minutes=1))


def test_a_sellers_id_is_not_who_signed_in_for_him():
    assert VERIFIER.actor(f"bearer {signed(sub='an employee')}") == SELLER


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"exp": None}, "lacks the claim 'exp'"),
        ({"iss": None}, "lacks the claim 'iss'"),
        ({"aud": None}, "lacks the claim 'aud'"),
        ({"sub": None}, "lacks the claim 'sub'"),
        ({"role": None}, "lacks the claim 'role'"),
        ({"exp": int(WALL.timestamp()) - 31}, "has expired"),
        ({"exp": "soon"}, "must be a NumericDate"),
        ({"nbf": int(WALL.timestamp()) + 31}, "not yet valid"),
        ({"iss": "https://elsewhere.test"}, "'iss' is not 'https://issuer.test'"),
        ({"aud": "another service"}, "'aud' is not 'directservice'"),
        ({"aud": ["another service"]}, "'aud' is not 'directservice'"),
        ({"role": "king"}, "'role' is none of auditor, buyer"),
        ({"role": "system"}, "'role' is none of auditor, buyer"),
        ({"role": ["seller"]}, "'role' is none of auditor, buyer"),
        ({"seller_id": None}, "in the claim 'seller_id'"),
        ({"seller_id": "s 1"}, "in the claim 'seller_id'"),
        ({"seller_id": 1}, "in the claim 'seller_id'"),
        ({"role": "buyer"}, "in the claim 'buyer_id'"),
        ({"role": "support", "sub": "two words"}, "in the claim 'sub'"),
    ],
)
def test_claims_that_are_missing_or_wrong_are_named(changes, detail):
    assert detail in refusal(signed(**changes))


@pytest.mark.parametrize(
    ("token", "detail"),
    [
        (signed(key=OctKey.import_key("another secret, just as long as the other")), "signature is not the issuer's"),
        (f"{encoded({'alg': 'none'})}.{encoded(CLAIMS)}.", "not signed with one of HS256"),
        (f"{encoded({'alg': 'nOnE'})}.{encoded(CLAIMS)}.", "not signed with one of HS256"),
        (f"{encoded({})}.{encoded(CLAIMS)}.x", "Missing 'alg'"),
        (signed("HS512"), "not signed with one of HS256"),
        (jws.serialize_compact({"alg": "HS256"}, b"[1]", OctKey.import_key(SECRET)), "no JSON object"),
        (f"{encoded(b'[' * 5000)}.x.x", "Header size exceeds"),
        (jws.serialize_compact({"alg": "HS256"}, b"[" * 9000, OctKey.import_key(SECRET)), "nest too deep"),
        ("mine", "no signed JWT"),
    ],
)
def test_forged_tokens_are_refused(token, detail):
    assert detail in refusal(token)


@pytest.mark.parametrize(("algorithm", "key"), [("RS256", RSA), ("PS256", RSA), ("ES256", EC), ("Ed25519", ED)])
def test_the_issuers_keys_are_found_by_their_ids(algorithm, key):
    token = signed(algorithm, key, {"kid": key.kid})
    assert OF_ISSUER.actor(f"Bearer {token}") == SELLER


def test_a_public_key_is_never_taken_for_a_shared_secret():
    """The known attack: sign with HS256, using the issuer's public key as the secret."""
    head = f"{encoded({'alg': 'HS256', 'kid': RSA.kid})}.{encoded(CLAIMS)}"
    signature = hmac.digest(RSA.as_pem(private=False), head.encode(), hashlib.sha256)
    assert "not signed with one of RS256" in refusal(f"{head}.{encoded(signature)}", OF_ISSUER)


@pytest.mark.parametrize(
    ("algorithm", "key", "header", "detail"),
    [
        ("RS256", RSA, {}, "a key that the issuer does not have"),
        ("RS256", RSA, {"kid": "stranger"}, "a key that the issuer does not have"),
        ("RS256", RSA, {"kid": EC.kid}, "not signed with one of RS256"),
        ("RS256", RSAKey.generate_key(2048), {"kid": RSA.kid}, "signature is not the issuer's"),
    ],
)
def test_another_key_than_the_named_one_is_refused(algorithm, key, header, detail):
    assert detail in refusal(signed(algorithm, key, header), OF_ISSUER)


@pytest.mark.parametrize(
    "key", [RSA.as_dict(private=True), {"kty": "oct", "k": encoded(SECRET.encode())}], ids=["private", "shared"]
)
def test_an_issuers_key_set_with_secrets_in_it_is_refused_at_once(key):
    with pytest.raises(ValueError, match="public keys only"):
        TokenVerifier.of_issuer({"keys": [*JWKS["keys"], key]}, TRUST, lambda: WALL)


def test_a_short_secret_is_refused_at_once():
    with pytest.raises(ValueError, match="at least 32 bytes, not 6"):
        TokenVerifier.of_sandbox("secret", TRUST, lambda: WALL)


@given(st.text(max_size=200))
def test_no_text_whatever_is_a_token(text):
    refusal(text)


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        ({}, "no bearer token"),
        ({"Authorization": "Basic YTpi"}, "no bearer token"),
        ({"Authorization": "Bearer "}, "no bearer token"),
    ],
)
def test_without_a_bearer_token_nothing_is_told(api, header, detail):
    response = api.client.post(CASES, content=b"not even read", headers=header)
    refused(response, 401, "unauthenticated", naming=detail)
    assert response.headers["www-authenticate"].startswith("Bearer")


def test_a_role_that_never_may_is_told_so_before_its_body_is_read(api):
    response = api(SELLER).send("POST", CASES, content=b"not even read")
    refused(response, 403, "not-your-move", rule="not_your_move", naming="for buyer or support, not for seller")


def test_reporters_of_facts_do_not_read_cases(api):
    for actor in (CARRIER, Actor(role=Role.PAYMENTS, id="p"), Actor(role=Role.MARKETPLACE, id="m")):
        refused(api(actor).get(f"{CASES}/00000000-0000-0000-0000-000000000000"), 403, "not-your-move")


def test_the_key_of_one_party_never_takes_the_command_of_another(api):
    """The same key from two parties is two commands."""
    api.service.sold()
    body = {"ground": "too many refunds"}
    other = Actor(role=Role.SUPPORT, id="agent-2")
    key = "1b4e28ba-2fa1-11d2-883f-0016d3cca427"
    assert api(SUPPORT).post(f"/v1/buyers/{BUYER.id}/put-under-review", body, key=key).status_code == 200
    assert api(other).post("/v1/buyers/b-2/put-under-review", body, key=key).status_code == 200
