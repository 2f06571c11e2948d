"""The mailroom as the settings say: a relay, or in a sandbox a folder of files."""

from __future__ import annotations

from ssl import create_default_context

from domain.mail_preferences import EVERY_MAIL
from projections.outbox import MAIL_TO
from runtime.container import House
from runtime.database import StartError
from runtime.mail_settings import PLACE, address_in
from runtime.settings import Environment, Settings, variable
from scheduler.adapters.smtp_post import Relay, SmtpPost
from scheduler.addressees import Addressees
from scheduler.courier import Dispatch
from scheduler.letters import Addressee
from scheduler.mails import Mailroom, SendMail, SendReminder
from scheduler.ports.post import Post
from scheduler.twins.post import LocalPost
from store.envelope import Envelope

DESK = "support:desk"
"""The one mailbox that all support agents read."""


def mail_dispatches(house: House) -> list[Dispatch]:
    """Who mails. Raises StartError where production has no relay, or the authorities' file cannot be used."""
    mailroom = Mailroom(
        service=house.door,
        addressees=Addressees(house.door, _support(house)),
        post=_post(house.settings),
        link=lambda event: _link(house.settings, event),
    )
    return [*(SendMail(kind, mailroom) for kind in MAIL_TO), SendReminder(mailroom)]


def _post(settings: Settings) -> Post:
    if settings.smtp_host is not None:
        return SmtpPost(_relay(settings, settings.smtp_host), address_in(settings.mail_from))
    if settings.environment is Environment.PRODUCTION:
        raise StartError(f"in production mails are no files: set {variable('smtp_host')}")
    return local_post(settings)


def local_post(settings: Settings) -> LocalPost:
    """The folder in which a sandbox keeps its mails."""
    return LocalPost(settings.data_folder / "mail", address_in(settings.mail_from))


def _relay(settings: Settings, host: str) -> Relay:
    password, authorities = settings.smtp_password, settings.smtp_authorities
    try:
        context = create_default_context(cafile=authorities)
    except OSError as error:
        raise StartError(f"the certificates in {authorities} cannot be used: {error}") from error
    return Relay(
        host=host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        username=settings.smtp_username,
        password=password.get_secret_value() if password else None,
        timeout_seconds=settings.smtp_timeout_seconds,
        context=context,
    )


def _support(house: House) -> Addressee | None:
    address = house.settings.support_mail
    if address is None:
        return None
    zone = house.door.policies.current.calendar.zone
    return Addressee(person=DESK, address=address, locale=house.settings.support_locale, zone=zone, mail=EVERY_MAIL)


def _link(settings: Settings, event: Envelope) -> str | None:
    return settings.mail_link and settings.mail_link.replace(PLACE, str(event.originator_id))
