"""The ladder as a function: examples, properties, and ten thousand years of people who come by, or do not.

Nothing here touches a disk or waits for a clock: `ladder.step`, `release.begun` and `running.beat` are what the house
runs on, and they are all there is.
"""

import datetime as dt
import random
from bisect import bisect_right
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ibasho.knock import ladder
from ibasho.knock.ladder import Step
from ibasho.vault import release, running
from ibasho.vault.running import Reading
from ibasho.vault.timers import Letter, Watch

HOUR, DAY = 3600, 86_400
BEGAN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC).timestamp()
LETTER = Letter(b"box", b"key", b"post", b"bell", b"done")
ZONES = (
    "Europe/Madrid",
    "America/St_Johns",
    "Pacific/Auckland",
    "Asia/Kolkata",
    "Pacific/Apia",
    "America/Santiago",
    "Africa/Casablanca",
    "UTC",
)


def a_watch(zone="Europe/Madrid", wait=5, hour=18, **said):
    return Watch([LETTER], b"own", b"token", b"shelf", zone, hour, wait, **said)


def at(zone, *when):
    return dt.datetime(*when).replace(tzinfo=ZoneInfo(zone)).timestamp()  # noqa: DTZ001


def ran(house, seconds):
    """The house after it ran so long, with nothing that disturbed it."""
    last = Reading(house.last.wall + seconds, house.last.since_boot + seconds, house.last.boot)
    return msgspec.structs.replace(house, last=last, ran=house.ran + seconds)


def a_house(wall):
    return running.beat(None, Reading(wall, 0.0, "a"))


def followed(watch, house, until, every=HOUR / 2):
    """Everything that happens up to a moment while nobody comes by: (when, what)."""
    found, now = [], house.last.wall
    while now <= until:
        while (what := ladder.step(watch, now, house)) is not None:
            if what is not Step.RING:
                found.append((now, what))
            if what is Step.LET_OUT:
                return found
            watch = ladder.stepped(watch, what, now, house)
        now += every
        house = ran(house, every)
    return found


def test_mia_was_here_on_sunday_evening_and_nothing_is_said_before_friday():
    zone = "Europe/Madrid"
    sunday = at(zone, 2026, 11, 22, 22, 30)
    house = a_house(sunday)
    watch = release.begun(a_watch(zone), int(sunday), house)
    assert followed(watch, house, sunday + 9 * DAY) == [
        (at(zone, 2026, 11, 26, 18), Step.NUDGE),
        (at(zone, 2026, 11, 27, 9), Step.SAY),
        (at(zone, 2026, 11, 27, 18), Step.LET_OUT),
    ]


@pytest.mark.parametrize(
    ("zone", "month", "day"),
    [
        ("Europe/Madrid", 3, 27),
        ("Europe/Madrid", 10, 23),
        ("America/Santiago", 9, 4),
        ("Pacific/Auckland", 4, 3),
    ],
)
def test_when_clocks_are_put_forward_or_back_the_hour_stays_the_hour(zone, month, day):
    """Each of these silences holds a day of 23 or of 25 hours."""
    begin = at(zone, 2026, month, day, 12)
    house = a_house(begin)
    out = followed(release.begun(a_watch(zone, wait=3), int(begin), house), house, begin + 5 * DAY)
    when, what = out[-1]
    here = dt.datetime.fromtimestamp(when, ZoneInfo(zone))
    assert (what, here.hour, (here.date() - dt.date(2026, month, day)).days) == (Step.LET_OUT, 18, 3)
    assert [one for _, one in out] == [Step.NUDGE, Step.SAY, Step.LET_OUT]


def test_a_place_this_machine_does_not_know_is_counted_by_world_time():
    house = a_house(BEGAN)
    watch = release.begun(a_watch("Mars/Olympus", wait=3), int(BEGAN), house)
    assert followed(watch, house, BEGAN + 5 * DAY)[-1] == (BEGAN + 3 * DAY + 18 * HOUR, Step.LET_OUT)


def test_a_day_that_did_not_begin_with_a_nudge_lets_nothing_out():
    """Whoever made the second nudge impossible has not made the letter go: it waits for another morning."""
    house = a_house(BEGAN)
    watch = release.begun(a_watch("UTC", wait=3), int(BEGAN), house)
    late = ran(house, 3 * DAY + 17 * HOUR)
    assert ladder.step(watch, BEGAN + 3 * DAY + 17 * HOUR, late) is None
    assert ladder.step(watch, BEGAN + 3 * DAY + 18 * HOUR, ran(late, HOUR)) is None
    assert ladder.step(watch, BEGAN + 4 * DAY + 9 * HOUR, ran(late, 16 * HOUR)) is Step.SAY


