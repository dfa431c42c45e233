"""What is kept about the programme itself. It is readable without anybody's key: nothing about a person."""

import datetime as dt
from typing import Any, TypeVar

import msgspec

from ibasho import vault
from ibasho.programme.lines import LineCheck

NEUTRAL_PAGE = "https://www.bbc.com/weather"  # where "Leave this page" leads (DOMAIN 5.1)
BACKUP_DAYS = 35  # how long the main back-up is kept (VAULT 5)

R = TypeVar("R", bound=vault.Record)


def altered(record: R, **changes: Any) -> R:
    """The same record with some of it said differently."""
    return msgspec.structs.replace(record, **changes)  # type: ignore[type-var]


class Duty(msgspec.Struct, frozen=True):
    """One thing that cannot stay here, and who decides (DOMAIN 4.2, 4 and 5)."""

    what: str
    who_decides: str = ""
    required: bool = False  # by law, or by somebody's job


class Programme(vault.Record, kind="programme"):
    """How this programme runs, as whoever runs it wrote it down (DOMAIN 4.3).

    `telling` is raised whenever something changes that people are told before they join; `saved` at every
    change, so that two people who write at once do not overwrite each other unseen.
    """

    cover: str = "Kettle"
    cover_icon: str = "kettle"  # one of web.cover.ICONS
    run_by: str = ""
    country: str = ""  # iso2, one of programme.lines.COUNTRIES
    server_place: str = ""
    keys_held_by: str = ""
    employer: str = ""
    hours: str = ""
    outside_hours: str = ""
    duties: tuple[Duty, ...] = ()
    no_duties: bool = False  # somebody looked, and there are none
    if_suicide: str = (
        ""  # what happens here when somebody speaks of suicide: one way, and stated (DOMAIN 4.1)
    )
    supervisor: str = ""
    emergency_contact: str = ""
    retention: str = ""
    backup_days: int = BACKUP_DAYS
    backup_owner: str = ""
    when_away: str = ""
    above_helpers: str = ""
    quick_exit: str = NEUTRAL_PAGE
    requests_received: int = 0  # by courts, police or others (DOMAIN 10.6)
    requests_answered: int = 0
    requests_as_of: dt.date | None = None
    lines_checked: dict[str, LineCheck] = msgspec.field(default_factory=dict)  # by the line's key
    opened_on: dt.date | None = None
    telling: int = 0
    saved: int = 0
    clocks_stopped_since: dt.datetime | None = (
        None  # nothing goes out by itself until they run again (DOMAIN 3.3)
    )
