"""Friends who let somebody back in (VAULT 4.7; docs/formats.md).

A random key K seals the root key in a box of its own. K is the secret of a way: any two of three friends. The box is
sealed once more under a key that the friends hold, so that the database alone does not say what it is. The owner's
manifest keeps it. A change of words, a stop and other friends make another K, another box and other parts: what was
begun with the parts from before goes no further.

What two friends with a copy of the database could do before the wait is over, no program keeps them from: the wait is
a rule, not cryptography.
"""

import datetime as dt
import itertools
import secrets
from collections.abc import Iterable, Sequence

import msgspec
from django.utils.translation import gettext_lazy as _

from ibasho.vault import clock, core, suite, timers
from ibasho.vault.errors import NotFound, NotGranted, Tampered, VaultError
from ibasho.vault.inviting import invitations, take_in_answers
from ibasho.vault.manifest import Manifest, Recovery
from ibasho.vault.noting import plan_note, send_note
from ibasho.vault.records import Record
from ibasho.vault.space import Space
from ibasho.vault.store import Op, drop_post, drop_shelf, put_box
from ibasho.vault.ways import Part, Request, Way, ask_for_parts, make_way, open_way

FRIENDS = 3
TOGETHER = 2
FRIENDS_WAIT = dt.timedelta(hours=72)
LOST = "lost"  # the kind of an invitation that somebody gives who waits for their friends

MOST_WAIT = 100  # in the whole programme, so that nobody fills the disk from outside
AT_LEAST = dt.timedelta(hours=1)  # that a place is kept whoever else would like to wait
UNANSWERED = dt.timedelta(days=2)  # then a place nobody was led to is gone
ANSWERED = dt.timedelta(days=14)


class TooManyWait(VaultError):
    """Too many places were made where somebody waits."""

    message = _("This cannot be begun just now. Please try again tomorrow, or use your printed sheet.")
    status = 503
    retry_after = 3600


class FriendsPart(Record, kind="friends-part", version=1):
    """A note: what a friend holds from now on, or, without a part, no longer holds."""

    part: Part | None = None
    place: bytes = b""
    box_key: bytes = b""


class Please(Record, kind="friends-please", version=1):
    """A note from whoever waits: the request that a friend's part is given for."""

    request: Request


class Waiting(Record, kind="waiting-place", version=1):
    """What makes a space a waiting place, and what was asked of whom, by the ids of contacts."""

    timer: bytes = b""
    requests: dict[str, Request] = msgspec.field(default_factory=dict)


class _Box(msgspec.Struct):
    """What lies in the box."""

    way: Way
    root: bytes


# The owner --------------------------------------------------------------------------------------


def let_friends(space: Space, holders: Sequence[str]) -> None:
    """Any two of these three let this person in from now on. Those before hold nothing that opens. Raises NotFound."""
    if len(set(holders)) != FRIENDS:
        raise ValueError("three friends")

    def plan(manifest: Manifest) -> list[Op]:
        if not manifest.contacts.keys() >= set(holders):
            raise NotFound
        ops = _plan_end(space, manifest, but=holders)
        return ops + _plan_friends(space, manifest, holders, clock.here().date())

    space._write(plan, truncate=True)


def end_friends(space: Space, *, but: str = "") -> None:
    """No friends let this person in any more; what they hold opens nothing. One of them is not told."""
    if space._manifest.recovery is not None:
        space._write(lambda manifest: _plan_end(space, manifest, but=[but]), truncate=True)


def friends_who_let_in(space: Space) -> tuple[list[str], dt.date] | None:
    """The ids of the three contacts, and the day they were chosen; None without any, or where a restore ended it."""
    found = space._manifest.recovery
    if found is None or not space._vault.store.boxes([found.place]):
        return None
    return list(found.holders), found.made_on


def _plan_friends(space: Space, manifest: Manifest, holders: Sequence[str], made_on: dt.date) -> list[Op]:
    key = secrets.token_bytes(suite.KEY)
    way, parts = make_way(key, itertools.combinations(range(FRIENDS), TOGETHER))
    place, box_key = secrets.token_bytes(16), secrets.token_bytes(suite.KEY)
    notes = [secrets.token_bytes(16) for _ in holders]
    found = manifest.recovery = Recovery(place, box_key, key, list(holders), notes, made_on)
    ops = [put_box(found.place, found.shelf, _sealed(found, way, space))]
    for one, part, note_id in zip(holders, parts, notes, strict=True):
        note = FriendsPart(part=part, place=place, box_key=box_key)
        ops.append(plan_note(space, manifest.contacts[one], note, note_id))
    return ops


