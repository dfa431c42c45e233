"""What the room of asks promises: nobody is asked twice, nobody learns who else was asked."""

import datetime as dt

import pytest
from msgspec.structs import replace

from ibasho import vault
from ibasho.asks import access, actions
from ibasho.asks.days import slots_of
from ibasho.asks.records import MOST_ASKS, MOST_SLOTS, PLACE, Ask, Slot, Taken
from ibasho.asks.tests.people import SUNDAY, again, asked_for, be_ally, evenings, only, own, seen, takes
from ibasho.circle import actions as circle_actions
from ibasho.circle.records import Circle, Friend
from ibasho.vault import publishing
from ibasho.web.addresses import address

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ayas(mia, aya):
    return be_ally(mia, aya, "Aya")


@pytest.fixture
def toms(mia, tom):
    return be_ally(mia, tom, "Tom")


# Asking -------------------------------------------------------------------------------------------------


def test_only_those_who_were_chosen_see_an_ask(mia, aya, tom, ayas, toms):
    asked_for(mia, [ayas], what="A lift", note="To the dentist.")
    view = only(aya)
    assert (view.what, view.note) == ("A lift", "To the dentist.")
    assert view.slots[0].when == "Sunday, 22 November, evening"
    assert seen(tom) == []


def test_an_ask_that_goes_to_nobody_is_none(mia, ayas):
    with pytest.raises(actions.NobodyAsked):
        asked_for(mia, [])
    assert access.own_asks(again(mia)) == []


def test_somebody_who_is_not_in_the_circle_cannot_be_asked(mia, daniel, aya, ayas):
    stranger = be_ally(daniel, aya, "Aya")
    with pytest.raises(vault.NotFound):
        actions.ask(mia, what="A walk", note="", slots=evenings(), people=[ayas.id, stranger.id], rings=False)
    assert seen(aya) == []


def test_nobody_is_let_into_an_ask_that_is_still_empty(mia, aya, ayas):
    """The ask and who may read it become true in one moment (DOMAIN 3.1)."""
    name = vault.found_circle(
        mia, Ask.kind, [], [ayas.id], holding={"ask/it": Ask(what="A walk", made_on=SUNDAY)}
    )
    (shared,) = vault.circles_shared_with(again(aya), Ask.kind)
    assert [kept.record.what for kept in shared.every(Ask)] == ["A walk"]
    assert [one.name for one in vault.circles_of(mia, Ask.kind)[name]] == ["Aya"]


def test_there_is_room_for_a_glance_and_no_more(mia, ayas):
    with pytest.raises(actions.TooManyTimes):
        asked_for(mia, [ayas], slots=slots_of([SUNDAY] * (MOST_SLOTS + 1), [], None))
    for _ in range(MOST_ASKS):
        asked_for(mia, [ayas])
    with pytest.raises(actions.TooManyAsks):
        asked_for(mia, [ayas])


# Taking, swapping, giving back ----------------------------------------------------------------------------


def test_what_somebody_takes_the_member_sees_by_name_and_others_only_as_taken(mia, aya, tom, ayas, toms):
    ask = asked_for(mia, [ayas, toms])
    takes(aya)
    slots = own(mia, ask).slots
    assert [(slot.taken, slot.by) for slot in slots] == [(True, "Aya"), (False, ""), (False, "")]
    hers, his = only(aya).slots[0], only(tom).slots[0]
    assert (hers.mine, hers.taken) == (True, True)
    assert (his.mine, his.taken) == (False, True)


def test_an_ally_never_learns_who_else_was_asked_nor_how_many(mia, aya, tom, daniel, ayas, toms):
    """DOMAIN 3.7: what Tom can see is the same, however many were asked beside him."""

    def shape(ally):
        view = only(ally)
        return {name: getattr(view, name) for name in ("who", "what", "note", "slots", "closed")}

    ask = asked_for(mia, [toms], slots=(same := evenings()))
    alone = shape(tom)
    actions.end(again(mia), ask)
    asked_for(again(mia), [ayas, toms], slots=same)
    assert shape(tom) == alone


