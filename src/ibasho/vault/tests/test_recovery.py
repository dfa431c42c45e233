"""Two of three friends let somebody back in; one does not, and nobody else (VAULT 4.7)."""

import contextlib
import datetime as dt
import itertools

import pytest

from ibasho import vault
from ibasho.vault import recovery, timers
from ibasho.vault.tests.test_sharing import befriend
from ibasho.vault.tests.test_space import Note, again


@pytest.fixture
def three(mia, aya, tom, daniel, clock):
    """Mia chose them. Gives each as Mia knows them, and Mia as each knows her."""
    mia.keep(Note(text="what Mia wrote"), at="2026-11/01")
    pairs = {name: befriend(mia, one, name) for name, one in (("Aya", aya), ("Tom", tom), ("Daniel", daniel))}
    vault.let_friends(mia, [ours.id for ours, _ in pairs.values()])
    return {name: (ours.id, theirs.id) for name, (ours, theirs) in pairs.items()}


def held(*friends):
    """What these friends were handed last."""
    return [vault.notes(again(one), vault.FriendsPart)[0].record for one in friends]


def opened_by(*notes):
    return vault.open_with_friends(notes[0].place, notes[0].box_key, [note.part for note in notes])


def meet_again(*friends):
    """These friends come by, and pin the keys that others have now."""
    for one in friends:
        vault.take_in_new_keys(again(one))


def texts(space):
    return [kept.record.text for kept in space.every(Note)]


@pytest.fixture
def new_words():
    return vault.new_words()


def test_any_two_of_the_three_let_her_in(mia, aya, tom, daniel, three):
    for two in itertools.combinations((aya, tom, daniel), 2):
        assert texts(opened_by(*held(*two))) == ["what Mia wrote"]


def test_attack_34_no_friend_lets_anybody_in_alone(mia, aya, tom, daniel, three):
    for one in (aya, tom, daniel):
        (mine,) = held(one)
        with pytest.raises(vault.NotGranted):
            opened_by(mine, mine)


def test_without_what_the_friends_hold_the_box_says_nothing(mia, aya, tom, three):
    one, other = held(aya, tom)
    for place, key in ((bytes(16), one.box_key), (one.place, bytes(32))):
        with pytest.raises(vault.NotGranted):
            vault.open_with_friends(place, key, [one.part, other.part])


def test_other_words_keep_the_friends_and_they_let_her_into_what_she_writes_now(
    mia, aya, tom, three, new_words
):
    moved = vault.change_words(mia, new_words)
    moved.keep(Note(text="later"), at="2026-11/02")
    meet_again(aya, tom)
    assert texts(opened_by(*held(aya, tom))) == ["what Mia wrote", "later"]


def test_what_her_friends_held_before_other_words_opens_nothing(mia, aya, tom, three, new_words, programme):
    """An impostor's time with two of the three began before: it goes no further."""
    old = held(aya, tom)
    (row,) = programme.store.rows("SELECT id, shelf, body FROM box WHERE id = ?", (old[0].place,))
    vault.change_words(mia, new_words)
    with pytest.raises(vault.NotGranted):
        opened_by(*old)
    meet_again(aya, tom)
    new = held(aya, tom)
    with pytest.raises(vault.NotGranted):
        vault.open_with_friends(new[0].place, new[0].box_key, [one.part for one in old])
    programme.store.commit([vault.Op("INSERT INTO box (id, shelf, body) VALUES (?, ?, ?)", row)])
    programme.take_back_again()
    with pytest.raises(vault.NotGranted):
        opened_by(*old)


def test_other_words_shut_the_box_an_old_copy_holds(mia, aya, tom, three, new_words):
    """A copy of the database from before, and two friends: the old root key opens nothing new."""
    before = opened_by(*held(aya, tom))
    vault.change_words(mia, new_words)
    with pytest.raises(vault.Gone):
        texts(before)


