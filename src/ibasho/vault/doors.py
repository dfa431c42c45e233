"""Doors: the ways in (VAULT 1.1, 4.1). Words open a door; a door holds a root key; no name anywhere.

A door cannot be asked for by account, so wrong words and nobody's words are the same thing. The
table is filled with chaff to a power of two, so its size does not count people (VAULT 3.4).
"""

import hashlib
import secrets
from dataclasses import dataclass

from ibasho.vault import clock, core, suite, throttle
from ibasho.vault.core import Vault
from ibasho.vault.errors import NoDoor, Tampered
from ibasho.vault.space import DoorRef, Manifest, Space
from ibasho.vault.store import Op, Store
from ibasho.vault.words import clean_words


@dataclass(frozen=True, slots=True)
class Counts:
    """What a host may know of how many people there are."""

    doors: int
    invitations: int


CONTENT = 512  # root key (32), flags' length (2), flags (478; all reserved, always present)
FEWEST_ROWS = 64


class _Way:
    """What words come to: where the door is, and the key that opens it."""

    def __init__(self, vault: Vault, words: str) -> None:
        stretched = throttle.stretched(vault, clean_words(words), "door")
        self.locator = suite.expand(stretched, suite.ctx("door-locator"))
        self.lifeline_id = suite.expand(stretched, suite.ctx("lifeline-id"))
        self._kek0 = suite.expand(stretched, suite.ctx("door-kek"))

    def key(self, lifeline: bytes) -> bytes:
        return suite.expand(hashlib.sha512(self._kek0 + lifeline).digest(), suite.ctx("door-kek2"))

    def box(self, root: bytes, lifeline: bytes) -> bytes:
        content = root + (0).to_bytes(2, "big") + bytes(CONTENT - len(root) - 2)
        return suite.seal(self.key(lifeline), suite.ctx("door-box", self.locator), content)


def open_door(words: str) -> Space:
    """Open the space these words belong to.

    Takes one Argon2 run whether or not there is a door. Raises BadWords, NoDoor, Busy.
    """
    vault = core.current()
    way = _Way(vault, words)
    body = vault.store.value("SELECT body FROM door WHERE locator = ?", (way.locator,))
    lifeline = vault.lifelines.value("SELECT body FROM lifeline WHERE id = ?", (way.lifeline_id,))
    if body is None or lifeline is None:
        raise NoDoor
    try:
        content = suite.unseal(way.key(bytes(lifeline)), suite.ctx("door-box", way.locator), bytes(body))
    except Tampered:
        raise NoDoor from None
    return Space(vault, content[:32])


def make_space(words: str, *, also: list[Op] | None = None) -> Space:
    """A new, empty space behind a first door. `also` becomes true in the same moment, or nothing does."""
    vault = core.current()
    space = Space(vault, secrets.token_bytes(suite.KEY))
    way, lifeline = _Way(vault, words), secrets.token_bytes(32)
    _keep_lifeline(vault, way, lifeline)
    ref = DoorRef(way.locator, way.lifeline_id, "words", clock.instant().date())
    ops = _plan_door(vault, way, space, lifeline)
    begin = space._begin_with([ref])
    vault.store.commit([*begin, *ops, *(also or [])])
    return space


def add_door(space: Space, words: str, kind: str = "recovery") -> None:
    """Another door to the same space; a recovery door replaces the one before it."""
    vault = core.current()
    way, lifeline = _Way(vault, words), secrets.token_bytes(32)
    _keep_lifeline(vault, way, lifeline)
    old = [door for door in space.doors() if door.kind == kind == "recovery"]
    ref = DoorRef(way.locator, way.lifeline_id, kind, clock.instant().date())

    def plan(manifest: Manifest) -> list[Op]:
        manifest.doors = [*(door for door in manifest.doors if door not in old), ref]
        return [*_plan_door(vault, way, space, lifeline), *_plan_remove(vault, old)]

    space._write(plan, truncate=bool(old))
    _drop_lifelines(vault, old)


def close_door(space: Space, door: DoorRef) -> None:
    """Take one door away for good."""
    vault = core.current()

    def plan(manifest: Manifest) -> list[Op]:
        manifest.doors = [kept for kept in manifest.doors if kept.id != door.id]
        return _plan_remove(vault, [door])

    space._write(plan, truncate=True)
    _drop_lifelines(vault, [door])


def change_words(space: Space, words: str, *, someone_knows: bool = False) -> Space:
    """Move the space behind new words and a new root key; every other door is gone (attack 22).

    With `someone_knows`, every collection is sealed anew as well. The returned space replaces the
    one given; sessions opened before do not open it.
    """
    from ibasho.vault import sharing

    vault = core.current()
    if someone_knows:
        space.rotate_keys()
    way, lifeline = _Way(vault, words), secrets.token_bytes(32)
    _keep_lifeline(vault, way, lifeline)
    old_doors = space.doors()
    moved = Space(vault, secrets.token_bytes(suite.KEY))
    ref = DoorRef(way.locator, way.lifeline_id, "words", clock.instant().date())

    def plan(manifest: Manifest) -> list[Op]:
        notes = sharing.plan_key_change(space, moved, manifest)
        begin = moved._begin_from(manifest, [ref], former=space._root)
        return [*begin, *notes, *_plan_door(vault, way, moved, lifeline), *_plan_remove(vault, old_doors)]

    space._move(plan)
    _drop_lifelines(vault, old_doors)
    return moved


