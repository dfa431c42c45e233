"""How a programme is set up, what keeps it shut until then, and what everybody may read about it (DOMAIN 4)."""

import datetime as dt

import pytest
from django.http import HttpRequest

import ibasho.urls  # noqa: F401  addresses exist once the rooms have listed theirs
from ibasho import vault
from ibasho.errors import NotFound
from ibasho.people.records import Profile
from ibasho.programme import access, actions, lines, telling
from ibasho.programme.forms import is_neutral_address, plain
from ibasho.programme.records import NEUTRAL_PAGE, Duty, Programme, altered
from ibasho.web.addresses import address
from ibasho.web.cover import ICONS

WRITTEN = {
    "run_by": "The Thursday people",
    "country": "IS",
    "server_place": "A cupboard in Leeds",
    "keys_held_by": "Daniel and Ruth",
    "employer": "No employer runs, pays for or sees any of this.",
    "hours": "Thursdays 18 to 21",
    "outside_hours": "Call a line.",
    "no_duties": "on",
    "if_suicide": "Somebody stays with you.",
    "above_helpers": "Write to Ruth.",
    "supervisor": "Ruth",
    "emergency_contact": "Daniel, 0113 496 0000",
    "retention": "Ninety days.",
    "backup_owner": "Ruth",
    "when_away": "Ruth goes on.",
}


@pytest.fixture
def shut(programme):
    """A programme nobody has set up."""
    vault.set_setting("programme", Programme())


@pytest.fixture
def browser(client, clock, daniel, shut):
    """Daniel's browser, on the first evening."""
    return client.of(daniel)


def save(browser, **said):
    now = access.programme()
    return browser.post(address("set-up"), WRITTEN | {"seen": now.saved} | said)


def look_at_every_line(browser, answer="right", by="Daniel"):
    rows = lines.to_confirm(access.programme().country)
    form = {f"line{place}": answer for place in range(len(rows))} | {"by": by}
    return browser.post(address("set-up-lines"), form)


# Until it is open


def test_until_the_doors_are_open_only_lines_exercises_and_ones_own_pages_work(client, clock, mia, shut):
    """DOMAIN 4.3."""
    browser = client.of(mia)

    for name in ("today", "history"):
        early = browser.get(address(name))
        assert early.status_code == 403
        assert "Not open yet" in early.text
    for name in ("account", "export", "erase", "change-words", "arrive"):
        assert browser.get(address(name)).status_code == 200
    for name in ("help", "about"):
        assert browser.get(address(name)).status_code == 200


def test_once_they_are_open_everything_works(client, clock, mia):
    browser = client.of(mia)

    for name in ("today", "history", "account", "about"):
        assert browser.get(address(name)).status_code == 200


def test_the_facilitator_is_led_to_the_set_up_and_mia_is_not(client, clock, daniel, mia, shut):
    assert client.of(daniel).get("/").headers["Location"] == address("set-up")
    assert client.of(mia).get("/").headers["Location"] == address("today")
    assert address("set-up") in client.of(daniel).get(address("today")).text
    assert address("set-up") not in client.of(mia).get(address("today")).text


# Setting up


def test_daniel_opens_the_programme_once_everything_is_written_down(browser):
    """DOMAIN 4.3."""
    assert save(browser).status_code == 303
    look_at_every_line(browser)

    assert save(browser, then="open").status_code == 303

    assert access.is_open()
    assert browser.get(address("today")).status_code == 200


@pytest.mark.parametrize("left_out", [name for name in access.NEEDED if name not in ("lines_checked",)])
def test_whatever_is_missing_keeps_the_doors_shut_and_is_named(browser, left_out):
    """DOMAIN 4.3."""
    save(browser)
    look_at_every_line(browser)

    answer = save(browser, then="open", **{"no_duties" if left_out == "duties" else left_out: ""})

    assert answer.status_code == 422
    assert str(access.NEEDED[left_out]).replace("'", "&#39;") in answer.text
    assert not access.is_open()


def test_lines_nobody_looked_at_keep_the_doors_shut(browser):
    """DOMAIN 7.2."""
    answer = save(browser, then="open")

    assert answer.status_code == 422
    assert str(access.NEEDED["lines_checked"]) in answer.text
    assert not access.is_open()


def test_half_of_it_can_be_kept_for_another_day(browser):
    browser.post(address("set-up"), {"seen": 0, "run_by": "The Thursday people"})

    page = browser.get(address("set-up")).text
    assert "The Thursday people" in page
    assert str(access.NEEDED["supervisor"]) in page


def test_everything_stays_on_the_page_when_something_does_not_fit(browser):
    answer = save(browser, quick_exit="http://weather.example", run_by="zebra", **{"duty0-what": "a thing"})

    assert answer.status_code == 422
    assert "zebra" in answer.text
    assert 'value="a thing"' in answer.text
    assert "http://weather.example" in answer.text
    assert access.programme() == Programme()


