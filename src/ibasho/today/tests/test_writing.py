"""What somebody may count on when they say how a day is."""

import datetime as dt
import re

import pytest

from ibasho import vault
from ibasho.today import access, actions
from ibasho.today.records import GOOD_MOST, LINE_MOST, SIGNS, Day, TodayWishes, place_of
from ibasho.web.addresses import address

TODAY = dt.date(2026, 11, 22)
HTMX = {"HX-Request": "true", "HX-Target": "today"}


@pytest.fixture(autouse=True)
def _morning(clock):
    """It is half past nine in the morning of 22 November 2026."""


def anew(space):
    """The same place, as the next request opens it."""
    return vault.Space(space._vault, space._root)


def day_of(space, day=TODAY):
    kept = access.find_day(anew(space), day)
    return kept.record if kept else None


def hidden(page, name):
    (value,) = re.findall(rf'name="{name}" value="([^"]*)"', page.text)
    return value


# --- the form ------------------------------------------------------------------------------------


def test_mia_is_told_who_sees_it_before_the_first_question(client, mia):
    """DOMAIN 2.9."""
    page = client.of(mia).get(address("today"))
    said = page.text.index("Only you see this. Nobody is watching this screen.")
    assert said < page.text.index("How did you sleep?") < page.text.index("<textarea")


def test_each_sign_has_four_steps_in_words_and_can_be_left_out(client, mia):
    """DOMAIN 6.2."""
    page = client.of(mia).get(address("today")).text
    for sign, codes in SIGNS.items():
        if sign == "urges":
            continue
        steps = re.findall(rf'name="{sign}" value="([^"]*)"', page)
        assert steps == [*codes, ""]
        words = re.findall(rf'name="{sign}" value="[^"]+"><span>([^<]+)</span>', page)
        assert len(words) == 4
        assert not any(re.search(r"\d", word) for word in words)
    assert "checked" not in page


def test_urges_are_asked_about_only_where_mia_wished_it_and_neither_first_nor_last(client, mia):
    """DOMAIN 6.2, 8."""
    assert 'name="urges"' not in client.of(mia).get(address("today")).text
    actions.keep_wishes(mia, wishes=TodayWishes(urges_on=True))
    page = client.of(mia).get(address("today")).text
    asked = [name for name in SIGNS if f'name="{name}"' in page]
    assert "urges" in asked[1:-1]
    assert page.index('name="company"') < page.index('name="urges"') < page.index('name="mood"')
    assert f'href="{address("help-lines")}"' in page  # DOMAIN 2.5: a person to talk to, on the same page


def test_nothing_on_the_page_counts_days_or_scolds(client, mia):
    """DOMAIN 2.7."""
    actions.keep_day(mia, day=dt.date(2026, 9, 1), record=Day(mood="low"), seen=0)
    browser = client.of(mia)
    for name, *args in (
        ("today",),
        ("history",),
        ("history-month", "2026-09"),
        ("good-things",),
        ("today-wishes",),
    ):
        page = browser.get(address(name, *args)).text
        words = re.sub(r"<[^>]+>", " ", page)
        assert not re.search(
            r"streak|\bscore\b|missed|in a row|badge|points|percent|%|well done|!", words, re.I
        )


def test_coming_back_after_months_is_good_to_see_you_and_nothing_else(client, mia, clock):
    """DOMAIN 2.7: the page after a long silence is the page of any other day."""
    actions.keep_wishes(mia, wishes=TodayWishes(keep_days=365))
    actions.keep_day(mia, day=TODAY, record=Day(mood="low"), seen=0)
    clock.set(dt.datetime(2027, 4, 1, 12, tzinfo=dt.UTC))
    long_away = client.of(mia).get(address("today")).text
    clock.set(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC))
    next_day = client.of(mia).get(address("today")).text
    assert "Good to see you, Mia." in long_away

    def plain(page):
        return re.sub(
            r"csrfmiddlewaretoken\S+ \S+|Thursday, 1 April|Monday, 23 November|20\d\d-\d\d-\d\d", "", page
        )

    assert plain(long_away) == plain(next_day)


