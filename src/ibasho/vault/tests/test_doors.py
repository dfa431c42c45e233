"""What doors promise (VAULT 1.1, 3.4, 4.1, 5)."""

import contextlib
import dataclasses
import os
import statistics
import time

import pytest

from ibasho import vault
from ibasho.vault import core, doors, suite
from ibasho.vault.store import Op
from ibasho.vault.tests.test_space import Note, again, boxes

MIAS = "veranda teapot lantern kettle meadow willow"
NEW = "puffin wagtail nightjar thrush goldfinch robin"


def rows(store, table):
    return {bytes(row[0]): bytes(row[1]) for row in store.rows(f"SELECT * FROM {table}")}


def put_back(store, table, key, row):
    store.commit([Op(f"INSERT INTO {table} ({key}, body) VALUES (?, ?) ON CONFLICT DO NOTHING", row)])


def test_words_open_the_space_they_belong_to_and_no_other(mia, aya, words_of):
    mia.keep(Note(text="mine"), at="2026-11/01")
    assert vault.open_door(words_of["mia"]).read(Note, "2026-11/01").record.text == "mine"
    assert vault.open_door(" Veranda TEAPOT lantern, kettle meadow willow.").fingerprint == mia.fingerprint
    assert vault.open_door(words_of["aya"]).find(Note, "2026-11/01") is None


@pytest.mark.parametrize("words", [NEW, MIAS[:-7], f"{MIAS} puffin", " ".join(reversed(MIAS.split()))])
def test_other_words_open_no_door(mia, words):
    with pytest.raises(vault.NoDoor):
        vault.open_door(words)


def test_a_second_door_opens_the_same_space_and_can_be_closed(mia, words_of):
    paper = vault.new_words(vault.RECOVERY_WORDS)
    vault.add_door(mia, paper)
    assert vault.open_door(paper).fingerprint == mia.fingerprint
    assert sorted(door.kind for door in mia.doors()) == ["recovery", "words"]

    vault.close_door(mia, next(door for door in mia.doors() if door.kind == "recovery"))
    with pytest.raises(vault.NoDoor):
        vault.open_door(paper)
    assert vault.open_door(words_of["mia"]).fingerprint == mia.fingerprint


def test_a_new_recovery_sheet_replaces_the_old_one(mia):
    first, second = vault.new_words(8), vault.new_words(8)
    vault.add_door(mia, first)
    vault.add_door(mia, second)
    with pytest.raises(vault.NoDoor):
        vault.open_door(first)
    assert vault.open_door(second).fingerprint == mia.fingerprint
    assert len(again(mia).doors()) == 2


def test_changed_words_leave_no_other_way_in(mia, words_of):
    mia.keep(Note(text="mine"), at="2026-11/01")
    paper = vault.new_words(8)
    vault.add_door(mia, paper)
    moved = vault.change_words(mia, NEW)
    for old in (words_of["mia"], paper):
        with pytest.raises(vault.NoDoor):
            vault.open_door(old)
    assert vault.open_door(NEW).read(Note, "2026-11/01").record.text == "mine"
    assert moved.fingerprint == vault.open_door(NEW).fingerprint
    with pytest.raises(vault.Gone):
        again(mia).doors()  # the old root key finds nothing


def test_changed_words_come_with_every_key_changed(mia, programme):
    mia.keep(Note(text="mine"), at="2026-11/01")
    old = mia._manifest.collections[Note.kind].key
    vault.change_words(mia, NEW)
    fresh = vault.open_door(NEW)
    assert fresh.read(Note, "2026-11/01").record.text == "mine"
    assert fresh._manifest.collections[Note.kind].key != old


def test_erasing_at_the_moment_of_changing_words_leaves_nothing_behind(mia, programme, monkeypatch):
    """Two tabs: in one the words change while the other erases everything (compare and swap)."""
    mia.keep(Note(text="mine"))
    other, plan_burn = again(mia), vault.Space._plan_burn
    with monkeypatch.context() as patch:
        patch.setattr(
            vault.Space, "_plan_burn", lambda space: vault.change_words(other, NEW) and plan_burn(space)
        )
        with pytest.raises(vault.Gone):
            vault.burn(mia)
    vault.burn(vault.open_door(NEW))
    assert boxes(programme) == {}


def test_a_newcomer_whose_first_try_met_a_full_disk_can_try_again(programme, monkeypatch):
    """Her lifeline was kept, her door was not."""
    with monkeypatch.context() as patch:
        patch.setattr(
            programme.store, "commit", lambda *_, **__: (_ for _ in ()).throw(vault.StorageTrouble())
        )
        with pytest.raises(vault.StorageTrouble):
            vault.make_space(NEW)
    kept = rows(programme.lifelines, "lifeline")
    space = vault.make_space(NEW)
    assert vault.open_door(NEW).fingerprint == space.fingerprint
    assert rows(programme.lifelines, "lifeline") == kept


