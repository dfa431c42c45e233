"""Release on absence: who can open what, and with what in hand (VAULT 1.7; attacks 15, 16, 36)."""

import datetime as dt
import itertools
import stat

import msgspec
import pytest

from ibasho import vault
from ibasho.vault import release, suite, timers
from ibasho.vault.errors import NotGranted, Tampered
from ibasho.vault.identity import Identity
from ibasho.vault.noting import open_note, seal_note
from ibasho.vault.tests.test_space import again


class Letter(vault.Record, kind="release-letter", version=1):
    """A letter of this test's own."""

    text: str = ""


class Says(vault.Record, kind="release-says", version=1):
    """What the page of a nudge reads."""

    hour: int = 18


TEXT = "Could you look in on me?"
TERMS = release.Terms(zone="UTC", hour=18, wait=5)


def befriend(one, other):
    """One invites the other as an ally; gives the other's id with them."""
    words = vault.invite(one, vault.ALLY, "Aya")
    vault.accept(other, vault.look_at_invitation(words))
    vault.take_in_answers(one)
    return next(contact.id for contact in vault.contacts(one) if contact.name == "Aya")


@pytest.fixture
def armed(clock, mia, aya):
    """Mia's letter to Aya waits. Gives Aya's id with Mia."""
    one = befriend(mia, aya)
    arm(mia, one)
    return one


def arm(mia, *people, text=TEXT, token=b"t" * 32):
    letters = [
        release.Addressed(one, Letter(text=text), b"bell", bytes([number]) * 32)
        for number, one in enumerate(people)
    ]
    release.arm(again(mia), letters, TERMS, token=token, says=Says())


def timer_of(mia):
    timer = release.timer_of(again(mia))
    assert timer is not None
    assert isinstance(timer.work, timers.Watch)
    return timer


def let_out(mia):
    timer = timer_of(mia)
    house = release.keep_beat(stopped=False)
    return release.let_out(timer, house, 1_800_000_000)


def letters(friend):
    return [said.record.text for said in vault.notes(again(friend), Letter)]


def keys():
    return dict(vault.current().releases.rows("SELECT id, body FROM release_key"))


# Who can open it ---------------------------------------------------------------------------------------


def opened_with(database, release_keys, roots, *, writer):
    """All that somebody can try who holds a database, keys of outer layers, and the root keys of people."""
    boxes = dict(database.rows("SELECT id, body FROM box")) if database else {}
    ids = [row[0] for row in database.rows("SELECT id FROM timer")] if database else []
    inner = [body for (body,) in database.rows("SELECT body FROM post")] if database else []
    for (box, sealed), key, timer in itertools.product(boxes.items(), release_keys, ids):
        try:
            inner.append(suite.unseal(key, suite.ctx("release", timer, box), sealed))
        except Tampered:
            continue
    for note, root in itertools.product(inner, roots):
        try:
            return open_note(Identity(root), writer, note, Letter)[1].text
        except NotGranted:
            continue
    return None


def test_attack_16_the_database_the_release_keys_and_the_allys_words_are_the_least_that_opens_it_early(
    armed, mia, aya, programme
):
    """SECURITY.md says so. Whoever holds all three opens it; whoever lacks one does not."""
    everything = (programme.store, list(keys().values()), [aya._root])
    lacking = (None, [], [])
    found = {
        held: opened_with(
            *(one if has else none for one, none, has in zip(everything, lacking, held, strict=True)),
            writer=mia.identity.public,
        )
        for held in itertools.product((True, False), repeat=3)
    }
    assert found.pop((True, True, True)) == TEXT
    assert set(found.values()) == {None}


def test_attack_36_the_ally_alone_cannot_open_it_early(armed, mia, aya, programme):
    assert letters(aya) == []
    assert opened_with(programme.store, [], [aya._root], writer=mia.identity.public) is None


def test_attack_15_the_host_cannot_read_what_went_out(armed, mia, aya, tom, programme):
    """With the database and every key of the machine; nor can its writer, nor anybody else who has a place here."""
    release_keys = list(keys().values())
    assert let_out(mia)
    for roots in ([], [mia._root], [tom._root], [programme.pepper]):
        assert opened_with(programme.store, release_keys, roots, writer=mia.identity.public) is None
    assert letters(aya) == [TEXT]


def test_a_letter_that_somebody_else_signed_is_not_read(armed, mia, aya, tom, programme):
    """The host, or a member, who seals a letter of their own under an outer layer of their own."""
    contact = vault.contact(mia, armed)
    forged = seal_note(tom.identity, contact.public, Letter(text="forged"))
    programme.store.commit(
        [vault.Op("INSERT INTO post (box, id, body) VALUES (?, ?, ?)", (contact.outbox, b"i" * 16, forged))]
    )
    assert letters(aya) == []


@pytest.mark.parametrize("part", ["box", "timer", "key"])
def test_an_outer_layer_moved_to_another_letter_does_not_come_off(armed, mia, part):
    timer = timer_of(mia)
    sealed = vault.current().store.boxes([timer.work.letters[0].box])[timer.work.letters[0].box]
    key, letter = keys()[timer.work.letters[0].key], timer.work.letters[0]
    right = {"key": key, "timer": timer.id, "box": letter.box}
    assert suite.unseal(right["key"], suite.ctx("release", right["timer"], right["box"]), sealed)
    wrong = right | {part: bytes(len(right[part]))}
    with pytest.raises(Tampered):
        suite.unseal(wrong["key"], suite.ctx("release", wrong["timer"], wrong["box"]), sealed)


# Once, and gone ----------------------------------------------------------------------------------------


