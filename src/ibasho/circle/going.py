"""Alliances end. Rooms that hung something on one look at it together then (DOMAIN 3.9)."""

from collections.abc import Callable

from ibasho import vault

Goes = Callable[[vault.Space, str], None]

_when_somebody_goes: list[Goes] = []


def when_somebody_goes(also: Goes) -> Goes:
    """Let a room put in order what it had with somebody: called with the contact's id, while they are still known.

    It is called in the visit of whoever stays or ends it, whichever side ended it; and when a member marks somebody
    they had to add. Those must not read off their own page that something ended (`access.friend_of`).
    """
    _when_somebody_goes.append(also)
    return also


def goes(space: vault.Space, contact_id: str) -> None:
    """Every room puts in order what it had with somebody; what went wrong in one of them is raised at the end."""
    trouble: Exception | None = None
    for also in _when_somebody_goes:
        try:
            also(space, contact_id)
        except Exception as error:
            trouble = trouble or error
    if trouble is not None:
        raise trouble
