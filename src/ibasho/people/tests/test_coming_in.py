"""What the door promises: one's words open it, and nothing else tells anybody anything (VAULT 2, 4)."""

import re

import pytest
from django.test import Client

from ibasho import vault
from ibasho.bell import actions as bell
from ibasho.circle import visits
from ibasho.people import actions as people
from ibasho.people import door
from ibasho.people.tests.browser import hidden
from ibasho.programme.records import Programme
from ibasho.vault import sessions, suite, throttle
from ibasho.web.addresses import address
from ibasho.web.logs import QuietFormatter

COOKIE = door.COOKIE


def opened(client):
    """Whether a private page answers in this browser."""
    return client.get(address("account")).status_code == 200


def without_secrets(page):
    """A page's text without what is different every time."""
    return re.sub(r'value="[^"]*"', "", page.text)


# Coming in


def test_mia_comes_in_with_her_words(visitor, client, mia, words_of):
    answer = visitor.come_in(words_of["mia"])

    assert answer.status_code == 303
    assert opened(client)


def test_capitals_commas_and_spare_spaces_are_forgiven(visitor, client, mia, words_of):
    visitor.come_in("  " + words_of["mia"].upper().replace(" ", ",   ") + ". ")

    assert opened(client)


def test_the_cookie_goes_back_to_this_host_alone_and_no_script_reads_it(visitor, mia, words_of):
    """Attack 26."""
    cookie = visitor.come_in(words_of["mia"]).cookies[COOKIE]

    assert COOKIE.startswith("__Host-")
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (
        True,
        True,
        "Strict",
        "/",
    )
    assert not cookie["max-age"]
    assert not cookie["expires"]
    assert not cookie["domain"]


