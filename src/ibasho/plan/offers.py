"""What of a plan can be shown to somebody of one's circle, part by part; and what a parting means for a plan."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ibasho import vault
from ibasho.circle.going import when_somebody_goes
from ibasho.circle.offers import Blocks, Offer, offer
from ibasho.circle.records import Block, Line
from ibasho.plan import access, actions

NAMES_OTHERS = ("company", "people")  # a friend who reads these learns who else there is (DOMAIN 3.7)


def _parts(space: vault.Space) -> Sequence[tuple[str, str]]:
    plan = access.plan_view(space)
    return [(part.name, _said(part)) for part in plan.written] if plan else []


def _said(part: access.PartView) -> str:
    if part.name in NAMES_OTHERS:
        return _("%(part)s (it may name other people)") % {"part": part.title}
    return part.title


def _blocks(space: vault.Space, chosen: tuple[str, ...]) -> Blocks:
    plan = access.plan_view(space)
    return tuple(_block(part) for part in plan.written if part.name in chosen) if plan else ()


def _block(part: access.PartView) -> Block:
    return Block(part.title, tuple(Line(step.text, step.call, step.number) for step in part.steps))


@when_somebody_goes
def look_for_their_name(space: vault.Space, contact_id: str) -> None:
    """A plan that names somebody who is not there any more asks to be looked over (DOMAIN 1.9, 3.9)."""
    actions.note_gone(space, vault.contact(space, contact_id).name)


offer(
    Offer(
        "plan",
        gettext_lazy("My plan"),
        gettext_lazy("The parts you choose, as you wrote them"),
        10,
        _blocks,
        _parts,
    )
)