def burn(space: Space) -> None:
    """Erase everything of this person for good: boxes, doors, lifelines, what waits in post boxes."""
    vault = core.current()
    doors = space.doors()
    vault.store.commit([*space._plan_burn(), *_plan_chaff(vault, removed=len(doors))], truncate=True)
    _drop_lifelines(vault, doors)


# Rows, lifelines and chaff --------------------------------------------------------------------


def _plan_door(vault: Vault, way: _Way, space: Space, lifeline: bytes) -> list[Op]:
    body = way.box(space._root, lifeline)
    insert = Op(
        "INSERT INTO door (locator, body) VALUES (?, ?) ON CONFLICT DO NOTHING", (way.locator, body), 1
    )
    return [insert, *_plan_chaff(vault, added=1)]


def _plan_remove(vault: Vault, doors: list[DoorRef]) -> list[Op]:
    ops = [Op("DELETE FROM door WHERE locator = ?", (door.id,)) for door in doors]
    return ops + (_plan_chaff(vault, removed=len(doors)) if doors else [])


def _keep_lifeline(vault: Vault, way: _Way, lifeline: bytes) -> None:
    """First of all, and in its own database: a lifeline without a door opens nothing."""
    ops = [
        Op(
            "INSERT INTO lifeline (id, body) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (way.lifeline_id, lifeline),
            1,
        )
    ]
    vault.lifelines.commit([*ops, *_plan_lifeline_chaff(vault, added=1)])


def _drop_lifelines(vault: Vault, doors: list[DoorRef]) -> None:
    ops = [Op("DELETE FROM lifeline WHERE id = ?", (door.lifeline,)) for door in doors]
    if ops:
        vault.lifelines.commit([*ops, *_plan_lifeline_chaff(vault, removed=len(ops))], truncate=True)


def _chaff_name(vault: Vault) -> bytes:
    """A locator only the holder of the pepper can tell from a real one."""
    half = secrets.token_bytes(16)
    return half + suite.tag(vault.secret("chaff"), suite.ctx("chaff", half))


def is_chaff(vault: Vault, locator: bytes) -> bool:
    """Whether a row is filling. Needs the pepper; the database alone does not tell (attack 12)."""
    return suite.same(locator[16:], suite.tag(vault.secret("chaff"), suite.ctx("chaff", locator[:16])))


def _balance(vault: Vault, names: list[bytes], change: int, insert: str, size: int, delete: str) -> list[Op]:
    """Bring a table to a power of two rows, at least 64, by adding or taking chaff."""
    chaff = [name for name in names if is_chaff(vault, name)]
    real = len(names) - len(chaff) + change
    wanted = FEWEST_ROWS
    while wanted < real:
        wanted *= 2
    missing = wanted - real - len(chaff)
    if missing >= 0:
        first = b"\x01" if size > 32 else b""
        return [
            Op(insert, (_chaff_name(vault), first + secrets.token_bytes(size - len(first))))
            for _ in range(missing)
        ]
    return [Op(delete, (name,)) for name in secrets.SystemRandom().sample(chaff, min(-missing, len(chaff)))]


def _plan_chaff(vault: Vault, *, added: int = 0, removed: int = 0) -> list[Op]:
    return _balance(
        vault,
        _names(vault.store, "SELECT locator FROM door"),
        added - removed,
        "INSERT INTO door (locator, body) VALUES (?, ?)",
        CONTENT + suite.OVERHEAD,
        "DELETE FROM door WHERE locator = ?",
    )


def _plan_lifeline_chaff(vault: Vault, *, added: int = 0, removed: int = 0) -> list[Op]:
    return _balance(
        vault,
        _names(vault.lifelines, "SELECT id FROM lifeline"),
        added - removed,
        "INSERT INTO lifeline (id, body) VALUES (?, ?)",
        32,
        "DELETE FROM lifeline WHERE id = ?",
    )


def _names(store: Store, sql: str) -> list[bytes]:
    return [bytes(row[0]) for row in store.rows(sql)]


def counts() -> Counts:
    """Real doors, and invitations that can still be opened. Needs the pepper."""
    vault = core.current()
    real = sum(not is_chaff(vault, name) for name in _names(vault.store, "SELECT locator FROM door"))
    today = clock.instant().date().toordinal()
    sql = "SELECT count(*) FROM invitation WHERE due_day >= ? AND openings > 0"
    return Counts(real, int(vault.store.value(sql, (today,))))


def redraw_chaff() -> None:
    """Draw all filling anew, so that two copies do not show which rows stayed (nightly)."""
    vault = core.current()
    for store, names, insert, size, delete in (
        (
            vault.store,
            _names(vault.store, "SELECT locator FROM door"),
            "INSERT INTO door (locator, body) VALUES (?, ?)",
            CONTENT + suite.OVERHEAD,
            "DELETE FROM door WHERE locator = ?",
        ),
        (
            vault.lifelines,
            _names(vault.lifelines, "SELECT id FROM lifeline"),
            "INSERT INTO lifeline (id, body) VALUES (?, ?)",
            32,
            "DELETE FROM lifeline WHERE id = ?",
        ),
    ):
        real = [name for name in names if not is_chaff(vault, name)]
        drop = [Op(delete, (name,)) for name in names if name not in real]
        store.commit([*drop, *_balance(vault, real, 0, insert, size, delete)], truncate=True)
