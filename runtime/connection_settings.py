"""What can be set of the connections to the outside (SPEC §8)."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings


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
    outside_timeout_seconds: float = Field(
        20.0, gt=0, le=60, description="How long one answer of payment provider, carriers or object storage may take."
    )

    @property
    def patience(self) -> timedelta:
        """How long one answer of the outside may take."""
        return timedelta(seconds=self.outside_timeout_seconds)
