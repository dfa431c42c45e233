"""What may be typed into a plan. Shape only; nothing typed is ever thrown away."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from ibasho.plan.actions import new_id
from ibasho.plan.records import (
    LIKELY,
    MESSAGE_MOST,
    MOST_LINES,
    NUMBER_MOST,
    TEXT_MOST,
    WAY_MOST,
    WITH_NUMBERS,
    Step,
)
from ibasho.web.forms import fitted, one_line, tidy, too_long, whole_number, without_unseen

SPARE = 2  # empty lines beneath those that are there
AT_FIRST = 3

_ID = re.compile(r"[0-9a-f]{8}")
_NUMBER = re.compile(r"[0-9+*#()./\s-]*")


@dataclass
class Row:
    """One line as somebody typed it."""

    id: str = ""
    text: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    message: str = field(default="", repr=False)
    errors: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing was typed here."""
        return not (self.text or self.number or self.message)

    @property
    def opened(self) -> bool:
        """Whether what belongs to a number stands open."""
        return bool(self.number or self.message or self.errors)


@dataclass
class PartForm:
    """The lines of one part as a browser sent them. `rows` goes back on the page whatever is wrong with it."""

    name: str
    seen: str
    rows: list[Row] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, name: str, steps: Iterable[Step], seen: str) -> "PartForm":
        """The form as it is filled from what is kept."""
        rows = [Row(step.id, step.text, step.number, step.message) for step in steps]
        return cls(name, seen, rows)._with_room()

    @classmethod
    def read(cls, name: str, post: QueryDict) -> "PartForm":
        """Read and check a form; see `errors` afterwards."""
        texts, ids = post.getlist("text"), post.getlist("id")
        numbers, messages = post.getlist("number"), post.getlist("message")
        form = cls(name, post.get("seen", "")[:16])
        unseen = False
        for place, text in enumerate(texts[: MOST_LINES + SPARE + AT_FIRST]):
            typed = one_line(text), one_line(_at(numbers, place)), tidy(_at(messages, place))
            words, number, message = map(without_unseen, typed)
            unseen = unseen or (words, number, message) != typed
            given = _at(ids, place)
            known = bool(_ID.fullmatch(given)) and all(row.id != given for row in form.rows)
            row = Row(given if known else "", words, number, message)
            form._check(row)
            form.rows.append(row)
        if unseen:
            form.said.append(
                _("There were unseen signs in this that cannot be kept. They are gone; the words are not.")
            )
        if len([row for row in form.rows if not row.is_empty]) > MOST_LINES:
            form.said.append(
                _("%(most)s lines fit into one part. All of yours are still here; you can let some go.")
                % {"most": MOST_LINES}
            )
        return form._with_room()

    @property
    def errors(self) -> bool:
        """Whether something does not fit yet."""
        return bool(self.said) or any(row.errors for row in self.rows)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The lines as they may be kept. Only for a form without errors."""
        return tuple(
            Step(row.id or new_id(), row.text, row.number, row.message)
            for row in self.rows
            if not row.is_empty
        )

    def move_up(self, place: str) -> None:
        """The line at a place changes places with the one above it."""
        at = whole_number(place, 2) or 0
        if 0 < at < len(self.rows):
            self.rows[at - 1], self.rows[at] = self.rows[at], self.rows[at - 1]

    def _check(self, row: Row) -> None:
        wrong = []
        if not row.text and not row.is_empty:
            wrong.append(_("A name, or some words, belong to this number."))
        if len(row.text) > TEXT_MOST:
            wrong.append(too_long(TEXT_MOST))
        if len(row.message) > MESSAGE_MOST:
            wrong.append(too_long(MESSAGE_MOST))
        if self.name not in WITH_NUMBERS:
            row.number = row.message = ""
        elif len(row.number) > NUMBER_MOST or not _NUMBER.fullmatch(row.number):
            wrong.append(_("A number as you would dial it fits here, such as 020 7946 0000."))
        elif row.message and not row.number:
            wrong.append(_("A message needs a number it can go to."))
        row.errors = tuple(wrong)

    def _with_room(self) -> "PartForm":
        """As many empty lines at the end as invite, and no more than fit."""
        filled = [row for row in self.rows if not row.is_empty or row.errors]
        room = AT_FIRST if not filled else SPARE
        self.rows = filled + [Row() for _ in range(max(0, min(room, MOST_LINES - len(filled))))]
        return self


@dataclass
class SaidForm:
    """What somebody said about a part: how likely they are to do it, and what might get in the way."""

    likely: str = ""
    in_the_way: str = field(default="", repr=False)
    errors: tuple[str, ...] = ()

    @classmethod
    def read(cls, post: QueryDict) -> "SaidForm":
        """Read and check the form."""
        likely = post.get("likely", "")
        way, wrong = fitted(tidy(post.get("in_the_way", "")), WAY_MOST)
        return cls(likely if likely in LIKELY else "", way, tuple(wrong))


def _at(values: list[str], place: int) -> str:
    return values[place] if place < len(values) else ""