def test_duties_are_written_one_by_one_with_who_decides(browser):
    """DOMAIN 4.2, 4."""
    duties = {
        "duty0-what": "A child who is being hurt",
        "duty0-who_decides": "Daniel",
        "duty0-required": "on",
        "duty1-what": "",
        "duty2-what": "Selling anything",
    }

    save(browser, **duties)

    assert access.programme().duties == (
        Duty("A child who is being hurt", "Daniel", required=True),
        Duty("Selling anything"),
    )
    assert not access.programme().no_duties  # what is written down counts
    page = browser.get(address("set-up")).text
    assert page.count("duty0-what") > 0
    assert 'name="duty4-what"' in page  # and there is room for more


def test_a_duty_is_taken_away_by_emptying_its_row(browser):
    save(browser, **{"duty0-what": "one", "duty1-what": "two"})

    save(browser, **{"duty0-what": "", "duty1-what": "two"})

    assert access.programme().duties == (Duty("two"),)


def test_two_who_write_at_once_do_not_overwrite_each_other_unseen(browser):
    save(browser, run_by="Ruth's people")

    answer = browser.post(address("set-up"), WRITTEN | {"seen": 0, "run_by": "Daniel's people"})

    assert answer.status_code == 409
    assert "Daniel&#39;s people" in answer.text
    assert access.programme().run_by == "Ruth's people"


def test_what_people_are_told_gets_a_new_number_when_it_changes_and_only_then(browser):
    save(browser)
    first = access.programme().telling
    save(browser, supervisor="Somebody else")
    assert access.programme().telling == first

    save(browser, hours="Never")

    assert access.programme().telling == first + 1


@pytest.mark.parametrize("name", telling.TOLD)
def test_each_thing_people_are_told_counts_for_the_number(daniel, shut, name):
    other = {"duties": (Duty("x"),), "no_duties": True, "backup_days": 3}.get(name, "something else")
    actions.save_set_up(daniel, seen=0, run_by="a")
    before = access.programme()

    actions.save_set_up(daniel, seen=before.saved, **{name: other})

    assert access.programme().telling == before.telling + 1


def test_an_open_programme_cannot_lose_what_it_needs(browser):
    save(browser)
    look_at_every_line(browser)
    save(browser, then="open")

    answer = save(browser, supervisor="")

    assert answer.status_code == 422
    assert access.programme().supervisor == "Ruth"
    assert save(browser, supervisor="Somebody else").status_code == 303


def test_lines_that_are_new_in_the_table_are_looked_at_one_by_one_while_the_doors_are_open(browser, daniel):
    save(browser)
    look_at_every_line(browser)
    save(browser, then="open")
    now = access.programme()
    rows = lines.to_confirm(now.country)
    assert len(rows) > 1
    vault.set_setting(
        "programme", altered(now, lines_checked={})
    )  # as if all of them had come with an update

    assert browser.post(address("set-up-lines"), {"line0": "right", "by": "Ruth"}).status_code == 303
    assert list(access.programme().lines_checked) == [rows[0].key]
    assert save(browser, hours="Every evening").status_code == 303
    assert save(browser, hours="").status_code == 422
    assert access.programme().hours == "Every evening"


def test_a_change_shows_in_every_worker_at_once(daniel, shut):
    assert access.cover_name(HttpRequest()) == "Kettle"

    actions.save_set_up(daniel, seen=0, cover="Garden")

    assert access.cover_name(HttpRequest()) == "Garden"


def test_the_name_on_the_door_is_the_usual_one_when_the_database_does_not_answer(programme, monkeypatch):
    def broken(*args):
        raise vault.StorageTrouble

    monkeypatch.setattr(vault, "setting", broken)

    assert access.cover_name(HttpRequest()) == "Kettle"
    assert access.cover_icon(HttpRequest()) == "kettle"


def test_daniel_chooses_a_drawing_and_it_stands_on_every_page(browser, client):
    page = browser.get(address("set-up")).text
    assert all(f'name="cover_icon" value="{icon}"' in page for icon in ICONS)

    assert save(browser, cover_icon="leaf").status_code == 303

    assert "icons/leaf." in client.get("/").text
    assert 'value="leaf" checked' in browser.get(address("set-up")).text


def test_a_drawing_nobody_drew_is_asked_for_again(browser):
    answer = save(browser, cover_icon="zebra")

    assert answer.status_code == 422
    assert "That was not one of the answers." in answer.text
    assert access.programme().cover_icon == "kettle"


# Lines


def test_every_line_is_confirmed_with_the_day_and_who_looked(browser, clock):
    """DOMAIN 4.3, 7.2."""
    save(browser)

    look_at_every_line(browser, by="Ruth")

    checked = access.programme().lines_checked
    assert set(checked) == {line.key for line in lines.to_confirm("IS")}
    assert {(check.on, check.by, check.right) for check in checked.values()} == {
        (clock.at.date(), "Ruth", True)
    }
    assert "by Ruth" in browser.get(address("set-up-lines")).text


