"""The way out into the world for addresses that others chose: never inward, and never longer than a moment.

A name is looked up once, each address it has is looked at, and one of these very addresses is connected to. So neither
a name of an internal address nor one that changes between two look-ups leads into the house's own network.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from ipaddress import ip_address
from time import monotonic
from typing import Any

import httpcore2
from httpcore2 import NetworkBackend, NetworkStream, SyncBackend

from scheduler.adapters.name_lookups import NameLookups
from scheduler.ports.trouble import NoAnswer
from store.webhooks.destinations import is_public


class GuardedNetwork(NetworkBackend):
    """For one request."""

    def __init__(self, lookups: NameLookups, *, seconds: float, internal_allowed: bool) -> None:
        """Everything together takes at most so many ``seconds``, the look-up of the name among it."""
        self._lookups = lookups
        self._until = monotonic() + seconds
        self._internal_allowed = internal_allowed
        self._plain = SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 -- the library's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        """As the library asks. Raises NoAnswer for a host that is not to be spoken to."""
        unreachable: Exception | None = None
        for address in self._addresses(host, port):
            try:
                stream = self._plain.connect_tcp(address, port, left(self._until), local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                unreachable = error
            else:
                return _Timed(stream, self._until)
        raise NoAnswer(f"{host} cannot be connected to: {unreachable}")

    def _addresses(self, host: str, port: int) -> list[str]:
        addresses = self._lookups.addresses(host, port, left(self._until))
        inward = [address for address in addresses if not is_public(ip_address(address))]
        if inward and not self._internal_allowed:
            raise NoAnswer(f"{host} is {inward[0]}, which is no address of the public internet")
        return addresses


class _Timed(NetworkStream):
    """A connection whose every step ends by the same moment, however slowly bytes trickle."""

    def __init__(self, stream: NetworkStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 -- as above
        return self._stream.read(max_bytes, left(self._until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 -- as above
        self._stream.write(buffer, left(self._until))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 -- as above
    ) -> NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left(self._until)), self._until)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 -- as above
        return self._stream.get_extra_info(info)


def left(until: float) -> float:
    """The seconds left. Raises NoAnswer when there are none."""
    seconds = until - monotonic()
    if seconds <= 0:
        raise NoAnswer("the answer took too long")
    return seconds
