"""Who may read which ask: its owner, and each of those it goes to. Every read in this room begins here.

Nobody who is asked learns who else is, nor how many: to them a slot is open, theirs, or just taken (DOMAIN 3.7).
"""

import datetime as dt
import re
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec

from ibasho import vault
from ibasho.asks import words
from ibasho.asks.days import in_order
from ibasho.asks.records import (
    FEED_PLACE,
    MOST_SLOTS,
    NOTE_MOST,
    PLACE,
    REMEMBERED,
    TAKEN,
    Ask,
    Feed,
    Slot,
    Taken,
)
from ibasho.circle import access as circle
from ibasho.errors import NotFound
from ibasho.programme.days import today
from ibasho.vault import suite

YEARS = range(2000, 2200)
_KEY = re.compile(r"[a-z0-9-]{1,32}")
LOOKS = 4  # how often asks are looked up when one of them was sealed anew in between


@dataclass(frozen=True)
class SlotView:
    """One slot, as its ask's owner sees it."""

    key: str
    day: dt.date
    when: str
    time: str
    taken: bool
    over: bool
    swap: bool = False
    by: str = field(default="", repr=False)
    line: str = field(default="", repr=False)


@dataclass(frozen=True)
class AskView:
    """An ask, as its owner sees it. `asked`: id and name of everybody it goes to."""

    id: str
    version: int
    what: str = field(repr=False)
    note: str = field(repr=False)
    slots: tuple[SlotView, ...] = field(repr=False)
    asked: tuple[tuple[str, str], ...] = field(repr=False)
    closed: bool
    rings: bool
    over: bool
    until: dt.date
    spoilt: bool = False  # somebody it goes to made it what cannot be read; it can be ended


@dataclass(frozen=True)
class AskedSlot:
    """One slot, as somebody sees who was asked. Whose it is, unless it is theirs, they do not see."""

    key: str
    when: str
    mine: bool
    taken: bool
    swap: bool
    line: str = field(default="", repr=False)


@dataclass(frozen=True)
class AskedView:
    """An ask, as one of those sees it whom it goes to."""

    id: str
    who: str = field(repr=False)
    what: str = field(repr=False)
    note: str = field(repr=False)
    slots: tuple[AskedSlot, ...] = field(repr=False)
    closed: bool

    @property
    def mine(self) -> tuple[AskedSlot, ...]:
        """What this person took."""
        return tuple(slot for slot in self.slots if slot.mine)

    @property
    def open(self) -> tuple[AskedSlot, ...]:
        """What this person could take now."""
        return tuple(
            slot for slot in self.slots if (slot.swap and not slot.mine) or not (slot.taken or self.closed)
        )


@dataclass(frozen=True)
class OtherwiseView:
    """Something this person took and need not do: it was taken over, or is not needed any more."""

    key: str
    what: str = field(repr=False)
    when: str
    taken_over: bool


@dataclass(frozen=True)
class DayView:
    """One day of a week, with what is asked for on it: the ask's id, and the slot."""

    day: dt.date
    said: str
    now: bool
    lines: tuple[tuple[str, str, SlotView], ...] = field(repr=False)


def mark_of(ask: str, box: bytes) -> bytes:
    """What stands for a taker in one ask: nobody but the two who know that post box can make it, or read it.

    Not their fingerprint, which everybody knows who ever pinned them, and which another ask would show again.
    """
    return suite.tag(box, suite.ctx("ask-mark", ask))


# The owner's side -----------------------------------------------------------------------------------


def own_asks(space: vault.Space) -> list[AskView]:
    """A person's own asks, the one that begins first at the top."""
    lines = _lines_for(space)
    views = []
    for name, asked in vault.circles_of(space, Ask.kind).items():
        with suppress(NotFound):  # a restore ended it
            views.append(_own(space, name, asked, lines))
    return sorted(views, key=lambda view: (view.over, view.slots[0].day if view.slots else view.until))


def own_ask(space: vault.Space, ask: str) -> AskView:
    """One of them. Raises NotFound."""
    return _own(space, ask, asked_in(space, ask), _lines_for(space))


def asked_in(space: vault.Space, ask: str) -> list[vault.Contact]:
    """Everybody an own ask goes to. Raises NotFound for any that is not this person's."""
    found = vault.circles_of(space, Ask.kind).get(ask)
    if found is None:
        raise NotFound
    return found


