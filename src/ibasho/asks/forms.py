"""What may be typed about an ask. Shape only; nothing typed is ever thrown away.

A new ask is three questions, one a screen: what, when, who. What was answered before travels along in the form.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from ibasho.asks import words
from ibasho.asks.days import each_week, every_day, last_possible, slots_of
from ibasho.asks.records import (
    LINE_MOST,
    MOST_SLOTS,
    MOST_WEEKS,
    NOTE_MOST,
    PARTS,
    SORTS,
    SUMMARY_MOST,
    WHAT_MOST,
    Ask,
    Feed,
    Slot,
)
from ibasho.programme.days import date_from, today
from ibasho.web.forms import fitted, one_line, tidy, without_unseen

WHAT, WHEN, WHO = STEPS = ("what", "when", "who")
HOWS = ("once", "daily", "weekly")
AHEAD = dt.timedelta(days=366)  # how far away an ask may begin
A_WEEK = dt.timedelta(days=6)

ONE = {WHAT: ("sort", "what", "note"), WHEN: ("how", "first", "last", "at"), WHO: ("rings",)}
MANY = {WHAT: (), WHEN: ("parts", "weekdays"), WHO: ("people",)}
LONG = "x" * 40  # what is longer than any choice of ours is none


@dataclass
class AskForm:
    """What a browser sent about an ask. `typed` and `ticked` go back on the page whatever is wrong with them."""

    typed: dict[str, str] = field(default_factory=dict, repr=False)
    ticked: dict[str, list[str]] = field(default_factory=dict, repr=False)
    errors: dict[str, list[str]] = field(default_factory=dict)
    slots: tuple[Slot, ...] = field(default=(), repr=False)

    @classmethod
    def blank(cls) -> "AskForm":
        """The form at its beginning."""
        form = cls(dict.fromkeys(_all(ONE), ""), {name: [] for name in _all(MANY)})
        form.typed |= {"how": "once", "first": today().isoformat(), "last": (today() + A_WEEK).isoformat()}
        return form

    @classmethod
    def rota(cls) -> "AskForm":
        """Seven evenings, beginning with this one."""
        form = cls.blank()
        form.typed |= {"what": _("Do not leave me alone this week, please"), "how": "daily"}
        form.ticked["parts"] = ["evening"]
        return form

    @classmethod
    def of(cls, record: Ask) -> "AskForm":
        """The words of an ask as it is kept."""
        form = cls.blank()
        form.typed |= {"what": record.what, "note": record.note, "rings": "on" if record.rings else ""}
        return form

    @classmethod
    def read(cls, post: QueryDict, *checked: str) -> "AskForm":
        """Read everything, and check the answers to some of the questions; see `errors` afterwards."""
        form = cls.blank()
        form.typed = {name: without_unseen(post.get(name, "")) for name in _all(ONE)}
        form.ticked = {
            name: [one for one in post.getlist(name) if len(one) <= len(LONG)] for name in _all(MANY)
        }
        if WHAT in checked:
            form.check_what()
        if WHEN in checked:
            form.check_when()
        return form

    def words(self) -> dict[str, str]:
        """What would help, and what else there is to say."""
        sort = self.typed["sort"]
        return {"what": self.typed["what"] or str(words.SORTS.get(sort, "")), "note": self.typed["note"]}

    def passed_on(self, *steps: str) -> list[tuple[str, str]]:
        """What was answered elsewhere, to travel along unseen."""
        pairs = [(name, self.typed[name]) for step in steps for name in ONE[step]]
        ticked = [(name, one) for step in steps for name in MANY[step] for one in self.ticked[name]]
        return [pair for pair in pairs + ticked if pair[1]]

    def first_wrong(self) -> str:
        """The earliest question whose answer does not fit, or none."""
        return next((step for step in STEPS if self._is_wrong(step)), "")

    def check_what(self) -> None:
        """Some words, short enough to be read at a glance."""
        self._text("what", one_line(self.typed["what"]), WHAT_MOST)
        self._text("note", tidy(self.typed["note"]), NOTE_MOST)
        if self.typed["sort"] and self.typed["sort"] not in SORTS:
            self._wrong("sort", _("That was not one of the answers. You can choose again."))
        elif not self.words()["what"]:
            self._wrong("what", _("One of these, or a word of your own, belongs here."))

    def check_when(self) -> None:
        """Days that are still to come, and as many times as fit into one ask."""
        typed, ticked = self.typed, self.ticked
        if typed["how"] not in HOWS:
            typed["how"] = HOWS[0]
            self._wrong("how", _("That was not one of the answers. You can choose again."))
        parts = [part for part in ticked["parts"] if part in PARTS]
        weekdays = [int(one) for one in ticked["weekdays"] if one in {str(number) for number in range(7)}]
        first, last, at = day_of(typed["first"]), day_of(typed["last"]), time_of(typed["at"])
        if typed["at"].strip() and at is None:
            self._wrong("at", _("An hour fits here, such as 18:30, or nothing."))
        if first is None:
            self._wrong("first", _("A day fits here, such as 2026-11-22."))
        elif not today() <= first <= today() + AHEAD:
            self._wrong("first", _("This day has passed, or is more than a year away. Another one fits."))
        if typed["how"] == "once" and first:
            last = first
        elif last is None:
            self._wrong("last", _("A day fits here, such as 2026-11-22."))
        elif first and not first <= last <= last_possible(first):
            said = _("From the first day on, and at most %(weeks)s weeks, is what fits here.")
            self._wrong("last", said % {"weeks": MOST_WEEKS})
        if self._is_wrong(WHEN) or first is None or last is None:
            return
        days = each_week(first, last, weekdays) if typed["how"] == "weekly" else every_day(first, last)
        if typed["how"] == "weekly" and not days:
            self._wrong(
                "weekdays", _("None of these weekdays lies between the two days. You can tick another.")
            )
            return
        self.slots = slots_of(days, parts, at)
        if len(self.slots) > MOST_SLOTS:
            said = _("That is more times than fit into one ask. Fewer days have room, or a second ask.")
            self._wrong("last", said)

    def _is_wrong(self, step: str) -> bool:
        return not self.errors.keys().isdisjoint((*ONE[step], *MANY[step]))

    def _text(self, name: str, value: str, most: int) -> None:
        self.typed[name], wrong = fitted(value, most)
        for said in wrong:
            self._wrong(name, said)

    def _wrong(self, name: str, said: str) -> None:
        self.errors.setdefault(name, []).append(said)


@dataclass
class Line:
    """One short line. `typed` goes back on the page whatever is wrong with it."""

    typed: str = field(default="", repr=False)
    errors: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, text: str, most: int = LINE_MOST) -> "Line":
        """Read and check it; see `errors` afterwards."""
        return cls(*fitted(one_line(text), most))


@dataclass
class FeedForm:
    """What a calendar shall show."""

    ticked: Mapping[str, bool]
    summary: Line

    @classmethod
    def of(cls, feed: Feed | None) -> "FeedForm":
        """The form as it is filled from what is kept, or for a new one."""
        feed = feed or Feed(token=b"")
        ticked = {"mine": feed.mine, "others": feed.others, "own_words": feed.own_words}
        return cls(ticked, Line(feed.summary))

    @classmethod
    def read(cls, post: QueryDict) -> "FeedForm":
        """Read and check a form; see `summary.errors` afterwards."""
        ticked = {name: post.get(name) == "on" for name in ("mine", "others", "own_words")}
        return cls(ticked, Line.read(post.get("summary", ""), SUMMARY_MOST))


def day_of(text: str) -> dt.date | None:
    """A day as a browser sends it, or nothing."""
    day = date_from(text.strip())
    return day if day and 2000 <= day.year <= 2200 else None


def time_of(text: str) -> dt.time | None:
    """An hour as a browser sends it, or nothing."""
    try:
        return dt.datetime.strptime(text.strip(), "%H:%M").time()  # noqa: DTZ007 an hour of a day to come
    except ValueError:
        return None


def _all(names: Mapping[str, Iterable[str]]) -> list[str]:
    return [name for group in names.values() for name in group]
