"""The few places that stand in the navigation. A room adds itself when its addresses are read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

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
    _said: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def said(self, language: str) -> str:
        """The label in a language, looked up once for each."""
        if language not in self._said:
            self._said[language] = str(self.label)
        return self._said[language]


class Link(NamedTuple):
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


def links(request: HttpRequest, here: str, language: str) -> tuple[Link, ...]:
    """The navigation of one page, in its order; `here` names the place somebody is at."""
    return tuple(
        Link(address(place.name), place.said(language), place.icon, place.name == here)
        for place in sorted(_places.values(), key=lambda place: place.order)
        if place.shown is None or place.shown(request)
    )
