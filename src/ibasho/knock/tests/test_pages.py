"""The pages of the knock: what Mia sees and presses, what a nudge says, and what Aya reads."""

import html
import re

import pytest

from ibasho.circle.access import called
from ibasho.knock import access, actions, minutes
from ibasho.knock.forms import STEPS
from ibasho.knock.tests.conftest import TEXT, again, befriend, say, set_up, terms
from ibasho.programme.records import Programme
from ibasho.vault import release
from ibasho.web.addresses import PUBLIC, address


def words_on(answer):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


@pytest.fixture
def mias(client, mia):
    return lambda: client.of(again(mia))


@pytest.fixture
def ayas(client, aya):
    return lambda: client.of(again(aya))


def nudge_of(mia):
    return minutes.way_to_tap(release.watch_of(again(mia)).token)


# Setting it up ------------------------------------------------------------------------------------------


def test_mia_sets_it_up_one_question_at_a_time_and_aya_says_yes(house, mia, aya, pair, mias, ayas):
    answers = {
        "who": {"first": pair[0]},
        "when": {"wait": "4", "hour": "19", "zone": "Europe/Madrid"},
        "bell": {"no_bell": "on"},
        "door": {"door": "safe"},
        "words": {"text": TEXT},
        "how": {"hows": ["call", "together"], "if_other_opens": "The choir.", "not_to_do": "My work."},
        "police": {"police": "never"},
        "second": {"second": "", "later": "12"},
        "look": {"to": "ask"},
    }
    path = address("knock-step", "who")
    for step in STEPS:
        assert path == address("knock-step", step)
        page = mias().get(path)
        assert page.status_code == 200
        assert page.text.count("<h1") == 1
        path = mias().post(path, answers[step]).headers["Location"]
    assert path == address("knock")
    assert "has been asked and has not answered yet" in words_on(mias().get(path))

    assert "If Mia goes quiet" in words_on(ayas().get(address("beside")))
    asked = ayas().get(address("knock-asked", pair[1]))
    for said in (
        TEXT,
        "A call",
        "Coming together",
        "The choir.",
        "My work.",
        "police called for me (22 November 2026)",
    ):
        assert said in words_on(asked)
    mark = re.search(r'name="mark" value="(\w+)"', asked.text)[1]
    ayas().post(address("knock-asked", pair[1]), {"to": "yes", "mark": mark})

    view = words_on(mias().get(address("knock")))
    assert "If you are not here for 4 days, your message goes to Aya, at 19:00." in view
    assert "it can fail" in view
    assert "no proof that you are well" in view  # DOMAIN 3.8
    assert release.watch_of(again(mia)).zone == "Europe/Madrid"


def test_the_text_that_is_there_first_has_names_and_no_word_of_health_or_harm(house, mia, pair, mias):
    """DOMAIN 3.4."""
    actions.draft(again(mia), first=pair[0])
    shown = words_on(mias().get(address("knock-step", "words")))
    assert f"Hi Aya, {called(mia)} asked for this to reach you if they went quiet." in shown
    assert "as you two agreed?" in shown


def test_without_a_bell_it_wants_a_clear_yes(house, mia, aya, pair, mias):
    actions.draft(again(mia), **terms(pair[0], no_bell=False))
    assert "no nudge reaches you" in words_on(mias().get(address("knock-step", "bell")))
    answer = mias().post(address("knock-step", "look"), {"to": "ask"})
    assert answer.headers["Location"] == address("knock-step", "bell")
    assert access.asked_of(again(aya)) == []


def test_whether_the_door_is_safe_has_to_be_answered(house, mia, pair, mias):
    """DOMAIN 3.7: asked once, alone."""
    actions.draft(again(mia), first=pair[0])
    page = mias().get(address("knock-step", "door"))
    assert "Is it safe if Aya comes to your door?" in words_on(page)
    assert "over your shoulder" in words_on(page)
    assert "checked" not in page.text
    assert mias().post(address("knock-step", "door"), {}).status_code == 422
    mias().post(address("knock-step", "door"), {"door": "not-safe"})
    assert 'value="door"' not in mias().get(address("knock-step", "how")).text


def test_past_gaps_stand_where_the_days_are_chosen(house, mia, pair, mias, clock):
    """DOMAIN 3.2, with days that Mia checked in on."""
    import datetime as dt

    from ibasho.today.actions import keep_day
    from ibasho.today.records import Day

    for day in (1, 2, 3, 12, 20):
        keep_day(again(mia), day=dt.date(2026, 11, day), record=Day(mood="low"), seen=0)
    shown = words_on(mias().get(address("knock-step", "when")))
    assert "In the last 3 months, with 5 days, it would have gone out 2 times." in shown
    assert "14 days not once" in shown


