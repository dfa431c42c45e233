"""Contacts with pinned keys, grants, published copies and taking them back (VAULT 1.4, 1.5, 1.8).

Shared means published: a sealed copy goes into a small collection whose audience is exactly the
people named. A reader never gets a key of the owner's own collections, nor history. Grants lie in
post boxes whose random names only the two know.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

import msgspec

from ibasho.vault import bells, clock, publishing, suite, timers
from ibasho.vault.collection import Catalogue, Collection, new_catalogue
from ibasho.vault.errors import Missing, NotFound, NotGranted, Tampered
from ibasho.vault.identity import Identity, check_public, check_signature, safety_words, seal_to
from ibasho.vault.manifest import Contact, Manifest, Share
from ibasho.vault.records import Kept, Record, RecordId, T, split
from ibasho.vault.space import Space
from ibasho.vault.store import Op, drop_post, drop_post_box, drop_seen_box, put_post

READ, WRITE = "read", "write"
_GRANT, _NEW_KEYS = b"\x01", b"\x02"


class Grant(msgspec.Struct, frozen=True):
    """What a grant says, once it is opened and its signature is checked."""

    collection: bytes
    kind: str
    epoch: int
    scope: str
    key: bytes

    def __repr__(self) -> str:
        return "<Grant ***>"


# Grants ---------------------------------------------------------------------------------------


def _info(catalogue: Catalogue, scope: str, giver: bytes, reader: bytes) -> bytes:
    fields = (catalogue.id, catalogue.epoch, catalogue.kind, scope)
    return suite.ctx("grant", *fields, suite.fingerprint(giver), suite.fingerprint(reader))


def _envelope(reader: bytes) -> bytes:
    return suite.ctx("grant-env", suite.fingerprint(reader))


def seal_grant(giver: Identity, reader: bytes, catalogue: Catalogue, scope: str) -> bytes:
    """HPKE to the reader of: what is granted, the collection's key, the giver's signature over both."""
    terms = msgspec.json.encode([catalogue.id, catalogue.kind, catalogue.epoch, scope])
    signature = giver.sign(_info(catalogue, scope, giver.public, reader) + catalogue.key)
    content = len(terms).to_bytes(4, "big") + terms + catalogue.key + signature
    return seal_to(reader, suite.pad(content), _envelope(reader))


def open_grant(reader: Identity, giver_public: bytes, sealed: bytes) -> Grant:
    """A grant by a pinned giver to this reader. Raises NotGranted for anything else (attacks 8, 33)."""
    content = reader.open_padded(sealed, _envelope(reader.public))
    size = int.from_bytes(content[:4], "big")
    terms, rest = content[4 : 4 + size], content[4 + size :]
    try:
        collection, kind, epoch, scope = msgspec.json.decode(terms, type=tuple[bytes, str, int, str])
    except msgspec.MsgspecError:
        raise NotGranted from None
    if len(collection) != 16 or not 0 <= epoch < 2**63 or len(rest) <= suite.KEY:
        raise NotGranted
    key, signature = rest[: suite.KEY], rest[suite.KEY :]
    catalogue = Catalogue(collection, kind, epoch, key)
    check_signature(giver_public, signature, _info(catalogue, scope, giver_public, reader.public) + key)
    return Grant(collection, kind, epoch, scope, key)


# The giver's side -----------------------------------------------------------------------------


def share(
    space: Space, type_: type[Record], record_id: RecordId, contact_id: str, *, until: dt.date | None = None
) -> None:
    """Let one contact see one record, as it is and as it changes. Raises NotFound.

    With `until`, that day is the last: then the copy is taken away, whether or not its owner comes by. Such a copy
    has one reader. Shared again with another `until`, it lasts until then.
    """
    source, store = publishing.source_of(type_, record_id), space._vault.store
    record = space.read(type_, record_id).record

    def plan(manifest: Manifest) -> list[Op]:
        contact = _contact(manifest, contact_id)
        found = manifest.shares.get(source)
        ops: list[Op] = []
        if found is None:
            found = manifest.shares[source] = Share(source, new_catalogue(type_.kind))
            collection = Collection(store, found.catalogue, space.fingerprint)
            ops = collection.plan_put(record, *split(record_id), now=int(clock.now()), expects=0)
            ops.append(publishing.put_root(store, collection.catalogue))
            found.catalogue = publishing.without_chapters(collection.catalogue)
        if contact_id in found.readers and until == found.until:
            return ops
        if contact_id not in found.readers:
            ops += _plan_grant(space.identity, found, contact, READ)
        found.until = until
        return ops + publishing.plan_end_on(space._vault, manifest, found)

    space._write(plan)


def unshare(space: Space, type_: type[Record], record_id: RecordId, contact_id: str) -> None:
    """Take it back, silently. What was seen stays seen; nothing new opens (VAULT 1.5)."""
    source = publishing.source_of(type_, record_id)

    def plan(manifest: Manifest) -> list[Op]:
        found = manifest.shares.get(source)
        return _plan_remove_reader(space, manifest, found, contact_id) if found else []

    space._write(plan, truncate=True)


def readers_of(space: Space, type_: type[Record], record_id: RecordId) -> list[Contact]:
    """Who may see a record now."""
    found = space._manifest.shares.get(publishing.source_of(type_, record_id))
    return [space._manifest.contacts[one] for one in found.readers] if found else []


def found_circle(
    space: Space,
    kind: str,
    readers: Sequence[str],
    writers: Sequence[str] = (),
    *,
    holding: Mapping[RecordId, Record] | None = None,
) -> str:
    """Open a shared collection of its own, as a group has one (VAULT 1.8). Gives its name.

    What it is `holding` lies in it from its first moment: nobody is let into an empty one.
    """
    name = secrets.token_hex(8)
    store = space._vault.store

    def plan(manifest: Manifest) -> list[Op]:
        found = manifest.shares[name] = Share(name, new_catalogue(kind))
        collection = Collection(store, found.catalogue, space.fingerprint)
        ops: list[Op] = []
        for place, record in (holding or {}).items():
            ops += collection.plan_put(record, *split(place), now=int(clock.now()), expects=0)
        ops.append(publishing.put_root(store, collection.catalogue))
        found.catalogue = publishing.without_chapters(collection.catalogue)
        for one in readers:
            ops += _plan_grant(space.identity, found, _contact(manifest, one), READ)
        for one in writers:
            ops += _plan_grant(space.identity, found, _contact(manifest, one), WRITE)
        return ops

    space._write(plan)
    return name


def circles_of(space: Space, kind: str) -> dict[str, list[Contact]]:
    """A person's own shared collections of one kind, by name, and whoever is in each of them."""
    return {
        name: [space._manifest.contacts[one] for one in found.readers if one in space._manifest.contacts]
        for name, found in space._manifest.shares.items()
        if ":" not in name and found.catalogue.kind == kind
    }