def test_old_answers_are_never_shown_unless_asked_for(client, mia):
    """DOMAIN 2.8."""
    record = Day(mood="light", line="zebra", good="giraffe", good_form="like")
    actions.keep_day(mia, day=TODAY - dt.timedelta(days=1), record=record, seen=0)
    page = client.of(mia).get(address("today")).text
    assert "zebra" not in page
    assert "giraffe" not in page
    actions.keep_day(mia, day=TODAY, record=record, seen=0)
    page = client.of(mia).get(address("today")).text
    assert "giraffe" not in page
    assert address("day-change", TODAY) in page


def test_somebody_without_a_name_is_greeted_too(client, programme):
    nobody = vault.make_space("lemon spruce barley otter gallery ribbon")
    assert "<h1>Good to see you.</h1>" in client.of(nobody).get(address("today")).text


# --- keeping -------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_keeping_a_day_works_with_and_without_javascript(client, mia, headers):
    answers = {"sleep": "little", "mood": "low", "line": "rain", "good": "I called", "good_form": "like"}
    page = client.of(mia).post(address("today"), answers, headers=headers, follow=True)
    assert ("<html" in page.text) is (not headers)
    assert "ept." in page.text  # "Kept." in place, "Today is kept." on the page one is sent on to
    assert day_of(mia) == Day(sleep="little", mood="low", line="rain", good="I called", good_form="like")


def test_every_answer_is_optional_and_nothing_at_all_is_fine(client, mia):
    page = client.of(mia).post(address("today"), {"seen": "0"})
    assert page.status_code == 200
    assert "that is fine" in page.text
    assert day_of(mia) is None


@pytest.mark.parametrize("sign", SIGNS)
def test_a_single_answer_is_enough(client, mia, sign):
    client.of(mia).post(address("today"), {sign: SIGNS[sign][-1]})
    assert day_of(mia) == Day(**{sign: SIGNS[sign][-1]})


def test_saying_that_there_is_nothing_today_is_an_answer_too(client, mia):
    """DOMAIN 2.8: the softer forms."""
    client.of(mia).post(address("today"), {"good_form": "nothing"})
    assert day_of(mia) == Day(good_form="nothing")
    page = client.of(mia).get(address("day", TODAY)).text
    assert "Nothing that day, and that’s fine" in page


def test_the_same_good_thing_may_be_written_every_day(client, mia):
    for back in range(3):
        day = TODAY - dt.timedelta(days=back)
        client.of(mia).post(address("day", day), {"good": "My hands.", "seen": "0"})
        assert day_of(mia, day).good == "My hands."


def test_sending_the_same_form_twice_is_the_same_as_once(client, mia):
    form = {"mood": "low", "line": "twice", "seen": "0"}
    browser = client.of(mia)
    browser.post(address("today"), form)
    again = browser.post(address("today"), form, headers=HTMX)
    assert again.status_code == 200
    assert "Kept." in again.text
    assert access.find_day(anew(mia), TODAY).version == 1


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_when_another_tab_kept_the_day_both_are_shown_and_nothing_is_lost(client, mia, headers):
    browser = client.of(mia)
    browser.post(address("today"), {"line": "from the kitchen", "seen": "0"})
    page = browser.post(address("today"), {"line": "from the bus", "seen": "0"}, headers=headers)
    assert page.status_code == 409
    assert "from the kitchen" in page.text
    assert re.search(r"<textarea[^>]*>\s*from the bus</textarea>", page.text)
    assert day_of(mia).line == "from the kitchen"

    browser.post(address("today"), {"line": "from the bus", "seen": hidden(page, "seen")})
    assert day_of(mia).line == "from the bus"


def test_when_another_tab_erased_the_day_what_was_typed_can_still_be_kept(client, mia):
    browser = client.of(mia)
    actions.keep_day(mia, day=TODAY, record=Day(line="before"), seen=0)
    actions.erase_day(mia, day=TODAY)
    page = browser.post(address("day", TODAY), {"line": "after", "seen": "1"})
    assert page.status_code == 409
    assert "erased in another tab" in page.text
    browser.post(address("day", TODAY), {"line": "after", "seen": hidden(page, "seen")})
    assert day_of(mia).line == "after"


