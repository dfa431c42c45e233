"""Web Push, as browsers understand it: a message sealed for one subscription (RFC 8291), and who sends it (RFC 8292).

Nothing here is ours but the order of the steps, which are those of the two standards: the message is held to the
example in RFC 8291, section 5. Why no package does it: decision 0015.
"""

import base64
import secrets

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ibasho.vault import clock, core, suite

KEY, AUTH = 65, 16  # bytes of a subscription's public key and secret
CONTENT = 512  # every message is filled up to this
RECORD = 4096
VALID = 12 * 3600  # seconds a signature holds; RFC 8292 allows 24 hours
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (SP 800-186)


def is_push_key(key: bytes) -> bool:
    """Whether these bytes are a public key that a message can be sealed for."""
    try:
        _point(key)
    except ValueError:
        return False
    return len(key) == KEY


def seal_push(key: bytes, auth: bytes, content: bytes) -> bytes:
    """A message for one subscription: `aes128gcm` of RFC 8188, keyed by RFC 8291, always of the same length."""
    own, salt = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16)
    return _seal(key, auth, content + b"\x02" + bytes(CONTENT - len(content)), own, salt)


def sender_key() -> bytes:
    """The public key this installation signs with, as browsers subscribe to it."""
    return _raw(_sender())


def sender_says(audience: str, subject: str) -> str:
    """The header by which a push service knows who sends (RFC 8292). `audience`: its origin."""
    key = _sender()
    claims = {"aud": audience, "exp": int(clock.now()) + VALID} | ({"sub": subject} if subject else {})
    signed = b".".join(_b64(msgspec.json.encode(one)) for one in ({"typ": "JWT", "alg": "ES256"}, claims))
    one, other = decode_dss_signature(key.sign(signed, ec.ECDSA(SHA256())))
    signature = one.to_bytes(32, "big") + other.to_bytes(32, "big")
    return f"vapid t={(signed + b'.' + _b64(signature)).decode()},k={_b64(_raw(key)).decode()}"


def _seal(key: bytes, auth: bytes, filled: bytes, own: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    public = _raw(own)
    shared = own.exchange(ec.ECDH(), _point(key))
    secret = _hkdf(shared, auth, b"WebPush: info\0" + key + public, 32)
    cek = _hkdf(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _hkdf(secret, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(public)]) + public
    return head + AESGCM(cek).encrypt(nonce, filled, None)


def _sender() -> ec.EllipticCurvePrivateKey:
    """A key of this installation; drawn from 384 bits, so that no value is likelier (FIPS 186-5, A.2.1)."""
    drawn = suite.expand(core.current().secret("vapid"), suite.ctx("vapid-key"), 48)
    return ec.derive_private_key(int.from_bytes(drawn, "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def _hkdf(key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(key)


def _point(key: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)


def _raw(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _b64(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")
