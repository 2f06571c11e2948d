"""Where uploaded evidence lies, second way: a bucket of S3-compatible object storage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from obstore.exceptions import BaseError
from obstore.store import S3Store

from store.failures import EvidenceOutOfReach, in_one_line

if TYPE_CHECKING:  # a name for type checkers alone
    from obstore.store import S3Config

ONCE_MORE = 2
"""How often a request that broke off is made again at once."""
NO_BUCKET = "NoSuchBucket"
"""How the storage says that the bucket itself is missing, which is no answer about one photo."""


class EvidenceBucket:
    """Evidence in object storage, each photo an object that is written whole or not at all."""

    def __init__(self, bucket: S3Store) -> None:
        self._bucket = bucket

    @classmethod
    def at(
        cls,
        bucket: str,
        *,
        url: str | None,
        region: str,
        key: tuple[str, str] | None,
        patience: timedelta,
    ) -> EvidenceBucket:
        """The bucket of this name; without ``url`` Amazon's, without ``key`` by the machine's own role.

        ``key`` is an access key's id and secret; ``patience`` the most that one request may take.
        """
        config: S3Config = {"region": region}
        if url:
            config["endpoint"] = url
        if key:
            config["access_key_id"], config["secret_access_key"] = key
        return cls(
            S3Store(
                bucket,
                config=config,
                client_options={"allow_http": url is not None and url.startswith("http://"), "timeout": patience},
                retry_config={"max_retries": ONCE_MORE, "retry_timeout": patience},
            )
        )

    def put(self, evidence_id: UUID, sealed: bytes) -> None:
        """As ``EvidenceFiles`` promises."""
        with _reached():
            self._bucket.put(_name(evidence_id), sealed)

    def get(self, evidence_id: UUID) -> bytes | None:
        """As ``EvidenceFiles`` promises."""
        with _reached():
            try:
                return bytes(self._bucket.get(_name(evidence_id)).bytes())
            except FileNotFoundError as missing:
                if NO_BUCKET in str(missing):
                    raise
                return None


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise EvidenceOutOfReach(in_one_line(error)) from error


def _name(evidence_id: UUID) -> str:
    return f"evidence/{evidence_id.hex[:2]}/{evidence_id.hex}"
