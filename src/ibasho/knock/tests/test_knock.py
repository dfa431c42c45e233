"""What the knock promises, from the one who writes to the one who looks in. Mia was last here on Sunday 22 November."""

import datetime as dt
import inspect

import pytest

from ibasho import vault
from ibasho.bell import access as bell
from ibasho.circle import actions as circle_actions
from ibasho.circle import going, visits
from ibasho.circle.actions import mark_had_to
from ibasho.circle.records import Circle, Friend
from ibasho.errors import NotFound
from ibasho.knock import access, actions, ladder, minutes, words
from ibasho.knock.records import KnockAgreement
from ibasho.knock.tests.conftest import TEXT, again, befriend, say, set_up, terms
from ibasho.programme import actions as programme_actions
from ibasho.vault import release, timers
from ibasho.web.addresses import address


def letters(friend):
    return [said.record.agreed.text for said in access.letters_to(again(friend))]


def rung_for(house, mia):
    mine = bell.own_bell(mia)
    return [path for one, path in house.rung if one == mine]


def token_of(mia):
    return release.watch_of(again(mia)).token


# The ladder, as people meet it -----------------------------------------------------------------------


def test_a_message_goes_out_on_the_fifth_day_at_its_hour_after_two_nudges_and_not_before(
    house, mia, aya, waits
):
    house.run_until(26, 17)
    assert rung_for(house, mia) == []
    house.run_until(26, 18)
    assert len(rung_for(house, mia)) == 1  # the day before, at her hour
    house.run_until(27, 8)
    assert len(rung_for(house, mia)) == 1
    house.run_until(27, 9)
    assert len(rung_for(house, mia)) == 2  # the day itself, in the morning
    house.run_until(27, 17)
    assert letters(aya) == []
    house.run_until(27, 18)
    assert letters(aya) == [TEXT]
    assert (bell.bell_of(vault.contact(mia, waits[0])), "") in house.rung
    house.run_until(30, 18)
    assert letters(aya) == [TEXT], "once"


def test_each_nudge_leads_to_the_page_of_its_token(house, mia, waits):
    house.run_until(27, 9)
    assert set(rung_for(house, mia)) == {minutes.way_to_tap(token_of(mia))}


def test_one_tap_without_signing_in_begins_the_days_anew(house, mia, aya, waits):
    house.run_until(27, 12)
    assert actions.tap(token_of(mia))
    house.run_until(30, 23)
    assert letters(aya) == []
    house.run(days=2)  # the fifth day after the tap is the second of December
    assert letters(aya) == [TEXT]


def test_coming_by_begins_the_days_anew(house, mia, aya, waits):
    house.run_until(27, 17)
    actions.renew(again(mia))
    house.run_until(30, 23)
    assert letters(aya) == []


def test_a_token_of_an_earlier_sealing_taps_nothing(house, mia, aya, waits):
    before = token_of(mia)
    actions.draft(again(mia), text="Other words")
    actions.ask(again(mia))
    say(aya, waits[1], yes=True)
    actions.renew(again(mia))
    assert not actions.tap(before)
    assert access.page_of(before) is None
    assert actions.tap(token_of(mia))


def test_after_it_went_out_a_tap_calls_nothing_back_and_says_so(house, mia, aya, waits):
    token = token_of(mia)
    house.run_until(27, 18)
    assert not actions.tap(token)
    assert access.goes_out_on(token) is None
    assert letters(aya) == [TEXT]


def test_mia_reads_when_it_went_and_how_it_was(house, mia, aya, waits):
    house.run_until(27, 19)
    actions.say_how_it_went(again(aya), waits[1], outcome="not-reached")
    actions.renew(again(mia))
    view = access.knock_of(again(mia))
    assert view.state == "went"
    assert view.went == ("27 November 2026, 18:00",)
    assert view.first.outcome == "Aya could not reach you."
    actions.let_wait_again(again(mia))
    assert access.knock_of(again(mia)).state == "on"
    assert access.knock_of(again(mia)).first.outcome == ""


