"""What somebody may count on when they look back: at a month, at ten weeks, at what was good."""

import datetime as dt
import re

import pytest

from ibasho import vault
from ibasho.today import access, actions
from ibasho.today.records import SIGNS, Day, FoundOld, TodayWishes, place_of
from ibasho.web.addresses import address

TODAY = dt.date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _morning(clock):
    """It is half past nine in the morning of 22 November 2026."""


@pytest.fixture
def boxes_read(programme, monkeypatch):
    """How many sealed boxes were taken out of the database since this was last cleared."""
    read: list[bytes] = []
    take = programme.store.boxes
    monkeypatch.setattr(type(programme.store), "boxes", lambda store, ids: read.extend(ids) or take(ids))
    return read


def anew(space):
    """The same place, as the next request opens it."""
    return vault.Space(space._vault, space._root)


def keep(space, back, **said):
    day = TODAY - dt.timedelta(days=back)
    actions.keep_day(space, day=day, record=Day(**said), seen=0)
    return day


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


# --- the month -----------------------------------------------------------------------------------


def test_a_kept_day_is_marked_and_a_blank_one_is_simply_a_day(client, mia):
    """DOMAIN 2.7: missing days are blank, never red; and colour is not the only mark."""
    keep(mia, 2, mood="low")
    page = client.of(mia).get(address("history")).text
    kept = re.search(
        rf'<a class="kept" href="{address("day", "2026-11-20")}" aria-label="20 November, kept">20</a>', page
    )
    blank = re.search(
        rf'<a class="" href="{address("day", "2026-11-19")}" aria-label="19 November">19</a>', page
    )
    assert kept
    assert blank
    assert '<span class="later">23</span>' in page
    assert 'aria-current="date"' in page


@pytest.mark.parametrize(
    ("month", "weeks", "first_row"),
    [("2026-11", 6, 1), ("2026-06", 5, 7), ("2026-02", 5, 1), ("2024-02", 5, 4), ("2021-02", 4, 7)],
)
def test_every_month_has_its_shape_from_monday_to_sunday(mia, month, weeks, first_row):
    view = access.month_view(mia, dt.date.fromisoformat(f"{month}-01"))
    assert len(view.weeks) == weeks
    assert {len(week) for week in view.weeks} == {7}
    assert sum(1 for cell in view.weeks[0] if cell.day) == first_row
    days = [cell.day for week in view.weeks for cell in week if cell.day]
    assert days == [str(number) for number in range(1, len(days) + 1)]


def test_one_can_turn_from_month_to_month_over_new_year_and_not_into_the_future(client, mia, clock):
    clock.set(dt.datetime(2027, 1, 10, 12, tzinfo=dt.UTC))
    page = client.of(mia).get(address("history")).text
    assert f'href="{address("history-month", "2026-12")}"' in page
    assert address("history-month", "2027-02") not in page
    page = client.of(mia).get(address("history-month", "2026-12")).text
    assert f'href="{address("history-month", "2027-01")}"' in page


@pytest.mark.parametrize(
    "month", ["2026-12", "2027-01", "2026-13", "2026-1", "x", "0000-01", "1200-05", "9999-12"]
)
def test_a_month_that_is_not_there_is_not_found(client, mia, month):
    assert client.of(mia).get(address("history-month", month)).status_code == 404


# --- ten weeks -----------------------------------------------------------------------------------


def test_each_sign_has_a_picture_and_the_same_as_a_table(client, mia):
    keep(mia, 3, sleep="well", mood="low")
    keep(mia, 2, sleep="hardly")
    page = client.of(mia).get(address("history")).text
    assert page.count('<svg class="chart"') == 2
    assert 'aria-label="Sleep, from 14 September to 22 November"' in page
    assert re.search(r'<th scope="row">20 November</th>\s*<td>hardly</td>', page)
    assert re.search(r'<th scope="row">19 November</th>\s*<td>well</td>', page)
    for word in ("well", "so-so", "a little", "hardly"):
        assert f">{word}</text>" in page
    assert not re.search(r"<text[^>]*>[^<]*\d[^<]*</text>", page)  # words, not numbers


def test_a_gap_in_a_chart_is_a_gap(mia):
    """DOMAIN 2.7: nobody reads a low point into a day without a word."""
    for back in (5, 4, 2):
        keep(mia, back, mood="light")
    picture = access.month_view(mia, TODAY.replace(day=1)).charts[0].picture
    assert picture.count("<circle") == 3
    (thread,) = re.findall(r'class="thread" d="([^"]*)"', picture)
    assert thread.count("M") == 1


def test_ten_weeks_without_a_word_are_told_kindly(client, mia):
    assert "Nothing has to be." in client.of(mia).get(address("history")).text


