"""What may be typed into a day and into the wishes. Shape only; nothing typed is ever thrown away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from zoneinfo import ZoneInfo

import msgspec
from django.utils.translation import gettext as _

from ibasho.programme.days import zones
from ibasho.today.records import GOOD_FORMS, GOOD_MOST, KEEP_CHOICES, LINE_MOST, SIGNS, Day, TodayWishes
from ibasho.web.forms import fitted, tidy, whole_number

TEXTS = {"line": LINE_MOST, "good": GOOD_MOST}


@dataclass
class DayForm:
    """What a browser sent for one day. `typed` goes back on the page whatever is wrong with it."""

    typed: dict[str, str] = field(default_factory=dict, repr=False)
    errors: dict[str, list[str]] = field(default_factory=dict)
    seen: int = 0  # the version the form was filled from; 0 for a day that was blank

    @classmethod
    def read(cls, post: Mapping[str, str]) -> "DayForm":
        """Read and check a form; see `errors` afterwards."""
        form = cls()
        for sign, codes in SIGNS.items():
            form._choice(sign, post.get(sign, ""), codes)
        form._choice("good_form", post.get("good_form", ""), GOOD_FORMS)
        for name, most in TEXTS.items():
            form._text(name, post.get(name, ""), most)
        seen = post.get("seen", "0")
        form.seen = whole_number(seen) or 0
        return form

    @classmethod
    def of(cls, day: Day | None, seen: int = 0) -> "DayForm":
        """The form as it is filled from a kept day, or empty."""
        names = [*SIGNS, "good_form", *TEXTS]
        return cls({name: (getattr(day, name) or "") if day else "" for name in names}, {}, seen)

    @property
    def day(self) -> Day:
        """What was typed, as a record. Only for a form without errors."""
        return msgspec.convert({name: value for name, value in self.typed.items() if value}, Day)

    def _choice(self, name: str, value: str, codes: tuple[str, ...]) -> None:
        known = value == "" or value in codes
        self.typed[name] = value if known else ""
        if not known:
            self.errors[name] = [_("That was not one of the answers. You can choose again, or leave it out.")]

    def _text(self, name: str, value: str, most: int) -> None:
        self.typed[name], wrong = fitted(tidy(value), most)
        if wrong:
            self.errors[name] = wrong


@cache
def zone_called(name: str) -> ZoneInfo | None:
    """The zone of that name, if this machine knows it."""
    return ZoneInfo(name) if name in zones() else None


@dataclass
class WishesForm:
    """What a browser sent about how to be asked."""

    wishes: TodayWishes
    errors: dict[str, list[str]] = field(default_factory=dict)
    sure: bool = False

    @classmethod
    def read(cls, post: Mapping[str, str], before: TodayWishes) -> "WishesForm":
        """Read and check the form. What cannot be understood stays as it was, with a word beside it."""
        errors: dict[str, list[str]] = {}
        keep, zone = post.get("keep_days", ""), post.get("time_zone", "")
        if keep not in map(str, KEEP_CHOICES):
            errors["keep_days"] = [_("That was not one of the answers. You can choose again.")]
            keep = str(before.keep_days)
        if zone and zone_called(zone) is None:
            errors["time_zone"] = [_("This place is not in the list. You can choose one near it.")]
            zone = before.time_zone
        wishes = TodayWishes(
            urges_on=post.get("urges_on") == "on",
            keep_days=int(keep),
            one_question=post.get("one_question") == "on",
            time_zone=zone,
        )
        return cls(wishes, errors, post.get("sure") == "yes")
