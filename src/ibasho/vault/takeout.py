"""Everything a person has, in open formats: readable text, JSON, and one sealed file to take along.

The sealed file is age (age-encryption.org/v1) to a fresh X25519 key that is shown once as text;
Debian's `age` opens it. Passphrase mode is not used: its work factor would take down a small host.
"""

import io
import tarfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
import pyrage

from ibasho.vault import clock, sharing
from ibasho.vault.errors import BadTicket
from ibasho.vault.records import KINDS, Kept, Record
from ibasho.vault.space import Space

Telling = Callable[[Kept[Any]], str]
Files = Callable[[Kept[Any]], Iterable[tuple[str, bytes]]]
_tellings: dict[str, Telling] = {}
_files: dict[str, Files] = {}


def exporter(type_: type[Record]) -> Callable[[Telling], Telling]:
    """Register how a kind of record reads as plain text."""

    def register(telling: Telling) -> Telling:
        _tellings[type_.kind] = telling
        return telling

    return register


def file_exporter(type_: type[Record]) -> Callable[[Files], Files]:
    """Register which files a record is, such as a picture; they take the place of JSON and text."""

    def register(files: Files) -> Files:
        _files[type_.kind] = files
        return files

    return register


def export(space: Space) -> Iterator[tuple[str, bytes]]:
    """Path and content of each file: one JSON per kind, and a text where a room tells one.

    Where a room has files of its own for a kind, those; their records are opened one at a time. What lies in shared
    collections of this person's own comes along.
    """
    small = space.small_kinds()
    yield "settings.json", msgspec.json.format(msgspec.json.encode(small), indent=2)
    for kind in space.kinds():
        type_ = KINDS[kind]
        if kind in _files:
            for place in [
                f"{label}/{key}" for label in space.chapters(type_) for key in space.keys(type_, label)
            ]:
                yield from _files[kind](space.read(type_, place))
            continue
        yield from _told(kind, list(space.every(type_)))
    for kind in sharing.kinds_of_circles(space):
        names = sharing.circles_of(space, kind)
        yield from _told(
            kind, [one for name in names for one in sharing.circle(space, name).every(KINDS[kind])]
        )


def _told(kind: str, kept: list[Kept[Any]]) -> Iterator[tuple[str, bytes]]:
    rows = [{"id": one.id, "version": one.version, "kept": one.at, "content": one.record} for one in kept]
    yield f"{kind}.json", msgspec.json.format(msgspec.json.encode(rows), indent=2)
    if kind in _tellings:
        yield f"{kind}.txt", "\n\n".join(_tellings[kind](one) for one in kept).encode()


def new_export_key() -> str:
    """A fresh age identity, one line of text: shown once, it opens the file sealed to it."""
    return str(pyrage.x25519.Identity.generate())


def sealed_export(files: Iterable[tuple[str, bytes]], key: str = "") -> tuple[bytes, str]:
    """A tar of the files, sealed with age; and the one line of text that opens it.

    `key` is one from `new_export_key`, or a fresh one is made. Raises BadTicket for any other text.
    """
    try:
        identity = pyrage.x25519.Identity.from_str(key or new_export_key())
    except pyrage.IdentityError:
        raise BadTicket from None
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path, content in files:
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode, entry.mtime = len(content), 0o600, int(clock.now())
            tar.addfile(entry, io.BytesIO(content))
    return pyrage.encrypt(buffer.getvalue(), [identity.to_public()]), str(identity)
