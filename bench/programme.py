"""A programme for the bench: real files on a real disk, invented people, and nothing left afterwards."""

import datetime as dt
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.urls import get_resolver

from ibasho import vault
from ibasho.machine import places
from ibasho.people.records import Profile
from ibasho.programme.records import Programme
from ibasho.today.records import SIGNS, Day, TodayWishes, place_of
from ibasho.vault import clock

OPEN = Programme(run_by="The people of the bench", country="GB", opened_on=dt.date(2026, 1, 1))
LINES = ("Rain all day, and I stayed in.", "Saw the heron by the canal again.", "")
GOOD = ("I called my sister back.", "I made soup and ate it.", "I said no, kindly.", "")
NAMES = ("Mia", "Aya", "Noor", "Ines", "Ruth", "Kofi", "Lena", "Sana")


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder on a disk, because a commit into memory costs nothing. Gone afterwards."""
    base = Path(tempfile.gettempdir())
    if places.file_system(base) in places.IN_MEMORY:
        base = Path(__file__).resolve().parent
    made = Path(tempfile.mkdtemp(prefix="ibasho-bench-", dir=base))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def run_folder() -> Iterator[Path]:
    """A folder in memory for the sessions of this process, as `ibasho up` has one."""
    made = Path(tempfile.mkdtemp(prefix="ibasho-bench-", dir=places.run_base()))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def begin(data: Path, run: Path) -> vault.Vault:
    """An open programme, and Django ready to answer for it."""
    os.environ["IBASHO_DATA"], os.environ["IBASHO_RUN"] = str(data), str(run)
    os.environ["DJANGO_SETTINGS_MODULE"] = "ibasho.settings"
    opened = vault.configure(data, run, make=True)
    vault.set_setting("programme", OPEN)
    django.setup()
    _ = get_resolver().url_patterns  # from here on pages have addresses
    return opened


def person(name: str, days: int = 0) -> tuple[vault.Space, str]:
    """Somebody invented who wrote on each of the last `days` days before today, and their words."""
    words = vault.new_words(6, "en")
    space = vault.make_space(words)
    space.set_own(Profile(name=name))
    space.set_own(TodayWishes(keep_days=0))
    for day in days_before(days):
        space.put(some_day(day), place_of(day))
    return space, words


def keep_today(space: vault.Space) -> None:
    """Somebody wrote today as well."""
    space.put(some_day(today()), place_of(today()))


def days_before(count: int) -> list[dt.date]:
    """The last days before today, from the oldest."""
    return [today() - dt.timedelta(days=back) for back in range(count, 0, -1)]


def today() -> dt.date:
    """The calendar day where the programme is."""
    return clock.instant().date()


def some_day(day: dt.date) -> Day:
    """What somebody might say of a day; always the same for the same day."""
    chance = random.Random(day.toordinal())
    said = {sign: chance.choice(codes) for sign, codes in SIGNS.items() if sign != "urges"}
    return Day(**said, line=chance.choice(LINES), good=chance.choice(GOOD))
