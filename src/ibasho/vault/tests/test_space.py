"""What a person's space promises: kept, changed, erased, bound, and seen when somebody meddles."""

import datetime as dt
import secrets
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ibasho import vault
from ibasho.vault import collection as collection_module
from ibasho.vault import doors, suite
from ibasho.vault.store import Op


class Note(vault.Record, kind="test-note", version=1):
    text: str = ""


class Other(vault.Record, kind="test-other", version=1):
    text: str = ""


class Small(vault.Record, kind="test-small", version=1):
    colour: str = "blue"


def again(space):
    """The same space, as the next request opens it."""
    return vault.Space(space._vault, space._root)


def boxes(programme):
    """What lies in the table of boxes, without the filling beside the filling doors."""
    names = [bytes(row[0]) for row in programme.store.rows("SELECT locator FROM door")]
    filling = {doors._chaff_box(programme, name) for name in names if doors.is_chaff(programme, name)}
    rows = programme.store.rows("SELECT id, body FROM box")
    return {bytes(row[0]): bytes(row[1]) for row in rows if bytes(row[0]) not in filling}


def overwrite(programme, box_id, body):
    programme.store.commit([Op("UPDATE box SET body = ? WHERE id = ?", (body, box_id), 1)])


def refs(space, type_=Note, label="2026-11"):
    return space._collection(type_.kind)._entries(label)


def test_what_is_kept_can_be_read_changed_and_erased(mia, clock):
    place = mia.keep(Note(text="one"))
    assert again(mia).read(Note, place).record.text == "one"
    assert place.startswith("2026-11/")

    mia.change(place, Note(text="two"))
    kept = again(mia).read(Note, place)
    assert (kept.record.text, kept.version) == ("two", 2)
    assert kept.at == dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
    assert kept.by == mia.fingerprint

    mia.forget(Note, place)
    assert again(mia).find(Note, place) is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=2000))
def test_any_text_comes_back_as_it_was_written(mia, text):
    mia.put(Note(text=text), "2026-11/any")
    assert again(mia).read(Note, "2026-11/any").record.text == text


@pytest.mark.parametrize("place", ["", "2026-11", "/x", "2026-11/", "a" * 90 + "/b", "2026-11/none"])
def test_what_was_never_kept_is_not_found(mia, place):
    mia.keep(Note(text="one"))
    with pytest.raises(vault.NotFound):
        mia.read(Note, place)
    with pytest.raises(vault.NotFound):
        mia.forget(Note, place)
    with pytest.raises(vault.NotFound):
        mia.change(place, Note(text="two"))
    with pytest.raises(vault.NotFound):
        mia.forget(Other, place)


@pytest.mark.parametrize("place", ["", "2026-11", "/x", "2026-11/", "a" * 90 + "/b"])
def test_nothing_is_kept_at_a_place_that_is_none(mia, place):
    with pytest.raises(vault.NotFound):
        mia.put(Note(text="one"), place)
    assert mia.chapters(Note) == []


def test_two_kinds_of_record_cannot_share_a_name():
    with pytest.raises(TypeError, match="test-note"):

        class Another(vault.Record, kind="test-note"):
            pass


def test_a_place_that_is_taken_is_not_overwritten_by_keep(mia):
    mia.keep(Note(text="one"), at="2026-11/22")
    with pytest.raises(vault.Changed):
        again(mia).keep(Note(text="two"), at="2026-11/22")
    assert mia.read(Note, "2026-11/22").record.text == "one"


def test_chapters_are_opened_one_by_one(mia, monkeypatch):
    for month in range(1, 13):
        mia.put(Note(text=str(month)), f"2025-{month:02d}/01")
    read = []
    original = type(mia._vault.store).boxes
    monkeypatch.setattr(
        type(mia._vault.store), "boxes", lambda self, ids: read.extend(ids) or original(self, ids)
    )
    assert [kept.record.text for kept in again(mia).chapter(Note, "2025-03")] == ["3"]
    assert len(read) == 3  # manifest, head, record
    assert again(mia).chapters(Note) == [f"2025-{month:02d}" for month in range(1, 13)]


def test_what_a_chapter_holds_can_be_told_without_opening_a_record(mia, monkeypatch):
    for day in (3, 1, 2):
        mia.put(Note(text="a day"), f"2026-11/{day:02d}")
    monkeypatch.setattr(Note, "__post_init__", lambda _: pytest.fail("a record was opened"), raising=False)
    assert again(mia).keys(Note, "2026-11") == ["01", "02", "03"]
    assert again(mia).keys(Note, "2026-10") == again(mia).keys(Other, "2026-11") == []


