"""What is kept about a person, sealed in their own space. The server knows none of it without their words."""

import datetime as dt

import msgspec

from ibasho import vault

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
