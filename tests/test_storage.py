"""What keeping means, on both databases: SQLite in a file, and PostgreSQL by one setting (DATABASE_URL)."""

import threading
import time

import pytest

from ibasho import vault
from ibasho.vault import core
from ibasho.vault.store import MAIN_SCHEMA, put_box
from tests.support.postgres import fresh_database, postgres  # noqa: F401 (a fixture)

WORDS = "veranda teapot lantern kettle meadow willow"
OTHER_WORDS = "otter badger acorn chestnut maple birch"


class Leaf(vault.Record, kind="storage-leaf", version=1):
    """A record of this test's own."""

    text: str = ""


class Twig(vault.Record, kind="storage-twig", version=1):
    """A small setting of this test's own."""

    bent: bool = False


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(request, tmp_path):
    """An empty programme on one database, then on the other."""
    before = vault.current()
    if request.param == "sqlite":
        made = vault.configure(tmp_path / "data", tmp_path / "run", make=True)
        yield made
    else:
        server = request.getfixturevalue("postgres")
        with fresh_database(server, tmp_path.name) as url:
            made = vault.configure(tmp_path / "data", tmp_path / "run", url, make=True)
            yield made
            made.close()
    made.close()
    core._open = before


@pytest.fixture
def mia(house):
    return vault.make_space(WORDS)


def again():
    """The same person, having come back."""
    return vault.open_door(WORDS)


def test_what_is_kept_is_read_by_the_one_who_comes_back(mia):
    place = mia.keep(Leaf(text="the window seat"), at="2026-11/22")
    assert again().read(Leaf, place).record.text == "the window seat"
    assert [kept.id for kept in again().every(Leaf)] == ["2026-11/22"]
    assert again().chapters(Leaf) == ["2026-11"]


def test_what_is_changed_is_there_in_its_new_form_only(mia):
    place = mia.keep(Leaf(text="one"))
    mia.change(place, Leaf(text="two"), expects=mia.read(Leaf, place).version)
    assert [kept.record.text for kept in again().every(Leaf)] == ["two"]


def test_small_settings_are_kept(mia):
    mia.set_own(Twig(bent=True))
    assert again().own(Twig).bent


def test_of_two_who_change_the_same_thing_the_slower_is_told(mia):
    place = mia.keep(Leaf(text="one"))
    tab = again()
    seen = tab.read(Leaf, place).version
    mia.change(place, Leaf(text="two"))
    with pytest.raises(vault.Changed):
        tab.change(place, Leaf(text="three"), expects=seen)
    assert again().read(Leaf, place).record.text == "two"


def test_two_tabs_that_add_different_things_lose_nothing(mia):
    tab = again()
    assert not list(tab.every(Leaf))
    mia.keep(Leaf(text="from one"), at="2026-11/01")
    tab.keep(Leaf(text="from the other"), at="2026-11/02")
    assert [kept.record.text for kept in again().every(Leaf)] == ["from one", "from the other"]


def test_a_job_with_one_refused_part_leaves_nothing_of_itself(house):
    taken, free = bytes(16), bytes([1]) * 16
    house.store.commit([put_box(taken, taken, b"a")])
    with pytest.raises(vault.Changed):
        house.store.commit([put_box(free, taken, b"b"), put_box(taken, taken, b"c")])
    assert house.store.boxes([taken, free]) == {taken: b"a"}