def test_a_day_can_be_changed_and_emptied(client, mia):
    browser = client.of(mia)
    browser.post(address("today"), {"line": "one", "mood": "low", "seen": "0"})
    form = browser.get(address("day-change", TODAY))
    assert re.search(r'value="low" checked', form.text)
    assert re.search(r"<textarea[^>]*>\s*one</textarea>", form.text)
    browser.post(address("day", TODAY), {"line": "two", "seen": hidden(form, "seen")})
    assert day_of(mia) == Day(line="two")
    browser.post(address("day", TODAY), {"seen": "2"})
    assert day_of(mia) is None


def test_turning_urges_off_does_not_touch_what_was_answered_before(client, mia):
    actions.keep_day(mia, day=TODAY, record=Day(urges="passing", mood="low"), seen=0)
    form = client.of(mia).get(address("day-change", TODAY)).text
    assert re.search(r'name="urges" value="passing" checked', form)


# --- urges ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("code", ["strong", "on-and-off", "passing"])
def test_marking_urges_brings_help_at_once_and_no_further_question(client, mia, code, headers):
    """DOMAIN 2.9: ground me, one friend, a line; and then nothing more is asked."""
    actions.keep_wishes(mia, wishes=TodayWishes(urges_on=True))
    page = client.of(mia).post(address("today"), {"urges": code}, headers=headers, follow=True)
    part = page.text[page.text.index('id="today"') :].partition("</section>\n")[0]
    for name in ("help-lines", "help-senses", "help-breathe"):
        assert f'href="{address(name)}"' in part
    assert 'href="sms:?&amp;body=Hi.%20Today%20is%20hard' in part
    assert "<form" not in part
    assert "<textarea" not in part


def test_urges_written_about_a_day_that_is_over_bring_help_at_once_too(client, mia):
    """DOMAIN 2.9, without JavaScript."""
    actions.keep_wishes(mia, wishes=TodayWishes(urges_on=True))
    page = client.of(mia).post(address("day", "2026-11-20"), {"urges": "strong"}, follow=True)
    for place in ("help-lines", "help-senses", "help-breathe"):
        assert f'href="{address(place)}"' in page.text.partition("<main")[2]
    assert "Tell one friend" in page.text


def test_urges_that_are_none_change_nothing(client, mia):
    actions.keep_wishes(mia, wishes=TodayWishes(urges_on=True))
    page = client.of(mia).post(address("today"), {"urges": "none"}, headers=HTMX)
    assert "sms:" not in page.text
    assert "Kept." in page.text


def test_urges_stay_with_their_day_and_are_in_no_list_and_no_chart(client, mia):
    """DOMAIN 2.9: never quietly stored for a weekly report."""
    actions.keep_day(mia, day=TODAY, record=Day(urges="strong", mood="low", good="tea"), seen=0)
    browser = client.of(mia)
    for page in (browser.get(address("history")), browser.get(address("good-things"))):
        assert "rges" not in page.text
        assert "strong" not in page.text
    page = browser.get(address("day", TODAY)).text
    assert "strong" in page
    assert f'href="{address("help-lines")}"' in page


# --- one question at a time ----------------------------------------------------------------------


def step(browser, page, go, **answer):
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    return browser.post(address("today"), fields | answer | {"go": go})


def asked_in(page):
    return [
        name
        for name in [*SIGNS, "line", "good"]
        if re.search(rf'(?:radio"|textarea id\S+) name="{name}"', page.text)
    ]


def test_on_a_hard_day_there_is_one_question_a_screen_without_javascript(client, mia):
    actions.keep_wishes(mia, wishes=TodayWishes(one_question=True))
    browser = client.of(mia)
    page = browser.get(address("today"))
    seen = asked_in(page)
    assert seen == ["sleep"]
    page = step(browser, page, "next", sleep="hardly")
    for _ in range(5):
        seen += asked_in(page)
        assert "Only you see this. Nobody is watching this screen." in page.text
        page = step(browser, page, "next")
    assert seen == ["sleep", "meals", "washing", "company", "mood", "line"]
    assert asked_in(page) == ["good"]
    page = step(browser, page, "back")
    page = step(browser, page, "next", line="it rained")
    page = step(browser, page, "keep", good="I got up", good_form="got-through")
    assert page.status_code == 303
    assert day_of(mia) == Day(sleep="hardly", line="it rained", good="I got up", good_form="got-through")


