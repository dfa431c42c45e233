"""A tally: two halves of one stick. A phone holds 32 random bytes, the vault a box that only those bytes find and open.

It answers one question for whoever brings the bytes, without anybody's session: is this still wanted? The box lies on
the shelf of the collection that lists it for its owner, so that it looks like one more record there, and goes when
those do: a change of words and the end of a space leave none. Nothing in the database says what a tally is for.

A tally may carry something to read: a calendar, one thing shown for one day (VAULT, decision 4).
"""

import enum
import secrets

import msgspec

from ibasho.vault import clock, core, suite
from ibasho.vault.core import Vault
from ibasho.vault.errors import Tampered
from ibasho.vault.manifest import Manifest
from ibasho.vault.records import Record, RecordId, T, split
from ibasho.vault.space import Space
from ibasho.vault.store import Op, drop_box, put_box

TOKEN = 32  # bytes


class Wanted(enum.Enum):
    """What a tally says. `OVER` is a matter of a clock, and clocks can be wrong; `GONE` is a matter of fact."""

    HOLDS = "holds"
    OVER = "over"
    GONE = "gone"


def new_token() -> bytes:
    """The phone's half."""
    return secrets.token_bytes(TOKEN)


def tally_id(token: bytes) -> bytes:
    """Where the vault's half lies. Needs the pepper: nobody can look a token up in a stolen database."""
    return suite.tag(core.current().secret("tally"), suite.ctx("tally", token))


def cut_tally(
    space: Space, record: Record, at: RecordId, *, token: bytes, until: int, carries: Record | None = None
) -> None:
    """Keep a record that lists a tally, and its box, in one moment. `until`: seconds since 1970."""
    label, key = split(at)
    box_id, body = _sealed(token, until, carries)

    def plan(manifest: Manifest) -> list[Op]:
        collection = space._collection_to_write(manifest, record.kind)
        ops = collection.plan_put(record, label, key, now=int(clock.now()), expects=0)
        return [*ops, put_box(box_id, collection.shelf, body)]

    space._write(plan)


def refill_tally(token: bytes, *, until: int, carries: Record) -> None:
    """A tally carries this from now on. One that has ended stays ended."""
    box_id, body = _sealed(token, until, carries)
    core.current().store.commit([Op("UPDATE box SET body = ? WHERE id = ?", (body, box_id))])


def tally_carries(token: bytes, type_: type[T]) -> T | None:
    """What a tally that holds gives whoever brings its token; None for one that is over, ended or never was."""
    opened = _opened(token)
    if opened is None or clock.now() > int.from_bytes(opened[:8], "big"):
        return None
    try:
        kind, raw = msgspec.json.decode(opened[8:], type=tuple[str, msgspec.Raw])
    except msgspec.MsgspecError:  # it carries nothing
        return None
    return msgspec.json.decode(raw, type=type_) if kind == type_.kind else None


def end_tally(space: Space, type_: type[Record], at: RecordId, box_id: bytes) -> None:
    """Forget a record together with the tally it lists. Raises NotFound when the record is not this person's."""
    label, key = split(at)

    def plan(manifest: Manifest) -> list[Op]:
        collection = space._collection_to_write(manifest, type_.kind)
        return [*collection.plan_drop(label, key), drop_box(box_id)]

    space._write(plan, truncate=True)


def tallies_there(box_ids: list[bytes]) -> set[bytes]:
    """Which of these are still there, over or not."""
    return set(core.current().store.boxes(box_ids)) if box_ids else set()


def tally_says(token: bytes) -> Wanted:
    """Whether what hangs on this token is still wanted. An unknown one and an ended one are gone alike."""
    opened = _opened(token)
    if opened is None:
        return Wanted.GONE
    return Wanted.HOLDS if clock.now() <= int.from_bytes(opened[:8], "big") else Wanted.OVER


def _sealed(token: bytes, until: int, carries: Record | None) -> tuple[bytes, bytes]:
    box_id, content = tally_id(token), until.to_bytes(8, "big")
    if carries is not None:
        content += msgspec.json.encode([carries.kind, msgspec.Raw(msgspec.json.encode(carries))])
    return box_id, suite.seal_padded(_key(core.current(), token), suite.ctx("tally-box", box_id), content)


def _opened(token: bytes) -> bytes | None:
    vault, box_id = core.current(), tally_id(token)
    body = vault.store.boxes([box_id]).get(box_id)
    if body is None:
        return None
    try:
        return suite.unseal_padded(_key(vault, token), suite.ctx("tally-box", box_id), body)
    except Tampered:
        return None


def _key(vault: Vault, token: bytes) -> bytes:
    return suite.expand(vault.secret("tally") + token, suite.ctx("tally-key"))
