"""What the circle promises (DOMAIN 3; VAULT 1.4, 1.5)."""

import datetime as dt

import pytest

from ibasho import vault
from ibasho.circle import access, actions, going, visits
from ibasho.circle.records import MOST_PEOPLE, Block, Circle, Line, Shown, Told
from ibasho.circle.tests.conftest import again, befriend
from ibasho.errors import NotFound
from ibasho.plan import access as plan_access
from ibasho.plan import actions as plan
from ibasho.plan.records import Step
from ibasho.today import actions as today
from ibasho.today.records import Day
from ibasho.web.addresses import address

FRIDAY = dt.date(2026, 11, 27)


def write_plan(space, text="Feed the cat", part="alone"):
    mark = plan_access.mark_of(plan_access.part_of(space, part).steps)
    plan.keep_part(space, name=part, steps=(Step("0a0a0a0a", text),), seen=mark)


def seen(reader, contact):
    """Every line that somebody sees of another."""
    things = access.shown_to_me(again(reader), contact)
    return [line.text for thing in things for block in thing.blocks for line in block.lines]


def test_an_ally_sees_nothing_until_it_is_shown_and_nothing_after_it_is_taken_back(mia, aya, pair):
    write_plan(mia)
    assert access.shown_to_me(aya, pair[1]) == []
    actions.show(mia, pair[0], "plan", until=FRIDAY, choice=("alone",))
    assert seen(aya, pair[1]) == ["Feed the cat"]
    actions.take_back(mia, pair[0], "plan")
    assert access.shown_to_me(again(aya), pair[1]) == []
    assert access.ally(again(mia), pair[0]).grants == ()


def test_only_the_chosen_parts_are_shown_and_they_follow_what_is_written(mia, aya, pair):
    write_plan(mia)
    write_plan(mia, "Sit by the river", "matters")
    actions.show(mia, pair[0], "plan", until=FRIDAY, choice=("alone",))
    write_plan(mia, "Feed both cats")
    assert seen(aya, pair[1]) == ["Feed both cats"]
    plan.erase_plan(mia)
    assert seen(aya, pair[1]) == []


def test_mia_reads_which_parts_of_her_plan_aya_sees(client, mia, aya, pair):
    write_plan(mia)
    write_plan(mia, "Sit by the river", "matters")
    actions.show(mia, pair[0], "plan", until=FRIDAY, choice=("alone",))
    said = client.of(mia).get(address("circle-person", pair[0])).text
    assert "What I can do by myself" in said
    assert "What I hold on to" not in said
    assert "Feed the cat" not in said


def test_what_is_shown_until_friday_is_gone_on_saturday_with_nobody_here(clock, mia, aya, pair):
    write_plan(mia)
    actions.show(mia, pair[0], "plan", until=FRIDAY, choice=("alone",))
    clock.set(dt.datetime(2026, 11, 27, 23, 30, tzinfo=dt.UTC))
    assert vault.end_what_is_over() == 0
    assert seen(aya, pair[1]) == ["Feed the cat"]
    clock.set(dt.datetime(2026, 11, 28, 0, 10, tzinfo=dt.UTC))
    assert seen(aya, pair[1]) == []  # before anything took it away: no page shows it
    before = vault.current().store.value("SELECT count(*) FROM box")
    assert vault.end_what_is_over() == 1
    assert vault.current().store.value("SELECT count(*) FROM box") < before
    assert [thing for _giver, thing in vault.read_shared(again(aya), Shown)] == []
    actions.come_in(again(mia))
    assert [grant.over for grant in access.ally(again(mia), pair[0]).grants] == [True]


def test_nothing_is_shown_for_longer_than_ninety_days_or_into_the_past(mia, pair):
    write_plan(mia)
    for until in (dt.date(2026, 11, 21), dt.date(2027, 2, 21)):
        with pytest.raises(actions.NotThatLong):
            actions.show(mia, pair[0], "plan", until=until, choice=("alone",))


def test_showing_it_for_longer_moves_its_end(clock, mia, aya, pair):
    write_plan(mia)
    for until in (FRIDAY, dt.date(2026, 12, 4)):
        actions.show(mia, pair[0], "plan", until=until, choice=("alone",))
    assert vault.current().store.value("SELECT count(*) FROM timer") == 1
    clock.set(dt.datetime(2026, 11, 28, 9, 0, tzinfo=dt.UTC))
    assert vault.end_what_is_over() == 0
    assert seen(aya, pair[1]) == ["Feed the cat"]


def test_somebody_who_had_to_be_added_sees_a_page_on_which_nothing_is_written(mia, aya, tom, pair):
    toms = befriend(mia, tom, "Tom")
    write_plan(mia)
    for one in (pair[0], toms[0]):
        actions.show(mia, one, "plan", until=FRIDAY, choice=("alone",))
    actions.mark_had_to(mia, pair[0], had_to=True)
    shown = access.shown_to_me(again(aya), pair[1])
    assert [thing.key for thing in shown] == ["plan"]
    assert shown[0].blocks == ()
    assert seen(tom, toms[1]) == ["Feed the cat"]
    write_plan(mia, "Feed both cats")
    actions.show(mia, pair[0], "plan", until=FRIDAY, choice=("alone",))
    assert seen(aya, pair[1]) == []
    # On her own pages everything looks as it did.
    assert [one.grants[0].thing for one in access.allies(mia)] == ["plan", "plan"]
    assert [one.name for one in access.choices(mia)] == ["Tom"]
    with pytest.raises(NotFound):
        actions.tell(mia, (pair[0],), line="Can you call me?")