def _plan_end(space: Space, manifest: Manifest, but: Sequence[str] = ()) -> list[Op]:
    found, manifest.recovery = manifest.recovery, None
    if found is None:
        return []
    ops = [drop_shelf(found.shelf, for_good=True)]
    for one, note in zip(found.holders, found.notes, strict=True):
        friend = manifest.contacts.get(one)
        if friend is not None:
            ops.append(drop_post(friend.outbox, note, for_good=True))
            ops += [] if one in but else [plan_note(space, friend, FriendsPart())]
    return ops


def plan_move(moved: Space, manifest: Manifest) -> list[Op]:
    """The ops after which the same friends hold new parts, for the new root key; those from before open nothing.

    Where the box was taken away, by a restore, nobody lets anybody in any more.
    """
    found = manifest.recovery
    if found is None:
        return []
    goes_on = bool(moved._vault.store.boxes([found.place])) and manifest.contacts.keys() >= set(found.holders)
    # Signed with the new keys: a friend's visit pins those before it reads what was handed over.
    ops = _plan_end(moved, manifest, but=found.holders)
    return ops + (_plan_friends(moved, manifest, found.holders, found.made_on) if goes_on else [])


def _sealed(found: Recovery, way: Way, space: Space) -> bytes:
    root = suite.seal(found.key, suite.ctx("recovery-root", found.place), space._root)
    content = msgspec.json.encode(_Box(way, root))
    return suite.seal_padded(found.box_key, suite.ctx("recovery-box", found.place), content)


def _box(place: bytes, box_key: bytes) -> _Box:
    """Raises Tampered when it is not there, or not what it was."""
    body = core.current().store.boxes([place]).get(place)
    if body is None:
        raise Tampered
    content = suite.unseal_padded(box_key, suite.ctx("recovery-box", place), body)
    return msgspec.json.decode(content, type=_Box)


# Whoever waits ----------------------------------------------------------------------------------


def plan_waiting(space: Space, manifest: Manifest, work: timers.Forgets) -> list[Op]:
    """The ops that make a new space a waiting place."""
    timer = timers.new_id()
    manifest.small[Waiting.kind] = msgspec.Raw(msgspec.json.encode(Waiting(timer=timer)))
    return [timers.put_timer(space._vault, timer, clock.here().date() + UNANSWERED, work)]


def is_waiting(space: Space) -> bool:
    """Whether this space is a place to wait in, and nothing else."""
    return Waiting.kind in space._manifest.small


def timer_of(waiting: Space) -> bytes:
    """What ends this waiting place. Raises NotFound where nobody waits."""
    if not is_waiting(waiting):
        raise NotFound
    return waiting.own(Waiting).timer


def ask_friends(waiting: Space) -> None:
    """Whoever typed the words of an invitation since was asked for their part; the place stays longer."""
    take_in_answers(waiting)
    asked = waiting.own(Waiting).requests
    for contact_id in [
        one.contact for one in invitations(waiting) if one.contact and one.contact not in asked
    ]:
        request = ask_for_parts(FRIENDS_WAIT)
        timer, door = timers.new_id(), waiting.doors()[0]
        work = timers.Forgets(door.id, door.lifeline, waiting._id)

        def plan(
            manifest: Manifest,
            contact_id: str = contact_id,
            request: Request = request,
            timer: bytes = timer,
            work: timers.Forgets = work,
        ) -> list[Op]:
            mine = msgspec.json.decode(manifest.small[Waiting.kind], type=Waiting)
            kept = Waiting(timer=timer, requests={**mine.requests, contact_id: request})
            manifest.small[Waiting.kind] = msgspec.Raw(msgspec.json.encode(kept))
            due = clock.here().date() + ANSWERED
            return [timers.drop_timer(mine.timer), timers.put_timer(waiting._vault, timer, due, work)]

        waiting._write(plan)
        send_note(waiting, contact_id, Please(request=request))


def open_with_friends(place: bytes, box_key: bytes, parts: Iterable[Part]) -> Space:
    """The space that these friends let somebody back into. Raises NotGranted for anything less, or else."""
    try:
        box = _box(place, box_key)
        key = open_way(box.way, parts)
        root = suite.unseal(key, suite.ctx("recovery-root", place), box.root)
    except Tampered:
        raise NotGranted from None
    return Space(core.current(), root)
