"""What may be typed while a knock is set up, one question at a time. Shape only; nothing typed is ever lost."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from ibasho.knock.records import (
    DOOR,
    HOUR_CHOICES,
    HOWS,
    LATER,
    POLICE,
    TEXT_MOST,
    WAITS,
    WORDS_MOST,
    KnockTerms,
)
from ibasho.programme.days import date_from, today, zones
from ibasho.web.forms import fitted, tidy, without_unseen

STEPS = ("who", "when", "bell", "door", "words", "how", "police", "second", "look")


@dataclass
class StepForm:
    """What a browser sent at one step. `typed` goes back on the page whatever is wrong with it."""

    typed: dict[str, Any] = field(default_factory=dict, repr=False)
    errors: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, terms: KnockTerms) -> "StepForm":
        """The form as it is filled from what was said so far."""
        numbers = {name: str(getattr(terms, name)) for name in ("wait", "hour", "later")}
        texts = {name: getattr(terms, name) for name in ("text", "if_other_opens", "not_to_do")}
        codes = {name: getattr(terms, name) for name in ("first", "second", "door", "police")}
        more = {"zone": terms.zone or settings.TIME_ZONE, "hows": terms.hows, "no_bell": terms.no_bell}
        return cls(numbers | texts | codes | more)

    @classmethod
    def read(cls, step: str, post: QueryDict, terms: KnockTerms, people: tuple[str, ...]) -> "StepForm":
        """Read what one step asks; see `errors` afterwards."""
        form = cls.of(terms)
        reader: Callable[[StepForm, QueryDict, tuple[str, ...]], None] | None = _READERS.get(step)
        if reader is not None:
            reader(form, post, people)
        return form

    def changes(self, step: str, before: KnockTerms) -> dict[str, Any]:
        """What is kept of a step. Only for a form without errors."""
        typed = self.typed
        if step == "when":
            return {"wait": int(typed["wait"]), "hour": int(typed["hour"]), "zone": typed["zone"]}
        if step == "police":
            same = typed["police"] == before.police and before.police_on is not None
            return {"police": typed["police"], "police_on": before.police_on if same else today()}
        if step == "second":
            return {"second": typed["second"], "later": int(typed["later"])}
        if step == "who" and typed["first"] != before.first:
            return {"first": typed["first"], "door": ""}  # whether a door is safe is asked for each person
        names = {
            "who": ("first",),
            "bell": ("no_bell",),
            "door": ("door",),
            "words": ("text",),
            "how": ("hows", "if_other_opens", "not_to_do"),
        }
        return {name: typed[name] for name in names[step]}

    def choice(self, name: str, value: str, known: tuple[str, ...]) -> None:
        """One of several answers."""
        if value in known:
            self.typed[name] = value
        else:
            self.wrong(name, _("That was not one of the answers. You can choose again."))

    def text(self, name: str, value: str, most: int) -> None:
        """Words, as they were typed."""
        self.typed[name], wrong = fitted(tidy(value), most)
        for said in wrong:
            self.wrong(name, said)

    def wrong(self, name: str, said: str) -> None:
        """Say kindly what did not fit."""
        self.errors.setdefault(name, []).append(said)


def _who(form: StepForm, post: QueryDict, people: tuple[str, ...]) -> None:
    form.choice("first", post.get("first", ""), people)


def _when(form: StepForm, post: QueryDict, _people: tuple[str, ...]) -> None:
    form.choice("wait", post.get("wait", ""), tuple(map(str, WAITS)))
    form.choice("hour", post.get("hour", ""), tuple(map(str, HOUR_CHOICES)))
    form.choice("zone", post.get("zone", ""), (*zones(), settings.TIME_ZONE))


def _bell(form: StepForm, post: QueryDict, _people: tuple[str, ...]) -> None:
    form.typed["no_bell"] = post.get("no_bell") == "on"


def _door(form: StepForm, post: QueryDict, _people: tuple[str, ...]) -> None:
    if post.get("door"):
        form.choice("door", post.get("door", ""), DOOR)
    else:
        form.wrong("door", _("One moment for this question, please. It can matter a great deal."))


def _words(form: StepForm, post: QueryDict, _people: tuple[str, ...]) -> None:
    form.text("text", post.get("text", ""), TEXT_MOST)
    if not form.typed["text"]:
        form.wrong("text", _("A few words belong here; they are all that your friend gets."))


def _how(form: StepForm, post: QueryDict, _people: tuple[str, ...]) -> None:
    form.typed["hows"] = tuple(how for how in HOWS if how in post.getlist("hows"))
    if not form.typed["hows"]:
        form.wrong("hows", _("At least one of these, so that your friend knows what to do."))
    for name in ("if_other_opens", "not_to_do"):
        form.text(name, post.get(name, ""), WORDS_MOST)


def _police(form: StepForm, post: QueryDict, _people: tuple[str, ...]) -> None:
    form.choice("police", post.get("police", ""), POLICE)


def _second(form: StepForm, post: QueryDict, people: tuple[str, ...]) -> None:
    others = tuple(one for one in people if one != form.typed["first"])
    form.choice("second", post.get("second", ""), ("", *others))
    form.choice("later", post.get("later", form.typed["later"]), tuple(map(str, LATER)))


_READERS = {
    "who": _who,
    "when": _when,
    "bell": _bell,
    "door": _door,
    "words": _words,
    "how": _how,
    "police": _police,
    "second": _second,
}


def day_typed(text: str) -> dt.date | None:
    """A day as a browser sends it, or None."""
    day = date_from(without_unseen(text).strip())
    return day if day and 1900 <= day.year <= 2200 else None