def test_a_timer_that_does_not_open_keeps_nobody_elses_message(house, mia, aya, waits, caplog, monkeypatch):
    row = (b"?" * 16, 1, b"!" * 32, b"not a timer")
    sql = "INSERT INTO timer (id, due_day, renew, body) VALUES (?, ?, ?, ?)"
    vault.current().store.commit([vault.Op(sql, row)])
    house.run_until(27, 18)
    assert letters(aya) == [TEXT]
    assert (release.unreadable(), release.lost()) == (1, 0)
    monkeypatch.setattr(minutes, "_beats", [0])
    house.run(minutes=30)
    assert caplog.text.count("a timer does not open") == 1, "said, and not each half minute"


def test_trouble_with_one_silence_keeps_nobody_elses_message(house, mia, aya, tom, waits, monkeypatch):
    ladder_step = ladder.step
    set_up(tom, aya, befriend(tom, aya, "Aya"))

    def step(watch, now, house):
        if watch.token == token_of(tom):
            raise ValueError("a zone nobody knows")
        return ladder_step(watch, now, house)

    monkeypatch.setattr(ladder, "step", step)
    house.run_until(27, 18)
    assert letters(aya) == [TEXT]


# Consent ---------------------------------------------------------------------------------------------


def test_nothing_is_sealed_before_the_friend_said_yes_to_these_very_words(house, mia, aya, pair):
    actions.draft(mia, **terms(pair[0]))
    actions.ask(mia)
    actions.renew(again(mia))
    assert access.knock_of(again(mia)).state == "asked"
    assert not release.is_armed(again(mia))
    assert access.asked_by(again(aya), pair[1]).agreed.text == TEXT
    with pytest.raises(vault.Changed):
        actions.answer(again(aya), pair[1], mark="0" * 32, yes=True)
    say(aya, pair[1], yes=True)
    actions.renew(again(mia))
    assert access.knock_of(again(mia)).state == "on"


def test_new_words_wait_for_a_new_yes_and_the_old_ones_stand_meanwhile(house, mia, aya, waits):
    actions.draft(again(mia), text="Other words")
    actions.ask(again(mia))
    assert access.knock_of(again(mia)).changed
    house.run_until(27, 18)
    assert letters(aya) == [TEXT]


def test_a_friend_who_would_rather_not_is_asked_for_nothing_more(house, mia, aya, waits):
    say(aya, waits[1], yes=False)
    actions.renew(again(mia))
    assert not release.is_armed(again(mia))
    assert "rather not" in access.knock_of(again(mia)).news[0]
    assert access.asked_of(again(aya)) == []


def test_somebody_who_had_to_be_added_can_never_be_chosen_and_loses_what_waited(house, mia, aya, waits):
    mark_had_to(again(mia), waits[0], had_to=True)
    assert not release.is_armed(again(mia))
    assert access.knock_of(again(mia)).news == ()  # nothing on her page says why
    assert access.asked_by(again(aya), waits[1])  # and his is as it was
    house.run_until(27, 23)
    assert letters(aya) == []
    actions.draft(again(mia), **terms(waits[0]))
    with pytest.raises(actions.NotFinished):
        actions.ask(again(mia))


def test_a_yes_of_somebody_who_had_to_be_added_meanwhile_seals_nothing(house, mia, aya, pair):
    """Also where the rooms were not told that it changed."""
    actions.draft(mia, **terms(pair[0]))
    actions.ask(mia)
    say(aya, pair[1], yes=True)
    again(mia).set_own(Circle(friends={pair[0]: Friend(had_to=True)}))
    actions.renew(again(mia))
    assert not release.is_armed(again(mia))


