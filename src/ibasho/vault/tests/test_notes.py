"""What notes, endings and partings promise (VAULT 1.4, 1.5, decision 4; attacks 8, 33, 37)."""

import datetime as dt

import pytest

from ibasho import vault
from ibasho.vault import noting, sharing, suite, timers
from ibasho.vault.identity import Identity, seal_to
from ibasho.vault.store import put_post
from ibasho.vault.tests.test_sharing import befriend, seen_by
from ibasho.vault.tests.test_space import Note, again

FRIDAY = dt.date(2026, 11, 27)


@pytest.fixture
def pair(clock, mia, aya):
    return befriend(mia, aya, "Aya")


def heard_by(space, type_=Note):
    return [said.record.text for said in vault.notes(again(space), type_)]


def test_a_note_is_read_by_the_one_it_is_for_and_gone_once_it_was_read(mia, aya, tom, pair):
    befriend(mia, tom, "Tom")
    vault.send_note(mia, pair[0].id, Note(text="I step back"))
    assert heard_by(aya) == ["I step back"]
    assert heard_by(tom) == []
    vault.drop_note(aya, vault.notes(aya, Note)[0])
    assert heard_by(aya) == []


def test_notes_come_in_the_order_they_were_written_and_by_their_kind(clock, mia, aya, pair):
    for text in ("first", "second", "third"):
        vault.send_note(mia, pair[0].id, Note(text=text))
        clock.forward(60)
    assert heard_by(aya) == ["first", "second", "third"]

    class Other(vault.Record, kind="test-other-note", version=1):
        text: str = ""

    assert heard_by(aya, Other) == []


@pytest.mark.parametrize(
    "forge", ["by the host", "by another contact", "for another reader", "altered", "cut"]
)
def test_a_note_that_no_pinned_key_wrote_for_this_reader_is_passed_over(mia, aya, tom, pair, forge):
    toms, _ = befriend(aya, tom, "Tom")
    stranger = vault.make_space("abacus abdomen abdominal abide abiding ability")
    record, box = Note(text="forged"), pair[0].outbox
    body = {
        "by the host": lambda: noting.seal_note(stranger.identity, aya.identity.public, record),
        "by another contact": lambda: noting.seal_note(tom.identity, aya.identity.public, record),
        "for another reader": lambda: noting.seal_note(mia.identity, tom.identity.public, record),
        "altered": lambda: noting.seal_note(mia.identity, aya.identity.public, record)[:-1] + b"x",
        "cut": lambda: noting.seal_note(mia.identity, aya.identity.public, record)[:40],
    }[forge]()
    vault.current().store.commit([put_post(box, body)])
    assert toms.outbox != box
    assert heard_by(aya) == []


def test_a_note_resealed_to_somebody_else_is_refused(mia, aya, tom, pair):
    befriend(mia, tom, "Tom")
    body = noting.seal_note(mia.identity, aya.identity.public, Note(text="for Aya"))
    content = aya.identity.open_padded(body[1:], noting._envelope(aya.identity.public))
    public = tom.identity.public
    forwarded = noting._NOTE + seal_to(public, suite.pad(content), noting._envelope(public))
    with pytest.raises(vault.NotGranted):
        noting.open_note(tom.identity, mia.identity.public, forwarded, Note)


def test_a_note_written_before_a_change_of_words_is_still_read(mia, aya, pair):
    vault.send_note(mia, pair[0].id, Note(text="before"))
    moved = vault.change_words(aya, "cocoa saffron vanilla nutmeg apricot puffin")
    assert heard_by(moved) == ["before"]


def test_who_is_let_go_reads_nothing_and_hears_nothing(mia, aya, pair):
    place = mia.keep(Note(text="court"))
    vault.share(mia, Note, place, pair[0].id)
    grant = sharing.grants(aya, Note.kind)[0][1]
    vault.send_note(mia, pair[0].id, Note(text="before"))
    vault.let_go(mia, pair[0].id)
    assert seen_by(aya) == [] == heard_by(aya)
    with pytest.raises(vault.NotFound):
        sharing.Shared(again(aya), grant, None).every(Note)  # the key she held opens nothing (attack 37)
    with pytest.raises(vault.NotFound):
        vault.send_note(again(mia), pair[0].id, Note(text="after"))
    assert again(mia)._manifest.invited == []


def test_who_leaves_says_one_last_thing(mia, aya, pair):
    vault.leave(aya, pair[1].id, Note(text="I step back"))
    assert vault.contacts(again(aya)) == []
    assert heard_by(mia) == ["I step back"]


def test_others_go_on_reading_when_one_is_let_go(mia, aya, tom, pair):
    befriend(mia, tom, "Tom")
    place = mia.keep(Note(text="court"))
    for contact in vault.contacts(mia):
        vault.share(mia, Note, place, contact.id)
    vault.let_go(mia, pair[0].id)
    assert seen_by(tom) == ["court"]
    assert seen_by(aya) == []