def test_ten_years_cost_a_write_no_more_than_ten_weeks(mia, monkeypatch):
    """VAULT, decision 2: what one save writes does not grow with the years before it."""
    written = []
    commit = type(mia._vault.store).commit

    def counted(self, ops, **options):
        written.append(sum(len(param) for op in ops for param in op.params if isinstance(param, bytes)))
        commit(self, ops, **options)

    monkeypatch.setattr(type(mia._vault.store), "commit", counted)
    for week in range(10):
        mia.put(Note(text="a day"), f"2016-{week // 4 + 1:02d}/{week % 4 + 1:02d}")
    early = max(written)
    for month in range(120):
        mia.put(Note(text="a day"), f"{2017 + month // 12}-{month % 12 + 1:02d}/01")
    written.clear()
    mia.put(Note(text="a day"), "2026-12/02")
    assert written[-1] <= early + 4096  # the manifest's next bucket, once
    assert len(list(again(mia).every(Note))) == 131


def test_old_chapters_can_be_changed_and_emptied(mia):
    for year in range(2010, 2026):
        for month in range(1, 13, 2):
            mia.put(Note(text=f"{year}"), f"{year}-{month:02d}/01")
    mia.change("2010-01/01", Note(text="changed"))
    mia.forget(Note, "2010-03/01")
    fresh = again(mia)
    assert fresh.read(Note, "2010-01/01").record.text == "changed"
    assert "2010-03" not in fresh.chapters(Note)
    assert fresh._manifest.collections[Note.kind].archive is not None
    assert len(fresh._manifest.collections[Note.kind].recent) <= collection_module.RECENT

    mia.forget_chapters(Note, [label for label in mia.chapters(Note) if label < "2025"])
    assert all(label >= "2025" for label in again(mia).chapters(Note))
    assert len(boxes(mia._vault)) == 1 + 2 * len(mia.chapters(Note))  # manifest; a head and a record each


def test_two_tabs_cannot_lose_each_others_writing(mia):
    place = mia.keep(Note(text="first"))
    one, two = again(mia), again(mia)
    seen_one, seen_two = one.read(Note, place), two.read(Note, place)

    one.change(place, Note(text="from one tab"), expects=seen_one.version)
    with pytest.raises(vault.Changed):
        two.change(place, Note(text="from the other"), expects=seen_two.version)

    assert again(mia).read(Note, place).record.text == "from one tab"
    two.keep(Note(text="elsewhere"))  # planned anew on what the faster one saved
    assert {kept.record.text for kept in again(mia).every(Note)} == {"from one tab", "elsewhere"}


def test_a_change_of_something_erased_meanwhile_is_told(mia):
    place = mia.keep(Note(text="first"))
    other = again(mia)
    version = other.read(Note, place).version
    mia.forget(Note, place)
    with pytest.raises(vault.NotFound):
        other.change(place, Note(text="late"), expects=version)


def test_many_writers_at_once_lose_nothing(mia):
    errors = []

    def write(number):
        try:
            again(mia).put(Note(text=str(number)), f"2026-11/{number:02d}")
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(again(mia).chapter(Note, "2026-11")) == 6


def test_small_settings_have_defaults_and_are_kept(mia):
    assert mia.own(Small).colour == "blue"
    mia.set_own(Small(colour="ochre"))
    assert again(mia).own(Small).colour == "ochre"


def test_two_tabs_that_change_different_things_of_one_setting_both_do(mia):
    class Both(vault.Record, kind="test-both"):
        name: str = ""
        practised: bool = False

    one, two = again(mia), again(mia)
    assert one.own(Both) == two.own(Both) == Both()
    one.change_own(Both, lambda now: Both(name="Mia", practised=now.practised))
    two.change_own(Both, lambda now: Both(name=now.name, practised=True))
    assert again(mia).own(Both) == Both(name="Mia", practised=True)


def test_nothing_prints_what_somebody_wrote(mia):
    place = mia.keep(Note(text="zebra-canary"))
    shown = [repr(thing) for thing in (mia, mia.read(Note, place), mia._manifest, mia._vault, mia.identity)]
    shown += [str(mia.read(Note, place).record), f"{mia.read(Note, place).record}"]
    assert "zebra-canary" not in "".join(shown)


