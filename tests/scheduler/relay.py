"""A real SMTP server in the test's own process: it keeps what it takes, and refuses what the test wants refused."""

import socket
import ssl
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from ipaddress import ip_address

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

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


class Authority:
    """A certificate for this machine, which only those believe who are told to."""

    def __init__(self, folder):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay")])
        now = datetime.now(UTC)  # noqa: TID251 -- TLS looks at the machine's own clock
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
            .sign(key, SHA256())
        )
        self.file, secret = folder / "relay.pem", folder / "relay.key"
        self.file.write_bytes(certificate.public_bytes(Encoding.PEM))
        secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server.load_cert_chain(self.file, secret)

    def believed(self):
        return ssl.create_default_context(cafile=self.file)


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
