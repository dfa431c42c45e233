"""Suite 1: the few primitives everything is sealed with (VAULT 1.3, docs/formats.md).

Authenticated encryption is Cobblestone-256 (C2SP chunked-encryption v1: HKDF-SHA-512, a fresh
AES-256-GCM key per box, key-committing). Nothing here is ours but the order of the fields.
"""

import hmac
from hashlib import sha256

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from ibasho.vault.errors import Tampered

SUITE = 1
KEY = 32
HEAD = 57  # suite byte, salt (24), key commitment (32): unique per sealing, so it serves as a version tag
OVERHEAD = 73
BUCKETS = (256, 1024, 4096, 16384, 65536)

# VAULT 1.1 and attack 10: the floor stands in code and is never read from a database.
ARGON_MEMORY_KIB = 65_536
ARGON_PASSES = 3
ARGON_LANES = 1

_PREFIX = b"\x00\x00\x00\x08ibasho/1"


_SHA512 = SHA512()
_LENGTHS = tuple(length.to_bytes(4, "big") for length in range(129))
_beginnings: dict[str, bytes] = {}  # by label: the part of a context that code alone decides


def ctx(label: str, *fields: bytes | str | int) -> bytes:
    """Join a label and its fields so that no two different lists give the same bytes.

    Each of "ibasho/1", the label, the suite and every field is written as a 4-byte length and
    its bytes; numbers are 8 bytes, big-endian. Injective: see the property tests.
    """
    spelt = _beginnings.get(label)
    if spelt is None:
        spelt = _beginnings[label] = _PREFIX + _field(label) + _field(SUITE)
    for field in fields:
        spelt += _field(field)
    return spelt


def _field(field: bytes | str | int) -> bytes:
    if isinstance(field, int):
        return _LENGTHS[8] + field.to_bytes(8, "big")
    raw = field.encode() if isinstance(field, str) else field
    return (_LENGTHS[len(raw)] if len(raw) < 129 else len(raw).to_bytes(4, "big")) + raw


def expand(key: bytes, context: bytes, length: int = KEY) -> bytes:
    """HKDF-Expand with SHA-512 (RFC 5869)."""
    return HKDFExpand(_SHA512, length, context).derive(key)


def tag(key: bytes, context: bytes, length: int = 16) -> bytes:
    """A keyed name for something: HMAC-SHA-512, cut to `length` bytes."""
    return hmac.digest(key, context, "sha512")[:length]


def same(one: bytes, other: bytes) -> bool:
    """Compare without telling where two values part."""
    return hmac.compare_digest(one, other)


def fingerprint(data: bytes) -> bytes:
    """SHA-256, 32 bytes."""
    return sha256(data).digest()


def stretch(words: str, *, salt: bytes, pepper: bytes, purpose: str) -> bytes:
    """Argon2id over canonical words: 64 bytes, 64 MiB for a fifth of a second (VAULT 1.1)."""
    return Argon2id(
        salt=salt,
        length=64,
        iterations=ARGON_PASSES,
        lanes=ARGON_LANES,
        memory_cost=ARGON_MEMORY_KIB,
        ad=ctx(purpose),
        secret=pepper,
    ).derive(words.encode())


def seal(key: bytes, context: bytes, plaintext: bytes) -> bytes:
    """Seal as it is: suite byte, salt, key commitment, chunks. 73 bytes longer, 16 more per 16 KiB."""
    box = Cobblestone256Encryptor(key, context)
    return b"\x01" + box.update(plaintext) + box.finalize()


def unseal(key: bytes, context: bytes, sealed: bytes) -> bytes:
    """Open what `seal` made under the same key and context. Raises Tampered for anything else."""
    if len(sealed) < OVERHEAD or sealed[0] != SUITE:
        raise Tampered
    box = Cobblestone256Decryptor(key, context)
    try:
        return box.update(sealed[1:]) + box.finalize()
    except InvalidTag:
        raise Tampered from None


def bucket(length: int) -> int:
    """The padded size for `length` bytes of content: 256 B, 1, 4, 16, 64 KiB, then powers of two."""
    for size in BUCKETS:
        if length < size:
            return size
    return 1 << length.bit_length()


def pad(content: bytes) -> bytes:
    """Fill up to a bucket with 0x80 and zeros (ISO/IEC 7816-4)."""
    return (content + b"\x80").ljust(bucket(len(content)), b"\x00")


def unpad(padded: bytes) -> bytes:
    """Undo `pad`, and refuse every padding that `pad` would not have made. Raises Tampered."""
    end = padded.rfind(b"\x80")
    if end < 0 or padded[end + 1 :] != bytes(len(padded) - end - 1) or len(padded) != bucket(end):
        raise Tampered
    return padded[:end]


def seal_padded(key: bytes, context: bytes, content: bytes) -> bytes:
    """Seal content so that its length shows only as a bucket (VAULT 3.2)."""
    return seal(key, context, pad(content))


def unseal_padded(key: bytes, context: bytes, sealed: bytes) -> bytes:
    """Open what `seal_padded` made. Raises Tampered."""
    return unpad(unseal(key, context, sealed))