def test_with_other_friends_those_before_let_nobody_in(mia, aya, tom, daniel, three, client):
    old = held(aya, tom, daniel)
    noor, _ = befriend(mia, vault.make_space(vault.new_words()), "Noor")
    vault.let_friends(mia, [three["Aya"][0], three["Tom"][0], noor.id])
    for two in itertools.combinations(old, 2):
        with pytest.raises(vault.NotGranted):
            opened_by(*two)
    assert texts(opened_by(*held(aya, tom))) == ["what Mia wrote"]
    (new,) = held(aya)
    with pytest.raises(vault.NotGranted):  # one from before and one of now
        vault.open_with_friends(new.place, new.box_key, [new.part, old[1].part])
    assert held(daniel)[0].part is None


def test_stopped_they_let_nobody_in(mia, aya, tom, three):
    old = held(aya, tom)
    vault.end_friends(mia)
    vault.end_friends(mia)
    assert vault.friends_who_let_in(mia) is None
    with pytest.raises(vault.NotGranted):
        opened_by(*old)


@pytest.mark.parametrize("ends", [vault.end_friends, vault.burn])
def test_attack_39_a_restore_does_not_bring_back_what_was_stopped(ends, mia, aya, tom, three, programme):
    old = held(aya, tom)
    (row,) = programme.store.rows("SELECT id, shelf, body FROM box WHERE id = ?", (old[0].place,))
    ends(mia)
    programme.store.commit([vault.Op("INSERT INTO box (id, shelf, body) VALUES (?, ?, ?)", row)])
    programme.take_back_again()
    with pytest.raises(vault.NotGranted):
        opened_by(*old)


def test_friends_whose_box_a_restore_took_away_are_not_said_to_be_there(mia, three, programme):
    vault.let_friends(again(mia), [one for one, _ in three.values()])
    place = again(mia)._manifest.recovery.place
    programme.store.commit([vault.Op("DELETE FROM box WHERE id = ?", (place,))])
    assert vault.friends_who_let_in(again(mia)) is None


def test_erased_there_is_nothing_to_let_anybody_into(mia, aya, tom, three, programme):
    old = held(aya, tom)
    vault.burn(mia)
    with pytest.raises(vault.NotGranted):
        opened_by(*old)
    assert programme.store.boxes([old[0].place]) == {}


def test_a_box_that_was_taken_away_keeps_nobody_from_other_words(mia, three, programme, new_words):
    place = mia._manifest.recovery.place
    programme.store.commit([vault.Op("DELETE FROM box WHERE id = ?", (place,))])
    moved = vault.change_words(mia, new_words)
    assert vault.friends_who_let_in(moved) is None


def test_strangers_and_fewer_than_three_are_not_chosen(mia, three):
    aya, tom = three["Aya"][0], three["Tom"][0]
    with pytest.raises(vault.NotFound):
        vault.let_friends(mia, [aya, tom, "nobody"])
    with pytest.raises(ValueError, match="three"):
        vault.let_friends(mia, [aya, tom, aya])


# Waiting


def test_whoever_waits_comes_home_behind_the_words_they_wait_with(
    mia, aya, tom, three, words_of, programme, new_words
):
    waiting = vault.make_waiting_place(new_words)
    home = vault.come_home(waiting, new_words, opened_by(*held(aya, tom)))
    assert texts(vault.open_door(new_words)) == ["what Mia wrote"]
    with pytest.raises(vault.NoDoor):
        vault.open_door(words_of["mia"])
    with pytest.raises(vault.Gone):
        again(waiting).saved_at()
    assert timers.waiting(programme) == 0
    assert not vault.is_waiting(home)
    assert vault.friends_who_let_in(home) is not None


def test_nobody_comes_home_with_other_words(mia, aya, tom, three, words_of, new_words):
    waiting = vault.make_waiting_place(new_words)
    for words in (words_of["aya"], vault.new_words()):
        with pytest.raises(vault.NoDoor):
            vault.come_home(waiting, words, opened_by(*held(aya, tom)))
    assert texts(vault.open_door(words_of["mia"])) == ["what Mia wrote"]


