"""Who may read which day: its owner. Every read in this room begins here, and opens only what it shows."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from markupsafe import Markup

from ibasho import vault
from ibasho.knock import access as knock
from ibasho.safekeeping import access as safekeeping
from ibasho.today import charts, words
from ibasho.today.records import CALM, SIGNS, Day, TodayWishes, day_at, place_of
from ibasho.vault import clock

CHART_DAYS = 70  # ten weeks
GOOD_WEEKS = 10
LONGEST_BACK = 3653  # days somebody may go back to write about: ten years
CHARTED = tuple(sign for sign in SIGNS if sign != "urges")  # urges are in no chart and no list (DOMAIN 2.9)


@dataclass(frozen=True)
class DayView:
    """A kept day as its owner reads it."""

    day: dt.date
    name: str
    version: int
    answers: tuple[tuple[str, str], ...] = field(repr=False)
    line: str = field(repr=False)
    good_title: str = field(repr=False)
    good: str = field(repr=False)
    urges: bool = field(repr=False)  # something other than none was marked


@dataclass(frozen=True)
class ChartView:
    """One sign over ten weeks, as a picture and as a table."""

    title: str
    picture: Markup = field(repr=False)
    rows: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True)
class Cell:
    """One day of a month's calendar; `day` is empty before the first and after the last."""

    day: str = ""
    id: str = ""
    label: str = ""
    kept: bool = field(default=False, repr=False)
    now: bool = False
    later: bool = False


@dataclass(frozen=True)
class MonthView:
    """A month, and the ten weeks up to its end."""

    id: str
    name: str
    weekdays: tuple[tuple[str, str], ...]
    weeks: tuple[tuple[Cell, ...], ...]
    ten_weeks: str
    charts: tuple[ChartView, ...]
    before: tuple[str, str] | None
    after: tuple[str, str] | None
    years: tuple[tuple[str, str], ...]  # a year, and the month to open for it


@dataclass(frozen=True)
class GoodThing:
    """One good thing, and the day it was written about."""

    day: str
    name: str
    form: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class GoodWeek:
    """The good things of one week, from Monday."""

    name: str
    things: tuple[GoodThing, ...] = field(repr=False)


@dataclass(frozen=True)
class GoodView:
    """Up to ten weeks of good things, newest first."""

    weeks: tuple[GoodWeek, ...] = field(repr=False)
    newer: str = ""  # the Sunday that the ten weeks after these end on
    older: str = ""  # the Sunday before these, if anything may lie there


def wishes_of(space: vault.Space) -> TodayWishes:
    """How this person wants to be asked."""
    return space.own(TodayWishes)


def zone_of(wishes: TodayWishes) -> ZoneInfo:
    """The zone somebody lives in; the programme's when they chose none, or one this machine does not know."""
    for name in filter(None, (wishes.time_zone, settings.TIME_ZONE)):
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def today_of(wishes: TodayWishes, at: dt.datetime | None = None) -> dt.date:
    """The calendar day it is where somebody lives, or was at some instant."""
    return (at or clock.instant()).astimezone(zone_of(wishes)).date()


def first_kept_day(wishes: TodayWishes, at: dt.datetime | None = None) -> dt.date:
    """The oldest day that may be written about: ten years back, or as far as days are kept."""
    return today_of(wishes, at) - dt.timedelta(days=wishes.keep_days or LONGEST_BACK)


def find_day(space: vault.Space, day: dt.date) -> vault.Kept[Day] | None:
    """One day, or None when it is blank."""
    return space.find(Day, place_of(day))


def day_view(kept: vault.Kept[Day]) -> DayView:
    """A kept day in words."""
    record = kept.record
    day = day_at(kept.id)
    questions = words.questions()
    answers = tuple(
        (questions[sign].title, questions[sign].answer(code))
        for sign in SIGNS
        if (code := getattr(record, sign)) is not None
    )
    forms = words.good_titles()
    title = forms[record.good_form or "like"] if record.good or record.good_form else ""
    name = words.calendar().say_full(day)
    return DayView(day, name, kept.version, answers, record.line, title, record.good, marked_urges(record))


