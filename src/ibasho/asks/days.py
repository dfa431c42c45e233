"""Which days an ask is about. Days and hours are those of the place of the programme (`IBASHO_ZONE`)."""

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence

from dateutil.rrule import DAILY, WEEKLY, rrule
from django.utils import timezone

from ibasho.asks.records import MOST_WEEKS, Slot

# From and to which hour a part of a day stands in a calendar; a night ends on the next day.
HOURS = {"morning": (8, 12), "afternoon": (13, 17), "evening": (18, 22), "night": (22, 7)}
AN_HOUR = dt.timedelta(hours=1)


def every_day(first: dt.date, last: dt.date) -> list[dt.date]:
    """Each day from the first to the last, twelve weeks at most."""
    return _days(rrule(DAILY, dtstart=_midnight(first), until=_until(first, last)))


def each_week(first: dt.date, last: dt.date, weekdays: Iterable[int]) -> list[dt.date]:
    """These weekdays (0 is Monday) from the first day to the last, twelve weeks at most."""
    wanted = sorted(set(weekdays))
    if not wanted:
        return []
    rule = rrule(WEEKLY, dtstart=_midnight(first), until=_until(first, last), byweekday=wanted)
    return _days(rule)


def last_possible(first: dt.date) -> dt.date:
    """The last day an ask that begins then can be about."""
    return first + dt.timedelta(weeks=MOST_WEEKS) - dt.timedelta(days=1)


def slots_of(days: Sequence[dt.date], parts: Sequence[str], at: dt.time | None) -> tuple[Slot, ...]:
    """A slot for each part of each day; for the hour, when there is one; for the whole day without either."""
    times: list[tuple[str, dt.time | None]] = [(part, None) for part in HOURS if part in parts]
    if at:
        times.append(("", at))
    return tuple(
        Slot(secrets.token_hex(4), day, part, hour) for day in days for part, hour in times or [("", None)]
    )


def in_order(slots: Iterable[Slot]) -> list[Slot]:
    """As the days pass: by day, and in the order of the hours within it."""
    return sorted(slots, key=lambda slot: (slot.day, _begins(slot.part, slot.at)))


def span(day: dt.date, part: str, at: dt.time | None) -> tuple[dt.datetime, dt.datetime] | None:
    """From when to when, as instants in UTC; None for a whole day.

    An hour that a clock skips begins when the clock goes on; of an hour that comes twice it is the first.
    """
    if at:
        begin = _instant(day, at)
        return begin, begin + AN_HOUR
    if part not in HOURS:
        return None
    begins, ends = HOURS[part]
    last = day if ends > begins else day + dt.timedelta(days=1)
    return _instant(day, dt.time(begins)), _instant(last, dt.time(ends))


def _begins(part: str, at: dt.time | None) -> dt.time:
    return at or dt.time(HOURS[part][0] if part in HOURS else 0)


def _instant(day: dt.date, at: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, at, timezone.get_default_timezone()).astimezone(dt.UTC)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())


def _until(first: dt.date, last: dt.date) -> dt.datetime:
    return _midnight(min(last, last_possible(first)))


def _days(rule: rrule) -> list[dt.date]:
    return [moment.date() for moment in rule]
