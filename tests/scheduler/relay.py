"""A real SMTP server in the test's own process: it keeps what it takes, and refuses what the test wants refused."""

import socket
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.ports import HOST

LOGIN = ("house", "secret")


class Mailroom:
    """What came in, and how the server answers to addressees and letters."""

    def __init__(self):
        self.letters, self.logins = [], []
        self.to_addressee = self.to_letter = None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 -- the library's name
        if self.to_addressee:
            return self.to_addressee
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 -- the library's name
        if self.to_letter:
            return self.to_letter
        self.letters.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"

    def authenticate(self, server, session, envelope, mechanism, data):
        given = (data.login.decode(), data.password.decode())
        self.logins.append(given)
        return AuthResult(success=given == LOGIN, handled=False)


class Listening(Controller):
    """Finds a free port and takes it in one step."""

    def _create_server(self):
        bound = socket.create_server((HOST, 0))
        self.port = bound.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=bound, ssl=self.ssl_context)


@contextmanager
def relay(**options):
    """A relay that listens; its mailroom, and its port."""
    mailroom = Mailroom()
    login = {"authenticator": mailroom.authenticate, "auth_required": True} if options.pop("login", False) else {}
    controller = Listening(mailroom, hostname=HOST, ready_timeout=60, **options, **login)
    controller.start()
    try:
        yield mailroom, controller.port
    finally:
        controller.stop()
