"""What the check-in says: its questions, its answers and the names of days, in the reader's language.

Everything is looked up once for each language and kept as plain strings, so that a page only has to be put
together. Nothing of a person is ever in here.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cache

from django.utils.dates import MONTHS, MONTHS_ALT, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from ibasho.today.records import SIGNS

LEGENDS: dict[str, str | Promise] = {
    "sleep": _l("How did you sleep?"),
    "meals": _l("Have you eaten?"),
    "washing": _l("Have you washed?"),
    "company": _l("Anyone around you?"),
    "urges": _l("Any urges to hurt yourself?"),
    "mood": _l("How is it inside?"),
}
NAMES: dict[str, str | Promise] = {
    "sleep": _l("Sleep"),
    "meals": _l("Meals"),
    "washing": _l("Washing"),
    "company": _l("Company"),
    "urges": _l("Urges"),
    "mood": _l("Mood"),
}
ANSWERS: dict[str, dict[str, str | Promise]] = {
    "sleep": {
        "hardly": pgettext_lazy("sleep", "hardly"),
        "little": pgettext_lazy("sleep", "a little"),
        "so-so": pgettext_lazy("sleep", "so-so"),
        "well": pgettext_lazy("sleep", "well"),
    },
    "meals": {
        "not-yet": pgettext_lazy("meals", "not yet"),
        "something": pgettext_lazy("meals", "a bite"),
        "meal": pgettext_lazy("meals", "a meal"),
        "meals": pgettext_lazy("meals", "meals"),
    },
    "washing": {
        "not-yet": pgettext_lazy("washing", "not yet"),
        "little": pgettext_lazy("washing", "a little"),
        "wash": pgettext_lazy("washing", "a wash"),
        "bath": pgettext_lazy("washing", "all of me"),
    },
    "company": {
        "nobody": pgettext_lazy("company", "no one"),
        "passing": pgettext_lazy("company", "in passing"),
        "someone": pgettext_lazy("company", "someone"),
        "good": pgettext_lazy("company", "good company"),
    },
    "urges": {
        "strong": pgettext_lazy("urges", "strong"),
        "on-and-off": pgettext_lazy("urges", "on and off"),
        "passing": pgettext_lazy("urges", "in passing"),
        "none": pgettext_lazy("urges", "none"),
    },
    "mood": {
        "heavy": pgettext_lazy("mood", "heavy"),
        "low": pgettext_lazy("mood", "low"),
        "steady": pgettext_lazy("mood", "steady"),
        "light": pgettext_lazy("mood", "light"),
    },
}
GOOD_LEGEND = _l("One thing I like about myself today")
GOOD_FORMS: dict[str, str | Promise] = {
    "like": _l("something I like"),
    "got-through": _l("something I got through"),
    "someone-said": _l("something someone said"),
    "nothing": _l("nothing today, and that’s fine"),
}


GOOD_TITLES: dict[str, str | Promise] = {
    "like": _l("One thing I like about myself"),
    "got-through": _l("Something I got through"),
    "someone-said": _l("Something someone said"),
    "nothing": _l("Nothing that day, and that’s fine"),
}


@dataclass(frozen=True)
class Question:
    """One sign as a page asks for it: everything already a plain string."""

    name: str
    legend: str
    title: str
    options: tuple[tuple[str, str], ...]

    def answer(self, code: str) -> str:
        """The words for one answer."""
        return dict(self.options).get(code, code)


@dataclass(frozen=True)
class Calendar:
    """The names of days and months in one language, and how they stand together."""

    months: tuple[str, ...]
    months_in_dates: tuple[str, ...]
    weekdays: tuple[tuple[str, str], ...]  # short and long, from Monday
    long: str
    full: str
    short: str
    with_year: str
    of_month: str

    def _say(self, pattern: str, day: dt.date, months: tuple[str, ...]) -> str:
        return pattern % {
            "weekday": self.weekdays[day.weekday()][1],
            "day": day.day,
            "month": months[day.month - 1],
            "year": day.year,
        }

    def say_long(self, day: dt.date) -> str:
        """Sunday, 22 November."""
        return self._say(self.long, day, self.months_in_dates)

    def say_full(self, day: dt.date) -> str:
        """Sunday, 22 November 2026."""
        return self._say(self.full, day, self.months_in_dates)

    def say_short(self, day: dt.date) -> str:
        """22 November."""
        return self._say(self.short, day, self.months_in_dates)

    def say_of_year(self, day: dt.date, today: dt.date) -> str:
        """22 November, and the year where it is another."""
        pattern = self.short if day.year == today.year else self.with_year
        return self._say(pattern, day, self.months_in_dates)

    def say_month(self, day: dt.date) -> str:
        """November 2026."""
        return self._say(self.of_month, day, self.months)


def questions() -> dict[str, Question]:
    """Every question, in the language of this request."""
    return _questions(get_language() or "en")


def calendar() -> Calendar:
    """The names of days, in the language of this request."""
    return _calendar(get_language() or "en")


def good_forms() -> tuple[tuple[str, str], ...]:
    """The softer forms, in the language of this request."""
    return _good_forms(get_language() or "en")


def good_titles() -> dict[str, str]:
    """What a kept good thing is called, in the language of this request."""
    return _good_titles(get_language() or "en")


@cache
def _questions(language: str) -> dict[str, Question]:
    return {
        sign: Question(
            sign,
            str(LEGENDS[sign]),
            str(NAMES[sign]),
            tuple((code, str(ANSWERS[sign][code])) for code in codes),
        )
        for sign, codes in SIGNS.items()
    }


@cache
def _good_forms(language: str) -> tuple[tuple[str, str], ...]:
    return tuple((code, str(words)) for code, words in GOOD_FORMS.items())


@cache
def _good_titles(language: str) -> dict[str, str]:
    return {code: str(words) for code, words in GOOD_TITLES.items()}


@cache
def _calendar(language: str) -> Calendar:
    return Calendar(
        months=tuple(str(MONTHS[number]) for number in range(1, 13)),
        months_in_dates=tuple(str(MONTHS_ALT[number]) for number in range(1, 13)),
        weekdays=tuple((str(WEEKDAYS_ABBR[number]), str(WEEKDAYS[number])) for number in range(7)),
        long=_("%(weekday)s, %(day)s %(month)s"),
        full=_("%(weekday)s, %(day)s %(month)s %(year)s"),
        short=_("%(day)s %(month)s"),
        with_year=_("%(day)s %(month)s %(year)s"),
        of_month=pgettext("a month as a heading", "%(month)s %(year)s"),
    )
