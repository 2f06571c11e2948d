"""Mails over SMTP, against a real server: encrypted, once by their id, and refused for good only when it says so."""

import socket
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import default
from uuid import uuid4

import pytest

from domain.language import Locale
from scheduler.adapters.smtp_post import Relay, Security, SmtpPost
from scheduler.ports.post import Letter
from scheduler.ports.trouble import NoAnswer, RefusedForGood
from scheduler.twins.post import LocalPost
from tests.ports import HOST, free_port
from tests.scheduler.authority import Authority
from tests.scheduler.relay import LOGIN, relay

SENDER = Address("Direct Service", "no-reply", "house.example")


def letter(**changes):
    told = {
        "id": uuid4(),
        "person": "buyer:b-1",
        "to": "ada@example.com",
        "written_at": datetime(2026, 3, 6, 17, tzinfo=UTC),
        "locale": Locale.GERMAN,
        "subject": "Deine Rückerstattung ist unterwegs: Vintage camera",
        "text": "Hallo, schöne Grüße.\n",
        "html": "<p>Hallo, schöne Grüße.</p>",
    }
    return Letter(**{**told, **changes})


def smtp(port, **options):
    return SmtpPost(Relay(host=HOST, port=port, **{"security": Security.NONE, **options}), SENDER)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"), HOST)


class Shelf:
    """Where a post's letters can be looked at, whichever post it is."""

    def __init__(self, post, letters):
        self.post, self.letters = post, letters


@pytest.fixture(params=["relay", "folder"])
def shelf(request, tmp_path):
    if request.param == "folder":
        files = lambda: [message_from_bytes(it.read_bytes(), policy=default) for it in sorted(tmp_path.glob("*/*.eml"))]  # noqa: E731
        yield Shelf(LocalPost(tmp_path, SENDER), files)
        return
    with relay() as (mailroom, port):
        yield Shelf(smtp(port), lambda: [message for _, message in mailroom.letters])


def test_a_letter_arrives_as_text_and_as_html_with_its_stable_id(shelf):
    sent = letter()
    shelf.post.send(sent)
    (message,) = shelf.letters()
    assert message["Message-ID"] == f"<{sent.id}@house.example>"
    assert message["From"] == "Direct Service <no-reply@house.example>"
    assert (message["To"], message["Subject"]) == ("ada@example.com", sent.subject)
    assert (message["Content-Language"], message["Auto-Submitted"]) == ("de", "auto-generated")
    assert message["Date"].datetime == sent.written_at
    assert message.get_body(("plain",)).get_content().splitlines() == sent.text.splitlines()
    assert message.get_body(("html",)).get_content().strip() == sent.html


def test_a_letter_sent_again_is_known_by_its_id(shelf):
    sent = letter()
    shelf.post.send(sent)
    shelf.post.send(sent)
    assert {message["Message-ID"] for message in shelf.letters()} == {f"<{sent.id}@house.example>"}


def test_a_letter_that_the_folder_cannot_take_is_tried_again_and_leaves_nothing_behind(tmp_path):
    sent = letter()
    (in_the_way := tmp_path / sent.person / f"{sent.id}.eml").mkdir(parents=True)
    with pytest.raises(NoAnswer, match="the folder of the mails cannot be used: Is a directory"):
        LocalPost(tmp_path, SENDER).send(sent)
    assert list((tmp_path / sent.person).iterdir()) == [in_the_way]


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\u2028", "\x0b"])
def test_nobody_adds_a_header_through_a_title(shelf, line_end):
    shelf.post.send(letter(subject=f"Camera{line_end}Bcc: mallory@example.com"))
    (message,) = shelf.letters()
    assert message["Bcc"] is None
    assert message["Subject"] == "Camera Bcc: mallory@example.com".replace(" B", "  B" if line_end == "\r\n" else " B")


@pytest.mark.parametrize(
    "address",
    ["a@example.com\r\nBcc: mallory@example.com", "a@b.c,mallory@example.com", "<a@b.c", "nobody", "a@b@c", ""],
)
def test_what_is_no_address_is_refused_for_good_and_nothing_is_sent(shelf, address):
    with pytest.raises(RefusedForGood):
        shelf.post.send(letter(to=address))
    assert shelf.letters() == []


def test_the_relay_is_spoken_to_in_secret_and_by_name(authority):
    with relay(tls_context=authority.server, require_starttls=True, login=True) as (mailroom, port):
        name, password = LOGIN
        options = {"security": Security.STARTTLS, "context": authority.believed()}
        smtp(port, **options, username=name, password=password).send(letter())
        assert len(mailroom.letters) == 1
        with pytest.raises(NoAnswer, match="535"):
            smtp(port, **options, username=name, password="wrong").send(letter())  # noqa: S106 -- a wrong one
        assert set(mailroom.logins) == {LOGIN, (name, "wrong")}
        assert len(mailroom.letters) == 1


def test_a_relay_may_be_encrypted_from_the_first_byte(authority):
    with relay(ssl_context=authority.server) as (mailroom, port):
        smtp(port, security=Security.TLS, context=authority.believed()).send(letter())
        assert len(mailroom.letters) == 1


def test_a_relay_that_cannot_encrypt_or_is_not_believed_gets_no_letter(authority):
    with relay() as (plain, port), pytest.raises(NoAnswer, match="STARTTLS"):
        smtp(port, security=Security.STARTTLS).send(letter())
    with relay(tls_context=authority.server) as (stranger, port), pytest.raises(NoAnswer, match="CERTIFICATE_VERIFY"):
        smtp(port, security=Security.STARTTLS).send(letter())
    assert plain.letters == stranger.letters == []


@pytest.mark.parametrize(
    ("to_addressee", "to_letter", "raised", "said"),
    [
        ("550 no such mailbox", None, RefusedForGood, "550 no such mailbox"),
        ("451 come back later", None, NoAnswer, "451 come back later"),
        (None, "554 looks like spam", RefusedForGood, "554 looks like spam"),
        (None, "452 no room", NoAnswer, "452 no room"),
        ("550 <ADA@example.com>: unknown", None, RefusedForGood, "550 <the address>: unknown"),
        (None, "452 no room for ada@example.com", NoAnswer, "452 no room for the address"),
    ],
)
def test_only_what_the_relay_says_for_good_is_for_good(to_addressee, to_letter, raised, said):
    with relay() as (mailroom, port):
        mailroom.to_addressee, mailroom.to_letter = to_addressee, to_letter
        with pytest.raises(raised, match=said):
            smtp(port).send(letter())


def test_a_relay_that_is_away_or_silent_is_tried_again():
    with pytest.raises(NoAnswer, match=HOST):
        smtp(free_port()).send(letter())
    with socket.create_server((HOST, 0)) as silent, pytest.raises(NoAnswer, match="timed out"):
        smtp(silent.getsockname()[1], timeout_seconds=0.1).send(letter())
