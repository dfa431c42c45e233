"""Which bell is whose."""

from ibasho import vault
from ibasho.vault import suite


def bell_of(contact: vault.Contact) -> bytes:
    """The id of a contact's bell, as this side may ring it."""
    return suite.tag(contact.outbox, suite.ctx("bell"))