def test_one_can_stop_after_any_question_and_keep_what_there_is(client, mia):
    browser = client.of(mia)
    page = step(browser, browser.get(address("today") + "?one=1"), "next", sleep="well")
    step(browser, page, "keep", meals="meal")
    assert day_of(mia) == Day(sleep="well", meals="meal")


def test_going_back_shows_what_was_answered(client, mia):
    browser = client.of(mia)
    page = step(browser, browser.get(address("today") + "?one=1"), "next", sleep="well")
    page = step(browser, page, "back")
    assert re.search(r'name="sleep" value="well" checked', page.text)


def test_marking_urges_ends_the_questions_at_once(client, mia):
    """DOMAIN 2.9: and then ask nothing more."""
    actions.keep_wishes(mia, wishes=TodayWishes(one_question=True, urges_on=True))
    browser = client.of(mia)
    page = browser.get(address("today"))
    for _ in range(4):
        page = step(browser, page, "next")
    assert asked_in(page) == ["urges"]
    assert step(browser, page, "next", urges="on-and-off").status_code == 303
    assert "sms:" in browser.get(address("today")).text
    assert day_of(mia) == Day(urges="on-and-off")


def test_all_questions_can_be_had_on_one_page_for_once(client, mia):
    actions.keep_wishes(mia, wishes=TodayWishes(one_question=True))
    assert len(asked_in(client.of(mia).get(address("today") + "?one=0"))) == 7


# --- which day it is -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("Pacific/Kiritimati", dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC), dt.date(2026, 11, 23)),
        ("Pacific/Kiritimati", dt.datetime(2026, 11, 22, 9, 59, tzinfo=dt.UTC), dt.date(2026, 11, 22)),
        ("Pacific/Pago_Pago", dt.datetime(2026, 11, 22, 10, 59, tzinfo=dt.UTC), dt.date(2026, 11, 21)),
        (
            "Europe/London",
            dt.datetime(2026, 3, 29, 0, 59, tzinfo=dt.UTC),
            dt.date(2026, 3, 29),
        ),  # an hour is left out
        (
            "Europe/Berlin",
            dt.datetime(2026, 10, 24, 22, 0, tzinfo=dt.UTC),
            dt.date(2026, 10, 25),
        ),  # a day of 25 hours
        ("Europe/Berlin", dt.datetime(2026, 10, 25, 22, 59, tzinfo=dt.UTC), dt.date(2026, 10, 25)),
        (
            "America/Santiago",
            dt.datetime(2026, 9, 6, 4, 0, tzinfo=dt.UTC),
            dt.date(2026, 9, 6),
        ),  # midnight does not exist
        ("Asia/Kathmandu", dt.datetime(2026, 11, 22, 18, 15, tzinfo=dt.UTC), dt.date(2026, 11, 23)),
        ("Nowhere/Atlantis", dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC), dt.date(2026, 11, 22)),
        ("", dt.datetime(2026, 11, 22, 23, 59, tzinfo=dt.UTC), dt.date(2026, 11, 22)),
    ],
)
def test_today_is_the_day_it_is_where_mia_lives(client, mia, clock, zone, instant, day):
    clock.set(instant)
    mia.set_own(TodayWishes(time_zone=zone))
    client.of(mia).post(address("today"), {"mood": "low"})
    assert anew(mia).find(Day, place_of(day)) is not None


def test_a_form_opened_before_midnight_is_kept_for_the_day_it_was_about(client, mia, clock):
    clock.set(dt.datetime(2026, 11, 22, 23, 55, tzinfo=dt.UTC))
    form = client.of(mia).get(address("today"))
    clock.forward(10 * 60)
    client.of(mia).post(address("today"), {"mood": "low", "day": hidden(form, "day"), "seen": "0"})
    assert day_of(mia, TODAY) == Day(mood="low")
    assert day_of(mia, TODAY + dt.timedelta(days=1)) is None