def test_wrong_words_old_words_and_no_words_at_all_are_one_answer(visitor, mia, words_of):
    """Attack 49."""
    answers = [
        visitor.come_in(typed)
        for typed in (
            "otter badger acorn maple birch kettle",  # nobody's
            words_of["mia"].rpartition(" ")[0],  # one too few
            "xyzzy plugh nothing on any list",
            "",
            "\x00",
            "1 2 3",
        )
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert len({without_secrets(answer) for answer in answers}) == 1
    assert "did not open a door" in answers[0].text


def test_what_mia_typed_is_still_in_the_field_after_a_slip(visitor, mia):
    answer = visitor.come_in("veranda teapot lantern kettle meadow")

    assert "veranda teapot lantern kettle meadow" in answer.text


def test_far_too_much_is_refused_before_any_work_is_done(visitor, mia, monkeypatch):
    """Attack 51."""

    def never(*args, **options):
        raise AssertionError("words were stretched")

    monkeypatch.setattr(suite, "stretch", never)

    answer = visitor.come_in("otter " * 20_000)

    assert answer.status_code == 400
    assert "otter otter" not in answer.text


def test_nine_megabytes_in_the_field_are_refused_before_any_work_is_done(visitor, mia, monkeypatch):
    """Attack 51."""
    monkeypatch.setattr(suite, "stretch", lambda *a, **o: pytest.fail("words were stretched"))

    assert visitor.come_in("o" * 9_000_000).status_code == 413


def test_many_tries_from_one_network_rest_for_ten_minutes_and_others_go_on(
    visitor, client, mia, words_of, clock
):
    for _ in range(throttle.TRIES):
        assert visitor.come_in("otter badger acorn maple birch kettle").status_code == 403

    resting = visitor.come_in(words_of["mia"])
    assert resting.status_code == 429
    assert int(resting.headers["Retry-After"]) > 0
    assert words_of["mia"] in resting.text

    page = client.get("/")
    clock.forward(3)
    form = {"words": words_of["mia"], "ticket": hidden(page, "ticket")}
    assert client.post("/", form, REMOTE_ADDR="198.51.100.9").status_code == 303


def test_people_who_get_in_use_up_nobodys_tries(visitor, client, mia, words_of):
    for _ in range(throttle.TRIES + 2):
        assert visitor.come_in(words_of["mia"], page=client.get("/join")).status_code == 303


def test_behind_a_proxy_the_networks_are_told_apart_by_its_header(client, mia, clock, settings_of_proxy):
    def knock(ip):
        page = client.get("/")
        clock.forward(3)
        form = {"words": "otter badger", "ticket": hidden(page, "ticket")}
        return client.post("/", form, headers={"X-Real-IP": ip}).status_code

    for _ in range(throttle.TRIES):
        knock("203.0.113.9")

    assert knock("203.0.113.77") == 429  # the same network
    assert knock("198.51.100.1") == 403


@pytest.fixture
def settings_of_proxy(monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "IBASHO_PROXY", True)


def test_a_header_from_outside_is_not_believed_without_a_proxy(client, mia, clock):
    for number in range(throttle.TRIES + 1):
        page = client.get("/")
        clock.forward(3)
        form = {"words": "otter badger", "ticket": hidden(page, "ticket")}
        header = {"X-Real-IP": f"198.51.{number}.1"}
        last = client.post("/", form, headers=header, REMOTE_ADDR="203.0.113.20")

    assert last.status_code == 429


def test_when_the_door_is_crowded_mia_is_told_and_nothing_she_typed_is_lost(
    visitor, mia, words_of, monkeypatch
):
    """Attack 50."""

    def crowded(words):
        raise vault.Busy

    monkeypatch.setattr(vault, "open_door", crowded)

    answer = visitor.come_in(words_of["mia"])

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert words_of["mia"] in answer.text


def test_a_form_sent_at_once_waits_a_moment_rather_than_being_refused(
    client, mia, words_of, clock, monkeypatch
):
    """VAULT 4.4."""
    waited = []
    monkeypatch.setattr(vault, "wait_at_the_door", waited.append)
    page = client.get("/")

    answer = client.post("/", {"words": words_of["mia"], "ticket": hidden(page, "ticket")})

    assert answer.status_code == 303
    assert waited == [2]


def test_a_form_sent_twice_or_made_elsewhere_asks_again_and_keeps_the_words(client, mia, words_of, clock):
    page = client.get("/")
    clock.forward(3)
    form = {"words": words_of["mia"], "ticket": hidden(page, "ticket")}
    client.post("/", form | {"words": "otter badger"})

    for ticket in (form["ticket"], "", "not-a-ticket", vault.seal_ticket("", "join", 60)):
        again = client.post("/", form | {"ticket": ticket})
        assert again.status_code == 409
        assert words_of["mia"] in again.text

    clock.forward(3)
    assert client.post("/", form | {"ticket": hidden(again, "ticket")}).status_code == 303


def test_a_page_open_since_yesterday_asks_again_and_keeps_the_words(client, mia, words_of, clock):
    page = client.get("/")
    clock.forward(24 * 3600)

    again = client.post("/", {"words": words_of["mia"], "ticket": hidden(page, "ticket")})

    assert again.status_code == 409
    assert words_of["mia"] in again.text


def test_a_form_from_another_site_is_refused_and_from_our_own_page_taken(mia, words_of, clock):
    """Attack 46."""
    client = Client(enforce_csrf_checks=True)
    page = client.get("/")
    clock.forward(3)
    form = {"words": words_of["mia"], "ticket": hidden(page, "ticket")}
    token = {"csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")}

    assert client.post("/", form).status_code == 403
    assert client.post("/", form | token, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert client.post("/", form | token, headers={"Origin": "http://testserver"}).status_code == 303


def test_a_session_somebody_else_prepared_is_not_the_one_mia_gets(client, visitor, mia, aya, words_of):
    """Attack 48."""
    prepared = vault.sessions.start(aya, words_of["aya"])
    client.cookies[COOKIE] = prepared

    visitor.come_in(words_of["mia"], page=client.get("/join"))

    assert client.cookies[COOKIE].value != prepared
    assert sessions.resume(prepared) is None


def test_coming_in_again_ends_the_visit_before(visitor, client, mia, words_of):
    visitor.come_in(words_of["mia"])
    first = client.cookies[COOKIE].value
    visitor.come_in(words_of["mia"], page=client.get("/join"))

    assert sessions.resume(first) is None
    assert opened(client)


def test_what_is_on_no_list_of_words_leaves_no_file_however_often_it_is_sent(client, programme, clock):
    """Files on tmpfs come only as fast as words are stretched."""
    for path, more in (("/", {}), (address("join"), {"to": "look"})):
        ticket = hidden(client.get(path), "ticket")
        clock.forward(3)
        for text in (ticket, "not-a-ticket", ticket[:9] + "!!!!" + ticket[9:]):
            sent = {"words": "xyzzy plugh", "ticket": text} | more
            assert client.post(path, sent, REMOTE_ADDR="203.0.113.20").status_code == 403

    assert not (programme.run / "used").exists()
    assert not (programme.run / "tries").exists()


def test_a_network_that_rests_takes_no_place_at_the_door(visitor, client, mia, words_of, clock, monkeypatch):
    for _ in range(throttle.TRIES):
        visitor.come_in("otter badger acorn maple birch kettle")
    monkeypatch.setattr(vault, "wait_at_the_door", lambda seconds: pytest.fail("somebody waited"))

    young = client.post("/", {"words": words_of["mia"], "ticket": hidden(client.get("/"), "ticket")})

    assert young.status_code == 429


def test_a_form_that_is_too_old_is_nobodys_failed_try(client, mia, words_of, clock):
    for _ in range(throttle.TRIES + 1):
        answer = client.post("/", {"words": words_of["mia"], "ticket": "old"}, REMOTE_ADDR="203.0.113.20")
        assert answer.status_code == 409


@pytest.fixture
def trouble_in_every_room(monkeypatch):
    """Each room goes wrong in its own way when somebody comes by."""

    def goes_wrong(space):
        raise ValueError("zebra canary")

    monkeypatch.setattr(visits, "_at_each_visit", [goes_wrong])
    monkeypatch.setattr(people, "let_old_invitations_go", goes_wrong)


def test_nothing_a_room_does_keeps_mia_out(
    visitor, client, mia, words_of, trouble_in_every_room, caplog, monkeypatch
):
    reached = []
    monkeypatch.setattr(bell, "keep_up", reached.append)

    answer = visitor.come_in(words_of["mia"])

    assert answer.status_code == 303
    assert opened(client)
    assert len(reached) == 1  # nor another part of the visit from being done
    said = [QuietFormatter().format(record) for record in caplog.records if record.exc_info]
    assert len(said) == 2
    assert all("ValueError" in line and "zebra" not in line for line in said)


# The page that was asked for


def test_the_page_somebody_asked_for_is_shown_once_they_are_in(visitor, client, mia, words_of):
    asked = client.get(address("account"))
    assert asked.status_code == 401
    assert "no-store" in asked.headers["Cache-Control"]

    answer = visitor.come_in(words_of["mia"], page=asked)

    assert answer.headers["Location"] == address("account")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/n/abc",
        "/leave",
        "/n/nothing",
        "/n/../leave",
        "javascript:x",
        "/n/" + "a" * 400,
    ],
)
def test_nobody_is_sent_anywhere_but_to_a_page_of_ours(visitor, client, mia, words_of, elsewhere):
    answer = visitor.come_in(words_of["mia"], back=elsewhere)

    assert answer.status_code == 303
    assert answer.headers["Location"] == door.home()


