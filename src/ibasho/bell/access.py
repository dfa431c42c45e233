"""Who may know how somebody is rung: its owner. And which bell is whose, for those who may ring it."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field

from ibasho import vault
from ibasho.bell.records import LINES, Address, BellWishes, Browser

bell_of = vault.bell_of
my_bell_for = vault.my_bell_for
own_bell = vault.own_bell


@dataclass(frozen=True)
class ChannelView:
    """One way somebody is rung, as its owner sees it. `silent_since`: it has not answered since that day."""

    id: str
    since: dt.date
    address: str = field(default="", repr=False)  # empty for a browser
    mark: str = field(default="", repr=False)  # by which a browser's script knows its own
    silent_since: dt.date | None = None
    gone: bool = False


@dataclass(frozen=True)
class BellView:
    """How somebody wants to be rung."""

    line: str
    frozen: bool
    browsers: tuple[ChannelView, ...]
    mail: ChannelView | None

    @property
    def hangs(self) -> bool:
        """Whether anything would ring."""
        return not self.frozen and bool(self.browsers or self.mail)


def wishes(space: vault.Space) -> BellWishes:
    """How this person wants to be rung, as it is kept."""
    kept = space.own(BellWishes)
    return (
        kept if kept.line in LINES else BellWishes(browsers=kept.browsers, mail=kept.mail, frozen=kept.frozen)
    )


def bell(space: vault.Space) -> BellView:
    """How this person wants to be rung, and which of it has not answered."""
    kept = wishes(space)
    silent = vault.silent_channels(space) if kept.browsers or kept.mail else {}
    return BellView(
        kept.line,
        kept.frozen,
        tuple(_view(one, silent) for one in kept.browsers),
        _view(kept.mail, silent) if kept.mail else None,
    )


def channels(kept: BellWishes) -> list[vault.Channel]:
    """What hangs behind each bell; nothing while all of it is off."""
    if kept.frozen:
        return []
    found: list[vault.Channel] = [
        vault.Push(one.id, one.endpoint, one.key, one.auth) for one in kept.browsers
    ]
    return found + ([vault.Mail(kept.mail.id, kept.mail.address)] if kept.mail else [])


def mark_of(endpoint: str) -> str:
    """What a page says of a subscription, so that the browser that has it knows it again, and nobody else learns it."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def _view(one: Browser | Address, silent: dict[str, vault.Silence]) -> ChannelView:
    found = silent.get(one.id)
    return ChannelView(
        one.id,
        one.since,
        one.address if isinstance(one, Address) else "",
        mark_of(one.endpoint) if isinstance(one, Browser) else "",
        found.since if found else None,
        bool(found and found.for_good),
    )