def kinds_of_circles(space: Space) -> list[str]:
    """The kinds of record in a person's own shared collections, for the export."""
    shares = space._manifest.shares
    return sorted({found.catalogue.kind for name, found in shares.items() if ":" not in name})


def close_circle(space: Space, name: str) -> None:
    """Take a shared collection away from everybody, with all that lies in it."""
    space._write(
        lambda manifest: publishing.plan_unpublish(space._vault.store, manifest, name), truncate=True
    )


def forget_ended_circles(space: Space, kind: str) -> None:
    """A person's own shared collections of one kind that a restore took back again are known no more."""

    def ended(manifest: Manifest) -> list[str]:
        own = {
            publishing.root_id(found.catalogue): name
            for name, found in manifest.shares.items()
            if ":" not in name and found.catalogue.kind == kind
        }
        there = space._vault.store.boxes(list(own)) if own else {}
        return [name for root, name in own.items() if root not in there]

    def plan(manifest: Manifest) -> list[Op]:
        # Looked up anew for each manifest: another tab may have sealed one anew a moment ago.
        return [
            op
            for name in ended(manifest)
            for op in publishing.plan_unpublish(space._vault.store, manifest, name)
        ]

    if ended(space._manifest):
        space._write(plan, truncate=True)


def leave_circle(space: Space, name: str, contact_id: str) -> None:
    """Take one person out of a shared collection; everybody else goes on under a new key."""

    def plan(manifest: Manifest) -> list[Op]:
        found = manifest.shares.get(name)
        if found is None:
            raise NotFound
        return _plan_remove_reader(space, manifest, found, contact_id)

    space._write(plan, truncate=True)


