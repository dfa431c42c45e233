"""What is kept of how somebody wants to be rung: which browsers, address and line; or that all of it is off."""

import datetime as dt
from typing import Final

import msgspec

from ibasho import vault

LINES: Final = ("kettle", "tea", "window", "later")
MOST_BROWSERS: Final = 3
MOST_ENDPOINT: Final = 800  # signs of a push address; the longest we know of have 500
MOST_ADDRESS: Final = 200
MOST_PATH: Final = 300


class Browser(msgspec.Struct, frozen=True):
    """A browser that is rung through its maker's push service."""

    id: str
    endpoint: str
    key: bytes
    auth: bytes
    since: dt.date

    def __repr__(self) -> str:
        return "<Browser ***>"


class Address(msgspec.Struct, frozen=True):
    """An address of e-mail that is rung."""

    id: str
    address: str
    since: dt.date

    def __repr__(self) -> str:
        return "<Address ***>"


class BellWishes(vault.Record, kind="bell", version=1):
    """How its owner wants to be rung. `frozen`: not at all for now, and everything else stays as it was."""

    line: str = LINES[0]
    browsers: tuple[Browser, ...] = ()
    mail: Address | None = None
    frozen: bool = False