def test_what_a_friend_sees_of_days_is_one_word_and_the_good_things(mia, aya, pair):
    actions.show(mia, pair[0], "mood", until=FRIDAY)
    day = dt.date(2026, 11, 22)
    record = Day(mood="low", sleep="hardly", line="zebra", good="I rang back")
    today.keep_day(mia, day=day, record=record, seen=0)
    assert seen(aya, pair[1]) == ["low"]
    actions.show(mia, pair[0], "good", until=FRIDAY)
    assert seen(aya, pair[1]) == ["low", "I rang back"]
    today.erase_day(mia, day=day)
    assert seen(aya, pair[1]) == []


def test_letting_go_is_silent_and_leaves_nothing_behind(mia, aya, pair):
    write_plan(mia)
    actions.show(mia, pair[0], "plan", until=FRIDAY, choice=("alone",))
    actions.tell(mia, (pair[0],), line="Can you call me?")
    gone = []
    going.when_somebody_goes(lambda space, contact: gone.append(contact))
    try:
        actions.let_go(mia, pair[0])
    finally:
        going._when_somebody_goes.pop()
    assert gone == [pair[0]]
    assert vault.contacts(again(mia)) == []
    assert mia._manifest.shares == {}
    fresh = again(aya)
    actions.come_in(fresh)
    assert [one.name for one in access.beside(fresh)] == ["Mia"]  # as on any day without anything shown
    assert access.shown_to_me(fresh, pair[1]) == [] == access.heard(fresh)
    assert access.circle_of(fresh).stepped_back == ()


def test_who_steps_back_is_told_of_once_and_the_plan_asks_for_a_look(mia, aya, pair):
    write_plan(mia, "Aya, she picks up late", "people")
    actions.step_back(aya, pair[1])
    assert access.beside(again(aya)) == []
    fresh = again(mia)
    actions.come_in(fresh)
    assert access.circle_of(fresh).stepped_back == ("Aya",)
    assert access.allies(fresh) == []
    assert "Aya" in plan_access.reason_to_look(fresh)
    actions.come_in(again(mia))
    assert access.circle_of(again(mia)).stepped_back == ("Aya",)
    actions.have_read_who_left(fresh)
    assert access.circle_of(again(mia)).stepped_back == ()


def test_a_line_goes_to_one_friend_and_an_answer_comes_back(clock, mia, aya, tom, pair):
    toms = befriend(mia, tom, "Tom")
    actions.tell(mia, (pair[0],), line="Can you come over?")
    assert access.heard(again(tom)) == []
    heard = access.heard(again(aya))[0]
    assert (heard.name, heard.line, heard.answer) == ("Mia", "Can you come over?", "")
    assert not access.told(again(mia))[0].waited
    clock.forward(16 * 60)
    assert access.told(again(mia))[0].waited
    actions.answer(aya, pair[1], mark=heard.mark, answer="asking", whom="my sister")
    told = access.told(again(mia))[0]
    assert told.answer == "I cannot, I am asking my sister"
    assert not told.waited
    with pytest.raises(NotFound):
        actions.answer(again(tom), toms[1], mark=heard.mark, answer="coming")


def test_an_answer_to_an_older_line_is_no_answer_to_this_one(clock, mia, aya, pair):
    actions.tell(mia, (pair[0],), line="Can you call me?")
    mark = access.heard(again(aya))[0].mark
    actions.answer(aya, pair[1], mark=mark, answer="calling")
    clock.forward(3600)
    actions.tell(mia, (pair[0],), line="Can you come over?")
    assert access.told(again(mia))[0].answer == ""
    with pytest.raises(NotFound):
        actions.answer(again(aya), pair[1], mark=mark, answer="calling")


def test_a_line_is_there_for_a_day_and_then_nowhere(clock, mia, aya, pair):
    actions.tell(mia, (pair[0],), line="Can you call me?")
    clock.forward(24 * 3600 + 1)
    assert access.told(again(mia)) == [] == access.heard(again(aya))
    actions.come_in(again(mia))
    assert again(mia).keys(Told, "told") == []
    assert vault.read_shared(again(aya), Told) == []


def test_it_is_hard_is_seen_only_by_whom_it_is_shown_to_and_for_a_day(clock, mia, aya, pair):
    actions.say_it_is_hard(mia)
    assert seen(aya, pair[1]) == []
    actions.show(mia, pair[0], access.SIGNAL, until=FRIDAY)
    assert seen(aya, pair[1]) == ["It is a hard day."]
    actions.all_right_again(mia)
    assert seen(aya, pair[1]) == []
    actions.say_it_is_hard(mia)
    clock.forward(24 * 3600 + 1)
    actions.come_in(again(mia))
    assert seen(aya, pair[1]) == []


