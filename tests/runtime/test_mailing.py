"""Mails are sent as the settings say: by a relay, or in a sandbox as files."""

import pytest

from runtime.container import open_house
from runtime.database import StartError
from runtime.mailing import mail_dispatches
from runtime.settings import SettingsError, read_settings
from tests.ports import HOST
from tests.scheduler.relay import relay


def test_a_sandbox_keeps_mails_as_files(settings):
    with open_house(settings) as house:
        assert {dispatch.kind for dispatch in mail_dispatches(house)} == {
            "mail_buyer",
            "mail_seller",
            "mail_support",
            "mail_reminder",
        }


def test_a_relay_is_named_with_everything_it_needs(installation):
    with relay() as (_, port):
        for name, value in {
            "SMTP_HOST": HOST,
            "SMTP_PORT": str(port),
            "SMTP_SECURITY": "none",
            "MAIL_FROM": "Markt <hallo@markt.example>",
            "MAIL_LINK": "https://markt.example/faelle/{id}",
            "SUPPORT_MAIL": "desk@markt.example",
            "SUPPORT_LOCALE": "de",
        }.items():
            installation.setenv(f"DIRECTSERVICE_{name}", value)
        with open_house(read_settings()) as house:
            assert len(mail_dispatches(house)) == 4


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MAIL_FROM", "nobody", "should be an address such as Direct Service <no-reply@example.com>"),
        ("MAIL_LINK", "https://markt.example/", "should be a URL with {id} in the place of the id"),
        ("MAIL_LINK", "javascript:{id}", "should be a URL with {id} in the place of the id"),
        ("SMTP_SECURITY", "maybe", "Input should be 'starttls', 'tls' or 'none'"),
        ("SMTP_TIMEOUT_SECONDS", "60", "Input should be less than or equal to 12"),
        ("SUPPORT_LOCALE", "fr", "Input should be 'de' or 'en'"),
    ],
)
def test_a_wrong_setting_is_named(installation, name, value, said):
    installation.setenv(f"DIRECTSERVICE_{name}", value)
    with pytest.raises(SettingsError) as error:
        read_settings()
    assert str(error.value).startswith(f"DIRECTSERVICE_{name}: {said}")


def test_certificates_that_are_not_there_are_named(installation):
    installation.setenv("DIRECTSERVICE_SMTP_HOST", HOST)
    installation.setenv("DIRECTSERVICE_SMTP_AUTHORITIES", "/nowhere.pem")
    with open_house(read_settings()) as house, pytest.raises(StartError, match=r"certificates in /nowhere\.pem"):
        mail_dispatches(house)


def test_production_has_a_relay(installation, production):
    installation.delenv("DIRECTSERVICE_SMTP_HOST")
    with open_house(read_settings()) as house, pytest.raises(StartError, match="set DIRECTSERVICE_SMTP_HOST"):
        mail_dispatches(house)
