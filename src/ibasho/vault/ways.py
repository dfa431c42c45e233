"""Ways: what two or more people open together, and no one alone (VAULT 1.6; docs/formats.md).

No secret is cut up by arithmetic. Each holder gets a part, 32 random bytes, sealed to them; for every set of holders
that may open together the secret is sealed once under all the parts of that set. Whoever opens asks with a request;
a holder hands over only their part, sealed to the one who asked and signed for that request alone. So a holder never
sees the secret, nor the one who asks a key of theirs.

A wait is a rule of this program: the cryptography knows nothing of clocks.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec
from django.utils.translation import gettext_lazy as _

from ibasho.vault import clock, suite
from ibasho.vault.errors import NotGranted, Tampered, VaultError
from ibasho.vault.identity import Identity, check_signature, seal_to
from ibasho.vault.sharing import contact
from ibasho.vault.space import Space

MOST_HOLDERS = 6
LARGEST_SET = 3

Seat = Annotated[int, msgspec.Meta(ge=0, lt=MOST_HOLDERS)]
REQUEST_LASTS = dt.timedelta(hours=72)  # after its wait


class TooSoon(VaultError):
    """The wait of a request is not over."""

    message = _("The wait you agreed on is not over yet. It does not have to be long until it is.")
    status = 409


class RequestOver(VaultError):
    """A request that nobody answered in time ends by itself."""

    message = _("What was asked for then is over by now. It can be asked for again.")
    status = 409


class Way(msgspec.Struct, frozen=True):
    """The secret, sealed once for each set of seats that may open it. Opens nothing by itself."""

    id: bytes
    sealed: dict[str, bytes]  # "0.2": by the parts of seats 0 and 2

    def __repr__(self) -> str:
        return "<Way ***>"


class Part(msgspec.Struct, frozen=True):
    """What one holder has of a way."""

    way: bytes
    seat: Seat
    key: bytes

    def __repr__(self) -> str:
        return "<Part ***>"


class Request(msgspec.Struct, frozen=True):
    """Somebody asks for parts, once. Seconds since 1970."""

    id: bytes
    asked: int
    good_from: int
    good_until: int

    def __repr__(self) -> str:
        return "<Request ***>"


class Given(msgspec.Struct, frozen=True):
    """A part on its way to whoever asked for it."""

    way: bytes
    seat: Seat
    sealed: bytes

    def __repr__(self) -> str:
        return "<Given ***>"


def make_way(secret: bytes, sets: Iterable[Sequence[int]]) -> tuple[Way, list[Part]]:
    """A way for a secret, and the part of each seat. `sets`: which seats may open it together, two or three each.

    Raises ValueError for sets with which one person would be enough, or more than six people.
    """
    wanted = sorted({tuple(sorted(set(one))) for one in sets})
    seats = sorted({seat for one in wanted for seat in one})
    if not wanted or seats != list(range(len(seats))) or len(seats) > MOST_HOLDERS:
        raise ValueError("seats are numbered from 0, and there are six at most")
    if not all(2 <= len(one) <= LARGEST_SET for one in wanted):
        raise ValueError("two or three open together")
    way_id = secrets.token_bytes(16)
    parts = [Part(way_id, seat, secrets.token_bytes(suite.KEY)) for seat in seats]
    sealed = {
        _spelt(one): suite.seal_padded(
            _key(way_id, [parts[seat] for seat in one]), _context(way_id, one), secret
        )
        for one in wanted
    }
    return Way(way_id, sealed), parts


def open_way(way: Way, parts: Iterable[Part]) -> bytes:
    """The secret, for those who may open it together. Raises NotGranted for anything less, or else."""
    by_seat = {part.seat: part for part in parts if part.way == way.id}
    for spelt, sealed in way.sealed.items():
        seats = tuple(int(seat) for seat in spelt.split("."))
        if by_seat.keys() >= set(seats):
            try:
                key = _key(way.id, [by_seat[seat] for seat in seats])
                return suite.unseal_padded(key, _context(way.id, seats), sealed)
            except Tampered:
                raise NotGranted from None
    raise NotGranted


def ask_for_parts(wait: dt.timedelta) -> Request:
    """A request that may be answered once its wait is over, and for three days from then on."""
    now = int(clock.now())
    good_from = now + int(wait.total_seconds())
    return Request(secrets.token_bytes(16), now, good_from, good_from + int(REQUEST_LASTS.total_seconds()))


def is_over(request: Request) -> bool:
    """Whether a request has ended by itself."""
    return clock.now() > request.good_until


def give_part(space: Space, contact_id: str, request: Request, part: Part) -> Given:
    """One's own part, for this request of this contact and no other. Raises TooSoon, RequestOver, NotFound."""
    if clock.now() < request.good_from:
        raise TooSoon
    if is_over(request):
        raise RequestOver
    reader = contact(space, contact_id).public
    return _give(space.identity, reader, request, part)


def _give(holder: Identity, reader: bytes, request: Request, part: Part) -> Given:
    signature = holder.sign(_signed(reader, request, part))
    sealed = seal_to(reader, suite.pad(part.key + signature), _envelope(reader))
    return Given(part.way, part.seat, sealed)


def take_part(space: Space, contact_id: str, request: Request, given: Given) -> Part:
    """The part that a holder, known by their pinned keys, gave for this request.

    Raises RequestOver, NotFound, and NotGranted for what was given for another request, to somebody else, or by
    somebody else (attack 35).
    """
    if is_over(request):
        raise RequestOver
    holder = contact(space, contact_id).public

    def opened(reader: Identity) -> Part:
        content = reader.open_padded(given.sealed, _envelope(reader.public))
        part = Part(given.way, given.seat, content[: suite.KEY])
        check_signature(holder, content[suite.KEY :], _signed(reader.public, request, part))
        return part

    part = space.opened_by_one(opened)
    if part is None:
        raise NotGranted
    return part


def _spelt(seats: Sequence[int]) -> str:
    return ".".join(map(str, seats))


def _key(way_id: bytes, parts: Sequence[Part]) -> bytes:
    together = hashlib.sha512(b"".join(part.key for part in parts)).digest()
    return suite.expand(together, suite.ctx("way-key", way_id))


def _context(way_id: bytes, seats: Sequence[int]) -> bytes:
    return suite.ctx("way", way_id, *seats)


def _envelope(reader: bytes) -> bytes:
    return suite.ctx("way-part-env", suite.fingerprint(reader))


def _signed(reader: bytes, request: Request, part: Part) -> bytes:
    return suite.ctx("way-part", suite.fingerprint(reader), request.id, part.way, part.seat, part.key)