def test_what_waits_for_somebody_who_had_to_be_added_waits_no_more_where_the_room_was_not_told(
    house, mia, aya, waits
):
    again(mia).set_own(Circle(friends={waits[0]: Friend(had_to=True)}))
    actions.renew(again(mia))
    assert not release.is_armed(again(mia))
    assert access.knock_of(again(mia)).news == ()
    assert access.asked_by(again(aya), waits[1])
    house.run_until(27, 23)
    assert letters(aya) == []


def test_a_friend_who_says_no_meanwhile_is_told_that_it_stands_until_the_next_visit(
    house, mia, aya, waits, client
):
    say(aya, waits[1], yes=False)
    page = client.of(aya).get(address("knock-asked", waits[1])).text
    assert "Until then it waits as before" in page
    house.run_until(27, 18)
    assert letters(aya) == [TEXT], "so that nobody is left with nobody, and does not know it"


def test_when_the_friend_goes_nothing_waits_and_mia_is_told(house, mia, aya, waits):
    space = again(mia)
    going.goes(space, waits[0])
    vault.let_go(space, waits[0])
    assert access.knock_of(again(mia)).news == (
        "Somebody your message was for has stepped back. It waits for nobody just now.",
    )
    house.run_until(27, 23)
    assert letters(aya) == []
    assert house_keys() == 0


def test_of_a_door_that_is_not_safe_the_friend_never_reads(house, mia, aya, pair):
    set_up(mia, aya, pair, door="not-safe", hows=("call", "door", "together"))
    assert access.asked_by(again(aya), pair[1]).agreed.hows == ("A call",)


def test_whether_a_door_is_safe_is_asked_anew_for_another_person(house, mia, aya, tom, pair):
    from ibasho.knock.forms import StepForm

    toms, _ = befriend(again(mia), tom, "Tom")
    before = actions.draft(again(mia), **terms(pair[0]))
    form = StepForm.of(before)
    form.typed["first"] = toms
    assert form.changes("who", before) == {"first": toms, "door": ""}


# Away, pauses and outages ------------------------------------------------------------------------------


def test_away_until_a_day_nothing_is_counted_before_it(house, mia, aya, waits):
    actions.go_away(again(mia), dt.date(2026, 11, 29))
    house.run_until(30, 23)
    assert rung_for(house, mia) == []
    house.run(days=3, hours=18)  # to 17:00 on the fourth of December, five days after
    assert letters(aya) == []
    house.run(hours=2)
    assert letters(aya) == [TEXT]


def test_a_visit_while_away_shortens_no_absence(house, mia, aya, waits):
    actions.go_away(again(mia), dt.date(2026, 11, 29))
    house.run_until(23, 12)
    actions.renew(again(mia))
    house.run_until(30, 23)
    assert rung_for(house, mia) == []


def test_no_phone_for_a_while_ends_with_the_next_visit(house, mia, aya, waits):
    actions.go_without_phone(again(mia))
    assert access.knock_of(again(mia)).state == "away"
    house.run_until(29, 12)
    actions.renew(again(mia))
    assert access.knock_of(again(mia)).state == "on"
    assert release.watch_of(again(mia)).away == 0


def test_while_the_programme_pauses_nothing_goes_out_and_afterwards_all_days_begin_anew(
    house, mia, aya, daniel, waits
):
    house.run_until(26, 12)
    programme_actions.stop_clocks(daniel)
    house.run_until(28, 12)
    assert (letters(aya), rung_for(house, mia)) == ([], [])
    assert access.knock_of(again(mia)).state == "stopped"
    programme_actions.start_clocks(daniel)
    house.run(days=5, hours=5)
    assert letters(aya) == []
    house.run(hours=2)
    assert letters(aya) == [TEXT]


@pytest.mark.parametrize("off", [{"minutes": 16}, {"hours": 30}])
def test_an_outage_of_more_than_a_quarter_of_an_hour_begins_all_days_anew(house, mia, aya, waits, off):
    house.run_until(27, 16)
    house.off(**off)
    house.run(days=4, hours=12)
    assert letters(aya) == []
    house.run(days=1)
    assert letters(aya) == [TEXT]


