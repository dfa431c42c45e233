"""A house whose hours can be let pass, with its bells in a list; and Mia, with friends who know her."""

import datetime as dt

import msgspec
import pytest

from ibasho import vault
from ibasho.circle.tests.conftest import again, befriend
from ibasho.knock import actions, minutes
from ibasho.knock.records import KnockTerms
from ibasho.vault import clock as vault_clock
from ibasho.vault import running, store

__all__ = ["again", "befriend"]

LOOKED_AT = (0, 7, 8, 9, 12, 17, 18, 20)
TEXT = "Hi Aya, could you look in on me, as we two agreed?"


class House:
    """The programme, running: its calendar, its other clock, and every bell that was rung."""

    def __init__(self, clock, monkeypatch):
        self.clock, self.up, self.boot = clock, 1000.0, "first"
        self.counted = None
        self.rung: list[tuple[bytes, str]] = []
        monkeypatch.setattr(vault_clock, "since_boot", lambda: self.up)
        monkeypatch.setattr(vault_clock, "boot", lambda: self.boot)
        monkeypatch.setattr(minutes, "ring", lambda bell, *, path="": self.rung.append((bell, path)))

    def beat(self):
        """A beat as the house does it, after those that only counted."""
        if self.counted is not None:
            body = msgspec.json.encode(self.counted).decode()
            vault.current().releases.commit([vault.Op("UPDATE running SET body = ?", (body,))])
        minutes.look_after_silences(self.clock.now())
        self.counted = None

    def off(self, **time):
        """Nothing runs for a while."""
        self.pass_by(dt.timedelta(**time).total_seconds())

    def pass_by(self, seconds):
        self.clock.forward(seconds)
        self.up += seconds

    def run(self, **time):
        """Everything runs for a while. Of the beats, those at some hours do all there is to do."""
        left = dt.timedelta(**time).total_seconds()
        while left > 0:
            step = min(600.0, left, 3600 - self.clock.at.timestamp() % 3600)
            self.pass_by(step)
            left -= step
            self.count()
            if left <= 0 or (self.clock.at.hour in LOOKED_AT and self.clock.at.minute == 0):
                self.beat()

    def run_until(self, day, hour):
        at = dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC)
        self.run(seconds=(at - self.clock.at).total_seconds())

    def count(self):
        """A beat that only counts, kept with the next whole one."""
        before = self.counted or running.read(vault.current())
        if before is not None:
            self.counted = running.beat(before, running.read_clocks(), stopped=before.stopped)


@pytest.fixture(autouse=True)
def _nobody_pulls_the_plug(monkeypatch):
    """A week is a hundred commits: in these tests none waits for the disk."""
    calm = tuple(one.replace("synchronous=FULL", "synchronous=OFF") for one in store.SQLITE_PRAGMAS)
    monkeypatch.setattr(store, "SQLITE_PRAGMAS", calm)


@pytest.fixture
def house(programme, clock, monkeypatch):
    made = House(clock, monkeypatch)
    made.beat()
    return made


@pytest.fixture
def pair(house, mia, aya):
    """Aya is Mia's ally: her id with Mia, and Mia's id with Aya."""
    return befriend(mia, aya, "Aya")


def terms(first, **said):
    return {
        "first": first,
        "wait": 5,
        "hour": 18,
        "door": "safe",
        "text": TEXT,
        "hows": ("call", "door"),
        "no_bell": True,
    } | said


def set_up(mia, aya, pair, **said):
    """Mia asks Aya, Aya says yes, and Mia comes by once more: it waits."""
    actions.draft(again(mia), **terms(pair[0], **said))
    actions.ask(again(mia))
    say(aya, pair[1], yes=True)
    actions.renew(again(mia))


def say(friend, contact, *, yes):
    from ibasho.knock import access

    space = again(friend)
    actions.answer(space, contact, mark=access.asked_by(space, contact).mark, yes=yes)


@pytest.fixture
def waits(house, mia, aya, pair):
    """Mia's message to Aya waits: five days, at six in the evening, from Sunday 22 November."""
    set_up(mia, aya, pair)
    return pair


__all__ += ["House", "KnockTerms", "say", "set_up", "terms"]
