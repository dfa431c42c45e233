"""What is kept of a knock: what its writer wants, what the friend is shown and answers, and the letter itself.

No day, answer or sign of anybody is ever part of it (DOMAIN 3.4).
"""

import datetime as dt
from typing import Final

from ibasho import vault
from ibasho.knock.ladder import HOURS

WAITS: Final = tuple(range(3, 15))  # days
USUAL_WAIT: Final = 5
USUAL_HOUR: Final = 18
HOUR_CHOICES: Final = tuple(HOURS)
LATER: Final = (3, 6, 12, 24, 48)  # hours until somebody else is asked
USUAL_LATER: Final = 12
HOWS: Final = ("call", "text", "door", "together")
AT_THE_DOOR: Final = ("door", "together")
DOOR: Final = ("safe", "not-safe")
POLICE: Final = ("nothing", "never", "danger")
OUTCOMES: Final = ("done", "not-reached", "need-help")

TEXT_MOST: Final = 600
WORDS_MOST: Final = 300
AWAY_MOST: Final = dt.timedelta(days=90)
NO_PHONE: Final = dt.timedelta(days=30)

DRAFT, WISH, STANDING = "knock/draft", "knock/wish", "knock/standing"


class KnockTerms(vault.Record, kind="knock-terms", version=1):
    """What somebody wants to happen if they go quiet. Three of them may lie there: begun, asked for, and sealed."""

    first: str = ""  # the id of a contact
    second: str = ""
    later: int = USUAL_LATER
    wait: int = USUAL_WAIT
    hour: int = USUAL_HOUR
    zone: str = ""
    no_bell: bool = False  # they know that without a bell no nudge reaches them
    door: str = ""  # one of DOOR, once it was asked (DOMAIN 3.7)
    text: str = ""
    hows: tuple[str, ...] = ()
    if_other_opens: str = ""
    not_to_do: str = ""
    police: str = POLICE[0]
    police_on: dt.date | None = None


class KnockAgreement(vault.Record, kind="knock-agreement", version=1):
    """What one friend is asked for, at "asked/<contact>": shared with that one (DOMAIN 3.4: seen by both)."""

    role: str  # first or second
    wait: int
    text: str
    hows: tuple[str, ...] = ()
    if_other_opens: str = ""
    not_to_do: str = ""
    police: str = POLICE[0]
    police_on: dt.date | None = None


class KnockAnswer(vault.Record, kind="knock-answer", version=1):
    """What a friend says to it, at "answer/<contact>": shared with whoever asked. `mark` says to which words."""

    mark: str = ""
    yes: bool = False
    letter: int = 0  # the one that `outcome` is about
    outcome: str = ""
    outcome_at: dt.datetime | None = None


class KnockLetter(vault.Record, kind="knock-letter", version=1):
    """What goes out: the words, what was agreed, and what calls the next letter off."""

    agreed: KnockAgreement
    done: bytes


class KnockPage(vault.Record, kind="knock-page", version=1):
    """What the page of a nudge says, to whoever brings its token."""

    name: str
    hour: int


class KnockState(vault.Record, kind="knock", version=1):
    """Where things stand. Small, so the manifest carries it, and a visit without a knock costs nothing."""

    on: bool = False  # somebody was asked, or a letter waits
    sealed: str = ""  # the mark of what was sealed
    letters: tuple[int, ...] = ()  # what tells the sealed letters from others
    with_second: bool = False
    away: dt.date | None = None
    no_phone: bool = False
    went: tuple[int, ...] = ()  # when letters went out, until the next set-up
    news: tuple[
        str, ...
    ] = ()  # what is to be said at the next look: gone, went, nobody, second-gone, declined, lost


def place_asked(contact_id: str) -> vault.RecordId:
    """Where what one friend is asked for lies."""
    return f"asked/{contact_id}"


def place_answer(contact_id: str) -> vault.RecordId:
    """Where the answer to one friend lies."""
    return f"answer/{contact_id}"