def test_it_goes_out_once_however_often_it_is_let_out(armed, mia, aya):
    timer = timer_of(mia)
    house = release.keep_beat(stopped=False)
    assert release.let_out(timer, house, 1_800_000_000)
    with pytest.raises(Tampered):  # box and key are gone
        release.let_out(timer, house, 1_800_000_000)
    assert letters(aya) == [TEXT]
    assert keys() == {}


def test_of_two_servers_one_lets_it_out(armed, mia, aya, monkeypatch):
    """The second had read all of it before the first was done."""
    timer = timer_of(mia)
    house = release.keep_beat(stopped=False)
    plain, real = keys(), timers.drop_keys
    monkeypatch.setattr(timers, "drop_keys", lambda *_: None)
    box = timer.work.letters[0].box
    sealed = vault.current().store.boxes([box])[box]
    assert release.let_out(timer, house, 1_800_000_000)
    vault.current().store.commit(
        [vault.Op("INSERT INTO box (id, shelf, body) VALUES (?, ?, ?)", (box, b"s" * 16, sealed))]
    )
    assert not release.let_out(timer, house, 1_800_000_000)
    real(vault.current(), list(plain))
    assert letters(aya) == [TEXT]


def test_somebody_who_comes_by_at_that_very_moment_keeps_it_back(armed, mia, aya):
    timer = timer_of(mia)
    release.renew(again(mia))
    assert not release.let_out(timer, release.keep_beat(stopped=False), 1_800_000_000)
    assert letters(aya) == []
    assert release.lost() == 0


def test_sealed_anew_the_key_of_before_is_in_no_byte(armed, mia, programme):
    """An old copy of the outer layer opens with nothing any more."""
    (before,) = keys().values()
    arm(mia, armed)
    assert before not in (programme.data / "release.keys").read_bytes()
    assert (programme.data / "release.keys-wal").stat().st_size == 0
    assert len(keys()) == 1


def test_once_a_letter_is_out_nothing_moves_the_time_of_the_next(armed, mia, tom, clock):
    toms = befriend(again(mia), tom)
    arm(mia, armed, toms)
    assert let_out(mia)
    before = timer_of(mia).work
    clock.forward(3600)
    release.renew(again(mia))
    assert timer_of(mia).work == before


def test_a_key_that_was_left_alone_is_swept_and_one_that_is_being_used_is_not(armed, mia):
    vault.current().releases.commit(
        [vault.Op("INSERT INTO release_key (id, body) VALUES (?, ?)", (b"o" * 16, b"k" * 32))]
    )
    sweep = release.Sweep()
    assert sweep() == 0  # it may belong to a letter that is just being sealed
    assert sweep() == 1
    assert len(keys()) == 1


@pytest.mark.parametrize("end", ["disarm", "burn", "let_go"])
def test_however_it_ends_nothing_of_it_is_left(armed, mia, aya, programme, end):
    shelf = again(mia)._manifest.armed.shelf
    assert programme.store.value("SELECT count(*) FROM box WHERE shelf = ?", (shelf,)) == 2
    {"disarm": release.disarm, "burn": vault.burn, "let_go": lambda space: vault.let_go(space, armed)}[end](
        again(mia)
    )
    assert keys() == {}
    assert programme.store.value("SELECT count(*) FROM box WHERE shelf = ?", (shelf,)) == 0
    assert [one for one in timers.due(programme, dt.date.max) if isinstance(one.work, timers.Watch)] == []


# Where it lies ------------------------------------------------------------------------------------------


def test_the_keys_lie_apart_for_nobody_else_to_read_and_in_no_copy(armed, programme, tmp_path):
    file = programme.data / "release.keys"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for store, name in ((programme.store, "main"), (programme.lifelines, "lifelines")):
        vault.copies.copy_out(store, tmp_path / name)
        copied = (tmp_path / name).read_bytes()
        assert all(key not in copied for key in keys().values())


def test_in_the_table_a_watch_looks_like_a_timer_for_nothing(armed, mia, programme):
    """Attack 13: same sizes, no account, and thirty-two that renew themselves."""
    release.stir_idle()
    rows = programme.store.rows("SELECT id, due_day, renew, body FROM timer")
    assert len(rows) == 33
    assert {tuple(map(len, (row[0], row[2], row[3]))) for row in rows} == {(16, 32, len(rows[0][3]))}
    days = {row[1] - dt.date(2026, 11, 22).toordinal() for row in rows}
    assert days <= set(range(2, 14))


def test_a_timer_for_nothing_is_renewed_and_never_ends(clock, programme):
    release.stir_idle()
    clock.forward(20 * 86_400)
    for timer in release.due(clock.now()):
        release.renew_idle(timer)
    assert programme.store.value("SELECT count(*) FROM timer") == release.IDLE
    assert release.due(clock.now()) == []


def test_what_ends_on_a_day_is_not_taken_for_a_letter_nor_a_letter_for_it(armed, mia, aya, clock):
    clock.forward(60 * 86_400)
    assert vault.end_what_is_over() == 0
    assert release.is_armed(again(mia))
    assert release.watch_of(again(mia)) is not None


def test_of_when_somebody_was_here_only_the_day_is_kept(armed, mia, clock):
    """DOMAIN 3.7: whoever holds the database and the pepper learns no hour."""
    seen = set()
    for hours in (1, 3, 5):
        clock.forward(hours * 3600)
        release.renew(again(mia))
        watch = release.watch_of(again(mia))
        assert watch is not None
        seen.add(watch.since)
    assert seen == {int(dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC).timestamp())}


def test_nothing_of_it_prints(armed, mia):
    watch = release.watch_of(again(mia))
    said = (
        repr(watch)
        + repr(watch.letters[0])
        + repr(release.Addressed("a", Letter(text=TEXT), b"zebra", b"zebra"))
    )
    assert "zebra" not in said
    assert TEXT not in said
    assert msgspec.json.encode(watch)