def test_a_line_found_wrong_is_kept_as_wrong(browser):
    save(browser)

    look_at_every_line(browser, "wrong")

    assert not any(check.right for check in access.programme().lines_checked.values())
    assert lines.lines_of("IS", access.programme().lines_checked) == []


def test_without_a_name_nothing_is_confirmed_and_the_answers_stay(browser):
    save(browser)

    answer = look_at_every_line(browser, by="  ")

    assert answer.status_code == 422
    assert answer.text.count(" checked") == len(lines.to_confirm("IS"))
    assert access.programme().lines_checked == {}


def test_a_line_of_another_country_is_not_confirmed_by_the_way(daniel, shut):
    actions.save_set_up(daniel, seen=0, country="IS")

    actions.check_lines(daniel, answers={lines.to_confirm("GB")[0].key: True}, by="Daniel")

    assert access.programme().lines_checked == {}


# Who may


@pytest.mark.parametrize("person", ["mia", "tom"])
def test_for_members_and_helpers_there_is_no_such_page(client, clock, person, request, daniel, shut):
    """Attack 27."""
    browser = client.of(request.getfixturevalue(person))

    for name in ("set-up", "set-up-lines"):
        assert browser.get(address(name)).status_code == 404
        assert browser.post(address(name), WRITTEN | {"seen": 0, "by": "Mia"}).status_code == 404
        assert client.of(daniel).get(address(name)).status_code == 200
    assert access.programme() == Programme()


@pytest.mark.parametrize("person", ["mia", "tom"])
@pytest.mark.parametrize(
    "do",
    [
        lambda space: actions.save_set_up(space, seen=0, run_by="me"),
        lambda space: actions.check_lines(space, answers={}, by="me"),
        actions.open_programme,
    ],
)
def test_nobody_else_changes_how_it_runs(person, do, request, shut):
    with pytest.raises(NotFound):
        do(request.getfixturevalue(person))

    assert access.programme() == Programme()


def test_without_a_rule_nobody_may(daniel, monkeypatch):
    assert access.may_set_up(daniel)
    monkeypatch.setattr(access, "_rule", [])

    assert not access.may_set_up(daniel)


def test_a_helper_who_became_a_facilitator_may(tom, shut):
    tom.set_own(Profile(name="Tom", roles=("helper", "facilitator")))

    assert actions.save_set_up(tom, seen=0, run_by="Tom").run_by == "Tom"


# What everybody may read


def test_everybody_may_read_who_runs_this_and_what_was_asked(client, clock, mia):
    """DOMAIN 10.6."""
    now = Programme(
        run_by="The Thursday people",
        country="GB",
        opened_on=dt.date(2026, 11, 1),
        requests_received=3,
        requests_answered=1,
        requests_as_of=dt.date(2026, 11, 20),
        emergency_contact="Daniel, 0113 496 0000",
    )
    vault.set_setting("programme", now)

    outside, inside = client.get("/about"), client.of(mia).get("/about")

    assert "This is run by The Thursday people." in outside.text
    assert "20 November 2026" in outside.text
    for number in ("<dd>3</dd>", "<dd>1</dd>", "<dd>2</dd>"):
        assert number in outside.text
    assert "0113 496 0000" not in outside.text
    assert "0113 496 0000" in inside.text


def test_a_place_nobody_set_up_says_so(client, shut):
    page = client.get("/about").text

    assert "still being set up" in page
    assert "Some of this is not written down yet." in page


# What may be typed


@pytest.mark.parametrize("fine", [NEUTRAL_PAGE, "https://weather.example", "https://a-b.example.org/x?y=1#z"])
def test_a_dull_page_may_be_any_https_address(fine):
    assert is_neutral_address(fine)


@pytest.mark.parametrize(
    "not_fine",
    [
        "http://weather.example",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://user:pass@weather.example/",
        "https://weather.example:8443/",
        "https://weather.example/\nX: y",
        "https://weather.example/ x",
        "javascript:alert(1)",
        "//weather.example",
        "https://wétter.example",
        "https://[::1",
        "https://" + "a" * 300 + ".example",
        "",
    ],
)
def test_anything_else_is_no_page_to_send_people_to(not_fine):
    assert not is_neutral_address(not_fine)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  a \t b  ", "a b"),
        ("a\x00b\x07", "ab"),
        ("a\u202eb\u2066", "ab"),
        ("a\nb", "a b"),
        ("\udc80x", "x"),
        ("e\u0301", "é"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # this joiner is spelling in Persian
    ],
)
def test_what_cannot_be_read_is_left_out(typed, kept):
    assert plain(typed) == kept


def test_lines_of_a_longer_text_stay_lines():
    assert plain("a\r\nb\rc", lines_too=True) == "a\nb\nc"
