"""Which pages are there for somebody who came only to stand beside a friend: their own small place, and no more."""

from django.http import HttpRequest

from ibasho import vault
from ibasho.circle.records import Circle

_for_allies: set[str] = set()


def for_allies_too(*names: str) -> None:
    """Let these private pages answer to somebody who is an ally and nothing else."""
    _for_allies.update(names)


def is_only_ally(space: vault.Space) -> bool:
    """Whether this person came as somebody's ally, and is here for that alone."""
    return space.own(Circle).only_ally


def is_closed(space: vault.Space, name: str) -> bool:
    """Whether a private page is not there for this person."""
    return name not in _for_allies and is_only_ally(space)


def members(request: HttpRequest) -> bool:
    """For the navigation: whether a place is one of those that only members have."""
    space: vault.Space | None = getattr(request, "space", None)
    return space is not None and not is_only_ally(space)


def allies(request: HttpRequest) -> bool:
    """For the navigation: whether a place is one that stands there only for those who came as an ally."""
    return not members(request)
