"""Two of three friends let Mia back in: after three days, told to her own place, stopped with a tap (VAULT 4.7)."""

import contextlib
import datetime as dt
import re

import pytest

from ibasho import vault
from ibasho.bell.access import bell_of
from ibasho.circle import access as circle
from ibasho.circle import actions as circle_actions
from ibasho.circle import home, visits
from ibasho.circle.records import Circle, Friend
from ibasho.people import actions, door, friends
from ibasho.people.records import Held, PartGiven, Profile, SomebodyAsked, Standing
from ibasho.people.tests.browser import Visitor, hidden, words_shown
from ibasho.vault import noting, sessions
from ibasho.vault.tests.test_space import again
from ibasho.web.addresses import address

DAY = 24 * 3600


class Odd(vault.Record, kind="friends-asked-odd", version=1):
    """What somebody may write who does not keep to the form."""

    free_from: str
    until: str


Odd.kind = SomebodyAsked.kind


def ally(one, other, name, as_known_there):
    accepted = vault.accept(other, vault.look_at_invitation(vault.invite(one, vault.ALLY, name)))
    vault.take_in_answers(one)
    vault.keep_contact(other, accepted.id, name=as_known_there)
    return next(known.id for known in circle.allies(one) if known.name == name)


@pytest.fixture
def three(mia, aya, tom, daniel, clock):
    """Mia's three allies, as she knows them."""
    people = {"Aya": aya, "Tom": tom, "Daniel": daniel}
    return {name: ally(mia, one, name, "Mia") for name, one in people.items()}


@pytest.fixture
def chosen(mia, three):
    friends.choose(mia, list(three.values()))
    return three


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)


class Waiter:
    """Whoever says that they are Mia, in a browser of their own."""

    def __init__(self, client, clock):
        self.browser, self.clock = client, clock
        client.defaults["REMOTE_ADDR"] = "203.0.113.31"

    def begin(self):
        page = self.browser.get(address("lost-words"))
        self.clock.forward(3)
        shown = self.post("lost-words", to="begin", ticket=hidden(page, "ticket"))
        self.words = words_shown(shown)
        typing = self.post("lost-words", to="type", state=hidden(shown, "state"))
        done = self.post("lost-words", to="done", state=hidden(typing, "state"), words=self.words)
        assert done["Location"] == address("waiting")
        return self

    def post(self, page, /, **said):
        return self.browser.post(address(page), said)

    def look(self):
        return self.browser.get(address("waiting")).text

    def words_for(self, name):
        return words_shown(self.post("waiting", to="words", name=name))

    def come_home(self, words=None):
        return self.post("waiting", to="home", words=words or self.words)


@pytest.fixture
def waiter(client, clock, quick):
    return Waiter(client, clock).begin()


def helps(waiter, friend, name):
    """A friend hears the five words and says that it is Mia. Gives how their page knows it."""
    one = friends.listen(again(friend), waiter.words_for(name))
    (mia,) = [each.id for each in circle.beside(friend) if each.name == "Mia"]
    friends.tend(again(friend))
    friends.heard_the_voice(again(friend), one, mia)
    waiter.look()
    return one


def visit(*people):
    for one in people:
        friends.tend(again(one))


def days_pass(clock, days=3):
    clock.forward(days * DAY + 60)


def again_in(waiter, client):
    """Sessions do not last three days: they come in again with their new words."""
    browser = client.of(vault.open_door(waiter.words), waiter.words)
    browser.defaults["REMOTE_ADDR"] = "203.0.113.31"
    waiter.browser = browser


# The whole way


def test_mia_loses_her_words_and_two_friends_let_her_back_in(
    mia, aya, tom, chosen, waiter, client, clock, words_of
):
    helps(waiter, aya, "Aya")
    helps(waiter, tom, "Tom")
    assert "They heard you" in waiter.look()
    days_pass(clock)
    visit(aya, tom)
    again_in(waiter, client)
    assert "Two of your friends are here" in waiter.look()
    elsewhere = vault.sessions.start(again(mia), words_of["mia"])

    done = waiter.come_home()

    assert "Good to see you" in done.text
    assert vault.open_door(waiter.words).own(Profile).name == "Mia"
    with pytest.raises(vault.NoDoor):
        vault.open_door(words_of["mia"])
    assert sessions.resume(elsewhere) is None
    assert waiter.browser.get(address("account")).status_code == 200
    home_again = vault.open_door(waiter.words)
    assert friends.friends_of(home_again).names == ("Aya", "Tom", "Daniel")
    assert friends.who_asked(home_again) == []