def test_a_nudge_of_yesterday_is_none_for_today():
    """What the page of a nudge said was about one evening; another one begins with another morning."""
    house = a_house(BEGAN)
    watch = release.begun(a_watch("UTC", wait=3), int(BEGAN), house)
    said = msgspec.structs.replace(watch, nudged=2, nudged_on=dt.date(2026, 1, 4).toordinal())
    long = ran(house, 30 * DAY)
    assert ladder.step(said, BEGAN + 3 * DAY + 18 * HOUR, long) is Step.LET_OUT
    assert ladder.step(said, BEGAN + 4 * DAY + 18 * HOUR, long) is None
    assert ladder.step(said, BEGAN + 5 * DAY + 9 * HOUR, long) is Step.SAY


def test_without_the_running_time_no_calendar_lets_anything_out():
    house = a_house(BEGAN)
    watch = release.begun(a_watch("UTC", wait=3), int(BEGAN), house)
    day = dt.date(2026, 1, 9).toordinal()
    said = msgspec.structs.replace(watch, nudged=2, nudged_on=day)
    evening = BEGAN + 8 * DAY + 19 * HOUR
    assert ladder.step(said, evening, ran(house, 3 * release.DAY - 1)) is None
    assert ladder.step(said, evening, ran(house, 3 * release.DAY)) is Step.LET_OUT


def test_an_absence_is_not_shortened_by_a_trouble_of_the_house():
    """A calendar set forward past its last day begins all waiting anew, and the days of the absence still count."""
    house = a_house(BEGAN)
    last = (dt.date(2026, 1, 1) + dt.timedelta(days=20)).toordinal()
    watch = release.begun(a_watch("UTC", wait=3, away=last), int(BEGAN), house)
    jumped = running.beat(house, Reading(BEGAN + 400 * DAY, 30.0, "a"))
    assert jumped.epoch == house.epoch + 1
    assert release.begun_with_the_house(watch, jumped).enough == 23 * release.DAY


def test_while_it_is_stopped_nothing_is_done_at_all():
    house = msgspec.structs.replace(ran(a_house(BEGAN), 30 * DAY), stopped=True)
    assert ladder.step(a_watch(), BEGAN + 30 * DAY, house) is None


when = st.integers(int(BEGAN), int(BEGAN) + 2 * 365 * DAY)


@given(
    since=when,
    later=st.integers(-40 * DAY, 40 * DAY),
    wait=st.integers(3, 14),
    hour=st.sampled_from(ladder.HOURS),
    zone=st.sampled_from(ZONES),
    seconds=st.integers(0, 40 * DAY),
    nudged=st.integers(0, 2),
    nudged_after=st.integers(-2, 30),
    away=st.integers(0, 20),
)
def test_whatever_the_clocks_show_nothing_goes_out_before_its_day_its_hour_and_its_nudge(
    since, later, wait, hour, zone, seconds, nudged, nudged_after, away
):
    house = a_house(float(since))
    last = release.day_of(a_watch(zone), since) + dt.timedelta(days=away)
    watch = a_watch(zone, wait, hour, away=last.toordinal() if away else 0)
    watch = release.begun(watch, since, house)
    on = release.day_of(watch, since) + dt.timedelta(days=nudged_after)
    watch = msgspec.structs.replace(watch, nudged=nudged, nudged_on=on.toordinal() if nudged == 2 else 0)
    now = since + later
    if ladder.step(watch, now, ran(house, seconds)) is Step.LET_OUT:
        here = dt.datetime.fromtimestamp(now, ZoneInfo(zone))
        assert (here.date() - last).days >= wait
        assert here.hour >= hour
        assert (nudged, on) == (2, here.date())
        assert seconds >= (wait + away) * 20 * HOUR


@given(since=when, wait=st.integers(3, 14), hour=st.sampled_from(ladder.HOURS), zone=st.sampled_from(ZONES))
def test_a_silence_that_nothing_disturbs_ends_on_its_day_at_its_hour(since, wait, hour, zone):
    """None lost: each goes within the hour, but for the shortest wait begun at midnight, which may want one more."""
    house = a_house(float(since))
    watch = release.begun(a_watch(zone, wait, hour), since, house)
    day = release.day_of(watch, since) + dt.timedelta(days=wait)
    due = dt.datetime.combine(day, dt.time(hour), ZoneInfo(zone)).timestamp()
    early = int(due - 34 * HOUR - since)
    steps = followed(watch, ran(house, early), due + 3 * HOUR)
    assert steps[-1][1] is Step.LET_OUT
    assert due <= steps[-1][0] <= due + 2 * HOUR


# Ten thousand years of people -------------------------------------------------------------------------