def test_somebody_who_is_in_is_led_on_from_the_first_page(client, mia):
    assert client.of(mia).get("/").headers["Location"] == door.home()


def test_whoever_sets_the_place_up_is_led_there_until_the_doors_are_open(client, clock, daniel, mia):
    """DOMAIN 4.3."""
    assert client.of(daniel).get("/").headers["Location"] == door.home()
    vault.set_setting("programme", Programme())

    assert client.of(daniel).get("/").headers["Location"] == address("set-up")
    assert client.of(mia).get("/").headers["Location"] == door.home()


def test_what_came_back_while_away_is_taken_in_at_the_door(visitor, client, daniel, words_of):
    words = vault.invite(daniel, "member", "from Thursday")
    vault.join(vault.look_at_invitation(words), vault.new_words())

    visitor.come_in(words_of["daniel"])

    assert "Joined." in client.get(address("invitations")).text


def test_a_disk_that_is_full_keeps_nobody_from_coming_in(visitor, client, mia, words_of, monkeypatch):
    def full(space):
        raise vault.StorageTrouble

    monkeypatch.setattr(vault, "take_in_answers", full)

    assert visitor.come_in(words_of["mia"]).status_code == 303
    assert opened(client)


# Locked


def test_a_page_left_open_asks_for_one_word_and_shows_nothing(client, mia, clock):
    """Attack 41; DOMAIN 5.4."""
    browser = client.of(mia, "veranda teapot")
    assert 'value="Mia"' in browser.get(address("account")).text

    clock.forward(5 * 60)
    locked = browser.get(address("account"))

    assert locked.status_code == 401
    assert 'value="Mia"' not in locked.text
    assert address("unlock") in locked.text


