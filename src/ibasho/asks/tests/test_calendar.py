"""What a calendar promises: its own key, neutral words, the right hour in every zone, and an end."""

import base64
import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from django.test import override_settings
from django.utils import timezone

from ibasho import vault
from ibasho.asks import access, actions, feed
from ibasho.asks.days import each_week, every_day, last_possible, slots_of, span
from ibasho.asks.records import FEED_LASTS, Feed
from ibasho.asks.tests.people import SUNDAY, again, asked_for, be_ally, evenings, only, own, takes
from ibasho.web.addresses import address

pytestmark = pytest.mark.usefixtures("clock")
NASTY = "soup; rice, tea: \\n\r\nATTENDEE:mailto:zebra@example.org \U0001f9a6 " + "Ä" * 40


@pytest.fixture
def taken(mia, aya):
    """Aya took the first of three evenings of Mia's."""
    ask = asked_for(mia, [be_ally(mia, aya, "Aya")], what="A meal", note="zebra-note")
    takes(aya)
    return ask


def keeps(space, **wishes):
    """Somebody wants a calendar; gives its token."""
    wanted: dict[str, Any] = {"mine": True, "others": True, "own_words": False, "summary": ""} | wishes
    actions.keep_feed(again(space), **wanted)
    return access.own_feed(again(space)).token


def events(token):
    """What two readers that know nothing of each other find in it: they agree."""
    text = feed.served(token) or ""
    ours = icalendar.Calendar.from_ical(text)
    assert all(not event.errors for event in ours.walk())
    theirs = vobject.readOne(text)
    found = [
        (str(one["summary"]), one.decoded("dtstart"), one.decoded("dtend")) for one in ours.walk("VEVENT")
    ]
    again_ = [
        (one.summary.value, one.dtstart.value, one.dtend.value) for one in theirs.contents.get("vevent", [])
    ]
    assert found == again_
    assert str(ours["x-wr-calname"]) == theirs.x_wr_calname.value == "Kettle"
    return found


def text_of(client, token):
    return client.get(address("asks-feed", re.sub("=", "", _b64(token))))


def _b64(token):
    return base64.urlsafe_b64encode(token).decode()


# What stands in it ----------------------------------------------------------------------------------------


def test_a_calendar_says_when_and_nothing_else_unless_its_owner_wants_more(mia, aya, taken):
    vault.keep_contact(again(aya), vault.contacts(aya)[0].id, name="Mia")
    for who, said in ((mia, "A meal: Aya"), (aya, "A meal: Mia")):
        token = keeps(who)
        assert [summary for summary, *_ in events(token)] == ["Busy"]
        text = (feed.served(token) or "").lower()
        for never in ("meal", "aya", "mia", "zebra", "ibasho", "organizer", "attendee", "valarm", "location"):
            assert never not in text
        keeps(who, summary="Choir")
        assert [summary for summary, *_ in events(token)] == ["Choir"]
        keeps(who, own_words=True, summary="Choir")
        assert [summary for summary, *_ in events(token)] == [said]
        assert "zebra" not in (feed.served(token) or "zebra")


def test_only_what_is_taken_stands_there_and_only_the_side_that_is_wanted(mia, aya, taken):
    assert len(events(keeps(mia))) == 1
    assert events(keeps(mia, mine=False)) == []
    assert events(keeps(aya, others=False)) == []
    assert len(events(keeps(aya, mine=False))) == 1


def test_words_with_every_odd_sign_are_words_in_it_and_nothing_more(mia, aya):
    asked_for(mia, [be_ally(mia, aya, "Aya")], what=NASTY)
    takes(aya)
    token = keeps(mia, own_words=True)
    ((summary, *_),) = events(token)
    assert " ".join(summary.split()) == " ".join(NASTY.split()) + ": Aya"
    text = feed.served(token) or ""
    assert not re.search(r"^ATTENDEE", text.replace("\r\n ", ""), re.M)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_two_calendars_of_the_same_evening_cannot_be_laid_beside_each_other(mia, aya, taken):
    uids = [re.search(r"UID:(\w+)", feed.served(keeps(who)) or "")[1] for who in (mia, aya)]
    assert uids[0] != uids[1]
    assert feed.served(keeps(mia)) == feed.served(keeps(mia))


