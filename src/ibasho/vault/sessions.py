"""Split-key sessions (VAULT 2): half of the key is in the browser's cookie, half in this process.

A row on tmpfs holds the root key sealed under both. Disk, rows and cookie together open nothing
without the running master's memory; a restart signs everybody out.

    cookie   S (32) | r (8) | mark (16), base64url
    row      name: HKDF(S, "sid") in hex
             tag (16) | born (8) | seen (8) | idle minutes (1) | tries (1) | quick (16) | box

`mark` lets a sign-in recognise that the same person sat here before, and nobody else can.
`quick` lets the first of one's words lift the two-minute lock (DOMAIN 5.4) while the session lives.
"""

import base64
import binascii
import fcntl
import os
import secrets
import struct
from dataclasses import dataclass
from pathlib import Path

from ibasho.vault import clock, core, suite
from ibasho.vault.core import Vault
from ibasho.vault.errors import BadWords, Tampered
from ibasho.vault.space import Space
from ibasho.vault.words import clean_words

COOKIE = "__Host-k"

LOCK_AFTER = 120  # seconds without a request until one word is asked for (DOMAIN 5.4)
IDLE_MINUTES = 15  # until the session ends; a member may choose 3 to 30 (VAULT 2)
ABSOLUTE = 4 * 3600
STEP = 10  # seconds; `seen` moves in these steps, so each limit is reached up to ten seconds late
CLOCK_SLIP = 120  # a clock that went back further than this ends the session
UNLOCK_TRIES = 3

_ROW = struct.Struct(">16sQQBB16s")
_ROW_MOST = 1024  # bytes; a row has about 160


@dataclass(slots=True)
class Session:
    """A resumed session. A locked one has a space that pages must not show yet."""

    space: Space
    locked: bool

    def __repr__(self) -> str:
        return "<Session ***>"


def _parts(cookie: str) -> tuple[bytes, bytes] | None:
    """The session secret and the mark, or None for anything a browser should not have sent."""
    if len(cookie) != 75 or not cookie.isascii():
        return None
    try:
        raw = base64.urlsafe_b64decode(cookie + "=")
    except binascii.Error:
        return None
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != cookie:
        return None
    return raw[:32], raw[32:]


def _sid(secret: bytes) -> bytes:
    return suite.expand(secret, suite.ctx("sid"))


def _wrap(vault: Vault, secret: bytes) -> bytes:
    return suite.expand(suite.tag(vault.boot, secret, 64), suite.ctx("session-wrap"))


def _row_path(vault: Vault, sid: bytes) -> Path:
    return vault.run / "sessions" / sid.hex()


def _account_tag(vault: Vault, space: Space) -> bytes:
    return suite.tag(vault.boot, suite.expand(space._root, suite.ctx("acct")))


def _mark(space: Space, salt: bytes) -> bytes:
    return suite.tag(suite.expand(space._root, suite.ctx("mark")), salt)


def _quick(vault: Vault, secret: bytes, word: str) -> bytes:
    return suite.tag(vault.boot, suite.ctx("quick", secret, word))


def start(
    space: Space, words: str, *, old_cookie: str | None = None, idle_minutes: int = IDLE_MINUTES
) -> str:
    """Begin a session and give its cookie. The one before it in this browser ends (attack 48)."""
    vault = core.current()
    if old_cookie:
        leave(old_cookie)
    secret, salt = secrets.token_bytes(32), secrets.token_bytes(8)
    now = int(clock.now())
    seen = now - now % STEP
    sid = _sid(secret)
    box = suite.seal(_wrap(vault, secret), suite.ctx("session", sid, now), space._root)
    idle = min(30, max(3, idle_minutes))
    first = clean_words(words).split()[0]
    row = _ROW.pack(_account_tag(vault, space), now, seen, idle, 0, _quick(vault, secret, first))
    path = _row_path(vault, sid)
    unfinished = path.with_name(f".{path.name}")  # whole, or not there: the sweep passes over it
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(row + box)
    unfinished.rename(path)
    return base64.urlsafe_b64encode(secret + salt + _mark(space, salt)).decode().rstrip("=")


