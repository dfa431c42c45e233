"""The outside world of a bell, real, on this machine: a mail host, a push service, and a browser that is rung."""

import base64
import datetime as dt
import hashlib
import http.server
import ipaddress
import json
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import NameOID

from tests.support.house import free_port


def certificate(place: Path, host: str = "localhost") -> Path:
    """A certificate and its key in one file, which whoever trusts this file trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = place / f"{host}.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


# E-mail ---------------------------------------------------------------------------------------------


@dataclass
class PostOffice:
    """A mail host that keeps what it is brought. `refuses`: what it says to whom, in place of taking it."""

    port: int
    letters: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    said_hello: list[str] = field(default_factory=list)
    behind_tls: list[bool] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://localhost:{self.port}"

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, said: Any) -> Any:
        self.said_hello.append(hostname)
        session.host_name = hostname
        return said

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.behind_tls.append(session.ssl is not None)
        self.raw.append(envelope.original_content)
        message = message_from_bytes(envelope.original_content.replace(b"\r\n", b"\n"), policy=policy.default)
        self.letters.append((envelope.rcpt_tos, message))
        return "250 taken"


@contextmanager
def post_office(*, pem: Path | None = None, password: str = "") -> Iterator[PostOffice]:
    """A mail host until the end of the block. With a certificate it asks for STARTTLS, and then for a password."""
    office = PostOffice(free_port())
    options: dict[str, Any] = {}
    if pem is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        options = {"tls_context": context, "require_starttls": True}
    if password:

        def knows(_server: Any, _session: Any, _envelope: Any, _how: str, said: Any) -> AuthResult:
            return AuthResult(success=said.password == password.encode(), handled=False)

        options |= {"authenticator": knows, "auth_required": True}
    controller = Controller(office, hostname="127.0.0.1", port=office.port, **options)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


# Push -----------------------------------------------------------------------------------------------


@dataclass
class Pushed:
    """One request, as a push service got it."""

    path: str
    headers: dict[str, str]
    body: bytes = field(repr=False)


@dataclass
class PushService:
    """A push service that keeps what it is sent. `answers` gives a status for a path; 201 for all others."""

    port: int = 0
    got: list[Pushed] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)

    @property
    def named(self) -> str:
        """As the setting names it."""
        return f"localhost:{self.port}"

    def endpoint(self, name: str = "mia") -> str:
        return f"https://{self.named}/push/{name}"


@contextmanager
def push_service(pem: Path) -> Iterator[PushService]:
    """A push service behind TLS until the end of the block."""
    service = PushService()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            service.got.append(Pushed(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(service.answers.get(self.path, 201))
            self.send_header("Location", f"https://localhost:{service.port}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Somebody who does not trust us hangs up."""

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    service.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Phone:
    """A browser that can be rung. It opens what it was sent as RFC 8291 says, with code of its own."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)

    @property
    def key(self) -> bytes:
        return self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    def fields(self, endpoint: str) -> dict[str, str]:
        """What its script puts into the form."""
        return {"endpoint": endpoint, "key": b64(self.key), "auth": b64(self.auth)}

    def opens(self, body: bytes) -> dict[str, str]:
        """RFC 8188, section 2, and RFC 8291, section 3."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert length == 65
        assert len(sealed) <= size, "it is one record"
        shared = self._key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        )
        ikm = _hkdf(self.auth, shared, b"WebPush: info\x00" + self.key + sender, 32)
        key = _hkdf(salt, ikm, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _hkdf(salt, ikm, b"Content-Encoding: nonce\x00", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")
        assert plain[-1:] == b"\x02", "the last record"
        return cast(dict[str, str], json.loads(plain[:-1]))


def sender_of(header: str) -> tuple[dict[str, Any], bytes]:
    """What a VAPID header claims, and the key it was signed with; the signature is checked (RFC 8292)."""
    scheme, _, rest = header.partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = parts["t"].split(".")
    raw = unb64(signature)
    assert len(raw) == 64
    assert json.loads(unb64(head)) == {"typ": "JWT", "alg": "ES256"}
    key = unb64(parts["k"])
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key).verify(
        encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")),
        f"{head}.{claims}".encode(),
        ec.ECDSA(hashes.SHA256()),
    )
    return json.loads(unb64(claims)), key


def mark_of(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _hkdf(salt: bytes, key: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(key)