def test_ten_years_open_only_the_chapters_that_are_shown(client, mia, boxes_read, clock):
    """Ten years of days open as quickly as ten weeks."""
    mia.set_own(TodayWishes(keep_days=0))
    for months in range(120):
        year, month = divmod(2016 * 12 + 11 + months, 12)
        for day in (3, 14):
            mia.put(Day(sleep="well", good="tea"), place_of(dt.date(year, month + 1, day)))
    counts = {}
    for name, *args in (("today",), ("history",), ("history-month", "2019-05"), ("good-things",)):
        browser = client.of(mia)
        boxes_read.clear()
        assert browser.get(address(name, *args)).status_code == 200
        counts[name] = len(boxes_read)
    # the table of contents, the archive, at most four chapters and the two days in each
    assert counts["today"] <= 4
    assert max(counts.values()) <= 2 + 4 * 3


def test_other_years_can_be_reached_in_one_step(client, mia):
    mia.set_own(TodayWishes(keep_days=0))
    for day in (dt.date(2019, 5, 3), dt.date(2019, 8, 9), dt.date(2024, 1, 1)):
        mia.put(Day(mood="low"), place_of(day))
    page = client.of(mia).get(address("history")).text
    assert f'href="{address("history-month", "2019-08")}">2019</a>' in page
    assert f'href="{address("history-month", "2024-01")}">2024</a>' in page
    assert f'href="{address("history-month", "2026-11")}">2026</a>' in page


# --- good things ---------------------------------------------------------------------------------


def test_good_things_are_listed_week_by_week_with_the_newest_first(client, mia):
    keep(mia, 0, good="I came")
    keep(mia, 6, good="I rested", good_form="got-through")
    keep(mia, 7, good="I sang", good_form="like")
    keep(mia, 1, good_form="nothing")
    said = text_of(client.of(mia).get(address("good-things")))
    order = [said.index(part) for part in ("16 November", "I came", "I rested", "9 November", "I sang")]
    assert order == sorted(order)
    assert "Something I got through" in said
    assert "Nothing that day" not in said


def test_older_good_things_are_a_page_away_and_none_is_on_two_pages(client, mia):
    mia.set_own(TodayWishes(keep_days=0))
    days = [keep(mia, back, good=f"thing-{back:03}") for back in range(0, 200, 5)]
    browser, seen, older = client.of(mia), [], [address("good-things")]
    while older:
        page = browser.get(older[0])
        found = re.findall(r"thing-\d+", page.text)
        assert found
        assert not set(found) & set(seen)
        seen += found
        older = re.findall(r'href="([^"]+)"><svg[^>]*d-back[^>]*>.*?</svg>Earlier', page.text)
    assert seen == [f"thing-{back:03}" for back in range(0, 200, 5)]
    assert len(days) == len(seen)
    (newer,) = re.findall(r'href="([^"]+)">Later', page.text)
    assert "thing-" in browser.get(newer).text


@pytest.mark.parametrize("until", ["x", "2026-13-01", "0001-01-01", "9999-12-31"])
def test_a_list_until_no_day_at_all_is_not_found(client, mia, until):
    assert client.of(mia).get(address("good-things-until", until)).status_code == 404


# --- erasing -------------------------------------------------------------------------------------


def test_erasing_a_day_asks_once_and_then_it_is_gone(client, mia):
    keep(mia, 1, line="zebra")
    browser, where = client.of(mia), address("day-erase", "2026-11-21")
    page = browser.get(where)
    assert "Erase this day?" in page.text
    assert "zebra" not in page.text
    assert access.find_day(anew(mia), dt.date(2026, 11, 21)) is not None
    assert browser.post(where).status_code == 303
    assert access.find_day(anew(mia), dt.date(2026, 11, 21)) is None
    assert browser.post(where).status_code == 303  # sent twice: still gone
    assert "About this day" in browser.get(address("day", "2026-11-21")).text


def test_of_an_erased_day_not_one_sealed_byte_is_left(mia, programme, every_byte_on_disk):
    keep(mia, 2, line="stays")
    keep(mia, 1, line="goes")

    def boxes():
        return dict(programme.store.rows("SELECT id, body FROM box"))

    before = boxes()
    actions.erase_day(mia, day=TODAY - dt.timedelta(days=1))
    gone = [body for id_, body in before.items() if id_ not in boxes()]
    assert gone
    there = every_byte_on_disk()
    assert not any(body[60:] in there for body in gone)


def test_a_change_leaves_nothing_of_what_was_written_before(mia, programme):
    keep(mia, 1, line="first")
    day = TODAY - dt.timedelta(days=1)
    actions.keep_day(mia, day=day, record=Day(line="second"), seen=1)
    assert [kept.record.line for kept in anew(mia).every(Day)] == ["second"]


