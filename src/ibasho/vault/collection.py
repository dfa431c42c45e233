"""A collection: sealed boxes under one key, in chapters (VAULT, decision 2; docs/formats.md).

    catalogue (in the manifest, or in a box of its own when shared)
      +- recent chapters, by label: a few refs
      +- archive box: refs of all older chapters
           +- chapter head box: refs of its records
                +- record boxes

A write seals one record, one chapter head and the catalogue: its cost does not grow with the
years. A read opens only the chapters it shows.
"""

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator

import msgspec

from ibasho.vault import suite
from ibasho.vault.errors import Changed, Missing, NotFound, Tampered
from ibasho.vault.records import Head, Inner, Kept, Record, Ref, T
from ibasho.vault.store import Op, Store, drop_box, drop_shelf, put_box, set_box

RECENT = 12  # chapters listed in the catalogue; older ones move to the archive, half at a time

_head = msgspec.json.Decoder(Head)
_inner = msgspec.json.Decoder(Inner)
_encode = msgspec.json.encode


class Catalogue(msgspec.Struct):
    """Where a collection's chapters lie, which kind of record they hold, and the key of this epoch."""

    id: bytes
    kind: str
    epoch: int
    key: bytes
    recent: dict[str, Ref] = {}
    archive: Ref | None = None

    def __repr__(self) -> str:
        return "<Catalogue ***>"


def new_catalogue(kind: str) -> Catalogue:
    """An empty collection under a fresh key, in its first epoch."""
    return Catalogue(secrets.token_bytes(16), kind, 1, secrets.token_bytes(suite.KEY))