def let_go(space: Space, contact_id: str, *, saying: Callable[[Contact], Op] | None = None) -> None:
    """Know somebody no more: what was shared with them is sealed anew, and both post boxes are empty.

    No letter waits to go out to them either. Silent, unless the last thing left for them is what `saying` makes.
    Raises NotFound.
    """
    keys: list[bytes] = []

    def plan(manifest: Manifest) -> list[Op]:
        contact = _contact(manifest, contact_id)
        ops: list[Op] = []
        if manifest.armed and contact_id in manifest.armed.to:
            keys[:] = manifest.armed.keys
            ops += timers.plan_disarm(manifest)
        for found in list(manifest.shares.values()):
            ops += _plan_remove_reader(space, manifest, found, contact_id)
        del manifest.contacts[contact_id]
        manifest.invited = [one for one in manifest.invited if one.contact != contact_id]
        ops += [drop_post_box(contact.inbox), drop_post_box(contact.outbox)]
        ops += timers.plan_nobody_reads(space._vault, contact)
        ops += bells.plan_let_go(space._vault, contact)
        return [*ops, saying(contact)] if saying else ops

    space._write(plan, truncate=True)
    timers.drop_keys(space._vault, keys)


def parted_elsewhere(space: Space) -> list[Contact]:
    """Contacts with whom it ended though they still stand here: they erased everything, or a restore forgot it."""
    marks = {
        suite.fingerprint(box): contact
        for contact in space._manifest.contacts.values()
        for box in (contact.inbox, contact.outbox)
    }
    if not marks:
        return []
    names = ", ".join("?" * len(marks))
    rows = space._vault.lifelines.rows(f"SELECT id FROM taken_back WHERE id IN ({names})", list(marks))  # noqa: S608
    return list({marks[bytes(row[0])].id: marks[bytes(row[0])] for row in rows}.values())


def keep_contact(space: Space, contact_id: str, *, name: str, compared: bool = False) -> None:
    """Call a contact by another name; `compared` says that the safety words were. Raises NotFound."""

    def plan(manifest: Manifest) -> list[Op]:
        contact = _contact(manifest, contact_id)
        changed = contact.changed and not compared
        manifest.contacts[contact_id] = msgspec.structs.replace(contact, name=name, changed=changed)
        return []

    space._write(plan)


def contact(space: Space, contact_id: str) -> Contact:
    """One pinned contact. Raises NotFound."""
    return _contact(space._manifest, contact_id)


def circle(space: Space, name: str) -> "Shared":
    """The owner's hand on a shared collection. Raises NotFound."""
    found = space._manifest.shares.get(name)
    if found is None:
        raise NotFound
    catalogue = found.catalogue
    grant = Grant(catalogue.id, catalogue.kind, catalogue.epoch, WRITE, catalogue.key)
    return Shared(space, grant, None)


def _contact(manifest: Manifest, contact_id: str) -> Contact:
    contact = manifest.contacts.get(contact_id)
    if contact is None:
        raise NotFound
    return contact


def _plan_grant(giver: Identity, found: Share, contact: Contact, scope: str) -> list[Op]:
    body = _GRANT + seal_grant(giver, contact.public, found.catalogue, scope)
    grant_id = found.readers[contact.id] = secrets.token_bytes(16)
    if scope == WRITE:
        found.writers.append(contact.id)
    return [put_post(contact.outbox, body, grant_id)]


