"""What can be shown to somebody. A room that has such a thing says so here; the circle knows none of them by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from ibasho import vault
from ibasho.circle.records import Block
from ibasho.errors import NotFound

Blocks = tuple[Block, ...]


@dataclass(frozen=True)
class Offer:
    """One kind of thing. `make` gives it as somebody else may read it, for a choice out of `choices`.

    `choices` gives what somebody chooses from, as id and words: parts of it (`many`), or one of several. Without
    `choices`, there is nothing to choose.
    """

    key: str
    label: str | Promise
    note: str | Promise
    order: int
    make: Callable[[vault.Space, tuple[str, ...]], Blocks]
    choices: Callable[[vault.Space], Sequence[tuple[str, str]]] | None = None
    many: bool = True
    by_link: bool = True  # whether somebody without an account may see it for a day


_offers: dict[str, Offer] = {}


def offer(one: Offer) -> None:
    """Something that can be shown to people of one's circle from now on."""
    _offers[one.key] = one


def offers() -> list[Offer]:
    """Everything that can be shown, in its order."""
    return sorted(_offers.values(), key=lambda one: one.order)


def an_offer(key: str) -> Offer:
    """One of them. Raises NotFound."""
    if key not in _offers:
        raise NotFound
    return _offers[key]
