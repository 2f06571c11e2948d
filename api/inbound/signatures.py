"""Signatures of inbound webhooks: whoever knows a secret sent exactly this body a moment ago."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from standardwebhooks import Webhook

from api.answering.problems import Problem

TOLERANCE: Final = timedelta(minutes=5)
"""How far a signature's time may be from ours: a message caught on its way is of no use later."""
MESSAGE_ID = "webhook-id"
"""The header with the sender's name for a message, the same each time it is sent."""
LONGEST_ID = 200
SECONDS: Final = re.compile(r"[0-9]{1,11}")
"""A moment as Unix counts them, up to the year 5138."""


class Signatures(Protocol):
    """One way of signing, with the secrets that are believed at present: several while one follows another."""

    def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises Problem (401) unless one of the secrets signed this body within the tolerance."""


@dataclass(frozen=True, slots=True)
class StripeSignatures:
    """``Stripe-Signature: t=…,v1=…``: the HMAC-SHA256, in hexadecimal, of the time, a point and the body."""

    secrets: tuple[str, ...]
    now: Callable[[], datetime]

    def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """As ``Signatures`` promises."""
        parts = [part.strip().partition("=") for part in headers.get("stripe-signature", "").split(",")]
        sent_at = next((value for name, _, value in parts if name == "t"), "")
        _in_time(sent_at, self.now())
        signed = sent_at.encode() + b"." + body
        expected = (hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in self.secrets)
        _one_fits(expected, [value for name, _, value in parts if name == "v1"])


@dataclass(frozen=True, slots=True)
class StandardSignatures:
    """As Standard Webhooks has it: ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``."""

    secrets: tuple[str, ...]
    now: Callable[[], datetime]

    def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """As ``Signatures`` promises."""
        sent_at = headers.get("webhook-timestamp", "")
        moment = _in_time(sent_at, self.now())
        name, text = headers.get(MESSAGE_ID, ""), body.decode(errors="replace")
        if not 0 < len(name) <= LONGEST_ID:
            raise _not_signed(f"{MESSAGE_ID} has 1 to {LONGEST_ID} characters")
        expected = (Webhook(secret).sign(name, moment, text) for secret in self.secrets)
        _one_fits(expected, headers.get("webhook-signature", "").split())


def _in_time(sent_at: str, now: datetime) -> datetime:
    """When it was sent."""
    if not SECONDS.fullmatch(sent_at):
        raise _not_signed("the signature does not say when it was made")
    moment = datetime.fromtimestamp(int(sent_at), UTC)
    if abs(now - moment) > TOLERANCE:
        raise _not_signed(f"the signature is more than {TOLERANCE.total_seconds():.0f} seconds from now")
    return moment


def _one_fits(expected: Iterable[str], given: list[str]) -> None:
    if not any(hmac.compare_digest(one.encode(), other.encode()) for one in expected for other in given):
        raise _not_signed("none of the signatures is by a secret that is known here")


def _not_signed(detail: str) -> Problem:
    return Problem("not_signed", detail, headers={"WWW-Authenticate": "Signature"})
