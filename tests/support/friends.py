"""People who know each other, by ids that a test can name in an address."""

from functools import partial

import msgspec

from ibasho import vault
from ibasho.circle import actions
from ibasho.vault.manifest import Manifest

ALLY = "0a" * 8  # somebody in one's circle
FRIEND = "0f" * 8  # somebody one stands beside


def be_friends(one: vault.Space, other: vault.Space, *, known_as: str, knows: str, name: str = "Aya") -> None:
    """`other` is an ally of `one`: known to `one` by the id `known_as`, and knowing `one` by `knows`.

    Nothing changes where they are friends by these ids already.
    """
    one._look_again(), other._look_again()  # a page may have changed them meanwhile
    if known_as in one._manifest.contacts and knows in other._manifest.contacts:
        return
    for space, contact in ((one, known_as), (other, knows)):
        if contact in space._manifest.contacts:
            vault.let_go(space, contact)
    pinned = vault.accept(other, vault.look_at_invitation(vault.invite(one, vault.ALLY, name)))
    joined = vault.take_in_answers(one)[0]
    for space, made, contact in ((one, joined.contact, known_as), (other, pinned.id, knows)):
        space._write(partial(_rename, made=made, contact=contact))
    for space in (one, other, one):
        actions.come_in(space)


def _rename(manifest: Manifest, *, made: str, contact: str) -> list[vault.Op]:
    there = manifest.contacts.pop(made)
    manifest.contacts[contact] = msgspec.structs.replace(there, id=contact)
    for invited in manifest.invited:
        if invited.contact == made:
            invited.contact = contact
    return []