def test_a_short_break_begins_nothing_anew(house, mia, aya, waits):
    house.run_until(27, 16)
    house.off(minutes=14)
    house.beat()
    house.run_until(27, 18)
    assert letters(aya) == [TEXT]


def test_the_host_sets_the_calendar_a_year_ahead_and_nothing_goes_out_early(house, mia, aya, waits):
    """Attack 14."""
    house.run_until(23, 12)
    house.clock.forward(365 * 86_400)
    house.run(days=4, hours=20)
    assert letters(aya) == []
    house.clock.forward(-365 * 86_400)
    house.run(days=4, hours=20)
    assert letters(aya) == []


def test_the_host_starts_the_machine_again_and_again_and_nothing_goes_out_early(house, mia, aya, waits):
    """Attack 14, with the calendar pushed on by fourteen minutes each time: too little to be seen as a jump."""
    for number in range(700):
        house.clock.forward(14 * 60)
        house.boot, house.up = f"boot {number}", 1.0
        house.count()
    house.beat()
    assert house.clock.at.day > 28
    house.run(hours=24)
    assert letters(aya) == []


def test_a_copy_that_is_brought_back_sends_nothing_early(house, mia, aya, waits, programme):
    house.run_until(27, 17)
    vault.running.begin_anew(programme)
    house.run(days=4, hours=12)
    assert letters(aya) == []
    house.run(days=1)
    assert letters(aya) == [TEXT]


# A second person -------------------------------------------------------------------------------------


@pytest.fixture
def second(house, mia, aya, tom, pair):
    """Tom is asked twelve hours after Aya."""
    toms = befriend(again(mia), tom, "Tom")
    actions.draft(again(mia), **terms(pair[0], second=toms[0], later=12))
    actions.ask(again(mia))
    say(aya, pair[1], yes=True)
    say(tom, toms[1], yes=True)
    actions.renew(again(mia))
    return pair, toms


def steps_back(friend, contact):
    circle_actions.step_back(again(friend), contact)


def erases_everything(friend, _contact):
    vault.burn(again(friend))


LEAVES = pytest.mark.parametrize("leaves", [steps_back, erases_everything])


@LEAVES
def test_when_the_first_left_while_mia_was_quiet_it_goes_to_the_second_at_once(
    house, mia, aya, tom, second, leaves
):
    leaves(aya, second[0][1])
    house.run_until(27, 18)
    assert letters(tom) == [TEXT]
    assert house_keys() == 0
    visits.visited(again(mia))
    assert access.knock_of(again(mia)).news == (str(words.NEWS["went"]), str(words.NEWS["gone"]))


@LEAVES
def test_when_everybody_left_it_rests_and_mia_and_the_host_are_told(house, mia, aya, waits, leaves):
    leaves(aya, waits[1])
    house.run_until(27, 18)
    assert (vault.release.without_reader(), house_keys()) == (1, 0)
    assert not actions.tap(token_of(mia))
    assert access.goes_out_on(token_of(mia)) is None
    house.run(days=3)
    visits.visited(again(mia))
    assert access.knock_of(again(mia)).news == (str(words.NEWS["nobody"]),)
    assert not release.is_armed(again(mia))
    assert vault.release.without_reader() == 0


@LEAVES
def test_mia_learns_at_her_next_visit_that_her_friend_left_also_without_a_word(
    house, mia, aya, waits, leaves
):
    leaves(aya, waits[1])
    visits.visited(again(mia))
    assert access.knock_of(again(mia)).news == (str(words.NEWS["gone"]),)
    assert not release.is_armed(again(mia))


@LEAVES
def test_that_it_went_out_is_told_also_when_its_reader_left_afterwards(house, mia, aya, waits, leaves):
    house.run_until(27, 18)
    leaves(aya, waits[1])
    visits.visited(again(mia))
    assert access.knock_of(again(mia)).news == (str(words.NEWS["went"]), str(words.NEWS["gone"]))