def test_coming_home_is_a_visit_so_no_silence_of_hers_goes_on(
    mia, aya, tom, chosen, waiter, client, clock, monkeypatch
):
    """Or her knock would go out while she sits there."""
    helps(waiter, aya, "Aya")
    helps(waiter, tom, "Tom")
    days_pass(clock)
    visit(aya, tom)
    again_in(waiter, client)
    came_by = []

    def trouble(space):
        came_by.append(space.own(Profile).name)
        raise ValueError

    monkeypatch.setattr(visits, "_at_each_visit", [trouble])
    assert "Good to see you" in waiter.come_home().text
    assert came_by == ["Mia"]


def test_a_friend_who_sends_parts_of_another_place_stands_in_nobodys_way(
    mia, aya, tom, daniel, chosen, waiter, client, clock
):
    one = helps(waiter, daniel, "Daniel")
    helps(waiter, aya, "Aya")
    helps(waiter, tom, "Tom")
    visit(daniel)
    days_pass(clock)
    request = again(daniel).read(Standing, f"standing/{one}").record.request
    for seat in (0, 1, 7, 2**70):
        part = vault.Part(bytes(16), seat, bytes(32))
        with contextlib.suppress(OverflowError):
            given = vault.give_part(again(daniel), one, request, part)
            vault.send_note(again(daniel), one, PartGiven(given=given, place=bytes(16), box_key=b"short"))
    visit(aya, tom)
    again_in(waiter, client)
    assert "Good to see you" in waiter.come_home().text


def test_what_the_friends_hold_afterwards_is_for_another_time(mia, aya, tom, chosen, waiter, client, clock):
    before = again(aya)
    helps(waiter, aya, "Aya")
    old = next(before.every(Held)).record
    helps(waiter, tom, "Tom")
    days_pass(clock)
    visit(aya, tom)
    again_in(waiter, client)
    waiter.come_home()
    for friend in (aya, tom):
        vault.take_in_new_keys(again(friend))
        visit(friend)
    assert next(again(aya).every(Held)).record.part.way != old.part.way


def test_one_friend_is_not_enough(mia, aya, chosen, waiter, client, clock, words_of):
    """Attack 34."""
    helps(waiter, aya, "Aya")
    days_pass(clock)
    visit(aya)
    again_in(waiter, client)
    assert "Two of your friends are here" not in waiter.look()
    assert waiter.come_home().status_code == 409
    assert vault.open_door(words_of["mia"]).own(Profile).name == "Mia"


def test_one_friend_whom_words_were_given_twice_is_not_two(mia, aya, chosen, waiter, client, clock):
    helps(waiter, aya, "Aya")
    assert helps(waiter, aya, "once more") == friends.standings(again(aya))[0].id
    assert len(friends.standings(again(aya))) == 1
    days_pass(clock)
    visit(aya)
    again_in(waiter, client)
    assert waiter.come_home().status_code == 409


@pytest.mark.parametrize(
    ("seconds", "there"), [(3 * DAY - 1, 0), (3 * DAY, 1), (6 * DAY, 1), (6 * DAY + 1, 0)]
)
def test_no_part_is_given_before_three_days_nor_after_six(seconds, there, mia, aya, chosen, waiter, clock):
    helps(waiter, aya, "Aya")
    clock.forward(seconds)
    visit(aya)
    waiting = vault.open_door(waiter.words)
    assert len(vault.notes(waiting, PartGiven)) == there


def test_a_part_is_given_once_however_often_a_friend_comes_by(mia, aya, chosen, waiter, clock):
    helps(waiter, aya, "Aya")
    days_pass(clock)
    for _ in range(3):
        visit(aya)
    assert len(vault.notes(vault.open_door(waiter.words), PartGiven)) == 1


