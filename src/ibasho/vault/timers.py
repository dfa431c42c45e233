"""Timers: what the server does on a day without anybody's session (VAULT, decision 1; docs/formats.md).

A row is a random id, the day it is due, a hash that lets a token move it, and a sealed body. The body is sealed under
a key of this installation, which is in no database and no back-up: a copy of the table says how many there are, and
for when.
"""

import datetime as dt
import secrets
from contextlib import suppress

import msgspec

from ibasho.vault import suite
from ibasho.vault.core import Vault
from ibasho.vault.errors import Tampered
from ibasho.vault.identity import Identity, seal_to
from ibasho.vault.manifest import Contact, Manifest
from ibasho.vault.store import Op, drop_box, drop_post, drop_shelf, put_post

_AS_A_NOTE = b"\x03"
BODY = 4096  # every body is filled up to this, so that none says what it is for


class Ends(msgspec.Struct, tag="ends", array_like=True):
    """A published copy ends: its shelf, and the grants of it in post boxes."""

    shelf: bytes
    posts: list[tuple[bytes, bytes]] = []


class Letter(msgspec.Struct, array_like=True, frozen=True):
    """One sealed letter that waits: where it lies, what takes its outer layer off, and where it goes."""

    box: bytes
    key: bytes
    post: bytes
    bell: bytes
    done: bytes  # SHA-256 of a token inside the letter: whoever read it can call the next one off

    def __repr__(self) -> str:
        return "<Letter ***>"


class Watch(msgspec.Struct, tag="watch", array_like=True, frozen=True):
    """Letters that go out if somebody goes quiet, and how far the silence has come (VAULT 1.7)."""

    letters: list[Letter]  # those that still wait, in order
    bell: bytes  # their writer's own
    token: bytes  # what a nudge carries, so that one tap ends the silence
    shelf: bytes
    zone: str
    hour: int  # of the day, in that zone, at which the first goes out
    wait: int  # days of silence before it does
    later: int = 0  # hours from the first to the second
    since: int = (
        0  # seconds since 1970: noon of the day its writer was last here; when the last letter went out
    )
    away: int = 0  # the last day of an absence that was said, as a proleptic ordinal
    ledger: str = ""  # whose seconds `enough` counts
    epoch: int = 0
    enough: float = 0.0  # seconds of running time that must have been counted before anything goes out
    nudged: int = 0  # nudges given in this silence
    nudged_on: int = 0  # the day of the last one, where its writer is
    ring: list[bytes] = []  # bells to be rung for what has happened already
    went: list[int] = []  # when letters went out
    nobody: int = 0  # when the hour came and none of their readers was here any more

    @property
    def is_over(self) -> bool:
        """Whether the hour came: nothing moves it any more."""
        return bool(self.went or self.nobody)

    def __repr__(self) -> str:
        return "<Watch ***>"


class Idle(msgspec.Struct, tag="idle", array_like=True):
    """A timer for nothing, that renews itself as if somebody came by: the table does not count people."""


class Forgets(msgspec.Struct, tag="forgets", array_like=True):
    """A place where somebody waited for their friends is gone: its door, its lifeline, its manifest."""

    locator: bytes
    lifeline: bytes
    manifest: bytes
    began: int = 0  # seconds since 1970, until a friend was led there


Work = Ends | Forgets | Watch | Idle
_work: msgspec.json.Decoder[Work] = msgspec.json.Decoder(Work)
_COLUMNS = "id, due_day, renew, body"


class Timer(msgspec.Struct, frozen=True):
    """One row, opened."""

    id: bytes
    due_day: dt.date
    work: Work
    renew: bytes = b""
    seen: bytes = b""  # the head of its sealed body, for a later swap

    def __repr__(self) -> str:
        return "<Timer ***>"


def new_id() -> bytes:
    """A name for a timer."""
    return secrets.token_bytes(16)


def put_timer(vault: Vault, timer_id: bytes, due: dt.date, work: Work, renew: bytes = b"") -> Op:
    """A new timer. `renew`: SHA-256 of the token that may move it; without one, nothing may."""
    body = _seal(vault, timer_id, work)
    sql = "INSERT INTO timer (id, due_day, renew, body) VALUES (?, ?, ?, ?)"
    return Op(sql, (timer_id, due.toordinal(), renew or secrets.token_bytes(32), body), 1)


def drop_timer(timer_id: bytes) -> Op:
    """A timer is no more, if it was."""
    return Op("DELETE FROM timer WHERE id = ?", (timer_id,))


def due(vault: Vault, day: dt.date) -> list[Timer]:
    """The timers due on that day or before."""
    return _opened(vault, "due_day <= ?", (day.toordinal(),))


def find_timer(vault: Vault, timer_id: bytes) -> Timer | None:
    """One timer, if it is there."""
    return next(iter(_opened(vault, "id = ?", (timer_id,))), None)


def moved_by(vault: Vault, token: bytes) -> Timer | None:
    """The timer that this token may move, if there is one."""
    return next(iter(_opened(vault, "renew = ?", (suite.fingerprint(token),))), None)


def swap_timer(vault: Vault, timer: Timer, due_day: dt.date, work: Work, renew: bytes = b"") -> Op:
    """A timer goes on with other work, if it is still as it was seen."""
    params = (due_day.toordinal(), renew or timer.renew, _seal(vault, timer.id, work), timer.id, timer.seen)
    sql = "UPDATE timer SET due_day = ?, renew = ?, body = ? WHERE id = ? AND substr(body, 1, 57) = ?"
    return Op(sql, params, 1)


