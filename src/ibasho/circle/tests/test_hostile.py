"""What must hold when somebody means harm, or a machine stops in the middle: found by hostile reading."""

import datetime as dt

import msgspec
import pytest

from ibasho import vault
from ibasho.circle import access, actions, going
from ibasho.circle.records import Beside, Shown
from ibasho.circle.tests.conftest import again, befriend
from ibasho.circle.tests.test_circle import FRIDAY, seen, write_plan
from ibasho.vault import publishing
from ibasho.vault.store import Op
from ibasho.web.addresses import address

SATURDAY = dt.datetime(2026, 11, 28, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def ended(clock, mia, pair):
    """A copy of Mia's plan ended on Friday, with nobody here."""
    write_plan(mia)
    actions.show(mia, pair[0], "plan", until=FRIDAY, choice=("alone",))
    clock.set(SATURDAY)
    vault.end_what_is_over()


def test_other_words_of_an_ally_keep_nobody_out_where_something_has_ended(ended, mia, aya, pair):
    vault.change_words(aya, "cocoa saffron vanilla nutmeg apricot puffin")
    fresh = again(mia)
    actions.come_in(fresh)
    assert access.ally(fresh, pair[0]).changed


def test_own_other_words_can_be_taken_where_something_has_ended(ended, mia, pair):
    moved = vault.change_words(again(mia), "cocoa saffron vanilla nutmeg apricot puffin")
    assert moved._manifest.shares.keys() == {f"circle-beside:beside/{pair[0]}"}


def test_several_changes_of_words_are_taken_in_at_once(clock, mia, aya, pair):
    first = vault.change_words(aya, "cocoa saffron vanilla nutmeg apricot puffin")
    second = vault.change_words(first, "birch maple chestnut acorn badger otter")
    fresh = again(mia)
    actions.come_in(fresh)
    assert access.ally(fresh, pair[0]).safety == access.beside_one(second, pair[1]).safety


def test_what_was_sealed_anew_still_ends_on_its_day_with_nobody_here(clock, mia, aya, pair):
    write_plan(mia)
    actions.show(mia, pair[0], "plan", until=FRIDAY, choice=("alone",))
    vault.change_words(aya, "cocoa saffron vanilla nutmeg apricot puffin")
    actions.come_in(again(mia))  # re-keyed for Aya's new keys
    before = vault.current().store.value("SELECT count(*) FROM post")
    clock.set(SATURDAY)
    assert vault.end_what_is_over() == 1
    assert vault.current().store.value("SELECT count(*) FROM post") == before - 1


def test_one_person_is_one_contact(mia, aya, pair):
    words = actions.invite(mia, name="Aya again")
    with pytest.raises(vault.AlreadyThere):
        vault.accept(aya, vault.look_at_invitation(words))
    actions.come_in(mia)
    assert [one.name for one in access.allies(mia)] == ["Aya"]


def test_marking_that_was_cut_off_is_done_whole_when_it_is_done_again(mia, pair):
    gone = []

    def trouble(space, contact):
        if not gone:
            gone.append("trouble")
            raise vault.StorageTrouble

    going._when_somebody_goes[:0] = [trouble]
    going._when_somebody_goes.append(lambda space, contact: gone.append(contact))
    try:
        with pytest.raises(vault.StorageTrouble):
            actions.mark_had_to(mia, pair[0], had_to=True)
        assert gone == ["trouble", pair[0]]  # trouble in one room keeps no other from its part
        actions.mark_had_to(mia, pair[0], had_to=True)
        assert gone == ["trouble", pair[0], pair[0]]
    finally:
        going._when_somebody_goes.pop()
        going._when_somebody_goes.remove(trouble)


def test_a_mark_made_in_another_tab_is_not_undone_by_an_older_page(mia, aya, tom, pair, client):
    toms = befriend(mia, tom, "Tom")
    actions.mark_had_to(mia, pair[0], had_to=True)
    client.of(mia).post(
        address("circle-had-to"), {"had_to": toms[0]}
    )  # a page from before: nobody was marked on it
    marked = [one.id for one in access.allies(again(mia)) if access.friend_of(again(mia), one.id).had_to]
    assert sorted(marked) == sorted([pair[0], toms[0]])
    client.of(mia).post(address("circle-had-to"), {})
    assert access.choices(again(mia)) == []
    client.of(mia).post(address("circle-had-to"), {"was": [pair[0], toms[0]], "had_to": [toms[0]]})
    assert [one.id for one in access.choices(again(mia))] == [pair[0]]


def test_what_is_shown_is_always_on_its_owners_page(mia, aya, pair, monkeypatch):
    write_plan(mia)

    def cut_off(*arguments, **named):
        raise vault.StorageTrouble

    monkeypatch.setattr(vault, "share", cut_off)
    with pytest.raises(vault.StorageTrouble):
        actions.show(mia, pair[0], "plan", until=FRIDAY, choice=("alone",))
    monkeypatch.undo()
    assert [grant.thing for grant in access.ally(again(mia), pair[0]).grants] == ["plan"]
    actions.take_back(again(mia), pair[0], "plan")
    assert access.shown_to_me(again(aya), pair[1]) == []


# A restore ------------------------------------------------------------------------------------------


@pytest.fixture
def restored(tmp_path):
    """Take a copy now; call what this gives to bring it back, as `ibasho restore` does."""
    copy = tmp_path / "older.sqlite3"

    def bring_back():
        vault.copies.copy_in(vault.current().store, copy)
        vault.current().take_back_again()

    return copy, bring_back


def test_somebody_who_was_let_go_stays_gone_after_a_restore(clock, mia, aya, tom, pair, restored):
    befriend(mia, tom, "Tom")
    copy, bring_back = restored
    vault.copies.copy_out(vault.current().store, copy)
    actions.let_go(mia, pair[0])
    bring_back()
    vault.change_words(again(tom), "cocoa saffron vanilla nutmeg apricot puffin")
    fresh = again(mia)
    actions.come_in(fresh)
    assert [one.name for one in access.allies(fresh)] == ["Tom"]
    assert vault.read_shared(again(aya), Beside) == []


def test_a_mark_is_not_undone_by_a_restore(clock, mia, aya, pair, restored):
    write_plan(mia)
    actions.show(mia, pair[0], "plan", until=FRIDAY, choice=("alone",))
    copy, bring_back = restored
    vault.copies.copy_out(vault.current().store, copy)
    actions.mark_had_to(mia, pair[0], had_to=True)
    bring_back()
    assert seen(aya, pair[1]) == []


def test_an_ally_who_erased_everything_has_stepped_back(clock, mia, aya, pair):
    vault.burn(aya)
    fresh = again(mia)
    actions.come_in(fresh)
    assert access.allies(fresh) == []
    assert access.circle_of(fresh).stepped_back == ("Aya",)


def test_an_ally_who_was_let_go_notices_nothing_at_a_visit(clock, mia, aya, pair):
    actions.let_go(mia, pair[0])
    fresh = again(aya)
    actions.come_in(fresh)
    assert [one.name for one in access.beside(fresh)] == ["Mia"]


# What cannot be read --------------------------------------------------------------------------------


def test_what_an_ally_shares_in_a_broken_shape_shuts_no_page(mia, aya, pair, client):
    """No page of ours can send it; somebody who changes the program on their side could."""

    class Broken(vault.Record, kind="test-broken", version=1):
        name: int = 7

    broken, place = Broken(name=8), access.place_beside(pair[1])
    broken_type = type(broken)
    kind, broken_type.kind = broken_type.kind, Beside.kind
    try:
        aya.put(broken, at=place)
    finally:
        broken_type.kind = kind
    with pytest.raises(msgspec.ValidationError):
        again(aya).read(Beside, place)
    for page in ("circle", "tell", "circle-had-to"):
        assert client.of(mia).get(address(page)).status_code == 200
    actions.let_go(again(mia), pair[0])
    assert vault.contacts(again(mia)) == []
    assert vault.read_shared(again(mia), Shown) == []


@pytest.mark.parametrize("whose", ["an ally's", "one's own"])
def test_a_shared_collection_that_somebody_spoilt_keeps_nobody_out_after_other_words(mia, aya, pair, whose):
    name = vault.found_circle(mia, Shown.kind, [], [pair[0]])
    vault.circle(mia, name).put(Shown(thing="x", until=FRIDAY), "a/b", expects=0)
    store = vault.current().store
    catalogue = mia._manifest.shares[name].catalogue
    root, _seen = publishing.read_root(store, catalogue)
    box = root.recent["a"].id
    store.commit([Op("UPDATE box SET body = ? WHERE id = ?", (b"\x01" + bytes(400), box))])
    if whose == "one's own":
        moved = vault.change_words(again(mia), "cocoa saffron vanilla nutmeg apricot puffin")
    else:
        vault.change_words(aya, "cocoa saffron vanilla nutmeg apricot puffin")
        moved = again(mia)
        actions.come_in(moved)
        assert access.ally(moved, pair[0]).changed
    assert name not in moved._manifest.shares


def test_a_line_that_no_page_offered_is_not_there(client, mia, pair):
    for number in ("", "zebra", "-1", "3", "00009", "9" * 40, "٣"):
        sent = client.of(mia).post(address("tell"), {"whom": pair[0], "line": number})
        assert sent.status_code == 404, number
    assert access.told(again(mia)) == []
