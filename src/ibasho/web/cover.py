"""The name on the door, and the drawing beside it. Titles, bars and icons show them in place of what this is."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest

DEFAULT = "Kettle"
DEFAULT_ICON = "kettle"

# What a programme can choose from, and the small drawing of each; the icons are in static/icons.
ICONS: Final[dict[str, str]] = {
    "kettle": "kettle",
    "cup": "cup-small",
    "leaf": "leaf",
    "window": "window-small",
    "path": "path-small",
}

Told = Callable[[HttpRequest], str]

_told: list[Told] = []
_told_icon: list[Told] = []


def register(name_of_programme: Told, icon_of_programme: Told | None = None) -> None:
    """Let the programme say its cover name and icon. Asked for every page, so they should answer quickly."""
    _told[:] = [name_of_programme]
    _told_icon[:] = [icon_of_programme] if icon_of_programme else []


def cover(request: HttpRequest) -> str:
    """The cover name, or the default while no programme has said one."""
    return (_told[0](request) if _told else "") or DEFAULT


def icon(request: HttpRequest) -> str:
    """The cover icon: a key of ICONS."""
    said = _told_icon[0](request) if _told_icon else ""
    return said if said in ICONS else DEFAULT_ICON