class Collection:
    """Reads a collection, and plans writes: each `plan_` method changes `catalogue` and returns ops."""

    def __init__(self, store: Store, catalogue: Catalogue, author: bytes) -> None:
        self.store = store
        self.catalogue = catalogue
        self.author = author
        self._heads: dict[bytes, Head] = {}

    @property
    def shelf(self) -> bytes:
        """The shelf that all boxes of this epoch lie on."""
        return suite.tag(self.catalogue.key, suite.ctx("shelf", self.catalogue.id, self.catalogue.epoch))

    # Boxes -------------------------------------------------------------------------------

    def _context(self, box_id: bytes, kind: str, version: int) -> bytes:
        return suite.ctx("record", self.catalogue.id, self.catalogue.epoch, box_id, kind, version)

    def _seal(self, ref_id: bytes, kind: str, version: int, content: bytes) -> tuple[Ref, bytes]:
        body = suite.seal_padded(self.catalogue.key, self._context(ref_id, kind, version), content)
        return Ref(ref_id, version, suite.fingerprint(body)), body

    def _unseal(self, ref: Ref, body: bytes | None, kind: str) -> bytes:
        if body is None:
            raise Missing
        if not suite.same(suite.fingerprint(body), ref.hash):
            raise Tampered
        return suite.unseal_padded(self.catalogue.key, self._context(ref.id, kind, ref.version), body)

    def _read_head(self, ref: Ref, kind: str) -> Head:
        head = self._heads.get(ref.hash)
        if head is None:
            body = self.store.boxes([ref.id]).get(ref.id)
            head = self._heads[ref.hash] = _head.decode(self._unseal(ref, body, kind))
        return head

    # Reading -----------------------------------------------------------------------------

    def _archived(self) -> dict[str, Ref]:
        archive = self.catalogue.archive
        return self._read_head(archive, "archive").entries if archive else {}

    def _chapter_ref(self, label: str) -> Ref | None:
        return self.catalogue.recent.get(label) or self._archived().get(label)

    def _entries(self, label: str) -> dict[str, Ref]:
        ref = self._chapter_ref(label)
        return self._read_head(ref, "head").entries if ref else {}

    def labels(self) -> list[str]:
        """All chapters, in the order of their labels."""
        return sorted([*self.catalogue.recent, *self._archived()])

    def keys(self, label: str) -> list[str]:
        """The keys of a chapter's records, in order; opens its head only."""
        return sorted(self._entries(label))

    def find(self, type_: type[T], label: str, key: str) -> Kept[T] | None:
        """One record, or None."""
        ref = self._entries(label).get(key)
        return self._open(type_, label, {key: ref})[0] if ref else None

    def chapter(self, type_: type[T], label: str) -> list[Kept[T]]:
        """The records of one chapter, in the order of their keys. Raises Tampered, Missing."""
        return self._open(type_, label, self._entries(label))

    def every(self, type_: type[T]) -> Iterator[Kept[T]]:
        """All records, chapter by chapter."""
        for label in self.labels():
            yield from self.chapter(type_, label)

    def _open(self, type_: type[T], label: str, entries: dict[str, Ref]) -> list[Kept[T]]:
        bodies = self.store.boxes([ref.id for ref in entries.values()])
        kept = []
        for key, ref in sorted(entries.items()):
            inner = _inner.decode(self._unseal(ref, bodies.get(ref.id), type_.kind))
            record = msgspec.json.decode(inner.body, type=type_)
            at = dt.datetime.fromtimestamp(inner.t, dt.UTC)
            kept.append(Kept(f"{label}/{key}", ref.version, at, record, inner.by))
        return kept

    # Planning writes ---------------------------------------------------------------------

    def plan_put(self, record: Record, label: str, key: str, *, now: int, expects: int | None) -> list[Op]:
        """Seal a record into its chapter. `expects` is the version last seen, 0 for none.

        Raises Changed when another version is there, NotFound when one was expected and is gone.
        """
        entries = dict(self._entries(label))
        old = entries.get(key)
        if expects is not None and (old.version if old else 0) != expects:
            raise Changed if old else NotFound
        content = _encode(
            Inner(now, self.author, msgspec.Raw(_encode(record)), record.version, old.hash if old else b"")
        )
        box_id = old.id if old else secrets.token_bytes(16)
        ref, body = self._seal(box_id, record.kind, old.version + 1 if old else 1, content)
        entries[key] = ref
        op = set_box(box_id, body) if old else put_box(box_id, self.shelf, body)
        return [op, *self._plan_head(label, entries)]

    def plan_drop(self, label: str, key: str) -> list[Op]:
        """Take a record out of its chapter, and the chapter away when it was the last. Raises NotFound."""
        entries = dict(self._entries(label))
        old = entries.pop(key, None)
        if old is None:
            raise NotFound
        return [drop_box(old.id), *self._plan_head(label, entries)]

    def plan_drop_chapters(self, labels: Iterable[str]) -> list[Op]:
        """Take whole chapters away."""
        ops: list[Op] = []
        for label in labels:
            ops += [drop_box(ref.id) for ref in self._entries(label).values()]
            ops += self._plan_head(label, {})
        return ops

    def plan_drop_all(self) -> list[Op]:
        """Take the whole collection away."""
        return [drop_shelf(self.shelf)]

    def _plan_head(self, label: str, entries: dict[str, Ref]) -> list[Op]:
        """Seal a chapter's new head and list it: in the catalogue, or in the archive."""
        old = self._chapter_ref(label)
        ops: list[Op] = []
        new: Ref | None = None
        if entries:
            ref_id = old.id if old else secrets.token_bytes(16)
            new, body = self._seal(ref_id, "head", old.version + 1 if old else 1, _encode(Head(entries)))
            self._heads[new.hash] = Head(entries)
            ops.append(set_box(ref_id, body) if old else put_box(ref_id, self.shelf, body))
        elif old:
            ops.append(drop_box(old.id))
        recent = dict(self.catalogue.recent)
        if old and label not in recent:
            return ops + self._plan_archive({**self._archived(), label: new})
        recent.pop(label, None)
        if new:
            recent[label] = new
        self.catalogue.recent = recent
        if len(recent) > RECENT:
            ageing = sorted(recent)[: RECENT // 2]
            self.catalogue.recent = {name: ref for name, ref in recent.items() if name not in ageing}
            ops += self._plan_archive({**self._archived(), **{name: recent[name] for name in ageing}})
        return ops

    def _plan_archive(self, wanted: dict[str, Ref | None]) -> list[Op]:
        chapters = {label: ref for label, ref in wanted.items() if ref}
        old = self.catalogue.archive
        if not chapters:
            self.catalogue.archive = None
            return [drop_box(old.id)] if old else []
        ref_id = old.id if old else secrets.token_bytes(16)
        new, body = self._seal(ref_id, "archive", old.version + 1 if old else 1, _encode(Head(chapters)))
        self._heads[new.hash] = Head(chapters)
        self.catalogue.archive = new
        return [set_box(ref_id, body) if old else put_box(ref_id, self.shelf, body)]

    def plan_rekey(self) -> list[Op]:
        """Seal everything anew under a fresh key, in the next epoch; the old key opens none of it.

        Record ids and versions stay. VAULT 1.5: 500 boxes of 1 KiB take some tens of milliseconds.
        """
        old_shelf, old = self.shelf, Collection(self.store, self.catalogue, self.author)
        kind = old.catalogue.kind
        self.catalogue = Catalogue(
            old.catalogue.id, kind, old.catalogue.epoch + 1, secrets.token_bytes(suite.KEY)
        )
        fresh = Collection(self.store, self.catalogue, self.author)
        ops, shelf = [drop_shelf(old_shelf)], fresh.shelf
        chapters: dict[str, Ref] = {}
        for label in old.labels():
            entries: dict[str, Ref] = {}
            stored = old._entries(label)
            bodies = self.store.boxes([ref.id for ref in stored.values()])
            for key, ref in stored.items():
                content = old._unseal(ref, bodies.get(ref.id), kind)
                entries[key], body = fresh._seal(ref.id, kind, ref.version, content)
                ops.append(put_box(ref.id, shelf, body))
            chapters[label], body = fresh._seal(secrets.token_bytes(16), "head", 1, _encode(Head(entries)))
            ops.append(put_box(chapters[label].id, shelf, body))
        newest = sorted(chapters)[-RECENT:]
        self.catalogue.recent = {label: chapters[label] for label in newest}
        older: dict[str, Ref | None] = {label: ref for label, ref in chapters.items() if label not in newest}
        ops += fresh._plan_archive(older) if older else []
        self._heads = {}
        return ops
