"""What people do with copies on phones. Nothing else in Ibasho writes this kind of record."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from ibasho import vault
from ibasho.errors import IbashoError, NotFound
from ibasho.plan import access as plan_access
from ibasho.plan import actions as plan
from ibasho.plan.phone import PhoneCopy
from ibasho.pocket.records import CHAPTER, KEEP_DAYS, KeptCopy, place_of
from ibasho.programme.days import today
from ibasho.vault import clock

MOST_COPIES = 6  # a person's own, so that the list can be read at a glance


class NoPlanYet(IbashoError):
    """There is nothing to keep."""

    message = _("There is no plan yet to keep. It can be written first, and kept afterwards.")
    status = 409


class TooManyCopies(IbashoError):
    """More phones than the list has room for."""

    message = _("Your plan is kept on several phones already. You can remove it from one first.")
    status = 409


@dataclass(frozen=True)
class HandedOver:
    """What a browser gets to seal, once: the copy, and its half of the tally."""

    token: bytes = field(repr=False)
    copy: PhoneCopy = field(repr=False)


def keep_on_phone(space: vault.Space, *, label: str, days: int, instead: bytes = b"") -> HandedOver:
    """A phone is given the plan, and is on the list from now on. `instead`: the token it has for a copy of before.

    That copy holds until the phone says, with `end_copy`, that the new one lies there: an answer can be lost on its
    way, and a phone be full. Raises NoPlanYet, TooManyCopies.
    """
    if days not in KEEP_DAYS:
        raise NotFound
    copy = plan_access.phone_copy(space)
    if copy is None:
        raise NoPlanYet
    before = vault.tally_id(instead) if instead else b""
    if len([tally for tally in _tidy(space) if tally != before]) >= MOST_COPIES:
        raise TooManyCopies
    token, length = vault.new_token(), dt.timedelta(days=days)
    record = KeptCopy(tally=vault.tally_id(token), since=today(), until=today() + length, label=label)
    until = int(clock.now()) + int(length.total_seconds())
    vault.cut_tally(space, record, place_of(record.tally), token=token, until=until)
    return HandedOver(token, copy)


def end_copy(space: vault.Space, *, token: bytes) -> None:
    """The copy that came with this token is on no list any more. Nothing happens where it is none of this person's."""
    tally = vault.tally_id(token)
    if tally.hex() in space.keys(KeptCopy, CHAPTER):
        vault.end_tally(space, KeptCopy, place_of(tally), tally)


def let_go(space: vault.Space, *, copy: str) -> None:
    """A phone loses its copy when it next has a connection. Raises NotFound for one that is not this person's."""
    found = [key for key in space.keys(KeptCopy, CHAPTER) if key == copy]
    if not found:
        raise NotFound
    tally = bytes.fromhex(found[0])
    vault.end_tally(space, KeptCopy, place_of(tally), tally)


@plan.when_erased
def let_all_go(space: vault.Space) -> None:
    """Every phone loses its copy when it next has a connection."""
    for record in [one.record for one in space.chapter(KeptCopy, CHAPTER)]:
        vault.end_tally(space, KeptCopy, place_of(record.tally), record.tally)


def _tidy(space: vault.Space) -> list[bytes]:
    """The tallies of copies that are not over. What was ended with the old words is on no list any more.

    Those over by our clock stay, a few of them: the clock may be wrong, and their phones look at their own.
    """
    kept = [one.record for one in space.chapter(KeptCopy, CHAPTER)]
    there = vault.tallies_there([record.tally for record in kept])
    ended = [record for record in kept if record.tally not in there]
    living = [record for record in kept if record.tally in there and record.until >= today()]
    over = [record for record in kept if record.tally in there and record.until < today()]
    over.sort(key=lambda record: record.until, reverse=True)
    for record in ended + over[MOST_COPIES:]:
        vault.end_tally(space, KeptCopy, place_of(record.tally), record.tally)
    return [record.tally for record in living]
