"""The name on the door. Titles, bars and icons show it in place of what this is."""

from collections.abc import Callable

DEFAULT = "Kettle"

_told: list[Callable[[], str]] = []


def register(name_of_programme: Callable[[], str]) -> None:
    """Let the programme say its cover name. It is asked for every page, so it should answer from memory."""
    _told[:] = [name_of_programme]


def cover() -> str:
    """The cover name, or the default while no programme has said one."""
    return (_told[0]() if _told else "") or DEFAULT
