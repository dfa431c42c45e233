"""What is kept about the programme itself. It is readable without anybody's key, so nothing about a person."""

import datetime as dt

import msgspec

from ibasho import vault
from ibasho.programme.lines import LineCheck

NEUTRAL_PAGE = "https://www.bbc.com/weather"  # where "Leave this page" leads (DOMAIN 5.1)
BACKUP_DAYS = 35  # how long the main back-up is kept (VAULT 5)


class Duty(msgspec.Struct, frozen=True):
    """One thing that cannot stay here, and who decides (DOMAIN 4.2.4)."""

    what: str
    who_decides: str = ""


class Programme(vault.Record, kind="programme"):
    """How this programme runs, as whoever runs it wrote it down (DOMAIN 4.3).

    `version` is raised whenever something changes that people are told before they join.
    """

    cover: str = "Kettle"
    run_by: str = ""
    country: str = ""  # iso2, one of programme.lines.COUNTRIES
    server_place: str = ""
    keys_held_by: str = ""
    employer: str = ""
    hours: str = ""
    outside_hours: str = ""
    duties: tuple[Duty, ...] = ()
    no_duties: bool = False  # somebody looked, and there are none
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
    lines_checked: dict[str, LineCheck] = {}  # by the line's key
    opened_on: dt.date | None = None
    version: int = 0
