"""Bells: how somebody without a session is reached, and what waits to be rung (docs/formats.md, decision 0015).

A bell is a row at an id that two people can derive from a post box of theirs, or one person from a random id of their
own. Its body holds a push subscription or an address of e-mail, sealed under a key of this installation that is in no
database and no back-up. So a copy of the table says how many bells there are; a live server can read them.

The queue beside it holds rings: when, and a sealed body that says which bell. All bodies of a table are the same size.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from ibasho.vault import clock, core, suite
from ibasho.vault.core import Vault
from ibasho.vault.errors import Changed, Tampered
from ibasho.vault.manifest import Contact, Manifest
from ibasho.vault.store import Op

if TYPE_CHECKING:
    from ibasho.vault.space import Space

BELL, RING = 4096, 1024  # every body is filled up to this, so that none says what is in it
LONGEST_PATH = 300  # signs
STEP = 60  # seconds; what is due is written in whole minutes
OF_A_CONTACT = 6  # rings an hour that one contact may cause
OWN = 20  # and those somebody causes for themselves: a knock's nudges among them
ATTEMPTS = 8


class Push(msgspec.Struct, tag="push", frozen=True):
    """A browser's subscription (RFC 8291): where to post, its public key (65 bytes) and secret (16)."""

    id: str
    endpoint: str
    key: bytes
    auth: bytes

    def __repr__(self) -> str:
        return "<Push ***>"


class Mail(msgspec.Struct, tag="mail", frozen=True):
    """An address of e-mail."""

    id: str
    address: str

    def __repr__(self) -> str:
        return "<Mail ***>"


Channel = Push | Mail


class Silence(msgspec.Struct, array_like=True, frozen=True):
    """Since which day a channel has not answered; `for_good` when it was said to be gone."""

    since: dt.date
    for_good: bool = False


class PutOff(msgspec.Struct, array_like=True, frozen=True):
    """The one ring that waits for the hour to pass, and the path it will lead to."""

    due: int
    path: str

    def __repr__(self) -> str:
        return "<PutOff ***>"


class Bell(msgspec.Struct, frozen=True, omit_defaults=True):
    """What lies behind one id."""

    text: str
    channels: tuple[Channel, ...]
    most: int = OF_A_CONTACT
    silent: dict[str, Silence] = {}
    rung: tuple[int, ...] = ()  # seconds since 1970, of the last hour
    later: PutOff | None = None

    def __repr__(self) -> str:
        return "<Bell ***>"


class Strike(msgspec.Struct, tag="strike", frozen=True, array_like=True):
    """Somebody rang a bell. `put_off`: its path stands in the bell by now."""

    bell: bytes
    path: str
    put_off: bool = False


class Try(msgspec.Struct, tag="try", frozen=True, array_like=True):
    """One channel of a bell is to be rung. `first`: when that was tried first; `tries`: how often it was."""

    bell: bytes
    channel: str
    path: str
    first: int
    tries: int = 0


Work = Strike | Try
_bell: msgspec.json.Decoder[Bell] = msgspec.json.Decoder(Bell)
_work: msgspec.json.Decoder[Work] = msgspec.json.Decoder(Work)
T = TypeVar("T")


class Ring(msgspec.Struct, frozen=True):
    """One row of the queue, opened. `work` is None where it cannot be."""

    id: bytes
    seen: bytes
    work: Work | None

    def __repr__(self) -> str:
        return "<Ring ***>"


class Hung(msgspec.Struct, frozen=True):
    """A bell as it lies in its row."""

    id: bytes
    seen: bytes
    bell: Bell

    def __repr__(self) -> str:
        return "<Hung ***>"


# Names ----------------------------------------------------------------------------------------


def bell_of(contact: Contact) -> bytes:
    """A contact's bell, as this side may ring it."""
    return _id(core.current(), contact.outbox)


def my_bell_for(contact: Contact) -> bytes:
    """One's own bell, as this contact may ring it."""
    return _id(core.current(), contact.inbox)


