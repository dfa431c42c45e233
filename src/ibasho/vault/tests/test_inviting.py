"""What invitations promise (VAULT 1.4; attacks 9 and 38)."""

import msgspec
import pytest

from ibasho import vault
from ibasho.vault import inviting, suite
from ibasho.vault.identity import Identity, seal_to
from ibasho.vault.store import Op
from ibasho.vault.tests.test_space import Note, again, boxes

NEW = "puffin wagtail nightjar thrush goldfinch robin"


def test_spoken_words_let_one_person_in(programme, clock):
    words = vault.host_invite("facilitator")
    assert len(words.split()) == 5
    invite = vault.look_at_invitation(words.upper())
    assert invite.kind == "facilitator"
    space = vault.join(invite, NEW)
    space.keep(Note(text="here"))
    assert vault.open_door(NEW).fingerprint == space.fingerprint


def test_attack_38_an_invitation_is_used_once(programme):
    words = vault.host_invite("member")
    first, second = vault.look_at_invitation(words), vault.look_at_invitation(words)
    vault.join(first, NEW)
    with pytest.raises(vault.NoInvitation):
        vault.join(second, vault.new_words())
    with pytest.raises(vault.NoInvitation):
        vault.look_at_invitation(words)
    assert vault.open_door(NEW)


def test_somebody_who_comes_too_late_leaves_no_space_behind(programme):
    words = vault.host_invite("member")
    first, second = vault.look_at_invitation(words), vault.look_at_invitation(words)
    vault.join(first, NEW)
    before = boxes(programme)
    late = vault.new_words()
    with pytest.raises(vault.NoInvitation):
        vault.join(second, late)
    assert boxes(programme) == before
    with pytest.raises(vault.NoDoor):
        vault.open_door(late)


def test_attack_38_an_invitation_is_opened_five_times_at_most(programme):
    words = vault.host_invite("member")
    for _ in range(5):
        vault.look_at_invitation(words)
    with pytest.raises(vault.NoInvitation):
        vault.look_at_invitation(words)


@pytest.mark.parametrize(
    ("days", "opens"), [(0, True), (6, True), (7, True), (8, False), (400, False), (-1, False)]
)
def test_attack_38_an_invitation_lasts_seven_days(programme, clock, days, opens):
    words = vault.host_invite("member")
    clock.forward(days * 86400)
    if opens:
        assert vault.look_at_invitation(words).kind == "member"
    else:
        with pytest.raises(vault.NoInvitation):
            vault.look_at_invitation(words)


def test_expired_invitations_are_removed(programme, clock):
    vault.host_invite("member")
    assert vault.forget_expired() == 0
    clock.forward(9 * 86400)
    vault.host_invite("member")
    assert vault.forget_expired() == 1
    assert programme.store.value("SELECT count(*) FROM invitation") == 1


def test_words_that_are_no_invitation_open_nothing(programme, mia, words_of):
    with pytest.raises(vault.NoInvitation):
        vault.look_at_invitation("veranda teapot lantern kettle meadow")
    with pytest.raises(vault.NoInvitation):
        vault.look_at_invitation(words_of["mia"])  # a door is no invitation
    invited = vault.host_invite("member")
    with pytest.raises(vault.NoDoor):
        vault.open_door(invited)  # nor the other way round


def test_an_invitation_that_was_withdrawn_opens_nothing(mia, programme):
    words = vault.invite(mia, "member", "Aya")
    (invited,) = vault.invitations(mia)
    assert (invited.kind, invited.name, invited.state) == ("member", "Aya", "open")
    vault.withdraw(mia, invited.id)
    assert vault.invitations(mia) == []
    with pytest.raises(vault.NoInvitation):
        vault.look_at_invitation(words)


def test_an_invitation_row_says_nothing(mia, programme):
    words = vault.invite(mia, "member", "Aya")
    ((locator, due, openings, body),) = programme.store.rows("SELECT * FROM invitation")
    assert (len(locator), openings, len(body)) == (32, 5, 4096 + 73)
    assert due > 700_000
    vault.host_invite("facilitator")
    assert {len(row[0]) for row in programme.store.rows("SELECT body FROM invitation")} == {4096 + 73}
    assert words.encode() not in bytes(body)


def test_who_invites_and_who_joins_pin_each_others_keys(mia, programme):
    words = vault.invite(mia, "member", "Aya")
    aya = vault.join(vault.look_at_invitation(words), NEW)
    assert [one.state for one in vault.take_in_answers(mia)] == ["joined"]
    assert vault.take_in_answers(mia) == []
    (ayas,) = vault.contacts(again(mia))
    (mias,) = vault.contacts(again(aya))
    assert ayas.name == "Aya"
    assert (ayas.public, mias.public) == (aya.identity.public, mia.identity.public)
    assert (ayas.inbox, ayas.outbox) == (mias.outbox, mias.inbox)
    assert programme.store.value("SELECT count(*) FROM post") == 0


@pytest.mark.parametrize("how", ["key", "proof", "garbage", "second answer"])
def test_attack_9_a_host_that_swaps_the_newcomers_key_is_seen(mia, programme, how):
    words = vault.invite(mia, "member", "Aya")
    vault.join(vault.look_at_invitation(words), NEW)
    ((box, note_id, _),) = programme.store.rows("SELECT box, id, body FROM post")
    host = Identity(bytes(32))
    answer = inviting._Answer(host.public, bytes(64), bytes(16), bytes(16))
    forged = seal_to(mia.identity.public, suite.pad(msgspec.json.encode(answer)), suite.ctx("answer"))
    bodies = {"key": forged, "proof": forged, "garbage": b"?", "second answer": forged}
    if how == "second answer":
        programme.store.commit(
            [Op("INSERT INTO post (box, id, body) VALUES (?, ?, ?)", (box, bytes(16), forged))]
        )
    else:
        programme.store.commit([Op("UPDATE post SET body = ? WHERE id = ?", (bodies[how], note_id), 1)])
    assert [one.state for one in vault.take_in_answers(mia)] == ["swapped"]
    assert vault.contacts(again(mia)) == []


def test_somebody_invited_before_a_change_of_words_is_welcome_and_told_the_new_keys(mia, programme):
    words = vault.invite(mia, "member", "Aya")
    moved = vault.change_words(mia, "otter badger acorn chestnut maple birch")
    aya = vault.join(vault.look_at_invitation(words), NEW)
    assert [one.state for one in vault.take_in_answers(moved)] == ["joined"]
    (ayas,) = vault.contacts(again(moved))
    assert vault.take_in_new_keys(aya) == 1
    (mias,) = vault.contacts(again(aya))
    assert mias.public == moved.identity.public
    assert vault.safety_words_with(moved, ayas) == vault.safety_words_with(aya, mias)


def test_invitations_that_are_long_over_are_forgotten_by_their_giver(mia, clock):
    vault.invite(mia, "member", "Aya")
    clock.forward(45 * 86400)
    vault.invite(mia, "member", "Tom")
    assert [one.name for one in vault.invitations(mia)] == ["Tom"]