def marked_urges(record: Day) -> bool:
    """Whether urges were marked, so that help opens before anything else (DOMAIN 2.9)."""
    return record.urges is not None and record.urges != CALM


def was_hard(record: Day) -> bool:
    """Whether somebody said that it was heavy inside, or marked urges."""
    return record.mood == SIGNS["mood"][0] or marked_urges(record)


def month_view(space: vault.Space, month: dt.date) -> MonthView:
    """A month's calendar and the charts of the ten weeks up to its end. Raises NotFound before it begins."""
    wishes = wishes_of(space)
    today = today_of(wishes)
    if month > today:
        raise vault.NotFound
    names = words.calendar()
    end = _month_on(month, 1) - dt.timedelta(days=1)
    last = min(today, end)
    first = last - dt.timedelta(days=CHART_DAYS - 1)
    labels = space.chapters(Day)
    kept = dict(_days(space, labels, min(first, month), end))
    return MonthView(
        id=f"{month:%Y-%m}",
        name=names.say_month(month),
        weekdays=names.weekdays,
        weeks=_weeks(month, today, set(kept), names),
        ten_weeks=_("%(first)s to %(last)s")
        % {"first": names.say_short(first), "last": names.say_short(last)},
        charts=tuple(_charts(kept, first, last, names)),
        before=_turn(_month_on(month, -1), names) if month > _earliest(today, labels) else None,
        after=_turn(_month_on(month, 1), names) if _month_on(month, 1) <= today else None,
        years=tuple(_years(labels, today)),
    )


def good_view(space: vault.Space, until: dt.date) -> GoodView:
    """The good things of the ten weeks that end with the week of `until`, newest first."""
    names, titles = words.calendar(), words.good_titles()
    today = today_of(wishes_of(space))
    labels = space.chapters(Day)
    monday = _monday(min(until, today))
    start, sunday = monday - dt.timedelta(weeks=GOOD_WEEKS - 1), monday + dt.timedelta(days=6)
    weeks: dict[dt.date, list[GoodThing]] = {}
    for day, record in reversed(list(_days(space, labels, start, sunday))):
        if record.good:
            form = "" if record.good_form in (None, "like", "nothing") else titles[record.good_form or "like"]
            thing = GoodThing(day.isoformat(), names.say_long(day), form, record.good)
            weeks.setdefault(_monday(day), []).append(thing)
    newer = min(sunday + dt.timedelta(weeks=GOOD_WEEKS), _monday(today) + dt.timedelta(days=6))
    older = start - dt.timedelta(days=1)
    return GoodView(
        tuple(
            GoodWeek(_("The week of %(day)s") % {"day": names.say_of_year(week, today)}, tuple(things))
            for week, things in weeks.items()
        ),
        newer="" if newer <= sunday else newer.isoformat(),
        older=older.isoformat() if labels and labels[0] <= f"{older:%Y-%m}" else "",
    )


def days_before(space: vault.Space, first: dt.date) -> tuple[list[str], list[vault.RecordId]]:
    """What is older than a day: whole chapters, and single days of the chapter the day lies in.

    Opens at most that one chapter.
    """
    label = f"{first:%Y-%m}"
    labels = space.chapters(Day)
    whole = [one for one in labels if one < label]
    some = (
        [kept.id for kept in space.chapter(Day, label) if day_at(kept.id) < first] if label in labels else []
    )
    return whole, some


def erased_by(space: vault.Space, wishes: TodayWishes) -> str:
    """The day before which these wishes would erase what is kept; empty when nothing lies there."""
    if not wishes.keep_days:
        return ""
    first = first_kept_day(wishes)
    return words.calendar().say_full(first) if any(days_before(space, first)) else ""