# Endings --------------------------------------------------------------------------------------------


def test_a_copy_ends_on_its_day_with_nobody_here_and_its_owner_goes_on_writing(clock, mia, aya, pair):
    place = mia.keep(Note(text="until Friday"))
    vault.share(mia, Note, place, pair[0].id, until=FRIDAY)
    clock.set(dt.datetime(2026, 11, 27, 23, 59, tzinfo=dt.UTC))
    assert vault.end_what_is_over() == 0
    assert seen_by(aya) == ["until Friday"]
    clock.forward(120)
    assert vault.end_what_is_over() == 1
    assert seen_by(aya) == []
    fresh = again(mia)
    fresh.change(place, Note(text="after Friday"))  # a copy that ended is in nobody's way
    assert seen_by(aya) == []
    assert fresh._manifest.shares == {}
    vault.share(fresh, Note, place, pair[0].id, until=dt.date(2026, 12, 4))
    assert seen_by(aya) == ["after Friday"]


def test_a_copy_taken_back_early_leaves_no_timer(mia, aya, pair):
    place = mia.keep(Note(text="until Friday"))
    vault.share(mia, Note, place, pair[0].id, until=FRIDAY)
    vault.unshare(mia, Note, place, pair[0].id)
    assert vault.current().store.rows("SELECT * FROM timer") == []


def test_a_timer_says_nothing_but_its_day_and_no_other_key_opens_it(mia, aya, pair):
    place = mia.keep(Note(text="until Friday"))
    vault.share(mia, Note, place, pair[0].id, until=FRIDAY)
    ((timer_id, day, renew, body),) = vault.current().store.rows("SELECT id, due_day, renew, body FROM timer")
    assert dt.date.fromordinal(day) == dt.date(2026, 11, 28)
    assert (len(timer_id), len(renew)) == (16, 32)
    assert len(body) == suite.OVERHEAD + timers.BODY
    with pytest.raises(vault.Tampered):
        timers._open(vault.current(), bytes(16), day, bytes(body))  # moved to another row


# Tallies that carry something -----------------------------------------------------------------------


class Kept(vault.Record, kind="test-carried-list", version=1):
    tally: bytes = b""


def test_a_tally_gives_what_it_carries_to_whoever_brings_the_token_while_it_holds(clock, mia):
    token, at = vault.new_token(), "links/one"
    until = int(clock.now()) + 60
    record = Kept(tally=vault.tally_id(token))
    vault.cut_tally(mia, record, at, token=token, until=until, carries=Note(text="a calendar"))
    assert vault.tally_carries(token, Note).text == "a calendar"
    assert vault.tally_carries(token, Kept) is None  # another kind
    assert vault.tally_carries(bytes(32), Note) is None
    vault.refill_tally(token, until=until, carries=Note(text="a newer one"))
    assert vault.tally_carries(token, Note).text == "a newer one"
    clock.forward(61)
    assert vault.tally_carries(token, Note) is None
    clock.forward(-61)
    vault.end_tally(mia, Kept, at, record.tally)
    assert vault.tally_carries(token, Note) is None
    vault.refill_tally(token, until=until, carries=Note(text="a ghost"))
    assert vault.tally_carries(token, Note) is None  # what ended stays ended


def test_a_tally_that_carries_nothing_gives_nothing(clock, mia):
    token = vault.new_token()
    vault.cut_tally(
        mia, Kept(tally=vault.tally_id(token)), "links/one", token=token, until=int(clock.now()) + 60
    )
    assert vault.tally_carries(token, Note) is None


# Coming together ------------------------------------------------------------------------------------


def test_somebody_who_is_here_already_takes_an_invitation_once(mia, aya, tom):
    words = vault.invite(mia, vault.ALLY, "Aya")
    looked = vault.look_at_invitation(words)
    vault.accept(aya, looked)
    with pytest.raises(vault.NoInvitation):
        vault.accept(tom, looked)
    vault.take_in_answers(mia)
    assert [(one.kind, one.name) for one in vault.contacts(mia)] == [(vault.ALLY, "Aya")]
    assert [one.kind for one in vault.contacts(aya)] == [vault.BESIDE]


# A restore -------------------------------------------------------------------------------------------


def restored(tmp_path, copy):
    """An older copy of the main database is in place again, and the newest lifelines decide."""
    vault.copies.copy_in(vault.current().store, copy)
    return vault.current().take_back_again()


