"""What is kept of a plan. Everything in it is in its owner's words; the words around it stand in `words.py`."""

import datetime as dt
from typing import Final

import msgspec

from ibasho import vault

# The order is the ladder: alone, in company, confiding, those whose work it is, surroundings (DOMAIN 1.1);
# and, last, what matters most.
PARTS: Final = ("signs", "alone", "company", "people", "services", "safer", "matters")
WITH_NUMBERS: Final = ("company", "people", "services")  # whose lines may be somebody to ring or write to
LIKELY: Final = ("surely", "probably", "not-sure")  # how likely somebody is to do this (DOMAIN 1.5)
FEELS: Final = ("hard", "bearable", "all-right")  # before and after, from the heavier to the lighter

MOST_LINES: Final = 12  # in one part; a plan has to be readable in a hard minute
TEXT_MOST: Final = 200  # letters of one line
NUMBER_MOST: Final = 40
MESSAGE_MOST: Final = 400
WAY_MOST: Final = 500
MOST_KEEPSAKES: Final = 12

VERSIONS: Final = "versions"  # the chapter all of them lie in
VERSIONS_KEPT: Final = 12


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a plan: something to notice, to do, somewhere to go, somebody to ask.

    `id` stays with the line while its words change, so that what was said of it stays too.
    """

    id: str
    text: str
    number: str = ""  # as it is dialled, in the words of whoever typed it
    message: str = ""  # ready to send

    def __repr__(self) -> str:
        return "<Step ***>"


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """One part, and what its owner said about it afterwards."""

    steps: tuple[Step, ...] = ()
    likely: str = ""
    in_the_way: str = ""

    def __repr__(self) -> str:
        return "<Part ***>"


class Plan(vault.Record, kind="plan", version=1):
    """The plan as it stood at the end of a day, at the id "versions/YYYY-MM-DD"; the newest is the plan.

    What is changed on one day is one version, so that "last time" is a day somebody remembers.
    """

    parts: dict[str, Part] = msgspec.field(default_factory=dict)
    keepsakes: tuple[str, ...] = ()


class SettingOut(msgspec.Struct, frozen=True):
    """A line somebody is doing just now, and how it was before, if they said."""

    step: str
    at: dt.datetime
    before: str = ""


class PlanUses(vault.Record, kind="plan-uses", version=1):
    """How often each line helped, by its id: only counts, and what is going on now. Never when, never how bad."""

    helped: dict[str, int] = msgspec.field(default_factory=dict)
    now: SettingOut | None = None


class PlanWishes(vault.Record, kind="plan-wishes", version=1):
    """What decides when somebody is asked to look their plan over (DOMAIN 1.9). Empty without a plan."""

    made_on: dt.date | None = None
    looked_on: dt.date | None = None  # when it was last changed, or found to be still right
    used_on: dt.date | None = None
    hard_on: dt.date | None = None
    gone: str = ""  # somebody who was taken out of it, while they are still named somewhere else


def place_of(day: dt.date) -> vault.RecordId:
    """Where the version of a day lies."""
    return f"{VERSIONS}/{day.isoformat()}"