def test_a_place_of_somebody_who_does_not_wait_is_not_taken_for_one(mia, aya, tom, three, words_of):
    with pytest.raises(vault.NotFound):
        vault.come_home(aya, words_of["aya"], opened_by(*held(aya, tom)))


def test_a_place_where_nobody_was_led_is_gone_after_two_days(client, clock, programme, new_words):
    vault.make_waiting_place(new_words)
    clock.forward(2 * 86400)
    assert vault.end_what_is_over() == 1
    with pytest.raises(vault.NoDoor):
        vault.open_door(new_words)
    assert timers.waiting(programme) == 0
    vault.make_waiting_place(new_words)  # neither door nor lifeline is in the way


def test_where_a_friend_answered_it_stays_for_two_weeks(aya, client, clock, programme, new_words):
    waiting = vault.make_waiting_place(new_words)
    contact = vault.accept(aya, vault.look_at_invitation(vault.invite(waiting, vault.LOST, "Aya")))
    vault.ask_friends(waiting)
    (asked,) = vault.notes(again(aya), vault.Please)
    assert asked.contact.id == contact.id
    assert list(waiting.own(vault.Waiting).requests.values()) == [asked.record.request]
    clock.forward(13 * 86400)
    vault.end_what_is_over()
    assert vault.is_waiting(vault.open_door(new_words))
    clock.forward(86400)
    vault.end_what_is_over()
    with pytest.raises(vault.NoDoor):
        vault.open_door(new_words)


def test_whoever_waits_no_longer_leaves_nothing(client, clock, programme, new_words):
    vault.stop_waiting(vault.make_waiting_place(new_words))
    assert timers.waiting(programme) == 0
    with pytest.raises(vault.NoDoor):
        vault.open_door(new_words)


def test_strangers_do_not_fill_the_disk_with_waiting(client, clock, programme, monkeypatch):
    monkeypatch.setattr(recovery, "MOST_WAIT", 3)
    for _ in range(3):
        vault.make_waiting_place(vault.new_words())
    with pytest.raises(vault.TooManyWait):
        vault.make_waiting_place(vault.new_words())


def test_the_oldest_place_nobody_was_led_to_makes_room_for_somebody_else(
    aya, client, clock, programme, monkeypatch
):
    monkeypatch.setattr(recovery, "MOST_WAIT", 3)
    words = [vault.new_words() for _ in range(4)]
    answered = vault.make_waiting_place(words[0])
    vault.accept(aya, vault.look_at_invitation(vault.invite(answered, vault.LOST, "Aya")))
    vault.ask_friends(answered)
    clock.forward(60)
    vault.make_waiting_place(words[1])
    clock.forward(60)
    vault.make_waiting_place(words[2])
    clock.forward(3600 - 61)
    with pytest.raises(vault.TooManyWait):
        vault.make_waiting_place(words[3])
    clock.forward(1)
    vault.make_waiting_place(words[3])
    there = []
    for one in words:
        with contextlib.suppress(vault.NoDoor):
            there.append(vault.is_waiting(vault.open_door(one)) and one)
    assert there == [words[0], words[2], words[3]]
    assert timers.waiting(programme) == 3
    clock.forward(120)
    vault.make_waiting_place(words[1])  # neither its door nor its lifeline is in the way


def test_where_a_friend_answered_in_that_moment_the_place_stays(client, clock, programme, monkeypatch):
    monkeypatch.setattr(recovery, "MOST_WAIT", 1)
    first = vault.new_words()
    vault.make_waiting_place(first)
    clock.forward(3601)
    seen = timers.due(programme, dt.date.max)
    (timer,) = seen
    programme.store.commit([timers.swap_timer(programme, timer, timer.due_day, timer.work)])
    monkeypatch.setattr(timers, "due", lambda vault, day: seen)
    with pytest.raises(vault.TooManyWait):
        vault.make_waiting_place(vault.new_words())
    assert vault.is_waiting(vault.open_door(first))


def test_nothing_of_it_can_be_read_where_something_is_printed(mia, aya, three):
    assert "***" in repr(mia._manifest.recovery)
    assert "***" in repr(held(aya)[0])