def test_somebody_who_had_to_be_added_is_not_on_the_page(house, mia, tom, pair, mias):
    from ibasho.circle.actions import mark_had_to

    toms, _ = befriend(again(mia), tom, "Tom")
    assert "Tom" in mias().get(address("knock-step", "who")).text
    mark_had_to(again(mia), toms, had_to=True)
    assert "Tom" not in mias().get(address("knock-step", "who")).text
    assert mias().post(address("knock-step", "who"), {"first": toms}).status_code == 422


@pytest.mark.parametrize("step", [step for step in STEPS if step != "look"])
def test_what_was_typed_is_still_there_when_it_does_not_fit(house, mia, pair, mias, step):
    actions.draft(again(mia), **terms(pair[0]))
    sent = {
        "text": "zebra " * 400,
        "if_other_opens": "zebra " * 100,
        "first": "nobody",
        "wait": "1",
        "hour": "3",
    }
    sent |= {"zone": "Mars/Olympus", "police": "?", "second": "nobody", "door": "?", "hows": "?"}
    answer = mias().post(address("knock-step", step), sent)
    if step != "bell":
        assert answer.status_code == 422
    if step in ("words", "how"):
        assert "zebra zebra" in answer.text


# Away, and taking it back --------------------------------------------------------------------------------


def test_a_week_end_a_week_a_day_and_no_phone_are_one_tap_each(house, mia, aya, waits, mias):
    said = {
        "week-end": "away until 23 November 2026",
        "week": "away until 29 November 2026",
        "no-phone": "No phone for a while",
    }
    for to, words in said.items():
        where = mias().post(address("knock-away"), {"to": to}).headers["Location"]
        view = access.knock_of(again(mia))
        assert (view.state, where) == ("away", address("knock"))
        if to != "no-phone":  # looking at the page is coming by
            assert words in words_on(mias().get(where))
    mias().post(address("knock-away"), {"to": "until", "until": "2026-12-24"})
    assert "24 December 2026" in words_on(mias().get(address("knock")))
    back = mias().post(address("knock-away"), {"to": "back"})
    assert "Good to see you." in words_on(mias().get(back.headers["Location"]))
    assert access.knock_of(again(mia)).state == "on"


@pytest.mark.parametrize("until", ["", "zebra", "2026-11-22", "2020-01-01", "2027-11-22", "2026-02-31"])
def test_a_day_that_cannot_be_is_told_kindly(house, mia, waits, mias, until):
    answer = mias().post(address("knock-away"), {"to": "until", "until": until})
    assert answer.status_code == 422
    assert "ninety days ahead at most" in words_on(answer)
    assert access.knock_of(again(mia)).state == "on"


def test_mia_takes_it_back_for_good(house, mia, waits, mias):
    assert release.is_armed(again(mia))
    mias().get(address("knock-erase"))
    assert release.is_armed(again(mia))
    mias().post(address("knock-erase"))
    assert "Set it up" in words_on(mias().get(address("knock")))


# A nudge -------------------------------------------------------------------------------------------------


def test_the_page_of_a_nudge_says_exactly_what_follows_and_one_press_holds_it_back(
    house, mia, aya, waits, client
):
    house.run_until(27, 9)
    page = client.get(nudge_of(mia))
    assert "Unless you tap here, Aya gets your message at 18:00." in words_on(page)
    assert "it can fail" in words_on(page)
    pressed = client.post(nudge_of(mia))
    assert "Good to see you." in words_on(pressed)
    house.run_until(28, 20)
    assert access.letters_to(again(aya)) == []


def test_on_the_day_before_it_says_tomorrow(house, mia, waits, client):
    house.run_until(26, 18)
    assert "Unless you tap here, Aya gets your message tomorrow at 18:00." in words_on(
        client.get(nudge_of(mia))
    )


def test_a_program_that_follows_the_link_holds_nothing_back(house, mia, aya, waits, client):
    """Mail is looked at by machines, which open what it leads to."""
    house.run_until(27, 9)
    for verb in ("get", "head"):
        assert getattr(client, verb)(nudge_of(mia)).status_code == 200
    for verb in ("put", "patch", "delete", "options"):
        assert getattr(client, verb)(nudge_of(mia)).status_code == 405
    house.run_until(27, 18)
    assert [said.record.agreed.text for said in access.letters_to(again(aya))] == [TEXT]


def test_it_works_where_no_cookie_is_kept_and_without_a_script(house, mia, waits, client):
    strict = type(client)(enforce_csrf_checks=True)
    page = strict.get(nudge_of(mia))
    assert "Set-Cookie" not in page.headers
    assert f'<form method="post" action="{nudge_of(mia)}">' in page.text
    assert "Good to see you." in type(client)(enforce_csrf_checks=True).post(nudge_of(mia)).text


