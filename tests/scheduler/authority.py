"""A certificate authority of the test's own, and a server's certificate that it issued for one name or address."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Authority:
    """Only those believe it who are told to."""

    def __init__(self, folder, host):
        """``host`` is whose certificate it issues; ``server`` is what that one answers with."""
        authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        may_issue = x509.BasicConstraints(ca=True, path_length=None)
        itself = _certificate("authority", authority.public_key()).add_extension(may_issue, critical=True)
        names = x509.SubjectAlternativeName([_name(host)])
        issued = _certificate("server", key.public_key()).add_extension(names, critical=False)
        self.file, secret = folder / "authority.pem", folder / "server.pem"
        self.file.write_bytes(itself.sign(authority, SHA256()).public_bytes(Encoding.PEM))
        secret.write_bytes(
            issued.sign(authority, SHA256()).public_bytes(Encoding.PEM)
            + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server.load_cert_chain(secret)

    def believed(self):
        return ssl.create_default_context(cafile=self.file)


def _certificate(subject, key):
    now = datetime.now(UTC)  # noqa: TID251 -- TLS looks at the machine's own clock
    return (
        x509.CertificateBuilder()
        .subject_name(_called(subject))
        .issuer_name(_called("authority"))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )


def _called(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _name(host):
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
