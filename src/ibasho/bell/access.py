"""Which bell is whose. An id says nothing to anybody but the two who can derive it."""

import hashlib

from ibasho import vault


def bell_of(contact: vault.Contact) -> bytes:
    """The bell of a contact, as this side may ring it."""
    return hashlib.sha256(b"bell" + contact.outbox).digest()


def own_bell(space: vault.Space) -> bytes:
    """The bell of this person."""
    return hashlib.sha256(b"bell" + space.fingerprint).digest()