def test_attack_1_nothing_written_is_readable_on_the_disk(mia, every_byte_on_disk):
    mia.keep(Note(text="zebra-canary"))
    mia.set_own(Small(colour="zebra-canary"))
    everything = every_byte_on_disk()
    assert b"SQLite" in everything  # the sweep does read the database
    assert b"zebra-canary" not in everything
    assert b"test-note" not in everything


# Somebody meddles with the database ------------------------------------------------------------


def test_attack_3_two_boxes_of_one_person_cannot_be_swapped(mia, programme):
    mia.put(Note(text="one"), "2026-11/01")
    mia.put(Note(text="two"), "2026-11/02")
    first, second = refs(mia)["01"], refs(mia)["02"]
    stored = boxes(programme)
    overwrite(programme, first.id, stored[second.id])
    overwrite(programme, second.id, stored[first.id])
    with pytest.raises(vault.Tampered):
        again(mia).read(Note, "2026-11/01")


def test_attack_4_a_box_moved_elsewhere_does_not_open_even_with_its_hash_forged(mia):
    """The context alone refuses it: any change of collection, epoch, id, kind or version."""
    mia.put(Note(text="one"), "2026-11/01")
    here, ref = mia._collection(Note.kind), refs(mia)["01"]
    body = here.store.boxes([ref.id])[ref.id]
    catalogue = here.catalogue
    assert suite.unseal_padded(catalogue.key, here._context(ref.id, Note.kind, ref.version), body)

    fields = [catalogue.id, catalogue.epoch, ref.id, Note.kind, ref.version]
    others = [bytes(16), catalogue.epoch + 1, bytes(16), Other.kind, ref.version + 1]
    for number, other in enumerate(others):
        changed = [*fields[:number], other, *fields[number + 1 :]]
        with pytest.raises(vault.Tampered):
            suite.unseal_padded(catalogue.key, suite.ctx("record", *changed), body)
        dropped = [*fields[:number], *fields[number + 1 :]]
        with pytest.raises(vault.Tampered):
            suite.unseal_padded(catalogue.key, suite.ctx("record", *dropped), body)


def test_attack_5_one_record_rolled_back_is_noticed(mia, programme):
    mia.put(Note(text="before"), "2026-11/01")
    old = boxes(programme)[refs(mia)["01"].id]
    mia.put(Note(text="after"), "2026-11/01")
    overwrite(programme, refs(mia)["01"].id, old)
    with pytest.raises(vault.Tampered, match="not the one you last saved"):
        again(mia).read(Note, "2026-11/01")


def test_attack_5_a_record_and_its_chapter_rolled_back_together_are_noticed(mia, programme):
    mia.put(Note(text="before"), "2026-11/01")
    old = boxes(programme)
    mia.put(Note(text="after"), "2026-11/01")
    for box_id in old:
        if box_id != mia._id:
            overwrite(programme, box_id, old[box_id])
    with pytest.raises(vault.Tampered):
        again(mia).read(Note, "2026-11/01")


def test_attack_5_another_writing_of_the_same_version_is_noticed(mia, programme):
    """A database that was forked: both boxes were sealed by her, both are version 2."""
    mia.put(Note(text="before"), "2026-11/01")
    fork = boxes(programme)
    again(mia).put(Note(text="in the fork"), "2026-11/01")
    other = boxes(programme)[refs(again(mia))["01"].id]
    for box_id, body in fork.items():
        overwrite(programme, box_id, body)
    again(mia).put(Note(text="after"), "2026-11/01")
    overwrite(programme, refs(again(mia))["01"].id, other)
    with pytest.raises(vault.Tampered, match="not the one you last saved"):
        again(mia).read(Note, "2026-11/01")


def test_attack_6_one_record_deleted_is_noticed(mia, programme):
    mia.put(Note(text="one"), "2026-11/01")
    programme.store.commit([Op("DELETE FROM box WHERE id = ?", (refs(mia)["01"].id,), 1)])
    with pytest.raises(vault.Missing, match="missing"):
        again(mia).read(Note, "2026-11/01")