def test_the_mark_of_a_taker_says_nothing_to_others_and_is_another_in_each_ask(mia, aya, tom, ayas, toms):
    for what in ("A meal", "A walk"):
        asked_for(again(mia), [ayas, toms], what=what)
    for view in seen(aya):
        takes(aya, ask=view)
    records = [record for _, record in access.shared_asks(again(tom))]
    marks = {slot.taken_by for record in records for slot in record.slots if slot.taken_by}
    assert len(marks) == 2
    known_to_tom = [one for contact in vault.contacts(tom) for one in (contact.inbox, contact.outbox)]
    names = [shared.name for shared, _ in access.shared_asks(again(tom))]
    assert marks.isdisjoint(access.mark_of(name, box) for name in names for box in known_to_tom)
    assert aya.fingerprint not in marks


def test_whoever_comes_second_is_told_kindly_and_nothing_changes(mia, aya, tom, ayas, toms):
    ask = asked_for(mia, [ayas, toms])
    view = only(tom)
    takes(aya)
    with pytest.raises(actions.SomebodyWasFaster):
        takes(tom, ask=view)
    assert own(mia, ask).slots[0].by == "Aya"
    takes(tom, 1, ask=view)
    assert own(mia, ask).slots[1].by == "Tom"


def test_taking_it_twice_is_taking_it_once(mia, aya, ayas):
    ask = asked_for(mia, [ayas])
    takes(aya)
    version = own(mia, ask).version
    takes(aya)
    assert own(mia, ask).version == version


def test_what_is_given_back_is_open_again_and_asks_no_questions(mia, aya, tom, ayas, toms):
    ask = asked_for(mia, [ayas, toms])
    key = takes(aya)
    actions.give_back(again(aya), only(aya).id, slot=key)
    assert not own(mia, ask).slots[0].taken
    assert list(again(aya).chapter(Taken, "taken")) == []
    takes(tom)
    assert own(mia, ask).slots[0].by == "Tom"


def test_nobody_gives_back_or_offers_what_is_somebody_elses(mia, aya, tom, ayas, toms):
    ask = asked_for(mia, [ayas, toms])
    key = takes(aya)
    view = only(tom)
    actions.give_back(again(tom), view.id, slot=key)
    actions.would_swap(again(tom), view.id, slot=key)
    with pytest.raises(actions.SomebodyWasFaster):
        actions.say_beside(again(tom), view.id, slot=key, line="Mine.")
    slot = own(mia, ask).slots[0]
    assert (slot.by, slot.swap, slot.line) == ("Aya", False, "")


def test_what_somebody_would_swap_stays_theirs_until_another_takes_it_over(mia, aya, tom, ayas, toms):
    ask = asked_for(mia, [ayas, toms])
    key = takes(aya)
    actions.would_swap(again(aya), only(aya).id, slot=key)
    assert (own(mia, ask).slots[0].by, own(mia, ask).slots[0].swap) == ("Aya", True)
    assert only(aya).slots[0].mine
    assert [slot.key for slot in only(tom).open] == [slot.key for slot in only(tom).slots]

    takes(tom)
    assert (own(mia, ask).slots[0].by, own(mia, ask).slots[0].swap) == ("Tom", False)
    assert not only(aya).slots[0].mine
    (told,) = access.otherwise(again(aya))
    assert told.taken_over
    actions.understood(again(aya), key=told.key)
    assert access.otherwise(again(aya)) == []


def test_whoever_would_swap_can_keep_it_after_all(mia, aya, tom, ayas, toms):
    asked_for(mia, [ayas, toms])
    key = takes(aya)
    actions.would_swap(again(aya), only(aya).id, slot=key)
    actions.would_keep(again(aya), only(aya).id, slot=key)
    with pytest.raises(actions.SomebodyWasFaster):
        takes(tom)


