"""Who may read of a thing put away: its owner, and of what they keep its keeper. Every read begins here."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import formats, timezone

from ibasho import vault
from ibasho.circle import access as circle
from ibasho.programme.days import in_words, today
from ibasho.safekeeping import words
from ibasho.safekeeping.records import (
    CHAPTER,
    ENTRUSTED,
    HELD,
    KEEPER,
    KEEPING,
    WITH_KEEPER,
    Entrusted,
    KeeperWord,
    Keeping,
    PutAway,
)
from ibasho.vault import clock

Rule = Callable[[vault.Space], bool]

_hard_today: list[Rule] = []

_KEY = re.compile(r"[0-9a-f]{1,32}")
LONGEST_WAIT = 10_000  # hours
LAST_MOMENT = 2**32  # seconds since 1970
KEEPS = ("will", "has")  # words of a keeper who has said yes and not stopped


@dataclass(frozen=True)
class KeeperView:
    """Where things stand with a keeper of one's circle, as the owner reads it."""

    id: str
    name: str = field(repr=False)
    state: str  # unasked, asked, will, has, declined, stopped or back
    unread: bool = False  # something in the agreement changed since they said yes to it
    answer: str = ""  # to what is asked for now: yes, not-yet or nothing yet
    words: str = field(repr=False, default="")
    has_line: bool = False
    request_over: bool = False


@dataclass(frozen=True)
class KeptView:
    """A thing as its keeper reads it: the agreement, and what is asked for. Nothing else of its owner."""

    id: str
    whose: str = field(repr=False)
    called: str = field(repr=False)
    way: str
    since: str
    decides_with: str = field(repr=False)
    wait: str
    if_keeper_goes: str = field(repr=False)
    has_line: bool
    state: str  # offered, will, has, declined, stopped or back
    changed: bool  # since this keeper said yes
    asked: str = ""
    free_from: str = ""
    free: bool = False
    answer: str = ""
    words: str = field(repr=False, default="")


@dataclass(frozen=True)
class ThingView:
    """A thing put away, as its owner reads it."""

    id: str
    version: int
    label: str = field(repr=False)
    way: str
    state: str
    state_said: str = field(repr=False)
    keeper: str = field(repr=False)
    since: str
    decides_with: str = field(repr=False)
    wait: str
    if_keeper_goes: str = field(repr=False)
    review_on: str
    review_due: bool
    asked: str = ""
    free_from: str = ""  # from when on it may come back, once it was asked for
    waited: bool = False
    called: str = field(repr=False, default="")
    keeper_left: str = field(repr=False, default="")
    of_circle: KeeperView | None = None


def things(space: vault.Space) -> list[ThingView]:
    """Everything this person put away, in the order they did."""
    kept = space.chapter(PutAway, CHAPTER)
    said = _words_of_keepers(space) if any(one.record.keeper_id for one in kept) else {}
    return [
        _view(space, one, said)
        for one in sorted(kept, key=lambda one: (one.record.since or dt.date.min, one.id))
    ]


def thing(space: vault.Space, key: str) -> vault.Kept[PutAway]:
    """One thing as it is kept. Raises NotFound."""
    return space.read(PutAway, f"{CHAPTER}/{key}")


def thing_view(space: vault.Space, key: str) -> ThingView:
    """One thing as a page shows it. Raises NotFound."""
    kept = thing(space, key)
    return _view(space, kept, _words_of_keepers(space) if kept.record.keeper_id else {})


def keeper_word(space: vault.Space, key: str) -> KeeperWord | None:
    """What the keeper of one thing says, or None. Raises NotFound."""
    return _words_of_keepers(space).get((thing(space, key).record.keeper_id, key))


def _words_of_keepers(space: vault.Space) -> dict[tuple[str, str], KeeperWord]:
    return {
        (contact.id, kept.record.thing): kept.record
        for contact, kept in vault.read_shared(space, KeeperWord)
        if kept.record.given is None or kept.record.given.seat == KEEPER
    }


def is_entrusted(space: vault.Space, key: str) -> bool:
    """Whether the keeper of a thing was asked."""
    return space.find(Entrusted, f"{ENTRUSTED}/{key}") is not None


def may_keep(space: vault.Space, contact_id: str) -> bool:
    """Whether somebody may keep anything: an ally who did not have to be added (DOMAIN 3.7)."""
    known = {one.id for one in vault.contacts(space) if one.kind == vault.ALLY}
    return contact_id in known and not circle.friend_of(space, contact_id).had_to


def left_to_read(space: vault.Space, contact_id: str) -> list[str]:
    """The rows that somebody who had to be added goes on reading, on which nothing hangs."""
    things = space.keys(PutAway, CHAPTER)
    alone = [key for key in space.keys(Entrusted, ENTRUSTED) if key not in things]
    return [key for key in alone if contact_id in _readers(space, key)]


def is_left_to_read(space: vault.Space, key: str) -> bool:
    """Whether a row without a thing is there for somebody who had to be added."""
    return any(circle.friend_of(space, one).had_to for one in _readers(space, key))


def _readers(space: vault.Space, key: str) -> list[str]:
    return [one.id for one in vault.readers_of(space, Entrusted, f"{ENTRUSTED}/{key}")]


# What somebody keeps for others --------------------------------------------------------------------


def place_of(kept_id: str) -> str:
    """Where a keeper's own records about one thing lie."""
    return f"{KEEPING}/{kept_id}"


def entrusted(space: vault.Space) -> dict[str, tuple[vault.Contact, Entrusted]]:
    """What others ask this person to keep, or have them keep: by the id of the row."""
    return {
        f"{contact.id}-{kept.id.partition('/')[2]}": (contact, kept.record)
        for contact, kept in vault.read_shared(space, Entrusted)
        if _could_be(kept)
    }


