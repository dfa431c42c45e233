"""What people do with things put away. Nothing else in Ibasho writes this kind of record."""

import secrets

from django.utils.translation import gettext_lazy as _

from ibasho import vault
from ibasho.errors import IbashoError
from ibasho.programme.records import altered
from ibasho.safekeeping import access
from ibasho.safekeeping.records import CHAPTER, HELD, MOST_THINGS, PutAway
from ibasho.vault import clock


class TooMany(IbashoError):
    """A list that is too long helps nobody in a hard minute."""

    message = _("There is no room for another one just now. You can erase one that is gone or back.")
    status = 409


class NotToday(IbashoError):
    """Nothing comes back on a hard day (DOMAIN 1.15)."""

    message = _(
        "You said that today is hard, and on a hard day nothing comes back. That was agreed on a calm one."
    )
    status = 409


class StillWaiting(IbashoError):
    """The wait that was agreed is not over, or nobody asked."""

    message = _("The wait you agreed on is not over yet. It does not have to be long until it is.")
    status = 409


def put_away(space: vault.Space, *, record: PutAway) -> str:
    """Keep a thing put away. Gives its key. Raises TooMany."""
    if len(space.keys(PutAway, CHAPTER)) >= MOST_THINGS:
        raise TooMany
    key = secrets.token_hex(6)
    space.keep(record, at=f"{CHAPTER}/{key}")
    return key


def change(space: vault.Space, key: str, *, record: PutAway, seen: int) -> None:
    """Keep it differently. Raises NotFound, and vault.Changed when another tab was faster."""
    kept = access.thing(space, key)
    if kept.record != record:
        space.change(kept.id, record, expects=seen)


def ask_back(space: vault.Space, key: str) -> None:
    """Its owner asks for it; from now on the agreed wait runs. Asking again does not begin it anew."""
    kept = access.thing(space, key)
    if kept.record.asked_at is None and kept.record.state in HELD:
        space.change(kept.id, altered(kept.record, asked_at=clock.instant()), expects=kept.version)


def leave_it(space: vault.Space, key: str) -> None:
    """It stays where it is; nothing is asked for any more."""
    kept = access.thing(space, key)
    if kept.record.asked_at is not None:
        space.change(kept.id, altered(kept.record, asked_at=None), expects=kept.version)


def take_back(space: vault.Space, key: str) -> None:
    """It is back with its owner. Raises StillWaiting, NotToday."""
    kept = access.thing(space, key)
    free_from = access.may_come_back_at(kept.record)
    if free_from is None or clock.instant() < free_from:
        raise StillWaiting
    if access.is_hard_today(space):
        raise NotToday
    space.change(kept.id, altered(kept.record, state="back", asked_at=None), expects=kept.version)


def erase(space: vault.Space, key: str) -> None:
    """Nothing of it is known here any more. Raises NotFound."""
    space.forget(PutAway, f"{CHAPTER}/{key}")
