"""What it takes to take somebody out of a shared collection: everything in it is sealed anew (VAULT 1.5).

Beside it, in turns: opening and sealing as many boxes of the same size with nothing around it, and writing them
durably to the same kind of file. The one who was taken out then tries every box; all must stay shut.
"""

import secrets
import sqlite3
from pathlib import Path

from bench.measure import Line, Taken, median, ms
from ibasho import vault
from ibasho.vault import clock, publishing, sharing, suite
from ibasho.vault.records import split
from ibasho.vault.store import SQLITE_PRAGMAS

SIZES = (500, 5000)
CHAPTER = 250  # records
TEXT = "x" * 700  # a box of 1 KiB
ROUNDS = 3


class Kept(vault.Record, kind="bench-shared", version=1):
    """Something shared."""

    text: str = ""


def measure(opened: vault.Vault, quick: bool) -> list[Line]:
    """Taking one of two readers out of collections of these sizes."""
    lines = []
    for boxes in SIZES[:1] if quick else SIZES:
        ours, raw, opens = Taken(1), Taken(1), 0
        for _ in range(1 if quick else ROUNDS):
            owner, out, name = _filled(opened, boxes)
            old = sharing.circle(owner, name)
            ours.once(lambda owner=owner, name=name, out=out: vault.leave_circle(owner, name, out))  # type: ignore[misc]
            opens += _still_opens(old)
            with_path = opened.data / "raw.sqlite3"
            raw.once(lambda boxes=boxes, path=with_path: _raw(path, boxes))  # type: ignore[misc]
        shelves = f"{median(ours.wall) / median(raw.wall):.1f} x opening, sealing and writing {boxes} such boxes bare"
        lines.append(Line(f"taken out of {boxes} boxes of 1 KiB", ms(median(ours.wall)), shelves))
        lines.append(Line("  of them open to the one who was taken out", f"{opens} of {boxes}"))
    return lines


def _filled(opened: vault.Vault, boxes: int) -> tuple[vault.Space, str, str]:
    """A collection with two readers. Gives its owner, one reader's contact, and its name."""
    owner = vault.make_space(vault.new_words())
    for _ in range(2):
        words = vault.invite(owner, vault.ALLY, "reader")
        vault.join(vault.look_at_invitation(words), vault.new_words())
    vault.take_in_answers(owner)
    readers = [contact.id for contact in vault.contacts(owner)]
    name = vault.found_circle(owner, Kept.kind, readers)
    share = owner._manifest.shares[name]
    root, seen = publishing.read_root(opened.store, share.catalogue)
    collection = publishing.collection_of(opened.store, owner.fingerprint, share.catalogue, root)
    ops = []
    for number in range(boxes):
        place = f"{number // CHAPTER:04}/{number % CHAPTER:04}"
        ops += collection.plan_put(Kept(text=TEXT), *split(place), now=int(clock.now()), expects=0)
    opened.store.commit([*_last_of_each(ops), publishing.swap_root(collection.catalogue, seen)])
    return owner, readers[0], name


def _last_of_each(ops: list[vault.Op]) -> list[vault.Op]:
    """The records as they are, and of each head the first and the last: what lies between is overwritten."""
    inserts = [op for op in ops if op.sql.startswith("INSERT")]
    updates = {op.params[-1]: op for op in ops if op.sql.startswith("UPDATE")}
    return [*inserts, *updates.values()]


def _still_opens(old: sharing.Shared) -> int:
    try:
        return len(old.every(Kept))
    except vault.NotFound:
        return 0


def _raw(path: Path, boxes: int) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS box (id BLOB PRIMARY KEY, shelf BLOB, body BLOB) WITHOUT ROWID"
    )
    key, content = secrets.token_bytes(32), bytes(1024)
    sealed = suite.seal(key, b"bench", content)
    connection.execute("BEGIN IMMEDIATE")
    for _ in range(boxes):
        suite.unseal(key, b"bench", sealed)
        row = (secrets.token_bytes(16), b"shelf", suite.seal(key, b"bench", content))
        connection.execute("INSERT INTO box VALUES (?, ?, ?)", row)
    connection.execute("COMMIT")
    connection.execute("DELETE FROM box")
    connection.close()
