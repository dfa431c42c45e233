"""What is kept of a circle. What one person shows another is a copy with one reader; each side writes only its own."""

import datetime as dt
from typing import Final

import msgspec

from ibasho import vault

MOST_PEOPLE: Final = 12  # a circle somebody can still see at a glance
NAME_MOST: Final = 40
LINE_MOST: Final = 120
MOST_LINES: Final = 6  # of one's own, beside the three that are there
SHOWN_LONGEST: Final = dt.timedelta(days=90)  # then it is asked again (DOMAIN 3.1)
LINK_LASTS: Final = dt.timedelta(days=1)
HARD_LASTS: Final = dt.timedelta(hours=24)
WAITS: Final = (5, 15, 30, 60)  # minutes until the page offers lines again
USUAL_WAIT: Final = 15
ANSWERS: Final = ("calling", "coming", "cannot", "asking")


class Grant(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one person may see of one thing. `choice`: which parts of it, or which one of several."""

    said_on: dt.date
    until: dt.date  # the last day
    choice: tuple[str, ...] = ()


class Friend(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody keeps about one person of their circle. Nobody else ever reads it."""

    grants: dict[str, Grant] = msgspec.field(default_factory=dict)  # by the key of a thing (see offers)
    had_to: bool = False  # "I had to add this person" (DOMAIN 3.7)

    def __repr__(self) -> str:
        return "<Friend ***>"


class Circle(vault.Record, kind="circle", version=1):
    """One person's circle, by the ids of their contacts. Small, so the manifest carries it."""

    friends: dict[str, Friend] = msgspec.field(default_factory=dict)
    hard_since: dt.datetime | None = None  # "I'm struggling", for a day
    only_ally: bool = False  # came as somebody's ally, and is here for that alone
    stepped_back: tuple[str, ...] = ()  # names of those who left, until it was read


class Beside(vault.Record, kind="circle-beside", version=1):
    """What each of two says to the other about themselves, at "beside/<contact>": shared with that one."""

    name: str = ""
    not_before: dt.date | None = None  # "not this week": until that day rather somebody else


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of something shown; `href` is where pressing it leads, `tel:` and `sms:` only."""

    text: str
    href: str = ""
    note: str = ""


class Block(msgspec.Struct, frozen=True, omit_defaults=True):
    """Some lines under a heading, and a picture where there is one."""

    title: str = ""
    lines: tuple[Line, ...] = ()
    jpeg: bytes = b""


class Shown(vault.Record, kind="circle-shown", version=1):
    """One thing as one person may see it, at "shown/<contact>-<thing>". Without blocks: nothing is written there."""

    thing: str
    until: dt.date
    blocks: tuple[Block, ...] = ()


class Link(vault.Record, kind="circle-link", version=1):
    """A link that opens one thing for one day, without an account, at "links/<id>". The token is kept nowhere."""

    thing: str
    tally: bytes
    until: dt.datetime
    whom: str = ""


class Told(vault.Record, kind="circle-told", version=1):
    """A ready line that somebody sent one ally, at "told/<contact>". Only the last one is there."""

    line: str
    at: dt.datetime


class Reply(vault.Record, kind="circle-reply", version=1):
    """An ally's answer to a line, at "reply/<contact>". `to` is when that line was said."""

    to: dt.datetime
    answer: str
    whom: str = ""  # whom they are asking instead, in their words


class TellWishes(vault.Record, kind="circle-tell-wishes", version=1):
    """One's own lines, whom they went to last, and how long to wait before the page offers lines again."""

    lines: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    wait_minutes: int = USUAL_WAIT


class Left(vault.Record, kind="circle-left", version=1):
    """A note: its writer steps out of this friendship."""