def test_a_line_beside_it_is_read_by_whoever_asked_and_by_nobody_else(mia, aya, tom, ayas, toms):
    ask = asked_for(mia, [ayas, toms])
    key = takes(aya)
    actions.say_beside(again(aya), only(aya).id, slot=key, line="I'll bring soup.")
    assert own(mia, ask).slots[0].line == "I'll bring soup."
    assert only(aya).slots[0].line == "I'll bring soup."
    assert only(tom).slots[0].line == ""
    assert vault.read_shared(again(tom), Taken) == []
    actions.say_beside(again(aya), only(aya).id, slot=key, line="")
    assert own(mia, ask).slots[0].line == ""


def test_a_line_goes_with_what_was_given_back(mia, aya, tom, ayas, toms):
    ask = asked_for(mia, [ayas, toms])
    key = takes(aya)
    actions.say_beside(again(aya), only(aya).id, slot=key, line="I'll bring soup.")
    actions.give_back(again(aya), only(aya).id, slot=key)
    takes(tom)
    assert own(mia, ask).slots[0].line == ""
    assert vault.read_shared(again(mia), Taken) == []


def test_somebody_who_changed_their_words_still_has_what_they_took(mia, aya, ayas):
    ask = asked_for(mia, [ayas])
    takes(aya)
    moved = vault.change_words(again(aya), vault.new_words())
    vault.take_in_new_keys(member := again(mia))
    assert own(member, ask).slots[0].by == "Aya"
    assert only(moved).slots[0].mine
    takes(moved, 1)
    assert [slot.by for slot in own(member, ask).slots] == ["Aya", "Aya", ""]


# The owner's hand on it -----------------------------------------------------------------------------------


def test_what_is_closed_needs_nothing_more_and_what_is_taken_stands(mia, aya, tom, ayas, toms):
    ask = asked_for(mia, [ayas, toms])
    takes(aya)
    actions.close(again(mia), ask)
    with pytest.raises(actions.NotNeeded):
        takes(tom, 1)
    assert only(tom).open == ()
    assert only(aya).slots[0].mine
    actions.open_again(again(mia), ask)
    takes(tom, 1)
    assert [slot.by for slot in own(mia, ask).slots] == ["Aya", "Tom", ""]


def test_what_is_closed_can_still_be_swapped(mia, aya, tom, ayas, toms):
    ask = asked_for(mia, [ayas, toms])
    key = takes(aya)
    actions.would_swap(again(aya), only(aya).id, slot=key)
    actions.close(again(mia), ask)
    assert [slot.key for slot in only(tom).open] == [key]
    takes(tom)
    assert own(mia, ask).slots[0].by == "Tom"


def test_an_evening_that_has_passed_is_nobodys_to_take(mia, aya, ayas, clock):
    asked_for(mia, [ayas])
    view = only(aya)
    clock.forward(86_400)
    assert len(only(aya).slots) == 2
    with pytest.raises(actions.NotNeeded):
        actions.take(again(aya), view.id, slot=view.slots[0].key)


def test_changed_words_are_what_everybody_reads_and_what_is_taken_stays(mia, aya, ayas):
    ask = asked_for(mia, [ayas])
    takes(aya)
    actions.change(again(mia), ask, what="Soup", note="Any.", rings=True)
    assert (only(aya).what, only(aya).note) == ("Soup", "Any.")
    assert only(aya).slots[0].mine
    assert own(mia, ask).rings


def test_more_evenings_can_be_asked_for_and_none_stands_there_twice(mia, aya, ayas):
    ask = asked_for(mia, [ayas])
    takes(aya)
    actions.add_slots(again(mia), ask, slots=evenings(5))
    assert [slot.day.day for slot in own(mia, ask).slots] == [22, 23, 24, 25, 26]
    assert own(mia, ask).slots[0].by == "Aya"
    with pytest.raises(actions.TooManyTimes):
        actions.add_slots(again(mia), ask, slots=evenings(MOST_SLOTS, "morning"))


def test_whoever_took_what_is_not_needed_any_more_is_told_so(mia, aya, ayas):
    ask = asked_for(mia, [ayas])
    key = takes(aya)
    actions.drop_slot(again(mia), ask, slot=key)
    (told,) = access.otherwise(again(aya))
    assert (told.what, told.when, told.taken_over) == ("A meal", "Sunday, 22 November, evening", False)
    with pytest.raises(vault.NotFound):
        actions.drop_slot(again(mia), ask, slot=key)


