"""What people do with their bell, and ringing one. Nothing else in Ibasho writes how somebody is rung."""

import re
import secrets
from collections.abc import Callable, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from ibasho import vault
from ibasho.bell import access, ways, words
from ibasho.bell.records import MOST_BROWSERS, MOST_PATH, Address, BellWishes, Browser
from ibasho.errors import IbashoError, NotFound
from ibasho.programme.days import today
from ibasho.programme.records import altered

NOTE: Final = "rung"  # in the run folder: something was queued
_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9/._~?=&%+-]*")


class TooManyBrowsers(IbashoError):
    """A bell that rings everywhere is a bell somebody forgets in one place."""

    message = _("It rings in several browsers already. You can turn it off in one of them first.")
    status = 409


class NotThatService(IbashoError):
    """A push address that this place does not connect to."""

    message = _(
        "This browser is rung by a service that this place does not know, so it was not turned on. "
        "Nothing is wrong on your side."
    )
    status = 422


class DoesNotFit(IbashoError):
    """Longer than any address we know of, all together."""

    message = _("That is longer than what fits here, so it was not turned on. Nothing is wrong on your side.")
    status = 422


class NoSuchWay(IbashoError):
    """Whoever runs this place has not set this way of ringing up."""

    message = _("This place cannot ring in that way yet. Whoever runs it can set it up.")
    status = 409


# Ringing ------------------------------------------------------------------------------------------


def ring(bell_id: bytes, *, path: str = "") -> None:
    """One neutral notification is on its way to whatever hangs behind this bell. Nothing there: nothing happens.

    Needs nobody's space. `path`: an address of ours to open; the front page without one. Raises ValueError for others.
    """
    if path and (len(path) > MOST_PATH or not _PATH.fullmatch(path)):
        raise ValueError("a bell leads to an address of ours")
    vault.ring_bell(bell_id, path)
    (vault.current().run / NOTE).touch(mode=0o600)


def ring_now(space: vault.Space) -> None:
    """One's own bell rings, to hear what it is like. What was silent is tried as if it had never been."""
    keep_up(space, answered=[one.id for one in access.channels(access.wishes(space))])
    ring(access.own_bell(space))


# One's own bell -------------------------------------------------------------------------------------


def turn_on_browser(space: vault.Space, *, endpoint: str, key: bytes, auth: bytes) -> None:
    """A browser is rung from now on. The same one again takes the place of itself.

    Raises NotThatService, TooManyBrowsers, NoSuchWay, DoesNotFit.
    """
    if not ways.rings_by_push():
        raise NoSuchWay
    if ways.push_target(endpoint) is None or not vault.is_push_key(key):
        raise NotThatService
    new = Browser(secrets.token_hex(6), endpoint, key, auth, today())

    def change(kept: BellWishes) -> BellWishes:
        others = tuple(one for one in kept.browsers if one.endpoint != endpoint)
        if len(others) >= MOST_BROWSERS:
            raise TooManyBrowsers
        return _fitting(altered(kept, browsers=(*others, new), frozen=False))

    _change(space, change)


def turn_on_mail(space: vault.Space, *, address: str) -> None:
    """An address of e-mail is rung from now on, in place of the one before. Raises NoSuchWay, DoesNotFit."""
    if not ways.rings_by_mail():
        raise NoSuchWay
    new = Address(secrets.token_hex(6), address, today())
    _change(space, lambda kept: _fitting(altered(kept, mail=new, frozen=False)))


def turn_off(space: vault.Space, channel: str) -> None:
    """One way of being rung is gone, and forgotten everywhere. Raises NotFound."""

    def change(kept: BellWishes) -> BellWishes:
        left = tuple(one for one in kept.browsers if one.id != channel)
        mail = None if kept.mail and kept.mail.id == channel else kept.mail
        if (left, mail) == (kept.browsers, kept.mail):
            raise NotFound
        return altered(kept, browsers=left, mail=mail)

    _change(space, change)


def choose_line(space: vault.Space, *, line: str) -> None:
    """Another neutral line is said from now on: one of LINES."""
    _change(space, lambda kept: _fitting(altered(kept, line=line)))


def freeze(space: vault.Space) -> None:
    """Nothing rings any more, anywhere, until its owner wants it to (DOMAIN 5.6)."""
    _change(space, lambda kept: altered(kept, frozen=True))


def thaw(space: vault.Space) -> None:
    """Everything rings again as it did."""
    _change(space, lambda kept: altered(kept, frozen=False))


def keep_up(space: vault.Space, *, answered: Sequence[str] = ()) -> None:
    """Each bell of this person is as they want it: somebody new in their circle has one to ring. Costs little."""
    kept = access.wishes(space)
    if kept.browsers or kept.mail:
        vault.hang_bells(space, access.channels(kept), str(words.LINES[kept.line]), answered=answered)


def _fitting(kept: BellWishes) -> BellWishes:
    """The same, if a bell can hold it: nothing is kept that could not be hung. Raises DoesNotFit."""
    if not vault.fits(access.channels(kept), str(words.LINES[kept.line])):
        raise DoesNotFit
    return kept


def _change(space: vault.Space, change: Callable[[BellWishes], BellWishes]) -> None:
    """Keep it differently, then hang the bells anew. Cut off in between, the next visit hangs them."""
    space.change_own(BellWishes, change)
    kept = access.wishes(space)
    vault.hang_bells(space, access.channels(kept), str(words.LINES[kept.line]))