@LEAVES
def test_a_second_who_left_after_it_went_out_takes_nothing_from_what_is_told(
    house, mia, aya, tom, second, leaves
):
    house.run_until(27, 18)
    leaves(tom, second[1][1])
    visits.visited(again(mia))
    assert access.knock_of(again(mia)).state == "went"
    assert len(access.state_of(again(mia)).went) == 1


def test_what_rests_because_nobody_was_there_is_forgotten_in_the_end(house, mia, aya, waits):
    steps_back(aya, waits[1])
    house.run_until(27, 18)
    house.run(days=120)
    assert vault.release.without_reader() == 1
    house.run(days=15)
    assert vault.release.without_reader() == 0


def test_a_friend_who_left_is_known_to_have_left_also_after_a_restore(house, mia, aya, waits, programme):
    copy = programme.store.rows("SELECT box, id, body FROM post")
    box = bytes(vault.contact(again(mia), waits[0]).outbox)
    steps_back(aya, waits[1])
    with_mark = programme.store.rows("SELECT box, id, body FROM post")
    for rows in (copy, with_mark):
        programme.store.commit([vault.Op("DELETE FROM post", ())])
        sql = "INSERT INTO post (box, id, body) VALUES (?, ?, ?)"
        programme.store.commit([vault.Op(sql, tuple(bytes(part) for part in row)) for row in rows])
        programme.take_back_again()
        assert timers.nobody_reads(programme, box)


def test_a_friend_who_is_let_go_finds_no_mark_anywhere(house, mia, aya, waits, programme):
    boxes = {
        bytes(vault.contact(again(mia), waits[0]).outbox),
        bytes(vault.contact(again(mia), waits[0]).inbox),
    }
    circle_actions.let_go(again(mia), waits[0])
    assert boxes.isdisjoint(bytes(row[0]) for row in programme.store.rows("SELECT box FROM post"))


def test_the_second_person_is_asked_later_and_in_waking_hours_only(house, aya, tom, second):
    house.run_until(27, 18)
    assert (letters(aya), letters(tom)) == ([TEXT], [])
    house.run_until(28, 7)
    assert letters(tom) == []
    house.run_until(28, 8)
    assert letters(tom) == [TEXT]
    assert house_keys() == 0


def test_done_calls_the_second_one_off_and_the_other_answers_do_not(house, aya, tom, second):
    house.run_until(27, 20)
    actions.say_how_it_went(again(aya), second[0][1], outcome="need-help")
    assert house_keys() == 1
    actions.say_how_it_went(again(aya), second[0][1], outcome="done")
    assert house_keys() == 0
    house.run_until(29, 20)
    assert letters(tom) == []


def test_mia_coming_back_calls_the_second_one_off(house, mia, tom, second):
    house.run_until(27, 20)
    actions.renew(again(mia))
    house.run_until(29, 20)
    assert letters(tom) == []


def test_without_a_yes_of_the_second_only_the_first_is_written_to(house, mia, aya, tom, pair):
    toms = befriend(again(mia), tom, "Tom")
    set_up(mia, aya, pair, second=toms[0])
    house.run_until(29, 23)
    assert (letters(aya), letters(tom)) == ([TEXT], [])


def test_when_the_second_goes_the_first_stays(house, mia, aya, tom, second):
    space = again(mia)
    going.goes(space, second[1][0])
    vault.let_go(space, second[1][0])
    assert release.is_armed(again(mia))
    house.run_until(27, 18)
    assert letters(aya) == [TEXT]


# Keys that change --------------------------------------------------------------------------------------


def test_other_words_of_mia_seal_it_anew_and_it_still_arrives(house, mia, aya, waits):
    moved = vault.change_words(again(mia), "porch heron teapot lantern kettle meadow")
    actions.renew(moved)
    assert release.still_fits(again(moved))
    vault.take_in_new_keys(again(aya))
    house.run_until(27, 18)
    assert letters(aya) == [TEXT]


