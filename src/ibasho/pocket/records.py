"""What is kept of a copy that lies on a phone: that there is one. The copy itself, and its PIN, never come here."""

import datetime as dt
from typing import Final

from ibasho import vault

KEEP_DAYS: Final = (30, 90, 180)
USUAL_DAYS: Final = 90
LABEL_MOST: Final = 40  # characters
CHAPTER: Final = "phones"


class KeptCopy(vault.Record, kind="kept-copy", version=1):
    """A copy of a plan on one phone. `tally`: where the vault's half lies that says whether it is still wanted."""

    tally: bytes
    since: dt.date
    until: dt.date
    label: str = ""


def place_of(tally: bytes) -> vault.RecordId:
    """Where the record of a copy lies."""
    return f"{CHAPTER}/{tally.hex()}"