def test_somebody_who_is_let_out_sees_nothing_of_it_and_what_they_took_is_open(mia, aya, tom, ayas, toms):
    ask = asked_for(mia, [ayas, toms])
    takes(aya)
    view = only(aya)
    actions.let_out(again(mia), ask, person=ayas.id)
    assert seen(aya) == []
    assert not own(mia, ask).slots[0].taken
    assert [name for _, name in own(mia, ask).asked] == ["Tom"]
    with pytest.raises(vault.NotFound):
        actions.take(again(aya), view.id, slot=view.slots[1].key)
    takes(tom)
    with pytest.raises(vault.NotFound):
        actions.let_out(again(mia), ask, person=ayas.id)


def test_being_let_out_looks_like_an_ask_that_ended(mia, aya, tom, ayas, toms):
    """DOMAIN 3.1: nobody is told that something was taken from them, and nobody comes who is not awaited."""
    told = []
    for way in (
        lambda ask: actions.let_out(again(mia), ask, person=ayas.id),
        lambda ask: actions.end(mia, ask),
    ):
        ask = asked_for(mia := again(mia), [ayas, toms])
        takes(aya)
        way(ask)
        (one,) = access.otherwise(again(aya))
        told.append((one.what, one.when, one.taken_over))
        actions.understood(again(aya), key=one.key)
        if ask in vault.circles_of(again(mia), Ask.kind):
            actions.end(again(mia), ask)
    assert told[0] == told[1]


def test_a_hand_on_an_ask_from_before_somebody_was_let_out_is_found_anew(mia, aya, tom, ayas, toms):
    ask = asked_for(mia, [ayas, toms])
    visit, view = again(tom), only(tom)
    old = vault.circles_shared_with(visit, Ask.kind)[0]
    actions.let_out(again(mia), ask, person=ayas.id)
    with pytest.raises(vault.NotFound):
        old.every(Ask)
    actions.take(visit, view.id, slot=view.slots[0].key)
    assert own(mia, ask).slots[0].by == "Tom"


def test_an_ask_that_ended_is_gone_for_everybody(mia, aya, ayas):
    ask = asked_for(mia, [ayas])
    actions.end(again(mia), ask)
    assert seen(aya) == access.own_asks(again(mia)) == []
    for gone in (lambda: own(mia, ask), lambda: actions.end(again(mia), ask)):
        with pytest.raises(vault.NotFound):
            gone()


def test_nobody_else_has_a_hand_on_it(mia, aya, ayas):
    ask = asked_for(mia, [ayas])
    for act in (actions.close, actions.open_again, actions.end):
        with pytest.raises(vault.NotFound):
            act(again(aya), ask)
    assert not own(mia, ask).closed


def test_what_is_over_is_forgotten_after_two_weeks_at_the_next_visit(mia, aya, ayas, clock):
    ask = asked_for(mia, [ayas])
    takes(aya)
    clock.forward(16 * 86_400)  # the last evening was on the 24th
    actions.tidy(again(mia))
    assert own(mia, ask).over
    assert seen(aya) == []
    clock.forward(86_400)
    actions.tidy(again(mia))
    assert access.own_asks(again(mia)) == []
    actions.tidy(again(aya))
    assert list(again(aya).chapter(Taken, "taken")) == []


def test_an_ask_that_a_restore_ended_again_holds_nobody_up(mia, aya, tom, ayas, toms, programme, tmp_path):
    ask, other = asked_for(mia, [ayas, toms]), asked_for(mia, [ayas], what="A walk")
    actions.keep_feed(again(mia), mine=True, others=True, own_words=True, summary="")
    copy = programme.store.rows("SELECT * FROM box")
    actions.end(again(mia), ask)
    programme.store.commit([vault.Op("DELETE FROM box", ())])
    sql = "INSERT INTO box (id, shelf, body) VALUES (?, ?, ?)"
    programme.store.commit([vault.Op(sql, tuple(bytes(part) for part in row)) for row in copy])
    programme.take_back_again()
    assert [one.id for one in access.own_asks(again(mia))] == [other]
    with pytest.raises(vault.NotFound):
        own(mia, ask)
    actions.without_them(again(mia), toms.id)
    actions.tidy(again(mia))
    assert list(vault.circles_of(again(mia), Ask.kind)) == [other]
    assert [one.id for one in access.own_asks(again(mia))] == [other]


