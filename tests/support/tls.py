"""A server with a certificate that no authority signed."""

import ssl
import typing as t
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.fake_server import Answer, FakeServer


def make_certificate(folder: Path) -> Path:
    """A file with a certificate for 127.0.0.1; its key is beside it, in NAME.key."""
    path = folder / "both.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    path.with_name("both.pem.key").write_bytes(secret)
    return path


@contextmanager
def serving(certificate: Path) -> t.Iterator[str]:
    """The address of a server that has this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, str(certificate) + ".key")
    with FakeServer() as server:
        server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
        server.react = lambda seen: Answer(200, {"tls": True})
        yield server.url.replace("http:", "https:")
