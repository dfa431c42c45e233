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
    """A phone is given the plan, and is on the list from now on. `instead`: the token it had before.

    Raises NoPlanYet, TooManyCopies.
    """
    if days not in KEEP_DAYS:
        raise NotFound
    copy = plan_access.phone_copy(space)
    if copy is None:
        raise NoPlanYet
    _let_old_ones_go(space, vault.tally_id(instead) if instead else b"")
    if len(space.keys(KeptCopy, CHAPTER)) >= MOST_COPIES:
        raise TooManyCopies
    token, length = vault.new_token(), dt.timedelta(days=days)
    record = KeptCopy(tally=vault.tally_id(token), since=today(), until=today() + length, label=label)
    until = int(clock.now()) + int(length.total_seconds())
    vault.cut_tally(space, record, place_of(record.tally), token=token, until=until)
    return HandedOver(token, copy)


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


def _let_old_ones_go(space: vault.Space, instead: bytes) -> None:
    """What is over, what was ended with the old words, and what is about to be replaced is on no list any more."""
    kept = [one.record for one in space.chapter(KeptCopy, CHAPTER)]
    there = vault.tallies_there([record.tally for record in kept])
    for record in kept:
        if record.tally == instead or record.tally not in there or record.until < today():
            vault.end_tally(space, KeptCopy, place_of(record.tally), record.tally)