def test_any_past_day_can_be_written_about_for_ten_years(client, mia):
    actions.keep_wishes(mia, wishes=TodayWishes(keep_days=0))
    browser = client.of(mia)
    for day in (dt.date(2026, 11, 21), dt.date(2024, 2, 29), TODAY - dt.timedelta(days=3653)):
        assert "About this day" in browser.get(address("day", day)).text
        browser.post(address("day", day), {"line": f"about {day}"})
        assert f"about {day}" in browser.get(address("day", day)).text


@pytest.mark.parametrize(
    "day",
    [
        "2026-11-23",
        "9999-12-31",
        "2016-11-20",
        "0001-01-01",
        "2026-02-30",
        "2026-2-3",
        "20261122",
        "2026-W47-7",
        "２０２６-11-22",
        "today",
        "-",
        "2026-11-22x",
    ],
)
def test_a_day_that_is_not_there_to_be_written_about_is_not_found(client, mia, day):
    browser = client.of(mia)
    for name in ("day", "day-change", "day-erase"):
        assert browser.get(address(name, day)).status_code == 404
    assert browser.post(address("day", day), {"line": "x"}).status_code == 404
    assert list(anew(mia).every(Day)) == []


def test_a_form_cannot_name_a_day_that_has_not_begun(client, mia):
    page = client.of(mia).post(address("today"), {"line": "soon", "day": "2026-11-23"})
    assert page.status_code == 422
    assert "has not begun yet" in page.text
    assert "soon" in page.text
    assert list(anew(mia).every(Day)) == []


def test_a_day_further_back_than_days_are_kept_is_refused_kindly_and_nothing_typed_is_lost(client, mia):
    """DOMAIN 10.5: kept 90 days; it would be gone at once."""
    page = client.of(mia).get(address("day", "2026-08-01"))
    assert "would not stay" in page.text
    assert "<textarea" not in page.text  # nobody is let write what cannot be kept
    assert address("today-wishes") in page.text
    page = client.of(mia).post(address("day", "2026-08-01"), {"line": "long ago"})
    assert page.status_code == 422
    assert "would not stay" in page.text
    assert "long ago" in page.text


def test_a_day_kept_in_another_zone_that_is_tomorrow_here_can_still_be_read_and_changed(client, mia, clock):
    clock.set(dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC))
    mia.set_own(TodayWishes(time_zone="Pacific/Kiritimati"))
    client.of(mia).post(address("today"), {"line": "on the island"})
    mia.set_own(TodayWishes(time_zone="Pacific/Pago_Pago"))
    tomorrow = dt.date(2026, 11, 23)
    assert "on the island" in client.of(mia).get(address("day", tomorrow)).text
    client.of(mia).post(address("day", tomorrow), {"line": "at home", "seen": "1"})
    assert day_of(mia, tomorrow).line == "at home"
    assert client.of(mia).get(address("history")).status_code == 200


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "most"), [("line", LINE_MOST), ("good", GOOD_MOST)], ids=["line", "good thing"]
)
def test_a_text_that_is_too_long_is_told_kindly_and_stays_in_the_box(client, mia, name, most):
    browser = client.of(mia)
    page = browser.post(address("today"), {name: "ä" * (most + 1), "mood": "low"})
    assert page.status_code == 422
    assert "ä" * (most + 1) in page.text
    assert re.search(r'value="low" checked', page.text)
    assert day_of(mia) is None
    browser.post(address("today"), {name: "ä" * most})
    assert getattr(day_of(mia), name) == "ä" * most


def test_a_page_that_could_not_be_kept_says_so_at_its_top(client, mia):
    page = client.of(mia).post(address("today"), {"line": "a" * (LINE_MOST + 1)}, headers=HTMX)
    assert page.text.index("Not kept yet") < page.text.index("How did you sleep?")


