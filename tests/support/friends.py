"""People who know each other, by ids that a test can name in an address."""

import msgspec

from ibasho import vault
from ibasho.circle import actions

ALLY = "0a" * 8  # somebody in one's circle
FRIEND = "0f" * 8  # somebody one stands beside


def be_friends(one: vault.Space, other: vault.Space, *, known_as: str, knows: str, name: str = "Aya") -> None:
    """`other` is an ally of `one`: known to `one` by the id `known_as`, and knowing `one` by `knows`.

    Nothing changes where they are friends by these ids already.
    """
    if known_as in one._manifest.contacts and knows in other._manifest.contacts:
        return
    for space, contact in ((one, known_as), (other, knows)):
        if contact in space._manifest.contacts:
            vault.let_go(space, contact)
    before = {id(space): set(space._manifest.contacts) for space in (one, other)}
    vault.accept(other, vault.look_at_invitation(vault.invite(one, vault.ALLY, name)))
    vault.take_in_answers(one)
    for space, contact in ((one, known_as), (other, knows)):
        made = next(found for found in space._manifest.contacts if found not in before[id(space)])
        space._write(lambda manifest, made=made, contact=contact: _rename(manifest, made, contact))  # type: ignore[misc]
    for space in (one, other, one):
        actions.come_in(space)


def _rename(manifest, made: str, contact: str) -> list[vault.Op]:  # type: ignore[no-untyped-def]
    there = manifest.contacts.pop(made)
    manifest.contacts[contact] = msgspec.structs.replace(there, id=contact)
    for invited in manifest.invited:
        if invited.contact == made:
            invited.contact = contact
    return []