def kept_ask(shared: vault.Shared) -> vault.Kept[Ask]:
    """An ask as it lies in its collection. Raises NotFound once it was taken back, Tampered for what can be no ask.

    Everybody it goes to can write it, and could write anything.
    """
    try:
        found = {kept.id: kept for kept in shared.every(Ask)}
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError):  # OSError: a time that no clock shows
        raise vault.Tampered from None
    kept = found.get(PLACE)
    if kept is None or not _could_be(kept.record):
        raise vault.Tampered
    return kept


def _could_be(record: Ask) -> bool:
    """Whether somebody could have asked this with the pages of this room."""
    slots = record.slots
    return (
        max(len(record.what), len(record.note)) <= NOTE_MOST
        and len({slot.key for slot in slots}) == len(slots) <= MOST_SLOTS
        and all(_KEY.fullmatch(slot.key) for slot in slots)
        and all(day.year in YEARS for day in (record.made_on, *(slot.day for slot in slots)))
        and all(slot.at is None or slot.at.tzinfo is None for slot in slots)
    )


def takers(shared: vault.Shared, asked: list[vault.Contact]) -> dict[bytes, vault.Contact]:
    """The mark of everybody an own ask goes to."""
    return {mark_of(shared.name, one.inbox): one for one in asked}


def week_of(day: dt.date, asks: list[AskView]) -> list[DayView]:
    """Seven days from one on, with what is asked for on each."""
    days = [day + dt.timedelta(days=number) for number in range(7)]
    lines = [(ask.id, ask.what, slot) for ask in asks for slot in ask.slots if not ask.closed or slot.taken]
    return [
        DayView(one, words.day_said(one), one == today(), tuple(line for line in lines if line[2].day == one))
        for one in days
    ]


def last_day(record: Ask) -> dt.date:
    """The last day an ask is about."""
    return max((slot.day for slot in record.slots), default=record.made_on)


def is_forgotten(record: Ask) -> bool:
    """Whether an ask has been over for long enough."""
    return last_day(record) + dt.timedelta(days=REMEMBERED) < today()


def _own(
    space: vault.Space, name: str, asked: list[vault.Contact], lines: dict[tuple[str, str, str], str]
) -> AskView:
    shared, names = vault.circle(space, name), _names(space)
    people = tuple((one.id, names.get(one.id, one.name)) for one in asked)
    try:
        kept = kept_ask(shared)
    except vault.Tampered:
        what, day = str(words.SPOILT), today()
        return AskView(name, 0, what, "", (), people, False, False, False, day, spoilt=True)
    record, by_mark = kept.record, takers(shared, asked)

    def view(slot: Slot) -> SlotView:
        taker = by_mark.get(slot.taken_by)
        return SlotView(
            key=slot.key,
            day=slot.day,
            when=words.when_said(slot.day, slot.part, slot.at),
            time=words.time_said(slot.part, slot.at),
            taken=taker is not None,
            over=slot.day < today(),
            swap=slot.swap and taker is not None,
            by=names.get(taker.id, taker.name) if taker else "",
            line=lines.get((taker.id, shared.name, slot.key), "") if taker else "",
        )

    return AskView(
        id=name,
        version=kept.version,
        what=record.what,
        note=record.note,
        slots=tuple(view(slot) for slot in in_order(record.slots)),
        asked=people,
        closed=record.closed,
        rings=record.rings,
        over=last_day(record) < today(),
        until=last_day(record),
    )


def _names(space: vault.Space) -> dict[str, str]:
    return {one.id: one.name for one in circle.allies(space)}


def _lines_for(space: vault.Space) -> dict[tuple[str, str, str], str]:
    """What takers wrote beside what they took: by contact, ask and slot. Each line came from its taker alone."""
    said = vault.read_shared(space, Taken)
    return {(one.id, kept.record.ask, kept.record.slot): kept.record.line for one, kept in said}


# The side of those who are asked --------------------------------------------------------------------


def asked_of(space: vault.Space) -> list[AskedView]:
    """What others ask of this person now, and what this person took of it; the soonest first."""
    lines, names = _own_lines(space), {one.id: one.name for one in circle.beside(space)}
    found = [
        (_first_day(record), _asked(shared, record, lines, names))
        for shared, record in shared_asks(space)
        if last_day(record) >= today()
    ]
    return [view for _, view in sorted(found, key=lambda one: one[0])]