def test_attack_7_a_whole_database_rolled_back_shows_in_the_seal_words(mia, programme):
    mia.put(Note(text="before"), "2026-11/01")
    old = boxes(programme)
    mia.put(Note(text="after"), "2026-11/01")
    seal = again(mia).seal_words()
    assert again(mia).seal_words() == seal  # looking changes nothing

    for box_id, body in old.items():
        overwrite(programme, box_id, body)
    assert again(mia).read(Note, "2026-11/01").record.text == "before"  # cryptography alone cannot tell
    assert again(mia).seal_words() != seal


def test_attack_13_no_column_says_whose_a_box_is(mia, aya, programme):
    for person in (mia, aya):
        person.put(Note(text="one"), "2026-11/01")
        person.put(Other(text="one"), "2026-11/01")
    rows = programme.store.rows("SELECT id, shelf FROM box")
    shelves = {bytes(row[0]): bytes(row[1]) for row in rows}
    assert len({shelves[box_id] for box_id in boxes(programme)}) == 6  # a manifest, two collections each
    assert {len(shelf) for shelf in shelves.values()} == {16}


def test_attack_27_and_28_anothers_record_is_simply_not_there(mia, aya):
    place = mia.keep(Note(text="one"))
    with pytest.raises(vault.NotFound):
        aya.read(Note, place)
    with pytest.raises(vault.NotFound):
        aya.forget(Note, place)
    assert again(mia).read(Note, place).record.text == "one"


def test_attack_29_the_author_is_whoever_holds_the_space(mia):
    place = mia.keep(Note(text="one"))
    assert mia.read(Note, place).by == mia.identity.fingerprint == mia.fingerprint


def test_changed_words_leave_nothing_that_the_old_keys_open(mia, programme):
    for day in range(1, 29):
        mia.put(Note(text=f"day {day}"), f"2026-11/{day:02d}")
    mia.put(Note(text="old"), "2009-01/01")
    for month in range(1, 13):
        mia.put(Note(text="old"), f"2010-{month:02d}/01")
    old = mia._manifest.collections[Note.kind]
    old_boxes = boxes(programme)
    fresh = vault.change_words(mia, "puffin wagtail nightjar thrush goldfinch robin")

    assert len(list(fresh.every(Note))) == 41
    assert fresh._manifest.collections[Note.kind].epoch == old.epoch + 1
    assert fresh._manifest.collections[Note.kind].key != old.key
    assert not set(boxes(programme).items()) & set(old_boxes.items())
    fresh.put(Note(text="and on"), "2026-11/29")
    assert len(list(again(fresh).every(Note))) == 42


def test_a_full_disk_is_told_kindly_and_nothing_is_half_written(mia, monkeypatch):
    place = mia.keep(Note(text="one"))
    store = mia._vault.store
    monkeypatch.setattr(store, "_run_ops", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(vault.StorageTrouble):
        mia.change(place, Note(text="two"))
    monkeypatch.undo()
    assert mia.read(Note, place).record.text == "one"
    mia.change(place, Note(text="three"))
    assert again(mia).read(Note, place).record.text == "three"


def test_a_save_by_another_tab_in_between_is_not_mistaken_for_tampering(mia):
    mia.put(Note(text="before"), "2026-11/01")
    reader = again(mia)
    assert reader.fingerprint  # its manifest is open from here on
    again(mia).put(Note(text="after"), "2026-11/01")
    assert reader.read(Note, "2026-11/01").record.text == "after"

    writer = again(mia)
    assert writer.fingerprint
    again(mia).put(Note(text="once more"), "2026-11/01")
    writer.put(Note(text="elsewhere"), "2026-11/02")
    assert [kept.record.text for kept in again(mia).chapter(Note, "2026-11")] == ["once more", "elsewhere"]


def test_somebody_who_is_always_slower_is_told_and_not_left_believing_it_was_kept(mia, monkeypatch):
    mia.keep(Note(text="one"), at="2026-11/01")

    def never(*_, **__):
        raise vault.Changed

    monkeypatch.setattr(mia._vault.store, "commit", never)
    with pytest.raises(vault.Changed):
        mia.put(Note(text="two"), "2026-11/02")
    with pytest.raises(vault.Changed):
        mia._move(lambda _: [])


def test_a_reader_whose_every_look_is_overtaken_is_told(mia, monkeypatch):
    load = type(mia)._load

    def busy(space):
        load(space)
        space._seen = secrets.token_bytes(57)

    monkeypatch.setattr(type(mia), "_load", busy)
    with pytest.raises(vault.Changed):
        again(mia)._steadily(lambda: (_ for _ in ()).throw(vault.Tampered()))