# As new as its owner's last visit -------------------------------------------------------------------------


def test_it_is_as_new_as_its_owners_last_visit(mia, aya, taken):
    token = keeps(mia)
    takes(aya, 1)
    assert len(events(token)) == 1
    actions.tidy(again(mia))
    assert len(events(token)) == 2


def test_what_its_owner_does_stands_in_it_at_once(mia, aya, taken):
    hers, mias = keeps(aya), keeps(mia)
    key = takes(aya, 1)
    assert len(events(hers)) == 2
    actions.give_back(again(aya), only(aya).id, slot=key)
    assert len(events(hers)) == 1
    actions.end(again(mia), taken)
    assert events(mias) == []


# Its address ----------------------------------------------------------------------------------------------


def test_whoever_has_the_address_reads_it_and_nobody_finds_it_without(client, mia, taken):
    token = keeps(mia)
    answer = text_of(client, token)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert answer.text.startswith("BEGIN:VCALENDAR\r\n")
    wrong = [bytes([token[0] ^ 1]) + token[1:], bytes(32)]
    answers = [text_of(client, one) for one in wrong]
    answers += [client.get(address("asks-feed", one)) for one in ("zebra", "é" * 43, "=" * 43, "a" * 44)]
    assert {one.status_code for one in answers} == {404}
    assert len({one.text for one in answers}) == 1


def test_ending_it_deletes_its_box_and_another_one_has_another_address(client, mia, taken):
    token = keeps(mia)
    before = count(mia)
    actions.end_feed(again(mia))
    assert vault.tallies_there([vault.tally_id(token)]) == set()
    assert count(mia) < before
    assert text_of(client, token).status_code == 404
    assert access.own_feed(again(mia)) is None
    assert keeps(mia) != token
    assert text_of(client, token).status_code == 404
    actions.end_feed(again(mia))
    actions.end_feed(again(mia))


def test_other_words_end_it_and_a_new_one_can_be_made(client, mia, taken):
    token = keeps(mia)
    moved = vault.change_words(again(mia), vault.new_words())
    assert text_of(client, token).status_code == 404
    assert access.own_feed(moved) is None
    actions.tidy(again(moved))
    assert text_of(client, token).status_code == 404
    assert keeps(moved) != token


def test_it_ends_half_a_year_after_its_owners_last_visit(client, clock, mia, taken):
    token = keeps(mia)
    clock.forward(100 * 86_400)
    actions.tidy(again(mia))
    clock.forward(FEED_LASTS * 86_400 - 60)
    assert text_of(client, token).status_code == 200
    clock.forward(120)
    assert text_of(client, token).status_code == 404


def test_nothing_of_a_calendar_is_readable_on_the_disk(mia, taken, every_byte_on_disk):
    token = keeps(mia, own_words=True, summary="zebra")
    disk = every_byte_on_disk()
    for never in (b"zebra", b"A meal", b"VCALENDAR", token, _b64(token).encode()):
        assert never not in disk
    assert "zebra" not in repr(Feed(token=token, summary="zebra"))


def count(space):
    return vault.current().store.value("SELECT count(*) FROM box", ())


# Hours and days -------------------------------------------------------------------------------------------

MADRID, NEW_YORK, KATHMANDU, APIA = "Europe/Madrid", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"


@pytest.fixture
def zone():
    """Lets the programme stand somewhere else."""
    held = []

    def stand_in(name):
        change = override_settings(TIME_ZONE=name)
        change.enable()
        held.append(change)
        assert timezone.get_default_timezone_name() == name

    yield stand_in
    for change in reversed(held):
        change.disable()


