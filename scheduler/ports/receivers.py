"""The port to whoever receives webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Receivers(Protocol):
    """Takes messages to addresses that the marketplace named."""

    def tell(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """POST it there; the status answered, whatever it is. Redirects are not followed, and no body is read.

        Raises NoAnswer when there was none in time, and for an address that is not to be spoken to.
        """
        ...