def _plan_remove_reader(space: Space, manifest: Manifest, found: Share, contact_id: str) -> list[Op]:
    """New epoch, everything sealed anew, new grants to those who remain; old ones gone."""
    if contact_id not in found.readers:
        return []
    is_copy = ":" in found.source
    if is_copy and len(found.readers) == 1:
        return publishing.plan_unpublish(space._vault.store, manifest, found.source)
    remaining = [one for one in found.readers if one != contact_id]
    return plan_new_epoch(space, space.identity, manifest, found, remaining)


def plan_new_epoch(
    space: Space, giver: Identity, manifest: Manifest, found: Share, readers: list[str]
) -> list[Op]:
    """Seal a shared collection anew, and grant it to these readers only, signed by `giver`.

    One that has ended by itself, or that a restore took away, is not brought back by it: it ends here too. So does one
    that somebody spoilt, for what cannot be sealed anew would keep a reader in, or its owner out.
    """
    if publishing.has_ended(space._vault.store, found):
        return publishing.plan_unpublish(space._vault.store, manifest, found.source)
    for last in (False, True):  # the first time, somebody may have been writing in the middle of it
        try:
            rekeyed = _plan_rekey(space, found)
        except Tampered:
            if last:
                return publishing.plan_unpublish(space._vault.store, manifest, found.source)
        else:
            break
    ops = publishing.plan_drop_grants(manifest, found, readers) + rekeyed
    writers = found.writers
    found.readers, found.writers = {}, []
    for one in readers:
        ops += _plan_grant(giver, found, manifest.contacts[one], WRITE if one in writers else READ)
    return ops + publishing.plan_end_on(space._vault, manifest, found)


def _plan_rekey(space: Space, found: Share) -> list[Op]:
    store = space._vault.store
    root, seen = publishing.read_root(store, found.catalogue)
    collection = publishing.collection_of(store, space.fingerprint, found.catalogue, root)
    ops = [drop_seen_box(publishing.root_id(found.catalogue), seen), *collection.plan_rekey()]
    found.catalogue = publishing.without_chapters(collection.catalogue)
    return [*ops, publishing.put_root(store, collection.catalogue)]


# The reader's side ----------------------------------------------------------------------------


def grants(space: Space, kind: str) -> list[tuple[Contact, Grant]]:
    """What contacts let this person see now. Anything not from a pinned key is passed over."""
    found = []
    for contact in space._manifest.contacts.values():
        for _, body in _post(space, contact.inbox):
            if body[:1] != _GRANT:
                continue
            grant = space.unsealed(contact.public, body, partial(_opened, contact.public, body[1:]))
            if grant is not None and grant.kind == kind:
                found.append((contact, grant))
    return found


def _opened(giver: bytes, sealed: bytes, reader: Identity) -> Grant:
    return open_grant(reader, giver, sealed)


def read_shared(space: Space, type_: type[T]) -> list[tuple[Contact, Kept[T]]]:
    """The records of this kind that contacts share with this person now."""
    found: list[tuple[Contact, Kept[T]]] = []
    for contact, grant in grants(space, type_.kind):
        # Taken back a moment ago, or nothing that can be read: what one person shares keeps no page of another's shut.
        with suppress(NotFound, Tampered, msgspec.MsgspecError):
            found += [(contact, kept) for kept in Shared(space, grant, contact).every(type_)]
    return found


