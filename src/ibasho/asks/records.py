"""What is kept of an ask, of what somebody took on, and of a calendar.

An ask lies in a shared collection of its own. Its readers and writers are exactly the people it goes to, and each of
them reads the whole record: nothing in it may say who else was asked, nor why.
"""

import datetime as dt
from typing import Final

import msgspec

from ibasho import vault

MOST_ASKS: Final = 12  # a person's own at one time, so that the list can be read at a glance
MOST_SLOTS: Final = 84  # twelve weeks, seven evenings
MOST_WEEKS: Final = 12
WHAT_MOST: Final = 80
NOTE_MOST: Final = 300
LINE_MOST: Final = 120
SUMMARY_MOST: Final = 40
REMEMBERED: Final = 14  # days after its last one that an ask is still there
FEED_LASTS: Final = 180  # days after its owner's last visit

PARTS: Final = ("morning", "afternoon", "evening", "night")
SORTS: Final = ("meal", "lift", "company", "school", "walk", "post")

PLACE: Final = "ask/it"  # where an ask lies in its collection
TAKEN: Final = "taken"
FEED_PLACE: Final = "calendar/own"


class Slot(msgspec.Struct, frozen=True, omit_defaults=True):
    """One time somebody can take: a day where the programme is, and a part of it or an hour.

    `taken_by` is a mark that only its owner and the taker can read as a name (`access.mark_of`).
    """

    key: str
    day: dt.date
    part: str = ""
    at: dt.time | None = None
    taken_by: bytes = b""
    swap: bool = False  # whoever took it would be glad if somebody else did

    def __repr__(self) -> str:
        return "<Slot ***>"


class Ask(vault.Record, kind="ask", version=1):
    """What would help, and when."""

    what: str
    made_on: dt.date
    note: str = ""
    slots: tuple[Slot, ...] = ()
    closed: bool = False  # what is taken stands; nothing more is needed
    rings: bool = False  # its owner wants to hear of what changes


class Taken(vault.Record, kind="ask-taken", version=1):
    """What somebody took on, as they keep it; with a line, the friend it is for reads it too, and nobody else."""

    ask: str
    slot: str
    what: str
    day: dt.date
    part: str = ""
    at: dt.time | None = None
    line: str = ""


class Feed(vault.Record, kind="ask-calendar", version=1):
    """A calendar of one's own, for whoever has its address. The token is the secret part of that address."""

    token: bytes
    mine: bool = True  # what others do for me
    others: bool = True  # what I do for others
    own_words: bool = False
    summary: str = ""  # what stands there in place of own words; empty: the word for busy


class FeedText(vault.Record, kind="ask-calendar-text", version=1):
    """What the address gives. `as_of` is never served: it lets a calendar that nobody keeps up come to its end."""

    text: str
    as_of: dt.date
