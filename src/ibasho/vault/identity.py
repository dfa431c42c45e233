"""Who a person is to others: an X-Wing key pair and an Ed25519 key, from the root key (VAULT 1.2).

X-Wing (X25519 with ML-KEM-768) is used through HPKE base mode (RFC 9180; draft-ietf-hpke-pq).
"""

import hashlib

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from ibasho.vault import suite
from ibasho.vault.errors import NotGranted, Tampered
from ibasho.vault.words import pick

PUBLIC = 1184 + 32 + 32  # ML-KEM-768, X25519, Ed25519
_HPKE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class Identity:
    """The private half. Made when it is needed: the key pair costs some milliseconds."""

    def __init__(self, root: bytes) -> None:
        seed = suite.expand(root, suite.ctx("id-seed"))
        expanded = hashlib.shake_256(seed).digest(96)
        kem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        curve = X25519PrivateKey.from_private_bytes(expanded[64:])
        self._kem = MLKEM768X25519PrivateKey(kem, curve)
        self._sign = Ed25519PrivateKey.from_private_bytes(suite.expand(root, suite.ctx("sign-seed")))
        self.public = (
            kem.public_key().public_bytes_raw()
            + curve.public_key().public_bytes_raw()
            + self._sign.public_key().public_bytes_raw()
        )
        self.fingerprint = suite.fingerprint(self.public)

    def __repr__(self) -> str:
        return "<Identity ***>"

    def sign(self, message: bytes) -> bytes:
        """Ed25519, 64 bytes."""
        return self._sign.sign(message)

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """Open what `seal_to` made for this identity. Raises NotGranted."""
        try:
            return _HPKE.decrypt(sealed, self._kem, info)
        except (InvalidTag, ValueError):
            raise NotGranted from None

    def open_padded(self, sealed: bytes, info: bytes) -> bytes:
        """Open what `seal_to` made of padded content. Raises NotGranted."""
        try:
            return suite.unpad(self.open(sealed, info))
        except Tampered:
            raise NotGranted from None


def seal_to(public: bytes, content: bytes, info: bytes) -> bytes:
    """Seal to somebody's public key (HPKE base mode: it does not say who sealed)."""
    return _HPKE.encrypt(content, check_public(public), info)


def check_public(public: bytes) -> MLKEM768X25519PublicKey:
    """The key to seal to. Raises NotGranted for what cannot be anybody's public key."""
    if len(public) != PUBLIC:
        raise NotGranted
    try:
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:1184]),
            X25519PublicKey.from_public_bytes(public[1184:1216]),
        )
    except ValueError:
        raise NotGranted from None


def check_signature(public: bytes, signature: bytes, message: bytes) -> None:
    """Raises NotGranted unless the holder of `public` signed the message."""
    try:
        Ed25519PublicKey.from_public_bytes(public[1216:]).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise NotGranted from None


def safety_words(one: bytes, other: bytes) -> str:
    """Four words two people compare aloud; the same from both sides (VAULT 1.4)."""
    low, high = sorted((suite.fingerprint(one), suite.fingerprint(other)))
    return pick(hashlib.sha512(suite.ctx("safety-words", low, high)).digest(), 4)