def own_bell(space: "Space") -> bytes:
    """One's own bell, for what one asked to be told. Its name is made the first time, and stays."""

    def plan(manifest: Manifest) -> list[Op]:
        manifest.bell = manifest.bell or secrets.token_bytes(16)
        return []

    if not space._manifest.bell:
        space._write(plan)
    return _id(space._vault, space._manifest.bell)


def _id(vault: Vault, box: bytes) -> bytes:
    """Under a key, so that the database alone does not tell which bell goes with which post box."""
    return suite.tag(vault.secret("bell"), suite.ctx("bell-id", box))


# Hanging bells, in their owner's visit ----------------------------------------------------------


def hang_bells(
    space: "Space", channels: Sequence[Channel], text: str, *, answered: Sequence[str] = ()
) -> None:
    """Every bell of this person has these channels: their own, and one for each contact. Without any, none hangs.

    What was found silent stays so in all of them, but for the channels that `answered`.
    """
    if channels:
        own_bell(space)
    for _ in range(ATTEMPTS):
        ids = _ids_of(space)
        there = {one: look_at_bell(one) for one in ids}
        silent = _silent(there.values(), channels, answered)
        ops: list[Op] = []
        for one, most in ids.items():
            ops += _plan_hang(space._vault, one, there[one], tuple(channels), text, most, silent)
        try:
            if ops:
                space._vault.store.commit(ops, truncate=True)
            return
        except Changed:
            continue
    raise Changed


def fits(channels: Sequence[Channel], text: str) -> bool:
    """Whether all of this fits a row, whatever comes to stand beside it there."""
    silent = {one.id: Silence(dt.date.max) for one in channels}
    later = PutOff(2**63, "/" * LONGEST_PATH)
    fullest = Bell(text, tuple(channels), OWN, silent, (2**40,) * OWN, later)
    return len(msgspec.json.encode(fullest)) <= BELL - 5


def silent_channels(space: "Space") -> dict[str, Silence]:
    """Which channels have not answered, whichever bell it was that found out."""
    return _silent([look_at_bell(one) for one in _ids_of(space)], None, ())


def plan_take_down(vault: Vault, manifest: Manifest) -> list[Op]:
    """The ops that leave no bell of this person."""
    boxes = [box for one in manifest.contacts.values() for box in (one.inbox, one.outbox)]
    return _plan_drop(vault, [*boxes, *([manifest.bell] if manifest.bell else [])])


def plan_let_go(vault: Vault, contact: Contact) -> list[Op]:
    """The ops that leave no bell between two people."""
    return _plan_drop(vault, [contact.inbox, contact.outbox])


def _plan_drop(vault: Vault, boxes: list[bytes]) -> list[Op]:
    return [Op("DELETE FROM bell WHERE id = ?", (_id(vault, box),), for_good=True) for box in boxes]


def _ids_of(space: "Space") -> dict[bytes, int]:
    """The ids of somebody's bells, each with how often it may ring in an hour."""
    manifest = space._manifest
    ids = {my_bell_for(contact): OF_A_CONTACT for contact in manifest.contacts.values()}
    return ids | ({_id(space._vault, manifest.bell): OWN} if manifest.bell else {})


def _silent(
    there: Iterable[Hung | None], channels: Sequence[Channel] | None, answered: Sequence[str]
) -> dict[str, Silence]:
    found: dict[str, Silence] = {}
    for hung in there:
        for one, silence in hung.bell.silent.items() if hung else ():
            known = channels is None or any(channel.id == one for channel in channels)
            if known and one not in answered:
                before = found.get(one, silence)
                found[one] = Silence(min(before.since, silence.since), before.for_good or silence.for_good)
    return found


def _plan_hang(
    vault: Vault,
    bell_id: bytes,
    hung: Hung | None,
    channels: tuple[Channel, ...],
    text: str,
    most: int,
    silent: dict[str, Silence],
) -> list[Op]:
    if not channels:
        return [Op("DELETE FROM bell WHERE id = ?", (bell_id,))] if hung else []
    if hung is None:
        body = _seal(vault, "bell", bell_id, Bell(text, channels, most, silent), BELL)
        # A row that is there and does not open was sealed under another pepper.
        return [
            Op("DELETE FROM bell WHERE id = ?", (bell_id,)),
            Op("INSERT INTO bell (id, body) VALUES (?, ?) ON CONFLICT DO NOTHING", (bell_id, body), 1),
        ]
    bell = msgspec.structs.replace(hung.bell, text=text, channels=channels, most=most, silent=silent)
    return [swap_bell(hung, bell)] if bell != hung.bell else []