def test_the_wait_counts_from_the_friends_own_yes_whatever_the_request_says(mia, aya, chosen, waiter, clock):
    one = friends.listen(again(aya), waiter.words_for("Aya"))
    waiter.look()
    visit(aya)
    clock.forward(2 * DAY)
    (beside,) = friends.for_whom(again(aya))
    friends.heard_the_voice(again(aya), one, beside.id)
    clock.forward(2 * DAY)
    visit(aya)
    assert friends.standing(again(aya), one).state == "waits"
    clock.forward(DAY)
    visit(aya)
    assert friends.standing(again(aya), one).state == "given"


def test_attack_35_a_part_given_for_one_time_is_no_use_the_next(
    mia, aya, tom, chosen, waiter, client, clock, quick
):
    """Somebody waits twice: what Aya gave the first time opens nothing in the second place."""
    helps(waiter, aya, "Aya")
    days_pass(clock)
    visit(aya)
    first = vault.open_door(waiter.words)
    (kept,) = vault.notes(first, PartGiven)

    second = Waiter(type(client)(), clock).begin()
    helps(second, tom, "Tom")
    one = friends.listen(again(aya), second.words_for("Aya"))
    second.look()
    days_pass(clock)
    visit(tom)
    vault.send_note(again(aya), one, kept.record)
    with pytest.raises(friends.NotYetTwo):
        friends.come_home(vault.open_door(second.words), second.words)


def test_with_other_words_nobody_comes_home(mia, aya, tom, chosen, waiter, client, clock, words_of):
    helps(waiter, aya, "Aya")
    helps(waiter, tom, "Tom")
    days_pass(clock)
    visit(aya, tom)
    again_in(waiter, client)
    for typed in (words_of["aya"], "otter badger", "xyzzy"):
        refused = waiter.come_home(typed)
        assert refused.status_code == 403
        assert typed in refused.text
    assert waiter.come_home().status_code == 200


# Her own place is told, and stops it


def test_whoever_opens_the_place_meanwhile_is_told_first_and_stops_it(
    mia, aya, tom, chosen, waiter, client, clock, words_of
):
    helps(waiter, aya, "Aya")
    helps(waiter, tom, "Tom")
    visitor = Visitor(type(client)(), clock)
    came = visitor.come_in(words_of["mia"])
    assert came["Location"] == address("friends-asked")
    page = visitor.client.get(address("friends-asked")).text
    assert "Somebody asked your friends to let them in" in page
    assert "stop it here" in page
    assert "stop it here" in visitor.client.get(address("account")).text
    stopped = visitor.client.post(address("friends-asked"), {"to": "stop"}, follow=True).text
    assert "opens nothing any more" in stopped
    assert address("change-words") in stopped

    days_pass(clock)
    visit(aya, tom)
    again_in(waiter, client)
    assert waiter.come_home().status_code == 409
    assert vault.open_door(words_of["mia"]).own(Profile).name == "Mia"
    assert [one.state for one in friends.standings(again(aya))] == ["stopped"]


def test_it_is_stopped_even_after_both_have_given(mia, aya, tom, chosen, waiter, client, clock, words_of):
    helps(waiter, aya, "Aya")
    helps(waiter, tom, "Tom")
    days_pass(clock)
    visit(aya, tom)
    friends.stop(again(mia))
    again_in(waiter, client)
    refused = waiter.come_home()
    assert refused.status_code == 409
    assert "stopped it" in refused.text
    assert vault.open_door(words_of["mia"]).own(Profile).name == "Mia"


def test_leaving_it_be_stops_nothing(mia, aya, tom, chosen, waiter, client, clock, words_of):
    helps(waiter, aya, "Aya")
    browser = client.of(mia)
    browser.post(address("friends-asked"), {"to": "leave"})
    assert [one.name for one in friends.who_asked(again(mia))] == ["Aya"]


def test_only_her_three_can_say_that_somebody_asked(mia, aya, tom, daniel, three, clock):
    friends.choose(mia, list(three.values()))
    noor = vault.make_space(vault.new_words())
    ally(mia, noor, "Noor", "Mia")
    (mias,) = [one.id for one in circle.beside(noor)]
    at = clock.at + dt.timedelta(days=3)
    vault.send_note(noor, mias, SomebodyAsked(free_from=at, until=at))
    assert friends.who_asked(again(mia)) == []