def test_of_the_letter_and_of_its_writer_the_page_says_nothing(house, mia, waits, client):
    page = client.get(nudge_of(mia))
    assert TEXT not in page.text
    assert "Mia" not in page.text
    assert "<title>Kettle</title>" in page.text
    assert "knock-tap" in PUBLIC


def test_after_it_went_out_the_page_says_so(house, mia, waits, client):
    where = nudge_of(mia)
    house.run_until(27, 18)
    assert "has gone out, or was taken back" in words_on(client.get(where))
    assert "has gone out, or was taken back" in words_on(client.post(where))


@pytest.mark.parametrize("token", ["zebra", "A" * 43, "%00", "é", "A" * 400])
def test_a_token_of_nobody_is_a_page_that_is_not_there(house, client, token):
    for answer in (client.get(f"/here/{token}"), client.post(f"/here/{token}")):
        assert answer.status_code == 404


# What Aya reads --------------------------------------------------------------------------------------------


def test_aya_finds_the_message_at_home_and_says_how_it_went(house, mia, aya, waits, ayas, mias):
    house.run_until(27, 18)
    assert "A message from Mia" in words_on(ayas().get(address("beside")))
    card = words_on(ayas().get(address("knock-card", waits[1])))
    for said in (
        TEXT,
        "A call",
        "A knock at the door",
        "The police are not a first step",
        "Whom you can call",
    ):
        assert said in card
    ayas().post(address("knock-card", waits[1]), {"to": "need-help"})
    assert "You do not have to do this alone" in words_on(ayas().get(address("knock-card", waits[1])))
    ayas().post(address("knock-card", waits[1]), {"to": "done"})
    assert "You said: Done." in words_on(ayas().get(address("knock-card", waits[1])))
    view = words_on(mias().get(address("knock")))
    assert "Good to see you." in view
    assert "Your message went to Aya on 27 November 2026, 18:00." in view
    assert "says it is done" in view
    ayas().post(address("knock-card", waits[1]), {"to": "away"})
    assert ayas().get(address("knock-card", waits[1])).status_code == 404


def test_words_that_changed_meanwhile_are_not_agreed_to_unseen(house, mia, aya, pair, ayas):
    actions.draft(again(mia), **terms(pair[0]))
    actions.ask(again(mia))
    mark = access.asked_by(again(aya), pair[1]).mark
    actions.draft(again(mia), text="Other words")
    actions.ask(again(mia))
    answer = ayas().post(address("knock-asked", pair[1]), {"to": "yes", "mark": mark})
    assert answer.status_code == 409
    assert "Other words" in answer.text
    assert not access.own_answer(again(aya), pair[1]).yes


def test_aya_can_step_back_from_it_later(house, mia, aya, waits, ayas, mias):
    assert "I would rather not" in words_on(ayas().get(address("knock-asked", waits[1])))
    say(aya, waits[1], yes=False)
    assert "rather not do this" in words_on(mias().get(address("knock")))
    assert not release.is_armed(again(mia))


def test_the_card_of_somebody_else_is_a_page_that_is_not_there(house, mia, tom, waits, client):
    house.run_until(27, 18)
    for page in ("knock-card", "knock-asked"):
        for one in (waits[1], "0" * 16):
            assert client.of(again(tom)).get(address(page, one)).status_code == 404
            assert client.of(again(tom)).post(address(page, one), {"to": "done"}).status_code == 404


# The pause -------------------------------------------------------------------------------------------------


def test_a_facilitator_stops_all_of_it_with_one_button_and_a_member_cannot(house, daniel, mia, client):
    from ibasho import vault

    assert client.of(mia).get(address("clocks")).status_code == 404
    assert client.of(mia).post(address("clocks"), {"to": "stop"}).status_code == 404
    daniels = client.of(daniel)
    daniels.post(address("clocks"), {"to": "stop"})
    assert vault.setting("programme", Programme).clocks_stopped_since is not None
    assert "Stopped since 22 November 2026." in words_on(daniels.get(address("clocks")))
    daniels.post(address("clocks"), {"to": "start"})
    assert vault.setting("programme", Programme).clocks_stopped_since is None


def test_what_is_set_up_reads_well_with_a_second_person(house, mia, aya, tom, pair, mias):
    toms, mias_id = befriend(again(mia), tom, "Tom")
    set_up(mia, aya, pair, second=toms, later=6)
    assert "They have not said yes so far" in words_on(mias().get(address("knock")))
    say(tom, mias_id, yes=True)
    assert "another goes to Tom 6 hours later" in words_on(mias().get(address("knock")))
    assert release.watch_of(again(mia)).later == 6
