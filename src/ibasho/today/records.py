"""What is kept of a day. Answers are short codes; the words for them stand in `words.py`."""

import datetime as dt
from typing import Final

from ibasho import vault

# Four steps each, from the heavier to the lighter (DOMAIN 6.2). The order is the order on the page, where
# urges are neither first nor last.
SIGNS: Final[dict[str, tuple[str, ...]]] = {
    "sleep": ("hardly", "little", "so-so", "well"),
    "meals": ("not-yet", "something", "meal", "meals"),
    "washing": ("not-yet", "little", "wash", "bath"),
    "company": ("nobody", "passing", "someone", "good"),
    "urges": ("strong", "on-and-off", "passing", "none"),
    "mood": ("heavy", "low", "steady", "light"),
}
CALM: Final = "none"  # the answer about urges after which nothing is offered
GOOD_FORMS: Final = ("like", "got-through", "someone-said", "nothing")  # DOMAIN 2.8

LINE_MOST: Final = 2000  # characters
GOOD_MOST: Final = 500

KEEP_CHOICES: Final = (90, 365, 0)  # days; 0 is "until I erase them" (DOMAIN 10.5)


class Day(vault.Record, kind="day", version=1):
    """One calendar day where its owner lives, at the id "YYYY-MM/DD": a month is a chapter.

    Every field may be left out. None means that nothing was said, and never stands for an answer.
    """

    sleep: str | None = None
    meals: str | None = None
    washing: str | None = None
    company: str | None = None
    urges: str | None = None
    mood: str | None = None
    line: str = ""
    good: str = ""
    good_form: str | None = None


class TodayWishes(vault.Record, kind="today-wishes", version=1):
    """How somebody wants to be asked, and how long their days stay.

    `time_zone` is an IANA name, or empty for the programme's own.
    """

    urges_on: bool = False
    keep_days: int = 90
    one_question: bool = False
    time_zone: str = ""


class FoundOld(vault.Record, kind="today-found-old", version=1):
    """When a visit last found days older than their owner wants them kept: the first of two witnesses."""

    at: dt.datetime | None = None


def place_of(day: dt.date) -> vault.RecordId:
    """Where a day lies."""
    return f"{day:%Y-%m/%d}"


def day_at(place: vault.RecordId) -> dt.date:
    """Which day lies at a place."""
    return dt.date.fromisoformat(place.replace("/", "-"))
