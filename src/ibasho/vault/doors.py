"""Doors: the ways in (VAULT 1.1, 4.1). Words open a door; a door holds a root key; no name anywhere.

A door cannot be asked for by account, so wrong words and nobody's words are the same thing. The
table is filled with chaff to a power of two, so its size does not count people (VAULT 3.4).
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from ibasho.vault import clock, core, recovery, sharing, suite, throttle, timers
from ibasho.vault.core import Vault
from ibasho.vault.errors import Changed, NoDoor, Tampered
from ibasho.vault.manifest import DoorRef, Manifest
from ibasho.vault.space import FORMER_KEPT, Space
from ibasho.vault.store import Op, Store, drop_box, put_box
from ibasho.vault.words import clean_words


@dataclass(frozen=True, slots=True)
class Counts:
    """What a host may know of how many people there are."""

    doors: int
    invitations: int


CONTENT = 512  # root key (32), flags' length (2), flags (478; all reserved, always present)
FEWEST_ROWS = 64
MANIFEST_SIZES = (1024, 1024, 4096)  # as real ones come to be


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


def make_space(words: str, *, also: Callable[[Space, Manifest], list[Op]] | None = None) -> Space:
    """A new, empty space behind a first door.

    `also` may write into the new manifest; its ops become true in the same moment, or nothing does.
    Raises Changed for words that are somebody's already.
    """
    vault = core.current()
    space = Space(vault, secrets.token_bytes(suite.KEY))
    way = _Way(vault, words)
    lifeline = _keep_lifeline(vault, way)
    manifest = Manifest(int(clock.now()), space.identity.fingerprint, [_ref(way, "words")])
    ops = also(space, manifest) if also else []
    vault.store.commit([*space._begin(manifest), *_plan_door(vault, way, space, lifeline), *ops])
    return space


def add_door(space: Space, words: str, kind: str = "recovery") -> None:
    """Another door to the same space; a recovery door replaces the one before it."""
    vault = core.current()
    way = _Way(vault, words)
    lifeline = _keep_lifeline(vault, way)
    old = [door for door in space.doors() if door.kind == kind == "recovery"]

    def plan(manifest: Manifest) -> list[Op]:
        manifest.doors = [*(door for door in manifest.doors if door not in old), _ref(way, kind)]
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


def change_words(space: Space, words: str) -> Space:
    """Move the space behind new words, a new root key and new collection keys (attack 22).

    Every other door is gone. The returned space replaces the one given; sessions opened before do
    not open it, and friends who let somebody in hold new parts. All of it becomes true in one moment.
    """
    vault = core.current()
    way = _Way(vault, words)
    return _move_behind(vault, space, way, _keep_lifeline(vault, way), lambda: [])


def _move_behind(
    vault: Vault, space: Space, way: _Way, lifeline: bytes, first: Callable[[], list[Op]]
) -> Space:
    """Move a space behind a new door. `first` gives ops that make room for that door."""
    moved = Space(vault, secrets.token_bytes(suite.KEY))
    old_doors: list[DoorRef] = []

    def plan(manifest: Manifest) -> list[Op]:
        old_doors[:] = manifest.doors
        ops = [*first(), *space._plan_new_keys(manifest), *sharing.plan_key_change(space, moved, manifest)]
        ops += recovery.plan_move(moved, manifest)
        manifest.fingerprint, manifest.doors = moved.identity.fingerprint, [_ref(way, "words")]
        manifest.former = [space._root, *manifest.former][:FORMER_KEPT]
        manifest.saved = int(clock.now())
        ops += [*moved._begin(manifest), *_plan_door(vault, way, moved, lifeline)]
        return [*ops, *_plan_remove(vault, old_doors)]

    space._move(plan)
    _drop_lifelines(vault, old_doors)
    return moved


def make_waiting_place(words: str) -> Space:
    """A place where somebody who lost their words waits for their friends. It ends by itself after two days.

    When there are many, the oldest makes room that no friend was led to within an hour. Raises TooManyWait where
    there is none, and Changed for words that are somebody's already.
    """
    vault = core.current()
    if timers.waiting(vault) >= recovery.MOST_WAIT:
        _make_room_to_wait(vault)

    def also(space: Space, manifest: Manifest) -> list[Op]:
        door = manifest.doors[0]
        work = timers.Forgets(door.id, door.lifeline, space._id, int(clock.now()))
        return recovery.plan_waiting(space, manifest, work)

    return make_space(words, also=also)


def _make_room_to_wait(vault: Vault) -> None:
    latest = clock.now() - recovery.AT_LEAST.total_seconds()
    old = [
        (timer.work.began, timer, timer.work)
        for timer in timers.due(vault, dt.date.max)
        if isinstance(timer.work, timers.Forgets) and 0 < timer.work.began <= latest
    ]
    for _began, timer, work in sorted(old, key=lambda one: one[0]):
        gone = Op("DELETE FROM door WHERE locator = ?", (work.locator,))
        try:
            vault.store.commit([timers.drop_seen_timer(timer), gone, drop_box(work.manifest)], truncate=True)
        except Changed:  # a friend was led there a moment ago
            continue
        vault.lifelines.commit([Op("DELETE FROM lifeline WHERE id = ?", (work.lifeline,))], truncate=True)
        return
    raise recovery.TooManyWait


def come_home(waiting: Space, words: str, home: Space) -> Space:
    """`home` is behind the words of this waiting place from now on, and the waiting place is gone: in one moment.

    Every other door of it is gone, as with a change of words. Raises NoDoor when the words are others.
    """
    vault = core.current()
    way = _Way(vault, words)
    lifeline = vault.lifelines.value("SELECT body FROM lifeline WHERE id = ?", (way.lifeline_id,))
    if lifeline is None or way.locator not in [door.id for door in waiting.doors()]:
        raise NoDoor
    timer = recovery.timer_of(waiting)

    def leave() -> list[Op]:
        ops = [*waiting._plan_burn(), drop_box(waiting._id), timers.drop_timer(timer)]
        return [*ops, *_plan_chaff(vault, removed=1)]

    return _move_behind(vault, home, way, bytes(lifeline), leave)


def stop_waiting(waiting: Space) -> None:
    """A waiting place is gone, with what ends it."""
    vault, timer = core.current(), recovery.timer_of(waiting)
    burn(waiting)
    vault.store.commit([timers.drop_timer(timer)])


def burn(space: Space) -> None:
    """Erase everything of this person for good: boxes, doors, lifelines, what waits in post boxes.

    Compared and swapped like every write: a change of words at the same moment cannot survive it.
    """
    vault = core.current()
    doors: list[DoorRef] = []
    keys: list[bytes] = []

    def plan(manifest: Manifest) -> list[Op]:
        doors[:] = manifest.doors
        keys[:] = manifest.armed.keys if manifest.armed else []
        return [*space._plan_burn(), *_plan_chaff(vault, removed=len(doors))]

    space._move(plan)
    _drop_lifelines(vault, doors)
    timers.drop_keys(vault, keys)


# Rows, lifelines and chaff --------------------------------------------------------------------


def _ref(way: _Way, kind: str) -> DoorRef:
    return DoorRef(way.locator, way.lifeline_id, kind, clock.instant().date())


def _plan_door(vault: Vault, way: _Way, space: Space, lifeline: bytes) -> list[Op]:
    body = way.box(space._root, lifeline)
    insert = Op(
        "INSERT INTO door (locator, body) VALUES (?, ?) ON CONFLICT DO NOTHING", (way.locator, body), 1
    )
    return [insert, *_plan_chaff(vault, added=1)]


def _plan_remove(vault: Vault, doors: list[DoorRef]) -> list[Op]:
    ops = [Op("DELETE FROM door WHERE locator = ?", (door.id,)) for door in doors]
    return ops + (_plan_chaff(vault, removed=len(doors)) if doors else [])


def _keep_lifeline(vault: Vault, way: _Way) -> bytes:
    """First of all, and in its own database: a lifeline without a door opens nothing.

    One that was left without a door, by a full disk or a power cut, is taken up again by whoever has
    its words. Raises Changed when there is a door.
    """
    lifeline = secrets.token_bytes(32)
    sql = "INSERT INTO lifeline (id, body) VALUES (?, ?) ON CONFLICT DO NOTHING"
    try:
        vault.lifelines.commit(
            [Op(sql, (way.lifeline_id, lifeline), 1), *_plan_lifeline_chaff(vault, added=1)]
        )
    except Changed:
        if vault.store.value("SELECT 1 FROM door WHERE locator = ?", (way.locator,)):
            raise
        return bytes(vault.lifelines.value("SELECT body FROM lifeline WHERE id = ?", (way.lifeline_id,)))
    return lifeline


def _drop_lifelines(vault: Vault, doors: list[DoorRef]) -> None:
    ops = [Op("DELETE FROM lifeline WHERE id = ?", (door.lifeline,)) for door in doors]
    if ops:
        vault.lifelines.commit([*ops, *_plan_lifeline_chaff(vault, removed=len(ops))], truncate=True)


# Filling --------------------------------------------------------------------------------------
#
# A filling row is named by 16 random bytes and a tag of them. It is never drawn anew: a row that
# stays from night to night is what a real one looks like. Each filling door has a filling box
# beside it, of the size of a manifest, alone on its shelf as manifests are.


def _chaff_name(vault: Vault) -> bytes:
    """A locator only the holder of the pepper can tell from a real one."""
    half = secrets.token_bytes(16)
    return half + suite.tag(vault.secret("chaff"), suite.ctx("chaff", half))


def is_chaff(vault: Vault, locator: bytes) -> bool:
    """Whether a row is filling. Needs the pepper; the database alone does not tell (attack 12)."""
    return suite.same(locator[16:], suite.tag(vault.secret("chaff"), suite.ctx("chaff", locator[:16])))


def _chaff_body(size: int) -> bytes:
    return b"\x01" + secrets.token_bytes(size - 1)


def _chaff_box(vault: Vault, locator: bytes) -> bytes:
    return suite.tag(vault.secret("chaff"), suite.ctx("chaff-box", locator))


def _plan_chaff(vault: Vault, *, added: int = 0, removed: int = 0) -> list[Op]:
    ops: list[Op] = []
    more, fewer = _balance(vault, _names(vault.store, "SELECT locator FROM door"), added - removed)
    for name in more:
        body = _chaff_body(CONTENT + suite.OVERHEAD)
        ops.append(Op("INSERT INTO door (locator, body) VALUES (?, ?)", (name, body)))
        size = secrets.choice(MANIFEST_SIZES) + suite.OVERHEAD
        ops.append(put_box(_chaff_box(vault, name), secrets.token_bytes(16), _chaff_body(size)))
    for name in fewer:
        ops.append(Op("DELETE FROM door WHERE locator = ?", (name,)))
        ops.append(drop_box(_chaff_box(vault, name)))
    return ops


def _plan_lifeline_chaff(vault: Vault, *, added: int = 0, removed: int = 0) -> list[Op]:
    more, fewer = _balance(vault, _names(vault.lifelines, "SELECT id FROM lifeline"), added - removed)
    sql = "INSERT INTO lifeline (id, body) VALUES (?, ?)"
    ops = [Op(sql, (name, secrets.token_bytes(32))) for name in more]
    return ops + [Op("DELETE FROM lifeline WHERE id = ?", (name,)) for name in fewer]


def _balance(vault: Vault, names: list[bytes], change: int) -> tuple[list[bytes], list[bytes]]:
    """Filling to add, and filling to take, so that a table has a power of two rows, at least 64."""
    chaff = [name for name in names if is_chaff(vault, name)]
    real = len(names) - len(chaff) + change
    wanted = FEWEST_ROWS
    while wanted < real:
        wanted *= 2
    missing = wanted - real - len(chaff)
    if missing >= 0:
        return [_chaff_name(vault) for _ in range(missing)], []
    return [], secrets.SystemRandom().sample(chaff, min(-missing, len(chaff)))


def _names(store: Store, sql: str) -> list[bytes]:
    return [bytes(row[0]) for row in store.rows(sql)]


def counts() -> Counts:
    """Real doors, and invitations that can still be opened. Needs the pepper."""
    vault = core.current()
    real = sum(not is_chaff(vault, name) for name in _names(vault.store, "SELECT locator FROM door"))
    today = clock.instant().date().toordinal()
    sql = "SELECT count(*) FROM invitation WHERE due_day >= ? AND openings > 0"
    return Counts(real, int(vault.store.value(sql, (today,))))


def balance_chaff() -> None:
    """Bring both tables back to a power of two, where people who came or went at once left them uneven."""
    vault = core.current()
    vault.store.commit(_plan_chaff(vault), truncate=True)
    vault.lifelines.commit(_plan_lifeline_chaff(vault), truncate=True)
