"""What may be typed about a thing put away. Shape only; nothing typed is ever thrown away."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from ibasho.programme.days import date_from, today
from ibasho.safekeeping.records import (
    HELD,
    LABEL_MOST,
    NAME_MOST,
    STATES,
    USUAL_WAIT,
    WAITS,
    WAYS,
    WITH_KEEPER,
    WORDS_MOST,
    PutAway,
)
from ibasho.web.forms import fitted, one_line, tidy, whole_number, without_unseen

LOOK_AGAIN = dt.timedelta(days=91)
TEXTS = {
    "label": LABEL_MOST,
    "called": LABEL_MOST,
    "keeper": NAME_MOST,
    "decides_with": NAME_MOST,
    "if_keeper_goes": WORDS_MOST,
}


def states_after(before: PutAway | None) -> tuple[str, ...]:
    """What a thing may be said to be. What is put away comes back by being asked for, not by a word here."""
    return STATES if before and before.state == "back" else tuple(one for one in STATES if one != "back")


@dataclass
class ThingForm:
    """What a browser sent about one thing. `typed` goes back on the page whatever is wrong with it.

    `keepers`: who of the circle may be chosen, by the ids of their contacts.
    """

    typed: dict[str, str] = field(default_factory=dict, repr=False)
    errors: dict[str, list[str]] = field(default_factory=dict)
    seen: int = 0
    keepers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls, record: PutAway | None, seen: int = 0, keepers: Mapping[str, str] | None = None
    ) -> "ThingForm":
        """The form as it is filled from what is kept, or for something new."""
        keepers = keepers or {}
        if record is None:
            day = today()
            new = {
                "since": day.isoformat(),
                "review_on": (day + LOOK_AGAIN).isoformat(),
                "wait_hours": str(USUAL_WAIT),
            }
            empty = dict.fromkeys([*TEXTS, "pressed", "keeper_id"], "")
            return cls(empty | new | {"way": WAYS[0], "state": STATES[0]}, {}, 0, keepers)
        typed = {name: getattr(record, name) for name in (*TEXTS, "way", "state")}
        days = {
            name: day.isoformat() if (day := getattr(record, name)) else "" for name in ("since", "review_on")
        }
        here = record.keeper_id if record.keeper_id in keepers else ""
        typed |= {"keeper_id": here, "keeper": "" if here else record.keeper}
        return cls(typed | days | {"wait_hours": str(record.wait_hours), "pressed": "no"}, {}, seen, keepers)

    @classmethod
    def read(
        cls, post: QueryDict, before: PutAway | None, keepers: Mapping[str, str] | None = None
    ) -> "ThingForm":
        """Read and check a form; see `errors` afterwards."""
        form = cls(keepers=keepers or {})
        for name, most in TEXTS.items():
            form._text(name, post.get(name, ""), most)
        form._choice("keeper_id", post.get("keeper_id", ""), ("", *form.keepers))
        form._choice("way", post.get("way", ""), WAYS)
        form._choice("state", post.get("state", ""), states_after(before))
        form._choice("wait_hours", post.get("wait_hours", ""), tuple(map(str, WAITS)))
        form._choice("pressed", post.get("pressed", ""), ("no", "not-sure", "yes", ""))
        for name in ("since", "review_on"):
            form._day(name, post.get(name, "").strip())
        seen = post.get("seen", "0")
        form.seen = whole_number(seen) or 0
        form._together()
        return form

    def record(self, before: PutAway | None) -> PutAway:
        """What was typed, as a record. Only for a form without errors.

        What was asked for stays asked for, and the wait that was agreed on before is not made shorter by asking.
        """
        typed, wait = self.typed, int(self.typed["wait_hours"])
        asked_at = before.asked_at if before and typed["state"] in HELD else None
        return PutAway(
            label=typed["label"],
            way=typed["way"],
            keeper=self.keepers.get(typed["keeper_id"], typed["keeper"]),
            keeper_id=typed["keeper_id"],
            called=typed["called"],
            since=_day_of(typed["since"]),
            decides_with=typed["decides_with"],
            wait_hours=max(wait, before.wait_hours) if before and asked_at else wait,
            if_keeper_goes=typed["if_keeper_goes"],
            review_on=_day_of(typed["review_on"]),
            state=typed["state"],
            asked_at=asked_at,
        )

    def _together(self) -> None:
        if not self.typed["label"]:
            self._wrong("label", _("A word for it belongs here, one that only you understand."))
        somebody = self.typed["keeper_id"] or self.typed["keeper"]
        if self.typed["way"] in WITH_KEEPER and not somebody:
            self._wrong("keeper", _("A name belongs here, or another way above."))
        if self.typed["way"] not in WITH_KEEPER and self.typed["keeper_id"]:
            self._wrong("way", _("Somebody is to keep it: then one of the first two fits."))
        if somebody and self.typed["pressed"] == "yes":
            said = _(
                "Then somebody else is the better keeper. You can choose another; the rest stays as it is."
            )
            self._wrong("keeper", said)
        elif somebody and not self.typed["pressed"]:
            self._wrong("pressed", _("One moment for this question, please. It can matter a great deal."))

    def _text(self, name: str, value: str, most: int) -> None:
        self.typed[name], wrong = fitted(tidy(value) if name == "if_keeper_goes" else one_line(value), most)
        for said in wrong:
            self._wrong(name, said)

    def _choice(self, name: str, value: str, known: tuple[str, ...]) -> None:
        self.typed[name] = value if value in known else known[0] if name != "pressed" else ""
        if value not in known:
            self._wrong(name, _("That was not one of the answers. You can choose again."))

    def _day(self, name: str, value: str) -> None:
        self.typed[name] = without_unseen(value)
        if value and _day_of(value) is None:
            self._wrong(name, _("A day fits here, such as 2026-11-22, or nothing."))

    def _wrong(self, name: str, said: str) -> None:
        self.errors.setdefault(name, []).append(said)


def _day_of(text: str) -> dt.date | None:
    day = date_from(text)
    return day if day and 1900 <= day.year <= 2200 else None


def line(typed: str, most: int) -> tuple[str, list[str]]:
    """One line as it was typed, and what does not fit about it."""
    return fitted(one_line(typed), most)
