"""What is kept of a thing put away: a word of its owner's for it, and an agreement. Never what it is, nor where.

There is no field for a kind, an amount or a place, and there must never be one (DOMAIN 1.12, 1.13).
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
CHAPTER: Final = "things"


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
