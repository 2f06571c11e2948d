"""Who is believed: the issuer of the tokens, and the senders of webhooks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from api.callers.auth import TokenVerifier, Trust
from api.callers.issuer_keys import PublishedKeys
from api.inbound.signatures import StandardSignatures, StripeSignatures
from api.services import Inbound
from runtime.clock import system_clock
from runtime.database import StartError
from runtime.keys import token_secret
from runtime.settings import Settings
from scheduler.adapters.asking import Service
from scheduler.ports.trouble import NoAnswer

SANDBOX = "sandbox"
"""The issuer of a sandbox's own tokens."""
ISSUERS_PATIENCE = timedelta(seconds=5)
"""How long a request may wait for the issuer's keys to be read again."""


def trust(settings: Settings) -> Trust:
    """Whose tokens are believed, and for whom they must be."""
    return Trust(issuer=settings.issuer or SANDBOX, audience=settings.audience)


def _published(url: str, patience: timedelta) -> Mapping[str, Any]:
    """What the issuer publishes there. Raises OSError."""
    issuer = Service("the token issuer", url, None, patience=patience)
    try:
        answer = issuer.ask("GET", url)
    except NoAnswer as silence:
        raise OSError(str(silence)) from silence
    finally:
        issuer.close()
    if answer.status != HTTPStatus.OK or not isinstance(answer.content, dict):
        raise OSError(f"the token issuer answers no key set (status {answer.status})")
    return answer.content


def token_verifier(settings: Settings) -> TokenVerifier:
    """Verifies by the keys that the issuer publishes or that are given, else by the sandbox's own secret.

    Raises StartError for a file of keys that cannot be used.
    """
    if settings.issuer_keys_url is not None:
        keys = PublishedKeys(lambda: _published(str(settings.issuer_keys_url), ISSUERS_PATIENCE), system_clock)
        return TokenVerifier.of_publisher(keys, trust(settings), system_clock)
    if settings.issuer_keys is None:
        return TokenVerifier.of_sandbox(token_secret(settings), trust(settings), system_clock)
    try:
        keys = json.loads(settings.issuer_keys.read_text(encoding="utf-8"))
        return TokenVerifier.of_issuer(keys, trust(settings), system_clock)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StartError(f"the issuer's keys in {settings.issuer_keys} cannot be used: {error}") from error


def inbound(settings: Settings) -> Inbound:
    """Whose webhooks are believed."""
    payments = tuple(secret.get_secret_value() for secret in settings.payments_webhook_secrets)
    parcels = tuple(secret.get_secret_value() for secret in settings.shipping_webhook_secrets)
    return Inbound(
        payments=StripeSignatures(payments, system_clock) if payments else None,
        parcels=StandardSignatures(parcels, system_clock) if parcels else None,
    )
