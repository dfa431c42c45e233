"""A calendar as text (RFC 5545), for whoever has its address (VAULT, decision 4).

It is sealed under a key that only the address holds, and is as new as its owner's last visit. Times are written in
UTC, each day by itself: a calendar anywhere shows the right hour, also on the days when clocks change.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from ibasho import vault
from ibasho.asks import access
from ibasho.asks.days import span
from ibasho.asks.records import FEED_LASTS, FEED_PLACE, Ask, Feed, FeedText, Slot
from ibasho.circle import access as circle
from ibasho.programme.days import today
from ibasho.programme.records import Programme
from ibasho.vault import clock, suite

A_DAY = 86_400


@dataclass(frozen=True)
class _Entry:
    ask: str
    made_on: dt.date
    slot: Slot
    words: str = field(repr=False)


def text(space: vault.Space, feed: Feed) -> str:
    """The calendar as its owner wants it. Nobody is named as organiser or guest, and nothing rings."""
    cover = vault.setting("programme", Programme).cover
    calendar = Calendar()
    calendar.add("prodid", f"-//{cover}//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", cover)
    entries = [*(_mine(space) if feed.mine else ()), *(_others(space) if feed.others else ())]
    for entry in sorted(entries, key=lambda one: (one.slot.day, one.ask, one.slot.key)):
        summary = entry.words if feed.own_words else feed.summary or _("Busy")
        calendar.add_component(_event(feed, entry, summary))
    return str(calendar.to_ical(), "utf-8")


def begin(space: vault.Space, feed: Feed) -> None:
    """A calendar is there, at an address nobody had before."""
    carries = FeedText(text=text(space, feed), as_of=today())
    vault.cut_tally(space, feed, FEED_PLACE, token=feed.token, until=_until(), carries=carries)


def refresh(space: vault.Space) -> None:
    """A person's calendar is as they would see it now. Costs nothing where there is none."""
    feed = access.own_feed(space)
    if feed is None:
        return
    carries = FeedText(text=text(space, feed), as_of=today())
    if vault.tally_carries(feed.token, FeedText) != carries:
        vault.refill_tally(feed.token, until=_until(), carries=carries)


def served(token: bytes) -> str | None:
    """What the address with this token gives; None for one that ended, is over, or never was."""
    found = vault.tally_carries(token, FeedText)
    return found.text if found else None


def _until() -> int:
    return int(clock.now()) + FEED_LASTS * A_DAY


def _mine(space: vault.Space) -> Iterator[_Entry]:
    """What others took for this person."""
    names = {one.id: one.name for one in circle.allies(space)}
    for name, asked in vault.circles_of(space, Ask.kind).items():
        shared = vault.circle(space, name)
        try:
            record = access.kept_ask(shared).record
        except (vault.NotFound, vault.Tampered):  # it ended, or somebody spoilt it: the others go on
            continue
        takers = access.takers(shared, asked)
        for slot in record.slots:
            taker = takers.get(slot.taken_by)
            if taker:
                words = _("%(what)s: %(name)s") % {"what": record.what, "name": names.get(taker.id, "")}
                yield _Entry(shared.name, record.made_on, slot, words)


def _others(space: vault.Space) -> Iterator[_Entry]:
    """What this person took for others."""
    names = {one.id: one.name for one in circle.beside(space)}
    for shared, record in access.shared_asks(space):
        assert shared.giver is not None
        mark = access.own_mark(shared)
        for slot in record.slots:
            if slot.taken_by == mark and shared.giver.id in names:
                words = _("%(what)s: %(name)s") % {"what": record.what, "name": names[shared.giver.id]}
                yield _Entry(shared.name, record.made_on, slot, words)


def _event(feed: Feed, entry: _Entry, summary: str) -> Event:
    slot, event = entry.slot, Event()
    # Another calendar of the same evening cannot be laid beside this one: the name comes from its own token.
    event.add("uid", suite.tag(feed.token, suite.ctx("ask-uid", entry.ask, slot.key)).hex())
    event.add("dtstamp", dt.datetime.combine(entry.made_on, dt.time(), dt.UTC))
    hours = span(slot.day, slot.part, slot.at)
    if hours:
        event.add("dtstart", hours[0])
        event.add("dtend", hours[1])
    else:
        event.add("dtstart", slot.day)
        event.add("dtend", slot.day + dt.timedelta(days=1))
    event.add("summary", summary)
    event.add("class", "PRIVATE")
    return event