@pytest.mark.parametrize(
    ("where", "day", "part", "at", "begins", "hours"),
    [
        (MADRID, "2026-10-24", "evening", None, "16:00", 4),  # summer time
        (MADRID, "2026-10-25", "evening", None, "17:00", 4),  # the clock went back in the night
        (MADRID, "2026-10-24", "night", None, "20:00", 10),  # and that night is an hour longer
        (MADRID, "2027-03-27", "night", None, "21:00", 8),  # as one in March is shorter
        (MADRID, "2027-03-28", "", "02:30", "01:30", 1),  # an hour that a clock skips: when it goes on
        (MADRID, "2026-10-25", "", "02:30", "00:30", 1),  # an hour that comes twice: the first
        (NEW_YORK, "2026-11-01", "morning", None, "13:00", 4),
        (KATHMANDU, "2026-11-22", "evening", None, "12:15", 4),
        (APIA, "2026-11-22", "morning", None, "19:00", 4),
    ],
)
def test_an_evening_is_that_evening_where_the_programme_is(zone, where, day, part, at, begins, hours):
    zone(where)
    times = span(dt.date.fromisoformat(day), part, dt.time.fromisoformat(at) if at else None)
    assert times is not None
    start, end = times
    assert (start.tzinfo, f"{start:%H:%M}") == (dt.UTC, begins)
    assert end - start == dt.timedelta(hours=hours)
    if part:
        there = start.astimezone(ZoneInfo(where))
        assert (there.date().isoformat(), there.hour) == (
            day,
            {"morning": 8, "evening": 18, "night": 22}[part],
        )


def test_a_calendar_says_the_same_evening_to_a_phone_in_another_zone(zone, clock, mia, aya):
    zone(MADRID)
    first = dt.date(2027, 3, 26)
    asked_for(mia, [be_ally(mia, aya, "Aya")], slots=evenings(4, first=first))
    for number in range(4):
        takes(aya, number)
    begins = [begin for _, begin, _ in events(keeps(mia))]
    assert [f"{one:%d %H:%M}" for one in begins] == ["26 17:00", "27 17:00", "28 16:00", "29 16:00"]
    assert {one.astimezone(ZoneInfo(MADRID)).hour for one in begins} == {18}


def test_a_whole_day_is_a_day_in_every_zone(mia, aya):
    asked_for(mia, [be_ally(mia, aya, "Aya")], slots=slots_of([SUNDAY], [], None))
    takes(aya)
    ((_, begins, ends),) = events(keeps(mia))
    assert (begins, ends) == (SUNDAY, SUNDAY + dt.timedelta(days=1))


def test_today_is_the_day_where_the_programme_is(zone, clock, mia, aya):
    """Late in the evening UTC it is tomorrow in Kathmandu, and tonight's evening has passed there."""
    zone(KATHMANDU)
    ask = asked_for(mia, [be_ally(mia, aya, "Aya")])
    clock.set(dt.datetime(2026, 11, 22, 18, 30, tzinfo=dt.UTC))
    assert [slot.over for slot in own(mia, ask).slots] == [True, False, False]
    assert len(only(aya).slots) == 2


def test_each_week_on_certain_days_and_never_for_longer_than_twelve_weeks():
    first = dt.date(2026, 11, 22)
    days = each_week(first, dt.date(2026, 12, 6), [3, 6])
    assert [day.isoformat()[5:] for day in days] == ["11-22", "11-26", "11-29", "12-03", "12-06"]
    assert each_week(first, first, [0]) == each_week(first, last_possible(first), []) == []
    assert len(every_day(first, dt.date(2030, 1, 1))) == 84
    assert max(each_week(first, dt.date(2030, 1, 1), range(7))) == last_possible(first)
    assert every_day(dt.date(2028, 2, 28), dt.date(2028, 3, 1))[1] == dt.date(2028, 2, 29)