def _days(
    space: vault.Space, labels: Iterable[str], first: dt.date, last: dt.date
) -> Iterator[tuple[dt.date, Day]]:
    """The kept days from `first` to `last`; only their chapters are opened."""
    start, end = f"{first:%Y-%m}", f"{last:%Y-%m}"
    for label in labels:
        if start <= label <= end:
            for kept in space.chapter(Day, label):
                day = day_at(kept.id)
                if first <= day <= last:
                    yield day, kept.record


def _charts(
    kept: dict[dt.date, Day], first: dt.date, last: dt.date, names: words.Calendar
) -> Iterator[ChartView]:
    questions = words.questions()
    marks = [
        ((day - first).days, names.months[day.month - 1])
        for day in (first + dt.timedelta(days=number) for number in range(CHART_DAYS - 12))
        if day.day == 1
    ]
    said = {day: names.say_short(day) for day in sorted(kept) if first <= day <= last}
    for sign in CHARTED:
        question, codes = questions[sign], SIGNS[sign]
        answers = {day: code for day in said if (code := getattr(kept[day], sign)) in codes}
        if not answers:
            continue
        points = {(day - first).days: codes.index(code) for day, code in answers.items()}
        label = _("%(sign)s, from %(first)s to %(last)s") % {
            "sign": question.title,
            "first": names.say_short(first),
            "last": names.say_short(last),
        }
        of_code = dict(question.options)
        picture = charts.draw(label, list(of_code.values()), points, CHART_DAYS, marks)
        rows = tuple((said[day], of_code[code]) for day, code in reversed(answers.items()))
        yield ChartView(question.title, picture, rows)


def _weeks(
    month: dt.date, today: dt.date, kept: set[dt.date], names: words.Calendar
) -> tuple[tuple[Cell, ...], ...]:
    cells = [Cell()] * month.weekday()
    day, when_kept = month, _("%(day)s, kept")
    while day.month == month.month:
        said = names.say_short(day)
        if day in kept:
            said = when_kept % {"day": said}
        shown = day <= today or day in kept
        cells.append(
            Cell(str(day.day), day.isoformat() if shown else "", said, day in kept, day == today, day > today)
        )
        day += dt.timedelta(days=1)
    cells += [Cell()] * (-len(cells) % 7)
    return tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7))


def _years(labels: list[str], today: dt.date) -> Iterator[tuple[str, str]]:
    """For each year with something in it, the last such month."""
    last_of = {label[:4]: label for label in labels}
    if len(last_of.keys() | {f"{today:%Y}"}) > 1:
        last_of[f"{today:%Y}"] = f"{today:%Y-%m}"
        yield from sorted(last_of.items(), reverse=True)


def _earliest(today: dt.date, labels: list[str]) -> dt.date:
    back = (today - dt.timedelta(days=LONGEST_BACK)).replace(day=1)
    return min([back, *(dt.date.fromisoformat(f"{label}-01") for label in labels[:1])])


def _turn(month: dt.date, names: words.Calendar) -> tuple[str, str]:
    return f"{month:%Y-%m}", names.say_month(month)


def _month_on(month: dt.date, months: int) -> dt.date:
    """The first of the month that many months on."""
    number = month.year * 12 + month.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _is_hard_today(space: vault.Space) -> bool:
    kept = find_day(space, today_of(wishes_of(space)))
    return kept is not None and was_hard(kept.record)


def _days_seen(space: vault.Space, since: dt.date) -> set[dt.date]:
    """The days with a check-in, as the chapters list them: none of them is opened."""
    labels = [label for label in space.chapters(Day) if label >= f"{since:%Y-%m}"]
    places = [f"{label}/{key}" for label in labels for key in space.keys(Day, label)]
    return {day for place in places if (day := day_at(place)) >= since}


safekeeping.decide_what_a_hard_day_is(_is_hard_today)
knock.decide_days_seen(_days_seen)