def test_writers_who_arrive_together_are_all_kept_and_told_apart(house, monkeypatch):
    batches = []
    commit_batch = type(house.store)._commit_batch

    def counted(store, batch):
        batches.append(len(batch))
        time.sleep(0.01)
        commit_batch(store, batch)

    monkeypatch.setattr(type(house.store), "_commit_batch", counted)
    refused = []

    def write(number):
        try:
            house.store.commit([put_box((number // 2).to_bytes(16, "big"), bytes(16), bytes([number]))])
        except vault.Changed:
            refused.append(number)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(24)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(house.store.boxes([number.to_bytes(16, "big") for number in range(12)])) == 12
    assert len(refused) == 12
    assert max(batches) > 1
    assert sum(batches) == 24


def test_an_error_of_the_database_takes_the_whole_job_back(house):
    with pytest.raises(vault.StorageTrouble):
        house.store.commit(
            [put_box(bytes(16), bytes(16), b"a"), vault.Op("INSERT INTO nowhere VALUES (1)", ())]
        )
    assert house.store.boxes([bytes(16)]) == {}
    house.store.commit([put_box(bytes(16), bytes(16), b"b")])
    assert house.store.boxes([bytes(16)]) == {bytes(16): b"b"}


def test_what_is_forgotten_is_in_no_row(mia, house):
    place = mia.keep(Leaf(text="one"))
    mia.keep(Leaf(text="two"))
    mia.forget(Leaf, place)
    assert again().find(Leaf, place) is None
    assert [kept.record.text for kept in again().every(Leaf)] == ["two"]


def test_who_erased_everything_has_no_row_and_no_door(mia, house):
    mia.keep(Leaf(text="one"))
    vault.add_door(mia, " ".join([WORDS, "porch heron"]))
    vault.burn(mia)
    assert house.store.value("SELECT COUNT(*) FROM box") == 64  # filling
    assert vault.counts().doors == 0
    with pytest.raises(vault.NoDoor):
        again()


def test_changed_words_open_the_same_things_and_the_old_ones_nothing(mia):
    mia.keep(Leaf(text="one"))
    vault.change_words(mia, OTHER_WORDS)
    assert [kept.record.text for kept in vault.open_door(OTHER_WORDS).every(Leaf)] == ["one"]
    with pytest.raises(vault.NoDoor):
        again()


def test_an_invitation_is_used_once(house):
    words = vault.host_invite("member")
    first, second = vault.look_at_invitation(words), vault.look_at_invitation(words)
    vault.join(first, WORDS)
    with pytest.raises(vault.NoInvitation):
        vault.join(second, OTHER_WORDS)
    assert vault.counts().doors == 1


def test_what_is_shared_is_read_and_taken_back(house, mia):
    words = vault.invite(mia, "member", "Aya")
    aya = vault.join(vault.look_at_invitation(words), OTHER_WORDS)
    vault.take_in_answers(mia)
    (friend,) = vault.contacts(mia)
    place = mia.keep(Leaf(text="a sign"))
    vault.share(mia, Leaf, place, friend.id)
    assert [kept.record.text for _, kept in vault.read_shared(aya, Leaf)] == ["a sign"]
    vault.unshare(mia, Leaf, place, friend.id)
    assert list(vault.read_shared(aya, Leaf)) == []


def test_two_friends_let_somebody_back_in_behind_the_words_they_waited_with(mia, house):
    mia.keep(Leaf(text="the window seat"), at="2026-11/22")
    friends = [vault.make_space(vault.new_words()) for _ in range(3)]
    for friend in friends:
        vault.accept(friend, vault.look_at_invitation(vault.invite(mia, vault.ALLY, "a friend")))
        vault.take_in_answers(mia)
    vault.let_friends(mia, [one.id for one in vault.contacts(mia)])
    one, other = (vault.notes(friend, vault.FriendsPart)[0].record for friend in friends[:2])
    assert one.part is not None
    assert other.part is not None
    waiting = vault.make_waiting_place(OTHER_WORDS)
    found = vault.open_with_friends(one.place, one.box_key, [one.part, other.part])
    vault.come_home(waiting, OTHER_WORDS, found)
    assert vault.open_door(OTHER_WORDS).read(Leaf, "2026-11/22").record.text == "the window seat"
    with pytest.raises(vault.NoDoor):
        again()
    assert house.store.rows("SELECT * FROM timer") == []


def test_the_work_of_the_night_leaves_everybody_in(mia, house):
    mia.keep(Leaf(text="one"))
    vault.balance_chaff()
    vault.forget_expired()
    vault.tidy()
    assert [kept.record.text for kept in again().every(Leaf)] == ["one"]
    assert house.store.value("SELECT COUNT(*) FROM door") == 64


def test_the_store_counts_its_own_size(house, mia):
    assert house.store.size() > 4096


def test_no_column_says_who_or_when(house):
    """The same small schema on both (attack 13): ids, shelves, bodies, and the day an invitation ends."""
    names = {word for statement in MAIN_SCHEMA for word in statement.replace("(", " ").split()}
    assert not names & {"owner", "name_", "kind", "author", "person", "created", "updated"}


def test_a_letter_goes_out_once_and_not_past_somebody_who_came_by(mia, house):
    """What waits for a silence is compared and swapped on both; what opens it lies in a file beside either."""
    aya = vault.make_space(OTHER_WORDS)
    vault.accept(aya, vault.look_at_invitation(vault.invite(mia, vault.ALLY, "Aya")))
    (joined,) = vault.take_in_answers(mia)
    letter = vault.release.Addressed(joined.contact, Leaf(text="one"), b"bell", b"d" * 32)
    terms = vault.release.Terms(zone="UTC", hour=18, wait=5)
    vault.release.arm(again(), [letter], terms, token=b"t" * 32, says=Leaf(text="at six"))
    vault.release.stir_idle()
    running = vault.release.keep_beat(stopped=False)

    before = vault.release.timer_of(again())
    assert before is not None
    assert vault.release.tap(b"t" * 32)
    assert not vault.release.let_out(before, running, 1_800_000_000)
    assert vault.tally_carries(b"t" * 32, Leaf).text == "at six"

    after = vault.release.timer_of(again())
    assert after is not None
    assert vault.release.let_out(after, running, 1_800_000_000)
    assert [said.record.text for said in vault.notes(vault.open_door(OTHER_WORDS), Leaf)] == ["one"]
    assert house.releases.value("SELECT count(*) FROM release_key") == 0
    assert not vault.release.tap(b"t" * 32)
    assert vault.release.watch_of(again()).went == [1_800_000_000]
