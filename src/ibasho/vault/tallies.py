"""A tally: two halves of one stick. A phone holds 32 random bytes, the vault a box that only those bytes find and open.

It answers one question for whoever brings the bytes, without anybody's session: is this still wanted? The box lies on
the shelf of the collection that lists it for its owner, so that it looks like one more record there, and goes when
those do: a change of words and the end of a space leave none. Nothing in the database says what a tally is for.
"""

import enum
import secrets

from ibasho.vault import clock, core, suite
from ibasho.vault.core import Vault
from ibasho.vault.errors import Tampered
from ibasho.vault.manifest import Manifest
from ibasho.vault.records import Record, RecordId, split
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


def cut_tally(space: Space, record: Record, at: RecordId, *, token: bytes, until: int) -> None:
    """Keep a record that lists a tally, and its box, in one moment. `until`: seconds since 1970."""
    vault = core.current()
    label, key = split(at)
    box_id = tally_id(token)
    body = suite.seal_padded(_key(vault, token), suite.ctx("tally-box", box_id), until.to_bytes(8, "big"))

    def plan(manifest: Manifest) -> list[Op]:
        collection = space._collection_to_write(manifest, record.kind)
        ops = collection.plan_put(record, label, key, now=int(clock.now()), expects=0)
        return [*ops, put_box(box_id, collection.shelf, body)]

    space._write(plan)


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
    vault = core.current()
    box_id = tally_id(token)
    body = vault.store.boxes([box_id]).get(box_id)
    if body is None:
        return Wanted.GONE
    try:
        until = suite.unseal_padded(_key(vault, token), suite.ctx("tally-box", box_id), body)
    except Tampered:
        return Wanted.GONE
    return Wanted.HOLDS if clock.now() <= int.from_bytes(until, "big") else Wanted.OVER


def _key(vault: Vault, token: bytes) -> bytes:
    return suite.expand(vault.secret("tally") + token, suite.ctx("tally-key"))
