"""Published copies: small shared collections that follow what their owner keeps (VAULT, decision 6).

A shared collection's catalogue lies in a box of its own, the root, which writers compare and swap. A space
plans these ops together with its own writes; who may read is the business of `sharing`.
"""

import datetime as dt
from collections.abc import Container

import msgspec

from ibasho.vault import clock, suite, timers
from ibasho.vault.collection import Catalogue, Collection
from ibasho.vault.core import Vault
from ibasho.vault.errors import Changed, Missing, Tampered
from ibasho.vault.manifest import Manifest, Share
from ibasho.vault.records import Record, RecordId, Ref, split
from ibasho.vault.store import Op, Store, drop_box, drop_post, drop_shelf, put_box, swap_box


class Root(msgspec.Struct):
    """A shared collection's catalogue without its key."""

    recent: dict[str, Ref] = {}
    archive: Ref | None = None


def source_of(type_: type[Record], record_id: RecordId) -> str:
    """How a share names the record it follows. A collection that follows none has no colon in its name."""
    return f"{type_.kind}:{record_id}"


def without_chapters(catalogue: Catalogue) -> Catalogue:
    """What opens a shared collection, as shares and grants hold it: the chapters lie in its root."""
    return Catalogue(catalogue.id, catalogue.kind, catalogue.epoch, catalogue.key)


def collection_of(store: Store, author: bytes, catalogue: Catalogue, root: Root) -> Collection:
    """A shared collection, opened with what its root says."""
    whole = without_chapters(catalogue)
    whole.recent, whole.archive = root.recent, root.archive
    return Collection(store, whole, author)


def root_id(catalogue: Catalogue) -> bytes:
    """Where the root lies: only holders of the key can tell."""
    return suite.tag(catalogue.key, suite.ctx("root-id", catalogue.id, catalogue.epoch))


def _sealed_root(catalogue: Catalogue) -> bytes:
    content = msgspec.json.encode(Root(catalogue.recent, catalogue.archive))
    return suite.seal_padded(catalogue.key, suite.ctx("root", catalogue.id, catalogue.epoch), content)


def put_root(store: Store, catalogue: Catalogue) -> Op:
    """A new root."""
    return put_box(root_id(catalogue), Collection(store, catalogue, b"").shelf, _sealed_root(catalogue))


def swap_root(catalogue: Catalogue, seen: bytes) -> Op:
    """The next root, if the one before is still the one that was `seen`."""
    return swap_box(root_id(catalogue), _sealed_root(catalogue), seen)


def read_root(store: Store, catalogue: Catalogue) -> tuple[Root, bytes]:
    """The root, and the head of its box for a later swap. Raises Missing once it was taken back."""
    box_id = root_id(catalogue)
    body = store.boxes([box_id]).get(box_id)
    if body is None:
        raise Missing
    context = suite.ctx("root", catalogue.id, catalogue.epoch)
    content = suite.unseal_padded(catalogue.key, context, body)
    return msgspec.json.decode(content, type=Root), body[: suite.HEAD]


def plan_put(
    store: Store, author: bytes, catalogue: Catalogue, record: Record, place: RecordId, expects: int | None
) -> list[Op]:
    """The ops that keep a record in a shared collection and swap its root.

    Raises Changed when somebody else wrote between one look and the next; Missing once it was taken back.
    """
    root, seen = read_root(store, catalogue)
    collection = collection_of(store, author, catalogue, root)
    try:
        ops = collection.plan_put(record, *split(place), now=int(clock.now()), expects=expects)
    except (Missing, Tampered):
        if read_root(store, catalogue)[1] == seen:  # nobody wrote meanwhile: what is wrong stays wrong
            raise
        raise Changed from None
    return [*ops, swap_root(collection.catalogue, seen)]


def plan_republish(
    store: Store, author: bytes, manifest: Manifest, record: Record, place: RecordId
) -> list[Op]:
    """The ops that bring the published copy of a changed record up to date."""
    found = manifest.shares.get(source_of(type(record), place))
    if found is None:
        return []
    if has_ended(store, found):
        return plan_unpublish(store, manifest, found.source)
    return plan_put(store, author, found.catalogue, record, place, None)


def plan_unpublish(store: Store, manifest: Manifest, source: str) -> list[Op]:
    """The ops that take a published copy back, and every grant of it."""
    found = manifest.shares.pop(source, None)
    if found is None:
        return []
    shelf = Collection(store, found.catalogue, b"").shelf
    ops = [drop_box(root_id(found.catalogue)), drop_shelf(shelf, for_good=True)]
    ops += plan_drop_grants(manifest, found)
    return [*ops, timers.drop_timer(found.timer)] if found.timer else ops


def has_ended(store: Store, found: Share) -> bool:
    """Whether its last day has passed, or it is not there any more: a timer or a restore took it away."""
    return is_over(found) or not store.boxes([root_id(found.catalogue)])


def is_over(found: Share) -> bool:
    """Whether its last day has passed."""
    return found.until is not None and found.until < clock.here().date()


def plan_end_on(vault: Vault, manifest: Manifest, found: Share) -> list[Op]:
    """The ops that let a published copy end by itself on its last day, in place of what ended it before."""
    ops = [timers.drop_timer(found.timer)] if found.timer else []
    found.timer = b""
    if found.until is None:
        return ops
    found.timer = timers.new_id()
    shelf = Collection(vault.store, found.catalogue, b"").shelf
    posts = [(manifest.contacts[one].outbox, grant) for one, grant in found.readers.items()]
    ops.append(
        timers.put_timer(vault, found.timer, found.until + dt.timedelta(days=1), timers.Ends(shelf, posts))
    )
    return ops


def plan_drop_grants(manifest: Manifest, found: Share, staying: Container[str] = ()) -> list[Op]:
    """The ops that remove what was granted to every reader of a share; those who stay are granted it anew."""
    return [
        drop_post(manifest.contacts[one].outbox, grant_id, for_good=one not in staying)
        for one, grant_id in found.readers.items()
        if one in manifest.contacts
    ]