class Year:
    """One year of one programme, hour by hour: when it was down, stopped, started anew, its calendar set."""

    def __init__(self, chance):
        self.troubled: list[tuple[float, float]] = []  # true time: from, to
        self.starts: list[float] = []
        self.hours: list[tuple[float, float, running.Running]] = []  # true time, calendar, what was counted
        true, off, boot, up, house = BEGAN, 0.0, 0, 0.0, None
        down_until, stopped_until = 0.0, 0.0
        end = BEGAN + 366 * DAY
        while true < end:
            if true >= down_until:
                stopped = true < stopped_until
                house = running.beat(house, Reading(true + off, up, str(boot)), stopped=stopped)
                if not (true - BEGAN) % HOUR:
                    self.hours.append((true, true + off, house))
                what = chance.random()
                if what < 0.0003:  # some ten times a year, for half an hour to three days
                    down_until = true + chance.choice((1800, 2 * HOUR, DAY, 3 * DAY))
                    self.troubled.append((true + 1, down_until))
                    if chance.random() < 0.5:
                        boot, up = boot + 1, 0.0
                elif what < 0.0006:  # a quick start, which disturbs nobody
                    boot, up = boot + 1, -900.0
                elif what < 0.00067:
                    stopped_until = max(stopped_until, true + chance.randrange(1, 10) * DAY)
                    self.troubled.append((true + 1, stopped_until))
                elif what < 0.00073:
                    off = 0.0 if off else chance.choice((DAY, -DAY, 365 * DAY, -365 * DAY, 2 * HOUR))
                    self.troubled.append((true + 1, true + 1))
            true, up = true + 900, up + 900

    def calm_since(self, true):
        """When the last trouble before a moment ended."""
        return max((to for began, to in self.troubled if began <= true), default=BEGAN)


def silences(chance):
    """Somebody's year: who comes by three days in four, and sometimes not for long. Gives (last seen, next seen)."""
    here = chance.getrandbits(366) | chance.getrandbits(366)
    for _ in range(2):
        start, days = chance.randrange(330), chance.randrange(2, 25)
        here &= ~(((1 << days) - 1) << start)
    gone = ~here & ((1 << 366) - 1)
    long = gone & gone >> 1 & gone >> 2  # a day that begins three or more without
    day = 1
    while long >> day:
        run = long >> day
        day += (run & -run).bit_length() - 1
        back = here >> day
        length = (back & -back).bit_length() - 1 if back else 366 - day
        if here >> (day - 1) & 1:
            yield day - 1, day + length
        day += length + 1


def live(year, chance):
    """One person's year. Gives how many letters went out, and how many had to."""
    zone, wait, hour = (
        chance.choice(ZONES),
        chance.choice((3, 4, 5, 5, 5, 7, 10, 14)),
        chance.choice((13, 18, 21)),
    )
    went = had_to = 0
    place = ZoneInfo(zone)
    starts = year.starts
    for seen_day, next_day in silences(chance):
        seen = BEGAN + seen_day * DAY + chance.randrange(DAY)
        back = min(BEGAN + next_day * DAY + chance.randrange(DAY), year.hours[-1][0])
        at_seen = bisect_right(starts, seen) - 1
        true, wall, house = year.hours[max(0, at_seen)]
        off = wall - true
        watch = release.begun(a_watch(zone, wait, hour), int(seen + off), house)
        out, said = None, {}
        first = bisect_right(starts, seen + (wait - 2) * DAY + 12 * HOUR)
        for true, wall, house in year.hours[first : bisect_right(starts, back)]:
            if true > back:
                break
            while (what := ladder.step(watch, wall, house)) is not None:
                if what is Step.LET_OUT:
                    out = true
                    break
                watch = ladder.stepped(watch, what, wall, house)
                said[what] = wall
            if out:
                break
        last = max(seen, year.calm_since(out or back))
        if out:
            went += 1
            assert out - seen >= wait * 20 * HOUR, "early"
            assert out - last >= wait * 20 * HOUR - 900, "a trouble began no wait anew"
            here = dt.datetime.fromtimestamp(wall, place)
            assert here.hour >= hour
            told = dt.datetime.fromtimestamp(said[Step.SAY], place)
            assert told.date() == here.date()
            assert (here - told).total_seconds() >= 3 * HOUR
            if not off and wall == true:
                assert (here.date() - dt.datetime.fromtimestamp(seen, place).date()).days >= wait, "early"
        elif back > last + (wait + 2) * DAY:
            raise AssertionError(f"lost: {wait} days from {last - BEGAN}, back {back - BEGAN}")
        if last == seen and back > seen + (wait + 1.1) * DAY:
            had_to += 1
            assert out, "lost"
            assert out - seen <= (wait + 1) * DAY, "late"
    return went, had_to


@pytest.mark.slow
def test_in_ten_thousand_years_nothing_goes_out_early_and_nothing_is_lost():
    """People who come three days in four, in every zone, in houses that fall down, stop, and whose calendars jump."""
    chance = random.Random(20261122)
    went = had_to = 0
    for _ in range(20):
        year = Year(chance)
        year.starts = [true for true, _, _ in year.hours]
        for _ in range(500):
            some, due = live(year, chance)
            went, had_to = went + some, had_to + due
    assert had_to > 3000, "the years were too quiet to show anything"
    assert went >= had_to
