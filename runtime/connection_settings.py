"""What can be set of the connections to the outside (SPEC §8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings, NoDecode
from standardwebhooks import Webhook, WebhookVerificationError


def _words(given: object) -> object:
    return given.split() if isinstance(given, str) else given


def _as_standard(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for secret in secrets:
        try:
            Webhook(secret.get_secret_value())
        except (ValueError, WebhookVerificationError) as error:
            raise ValueError("each should be base64, behind `whsec_`") from error
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
    outside_timeout_seconds: float = Field(
        20.0, gt=0, le=60, description="How long one answer of payment provider, carriers or object storage may take."
    )

    @property
    def patience(self) -> timedelta:
        """How long one answer of the outside may take."""
        return timedelta(seconds=self.outside_timeout_seconds)