def resume(cookie: str) -> Session | None:
    """The session a cookie opens, or None. Ends it when it is too old, idle, or the clock went back."""
    vault, parts = core.current(), _parts(cookie)
    if parts is None:
        return None
    secret = parts[0]
    sid = _sid(secret)
    path = _row_path(vault, sid)
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        raw = os.read(handle, _ROW_MOST)
        if len(raw) <= _ROW.size:
            return None
        _, born, seen, _, _, _ = _ROW.unpack_from(raw)
        now = int(clock.now())
        if _is_over(raw, now):
            path.unlink(missing_ok=True)
            return None
        try:
            root = suite.unseal(_wrap(vault, secret), suite.ctx("session", sid, born), raw[_ROW.size :])
        except Tampered:
            return None
        locked = now - seen > LOCK_AFTER + STEP
        step = now - now % STEP
        if not locked and step > seen:
            os.pwrite(handle, step.to_bytes(8, "big"), 24)
    finally:
        os.close(handle)
    return Session(Space(vault, root), locked)


def unlock(cookie: str, word: str) -> bool:
    """Lift the two-minute lock with the first of one's words. The third wrong word ends the session."""
    vault, parts = core.current(), _parts(cookie)
    if parts is None:
        return False
    path = _row_path(vault, _sid(parts[0]))
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    with os.fdopen(handle, "r+b", buffering=0) as file:
        fcntl.flock(handle, fcntl.LOCK_EX)  # many guesses at once are counted one by one
        raw = file.read()
        if len(raw) <= _ROW.size or _is_over(raw, int(clock.now())):
            return False
        _, _, _, _, tries, quick = _ROW.unpack_from(raw)
        if tries >= UNLOCK_TRIES:
            return False
        os.pwrite(file.fileno(), bytes([tries + 1]), 33)
        if suite.same(quick, _quick(vault, parts[0], _first(word))):
            now = int(clock.now())
            os.pwrite(file.fileno(), (now - now % STEP).to_bytes(8, "big"), 24)
            os.pwrite(file.fileno(), b"\0", 33)
            return True
    if tries + 1 >= UNLOCK_TRIES:
        leave(cookie)
    return False


def _first(typed: str) -> str:
    """The first of what was typed, spelt as `start` spelt it; nothing when it is no word of ours."""
    try:
        return clean_words(typed).split()[0]
    except BadWords:
        return ""


def leave(cookie: str) -> bool:
    """End a session. True if there was one; then ask for fresh workers, so that no memory keeps it."""
    vault, parts = core.current(), _parts(cookie)
    if parts is None:
        return False
    try:
        _row_path(vault, _sid(parts[0])).unlink()
    except FileNotFoundError:
        return False
    ask_for_fresh_workers()
    return True


def leave_everywhere(space: Space, *, except_cookie: str | None = None) -> int:
    """End all sessions of this person, but for one. Gives how many ended."""
    vault = core.current()
    mine = _account_tag(vault, space)
    parts = _parts(except_cookie) if except_cookie else None
    spared = _row_path(vault, _sid(parts[0])) if parts else None
    ended = 0
    for path in _rows(vault):
        if path != spared and _read_tag(path) == mine:
            path.unlink(missing_ok=True)
            ended += 1
    if ended:
        ask_for_fresh_workers()
    return ended


def count(space: Space) -> int:
    """How many sessions of this person are open."""
    vault = core.current()
    mine = _account_tag(vault, space)
    return sum(_read_tag(path) == mine for path in _rows(vault))


def same_person(cookie: str, space: Space) -> bool:
    """Whether the browser that sent this cookie was last used by the person who now signed in."""
    parts = _parts(cookie)
    return parts is not None and suite.same(parts[1][8:], _mark(space, parts[1][:8]))


def binding(cookie: str) -> bytes:
    """What a draft is sealed to: this browser's half of the key."""
    parts = _parts(cookie)
    return suite.expand(parts[0], suite.ctx("draft")) if parts else b""


def sweep() -> None:
    """Remove rows whose time is over; the clock of the house calls this every minute."""
    vault = core.current()
    now = clock.now()
    for path in _rows(vault):
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            continue
        if len(raw) <= _ROW.size or _is_over(raw, int(now)):
            path.unlink(missing_ok=True)


def _is_over(raw: bytes, now: int) -> bool:
    """Too old, too long unused, or the clock went back further than it may."""
    _, born, seen, idle, _, _ = _ROW.unpack_from(raw)
    return bool(now - born > ABSOLUTE or now - seen > idle * 60 + STEP or now < seen - CLOCK_SLIP)


def _rows(vault: Vault) -> list[Path]:
    return [path for path in (vault.run / "sessions").iterdir() if not path.name.startswith(".")]


def _read_tag(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(16)
    except FileNotFoundError:
        return b""


def ask_for_fresh_workers() -> None:
    """Leave a note for the process that keeps the workers: replace them now (VAULT 2)."""
    (core.current().run / "renew").touch(mode=0o600)