@pytest.mark.parametrize("begun", range(0, 11, 2))
def test_when_the_veil_is_seen_a_reload_does_not_lift_it(client, mia, clock, begun):
    """The server's limit is reached first, at whatever second somebody came."""
    clock.forward(begun)
    browser = client.of(mia, "veranda teapot")
    page = browser.get(address("account"))
    veil = int(re.findall(r'data-lock-after="(\d+)"', page.text)[0])
    clock.forward(100)
    browser.get(address("account"))

    clock.forward(veil)

    assert browser.get(address("account")).status_code == 401


def test_the_first_word_opens_it_again_where_it_was(client, mia, clock):
    browser = client.of(mia, "veranda teapot")
    clock.forward(5 * 60)
    locked = browser.get(address("account"))

    answer = browser.post(address("unlock"), {"word": " Veranda ", "back": hidden(locked, "back")})

    assert answer.headers["Location"] == address("account")
    assert opened(browser)


def test_the_third_wrong_word_ends_the_visit(client, mia, clock):
    browser = client.of(mia, "veranda teapot")
    clock.forward(5 * 60)

    assert [browser.post(address("unlock"), {"word": "otter"}).status_code for _ in range(3)] == [
        403,
        403,
        401,
    ]
    assert browser.post(address("unlock"), {"word": "veranda"}).status_code == 401
    assert not opened(browser)


def test_the_veil_is_told_in_numbers(client, mia, clock):
    browser = client.of(mia, "veranda teapot")
    veil = {"X-Veil": "1"}

    assert browser.post(address("unlock"), {"word": "otter"}, headers=veil).status_code == 403
    assert browser.post(address("unlock"), {"word": "veranda"}, headers=veil).status_code == 204
    sessions.leave(browser.cookies[COOKIE].value)
    assert browser.post(address("unlock"), {"word": "veranda"}, headers=veil).status_code == 401


def test_a_forgotten_page_is_over_after_a_quarter_of_an_hour(client, mia, clock):
    """Attack 41."""
    browser = client.of(mia, "veranda teapot")
    clock.forward(20 * 60)

    over = browser.get(address("account"))

    assert over.status_code == 401
    assert address("unlock") not in over.text


def test_somebody_else_can_close_a_locked_visit_and_come_in(client, visitor, mia, aya, words_of, clock):
    client.cookies[COOKIE] = vault.sessions.start(mia, words_of["mia"])
    clock.forward(5 * 60)
    assert address("sign-out") in client.get("/").text

    client.post(address("sign-out"))
    visitor.come_in(words_of["aya"])

    assert "Aya" in client.get(address("account")).text


def test_a_part_of_a_page_asked_for_by_script_becomes_the_whole_middle(client, mia, clock):
    browser = client.of(mia, "veranda teapot")
    clock.forward(20 * 60)

    over = browser.get(address("account"), headers={"HX-Request": "true"})

    assert over.status_code == 401
    assert (over.headers["HX-Retarget"], over.headers["HX-Reswap"]) == ("#main", "outerHTML show:window:top")
    assert 'id="main"' in over.text


@pytest.mark.parametrize("cookie", ["", "x", "x" * 75, "é" * 75, "A" * 10_000])
def test_a_cookie_that_is_none_of_ours_is_nobody(client, programme, cookie):
    client.cookies[COOKIE] = cookie

    assert client.get(address("account")).status_code == 401
    assert client.get("/").status_code == 200
