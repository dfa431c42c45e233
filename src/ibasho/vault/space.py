"""A person's own sealed space: the one object rooms read from and write to.

Every action in the house takes an opened `Space` as its first argument, so nothing can be read or
written on nobody's behalf. The manifest (one box) lists doors, collections and small settings.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

from ibasho.vault import bells, clock, publishing, suite, timers
from ibasho.vault.collection import Collection, new_catalogue
from ibasho.vault.core import Vault
from ibasho.vault.errors import Changed, Gone, NotFound, NotGranted, Tampered
from ibasho.vault.identity import Identity
from ibasho.vault.manifest import DoorRef, Manifest, decoder
from ibasho.vault.records import Kept, Record, RecordId, T, split
from ibasho.vault.store import Op, drop_post_box, drop_seen_box, drop_shelf, put_box, swap_box
from ibasho.vault.words import pick

Answer = TypeVar("Answer")

FORMER_KEPT = 3  # root keys remembered after changes of words
ATTEMPTS = 8  # how often a write is planned anew when another tab was faster


class Space:
    """An opened space. Lives for one request; prints as stars."""

    def __init__(self, vault: Vault, root: bytes) -> None:
        self._vault = vault
        self._root = root
        self._id = suite.expand(root, suite.ctx("space-id"), 16)
        self._manifest_key = suite.expand(root, suite.ctx("manifest-key"))
        self._manifest_context = suite.ctx("manifest", self._id)
        self._known: Manifest | None = None
        self._seen = b""
        self._collections: dict[str, Collection] = {}
        self._identity: Identity | None = None
        self._former: dict[bytes, Identity] = {}
        self._unsealed: dict[tuple[bytes, bytes], Any] = {}

    def __repr__(self) -> str:
        return "<Space ***>"

    # The manifest ------------------------------------------------------------------------

    @property
    def _manifest(self) -> Manifest:
        if self._known is None:
            self._load()
        assert self._known is not None
        return self._known

    def _load(self) -> None:
        body = self._vault.store.boxes([self._id]).get(self._id)
        if body is None:
            raise Gone
        content = suite.unseal_padded(self._manifest_key, self._manifest_context, body)
        self._known, self._seen = decoder.decode(content), body[: suite.HEAD]
        self._collections = {}

    def _look_again(self) -> None:
        """Read the manifest anew before the next use: what was planned on it did not become true."""
        self._known, self._collections = None, {}

    def _steadily(self, look: Callable[[], Answer]) -> Answer:
        """Look, and look again if somebody saved in between: only what stays wrong is tampering."""
        for _ in range(ATTEMPTS):
            _, seen = self._manifest, self._seen
            try:
                return look()
            except Tampered:
                self._look_again()
                _, now = self._manifest, self._seen
                if now == seen:
                    raise
        raise Changed

    def _sealed_manifest(self, manifest: Manifest) -> bytes:
        return suite.seal_padded(self._manifest_key, self._manifest_context, msgspec.json.encode(manifest))

    @property
    def _manifest_shelf(self) -> bytes:
        return suite.tag(self._root, suite.ctx("manifest-shelf"))

    def _begin(self, manifest: Manifest) -> list[Op]:
        """The ops that bring this space into the world, with this manifest to go on from."""
        body = self._sealed_manifest(manifest)
        self._known, self._seen = manifest, body[: suite.HEAD]
        return [put_box(self._id, self._manifest_shelf, body)]

    def _move(self, plan: Callable[[Manifest], list[Op]]) -> None:
        """Carry out a plan that takes everything elsewhere, and drop this manifest with it."""
        for _ in range(ATTEMPTS):
            self._load()
            ops = plan(self._manifest)
            try:
                self._vault.take_back(ops)
                self._vault.store.commit([*ops, drop_seen_box(self._id, self._seen)], truncate=True)
            except Changed:
                continue
            self._look_again()
            return
        raise Changed

    def _write(self, plan: Callable[[Manifest], list[Op]], *, truncate: bool = False) -> None:
        """Carry out a planned change together with the manifest that lists it, durably.

        The manifest is compared and swapped, so two tabs cannot lose each other's writing: the
        slower one is planned anew on what the faster one saved.
        """
        for attempt in range(ATTEMPTS):
            fresh = attempt > 0 or self._known is None
            try:
                ops = self._steadily(lambda: plan(self._manifest))
            except (Changed, NotFound):
                self._look_again()
                if fresh:
                    raise
                continue
            manifest = self._manifest
            manifest.saved = int(clock.now())
            body = self._sealed_manifest(manifest)
            try:
                self._vault.take_back(ops)
                self._vault.store.commit([*ops, swap_box(self._id, body, self._seen)], truncate=truncate)
            except Changed:
                self._look_again()
                continue
            except Exception:
                self._look_again()
                raise
            self._seen = body[: suite.HEAD]
            return
        raise Changed

    # Who -----------------------------------------------------------------------------------

    @property
    def identity(self) -> Identity:
        """The keys other people know this person by."""
        if self._identity is None:
            self._identity = Identity(self._root)
        return self._identity

    def identities(self) -> Iterator[Identity]:
        """The keys this person is known by now, then those from before their last changes of words.

        A key pair takes some milliseconds, so one from before is made when those after it opened nothing, and once.
        """
        yield self.identity
        for root in self._manifest.former:
            if root not in self._former:
                self._former[root] = Identity(root)
            yield self._former[root]

    def unsealed(self, giver: bytes, body: bytes, open_: Callable[[Identity], Answer]) -> Answer | None:
        """What a giver's keys sealed for one of these identities; None where it opens to none of them.

        A page asks for several kinds of what lies in a post box. All of it is unsealed once, and forgotten with this
        object: at the end of the request.
        """
        if (giver, body) not in self._unsealed:
            self._unsealed[giver, body] = self.opened_by_one(open_)
        return self._unsealed[giver, body]  # type: ignore[no-any-return]

    def opened_by_one(self, open_: Callable[[Identity], Answer]) -> Answer | None:
        """What the first of these identities makes of something sealed; None where all are refused."""
        for identity in self.identities():
            with suppress(NotGranted):
                return open_(identity)
        return None

    @property
    def fingerprint(self) -> bytes:
        """What signs this person's writing: SHA-256 of the public keys."""
        return self._manifest.fingerprint

    def doors(self) -> list[DoorRef]:
        """The ways into this space."""
        return list(self._manifest.doors)

    def seal_words(self) -> str:
        """Two words that change with every change: a whole database rolled back shows (VAULT 3.3)."""
        _ = self._manifest
        return pick(suite.tag(self._root, suite.ctx("seal-word", self._seen), 8), 2)

    def saved_at(self) -> dt.datetime:
        """When this space was last changed."""
        return dt.datetime.fromtimestamp(self._manifest.saved, dt.UTC)

    # Collections ---------------------------------------------------------------------------

    def _collection(self, kind: str) -> Collection | None:
        found = self._collections.get(kind)
        if found is None:
            catalogue = self._manifest.collections.get(kind)
            if catalogue is None:
                return None
            found = Collection(self._vault.store, catalogue, self._manifest.fingerprint)
            self._collections[kind] = found
        return found

    def _collection_to_write(self, manifest: Manifest, kind: str) -> Collection:
        if kind not in manifest.collections:
            manifest.collections[kind] = new_catalogue(kind)
        found = self._collection(kind)
        assert found is not None
        return found

    def find(self, type_: type[T], record_id: RecordId) -> Kept[T] | None:
        """One record, or None. Raises Tampered, Missing."""

        def look() -> Kept[T] | None:
            collection = self._collection(type_.kind)
            return collection.find(type_, *split(record_id)) if collection else None

        return self._steadily(look)

    def read(self, type_: type[T], record_id: RecordId) -> Kept[T]:
        """One record. Raises NotFound, Tampered, Missing."""
        kept = self.find(type_, record_id)
        if kept is None:
            raise NotFound
        return kept

    def chapter(self, type_: type[T], label: str) -> list[Kept[T]]:
        """The records of one chapter in the order of their keys; opens no other."""

        def look() -> list[Kept[T]]:
            collection = self._collection(type_.kind)
            return collection.chapter(type_, label) if collection else []

        return self._steadily(look)

    def chapters(self, type_: type[T]) -> list[str]:
        """The labels of all chapters, in order."""

        def look() -> list[str]:
            collection = self._collection(type_.kind)
            return collection.labels() if collection else []

        return self._steadily(look)

    def every(self, type_: type[T]) -> Iterator[Kept[T]]:
        """All records of a kind, chapter by chapter."""
        for label in self.chapters(type_):
            yield from self.chapter(type_, label)

    def keys(self, type_: type[Record], label: str) -> list[str]:
        """The keys of one chapter's records, in order; opens its head and no record."""

        def look() -> list[str]:
            collection = self._collection(type_.kind)
            return collection.keys(label) if collection else []

        return self._steadily(look)

    def keep(self, record: Record, at: RecordId | None = None) -> RecordId:
        """Keep a new record, durably. Raises Changed when something lies at `at` already."""
        place = at or f"{clock.instant():%Y-%m}/{secrets.token_hex(8)}"
        self._put(record, place, expects=0)
        return place

    def put(self, record: Record, at: RecordId) -> RecordId:
        """Keep a record at its place, whatever lay there before."""
        self._put(record, at, expects=None)
        return at

    def change(self, record_id: RecordId, record: Record, expects: int | None = None) -> RecordId:
        """Replace a record. `expects` is the version the writer saw.

        Raises Changed if somebody saved since, NotFound if it is gone.
        """
        if expects is None:
            expects = self.read(type(record), record_id).version
        self._put(record, record_id, expects=expects)
        return record_id

    def keep_together(self, records: Sequence[Record], at: RecordId) -> None:
        """Keep new records of several kinds at one place, durably: all of them or none.

        Raises Changed when something lies there already.
        """
        self._put_all(records, at, expects=0)

    def _put(self, record: Record, place: RecordId, *, expects: int | None) -> None:
        self._put_all([record], place, expects=expects)

    def _put_all(
        self,
        records: Sequence[Record],
        place: RecordId,
        *,
        expects: int | None,
        also: Callable[[Manifest], list[Op]] = lambda manifest: [],
    ) -> None:
        label, key = split(place)
        now = int(clock.now())

        def plan(manifest: Manifest) -> list[Op]:
            ops = also(manifest)
            for record in records:
                collection = self._collection_to_write(manifest, record.kind)
                ops += collection.plan_put(record, label, key, now=now, expects=expects)
                ops += publishing.plan_republish(self._vault.store, self.fingerprint, manifest, record, place)
            return ops

        self._write(plan)

    def forget(self, type_: type[Record], record_id: RecordId) -> None:
        """Erase one record, its published copies and what the journal held of them. Raises NotFound."""
        self.forget_together([type_], record_id)

    def forget_together(self, types: Sequence[type[Record]], at: RecordId) -> None:
        """Erase what lies at one place in several kinds: all of it or nothing. Kinds without any are passed over.

        Raises NotFound when none of them has anything there.
        """
        label, key = split(at)

        def plan(manifest: Manifest) -> list[Op]:
            ops: list[Op] = []
            for type_ in types:
                collection = self._collection(type_.kind)
                if collection is None or key not in collection.keys(label):
                    continue
                ops += collection.plan_drop(label, key)
                source = publishing.source_of(type_, at)
                ops += publishing.plan_unpublish(self._vault.store, manifest, source)
            if not ops:
                raise NotFound
            return ops

        self._write(plan, truncate=True)

    def forget_chapters(self, type_: type[Record], labels: list[str]) -> None:
        """Erase whole chapters, as retention asks."""
        gone = set(labels)

        def plan(manifest: Manifest) -> list[Op]:
            collection = self._collection(type_.kind)
            if collection is None:
                return []
            ops = collection.plan_drop_chapters(label for label in collection.labels() if label in gone)
            for source in [name for label in gone for name in manifest.shares_of(type_, label)]:
                ops += publishing.plan_unpublish(self._vault.store, manifest, source)
            return ops

        if gone.intersection(self.chapters(type_)):
            self._write(plan, truncate=True)

    def _plan_new_keys(self, manifest: Manifest) -> list[Op]:
        """Every collection sealed anew under fresh keys: an old copy's keys open nothing new."""
        ops: list[Op] = []
        for kind in manifest.collections:
            collection = self._collection(kind)
            assert collection is not None
            ops += collection.plan_rekey()
            manifest.collections[kind] = collection.catalogue
        return ops

    # Small settings ------------------------------------------------------------------------

    def own(self, type_: type[T]) -> T:
        """The one record of this kind that the manifest itself carries, or its defaults."""
        raw = self._manifest.small.get(type_.kind)
        return type_() if raw is None else msgspec.json.decode(raw, type=type_)

    def set_own(self, record: Record) -> None:
        """Keep a small setting."""
        raw = msgspec.Raw(msgspec.json.encode(record))

        def plan(manifest: Manifest) -> list[Op]:
            manifest.small[record.kind] = raw
            return []

        self._write(plan)

    def change_own(self, type_: type[T], change: Callable[[T], T]) -> None:
        """Keep a small setting differently. `change` gets what is kept at that moment, in whichever tab."""

        def plan(manifest: Manifest) -> list[Op]:
            raw = manifest.small.get(type_.kind)
            record = type_() if raw is None else msgspec.json.decode(raw, type=type_)
            manifest.small[type_.kind] = msgspec.Raw(msgspec.json.encode(change(record)))
            return []

        self._write(plan)

    def small_kinds(self) -> dict[str, Any]:
        """Every small setting as plain data, for the export."""
        return {kind: msgspec.json.decode(raw) for kind, raw in self._manifest.small.items()}

    def kinds(self) -> list[str]:
        """The kinds of record this space holds, for the export."""
        return sorted(self._manifest.collections)

    # The end -------------------------------------------------------------------------------

    def _plan_burn(self) -> list[Op]:
        """The ops that leave nothing of this space in the main database but its manifest."""
        manifest = self._manifest
        ops: list[Op] = []
        for catalogue in [
            *manifest.collections.values(),
            *(share.catalogue for share in manifest.shares.values()),
        ]:
            ops.append(drop_shelf(Collection(self._vault.store, catalogue, b"").shelf, for_good=True))
        for contact in manifest.contacts.values():
            ops += [drop_post_box(box) for box in (contact.inbox, contact.outbox)]
            ops += timers.plan_nobody_reads(self._vault, contact)
        for invited in manifest.invited:
            ops.append(Op("DELETE FROM invitation WHERE locator = ?", (invited.id,)))
            ops.append(drop_post_box(invited.reply))
        ops += [Op("DELETE FROM door WHERE locator = ?", (door.id,)) for door in manifest.doors]
        if manifest.recovery is not None:
            ops.append(drop_shelf(manifest.recovery.shelf, for_good=True))
        return ops + timers.plan_disarm(manifest) + bells.plan_take_down(self._vault, manifest)
