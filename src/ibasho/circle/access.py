"""Who is in a circle, and who may be chosen from it. Every read of it begins here."""

from dataclasses import dataclass, field

from ibasho import vault
from ibasho.circle.records import Circle, Friend
from ibasho.errors import NotFound


@dataclass(frozen=True)
class AllyView:
    """Somebody of one's own circle."""

    id: str
    name: str = field(repr=False)
    safety: str = field(repr=False, default="")


@dataclass(frozen=True)
class BesideView:
    """Somebody one stands beside."""

    id: str
    name: str = field(repr=False)


def allies(space: vault.Space) -> list[AllyView]:
    """Everybody in this person's circle."""
    return [
        AllyView(one.id, one.name, vault.safety_words_with(space, one))
        for one in vault.contacts(space)
        if one.kind == vault.ALLY
    ]


def choices(space: vault.Space) -> list[AllyView]:
    """Those who may be chosen for anything: never one who had to be added (DOMAIN 3.7)."""
    friends = space.own(Circle).friends
    return [one for one in allies(space) if not friends.get(one.id, Friend()).had_to]


def chosen(space: vault.Space, contact_id: str) -> AllyView:
    """One of those who may be chosen. Raises NotFound."""
    for one in choices(space):
        if one.id == contact_id:
            return one
    raise NotFound


def beside(space: vault.Space) -> list[BesideView]:
    """Those whose ally this person is."""
    return [BesideView(one.id, one.name) for one in vault.contacts(space) if one.kind == vault.BESIDE]
