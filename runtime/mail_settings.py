"""What can be set of the mails that people get (SPEC §7.7)."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings

from domain.language import Locale
from domain.seller.account import Email
from scheduler.adapters.smtp_post import Security

PLACE = "{id}"
"""Where the id of a case or cancellation stands in a link."""


def address_in(text: str) -> Address:
    """A mail's sender, with or without a name. Raises ValueError for anything else."""
    name, address = parseaddr(text)
    try:
        return Address(display_name=name, addr_spec=address or text)
    except (MessageError, ValueError, IndexError) as error:
        raise ValueError("should be an address such as Direct Service <no-reply@example.com>") from error


def _sender(text: str) -> str:
    address_in(text)
    return text


def _link(text: str) -> str:
    if not text.startswith(("https://", "http://")) or PLACE not in text:
        raise ValueError(f"should be a URL with {PLACE} in the place of the id")
    return text


class MailSettings(BaseSettings):
    """The relay that takes mails, and what they say of the marketplace."""

    smtp_host: str | None = Field(
        None, min_length=1, description="The relay that takes mails. Unset, a sandbox keeps them as files."
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="The relay's port.")
    smtp_security: Security = Field(
        Security.STARTTLS, description="How the connection is encrypted: `starttls`, `tls`, or `none` on this machine."
    )
    smtp_username: str | None = Field(None, min_length=1, description="Our name at the relay. Unset, no login.")
    smtp_password: SecretStr | None = Field(None, repr=False, description="Our password at the relay.")
    smtp_timeout_seconds: float = Field(
        10.0, gt=0, le=12, description="How long one answer of the relay may take; a letter needs up to nine of them."
    )
    smtp_authorities: Path | None = Field(
        None, description="A file with the certificates that are believed of the relay. Unset, the machine's."
    )
    mail_from: Annotated[str, AfterValidator(_sender)] = Field(
        "Direct Service <no-reply@localhost.localdomain>",
        description="Who mails are from. Its domain is also that of their `Message-ID`.",
    )
    mail_link: Annotated[str, AfterValidator(_link)] | None = Field(
        None, description=f"Where people look at a case, `{PLACE}` in the place of its id. Unset, mails have no link."
    )
    support_mail: Email | None = Field(
        None, description="Where support is mailed of what it should look at. Unset, it looks into the app."
    )
    support_locale: Locale = Field(Locale.ENGLISH, description="The language of support's mails: `de` or `en`.")