def drop_seen_timer(timer: Timer) -> Op:
    """A timer is no more, if it is still as it was seen."""
    return Op("DELETE FROM timer WHERE id = ? AND substr(body, 1, 57) = ?", (timer.id, timer.seen), 1)


def plan_disarm(manifest: Manifest) -> list[Op]:
    """The ops after which no letter of this person waits. What takes outer layers off goes afterwards."""
    armed, manifest.armed = manifest.armed, None
    return [drop_timer(armed.timer), drop_shelf(armed.shelf, for_good=True)] if armed else []


def plan_nobody_reads(vault: Vault, contact: Contact) -> list[Op]:
    """The ops that mark the post box of somebody who is an ally no more, so that no letter goes there.

    In the table the mark looks like one more note. Its name says what it is to this machine alone.
    """
    if contact.kind != "beside":
        return []
    body = _AS_A_NOTE + seal_to(Identity(secrets.token_bytes(suite.KEY)).public, suite.pad(b""), b"")
    return [put_post(contact.inbox, body, _mark_in(vault, contact.inbox))]


def nobody_reads(vault: Vault, box: bytes) -> bool:
    """Whether whoever read this post box said that they do so no more.

    After a restore the mark may be missing, where a copy is older, or was taken back with all else in that box: then
    the box is empty, and noted as taken back.
    """
    there = {bytes(row[0]) for row in vault.store.rows("SELECT id FROM post WHERE box = ?", (box,))}
    if there:
        return _mark_in(vault, box) in there
    sql = "SELECT count(*) FROM taken_back WHERE id = ?"
    return bool(vault.lifelines.value(sql, (suite.fingerprint(box),)))


def _mark_in(vault: Vault, box: bytes) -> bytes:
    return suite.tag(vault.secret("nobody-reads"), suite.ctx("nobody-reads", box))


def drop_keys(vault: Vault, keys: list[bytes]) -> None:
    """What took the outer layers off letters is no more, in no page and no journal."""
    if keys:
        vault.releases.commit(
            [Op("DELETE FROM release_key WHERE id = ?", (key,)) for key in keys], truncate=True
        )


def unreadable(vault: Vault) -> int:
    """How many timers do not open: nothing will come of them."""
    return int(vault.store.value("SELECT count(*) FROM timer")) - len(due(vault, dt.date.max))


def waiting(vault: Vault) -> int:
    """In how many places somebody waits for their friends."""
    everything = due(vault, dt.date.max)
    return sum(isinstance(timer.work, Forgets) for timer in everything)


def end_what_is_over(vault: Vault, day: dt.date) -> int:
    """Take away what ended before `day`: published copies, and places where nobody waits any more. Gives how many.

    Trouble with one of them keeps none of the others; the first is raised at the end.
    """
    ended, trouble = 0, None
    for timer in due(vault, day):
        if isinstance(timer.work, Ends | Forgets):
            try:
                _end(vault, timer, timer.work)
                ended += 1
            except Exception as error:
                trouble = trouble or error
    if trouble is not None:
        raise trouble
    return ended


def _end(vault: Vault, timer: Timer, work: Ends | Forgets) -> None:
    ops = [drop_timer(timer.id), *_plan_end(work)]
    vault.take_back(ops)
    vault.store.commit(ops, truncate=True)
    if isinstance(work, Forgets):
        drop = Op("DELETE FROM lifeline WHERE id = ?", (work.lifeline,))
        vault.lifelines.commit([drop], truncate=True)


def _plan_end(work: Ends | Forgets) -> list[Op]:
    if isinstance(work, Forgets):
        return [Op("DELETE FROM door WHERE locator = ?", (work.locator,)), drop_box(work.manifest)]
    return [
        drop_shelf(work.shelf, for_good=True),
        *(drop_post(*post, for_good=True) for post in work.posts),
    ]


def _context(timer_id: bytes) -> bytes:
    return suite.ctx("timer", timer_id)


def _seal(vault: Vault, timer_id: bytes, work: Work) -> bytes:
    content = msgspec.json.encode(work)
    filled = len(content).to_bytes(4, "big") + content.ljust(BODY - 5)
    return suite.seal_padded(vault.secret("timer"), _context(timer_id), filled)


def _opened(vault: Vault, where: str, params: tuple[bytes | int, ...]) -> list[Timer]:
    """Those of these rows that open: one that does not keeps nobody else's letter."""
    found = []
    for row in vault.store.rows(f"SELECT {_COLUMNS} FROM timer WHERE {where}", params):  # noqa: S608
        with suppress(Tampered, msgspec.MsgspecError, ValueError, OverflowError):
            found.append(_open(vault, bytes(row[0]), int(row[1]), bytes(row[3]), bytes(row[2])))
    return found


def _open(vault: Vault, timer_id: bytes, day: int, body: bytes, renew: bytes = b"") -> Timer:
    filled = suite.unseal_padded(vault.secret("timer"), _context(timer_id), body)
    size = int.from_bytes(filled[:4], "big")
    work = _work.decode(filled[4 : 4 + size])
    return Timer(timer_id, dt.date.fromordinal(day), work, renew, body[: suite.HEAD])
