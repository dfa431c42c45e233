"""Alliances end. Rooms that hung something on one look at it together then (DOMAIN 3.9)."""

from collections.abc import Callable

from ibasho import vault
from ibasho.circle.visits import each

Goes = Callable[[vault.Space, str], None]

_when_somebody_goes: list[Goes] = []
_when_it_is_over: list[Goes] = []


def when_somebody_goes(also: Goes) -> Goes:
    """Let a room put in order what it had with somebody: called with the contact's id, while they are still known.

    It is called in the visit of whoever stays or ends it, whichever side ended it; and when a member marks somebody
    they had to add. Those must not read off their own page that something ended (`access.friend_of`).
    """
    _when_somebody_goes.append(also)
    return also


def when_it_is_over(also: Goes) -> Goes:
    """Let a room take away what it had left for somebody to read who had to be added, once they are let go."""
    _when_it_is_over.append(also)
    return also


def goes(space: vault.Space, contact_id: str) -> None:
    """Every room puts in order what it had with somebody; what went wrong in one of them is raised at the end."""
    each(_when_somebody_goes, space, contact_id)


def is_over(space: vault.Space, contact_id: str) -> None:
    """Nothing is left for somebody to read, a moment before they are not known any more."""
    each(_when_it_is_over, space, contact_id)
