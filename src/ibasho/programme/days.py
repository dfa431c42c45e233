"""Calendar days: as words in the reader’s language, as they are typed, and the zones they are counted in."""

import datetime as dt
from zoneinfo import available_timezones

from django.utils import formats
from django.utils.translation import get_language

from ibasho.vault import clock

REGIONS = {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}


def today() -> dt.date:
    """The calendar day where the programme is (`IBASHO_ZONE`)."""
    return clock.here().date()


def date_from(text: str) -> dt.date | None:
    """A calendar day written as 2026-11-22, and in no other way."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def in_words(day: dt.date | None) -> str:
    """A day as one says it: 22 November 2026. Nothing for no day."""
    if day is None:
        return ""
    english = (get_language() or "en").startswith("en")
    return formats.date_format(day, "j F Y" if english else "DATE_FORMAT")


def zones() -> tuple[str, ...]:
    """The time zones that are places, by their IANA names."""
    return tuple(sorted(name for name in available_timezones() if name.partition("/")[0] in REGIONS))


def zones_by_region() -> dict[str, list[tuple[str, str]]]:
    """The same as a page offers them: for each region the name of a zone, and of its place."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in zones():
        region, _slash, place = name.partition("/")
        groups.setdefault(region, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return groups