def test_what_was_asked_and_is_long_over_is_not_said_any_more(mia, aya, chosen, waiter, clock):
    helps(waiter, aya, "Aya")
    clock.forward(6 * DAY + 60)
    assert friends.who_asked(again(mia)) == []


def test_her_own_bell_rings_when_a_friend_heard_somebody(mia, aya, chosen, waiter, monkeypatch):
    rung = []
    monkeypatch.setattr(friends, "ring", rung.append)
    helps(waiter, aya, "Aya")
    (beside,) = friends.for_whom(again(aya))
    assert rung == [bell_of(vault.contact(aya, beside.id))]


def test_other_words_stop_what_was_begun(mia, aya, tom, chosen, waiter, client, clock):
    """The first thing somebody does whose place is not theirs alone any more."""
    helps(waiter, aya, "Aya")
    helps(waiter, tom, "Tom")
    new = vault.new_words()
    moved = actions.change_words(again(mia), new)
    assert friends.who_asked(again(moved)) == []
    assert friends.friends_of(again(moved)).names == ("Aya", "Tom", "Daniel")
    days_pass(clock)
    for one in (aya, tom):
        visits.visited(again(one))
    assert [one.state for one in friends.standings(again(aya))] == ["stopped"]
    again_in(waiter, client)
    assert waiter.come_home().status_code == 409
    assert vault.open_door(new).own(Profile).name == "Mia"


def test_other_words_stop_it_even_after_both_have_given(mia, aya, tom, chosen, waiter, client, clock):
    helps(waiter, aya, "Aya")
    helps(waiter, tom, "Tom")
    days_pass(clock)
    visit(aya, tom)
    new = vault.new_words()
    actions.change_words(again(mia), new)
    again_in(waiter, client)
    assert "stopped it" in waiter.come_home().text
    assert vault.open_door(new).own(Profile).name == "Mia"


def test_her_three_hold_new_parts_by_their_next_visit_after_other_words(
    mia, aya, tom, chosen, waiter, client, clock
):
    visit(aya, tom)
    actions.change_words(again(mia), vault.new_words())
    for one in (aya, tom):
        visits.visited(again(one))
    helps(waiter, aya, "Aya")
    helps(waiter, tom, "Tom")
    days_pass(clock)
    visit(aya, tom)
    again_in(waiter, client)
    assert "Good to see you" in waiter.come_home().text


def test_she_is_told_first_whatever_page_she_asked_for_and_goes_on_to_it(
    mia, aya, chosen, waiter, client, clock, words_of
):
    helps(waiter, aya, "Aya")
    visitor = Visitor(type(client)(), clock)
    came = visitor.come_in(words_of["mia"], page=visitor.client.get(address("plan")))
    assert came["Location"].partition("?")[0] == address("friends-asked")
    page = visitor.client.get(came["Location"])
    assert "stop it here" in page.text
    form = {"to": "leave", "back": hidden(page, "back"), "draft": hidden(page, "draft")}
    assert visitor.client.post(address("friends-asked"), form)["Location"] == address("plan")
    away = visitor.client.post(address("friends-asked"), form | {"back": "https://example.org/"})
    assert away["Location"] == door.home()


def test_she_is_told_first_after_a_lock_too(mia, aya, chosen, waiter, client, clock, words_of):
    helps(waiter, aya, "Aya")
    browser = client.of(mia, words_of["mia"])
    clock.forward(5 * 60)
    locked = browser.get(address("plan"))
    first = words_of["mia"].split()[0]
    came = browser.post(address("unlock"), {"word": first, "back": hidden(locked, "back")})
    assert came["Location"].partition("?")[0] == address("friends-asked")


@pytest.mark.parametrize("to", ["stop", "leave"])
def test_what_she_was_writing_waits_while_she_is_told(to, mia, aya, chosen, waiter, client, clock, words_of):
    helps(waiter, aya, "Aya")
    visitor = Visitor(client.of(mia), clock)
    clock.forward(3600)
    over = visitor.client.post(address("account"), {"name": "zebra canary", "idle_minutes": "20"})
    page = visitor.come_in(words_of["mia"], page=over)
    assert "Somebody asked your friends to let them in" in page.text
    assert "zebra canary" not in page.text
    clock.forward(3600)  # and that visit ends, too
    over = visitor.client.post(address("friends-asked"), {"to": "leave", "draft": hidden(page, "draft")})
    page = visitor.come_in(words_of["mia"], page=over)
    assert "stop it here" in page.text
    after = visitor.client.post(address("friends-asked"), {"to": to, "draft": hidden(page, "draft")})
    if to == "stop":
        assert "opens nothing any more" in after.text
        form = {"to": "leave", "draft": hidden(after, "draft")}
        after = visitor.client.post(address("friends-asked"), form)
    assert "Here is what you were writing" in after.text
    assert 'name="name" value="zebra canary"' in after.text


