"""Receivers of webhooks, told over HTTP."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import timedelta

import httpcore2

from scheduler.adapters.guarded_network import GuardedNetwork
from scheduler.adapters.name_lookups import NameLookups
from scheduler.ports.trouble import NoAnswer


class HttpReceivers:
    """Keeps the promises of ``Receivers``; for any thread."""

    def __init__(
        self, *, patience: timedelta, internal_allowed: bool = False, tls: ssl.SSLContext | None = None
    ) -> None:
        """``patience`` is the most that one message may take; internal addresses are for sandboxes and tests alone.

        ``tls`` says whose certificates are believed; the machine's authorities, where it is not given.
        """
        self._seconds = patience.total_seconds()
        self._internal_allowed = internal_allowed
        self._tls = tls or httpcore2.default_ssl_context()
        self._lookups = NameLookups()

    def tell(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """As ``Receivers`` promises."""
        network = GuardedNetwork(self._lookups, seconds=self._seconds, internal_allowed=self._internal_allowed)
        try:
            with (
                httpcore2.ConnectionPool(ssl_context=self._tls, network_backend=network) as pool,
                pool.stream("POST", url, headers=list(headers.items()), content=body) as response,
            ):
                return int(response.status)
        except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError) as error:
            raise NoAnswer(f"no answer: {type(error).__name__} {error}".strip()) from error
