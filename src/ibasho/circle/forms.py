"""What may be typed about one's circle. Shape only; nothing typed is ever thrown away."""

import datetime as dt
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from ibasho.circle.records import (
    LINE_MOST,
    MOST_LINES,
    NAME_MOST,
    SHOWN_LONGEST,
    USUAL_WAIT,
    WAITS,
    TellWishes,
)
from ibasho.programme.days import date_from, in_words, today
from ibasho.web.forms import fitted, one_line, without_unseen

FOR_DAYS = ("0", "7", "28", "90")
USUAL_DAYS = "7"


def days_to_choose() -> list[tuple[str, str]]:
    """How long something may be shown, with the day it ends on."""
    names = zip(FOR_DAYS[1:], (_("a week"), _("four weeks"), _("ninety days")), strict=True)
    ends = [(days, name, in_words(today() + dt.timedelta(int(days)))) for days, name in names]
    return [(FOR_DAYS[0], _("only today"))] + [
        (days, _("%(long)s, until %(day)s") % {"long": name, "day": day}) for days, name, day in ends
    ]


@dataclass
class NameForm:
    """One short name. `typed` goes back on the page whatever is wrong with it."""

    name: str = field(default="", repr=False)
    errors: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, post: QueryDict, *, needed: str = "", most: int = NAME_MOST) -> "NameForm":
        """Read a name; `needed` is what the page says when there is none."""
        name, errors = fitted(one_line(post.get("name", "")), most)
        if needed and not name and not errors:
            errors = [needed]
        return cls(name, errors)


@dataclass
class ShowForm:
    """How long somebody may see something, and which of it."""

    long: str = USUAL_DAYS
    day: str = field(default="", repr=False)
    choice: tuple[str, ...] = field(default=(), repr=False)
    errors: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, post: QueryDict, known: list[str]) -> "ShowForm":
        """Read and check a form; `known` is what there is to choose, or nothing."""
        form = cls(
            post.get("long", ""),
            without_unseen(post.get("day", "").strip())[:40],
            tuple(post.getlist("choice")),
        )
        if form.long not in FOR_DAYS:
            form.long = USUAL_DAYS
            if not form.day:
                form.errors["long"] = [_("That was not one of the answers. You can choose again.")]
        if form.day and form.own_day is None:
            form.errors["day"] = [_("A day fits here, such as 2026-11-22, or nothing.")]
        elif form.own_day and not today() <= form.own_day <= today() + SHOWN_LONGEST:
            form.errors["day"] = [
                _("A day from today on fits here, ninety days ahead at most. You can show it again then.")
            ]
        form.choice = tuple(one for one in known if one in form.choice)
        if known and not form.choice:
            form.errors["choice"] = [_("One of these at least, or there is nothing to show.")]
        return form

    @property
    def own_day(self) -> dt.date | None:
        """The day somebody typed, if it is one."""
        return date_from(self.day)

    @property
    def until(self) -> dt.date:
        """The last day. Only for a form without errors."""
        return self.own_day or today() + dt.timedelta(days=int(self.long))


@dataclass
class WishesForm:
    """One's own ready lines, one on each line of the field, and how long to wait."""

    lines: str = field(default="", repr=False)
    wait: str = str(USUAL_WAIT)
    errors: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, wishes: TellWishes) -> "WishesForm":
        """The form as it is filled from what is kept."""
        return cls("\n".join(wishes.lines), str(wishes.wait_minutes))

    @classmethod
    def read(cls, post: QueryDict) -> "WishesForm":
        """Read and check a form; see `errors` afterwards."""
        lines, wrong = fitted(
            post.get("lines", "").replace("\r\n", "\n").strip(), (LINE_MOST + 1) * MOST_LINES
        )
        form = cls(lines, post.get("wait", ""))
        if wrong:
            form.errors["lines"] = wrong
        elif len(form.each) > MOST_LINES:
            form.errors["lines"] = [
                _("%(most)s lines have room. All of yours are still here.") % {"most": MOST_LINES}
            ]
        elif any(len(line) > LINE_MOST for line in form.each):
            form.errors["lines"] = [
                _("One of these is longer than fits: a line has room for %(most)s letters.")
                % {"most": LINE_MOST}
            ]
        if form.wait not in map(str, WAITS):
            form.wait = str(USUAL_WAIT)
            form.errors["wait"] = [_("That was not one of the answers. You can choose again.")]
        return form

    @property
    def each(self) -> tuple[str, ...]:
        """The lines, without blank ones."""
        return tuple(filter(None, (one_line(line) for line in self.lines.split("\n"))))