def test_it_stands_on_her_first_page_too_until_it_is_stopped(mia, aya, chosen, waiter, client):
    where = [address("today"), address("beside"), address("account")]
    assert not any("stop it here" in client.of(mia).get(page).text for page in where)
    helps(waiter, aya, "Aya")
    assert all("stop it here" in client.of(mia).get(page).text for page in where)
    friends.stop(again(mia))
    assert not any("stop it here" in client.of(mia).get(page).text for page in where)


@pytest.mark.parametrize(
    "at", ["2026-11-26T04:00:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "soon"]
)
def test_whatever_one_of_her_three_writes_the_door_opens_and_every_page_answers(
    at, mia, aya, chosen, client, clock, words_of
):
    (mias,) = [one.id for one in circle.beside(aya)]
    vault.send_note(aya, mias, Odd(free_from=at, until="9999-12-31T23:59:59Z"))
    visitor = Visitor(type(client)(), clock)
    visitor.come_in(words_of["mia"])
    for name in ("account", "friends-asked", "today", "beside"):
        assert visitor.client.get(address(name)).status_code == 200
    now = clock.at  # and nothing further off than the wait is said
    assert all(abs(one.free_from - now) <= vault.FRIENDS_WAIT for one in friends.who_asked(again(mia)))


# A friend


def test_when_her_place_cannot_be_told_nothing_begins(mia, aya, chosen, waiter, clock, monkeypatch):
    """Or a friend would give their part and Mia never read of it."""
    one = friends.listen(again(aya), waiter.words_for("Aya"))
    waiter.look()
    visit(aya)
    (whose,) = [each.id for each in circle.beside(again(aya))]

    def full(*arguments):
        raise vault.StorageTrouble

    with monkeypatch.context() as disk:
        disk.setattr(noting, "plan_note", full)
        with pytest.raises(vault.StorageTrouble):
            friends.heard_the_voice(again(aya), one, whose)
    assert friends.standing(again(aya), one).state == "new"
    days_pass(clock)
    visit(aya)
    assert vault.notes(vault.open_door(waiter.words), PartGiven) == []
    friends.heard_the_voice(again(aya), one, whose)
    assert [each.name for each in friends.who_asked(again(mia))] == ["Aya"]


def test_a_part_that_could_not_be_left_is_given_at_the_next_visit(aya, chosen, waiter, clock, monkeypatch):
    helps(waiter, aya, "Aya")
    days_pass(clock)

    def full(*arguments):
        raise vault.StorageTrouble

    with monkeypatch.context() as disk:
        disk.setattr(noting, "plan_note", full)
        with pytest.raises(vault.StorageTrouble):
            visit(aya)
    visit(aya)
    assert len(vault.notes(vault.open_door(waiter.words), PartGiven)) == 1


def test_both_see_the_same_four_words_before_anything_counts(aya, chosen, waiter, client):
    words = waiter.words_for("Aya")
    browser = client.of(aya)
    answer = browser.post(address("lost-friend"), {"words": words})
    hers = words_shown(browser.get(answer["Location"]))
    theirs = re.search(r"compare: <strong[^>]*>([a-z -]+)</strong>", waiter.look())[1]
    assert hers == theirs
    assert len(hers.split()) == 4


def test_a_friend_says_that_they_heard_the_voice_or_nothing_begins(mia, aya, chosen, waiter, client):
    browser = client.of(aya)
    where = browser.post(address("lost-friend"), {"words": waiter.words_for("Aya")})["Location"]
    (whose,) = [one.id for one in friends.for_whom(again(aya))]
    refused = browser.post(where, {"to": "heard", "whose": whose})
    assert refused.status_code == 422
    assert friends.who_asked(again(mia)) == []
    browser.post(where, {"to": "heard", "whose": whose, "voice": "yes"})
    assert [one.name for one in friends.who_asked(again(mia))] == ["Aya"]
    assert "25 November 2026" in browser.get(where).text


def test_a_friend_who_is_not_sure_stops_and_nothing_is_given(mia, aya, chosen, waiter, client, clock):
    one = helps(waiter, aya, "Aya")
    client.of(aya).post(address("lost-friend-one", one), {"to": "not"})
    days_pass(clock)
    visit(aya)
    assert vault.notes(vault.open_door(waiter.words), PartGiven) == []
    assert list(again(aya).every(Standing)) == []


@pytest.mark.parametrize("whose", ["", "nobody"])
def test_a_friend_lets_nobody_in_of_whom_they_hold_nothing(whose, mia, aya, chosen, waiter):
    one = friends.listen(again(aya), waiter.words_for("Aya"))
    visit(aya)
    with pytest.raises(friends.NobodyOfTheirs):
        friends.heard_the_voice(again(aya), one, whose)


def test_saying_it_twice_does_not_begin_anew(mia, aya, chosen, waiter, clock):
    one = helps(waiter, aya, "Aya")
    clock.forward(DAY)
    (beside,) = friends.for_whom(again(aya))
    friends.heard_the_voice(again(aya), one, beside.id)
    assert friends.standing(again(aya), one).free_from == clock.at - dt.timedelta(days=1) + vault.FRIENDS_WAIT
    assert len(friends.who_asked(again(mia))) == 1


def test_the_words_are_good_once_and_only_on_their_page(aya, tom, chosen, waiter, newcomer, client):
    words = waiter.words_for("Aya")
    assert newcomer.look(words).status_code == 403
    browser = client.of(aya)
    assert browser.post(address("lost-friend"), {"words": words}).status_code == 303
    again_ = client.of(tom).post(address("lost-friend"), {"words": words})
    assert again_.status_code == 403
    assert words in again_.text


def test_words_typed_when_the_power_went_go_on_with_new_ones(aya, chosen, waiter):
    one = friends.listen(again(aya), waiter.words_for("Aya"))
    again(aya).forget(Standing, f"standing/{one}")
    assert friends.listen(again(aya), waiter.words_for("Aya once more")) == one
    assert friends.standing(again(aya), one).state == "new"


def test_an_invitation_of_another_kind_is_not_used_up_here(aya, daniel, chosen, client):
    words = vault.invite(daniel, "member")
    assert client.of(aya).post(address("lost-friend"), {"words": words}).status_code == 422
    assert vault.look_at_invitation(words).kind == "member"


def test_guessing_the_five_words_rests_after_ten_tries(aya, chosen, waiter, client):
    browser = client.of(aya)
    browser.defaults["REMOTE_ADDR"] = "203.0.113.40"
    for _ in range(10):
        browser.post(address("lost-friend"), {"words": "otter badger acorn chestnut maple"})
    assert browser.post(address("lost-friend"), {"words": waiter.words_for("Aya")}).status_code == 429


def test_what_somebody_else_helps_with_is_not_there(aya, tom, chosen, waiter, client):
    one = helps(waiter, aya, "Aya")
    for where in (address("lost-friend-one", one), address("lost-friend-one", "0" * 16)):
        assert client.of(tom).get(where).status_code == 404
        assert client.of(tom).post(where, {"to": "not"}).status_code == 404


def test_two_weeks_later_a_friend_knows_nothing_of_it_any_more(aya, chosen, waiter, clock):
    helps(waiter, aya, "Aya")
    clock.forward(15 * DAY)
    visit(aya)
    assert friends.standings(again(aya)) == []
    assert [one.kind for one in vault.contacts(again(aya))] == [vault.BESIDE]


def test_it_stands_on_the_small_home_of_a_friend_who_was_chosen(aya, chosen):
    visit(aya)
    assert vault.notes(again(aya), vault.FriendsPart) == []  # it is hers now; no old one can take its place
    assert dict(home.sections(again(aya)))["people/_lost_friend.html"]["names"] == ["Mia"]


def test_and_on_nobody_elses(mia, aya, three):
    assert "people/_lost_friend.html" not in dict(home.sections(aya)) | dict(home.sections(mia))


# Choosing


def test_mia_chooses_three_with_her_words_and_they_are_told_how_it_is(mia, three, client, words_of):
    browser = client.of(mia)
    page = browser.get(address("friends-let-in")).text
    for said in ("one alone cannot", "The three days are a rule of this program", "whom nobody could press"):
        assert said in page
    form = {"friend": list(three.values()), "words": words_of["mia"], "to": "three"}
    assert browser.post(address("friends-let-in"), form).status_code == 303
    assert friends.friends_of(again(mia)).names == ("Aya", "Tom", "Daniel")
    assert "Aya, Tom, Daniel" in browser.get(address("account")).text
    browser.post(address("friends-let-in"), {"words": words_of["mia"], "to": "nobody"})
    assert friends.friends_of(again(mia)) is None


@pytest.mark.parametrize("typed", ["", "otter badger acorn chestnut maple birch"])
def test_whoever_finds_an_open_page_chooses_nobody(typed, mia, three, client):
    form = {"friend": list(three.values()), "words": typed, "to": "three"}
    refused = client.of(mia).post(address("friends-let-in"), form)
    assert refused.status_code == 403
    assert refused.text.count(" checked") == 3
    assert friends.friends_of(again(mia)) is None


def test_two_or_one_twice_are_not_three(mia, three, client, words_of):
    for some in (list(three.values())[:2], [three["Aya"]] * 3, []):
        form = {"friend": some, "words": words_of["mia"], "to": "three"}
        assert client.of(mia).post(address("friends-let-in"), form).status_code == 422
    assert friends.friends_of(again(mia)) is None


def test_one_friend_who_was_let_in_twice_is_not_two_of_the_three(mia, aya, three, client, words_of):
    """Or she alone could let herself in."""
    for one in vault.contacts(aya):
        vault.let_go(aya, one.id)
    twice = ally(mia, aya, "Aya again", "Mia")
    form = {"friend": [three["Aya"], twice, three["Tom"]], "words": words_of["mia"], "to": "three"}
    refused = client.of(mia).post(address("friends-let-in"), form)
    assert refused.status_code == 422
    assert "the same person" in refused.text
    assert friends.friends_of(again(mia)) is None


def test_a_mark_that_was_cut_off_halfway_is_seen_to_at_the_next_visit(mia, aya, tom, chosen):
    """DOMAIN 3.7: from the moment she said so, whoever she had to add lets nobody in."""
    visit(aya, tom)
    mia.set_own(Circle(friends={chosen["Tom"]: Friend(had_to=True)}))
    visit(mia)
    assert friends.friends_of(again(mia)) is None
    assert friends.who_left(again(mia)) == "Tom"
    visit(aya, tom)
    assert [one.name for one in friends.for_whom(again(tom))] == ["Mia"]
    assert friends.for_whom(again(aya)) == []


def test_one_who_is_not_known_any_more_lets_nobody_in(mia, aya, chosen):
    vault.let_go(again(mia), chosen["Tom"])
    visit(again(mia))
    assert friends.friends_of(again(mia)) is None


def test_one_she_had_to_add_is_not_offered_and_not_taken(mia, three, client, words_of):
    """DOMAIN 3.7."""
    mia.set_own(Circle(friends={three["Tom"]: Friend(had_to=True)}))
    page = client.of(mia).get(address("friends-let-in")).text
    assert three["Tom"] not in page
    with pytest.raises(vault.NotFound):
        friends.choose(again(mia), list(three.values()))


def test_when_one_of_the_three_leaves_it_ends_and_mia_is_told(mia, aya, tom, chosen, client, clock):
    """DOMAIN 3.9."""
    visit(aya, tom)
    circle_actions.let_go(mia, chosen["Tom"])
    assert friends.friends_of(again(mia)) is None
    assert "Tom is none of the three any more" in client.of(mia).get(address("account")).text
    visit(aya)
    assert friends.for_whom(again(aya)) == []


def test_one_she_had_to_add_after_all_sees_no_change_and_opens_nothing(mia, aya, tom, chosen):
    """DOMAIN 3.7."""
    visit(aya, tom)
    parts = [next(again(one).every(Held)).record for one in (aya, tom)]
    circle_actions.mark_had_to(mia, chosen["Tom"], had_to=True)
    visit(aya, tom)
    assert [one.name for one in friends.for_whom(again(tom))] == ["Mia"]
    assert friends.for_whom(again(aya)) == []
    with pytest.raises(vault.NotGranted):
        vault.open_with_friends(parts[0].place, parts[0].box_key, [one.part for one in parts])


def test_when_mia_goes_her_friend_holds_nothing_of_hers(mia, aya, chosen):
    visit(aya)
    (beside,) = friends.for_whom(again(aya))
    circle_actions.step_back(again(aya), beside.id)
    assert list(again(aya).every(Held)) == []


# A place to wait in, and nothing else


def test_whoever_waits_finds_no_other_page(waiter, words_of):
    for name in (
        "account",
        "today",
        "plan",
        "export",
        "friends-let-in",
        "lost-friend",
        "change-words",
        "erase",
    ):
        for answer in (waiter.browser.get(address(name)), waiter.browser.post(address(name))):
            assert (answer.status_code, answer["Location"]) == (303, address("waiting")), name


def test_whoever_is_in_finds_no_place_to_wait_in(mia, client):
    browser = client.of(mia)
    assert browser.get(address("waiting")).status_code == 404
    assert browser.post(address("waiting"), {"to": "stop"}).status_code == 404
    assert again(mia).own(Profile).name == "Mia"


def test_they_come_back_to_it_with_their_new_words_and_wait_no_longer(waiter, client, clock):
    visitor = Visitor(type(client)(), clock)
    assert visitor.come_in(waiter.words)["Location"] == address("waiting")
    answer = visitor.client.post(address("waiting"), {"to": "stop"})
    assert "You wait no longer" in answer.text
    with pytest.raises(vault.NoDoor):
        vault.open_door(waiter.words)


def test_a_friend_is_asked_when_they_come_back_by_the_door_too(aya, chosen, waiter, client, clock):
    friends.listen(again(aya), waiter.words_for("Aya"))
    Visitor(type(client)(), clock).come_in(waiter.words)
    assert len(vault.notes(again(aya), vault.Please)) == 1


def test_six_friends_get_words_and_a_seventh_page_is_not_there(waiter):
    for number in range(friends.MOST_CODES):
        waiter.words_for(str(number))
    assert waiter.post("waiting", to="words", name="x").status_code == 404


def test_nothing_begins_before_the_new_words_were_typed_once(client, clock, quick):
    page = client.get(address("lost-words"))
    clock.forward(3)
    shown = client.post(address("lost-words"), {"to": "begin", "ticket": hidden(page, "ticket")})
    form = {"to": "done", "state": hidden(shown, "state"), "words": "otter badger"}
    wrong = client.post(address("lost-words"), form)
    assert wrong.status_code == 422
    assert "otter badger" in wrong.text
    assert door.COOKIE not in client.cookies
    other = client.post(address("lost-words"), {"to": "other", "state": hidden(shown, "state")})
    assert words_shown(other) != words_shown(shown)


def test_a_form_is_begun_with_once(client, clock, quick):
    page = client.get(address("lost-words"))
    clock.forward(3)
    form = {"to": "begin", "ticket": hidden(page, "ticket")}
    assert client.post(address("lost-words"), form).status_code == 200
    assert client.post(address("lost-words"), form).status_code == 409


def test_from_one_network_ten_wait_and_an_eleventh_is_asked_to_come_later(client, clock, quick):
    for _ in range(10):
        waiter = Waiter(type(client)(), clock).begin()
    state = vault.seal_ticket({"words": waiter.words}, "lost", 60)
    refused = waiter.post("lost-words", to="done", state=state, words=waiter.words)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]


def test_the_page_says_nothing_of_who_is_known_here(client, mia):
    assert "Mia" not in client.get(address("lost-words")).text


def test_nothing_of_it_is_readable_on_the_disk(mia, aya, chosen, waiter, every_byte_on_disk):
    waiter.words_for("zebra-friend")
    visit(aya)
    part = next(again(aya).every(Held)).record.part
    everything = every_byte_on_disk()
    assert b"zebra-friend" not in everything
    assert part.key not in everything
