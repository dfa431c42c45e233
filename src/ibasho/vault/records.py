"""What a room may keep: record types, and what comes back when one is read."""

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, dataclass_transform

import msgspec

from ibasho.vault.errors import NotFound

RecordId = str  # "chapter/key", for example "2026-11/22"

KINDS: dict[str, "type[Record]"] = {}


if TYPE_CHECKING:

    @dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
    class _RecordMeta(type):
        def __new__(mcs, name: str, bases: Any, space: Any, *, kind: str = "", version: int = 1) -> Any: ...

    class _Struct(metaclass=_RecordMeta): ...

else:

    class _RecordMeta(type(msgspec.Struct)):
        """Lets a record say `class Day(Record, kind="day", version=1)`."""

        def __new__(mcs, name, bases, space, kind="", version=1, **options):
            made = super().__new__(mcs, name, bases, space, **options)
            made.kind, made.version = kind, version
            if kind:
                known = KINDS.setdefault(kind, made)
                if (known.__module__, known.__qualname__) != (made.__module__, made.__qualname__):
                    raise TypeError(f"two record types are called {kind!r}")
                KINDS[kind] = made
            return made

    class _Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, metaclass=_RecordMeta):
        pass


class Record(_Struct):
    """The base of everything a room keeps. `kind` and `version` are bound into every box.

    Immutable, every field by name. Fields may be added with a default. A field that changes its
    meaning raises `version`. What somebody wrote stays out of every `repr`.
    """

    kind: ClassVar[str] = ""
    version: ClassVar[int] = 1

    def __repr__(self) -> str:
        return f"<{type(self).__name__} ***>"

    __str__ = __repr__


T = TypeVar("T", bound=Record)


class Kept(msgspec.Struct, Generic[T], frozen=True):
    """A record as it lies in a space. `version` counts its savings from 1; `at` is the last one."""

    id: RecordId
    version: int
    at: dt.datetime
    record: T
    by: bytes = b""

    def __repr__(self) -> str:
        return f"<Kept {self.record.kind} v{self.version} ***>"


class Inner(msgspec.Struct, array_like=False, omit_defaults=True):
    """The JSON inside a record's box (VAULT 1.3)."""

    t: int  # seconds since 1970
    by: bytes
    body: msgspec.Raw
    schema: int = 1
    prev: bytes = b""


class Ref(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Where a box lies and which one it must be: id (16), version, SHA-256 of the sealed box."""

    id: bytes
    version: int
    hash: bytes


class Head(msgspec.Struct):
    """A chapter's table of contents: key of a record to its box. Also an archive's: chapter to head."""

    entries: dict[str, Ref]


def split(record_id: RecordId) -> tuple[str, str]:
    """The chapter and the key of a record's id. Raises NotFound for anything else."""
    chapter, slash, key = record_id.partition("/")
    if not (chapter and slash and key) or len(record_id) > 80:
        raise NotFound
    return chapter, key
