"""Timers: what the server does on a day without anybody's session (VAULT, decision 1; docs/formats.md).

A row is a random id, the day it is due, a hash that lets a token move it, and a sealed body. The body is sealed under
a key of this installation, which is in no database and no back-up: a copy of the table says how many there are, and
for when.
"""

import datetime as dt
import secrets

import msgspec

from ibasho.vault import suite
from ibasho.vault.core import Vault
from ibasho.vault.store import Op, drop_box, drop_post, drop_shelf

BODY = 4096  # every body is filled up to this, so that none says what it is for


class Ends(msgspec.Struct, tag="ends", array_like=True):
    """A published copy ends: its shelf, and the grants of it in post boxes."""

    shelf: bytes
    posts: list[tuple[bytes, bytes]] = []


class Forgets(msgspec.Struct, tag="forgets", array_like=True):
    """A place where somebody waited for their friends is gone: its door, its lifeline, its manifest."""

    locator: bytes
    lifeline: bytes
    manifest: bytes


Work = Ends | Forgets
_work: msgspec.json.Decoder[Work] = msgspec.json.Decoder(Work)


class Timer(msgspec.Struct, frozen=True):
    """One row, opened."""

    id: bytes
    due_day: dt.date
    work: Work

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
    rows = vault.store.rows("SELECT id, due_day, body FROM timer WHERE due_day <= ?", (day.toordinal(),))
    return [_open(vault, bytes(row[0]), int(row[1]), bytes(row[2])) for row in rows]


def waiting(vault: Vault) -> int:
    """In how many places somebody waits for their friends."""
    everything = due(vault, dt.date.max)
    return sum(isinstance(timer.work, Forgets) for timer in everything)


def end_what_is_over(vault: Vault, day: dt.date) -> int:
    """Take away what ended before `day`: published copies, and places where nobody waits any more. Gives how many."""
    over = due(vault, day)
    for timer in over:
        ops = [drop_timer(timer.id), *_plan_end(timer.work)]
        vault.take_back(ops)
        vault.store.commit(ops, truncate=True)
        if isinstance(timer.work, Forgets):
            drop = Op("DELETE FROM lifeline WHERE id = ?", (timer.work.lifeline,))
            vault.lifelines.commit([drop], truncate=True)
    return len(over)


def _plan_end(work: Work) -> list[Op]:
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


def _open(vault: Vault, timer_id: bytes, day: int, body: bytes) -> Timer:
    filled = suite.unseal_padded(vault.secret("timer"), _context(timer_id), body)
    size = int.from_bytes(filled[:4], "big")
    return Timer(timer_id, dt.date.fromordinal(day), _work.decode(filled[4 : 4 + size]))
