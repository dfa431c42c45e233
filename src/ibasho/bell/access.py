"""Whose bell is whose."""

from dataclasses import dataclass

from ibasho import vault
from ibasho.vault import suite


class OwnBell(vault.Record, kind="own-bell", version=1):
    """The name of a person's own bell."""

    id: bytes = b""


def bell_of(contact: vault.Contact) -> bytes:
    """The bell of a contact, as this side may ring it."""
    return suite.fingerprint(suite.ctx("bell", contact.outbox))[:16]


def own_bell(space: vault.Space) -> bytes:
    """A person's own bell."""
    return suite.fingerprint(suite.ctx("own-bell", space._id))[:16]


@dataclass(frozen=True)
class BellView:
    """How somebody wants to be rung."""

    hangs: bool


def bell(space: vault.Space) -> BellView:
    """How this person wants to be rung."""
    return BellView(bool(space.own(OwnBell).id))