def test_not_this_week_is_said_and_unsaid(clock, mia, aya, pair):
    actions.not_this_week(aya, pair[1], until=dt.date(2026, 11, 29))
    assert access.ally(again(mia), pair[0]).not_before == "29 November 2026"
    clock.forward(7 * 86400)
    assert access.ally(again(mia), pair[0]).not_before == ""
    actions.not_this_week(aya, pair[1], until=None)
    assert access.ally(again(mia), pair[0]).not_before == ""


def test_a_link_shows_one_thing_for_a_day_and_nothing_after_it_is_ended(clock, mia):
    write_plan(mia)
    token = actions.make_link(mia, "plan", choice=("alone",))
    assert access.opened_by(token).blocks[0].lines[0].text == "Feed the cat"
    assert access.opened_by(bytes(32)) is None
    link = access.links(mia)[0]
    clock.forward(24 * 3600 + 1)
    assert access.opened_by(token) is None
    clock.forward(-3600)
    actions.end_link(mia, link.id)
    assert access.opened_by(token) is None
    with pytest.raises(NotFound):
        actions.make_link(mia, "keepsake")


def test_nobody_else_can_be_shown_told_or_let_go_by_their_id(mia, aya, tom, pair):
    for do in (
        lambda: actions.show(tom, pair[0], "mood", until=FRIDAY),
        lambda: actions.take_back(tom, pair[0], "mood"),
        lambda: actions.let_go(tom, pair[0]),
        lambda: actions.mark_had_to(tom, pair[0], had_to=True),
        lambda: actions.tell(tom, (pair[0],), line="x"),
        lambda: actions.step_back(tom, pair[1]),
        lambda: actions.let_go(aya, pair[1]),  # Mia is not in Aya's circle: Aya stands beside her
    ):
        with pytest.raises(NotFound):
            do()


def test_a_circle_stays_small_and_an_invitation_can_be_taken_back(mia, aya):
    for number in range(MOST_PEOPLE):
        actions.invite(mia, name=f"friend {number}")
    with pytest.raises(actions.CircleIsFull):
        actions.invite(mia, name="one more")
    one, _due = access.invited(mia)[0]
    actions.withdraw(mia, one.id.hex())
    words = actions.invite(mia, name="one more")
    with pytest.raises(vault.NoInvitation):
        vault.accept(mia, vault.look_at_invitation(words))  # her own
    vault.accept(aya, vault.look_at_invitation(words))
    with pytest.raises(vault.NoInvitation):
        vault.look_at_invitation(words)  # used (attack 38)


def test_both_see_the_same_four_safety_words(mia, aya, pair):
    assert access.ally(mia, pair[0]).safety == access.beside_one(aya, pair[1]).safety


def test_keys_that_change_ask_for_the_safety_words_again(mia, aya, pair):
    write_plan(mia)
    actions.show(mia, pair[0], "plan", until=FRIDAY, choice=("alone",))
    moved = vault.change_words(aya, "cocoa saffron vanilla nutmeg apricot puffin")
    fresh = again(mia)
    actions.come_in(fresh)
    assert access.ally(fresh, pair[0]).changed
    assert seen(moved, pair[1]) == ["Feed the cat"]
    actions.have_compared(fresh, pair[0])
    assert not access.ally(fresh, pair[0]).changed


def test_the_small_record_of_a_circle_prints_no_word_of_it(mia, pair):
    actions.show(mia, pair[0], "mood", until=FRIDAY)
    said = repr(access.circle_of(mia)) + repr(access.allies(mia)) + repr(access.circle_of(mia).friends)
    assert "Aya" not in said
    assert isinstance(access.circle_of(mia), Circle)


def test_trouble_in_one_room_keeps_no_other_from_its_part_of_a_visit(mia):
    done = []

    def trouble(space):
        raise vault.StorageTrouble

    visits._at_each_visit[:0] = [trouble]
    visits._at_each_visit.append(lambda space: done.append(space))
    try:
        with pytest.raises(vault.StorageTrouble):
            visits.visited(mia)
    finally:
        visits._at_each_visit.remove(trouble)
        visits._at_each_visit.pop()
    assert done == [mia]


def test_a_line_that_leads_somewhere_else_is_only_read(mia, aya, pair):
    actions.show(mia, pair[0], "mood", until=FRIDAY)
    hrefs = (
        "javascript:alert(1)",
        "http://elsewhere.example/",
        "data:text/html,x",
        "tel:112",
        "https://a.example/",
    )
    lines = tuple(Line(href, href) for href in hrefs)
    mia.put(
        Shown(thing="mood", until=FRIDAY, blocks=(Block("", lines),)), at=access.place_shown(pair[0], "mood")
    )
    shown = access.shown_to_me(again(aya), pair[1])[0].blocks[0].lines
    assert [line.href for line in shown] == ["", "", "", "tel:112", "https://a.example/"]
    assert [line.text for line in shown] == list(hrefs)
