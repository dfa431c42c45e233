"""Who may read which keepsake: its owner. Every read in this room begins here, and opens no picture but one shown."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from ibasho import vault
from ibasho.keepsakes.records import (
    Keepsake,
    KeepsakePicture,
    KeepsakeThumbnail,
    is_key,
    key_at,
    place_of,
)

FIRST_WORDS = 60  # letters of something long that stand for it in a list

_CHAPTER = place_of("0" * 16).partition("/")[0]


@dataclass(frozen=True)
class KeepsakeView:
    """One keepsake as its owner reads it. `name` stands for it in a list; a picture has an address of its own."""

    id: str
    sort: str
    version: int
    name: str = field(repr=False)
    text: str = field(repr=False)
    by: str = field(repr=False)
    title: str = field(repr=False)
    link: str = field(repr=False)
    host: str = field(repr=False)
    width: int = field(repr=False)
    height: int = field(repr=False)
    left_out: bool = field(repr=False)


def keepsakes_of(space: vault.Space) -> list[KeepsakeView]:
    """All of somebody's keepsakes, the newest first; opens no picture."""
    kept = sorted(
        space.chapter(Keepsake, _CHAPTER), key=lambda one: (one.record.added_at, one.id), reverse=True
    )
    return [view_of(one) for one in kept]


def find_keepsake(space: vault.Space, key: str) -> vault.Kept[Keepsake] | None:
    """One keepsake as it is kept, or None. Raises vault.NotFound for what is no key."""
    return space.find(Keepsake, place_of(key))


def own_keepsake(space: vault.Space, key: str) -> KeepsakeView:
    """One keepsake. Raises vault.NotFound."""
    return view_of(space.read(Keepsake, place_of(key)))


def picture_of(space: vault.Space, key: str, *, small: bool = False) -> bytes:
    """The JPEG of one keepsake. Raises vault.NotFound, also where it has none."""
    if small:
        return space.read(KeepsakeThumbnail, place_of(key)).record.jpeg
    return space.read(KeepsakePicture, place_of(key)).record.jpeg


def counts_of(space: vault.Space) -> tuple[int, int]:
    """How many keepsakes there are, and how many of them have a picture; opens none."""
    return len(space.keys(Keepsake, _CHAPTER)), len(space.keys(KeepsakePicture, _CHAPTER))


def one_of_mine(space: vault.Space, at: str = "") -> tuple[KeepsakeView, str] | None:
    """One keepsake drawn by lot, and the mark that leads to another; None where there is none to draw.

    Each turn has an order of its own, from a number in the mark, so nothing has to be remembered anywhere, and none
    comes twice before all have come.
    """
    mine = [one for one in keepsakes_of(space) if not one.left_out]
    if not mine:
        return None
    turn, _dash, number = at.partition("-")
    if not (is_key(turn) and number.isascii() and number.isdigit() and len(number) < 4):
        turn, number = secrets.token_hex(8), "0"
    place = int(number)
    while place >= len(mine):
        turn, place = _turn_on(turn, 1), place - len(mine)
    return _order(mine, turn)[place], f"{turn}-{place + 1}"


def _order(mine: list[KeepsakeView], turn: str) -> list[KeepsakeView]:
    """The order of one turn, which does not begin with what the turn before ended with."""
    order = _shuffled(mine, turn)
    if len(order) > 2 and order[0] is _shuffled(mine, _turn_on(turn, -1))[-1]:
        order[0], order[1] = order[1], order[0]
    return order


def _shuffled(mine: list[KeepsakeView], turn: str) -> list[KeepsakeView]:
    if len(mine) < 3:
        return list(mine)
    return sorted(mine, key=lambda one: hashlib.sha256(f"{turn} {one.id}".encode()).digest())


def _turn_on(turn: str, by: int) -> str:
    return f"{(int(turn, 16) + by) % (1 << 64):016x}"


def attachable(space: vault.Space) -> list[KeepsakeView]:
    """What may be attached to a plan: everything, the newest first."""
    return keepsakes_of(space)


def for_plan(space: vault.Space, ids: Iterable[str]) -> list[KeepsakeView]:
    """The keepsakes of these ids in their order; those that are not there any more are passed over."""
    mine = {one.id: one for one in keepsakes_of(space)}
    return [mine[id_] for id_ in ids if id_ in mine]


def view_of(kept: vault.Kept[Keepsake]) -> KeepsakeView:
    """A kept keepsake as its owner reads it."""
    record = kept.record
    return KeepsakeView(
        id=key_at(kept.id),
        sort=record.sort,
        version=kept.version,
        name=_name(record),
        text=record.text,
        by=record.by,
        title=record.title,
        link=record.link,
        host=urlsplit(record.link).hostname or "",
        width=record.width,
        height=record.height,
        left_out=record.left_out,
    )


def _name(record: Keepsake) -> str:
    said = record.title or " ".join(record.text.split())
    if not said:
        return _("A picture")
    if len(said) <= FIRST_WORDS:
        return said
    return (said[:FIRST_WORDS].rpartition(" ")[0] or said[:FIRST_WORDS]).rstrip(",;:.") + " …"
