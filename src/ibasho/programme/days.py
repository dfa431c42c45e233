"""Calendar days as words, in the reader's language."""

import datetime as dt

from django.utils import formats
from django.utils.translation import get_language

from ibasho.vault import clock


def today() -> dt.date:
    """The calendar day where the programme is (`IBASHO_ZONE`)."""
    return clock.here().date()


def in_words(day: dt.date | None) -> str:
    """A day as one says it: 22 November 2026. Nothing for no day."""
    if day is None:
        return ""
    english = (get_language() or "en").startswith("en")
    return formats.date_format(day, "j F Y" if english else "DATE_FORMAT")
