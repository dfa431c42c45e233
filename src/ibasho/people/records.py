"""What is kept about a person, sealed in their own space. The server knows none of it without their words."""

import datetime as dt
from typing import Annotated, Final

import msgspec

from ibasho import vault

Instant = Annotated[dt.datetime, msgspec.Meta(tz=True)]

ROLES = ("member", "helper", "facilitator")  # things people do, not ranks (DOMAIN 4.5)


class Agreement(msgspec.Struct, frozen=True):
    """Which telling of the before-you-join page was understood, and when (DOMAIN 4.2)."""

    version: int
    on: dt.date


class Profile(vault.Record, kind="profile"):
    """A name to be called by, and how this person likes the door to work.

    `name` may be empty: somebody who would rather not be called anything.
    """

    name: str = ""
    roles: tuple[str, ...] = ("member",)
    language: str = "en"  # of the words: en, de or es
    joined_on: dt.date | None = None
    agreed: Agreement | None = None
    practised: bool = False
    shown_around: bool = True  # False from joining until the page about leaving was read (DOMAIN 5.2)
    idle_minutes: int = 15  # 3 to 30, until a session ends


# Letting somebody back in (VAULT 4.7): what a friend keeps, and what the three write to each other --------

HELD: Final = "held"
STANDING: Final = "standing"


class Held(vault.Record, kind="friends-held", version=1):
    """A part in somebody's way back, as their friend holds it, at "held/<contact>". Nobody else reads it."""

    part: vault.Part
    place: bytes
    box_key: bytes


class Standing(vault.Record, kind="friends-standing", version=1):
    """A friend's own count of one time they help somebody back in, at "standing/<contact of whoever waits>"."""

    began: dt.datetime
    whose: str = ""  # the contact whose place it is, once the voice was heard
    way: bytes = b""  # as it was then: stopped, the way is another one
    free_from: dt.datetime | None = None  # from then on the part may be given
    request: vault.Request | None = None
    given: bool = False


class SomebodyAsked(vault.Record, kind="friends-asked", version=1):
    """A note to the owner of a place: their friend was asked to let them in."""

    free_from: Instant
    until: Instant


class Heard(vault.Record, kind="friends-heard", version=1):
    """A note to whoever waits: their friend heard their voice."""

    free_from: Instant


class PartGiven(vault.Record, kind="friends-given", version=1):
    """A note to whoever waits: a friend's part, sealed for them and their request alone."""

    given: vault.Given
    place: bytes
    box_key: bytes


class WayBack(vault.Record, kind="friends-way-back", version=1):
    """What the owner still has to read about their friends."""

    left: str = ""  # the name of one of the three who is none any more, which ended it
