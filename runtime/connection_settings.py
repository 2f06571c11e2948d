"""What can be set of the connections to the outside (SPEC §8)."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings, NoDecode


def _words(given: object) -> object:
    return given.split() if isinstance(given, str) else given


def _as_standard(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for secret in secrets:
        text = secret.get_secret_value().removeprefix("whsec_")
        try:
            key = b64decode(text + "=" * (-len(text) % 4), validate=True)
        except ValueError:
            key = b""
        if not key:
            raise ValueError("each should be base64, behind `whsec_`")
    return secrets


Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_words)]
"""Written one after the other with blanks between."""


class ConnectionSettings(BaseSettings):
    """Payment provider and carriers: unset, a sandbox has local twins of them."""

    payments_url: HttpUrl = Field(
        HttpUrl("https://api.stripe.com"),
        description="Where the payment provider's API is; it speaks as Stripe's does.",
    )
    payments_key: SecretStr | None = Field(
        None,
        min_length=1,
        repr=False,
        description="Our secret key at the payment provider. Unset, a sandbox has a local twin of him.",
    )
    shipping_url: HttpUrl | None = Field(
        None,
        description="The marketplace's shipping service, which has labels issued. Unset, a sandbox has a local twin of"
        " the carriers.",
    )
    shipping_key: SecretStr | None = Field(
        None, min_length=1, repr=False, description="Our secret key at the shipping service."
    )
    payments_webhook_secrets: Secrets = Field(
        (),
        repr=False,
        description="What the payment provider signs his webhooks with; several, with blanks between, while one follows"
        " another. Unset, none are taken.",
    )
    shipping_webhook_secrets: Annotated[Secrets, AfterValidator(_as_standard)] = Field(
        (),
        repr=False,
        description="What the shipping service signs its webhooks with (`whsec_…`, base64); likewise.",
    )
    evidence_bucket: str | None = Field(
        None,
        min_length=1,
        description="The bucket of S3-compatible object storage in which uploaded photos are kept, encrypted. Unset,"
        " the folder.",
    )
    evidence_bucket_url: HttpUrl | None = Field(None, description="Where that storage is. Unset, Amazon's.")
    evidence_bucket_region: str = Field("eu-central-1", min_length=1, description="The region of the bucket.")
    evidence_bucket_key_id: str | None = Field(
        None, min_length=1, description="The id of our access key there. Unset, the machine's own role is used."
    )
    evidence_bucket_secret: SecretStr | None = Field(
        None, min_length=1, repr=False, description="The secret of that access key."
    )
    issuer_keys_url: HttpUrl | None = Field(
        None, description="Where the marketplace's token issuer publishes its keys (JWK set)."
    )
    internal_webhooks: bool = Field(
        default=False,
        description="Whether webhooks may go to addresses that are not of the public internet, also without TLS; for"
        " sandboxes.",
    )
    outside_timeout_seconds: float = Field(
        20.0,
        gt=0,
        le=60,
        description="How long one answer of payment provider, carriers, object storage or a receiver may take.",
    )

    @property
    def patience(self) -> timedelta:
        """How long one answer of the outside may take."""
        return timedelta(seconds=self.outside_timeout_seconds)
