"""Mails over SMTP: one connection a letter, encrypted unless the relay is told not to be (SPEC §8)."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from enum import StrEnum
from ssl import SSLContext, create_default_context

from scheduler.letters.message import message_of
from scheduler.ports.post import Letter
from scheduler.ports.trouble import NoAnswer, RefusedForGood

FOR_GOOD = 500
"""From this number on a reply means for good (RFC 5321 §4.2.1)."""


class Security(StrEnum):
    """How the connection to the relay is encrypted."""

    STARTTLS = "starttls"
    """Encrypted before anything is said; a relay that cannot is not spoken to."""
    TLS = "tls"
    """Encrypted from the first byte."""
    NONE = "none"
    """Not at all: for a relay on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """The server that takes our mails."""

    host: str
    port: int
    security: Security = Security.STARTTLS
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_seconds: float = 10
    """For each answer of the server."""
    context: SSLContext = field(default_factory=create_default_context)
    """Whose certificates are believed."""


class SmtpPost:
    """Keeps the promises of ``Post`` at a relay.

    Only what the relay says of the addressee or of the letter is for good. Whatever else goes wrong, a wrong password
    or certificate among it, is the operator's to mend, and the letter waits.
    """

    def __init__(self, relay: Relay, sender: Address) -> None:
        self._relay = relay
        self._sender = sender

    def send(self, letter: Letter) -> None:
        """As ``Post`` promises."""
        message = message_of(letter, self._sender)
        try:
            with self._connected() as server:
                server.send_message(message, self._sender.addr_spec, [letter.to])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as refusal:
            raise _said(refusal, letter.to) from refusal
        except smtplib.SMTPNotSupportedError as error:
            raise RefusedForGood("the relay takes no address in letters beyond ASCII") from error
        except (smtplib.SMTPException, OSError) as error:
            raise NoAnswer(f"the relay {self._relay.host}: {error}") from error

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self._opened()
        try:
            self._introduce(server)
            yield server
        finally:
            with suppress(smtplib.SMTPException, OSError):  # the letter is with the relay, or it is not
                server.quit()
            server.close()

    def _opened(self) -> smtplib.SMTP:
        relay = self._relay
        if relay.security is Security.TLS:
            return smtplib.SMTP_SSL(relay.host, relay.port, timeout=relay.timeout_seconds, context=relay.context)
        return smtplib.SMTP(relay.host, relay.port, timeout=relay.timeout_seconds)

    def _introduce(self, server: smtplib.SMTP) -> None:
        relay = self._relay
        try:
            if relay.security is Security.STARTTLS:
                server.starttls(context=relay.context)
            if relay.username is not None:
                server.login(relay.username, relay.password or "")
        except smtplib.SMTPNotSupportedError as error:
            raise NoAnswer(f"the relay {relay.host}: {error}") from error


def _said(refusal: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError, to: str) -> NoAnswer | RefusedForGood:
    """What the relay said, without the address that it may have repeated: logs and views outlive it (SPEC §9)."""
    code: int
    words: bytes | str
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        ((code, words),) = refusal.recipients.values()
    else:
        code, words = refusal.smtp_code, refusal.smtp_error
    told = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    said = f"{code} {re.sub(re.escape(to), 'the address', told, flags=re.IGNORECASE)}"
    return RefusedForGood(said) if code >= FOR_GOOD else NoAnswer(said)