def _could_be(kept: vault.Kept[Entrusted]) -> bool:
    """Whether somebody could have written this with the pages of this room: their own side writes what it likes."""
    record, request = kept.record, kept.record.request
    times = (request.asked, request.good_from, request.good_until) if request else ()
    return (
        _KEY.fullmatch(kept.id.partition("/")[2]) is not None
        and record.way in words.WAYS
        and record.wait_hours in range(LONGEST_WAIT)
        and all(at in range(LAST_MOMENT) for at in times)
    )


def keeping(space: vault.Space) -> list[KeptView]:
    """Everything this person keeps, or is asked to keep."""
    names = _names(space)
    rows = entrusted(space).items()
    return [_kept_view(space, one, *row, names) for one, row in sorted(rows, key=lambda row: row[0])]


def kept_for_another(space: vault.Space, kept_id: str) -> tuple[vault.Contact, Entrusted]:
    """One row of theirs, with whose it is. Raises NotFound."""
    found = entrusted(space).get(kept_id)
    if found is None:
        raise vault.NotFound
    return found


def kept_view(space: vault.Space, kept_id: str) -> KeptView:
    """One row as its keeper reads it. Raises NotFound."""
    return _kept_view(space, kept_id, *kept_for_another(space, kept_id), _names(space))


def own_word(space: vault.Space, kept_id: str) -> KeeperWord | None:
    """What this keeper said about one row."""
    found = space.find(KeeperWord, place_of(kept_id))
    return found.record if found else None


def own_part(space: vault.Space, kept_id: str) -> vault.Part | None:
    """Their part of the way of two."""
    found = space.find(Keeping, place_of(kept_id))
    return found.record.part if found else None


def _names(space: vault.Space) -> dict[str, str]:
    return {one.id: one.name for one in circle.beside(space)}


def _kept_view(
    space: vault.Space, kept_id: str, contact: vault.Contact, record: Entrusted, names: dict[str, str]
) -> KeptView:
    word, request = own_word(space, kept_id), record.request
    if request is not None and clock.now() > request.good_until:
        request = None
    answered = word is not None and request is not None and word.request == request.id
    return KeptView(
        id=kept_id,
        whose=names.get(contact.id) or words.somebody(),
        called=record.called,
        way=str(words.KEPT_WAYS.get(record.way, words.WAYS[record.way])),
        since=in_words(record.since),
        decides_with=record.decides_with,
        wait=words.wait(record.wait_hours),
        if_keeper_goes=record.if_keeper_goes,
        has_line=record.has_line,
        state=word.state if word else "offered",
        changed=word is not None and word.terms != record.terms(),
        asked=_moment(_at(request.asked)) if request else "",
        free_from=_moment(_at(request.good_from)) if request else "",
        free=request is not None and clock.now() >= request.good_from,
        answer=word.answer if word and answered else "",
        words=word.words if word else "",
    )


def _at(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def may_come_back_at(record: PutAway) -> dt.datetime | None:
    """The moment its agreed wait is over; None while nobody asked."""
    return record.asked_at + dt.timedelta(hours=record.wait_hours) if record.asked_at else None


def decide_what_a_hard_day_is(rule: Rule) -> None:
    """Let the room that knows days say whether today is a hard one. Without a rule, none is."""
    _hard_today[:] = [rule]


def is_hard_today(space: vault.Space) -> bool:
    """Whether nothing comes back today (DOMAIN 1.15)."""
    return bool(_hard_today) and _hard_today[0](space)


def _view(
    space: vault.Space, kept: vault.Kept[PutAway], said: dict[tuple[str, str], KeeperWord]
) -> ThingView:
    record, free_from = kept.record, may_come_back_at(kept.record)
    key = kept.id.partition("/")[2]
    of_circle = None
    if record.keeper_id:
        of_circle = _keeper_view(space, key, record, said.get((record.keeper_id, key)))
    keeps = record.way in WITH_KEEPER and (of_circle is None or of_circle.state in KEEPS)
    return ThingView(
        id=key,
        version=kept.version,
        label=record.label,
        way=str(words.WAYS[record.way]),
        state=record.state,
        state_said=words.state(record.state, record.keeper if keeps else ""),
        keeper=record.keeper,
        since=in_words(record.since),
        decides_with=record.decides_with,
        wait=words.wait(record.wait_hours),
        if_keeper_goes=record.if_keeper_goes,
        review_on=in_words(record.review_on),
        review_due=record.review_on is not None and record.review_on <= today() and record.state in HELD,
        asked=_moment(record.asked_at) if record.asked_at else "",
        free_from=_moment(free_from) if free_from else "",
        waited=free_from is not None and free_from <= clock.instant(),
        called=record.called,
        keeper_left=record.keeper_left,
        of_circle=of_circle,
    )


def _keeper_view(space: vault.Space, key: str, record: PutAway, word: KeeperWord | None) -> KeeperView:
    shared = space.find(Entrusted, f"{ENTRUSTED}/{key}")
    answered = word is not None and record.request is not None and word.request == record.request.id
    return KeeperView(
        id=record.keeper_id,
        name=record.keeper,
        state="unasked" if shared is None else word.state if word else "asked",
        unread=shared is not None and word is not None and word.terms != shared.record.terms(),
        answer=word.answer if word and answered else "",
        words=word.words if word else "",
        has_line=shared is not None and shared.record.has_line,
        request_over=record.request is not None and clock.now() > record.request.good_until,
    )


def _moment(at: dt.datetime) -> str:
    here = timezone.localtime(at)
    return f"{in_words(here.date())}, {formats.time_format(here.time(), 'H:i')}"
