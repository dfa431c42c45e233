"""What somebody may wish for: how they are asked, when their day begins, how long days stay."""

import datetime as dt
import re

import pytest

from ibasho import vault
from ibasho.programme.days import zones
from ibasho.today import access, actions
from ibasho.today.forms import zone_called
from ibasho.today.records import Day, TodayWishes
from ibasho.web.addresses import address

HTMX = {"HX-Request": "true", "HX-Target": "wishes"}
AS_THEY_ARE = {"keep_days": "90", "time_zone": ""}


def anew(space):
    """The same place, as the next request opens it."""
    return vault.Space(space._vault, space._root)


@pytest.fixture(autouse=True)
def _morning(clock):
    """It is half past nine in the morning of 22 November 2026."""


def test_until_somebody_says_otherwise_urges_are_not_asked_and_days_stay_for_90(mia):
    """DOMAIN 8, 10.5."""
    assert access.wishes_of(anew(mia)) == TodayWishes(
        urges_on=False, keep_days=90, one_question=False, time_zone=""
    )


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_wishes_are_kept_with_and_without_javascript(client, mia, headers):
    form = {"urges_on": "on", "one_question": "on", "keep_days": "365", "time_zone": "Europe/Lisbon"}
    page = client.of(mia).post(address("today-wishes"), form, headers=headers, follow=True)
    assert page.status_code == 200
    assert ("<html" in page.text) is (not headers)
    wanted = TodayWishes(urges_on=True, one_question=True, keep_days=365, time_zone="Europe/Lisbon")
    assert access.wishes_of(anew(mia)) == wanted
    page = client.of(mia).get(address("today-wishes")).text
    assert '<option value="Europe/Lisbon" selected>Lisbon</option>' in page
    assert re.search(r'name="keep_days" value="365" checked', page)


def test_before_urges_are_switched_on_the_page_says_who_sees_it_and_that_asking_can_weigh(client, mia):
    """DOMAIN 2.9, 8: asking can be reduced; 2.5: a person to talk to is on the page."""
    page = client.of(mia).get(address("today-wishes")).text
    for sentence in (
        "Nobody sees the answer and nobody is called",
        "makes it heavier",
        "in no chart and no list",
    ):
        assert sentence in page
    assert f'href="{address("help-lines")}"' in page


def test_switching_urges_off_again_is_one_tap(client, mia):
    mia.set_own(TodayWishes(urges_on=True))
    client.of(mia).post(address("today-wishes"), AS_THEY_ARE)
    assert not access.wishes_of(anew(mia)).urges_on


def test_wishing_for_less_asks_once_before_older_days_are_erased(client, mia):
    mia.set_own(TodayWishes(keep_days=0))
    actions.keep_day(mia, day=dt.date(2026, 1, 5), record=Day(line="winter"), seen=0)
    browser = client.of(mia)
    page = browser.post(address("today-wishes"), AS_THEY_ARE)
    assert "erases your days before Monday, 24 August 2026" in page.text
    assert access.wishes_of(anew(mia)).keep_days == 0
    assert len(list(anew(mia).every(Day))) == 1
    browser.post(address("today-wishes"), AS_THEY_ARE | {"sure": "yes"})
    assert access.wishes_of(anew(mia)).keep_days == 90
    assert list(anew(mia).every(Day)) == []


def test_wishing_for_less_asks_nothing_where_nothing_is_older(client, mia):
    mia.set_own(TodayWishes(keep_days=0))
    actions.keep_day(mia, day=dt.date(2026, 11, 5), record=Day(line="autumn"), seen=0)
    assert client.of(mia).post(address("today-wishes"), AS_THEY_ARE).status_code == 303
    assert access.wishes_of(anew(mia)).keep_days == 90


@pytest.mark.parametrize("keep", ["91", "-1", "forever", "", "9" * 30, "９０"])
def test_a_strange_number_of_days_changes_nothing(client, mia, keep):
    page = client.of(mia).post(address("today-wishes"), {"keep_days": keep, "urges_on": "on"})
    assert page.status_code == 422
    assert access.wishes_of(anew(mia)) == TodayWishes()


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "../../etc/passwd", "Europe/Lisbon\0", "/etc/localtime", "x" * 5000]
)
def test_a_place_that_is_not_in_the_list_changes_nothing(client, mia, zone):
    page = client.of(mia).post(address("today-wishes"), {"keep_days": "90", "time_zone": zone})
    assert page.status_code == 422
    assert access.wishes_of(anew(mia)) == TodayWishes()


def test_the_list_of_places_is_real():
    assert len(zones()) > 300
    assert {"Europe/Madrid", "Asia/Tokyo", "America/Argentina/Buenos_Aires"} <= set(zones())
    assert all(zone_called(name) for name in zones())
    assert zone_called("Etc/UTC") is None
