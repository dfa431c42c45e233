"""Sealed, expiring text for hidden form fields: the server remembers nothing, the page shows nothing.

Used for the steps of joining, and to bring back what somebody was typing when their session ended.
"""

import base64
import binascii
from typing import TypeVar

import msgspec

from ibasho.vault import clock, core, suite
from ibasho.vault.errors import BadTicket, Tampered

Content = TypeVar("Content")

_LARGEST = 1 << 20  # characters


class _Ticket(msgspec.Struct, array_like=True):
    made: int
    good_until: int
    content: msgspec.Raw


def _key(purpose: str, bound_to: bytes) -> bytes:
    return suite.expand(core.current().secret("ticket") + bound_to, suite.ctx("ticket", purpose))


def seal_ticket(content: object, purpose: str, minutes: int, bound_to: bytes = b"") -> str:
    """Text that only this installation, for this purpose, within these minutes, opens again."""
    now = int(clock.now())
    inner = _Ticket(now, now + minutes * 60, msgspec.Raw(msgspec.json.encode(content)))
    # One with nothing in it has no length to hide, and makes the page at the door a quarter kilobyte smaller.
    seal = suite.seal_padded if content else suite.seal
    return _spell(seal(_key(purpose, bound_to), suite.ctx("ticket", purpose), msgspec.json.encode(inner)))


def _spell(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def open_ticket(text: str, type_: type[Content], purpose: str, bound_to: bytes = b"") -> Content:
    """What was sealed. Raises BadTicket for anything altered, too old, or made for something else."""
    return _open(text, type_, purpose, bound_to)[0]


def ticket_age(text: str, purpose: str, bound_to: bytes = b"") -> int:
    """Seconds since it was made. Raises BadTicket."""
    return _open(text, msgspec.Raw, purpose, bound_to)[1]


def _open(text: str, type_: type[Content], purpose: str, bound_to: bytes) -> tuple[Content, int]:
    if len(text) > _LARGEST or not text.isascii():
        raise BadTicket
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if _spell(sealed) != text:  # a decoder overlooks much, and a ticket with two spellings is good twice
            raise BadTicket
        raw = suite.unseal(_key(purpose, bound_to), suite.ctx("ticket", purpose), sealed)
        inner = msgspec.json.decode(raw if raw.endswith(b"]") else suite.unpad(raw), type=_Ticket)
        content = msgspec.json.decode(inner.content, type=type_)
    except (Tampered, binascii.Error, msgspec.MsgspecError):
        raise BadTicket from None
    now = clock.now()
    if not inner.made - 120 <= now <= inner.good_until:
        raise BadTicket
    return content, int(now) - inner.made
