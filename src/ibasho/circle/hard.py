"""The one thing of the circle's own that can be shown: that it is a hard day."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ibasho import vault
from ibasho.circle import access, words
from ibasho.circle.offers import Blocks, Offer, offer
from ibasho.circle.records import Block, Line


def _blocks(space: vault.Space, _chosen: tuple[str, ...]) -> Blocks:
    since = access.circle_of(space).hard_since
    if since is None or not access.is_hard(space):
        return ()
    return (Block("", (Line(_("It is a hard day."), note=words.moment(since)),)),)


offer(
    Offer(
        access.SIGNAL,
        gettext_lazy("When it is hard"),
        gettext_lazy("A sign for one day, when you give it; never by itself"),
        50,
        _blocks,
        by_link=False,
    )
)
