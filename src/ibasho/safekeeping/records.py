"""What is kept of a thing put away: a word of its owner's for it, and an agreement. Never what it is, nor where.

There is no field for a kind, an amount or a place, and there must never be one (DOMAIN 1.12, 1.13).

Where somebody of the circle keeps it, each of the two writes only their own: its owner what was agreed and what is
asked for (`Entrusted`), its keeper their word (`KeeperWord`); the other reads it.
"""

import datetime as dt
from typing import Final

from ibasho import vault

# In the order they are offered: the farther away, the better (DOMAIN 1.11, 1.14).
WAYS: Final = ("keeper", "key", "less", "instead", "steps")
WITH_KEEPER: Final = ("keeper", "key")
STATES: Final = ("away", "locked", "back", "gone")
HELD: Final = ("away", "locked")
WAITS: Final = (24, 72, 168, 336)  # hours between asking and getting
USUAL_WAIT: Final = 72  # DOMAIN 1.15

MOST_THINGS: Final = 12
LABEL_MOST: Final = 40
NAME_MOST: Final = 40
WORDS_MOST: Final = 300
LINE_MOST: Final = 200  # what two people can read together only
CHAPTER: Final = "things"
ENTRUSTED: Final = "entrusted"
KEEPING: Final = "keeping"

ME, KEEPER = 0, 1  # the seats of a way of two


class PutAway(vault.Record, kind="put-away", version=1):
    """One thing, under a word only its owner needs to understand, and what was agreed about it on a calm day."""

    label: str
    way: str = WAYS[0]
    keeper: str = ""
    since: dt.date | None = None
    decides_with: str = ""  # whoever decides with its owner that it comes back
    wait_hours: int = USUAL_WAIT
    if_keeper_goes: str = ""
    review_on: dt.date | None = None
    state: str = STATES[0]
    asked_at: dt.datetime | None = None
    keeper_id: str = ""  # who keeps it, when that is somebody of the circle
    called: str = ""  # the word its keeper reads, where it is another one
    line: vault.Way | None = None  # a line of the owner's, which the two open together
    part: vault.Part | None = None  # the owner's part of that way
    request: vault.Request | None = None
    keeper_left: str = ""  # the name of one who keeps it no more, until it was looked at


class Entrusted(vault.Record, kind="entrusted", version=1):
    """What a keeper reads of one thing, at "entrusted/<thing>": shared with that one."""

    called: str
    way: str
    since: dt.date | None
    decides_with: str
    wait_hours: int
    if_keeper_goes: str
    has_line: bool = False
    request: vault.Request | None = None

    def terms(self) -> tuple[str, str, str, int, str]:
        """What was agreed. When it changes, its keeper is asked whether it is still right."""
        return (self.called, self.way, self.decides_with, self.wait_hours, self.if_keeper_goes)


class Handed(vault.Record, kind="keeper-part", version=1):
    """A note: the keeper's part of the way of two. Its owner does not keep it."""

    thing: str
    part: vault.Part


class Keeping(vault.Record, kind="keeping", version=1):
    """What a keeper holds of a way, at "keeping/<contact>-<thing>". Nobody else reads it."""

    part: vault.Part | None = None


class KeeperWord(vault.Record, kind="keeper-word", version=1):
    """A keeper's word on one thing, at "keeping/<contact>-<thing>": shared with its owner.

    `state`: will (keep it), has (it), declined, stopped, back (given back). `answer` to the request of that id: yes, or
    not-yet.
    """

    thing: str
    state: str
    terms: tuple[str, str, str, int, str]  # as they were when the keeper last said yes to them
    request: bytes = b""
    answer: str = ""
    words: str = ""
    given: vault.Given | None = None