class Shared:
    """A shared collection through a grant. Writers compare and swap its root (VAULT, decision 3)."""

    def __init__(self, space: Space, grant: Grant, giver: Contact | None) -> None:
        self._space = space
        self._store = space._vault.store
        self._grant = grant
        self.giver = giver
        self._base = Catalogue(grant.collection, grant.kind, grant.epoch, grant.key)

    def every(self, type_: type[T]) -> list[Kept[T]]:
        """All records in it. Raises Missing, Tampered; NotFound once it was taken back."""
        seen = b""
        while True:
            try:
                root, now = publishing.read_root(self._store, self._base)
            except Missing:
                raise NotFound from None
            try:
                shared = publishing.collection_of(self._store, self._space.fingerprint, self._base, root)
                return list(shared.every(type_))
            except (Missing, Tampered):
                if now == seen:  # nobody wrote meanwhile: what is wrong stays wrong
                    raise
                seen = now

    @property
    def name(self) -> str:
        """What tells this collection from others of its kind, the same for everybody in it."""
        return self._grant.collection.hex()

    def put(self, record: Record, at: RecordId, *, expects: int | None) -> None:
        """Keep a record in it. Raises Changed for the slower of two: read again and see theirs."""
        if self._grant.scope != WRITE:
            raise NotGranted
        author = self._space.fingerprint
        self._store.commit(publishing.plan_put(self._store, author, self._base, record, at, expects))


def circles_shared_with(space: Space, kind: str) -> list[Shared]:
    """The shared collections of this kind that contacts let this person into; `giver` says whose each is."""
    return [Shared(space, grant, contact) for contact, grant in grants(space, kind)]


def _post(space: Space, box: bytes) -> list[tuple[bytes, bytes]]:
    rows = space._vault.store.rows("SELECT id, body FROM post WHERE box = ?", (box,))
    return [(bytes(row[0]), bytes(row[1])) for row in rows]


# Contacts whose keys change -------------------------------------------------------------------


def contacts(space: Space) -> list[Contact]:
    """The people whose keys this person pinned."""
    return sorted(space._manifest.contacts.values(), key=lambda contact: contact.name)


def safety_words_with(space: Space, contact: Contact) -> str:
    """Four words both see alike, to compare aloud."""
    return safety_words(space.identity.public, contact.public)


def plan_key_change(old: Space, moved: Space, manifest: Manifest) -> list[Op]:
    """Tell each contact of new keys, signed with the old ones; share under the new ones from now on."""
    ops: list[Op] = []
    for found in list(manifest.shares.values()):
        ops += plan_new_epoch(old, moved.identity, manifest, found, list(found.readers))
    for contact in manifest.contacts.values():
        ops.append(
            put_post(contact.outbox, new_keys_note(old.identity, moved.identity.public, contact.public))
        )
    return ops


def new_keys_note(old: Identity, new: bytes, reader: bytes) -> bytes:
    """A note that somebody's keys are now `new`, signed with the ones the reader pinned."""
    signature = old.sign(suite.ctx("new-keys", suite.fingerprint(reader), new))
    return _NEW_KEYS + seal_to(reader, suite.pad(new + signature), suite.ctx("new-keys-env"))


def _new_keys_in(giver: bytes, sealed: bytes, reader: Identity) -> bytes:
    content = reader.open_padded(sealed, suite.ctx("new-keys-env"))
    new, signature = content[:-64], content[-64:]
    check_signature(giver, signature, suite.ctx("new-keys", suite.fingerprint(reader.public), new))
    check_public(new)
    return new


def take_in_new_keys(space: Space) -> int:
    """Pin the keys contacts changed to, and re-key what was shared with them. Gives how many."""
    changed: dict[str, tuple[bytes, bytes]] = {}
    for contact in space._manifest.contacts.values():
        for note_id, body in _post(space, contact.inbox):
            if body[:1] != _NEW_KEYS:
                continue
            new = space.opened_by_one(partial(_new_keys_in, contact.public, body[1:]))
            if new is not None:
                changed[contact.id] = (new, note_id)
    if not changed:
        return 0

    def plan(manifest: Manifest) -> list[Op]:
        ops: list[Op] = []
        for one, (new, note_id) in changed.items():
            contact = manifest.contacts[one]
            ops.append(drop_post(contact.inbox, note_id))
            manifest.contacts[one] = msgspec.structs.replace(contact, public=new, changed=True)
            for found in [share for share in manifest.shares.values() if one in share.readers]:
                ops += plan_new_epoch(space, space.identity, manifest, found, list(found.readers))
        return ops

    space._write(plan, truncate=True)
    return len(changed)