SLOT = Slot("a1", SUNDAY, "evening")
SPOILT = {
    "no word": Ask(what=5, made_on=SUNDAY),  # type: ignore[arg-type]
    "no day": Ask(what="A meal", made_on="Sunday"),  # type: ignore[arg-type]
    "the last of all days": Ask(what="A meal", made_on=SUNDAY, slots=(replace(SLOT, day=dt.date.max),)),
    "an hour of elsewhere": Ask(
        what="A meal", made_on=SUNDAY, slots=(replace(SLOT, at=dt.time(9, tzinfo=dt.UTC)), SLOT)
    ),
    "a place elsewhere": Ask(what="A meal", made_on=SUNDAY, slots=(replace(SLOT, key="../a"),)),
    "the same twice": Ask(what="A meal", made_on=SUNDAY, slots=(SLOT, SLOT)),
    "without an end": Ask(what="A meal" * 1000, made_on=SUNDAY),
}


@pytest.mark.parametrize("record", SPOILT.values(), ids=SPOILT.keys())
def test_whatever_somebody_writes_in_place_of_an_ask_its_owner_can_end_it_and_let_them_go(
    mia, aya, tom, ayas, toms, client, record
):
    ask, other = asked_for(mia, [ayas, toms]), asked_for(mia, [ayas, toms], what="A walk")
    actions.keep_feed(again(mia), mine=True, others=True, own_words=True, summary="")
    (shared,) = [one for one, kept in access.shared_asks(again(tom)) if kept.what == "A meal"]
    shared.put(record, PLACE, expects=None)
    actions.tidy(again(mia))
    assert [one.what for one in seen(aya)] == ["A walk"], "those who are asked go on with the rest"
    assert [(one.id, one.spoilt) for one in access.own_asks(again(mia)) if one.spoilt] == [(ask, True)]
    browser = client.of(mia)
    for name, arguments in (("asks", ()), ("asks-ask", (ask,)), ("asks-end", (ask,)), ("asks-calendar", ())):
        assert browser.get(address(name, *arguments)).status_code == 200
    assert "You can end it, and ask anew" in browser.get(address("asks-ask", ask)).text
    circle_actions.let_go(again(mia), toms.id)
    assert seen(tom) == []
    actions.end(again(mia), ask)
    assert [one.id for one in access.own_asks(again(mia))] == [other]


def test_an_ask_whose_boxes_somebody_took_away_lets_them_go_all_the_same(
    mia, aya, tom, ayas, toms, programme
):
    ask = asked_for(mia, [ayas, toms])
    (shared,) = [one for one, _ in access.shared_asks(again(tom))]
    kept = shared.every(Ask)[0]
    root, _ = publishing.read_root(programme.store, shared._base)
    boxes = [ref.id for ref in root.recent.values()]
    programme.store.commit([vault.Op("DELETE FROM box WHERE id = ?", (one,)) for one in boxes])
    assert kept.id == PLACE
    actions.tidy(again(mia))
    assert own(mia, ask).spoilt
    assert seen(aya) == []
    circle_actions.let_go(again(mia), toms.id)
    assert access.own_asks(again(mia)) == []


def test_when_an_alliance_ends_what_they_took_is_open_again(mia, aya, tom, ayas, toms):
    """DOMAIN 3.9."""
    ask = asked_for(mia, [ayas, toms])
    takes(aya)
    visit = again(mia)
    actions.without_them(visit, ayas.id)
    vault.let_go(visit, ayas.id)
    assert [slot.taken for slot in own(mia, ask).slots] == [False] * 3
    assert seen(aya) == []
    takes(tom)


