"""What people's own pages may know about them, and who is what here."""

import datetime as dt
from dataclasses import dataclass, field

from ibasho import vault
from ibasho.circle import access as circle
from ibasho.errors import NotFound
from ibasho.people.records import Profile
from ibasho.programme import access as programme


@dataclass(frozen=True)
class Given:
    """An invitation as its giver sees it. `safety` is filled once somebody joined with it."""

    id: str
    kind: str
    due: dt.date
    state: str  # open, over, joined or swapped
    name: str = field(repr=False)
    safety: str = field(repr=False, default="")


def profile(space: vault.Space) -> Profile:
    """How this person likes to be called, and what they do here."""
    return space.own(Profile)


def is_facilitator(space: vault.Space) -> bool:
    """Whether this person invites others and sets the programme up."""
    return "facilitator" in profile(space).roles


def only_facilitators(space: vault.Space) -> None:
    """Pass for a facilitator. Raises NotFound for everybody else: the page is not there for them."""
    if not is_facilitator(space):
        raise NotFound


def given_invitations(space: vault.Space) -> list[Given]:
    """The invitations this person gave, newest first, with what became of them."""
    contacts = {contact.id: contact for contact in vault.contacts(space)}
    given = []
    for one in vault.invitations(space):
        if one.kind == vault.ALLY:  # those are the circle's
            continue
        contact = contacts.get(one.contact)
        safety = vault.safety_words_with(space, contact) if contact else ""
        state = vault.what_became_of(one)
        given.append(Given(one.id.hex(), one.kind, one.due, state, one.name, safety))
    return given


def safety_words(space: vault.Space) -> list[tuple[str, str]]:
    """Name and four safety words of everybody whose keys were pinned with an invitation of the programme."""
    friends = (vault.ALLY, vault.BESIDE)  # whose pages show them
    others = [one for one in vault.contacts(space) if one.kind not in friends]
    return [(one.name, vault.safety_words_with(space, one)) for one in others]


def has_recovery_sheet(space: vault.Space) -> bool:
    """Whether printed words open this space too."""
    return any(door.kind == "recovery" for door in space.doors())


def understood_anew(space: vault.Space) -> bool:
    """Whether what people are told before they join has changed since this person read it."""
    agreed = profile(space).agreed
    return agreed is not None and agreed.version < programme.programme().telling


programme.decide_who_may_set_up(is_facilitator)
circle.decide_what_somebody_is_called(lambda space: profile(space).name)