def test_words_that_are_somebodys_already_make_no_second_space(mia, programme, words_of):
    for _ in range(2):
        with pytest.raises(vault.Changed):
            vault.make_space(words_of["mia"])
        assert len(boxes(programme)) == 1
        # Once more without her lifeline: then it is the door's own row that refuses.
        programme.lifelines.commit([Op("DELETE FROM lifeline WHERE id = ?", (mia.doors()[0].lifeline,))])


def test_attack_2_the_database_alone_cannot_even_be_guessed_at(mia, programme, words_of):
    """With the right words but another pepper, or another salt, nothing is found."""
    for pepper, salt in ((os.urandom(32), programme.salt), (programme.pepper, os.urandom(16))):
        core._open = dataclasses.replace(programme, pepper=pepper, salt=salt)
        with pytest.raises(vault.NoDoor):
            vault.open_door(words_of["mia"])
    core._open = programme
    assert vault.open_door(words_of["mia"])


def test_attack_11_a_door_box_moved_to_another_locator_stays_shut(mia, aya, programme, words_of):
    (mine,) = mia.doors()
    (hers,) = aya.doors()
    box, line = rows(programme.store, "door")[hers.id], rows(programme.lifelines, "lifeline")[hers.lifeline]
    programme.store.commit([Op("UPDATE door SET body = ? WHERE locator = ?", (box, mine.id), 1)])
    with pytest.raises(vault.NoDoor):
        vault.open_door(words_of["mia"])
    programme.lifelines.commit([Op("UPDATE lifeline SET body = ? WHERE id = ?", (line, mine.lifeline), 1)])
    with pytest.raises(vault.NoDoor):
        vault.open_door(words_of["mia"])


def test_attack_12_chaff_and_real_doors_look_alike_and_come_in_steps(mia, aya, tom, programme):
    doors_now, lines = rows(programme.store, "door"), rows(programme.lifelines, "lifeline")
    real = {door.id for person in (mia, aya, tom) for door in person.doors()}
    assert len(doors_now) == len(lines) == 64
    assert {len(body) for body in doors_now.values()} == {585}
    assert {body[0] for body in doors_now.values()} == {1}
    assert {len(body) for body in lines.values()} == {32}
    assert {name for name in doors_now if not doors.is_chaff(programme, name)} == real

    for name, bodies in (("chaff", [b for n, b in doors_now.items() if n not in real]), ("real", real)):
        together = b"".join(body[1:] if name == "chaff" else body for body in bodies)
        ones = sum(bin(byte).count("1") for byte in together) / (8 * len(together))
        assert abs(ones - 0.5) < 0.06, name  # neither has a pattern


def test_the_table_grows_by_doubling_and_shrinks_again(programme):
    people = [vault.make_space(vault.new_words()) for _ in range(66)]
    assert len(rows(programme.store, "door")) == 128
    vault.burn(people.pop())
    vault.burn(people.pop())
    assert len(rows(programme.store, "door")) == len(rows(programme.lifelines, "lifeline")) == 64
    assert {door.id for person in people for door in person.doors()} <= set(rows(programme.store, "door"))


def test_two_copies_a_night_apart_do_not_show_who_is_real(mia, aya, programme):
    before = [set(rows(programme.store, "door")), set(rows(programme.lifelines, "lifeline"))]
    boxes_before = {bytes(row[0]) for row in programme.store.rows("SELECT id FROM box")}
    vault.balance_chaff()
    after = [set(rows(programme.store, "door")), set(rows(programme.lifelines, "lifeline"))]
    assert before == after
    assert boxes_before == {bytes(row[0]) for row in programme.store.rows("SELECT id FROM box")}


def test_one_copy_does_not_count_people_by_their_manifests(mia, aya, programme):
    """A manifest lies alone on its shelf. So does a filling box, beside each filling door."""
    sql = "SELECT length(body) FROM box WHERE shelf IN (SELECT shelf FROM box GROUP BY shelf HAVING count(*) = 1)"
    alone = [row[0] for row in programme.store.rows(sql)]
    assert len(alone) == 64
    assert set(alone) <= {1024 + 73, 4096 + 73}
    vault.burn(mia)
    assert len(programme.store.rows(sql)) == 64


def test_a_table_left_uneven_is_brought_back(mia, programme):
    name = next(name for name in rows(programme.store, "door") if doors.is_chaff(programme, name))
    programme.store.commit([Op("DELETE FROM door WHERE locator = ?", (name,))])
    programme.lifelines.commit(
        [Op("INSERT INTO lifeline (id, body) VALUES (?, ?)", (doors._chaff_name(programme), bytes(32)))]
    )
    vault.balance_chaff()
    assert len(rows(programme.store, "door")) == len(rows(programme.lifelines, "lifeline")) == 64


