"""Who may read of a thing put away: its owner. Every read in this room begins here."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import formats, timezone

from ibasho import vault
from ibasho.programme.days import in_words, today
from ibasho.safekeeping import words
from ibasho.safekeeping.records import CHAPTER, HELD, WITH_KEEPER, PutAway
from ibasho.vault import clock

Rule = Callable[[vault.Space], bool]

_hard_today: list[Rule] = []


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


def things(space: vault.Space) -> list[ThingView]:
    """Everything this person put away, in the order they did."""
    kept = space.chapter(PutAway, CHAPTER)
    return [_view(one) for one in sorted(kept, key=lambda one: (one.record.since or dt.date.min, one.id))]


def thing(space: vault.Space, key: str) -> vault.Kept[PutAway]:
    """One thing as it is kept. Raises NotFound."""
    return space.read(PutAway, f"{CHAPTER}/{key}")


def thing_view(space: vault.Space, key: str) -> ThingView:
    """One thing as a page shows it. Raises NotFound."""
    return _view(thing(space, key))


def may_come_back_at(record: PutAway) -> dt.datetime | None:
    """The moment its agreed wait is over; None while nobody asked."""
    return record.asked_at + dt.timedelta(hours=record.wait_hours) if record.asked_at else None


def decide_what_a_hard_day_is(rule: Rule) -> None:
    """Let the room that knows days say whether today is a hard one. Without a rule, none is."""
    _hard_today[:] = [rule]


def is_hard_today(space: vault.Space) -> bool:
    """Whether nothing comes back today (DOMAIN 1.15)."""
    return bool(_hard_today) and _hard_today[0](space)


def _view(kept: vault.Kept[PutAway]) -> ThingView:
    record, free_from = kept.record, may_come_back_at(kept.record)
    return ThingView(
        id=kept.id.partition("/")[2],
        version=kept.version,
        label=record.label,
        way=str(words.WAYS[record.way]),
        state=record.state,
        state_said=words.state(record.state, record.keeper if record.way in WITH_KEEPER else ""),
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
    )


def _moment(at: dt.datetime) -> str:
    here = timezone.localtime(at)
    return f"{in_words(here.date())}, {formats.time_format(here.time(), 'H:i')}"
