"""What of one's days can be shown to somebody of one's circle: a word for how it is, and the good things."""

import datetime as dt

from django.utils.translation import gettext_lazy

from ibasho import vault
from ibasho.circle.offers import Blocks, Offer, offer
from ibasho.circle.records import Block, Line
from ibasho.today import access, words


def _mood(space: vault.Space, _chosen: tuple[str, ...]) -> Blocks:
    day = access.today_of(access.wishes_of(space))
    kept = access.find_day(space, day)
    if kept is None or kept.record.mood is None:
        return ()
    said = str(words.ANSWERS["mood"][kept.record.mood])
    return (Block(words.calendar().say_full(day), (Line(said),)),)


def _good(space: vault.Space, _chosen: tuple[str, ...]) -> Blocks:
    day = access.today_of(access.wishes_of(space))
    monday = (day - dt.timedelta(days=day.weekday())).isoformat()
    week = [
        thing for one in access.good_view(space, day).weeks for thing in one.things if thing.day >= monday
    ]
    return tuple(Block(thing.name, (Line(thing.text, note=thing.form),)) for thing in week)


offer(
    Offer(
        "mood",
        gettext_lazy("How it is inside"),
        gettext_lazy("The one word of today’s check-in, and nothing else of it"),
        20,
        _mood,
        by_link=False,
    )
)
offer(
    Offer(
        "good",
        gettext_lazy("Good things of this week"),
        gettext_lazy("What you wrote that you like about yourself, from Monday on"),
        30,
        _good,
    )
)