# Rows -------------------------------------------------------------------------------------------


def look_at_bell(bell_id: bytes) -> Hung | None:
    """What hangs behind an id, or nothing."""
    vault = core.current()
    body = vault.store.value("SELECT body FROM bell WHERE id = ?", (bell_id,))
    if body is None:
        return None
    try:
        bell = _open(vault, "bell", bell_id, bytes(body), _bell)
    except Tampered:
        return None
    return Hung(bell_id, bytes(body)[: suite.HEAD], bell)


def swap_bell(hung: Hung, bell: Bell) -> Op:
    """A bell is another one from now on, if it is still the one that was seen."""
    body = _seal(core.current(), "bell", hung.id, bell, BELL)
    sql = "UPDATE bell SET body = ? WHERE id = ? AND substr(body, 1, 57) = ?"
    return Op(sql, (body, hung.id, hung.seen), 1)


def change_bell(bell_id: bytes, change: Callable[[Bell], Bell]) -> None:
    """Say something about a bell differently, if it still hangs. `change` gets it as it is at that moment."""
    for _ in range(ATTEMPTS):
        hung = look_at_bell(bell_id)
        if hung is None:
            return
        changed = change(hung.bell)
        if changed == hung.bell:
            return
        try:
            return carry_out([swap_bell(hung, changed)])
        except Changed:
            continue


def put_ring(due: int, work: Work) -> Op:
    """Something to be rung at a time, or soon after."""
    ring_id = secrets.token_bytes(16)
    body = _seal(core.current(), "ring", ring_id, work, RING)
    return Op("INSERT INTO ring (id, due, body) VALUES (?, ?, ?)", (ring_id, -(-due // STEP) * STEP, body), 1)


def take_ring(ring: Ring) -> Op:
    """A ring is out of the queue, and belongs to whoever took it. Refused when somebody else did."""
    sql = "DELETE FROM ring WHERE id = ? AND substr(body, 1, 57) = ?"
    return Op(sql, (ring.id, ring.seen), 1)


def rings_due(most: int) -> list[Ring]:
    """What is to be rung by now, longest due first."""
    vault = core.current()
    sql = "SELECT id, body FROM ring WHERE due <= ? ORDER BY due LIMIT ?"
    found = []
    for row in vault.store.rows(sql, (int(clock.now()), most)):
        ring_id, body = bytes(row[0]), bytes(row[1])
        try:
            work = _open(vault, "ring", ring_id, body, _work)
        except Tampered:
            work = None
        found.append(Ring(ring_id, body[: suite.HEAD], work))
    return found


def carry_out(ops: Sequence[Op]) -> None:
    """Make it true, and leave nothing of what was erased in the journal. Raises Changed, StorageTrouble."""
    core.current().store.commit(ops, truncate=True)


def ring_bell(bell_id: bytes, path: str) -> None:
    """Queue one ring. Whether anything hangs behind the id, nobody learns from this."""
    work = Strike(bell_id, path)
    core.current().store.commit([put_ring(int(clock.now()) // STEP * STEP, work)])


def _seal(vault: Vault, label: str, row: bytes, record: Any, size: int) -> bytes:
    content = msgspec.json.encode(record)
    if len(content) > size - 5:
        raise ValueError("this does not fit a row")
    filled = len(content).to_bytes(4, "big") + content.ljust(size - 5)
    return suite.seal_padded(vault.secret("bell"), suite.ctx(label, row), filled)


def _open(vault: Vault, label: str, row: bytes, body: bytes, decoder: "msgspec.json.Decoder[T]") -> T:
    filled = suite.unseal_padded(vault.secret("bell"), suite.ctx(label, row), body)
    return decoder.decode(filled[4 : 4 + int.from_bytes(filled[:4], "big")])