def asked(space: vault.Space, ask: str) -> AskedView:
    """One of them. Raises NotFound."""
    for view in asked_of(space):
        if view.id == ask:
            return view
    raise NotFound


def shared_asks(space: vault.Space) -> list[tuple[vault.Shared, Ask]]:
    """The hand of somebody who is asked on each of those asks, and what each of them says.

    One that is sealed anew just now, because somebody else was let out, is looked up again: to leave it out would
    tell whoever took something that it is not needed. What stays unreadable keeps none of the others away.
    """
    found: list[tuple[vault.Shared, Ask]] = []
    for _ in range(LOOKS):
        found, whole = [], True
        for shared in vault.circles_shared_with(space, Ask.kind):
            if shared.giver is None or shared.giver.kind != vault.BESIDE:
                continue
            try:
                found.append((shared, kept_ask(shared).record))
            except (vault.NotFound, vault.Missing):
                whole = False
            except vault.Tampered:
                continue
        if whole:
            break
    return found


def shared_ask(space: vault.Space, ask: str) -> vault.Shared:
    """The hand of somebody who is asked on one ask. Raises NotFound."""
    for shared in vault.circles_shared_with(space, Ask.kind):
        if shared.name == ask and shared.giver is not None and shared.giver.kind == vault.BESIDE:
            return shared
    raise NotFound


def own_mark(shared: vault.Shared) -> bytes:
    """The mark of the person whose hand on an ask this is."""
    assert shared.giver is not None
    return mark_of(shared.name, shared.giver.outbox)


def is_open_to(slot: Slot, mark: bytes) -> bool:
    """Whether somebody may take a slot: nobody has it, or whoever has it would be glad to swap."""
    return not slot.taken_by or (slot.swap and slot.taken_by != mark)


def otherwise(space: vault.Space) -> list[OtherwiseView]:
    """What this person took and need not do after all, as long as they have not read it."""
    kept = [one for one in space.chapter(Taken, TAKEN) if one.record.day >= today()]
    if not kept:
        return []
    slots: dict[tuple[str, str], tuple[Slot | None, bytes]] = {}
    for shared, record in shared_asks(space):
        slots |= {(shared.name, slot.key): (slot, own_mark(shared)) for slot in record.slots}
    views = []
    for one in kept:
        slot, mark = slots.get((one.record.ask, one.record.slot), (None, b""))
        if slot is None or slot.taken_by != mark:
            when = words.when_said(one.record.day, one.record.part, one.record.at)
            taken_over = slot is not None and bool(slot.taken_by)
            views.append(OtherwiseView(one.id.partition("/")[2], one.record.what, when, taken_over))
    return views


def place_taken(ask: str, slot: str) -> vault.RecordId:
    """Where somebody keeps what they took."""
    return f"{TAKEN}/{ask}-{slot}"


def _first_day(record: Ask) -> dt.date:
    return min((slot.day for slot in record.slots if slot.day >= today()), default=record.made_on)


def _own_lines(space: vault.Space) -> dict[tuple[str, str], str]:
    return {(one.record.ask, one.record.slot): one.record.line for one in space.chapter(Taken, TAKEN)}


def _asked(
    shared: vault.Shared, record: Ask, lines: dict[tuple[str, str], str], names: dict[str, str]
) -> AskedView:
    assert shared.giver is not None
    mark = own_mark(shared)
    slots = tuple(
        AskedSlot(
            key=slot.key,
            when=words.when_said(slot.day, slot.part, slot.at),
            mine=slot.taken_by == mark,
            taken=bool(slot.taken_by),
            swap=slot.swap,
            line=lines.get((shared.name, slot.key), ""),
        )
        for slot in in_order(record.slots)
        if slot.day >= today()
    )
    return AskedView(shared.name, names[shared.giver.id], record.what, record.note, slots, record.closed)


# A calendar -----------------------------------------------------------------------------------------


def own_feed(space: vault.Space) -> Feed | None:
    """A person's calendar, while its address gives something."""
    kept = space.find(Feed, FEED_PLACE)
    if kept is None or not vault.tallies_there([vault.tally_id(kept.record.token)]):
        return None
    return kept.record
