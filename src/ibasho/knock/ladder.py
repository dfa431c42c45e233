"""What is to be done about a silence, and when: a function of what is kept and what the clocks show (DOMAIN 3.2).

With a wait of N days, counted from the day somebody was last here, where they are: on day N-1 at their hour a nudge;
on day N in the morning a second one, which says exactly what follows; at their hour the letter. A letter never goes
out on a day that did not begin with a nudge, nor before the programme was seen running for twenty hours of each day
of waiting.
"""

import datetime as dt
import enum
from typing import Final

import msgspec

from ibasho.vault import release
from ibasho.vault.running import Running
from ibasho.vault.timers import Watch

MORNING: Final = 9  # the hour of the second nudge
LEAST_NOTICE: Final = 3  # hours between it and the letter
HOURS: Final = range(MORNING + LEAST_NOTICE + 1, 22)  # at which a letter may go out
WAKING: Final = range(8, 22)  # hours in which somebody is asked a second time
KEPT_AFTER: Final = 120 * 86_400  # seconds until a watch whose letters all went out is forgotten


class Step(enum.Enum):
    """One thing to do."""

    BEGIN_ANEW = "the house was down, stopped, or its calendar jumped"
    RING = "somebody is to be told what has happened already"
    NUDGE = "a first nudge"
    SAY = "a second nudge, which says what follows"
    LET_OUT = "the next letter goes out"
    REST = "nothing waits any more, until its writer comes by"
    FORGET = "nobody came by for long"


def step(watch: Watch, now: float, house: Running) -> Step | None:
    """What is to be done at this moment, or None. One thing at a time: ask again afterwards."""
    if house.stopped:
        return None
    if (watch.ledger, watch.epoch) != (house.ledger, house.epoch):
        return Step.BEGIN_ANEW
    if watch.ring:
        return Step.RING
    return _after(watch, now, house) if watch.is_over else _before(watch, now, house)


def _before(watch: Watch, now: float, house: Running) -> Step | None:
    """While nothing has gone out."""
    here = dt.datetime.fromtimestamp(now, release.zone_of(watch))
    quiet = (here.date() - release.first_day(watch)).days
    if quiet == watch.wait - 1:
        return Step.NUDGE if not watch.nudged and here.hour >= watch.hour else None
    if quiet < watch.wait:
        return None
    if watch.nudged_on != here.date().toordinal():
        return Step.SAY if MORNING <= here.hour < watch.hour - LEAST_NOTICE else None
    return Step.LET_OUT if here.hour >= watch.hour and house.ran >= watch.enough else None


def _after(watch: Watch, now: float, house: Running) -> Step | None:
    """Once the hour of the first letter has come."""
    if watch.letters:
        here = dt.datetime.fromtimestamp(now, release.zone_of(watch))
        waited = now >= watch.since + watch.later * 3600 and house.ran >= watch.enough
        return Step.LET_OUT if waited and here.hour in WAKING else None
    if now - max([*watch.went, watch.nobody]) > KEPT_AFTER:
        return Step.FORGET
    return Step.REST if release.due_day(watch) <= release.day_of(watch, now) else None


def stepped(watch: Watch, what: Step, now: float, house: Running) -> Watch:
    """The watch after a step that moves no letter."""
    if what is Step.BEGIN_ANEW:
        return release.begun_with_the_house(watch, house)
    if what is Step.NUDGE:
        return msgspec.structs.replace(watch, nudged=1, ring=[watch.bell])
    if what is Step.SAY:
        day = release.day_of(watch, now).toordinal()
        return msgspec.structs.replace(watch, nudged=2, nudged_on=day, ring=[watch.bell])
    if what is Step.RING:
        return msgspec.structs.replace(watch, ring=[])
    return msgspec.structs.replace(watch, since=int(now))
