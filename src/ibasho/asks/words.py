"""What this room says of days, parts of days, and what would help."""

import datetime as dt

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

Said = str | Promise

SORTS: dict[str, Said] = {
    "meal": _l("A meal"),
    "lift": _l("A lift"),
    "company": _l("Company"),
    "school": _l("Somebody to fetch a child from school"),
    "walk": _l("A walk together"),
    "post": _l("Somebody to open the post with"),
}

PARTS: dict[str, Said] = {
    "morning": _l("morning"),
    "afternoon": _l("afternoon"),
    "evening": _l("evening"),
    "night": _l("night"),
}

SPOILT: Said = _l("An ask that cannot be read any more")

HOWS: dict[str, Said] = {
    "once": _l("on one day"),
    "daily": _l("every day, for a while"),
    "weekly": _l("certain days of each week"),
}


def weekdays() -> list[tuple[str, str]]:
    """Monday to Sunday, as a form knows them and as one says them."""
    monday = dt.date(2026, 11, 23)
    return [
        (str(number), formats.date_format(monday + dt.timedelta(days=number), "l")) for number in range(7)
    ]


def day_said(day: dt.date) -> str:
    """A day as one says it when it is near: Thursday, 26 November."""
    return _("%(weekday)s, %(day)s") % {
        "weekday": formats.date_format(day, "l"),
        "day": formats.date_format(day, "j F"),
    }


def time_said(part: str, at: dt.time | None) -> str:
    """A part of a day, or an hour."""
    return formats.time_format(at, "H:i") if at else str(PARTS.get(part, ""))


def when_said(day: dt.date, part: str, at: dt.time | None) -> str:
    """A day and what part of it: Thursday, 26 November, evening."""
    said = time_said(part, at)
    return f"{day_said(day)}, {said}" if said else day_said(day)
