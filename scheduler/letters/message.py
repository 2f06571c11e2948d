"""A letter as a mail: text and HTML beside each other, with headers that nobody else can add to."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from scheduler.ports.post import Letter
from scheduler.ports.trouble import RefusedForGood

UNFOLDED: Final = str.maketrans(dict.fromkeys("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029", " "))
"""Whatever any reader of headers might take for the end of a line."""


def message_of(letter: Letter, sender: Address) -> EmailMessage:
    """The mail that ``sender`` sends. Raises RefusedForGood for what is no address."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = _address(letter.to)
    message["Subject"] = letter.subject.translate(UNFOLDED)
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = f"<{letter.id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = letter.locale
    return message


def _address(told: str) -> Address:
    try:
        return Address(addr_spec=told)
    except (MessageError, ValueError, IndexError) as error:
        raise RefusedForGood("the address is none that a mail could be sent to") from error