def test_attack_20_an_old_copy_cannot_bring_an_erased_person_back(mia, programme, words_of):
    """After the lifelines' seven days, main back-up, pepper and words together open nothing."""
    (door,) = mia.doors()
    old_doors, old_boxes = rows(programme.store, "door"), programme.store.rows("SELECT * FROM box")
    old_line = rows(programme.lifelines, "lifeline")[door.lifeline]
    vault.burn(mia)

    put_back(programme.store, "door", "locator", (door.id, old_doors[door.id]))
    for row in old_boxes:
        programme.store.commit([Op("INSERT INTO box VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row)])
    with pytest.raises(vault.NoDoor):
        vault.open_door(words_of["mia"])
    put_back(programme.lifelines, "lifeline", "id", (door.lifeline, old_line))
    assert vault.open_door(words_of["mia"])  # the lifeline was all that was missing


def test_attack_21_erased_keys_are_in_no_page_and_no_journal(mia, programme):
    mia.keep(Note(text="mine"))
    programme.store.close()
    (door,) = mia.doors()
    bodies = [rows(programme.store, "door")[door.id], *boxes(programme).values()]
    line = rows(programme.lifelines, "lifeline")[door.lifeline]
    main, lives = programme.data / core.MAIN_FILE, programme.data / core.LIFELINE_FILE
    parts = [part for body in bodies for part in (body[1:57], body[100:140])]
    assert all(part in _bytes(main) for part in parts)
    assert line in _bytes(lives)

    vault.burn(mia)
    assert not any(part in _bytes(main) for part in parts)
    assert line not in _bytes(lives)


def _bytes(path):
    return b"".join(part.read_bytes() for part in path.parent.glob(path.name + "*"))


def test_attack_22_old_words_and_an_old_copy_do_not_open_new_writing(mia, programme, words_of):
    mia.keep(Note(text="before"), at="2026-11/01")
    (door,) = mia.doors()
    old_doors = rows(programme.store, "door")
    old_boxes = programme.store.rows("SELECT * FROM box")
    old_line = rows(programme.lifelines, "lifeline")[door.lifeline]
    moved = vault.change_words(mia, NEW)
    moved.put(Note(text="after"), "2026-11/02")

    put_back(programme.store, "door", "locator", (door.id, old_doors[door.id]))
    put_back(programme.lifelines, "lifeline", "id", (door.lifeline, old_line))
    for row in old_boxes:
        programme.store.commit([Op("INSERT INTO box VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row)])
    intruder = vault.open_door(words_of["mia"])  # opens the old state, as it was copied
    assert intruder.fingerprint != moved.fingerprint
    assert intruder.find(Note, "2026-11/02") is None
    key = intruder._manifest.collections[Note.kind].key
    ref = moved._collection(Note.kind)._entries("2026-11")["02"]
    body = programme.store.boxes([ref.id])[ref.id]
    catalogue = moved._manifest.collections[Note.kind]
    context = suite.ctx("record", catalogue.id, catalogue.epoch, ref.id, Note.kind, ref.version)
    with pytest.raises(vault.Tampered):
        suite.unseal_padded(key, context, body)


def test_burning_one_person_leaves_the_others_and_nothing_of_the_one(mia, aya, programme):
    mia.keep(Note(text="hers"))
    place = aya.keep(Note(text="mine"))
    mine = {ref.id for ref in aya._collection(Note.kind)._entries(place[:7]).values()}
    mine |= {aya._id, *(ref.id for ref in aya._manifest.collections[Note.kind].recent.values())}
    assert boxes(programme).keys() > mine
    vault.burn(mia)
    assert boxes(programme).keys() == mine
    assert again(aya).read(Note, place).record.text == "mine"
    with pytest.raises(vault.Gone):
        again(mia).doors()


@pytest.mark.real_argon
@pytest.mark.slow
def test_attack_49_a_known_door_takes_no_longer_and_no_shorter_than_none(mia, words_of):
    known, unknown = [], []
    for _ in range(25):
        for words, times in ((words_of["mia"], known), (NEW, unknown)):
            start = time.perf_counter()
            with contextlib.suppress(vault.NoDoor):
                vault.open_door(words)
            times.append(time.perf_counter() - start)
    spread = max(statistics.stdev(known), statistics.stdev(unknown))
    assert abs(statistics.median(known) - statistics.median(unknown)) < max(spread, 0.01)


def test_without_its_pepper_a_programme_declines_to_start_and_says_why(programme, tmp_path):
    (programme.data / "secrets" / "pepper.key").unlink()
    for make in (False, True):
        with pytest.raises(vault.NotReady, match="pepper"):
            vault.configure(programme.data, tmp_path / "run2", make=make)
    (programme.data / "secrets" / "pepper.key").write_bytes(b"short")
    with pytest.raises(vault.NotReady, match="damaged"):
        vault.configure(programme.data, tmp_path / "run2")


def test_before_it_is_configured_the_vault_opens_nothing(programme, monkeypatch):
    monkeypatch.setattr(core, "_open", None)
    with pytest.raises(vault.NotReady):
        vault.open_door(NEW)
