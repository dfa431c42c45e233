"""The few places that stand in the navigation. A room adds itself when its addresses are read."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise

from ibasho.web.addresses import address


@dataclass(frozen=True)
class Place:
    """One entry: which page, what it is called, which drawing stands beside it."""

    name: str
    label: str | Promise
    icon: str
    order: int
    shown: Callable[[HttpRequest], bool] | None = None


@dataclass(frozen=True)
class Link:
    """An entry as a page shows it: everything already a plain string."""

    href: str
    label: str
    icon: str
    here: bool


_places: dict[str, Place] = {}


def add(
    name: str,
    label: str | Promise,
    icon: str,
    order: int,
    shown: Callable[[HttpRequest], bool] | None = None,
) -> None:
    """Put a page into the navigation. `icon` names a drawing; `shown` may leave it out for some people."""
    _places[name] = Place(name, label, icon, order, shown)


def links(request: HttpRequest, here: str) -> tuple[Link, ...]:
    """The navigation of one page, in its order; `here` names the place somebody is at."""
    return tuple(
        Link(address(place.name), str(place.label), place.icon, place.name == here)
        for place in sorted(_places.values(), key=lambda place: place.order)
        if place.shown is None or place.shown(request)
    )