# --- how long ------------------------------------------------------------------------------------


def kept_lines(space):
    return [kept.record.line for kept in anew(space).every(Day)]


def test_days_are_kept_for_90_days_unless_somebody_wishes_otherwise(client, mia, clock):
    """DOMAIN 10.5."""
    keep(mia, 90, line="oldest")
    keep(mia, 89, line="next")
    keep(mia, 40, line="later")
    clock.forward(24 * 3600)
    client.of(mia).get(address("today"))
    clock.forward(24 * 3600)
    client.of(mia).get(address("today"))
    assert kept_lines(mia) == ["next", "later"]
    clock.forward(80 * 24 * 3600)
    client.of(mia).get(address("history"))
    clock.forward(20 * 3600)
    client.of(mia).get(address("good-things"))
    assert kept_lines(mia) == []


def test_no_visit_under_a_clock_that_is_wrong_erases_anything(client, mia, clock):
    """A dead battery, a bad time server, somebody with the machine for a minute."""
    keep(mia, 90, line="oldest")
    keep(mia, 1, line="yesterday")
    clock.forward(24 * 3600)
    client.of(mia).get(address("today"))  # "oldest" is found too old
    true = clock.at

    clock.forward(200 * 24 * 3600)
    browser = client.of(mia)
    for page in ("today", "history", "good-things"):
        browser.get(address(page))
    browser.post(address("today"), {"line": "written under a wrong clock"})
    browser.post(address("today-wishes"), {"keep_days": "90", "urges_on": "on"})
    clock.forward(3600)
    client.of(mia).get(address("today"))
    assert kept_lines(mia) == ["yesterday", "written under a wrong clock"]

    clock.set(true)
    for _ in range(4):
        client.of(mia).get(address("today"))
        clock.forward(24 * 3600)
    assert "yesterday" in kept_lines(mia)


def test_days_go_even_when_somebody_comes_once_a_month(client, mia, clock):
    keep(mia, 80, line="goes")
    for _ in range(3):
        clock.forward(30 * 24 * 3600)
        client.of(mia).get(address("today"))
    assert kept_lines(mia) == []


def test_a_visit_that_finds_nothing_old_keeps_nothing_of_itself(client, mia):
    keep(mia, 40, line="later")
    client.of(mia).get(address("today"))
    assert anew(mia).own(FoundOld).at is None


def test_a_full_disk_lets_old_days_wait_and_still_shows_the_page(client, mia, clock, programme, monkeypatch):
    keep(mia, 90, line="oldest")
    clock.forward(24 * 3600)
    client.of(mia).get(address("today"))
    clock.forward(24 * 3600)
    browser = client.of(mia)

    def full(*_args, **_options):
        raise vault.StorageTrouble

    with monkeypatch.context() as patch:
        patch.setattr(type(programme.store), "commit", full)
        assert browser.get(address("today")).status_code == 200
        page = browser.post(address("today"), {"line": "no room"})
        assert page.status_code == 503
        assert "no room</textarea>" in page.text  # nothing typed is lost
    browser.get(address("today"))
    assert list(anew(mia).every(Day)) == []


@pytest.mark.parametrize(("wish", "left"), [(90, 1), (365, 2), (0, 3)])
def test_a_year_or_until_erased_can_be_chosen(client, mia, clock, wish, left):
    mia.set_own(TodayWishes(keep_days=0))
    for back in (1, 300, 2000):
        keep(mia, back, mood="low")
    browser = client.of(mia)
    browser.post(address("today-wishes"), {"keep_days": str(wish), "sure": "yes"})
    browser.get(address("history"))
    assert len(list(anew(mia).every(Day))) == left


# --- taking it along -----------------------------------------------------------------------------


def test_the_export_tells_each_day_in_plain_words(mia):
    record = Day(
        sleep="little", urges="none", line="rain\nand wind", good="I called", good_form="got-through"
    )
    actions.keep_day(mia, day=TODAY, record=record, seen=0)
    files = dict(vault.export(mia))
    assert files["day.txt"].decode() == (
        "Sunday, 22 November 2026\nSleep: a little\nUrges: none\nrain\nand wind\nSomething I got through: I called"
    )
    assert b'"sleep"' in files["day.json"]


def test_every_answer_has_its_own_words(mia):
    for sign, codes in SIGNS.items():
        told = set()
        for code in codes:
            view = access.day_view(vault.Kept("2026-11/22", 1, dt.datetime.now(dt.UTC), Day(**{sign: code})))
            told.add(view.answers[0])
            assert code == "none" or access.marked_urges(Day(urges=code)) or sign != "urges"
        assert len(told) == 4