def test_attack_39_a_restored_back_up_gives_nobody_back_what_was_taken_from_them(
    mia, aya, tom, pair, tmp_path
):
    befriend(mia, tom, "Tom")
    place = mia.keep(Note(text="court"))
    for contact in vault.contacts(mia):
        vault.share(mia, Note, place, contact.id)
    name = vault.found_circle(mia, "test-slot", [], [contact.id for contact in vault.contacts(mia)])
    copy = tmp_path / "older.sqlite3"
    vault.copies.copy_out(vault.current().store, copy)
    vault.unshare(mia, Note, place, pair[0].id)
    vault.leave_circle(mia, name, pair[0].id)
    assert restored(tmp_path, copy) == 2
    assert seen_by(aya) == []
    assert vault.circles_shared_with(again(aya), "test-slot") == []
    assert seen_by(tom) == ["court"]  # whoever stayed goes on
    assert len(vault.circles_shared_with(again(tom), "test-slot")) == 1


def test_a_restore_brings_back_no_copy_that_ended_and_its_owner_goes_on_writing(
    clock, mia, aya, pair, tmp_path
):
    place = mia.keep(Note(text="until Friday"))
    vault.share(mia, Note, place, pair[0].id, until=FRIDAY)
    copy = tmp_path / "older.sqlite3"
    vault.copies.copy_out(vault.current().store, copy)
    vault.unshare(mia, Note, place, pair[0].id)
    restored(tmp_path, copy)
    assert seen_by(aya) == []
    fresh = again(mia)
    fresh.change(place, Note(text="after"))
    assert seen_by(aya) == []
    vault.share(fresh, Note, place, pair[0].id)
    assert seen_by(aya) == ["after"]


def test_what_was_taken_back_is_noted_only_as_a_hash_and_for_as_long_as_copies_are_kept(
    clock, mia, aya, pair
):
    place = mia.keep(Note(text="court"))
    vault.share(mia, Note, place, pair[0].id)
    posts = {bytes(row[0]) for row in vault.current().store.rows("SELECT id FROM post")}
    vault.unshare(mia, Note, place, pair[0].id)
    noted = {bytes(row[0]) for row in vault.current().lifelines.rows("SELECT id FROM taken_back")}
    assert noted
    assert not noted & posts
    clock.forward(31 * 86400)
    vault.current().forget_taken_back(30)
    assert vault.current().lifelines.rows("SELECT id FROM taken_back") == []


def test_a_record_is_replaced_and_its_contact_told_or_neither(mia, aya, pair, programme):
    mia.keep(Note(text="before"), at="2026-11/01")
    with pytest.raises(vault.NotFound):
        vault.change_and_tell(
            again(mia), "2026-11/01", Note(text="after"), {pair[0].id: Note(), "nobody": Note()}, expects=1
        )
    with pytest.raises(vault.Changed):
        vault.change_and_tell(again(mia), "2026-11/01", Note(text="after"), {pair[0].id: Note()}, expects=2)
    assert again(mia).read(Note, "2026-11/01").record.text == "before"
    assert vault.notes(again(aya), Note) == []
    told = {pair[0].id: Note(text="said")}
    vault.change_and_tell(again(mia), "2026-11/01", Note(text="after"), told, expects=1)
    assert again(mia).read(Note, "2026-11/01").record.text == "after"
    assert [said.record.text for said in vault.notes(again(aya), Note)] == ["said"]


def test_what_lies_in_a_post_box_is_unsealed_once_for_a_page_and_what_was_taken_back_is_gone_at_once(
    mia, aya, pair, monkeypatch
):
    place = mia.keep(Note(text="court"))
    vault.share(mia, Note, place, pair[0].id)
    vault.send_note(mia, pair[0].id, Note(text="I step back"))
    opened, open_ = [], Identity.open
    monkeypatch.setattr(Identity, "open", lambda me, *sealed: opened.append(1) or open_(me, *sealed))
    page = again(aya)
    for _several_rooms in range(5):
        assert [kept.record.text for _, kept in vault.read_shared(page, Note)] == ["court"]
        assert [said.record.text for said in vault.notes(page, Note)] == ["I step back"]
    assert len(opened) == 2
    vault.unshare(mia, Note, place, pair[0].id)
    assert vault.read_shared(page, Note) == []
    assert len(opened) == 2


def test_a_key_pair_from_before_is_made_only_where_it_is_needed(mia, aya, pair, monkeypatch):
    vault.send_note(mia, pair[0].id, Note(text="before"))
    moved = vault.change_words(aya, "cocoa saffron vanilla nutmeg apricot puffin")
    vault.share(mia, Note, mia.keep(Note(text="court")), pair[0].id)
    made, make = [], Identity.__init__
    monkeypatch.setattr(Identity, "__init__", lambda me, root: made.append(root) or make(me, root))
    page = again(moved)
    assert [said.record.text for said in vault.notes(page, Note)] == ["before"]
    assert [kept.record.text for _, kept in vault.read_shared(page, Note)] == ["court"]
    assert len(made) == 2  # today's, and the one that the note was sealed for
