"""The name on the door. Titles, bars and icons show it in place of what this is."""

from collections.abc import Callable

from django.http import HttpRequest

DEFAULT = "Kettle"

_told: list[Callable[[HttpRequest], str]] = []


def register(name_of_programme: Callable[[HttpRequest], str]) -> None:
    """Let the programme say its cover name. It is asked for every page, so it should answer quickly."""
    _told[:] = [name_of_programme]


def cover(request: HttpRequest) -> str:
    """The cover name, or the default while no programme has said one."""
    return (_told[0](request) if _told else "") or DEFAULT