def test_what_somebody_took_who_is_known_no_more_is_open_at_the_next_visit(mia, aya, tom, ayas, toms):
    ask = asked_for(mia, [ayas, toms])
    takes(aya)
    vault.let_go(again(mia), ayas.id)
    actions.tidy(again(mia))
    assert only(tom).slots[0].taken is False
    assert [name for _, name in own(mia, ask).asked] == ["Tom"]


def test_whoever_may_not_be_asked_any_more_is_let_out_at_the_next_visit(mia, aya, tom, ayas, toms):
    """DOMAIN 3.7, also when whatever let them out at once was cut off."""
    ask = asked_for(mia, [ayas, toms])
    takes(aya)
    again(mia).set_own(Circle(friends={ayas.id: Friend(had_to=True)}))
    actions.tidy(again(mia))
    assert seen(aya) == []
    assert [slot.taken for slot in only(tom).slots] == [False] * 3
    assert [name for _, name in own(mia, ask).asked] == ["Tom"]


# Days --------------------------------------------------------------------------------------------------------


def test_a_week_shows_each_day_with_who_comes_and_what_is_open(mia, aya, ayas):
    asked_for(mia, [ayas], slots=evenings(9))
    takes(aya, 1)
    asks = access.own_asks(again(mia))
    week = access.week_of(SUNDAY + dt.timedelta(days=1), asks)
    assert [day.said.partition(",")[0] for day in week][::6] == ["Monday", "Sunday"]
    assert [day.now for day in access.week_of(SUNDAY, asks)] == [True] + [False] * 6
    assert [[(what, slot.by) for _, what, slot in day.lines] for day in week][:2] == [
        [("A meal", "Aya")],
        [("A meal", "")],
    ]
    actions.close(again(mia), asks[0].id)
    week = access.week_of(SUNDAY + dt.timedelta(days=1), access.own_asks(again(mia)))
    assert [len(day.lines) for day in week] == [1, 0, 0, 0, 0, 0, 0]


def test_somebody_can_ask_and_be_asked(mia, aya, ayas):
    mias = be_ally(aya, mia, "Mia")
    asked_for(mia, [ayas], what="A meal")
    asked_for(again(aya), [mias], what="A walk")
    assert [view.what for view in seen(aya)] == ["A meal"]
    assert [view.what for view in seen(mia)] == ["A walk"]
    assert [view.what for view in access.own_asks(again(aya))] == ["A walk"]


def test_an_hour_and_a_part_of_the_day_can_be_asked_for_together(mia, aya, ayas):
    asked_for(mia, [ayas], slots=slots_of([SUNDAY], ["night", "morning"], dt.time(12, 30)))
    assert [slot.when.rpartition(", ")[2] for slot in only(aya).slots] == ["morning", "12:30", "night"]


def test_an_ask_is_taken_along_by_whoever_asked_and_by_nobody_else(mia, aya, ayas):
    asked_for(mia, [ayas], what="A lift", note="To the dentist.", slots=evenings(1))
    takes(aya)
    files = dict(vault.export(again(mia)))
    assert files["ask.txt"].decode() == "A lift\nTo the dentist.\nSunday, 22 November, evening"
    assert b"A lift" in files["ask.json"]
    hers = dict(vault.export(again(aya)))
    assert "ask.json" not in hers
    assert b"A lift" in hers["ask-taken.json"]


def test_whoever_erases_everything_leaves_nothing_of_an_ask_to_anybody(mia, aya, ayas):
    asked_for(mia, [ayas])
    takes(aya)
    vault.burn(again(mia))
    assert seen(aya) == []
    (told,) = access.otherwise(again(aya))
    assert not told.taken_over


def test_nothing_of_an_ask_is_readable_on_the_disk_or_in_a_repr(mia, aya, ayas, every_byte_on_disk, caplog):
    ask = asked_for(mia, [ayas], what="zebra-what", note="zebra-note")
    key = takes(aya)
    actions.say_beside(again(aya), only(aya).id, slot=key, line="zebra-line")
    said = repr([own(mia, ask), only(aya), access.otherwise(aya), access.week_of(SUNDAY, [own(mia, ask)])])
    assert b"zebra" not in every_byte_on_disk()
    assert "zebra" not in caplog.text + said
    assert "Aya" not in said
