"""Release on absence: a letter sealed in advance, that goes to one pinned person if its writer goes quiet (VAULT 1.7).

Two layers. The inner one is a note (`noting.seal_note`): HPKE to its reader of the letter and the writer's signature.
HPKE in base mode is a fresh key sealed to somebody and the rest sealed under that key, so it is the `HPKE(k) ‖
seal(k, sig ‖ letter)` of VAULT 1.7 in one step. The outer one is sealed under R, 32 random bytes that lie in
`release.keys` and nowhere else: this machine can take it off and cannot read what is inside; the reader, or a thief
of a back-up, cannot take it off.

Whether it is time is not decided here: `ibasho.knock.ladder` is a function of what this module keeps.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from ibasho.vault import clock, core, running, suite, tallies, timers
from ibasho.vault.core import Vault
from ibasho.vault.errors import Changed, NotFound, Tampered
from ibasho.vault.manifest import Armed, Manifest
from ibasho.vault.noting import seal_note
from ibasho.vault.records import Record
from ibasho.vault.running import Running
from ibasho.vault.space import ATTEMPTS, Space
from ibasho.vault.store import Op, drop_box, drop_shelf, put_box, put_post
from ibasho.vault.timers import Idle, Letter, Timer, Watch

DAY: Final = 20 * 3600.0  # a day of waiting asks for at least this much running time, in seconds
IDLE: Final = 32  # timers for nothing
IDLE_DAYS: Final = (2, 13)  # how far ahead their day lies, as real ones' does
VISITS_OF_IDLE: Final = 22  # a day, among all of them
BEATS_A_DAY: Final = 2880
_FOR_EVER: Final = 253_402_300_799  # a nudge's page holds until its letter is sealed anew


@dataclass(frozen=True)
class Addressed:
    """A letter, for whom it is, and the bell that says it came."""

    contact: str
    record: Record = field(repr=False)
    bell: bytes = field(repr=False)
    done: bytes = field(repr=False)  # a token inside the letter that calls the next one off


@dataclass(frozen=True)
class Terms:
    """When letters go out. `away` is the last day of an absence, or None."""

    zone: str
    hour: int
    wait: int
    later: int = 0
    away: dt.date | None = None
    bell: bytes = field(repr=False, default=b"")


# In their writer's session -----------------------------------------------------------------------


def arm(space: Space, letters: Sequence[Addressed], terms: Terms, *, token: bytes, says: Record) -> None:
    """These letters wait from now on, in place of any before. `says` is what the page of a nudge reads by its token.

    All of it becomes true in one moment. Raises NotFound for somebody who is no contact.
    """
    vault = core.current()
    keys = [(secrets.token_bytes(16), secrets.token_bytes(suite.KEY)) for _ in letters]
    # First of all, and in a store of its own: a key without a letter opens nothing, and is swept.
    vault.releases.commit([Op("INSERT INTO release_key (id, body) VALUES (?, ?)", key) for key in keys])
    spent: list[bytes] = []

    def plan(manifest: Manifest) -> list[Op]:
        spent[:] = manifest.armed.keys if manifest.armed else []
        ops = timers.plan_disarm(manifest)
        shelf, timer_id, to, waiting = secrets.token_bytes(16), timers.new_id(), {}, []
        for letter, (key_id, key) in zip(letters, keys, strict=True):
            contact = manifest.contacts.get(letter.contact)
            if contact is None:
                raise NotFound
            box = secrets.token_bytes(16)
            inner = seal_note(space.identity, contact.public, letter.record)
            ops.append(put_box(box, shelf, suite.seal(key, _context(timer_id, box), inner)))
            waiting.append(Letter(box, key_id, contact.outbox, letter.bell, suite.fingerprint(letter.done)))
            to[contact.id] = suite.fingerprint(contact.public)
        tally, body = tallies._sealed(token, _FOR_EVER, says)
        watch = begun(
            Watch(
                waiting,
                terms.bell,
                token,
                shelf,
                terms.zone,
                terms.hour,
                terms.wait,
                terms.later,
                away=terms.away.toordinal() if terms.away else 0,
            ),
            int(clock.now()),
            running.read(vault),
        )
        manifest.armed = Armed(
            timer_id, shelf, [key_id for key_id, _ in keys], space.identity.fingerprint, to
        )
        ops.append(put_box(tally, shelf, body))
        ops.append(timers.put_timer(vault, timer_id, due_day(watch), watch, suite.fingerprint(token)))
        return ops

    space._write(plan, truncate=True)
    timers.drop_keys(vault, spent)


def disarm(space: Space) -> None:
    """No letter waits any more."""
    armed = space._manifest.armed
    if armed is None:
        return
    space._write(timers.plan_disarm, truncate=True)
    timers.drop_keys(core.current(), armed.keys)


def is_armed(space: Space) -> bool:
    """Whether this person sealed letters that have not been called off. They may have gone out."""
    return space._manifest.armed is not None


def still_fits(space: Space) -> bool:
    """Whether the letters are still signed and sealed with the keys that both sides have now."""
    armed, contacts = space._manifest.armed, space._manifest.contacts
    if armed is None or not suite.same(armed.by, space.fingerprint):
        return False
    return all(
        one in contacts and suite.same(fingerprint, suite.fingerprint(contacts[one].public))
        for one, fingerprint in armed.to.items()
    )


def who_left(space: Space) -> set[str]:
    """Those a letter was sealed for who are allies no more, also where they left without a word."""
    armed, contacts = space._manifest.armed, space._manifest.contacts
    there = [contacts[one] for one in armed.to if one in contacts] if armed else []
    return {one.id for one in there if timers.nobody_reads(space._vault, one.outbox)}


def timer_of(space: Space) -> Timer | None:
    """The timer of what waits, or None when nothing waits, or what waited is lost."""
    armed = space._manifest.armed
    return timers.find_timer(core.current(), armed.timer) if armed else None


def watch_of(space: Space) -> Watch | None:
    """How far the silence has come, or None when nothing waits, or what waited is lost."""
    timer = timer_of(space)
    return timer.work if timer and isinstance(timer.work, Watch) else None


def renew(space: Space, *, away: dt.date | None = None) -> Watch | None:
    """The silence begins anew now, or after the last day of an absence. Gives what was there before.

    Where its hour came already, nothing is moved. None: what waited, or what opens its outer layer, is lost.
    """
    armed = space._manifest.armed
    vault = core.current()
    watch = watch_of(space)
    if armed is None or watch is None or not {letter.key for letter in watch.letters} <= _keys(vault):
        return None
    day = away.toordinal() if away else 0
    return _move(vault, lambda: timers.find_timer(vault, armed.timer), away=day)


# Without anybody's session -------------------------------------------------------------------------


def tap(token: bytes) -> bool:
    """Whoever was nudged is here: the silence begins anew. False for a token that moves nothing (any more)."""
    vault = core.current()
    found = _move(vault, lambda: timers.moved_by(vault, token), away=0)
    return found is not None and not found.is_over and suite.same(found.token, token)


def held_back_by(token: bytes) -> Watch | None:
    """The watch that a tap with this token would begin anew, or None where nothing waits (any more)."""
    timer = timers.moved_by(core.current(), token)
    return timer.work if timer and isinstance(timer.work, Watch) and not timer.work.is_over else None


def call_off(done: bytes) -> bool:
    """The first reader has seen to it: no second letter goes out. False when there was none to call off."""
    vault = core.current()
    for _ in range(ATTEMPTS):
        timer = timers.moved_by(vault, done)
        if timer is None or not isinstance(timer.work, Watch) or not timer.work.went:
            return False
        left = timer.work.letters
        ops: list[Op] = [drop_box(letter.box) for letter in left]
        over = msgspec.structs.replace(timer.work, letters=[], ring=[])
        try:
            vault.store.commit([timers.swap_timer(vault, timer, due_day(over), over), *ops], truncate=True)
        except Changed:
            continue
        timers.drop_keys(vault, [letter.key for letter in left])
        return bool(left)
    raise Changed


def keep_beat(*, stopped: bool) -> Running:
    """Count one more half minute; `stopped` while those who run the programme stopped all waiting."""
    return running.keep_beat(core.current(), stopped=stopped)


def due(now: float) -> list[Timer]:
    """The timers for which there may be something to do at a time, wherever in the world their writers are."""
    day = dt.datetime.fromtimestamp(now, dt.UTC).date() + dt.timedelta(days=1)
    return timers.due(core.current(), day)


def look_again(timer: Timer) -> Timer | None:
    """A timer as it is now, or None when it is gone."""
    return timers.find_timer(core.current(), timer.id)


def keep_on(timer: Timer, watch: Watch) -> bool:
    """A watch goes on as this. False when somebody was faster: look again at the next beat."""
    vault = core.current()
    try:
        vault.store.commit([timers.swap_timer(vault, timer, due_day(watch), watch)])
    except Changed:
        return False
    return True


def let_out(timer: Timer, house: Running, now: int) -> bool:
    """The next letter is in its reader's post box, once, and no longer here; then R is no more.

    One whose reader is an ally no more goes nowhere, and the next takes its place at once; without a next, the watch
    rests and says so. False when somebody was faster. Raises NotFound where none waits, Tampered where an outer layer
    does not come off.
    """
    watch = timer.work
    if not isinstance(watch, Watch) or not watch.letters:
        raise NotFound
    vault, missed, left = core.current(), [], list(watch.letters)
    while left and timers.nobody_reads(vault, left[0].post):
        missed.append(left.pop(0))
    if not left:
        rests = msgspec.structs.replace(watch, letters=[], since=now, nobody=0 if watch.went else now)
        return _commit(vault, timer, rests, [], missed)
    letter = left.pop(0)
    sealed = vault.store.boxes([letter.box]).get(letter.box)
    key = vault.releases.value("SELECT body FROM release_key WHERE id = ?", (letter.key,))
    if sealed is None or key is None:
        raise Tampered
    inner = suite.unseal(bytes(key), _context(timer.id, letter.box), sealed)
    after = msgspec.structs.replace(
        watch,
        letters=left,
        ring=[*watch.ring, letter.bell],
        went=[*watch.went, now],
        since=now,
        enough=house.ran + watch.later * 3600 * (DAY / 86_400),
    )
    return _commit(vault, timer, after, [put_post(letter.post, inner)], [*missed, letter], letter.done)


def _commit(
    vault: Vault, timer: Timer, after: Watch, ops: list[Op], gone: list[Letter], renew: bytes = b""
) -> bool:
    swap = timers.swap_timer(vault, timer, due_day(after), after, renew)
    try:
        vault.store.commit([swap, *(drop_box(one.box) for one in gone), *ops], truncate=True)
    except Changed:
        return False
    timers.drop_keys(vault, [one.key for one in gone])
    return True


def let_go_of(timer: Timer, watch: Watch) -> None:
    """A watch that came to its end long ago is forgotten."""
    vault = core.current()
    vault.store.commit([timers.drop_timer(timer.id), drop_shelf(watch.shelf)], truncate=True)


def lost() -> int:
    """How many letters wait whose key is not here: a copy of the database was brought to another machine."""
    there = _keys(core.current())
    return sum(letter.key not in there for letter in _letters(core.current()))


def unreadable() -> int:
    """How many timers do not open."""
    return timers.unreadable(core.current())


def without_reader() -> int:
    """How many messages found nobody when their hour came."""
    found = [timer.work for timer in timers.due(core.current(), dt.date.max)]
    return sum(isinstance(one, Watch) and bool(one.nobody) for one in found)


class Sweep:
    """Keys whose letter was never put beside them, or went out a moment before the lights did."""

    def __init__(self) -> None:
        self._alone: set[bytes] = set()

    def __call__(self) -> int:
        """Forget the keys that have been alone since the last sweep. Gives how many."""
        vault = core.current()
        alone = _keys(vault) - {letter.key for letter in _letters(vault)}
        gone, self._alone = alone & self._alone, alone
        timers.drop_keys(vault, list(gone))
        return len(gone)


# Filling -------------------------------------------------------------------------------------------


def stir_idle() -> None:
    """Timers for nothing are there, and now and then one of them is renewed."""
    vault = core.current()
    idle = [name for name in _timer_names(vault) if _is_idle(vault, name)]
    ops = [timers.put_timer(vault, _idle_name(vault), _idle_day(), Idle()) for _ in range(IDLE - len(idle))]
    if idle and secrets.randbelow(BEATS_A_DAY) < VISITS_OF_IDLE:
        timer = timers.find_timer(vault, secrets.choice(idle))
        ops += [timers.swap_timer(vault, timer, _idle_day(), Idle())] if timer else []
    if ops:
        vault.store.commit(ops)


def renew_idle(timer: Timer) -> None:
    """A timer for nothing whose day came is renewed, as if somebody had come by."""
    core.current().store.commit([timers.swap_timer(core.current(), timer, _idle_day(), Idle())])


def _idle_day() -> dt.date:
    first, last = IDLE_DAYS
    return clock.instant().date() + dt.timedelta(days=first + secrets.randbelow(last - first + 1))


def _idle_name(vault: Vault) -> bytes:
    half = secrets.token_bytes(8)
    return half + suite.tag(vault.secret("idle"), suite.ctx("idle", half), 8)


def _is_idle(vault: Vault, name: bytes) -> bool:
    return suite.same(name[8:], suite.tag(vault.secret("idle"), suite.ctx("idle", name[:8]), 8))


def _timer_names(vault: Vault) -> list[bytes]:
    return [bytes(row[0]) for row in vault.store.rows("SELECT id FROM timer")]


# The clock of a watch ------------------------------------------------------------------------------


def zone_of(watch: Watch) -> dt.tzinfo:
    """Where its writer is; UTC where this machine does not know the place."""
    try:
        return ZoneInfo(watch.zone)
    except (ValueError, OSError, KeyError):
        return dt.UTC


def day_of(watch: Watch, at: float) -> dt.date:
    """The calendar day at a moment, where its writer is."""
    return dt.datetime.fromtimestamp(at, zone_of(watch)).date()


def first_day(watch: Watch) -> dt.date:
    """The day from which silence is counted: the last visit, or the last day of an absence."""
    return max(day_of(watch, watch.since), dt.date.fromordinal(max(1, watch.away)))


def due_day(watch: Watch) -> dt.date:
    """The day on which there will first be something to do."""
    if watch.is_over:
        return day_of(watch, watch.since) + dt.timedelta(
            days=0 if watch.letters or watch.ring else IDLE_DAYS[1]
        )
    return first_day(watch) + dt.timedelta(days=watch.wait - 1)


def begun(watch: Watch, at: int, house: Running | None) -> Watch:
    """The same watch with its silence at the beginning, at a moment.

    Of the moment only its day is kept, as noon of it: when somebody was here is nobody's to know. `enough` counts the
    days of an absence as well, so that no calendar that was set forward ends one early.
    """
    day = day_of(watch, at)
    noon = dt.datetime.combine(day, dt.time(12), zone_of(watch))
    days = max(0, watch.away - day.toordinal()) + watch.wait
    return msgspec.structs.replace(
        watch,
        since=int(noon.timestamp()),
        ledger=house.ledger if house else "",
        epoch=house.epoch if house else 0,
        enough=(house.ran if house else 0.0) + days * DAY,
        nudged=0,
        nudged_on=0,
        ring=[],
    )


def begun_with_the_house(watch: Watch, house: Running) -> Watch:
    """The same watch after all waiting began anew (DOMAIN 3.3); an absence that was said is not shortened by it."""
    if watch.is_over:
        later = max(watch.since, int(house.since))
        enough = house.since_ran + watch.later * 3600 * (DAY / 86_400)
        return msgspec.structs.replace(
            watch, since=later, ledger=house.ledger, epoch=house.epoch, enough=enough
        )
    at_first = msgspec.structs.replace(house, ran=house.since_ran)
    fresh = begun(watch, int(house.since), at_first)
    if watch.ledger != house.ledger or not watch.away:
        return fresh
    return msgspec.structs.replace(fresh, enough=max(fresh.enough, watch.enough))


def _move(vault: Vault, find: Callable[[], Timer | None], *, away: int) -> Watch | None:
    for _ in range(ATTEMPTS):
        timer = find()
        if timer is None or not isinstance(timer.work, Watch):
            return None
        watch = timer.work
        if watch.is_over:
            return watch
        fresh = begun(msgspec.structs.replace(watch, away=away), int(clock.now()), running.read(vault))
        try:
            vault.store.commit([timers.swap_timer(vault, timer, due_day(fresh), fresh)])
        except Changed:
            continue
        return watch
    raise Changed


def _context(timer_id: bytes, box: bytes) -> bytes:
    return suite.ctx("release", timer_id, box)


def _keys(vault: Vault) -> set[bytes]:
    return {bytes(row[0]) for row in vault.releases.rows("SELECT id FROM release_key")}


def _letters(vault: Vault) -> list[Letter]:
    watches = [timer.work for timer in timers.due(vault, dt.date.max) if isinstance(timer.work, Watch)]
    return [letter for watch in watches for letter in watch.letters]