@pytest.mark.parametrize("sign", [*SIGNS, "good_form"])
@pytest.mark.parametrize("code", ["10", "WELL", "well ", "<b>", "none\0", "ｗｅｌｌ"])
def test_an_answer_that_is_not_one_of_the_words_is_refused_and_the_rest_stays(client, mia, sign, code):
    if code == "none\0" and sign == "urges":
        code = "none\0none"
    page = client.of(mia).post(address("today"), {sign: code, "line": "still here"})
    assert page.status_code == 422
    assert "still here" in page.text
    assert "not one of the answers" in page.text
    assert day_of(mia) is None


def test_unseen_signs_are_refused_with_a_kind_word_and_the_words_stay(client, mia):
    page = client.of(mia).post(address("today"), {"line": "ze\0bra\x07 \x1b[31mred"})
    assert page.status_code == 422
    assert "zebra [31mred" in page.text
    assert "unseen signs" in page.text


def test_signs_that_turn_the_page_around_are_taken_out_and_arabic_stays(client, mia):
    client.of(mia).post(address("today"), {"line": "a\u202eb\u2066c\u2069 مرحبا\u200f"})
    assert day_of(mia).line == "abc مرحبا\u200f"


def test_what_is_written_is_shown_as_text_and_never_as_a_page(client, mia):
    client.of(mia).post(address("today"), {"line": "<script>alert(1)</script>", "good": "{{ 7*7 }} <b>x"})
    page = client.of(mia).get(address("day", TODAY)).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7*7 }} &lt;b&gt;x" in page


@pytest.mark.parametrize("seen", ["-1", "x", "9" * 40, "１", "1e3", ""])
def test_a_strange_version_in_the_form_overwrites_nothing(client, mia, seen):
    actions.keep_day(mia, day=TODAY, record=Day(line="safe"), seen=0)
    assert client.of(mia).post(address("today"), {"line": "other", "seen": seen}).status_code == 409
    assert day_of(mia).line == "safe"


@pytest.mark.parametrize("at", ["urges", "nonsense", "sleep", "good"])
@pytest.mark.parametrize("go", ["next", "back", "keep", "", "up"])
def test_a_strange_step_is_still_a_page(client, mia, at, go):
    page = client.of(mia).post(address("today"), {"at": at, "go": go, "sleep": "nonsense", "line": "kept"})
    assert page.status_code == 422
    assert "kept" in page.text


# --- whose it is ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("today", ()),
        ("day", ("2026-11-21",)),
        ("day-change", ("2026-11-21",)),
        ("day-erase", ("2026-11-21",)),
        ("history", ()),
        ("history-month", ("2026-11",)),
        ("good-things", ()),
        ("good-things-until", ("2026-11-22",)),
        ("today-wishes", ()),
    ],
)
def test_nobody_else_reads_or_writes_a_persons_day(client, mia, aya, name, args):
    actions.keep_day(mia, day=dt.date(2026, 11, 21), record=Day(line="zebra", good="giraffe"), seen=0)
    for browser in (client, client.of(aya)):
        page = browser.get(address(name, *args), follow=True)
        assert "zebra" not in page.text
        assert "giraffe" not in page.text
    client.post(address(name, *args), {"line": "taken", "seen": "1"})
    client.of(aya).post(address(name, *args), {"line": "taken", "seen": "1"})
    assert day_of(mia, dt.date(2026, 11, 21)).line == "zebra"


def test_nothing_of_a_day_is_readable_on_the_disk_or_in_a_log(client, mia, every_byte_on_disk, caplog):
    form = {"line": "zebra-canary", "good": "giraffe-canary", "mood": "heavy"}
    client.of(mia).post(address("today"), form)
    client.of(mia).post(address("today"), form | {"line": "x" * 3000 + "okapi-canary"})
    there = every_byte_on_disk()
    (kept,) = anew(mia).every(Day)
    said = caplog.text + repr(kept) + repr(kept.record) + repr(access.day_view(kept))
    for secret in ("zebra-canary", "giraffe-canary", "okapi-canary"):
        assert secret.encode() not in there
        assert secret not in said
    assert b"heavy" not in there
    assert "heavy" not in said
