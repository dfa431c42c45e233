"""One keepsake can be shown to somebody of one's circle."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy

from ibasho import vault
from ibasho.circle.offers import Blocks, Offer, offer
from ibasho.circle.records import Block, Line
from ibasho.keepsakes import access


def _each(space: vault.Space) -> Sequence[tuple[str, str]]:
    return [(one.id, one.name) for one in access.keepsakes_of(space)]


def _blocks(space: vault.Space, chosen: tuple[str, ...]) -> Blocks:
    return tuple(_block(space, one) for one in access.for_plan(space, chosen))


def _block(space: vault.Space, one: access.KeepsakeView) -> Block:
    lines = [Line(text) for text in (one.text, one.by) if text]
    if one.link:
        lines.append(Line(one.title or one.host, one.link))
    return Block(one.name, tuple(lines), access.picture_of(space, one.id) if one.width else b"")


offer(
    Offer(
        "keepsake",
        gettext_lazy("A keepsake"),
        gettext_lazy("One picture, letter or song of yours"),
        40,
        _blocks,
        _each,
        many=False,
        by_link=False,
    )
)