def test_other_words_of_aya_seal_it_anew_at_the_next_visit_and_until_then_it_still_opens(
    house, mia, aya, waits
):
    moved = vault.change_words(again(aya), "porch heron teapot lantern kettle meadow")
    space = again(mia)
    vault.take_in_new_keys(space)
    assert not release.still_fits(space)
    actions.renew(space)
    assert release.still_fits(again(mia))
    house.run_until(27, 18)
    assert letters(moved) == [TEXT]


def test_what_was_lost_is_sealed_anew_at_the_next_visit(house, mia, aya, waits, programme):
    programme.releases.commit([vault.Op("DELETE FROM release_key", ())])
    assert release.lost() == 1
    actions.renew(again(mia))
    assert release.lost() == 0
    house.run_until(27, 18)
    assert letters(aya) == [TEXT]


# What it gives away --------------------------------------------------------------------------------------


def test_a_visit_without_a_knock_writes_nothing(house, mia):
    before = again(mia).seal_words()
    actions.renew(again(mia))
    assert again(mia).seal_words() == before


def test_the_friend_reads_nothing_of_days_and_nothing_of_being_away(house, mia, aya, waits):
    """DOMAIN 3.4, 3.7: what an ally can read is what was written for them, and the same before and after an absence."""
    before = vault.read_shared(again(aya), KnockAgreement)[0][1]
    actions.go_away(again(mia), dt.date(2026, 12, 1))
    after = vault.read_shared(again(aya), KnockAgreement)[0][1]
    assert (before.record, before.at, before.version) == (after.record, after.at, after.version)
    fields = set(inspect.signature(KnockAgreement).parameters)
    assert fields == {"role", "wait", "text", "hows", "if_other_opens", "not_to_do", "police", "police_on"}


def test_nothing_of_it_is_readable_on_the_disk(house, mia, aya, pair, every_byte_on_disk, caplog):
    set_up(mia, aya, pair, text="zebra-canary", not_to_do="zebra-canary", if_other_opens="zebra-canary")
    house.run_until(27, 18)
    assert letters(aya) == ["zebra-canary"]
    assert b"zebra" not in every_byte_on_disk()
    assert "zebra" not in caplog.text + repr(access.knock_of(again(mia))) + repr(access.cards(again(aya)))


def test_erasing_it_leaves_nothing(house, mia, aya, waits):
    actions.erase(again(mia))
    assert access.knock_of(again(mia)).state == "none"
    assert access.asked_of(again(aya)) == []
    assert house_keys() == 0
    house.run_until(28, 18)
    assert letters(aya) == []


def test_erasing_everything_takes_what_waits_along(house, mia, aya, waits):
    vault.burn(again(mia))
    assert house_keys() == 0
    house.run_until(28, 18)
    assert letters(aya) == []


def test_nobody_else_reads_or_answers_for_them(house, mia, aya, tom, waits):
    house.run_until(27, 18)
    with pytest.raises(NotFound):
        access.card_of(again(tom), waits[1])
    with pytest.raises(NotFound):
        actions.say_how_it_went(again(tom), waits[1], outcome="done")
    with pytest.raises(NotFound):
        access.asked_by(again(tom), waits[1])


def test_past_gaps_are_counted_as_the_rule_would_have(house, mia, monkeypatch):
    """DOMAIN 3.2: from one day somebody was here to the next; and from the last one to today."""
    days = {dt.date(2026, 10, one) for one in (1, 2, 8, 20)} | {dt.date(2026, 11, 20)}
    monkeypatch.setattr(access, "_days_seen", [lambda space, since: days])
    assert access.knocks_in(mia, 5) == 3
    assert access.knocks_in(mia, 6) == 2
    assert access.knocks_in(mia, 14) == 1


def house_keys():
    return len(vault.current().releases.rows("SELECT id FROM release_key"))
