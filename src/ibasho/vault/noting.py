"""Notes: one signed record from one pinned person to another, left in their post box until it is read (VAULT 1.4).

For what has to be said once: "I step back", "I ask you for your half". What lasts is shared instead, as a published
copy that its owner keeps up to date.
"""

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Generic

import msgspec

from ibasho.vault import clock, suite
from ibasho.vault.errors import NotFound, NotGranted
from ibasho.vault.identity import Identity, check_signature, seal_to
from ibasho.vault.manifest import Contact, Manifest
from ibasho.vault.records import Record, RecordId, T
from ibasho.vault.sharing import _post, let_go
from ibasho.vault.space import Space
from ibasho.vault.store import Op, drop_post, put_post

_NOTE = b"\x03"


class Said(msgspec.Struct, Generic[T], frozen=True):
    """A note as its reader finds it. `at`: seconds since 1970, as its writer says."""

    id: bytes
    contact: Contact
    at: int
    record: T

    def __repr__(self) -> str:
        return "<Said ***>"


def seal_note(giver: Identity, reader: bytes, record: Record) -> bytes:
    """A record for one reader, signed by its writer for that reader alone."""
    terms = msgspec.json.encode([record.kind, int(clock.now()), msgspec.Raw(msgspec.json.encode(record))])
    content = terms + giver.sign(_signed(giver.public, reader, terms))
    return _NOTE + seal_to(reader, suite.pad(content), _envelope(reader))


def open_note(reader: Identity, giver: bytes, body: bytes, type_: type[T]) -> tuple[int, T]:
    """A note of this kind by a pinned writer to this reader. Raises NotGranted for anything else."""
    return _read(_terms(giver, body, reader), type_)


def _terms(giver: bytes, body: bytes, reader: Identity) -> bytes:
    if body[:1] != _NOTE:
        raise NotGranted
    content = reader.open_padded(body[1:], _envelope(reader.public))
    terms, signature = content[:-64], content[-64:]
    check_signature(giver, signature, _signed(giver, reader.public, terms))
    return terms


def _read(terms: bytes, type_: type[T]) -> tuple[int, T]:
    try:
        kind, at, raw = msgspec.json.decode(terms, type=tuple[str, int, msgspec.Raw])
        if kind != type_.kind:
            raise NotGranted
        return at, msgspec.json.decode(raw, type=type_)
    except msgspec.MsgspecError:
        raise NotGranted from None


def plan_note(space: Space, contact: Contact, record: Record, note_id: bytes = b"") -> Op:
    """The op that leaves a note for a contact. `note_id`: where its writer may want to take it away again."""
    return put_post(contact.outbox, seal_note(space.identity, contact.public, record), note_id)


def send_note(space: Space, contact_id: str, record: Record, *, about: str = "") -> None:
    """Leave a note for a contact. Of those of one kind `about` one thing only the last lies there. Raises NotFound."""
    contact = space._manifest.contacts.get(contact_id)
    if contact is None:
        raise NotFound
    if not about:
        space._vault.store.commit([plan_note(space, contact, record)])
        return
    note_id = _about(space, contact, type(record), about)
    ops = [drop_post(contact.outbox, note_id), plan_note(space, contact, record, note_id)]
    space._vault.store.commit(ops, truncate=True)


def take_note_back(space: Space, contact: Contact, type_: type[Record], *, about: str) -> None:
    """The note of this kind about one thing is gone, if it was not read yet."""
    drop = drop_post(contact.outbox, _about(space, contact, type_, about))
    space._vault.store.commit([drop], truncate=True)


def change_and_tell(
    space: Space, record_id: RecordId, record: Record, told: Mapping[str, Record], *, expects: int
) -> None:
    """A record is replaced, and each of these contacts has a note: all of it or nothing. Raises NotFound, Changed."""

    def also(manifest: Manifest) -> list[Op]:
        if not manifest.contacts.keys() >= told.keys():
            raise NotFound
        return [plan_note(space, manifest.contacts[one], note) for one, note in told.items()]

    space._put_all([record], record_id, expects=expects, also=also)


def leave(space: Space, contact_id: str, record: Record) -> None:
    """Know somebody no more, and leave one last note for them. Raises NotFound."""
    let_go(space, contact_id, saying=lambda contact: plan_note(space, contact, record))


def notes(space: Space, type_: type[T]) -> list[Said[T]]:
    """The notes of this kind that wait for this person, oldest first. What no pinned key signed is passed over."""
    found = []
    for contact in space._manifest.contacts.values():
        for note_id, body in _post(space, contact.inbox):
            if body[:1] != _NOTE:
                continue
            terms = space.unsealed(contact.public, body, partial(_terms, contact.public, body))
            if terms is not None:
                with suppress(NotGranted):  # a note of another kind
                    found.append(Said(note_id, contact, *_read(terms, type_)))
    return sorted(found, key=lambda said: said.at)


def drop_note(space: Space, said: Said[T]) -> None:
    """A note was read and is gone."""
    space._vault.store.commit([drop_post(said.contact.inbox, said.id)], truncate=True)


def _about(space: Space, contact: Contact, type_: type[Record], about: str) -> bytes:
    return suite.tag(space._vault.secret("note"), suite.ctx("note-id", contact.outbox, type_.kind, about))


def _envelope(reader: bytes) -> bytes:
    return suite.ctx("note-env", suite.fingerprint(reader))


def _signed(giver: bytes, reader: bytes, terms: bytes) -> bytes:
    return suite.ctx("note", suite.fingerprint(giver), suite.fingerprint(reader), terms)
