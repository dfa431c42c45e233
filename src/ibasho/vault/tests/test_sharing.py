"""What sharing promises (VAULT 1.4, 1.5, 1.8; decisions 3 and 6)."""

import secrets

import msgspec
import pytest

from ibasho import vault
from ibasho.vault import identity as identity_module
from ibasho.vault import inviting, sharing, suite, timers
from ibasho.vault.collection import new_catalogue
from ibasho.vault.identity import Identity
from ibasho.vault.store import Op
from ibasho.vault.tests.test_space import Note, again


class Slot(vault.Record, kind="test-slot", version=1):
    who: str = ""


def befriend(one, other, name="friend"):
    """Let one person invite another who is here already; gives the contact as each sees it."""
    before = set(other._manifest.contacts)
    words = vault.invite(one, "member", name)
    invite = vault.look_at_invitation(words)
    other._write(lambda manifest: inviting.plan_answer(other, manifest, invite))
    vault.take_in_answers(one)
    theirs = next(contact for key, contact in other._manifest.contacts.items() if key not in before)
    return next(contact for contact in vault.contacts(one) if contact.name == name), theirs


@pytest.fixture
def pair(mia, aya):
    return befriend(mia, aya, "Aya")


def seen_by(space):
    return [kept.record.text for _, kept in vault.read_shared(again(space), Note)]


def test_a_friend_sees_a_record_only_while_it_is_shared(mia, aya, tom, pair):
    place = mia.keep(Note(text="court"))
    assert seen_by(aya) == []

    vault.share(mia, Note, place, pair[0].id)
    assert seen_by(aya) == ["court"]
    assert seen_by(tom) == []
    assert [contact.name for contact in vault.readers_of(mia, Note, place)] == ["Aya"]

    vault.unshare(mia, Note, place, pair[0].id)
    assert seen_by(aya) == []
    assert vault.readers_of(mia, Note, place) == []


def test_a_friend_sees_what_is_shared_as_it_changes_and_never_what_it_was(mia, aya, pair):
    place = mia.keep(Note(text="before"))
    mia.change(place, Note(text="as shared"))
    vault.share(mia, Note, place, pair[0].id)
    mia.change(place, Note(text="after"))
    assert seen_by(aya) == ["after"]
    contact, grant = sharing.grants(again(aya), Note.kind)[0]
    assert contact.id == pair[1].id
    assert grant.key != mia._manifest.collections[Note.kind].key  # never the key of her own collection


def test_what_is_erased_is_gone_for_the_friend_too(mia, aya, pair):
    place = mia.keep(Note(text="court"), at="2026-11/01")
    mia.keep(Note(text="other"), at="2026-10/01")
    vault.share(mia, Note, place, pair[0].id)
    vault.share(mia, Note, "2026-10/01", pair[0].id)
    mia.forget(Note, place)
    assert seen_by(aya) == ["other"]
    mia.forget_chapters(Note, ["2026-10"])
    assert seen_by(aya) == []
    assert mia._manifest.shares == {}
    assert mia._vault.store.rows("SELECT * FROM post") == []


def test_sharing_twice_or_with_nobody_changes_nothing(mia, aya, pair):
    place = mia.keep(Note(text="court"))
    vault.share(mia, Note, place, pair[0].id)
    vault.share(mia, Note, place, pair[0].id)
    assert seen_by(aya) == ["court"]
    vault.unshare(mia, Note, place, "nobody")
    assert seen_by(aya) == ["court"]
    for wrong in ((place, "nobody"), ("2026-11/none", pair[0].id)):
        with pytest.raises(vault.NotFound):
            vault.share(mia, Note, *wrong)


def test_attack_37_an_ex_ally_opens_nothing_and_the_one_who_remains_everything(mia, aya, tom):
    ayas, _ = befriend(mia, aya, "Aya")
    toms, _ = befriend(mia, tom, "Tom")
    name = vault.found_circle(mia, Note.kind, [ayas.id, toms.id])
    circle = vault.circle(mia, name)
    for number in range(50):
        circle.put(Note(text=f"{number}"), f"2026-11/{number:03d}", expects=0)
    assert len(seen_by(aya)) == len(seen_by(tom)) == 50
    _, old = sharing.grants(again(aya), Note.kind)[0]

    vault.leave_circle(mia, name, ayas.id)
    assert seen_by(aya) == []
    assert len(seen_by(tom)) == 50
    with pytest.raises(vault.NotFound):
        sharing.Shared(again(aya), old, None).every(Note)  # a grant she kept a copy of
    opened = 0
    for box_id, body in mia._vault.store.rows("SELECT id, body FROM box"):
        for kind in ("head", "archive", Note.kind):
            for version in (1, 2, 51):
                context = suite.ctx("record", old.collection, old.epoch, bytes(box_id), kind, version)
                try:
                    suite.unseal_padded(old.key, context, bytes(body))
                    opened += 1
                except vault.Tampered:
                    pass
    assert opened == 0


def test_two_helpers_taking_one_slot_are_told_apart_kindly(daniel, mia, aya):
    ones, _ = befriend(daniel, mia, "Mia")
    others, _ = befriend(daniel, aya, "Aya")
    name = vault.found_circle(daniel, Slot.kind, [], writers=[ones.id, others.id])
    vault.circle(daniel, name).put(Slot(), "2026-11/26", expects=0)

    mias = sharing.Shared(mia, sharing.grants(mia, Slot.kind)[0][1], None)
    ayas = sharing.Shared(aya, sharing.grants(aya, Slot.kind)[0][1], None)
    assert mias.every(Slot)[0].version == ayas.every(Slot)[0].version == 1
    mias.put(Slot(who="Mia"), "2026-11/26", expects=1)
    with pytest.raises(vault.Changed):
        ayas.put(Slot(who="Aya"), "2026-11/26", expects=1)
    (kept,) = ayas.every(Slot)
    assert (kept.record.who, kept.by) == ("Mia", mia.fingerprint)


def test_two_writers_at_the_same_instant_cannot_both_win(daniel, mia, monkeypatch):
    """Both planned on the same root: the second swap of the root is refused."""
    ones, _ = befriend(daniel, mia, "Mia")
    name = vault.found_circle(daniel, Slot.kind, [], writers=[ones.id])
    vault.circle(daniel, name).put(Slot(), "2026-11/26", expects=0)
    mias = sharing.Shared(mia, sharing.grants(mia, Slot.kind)[0][1], None)
    jobs = []
    monkeypatch.setattr(type(mia._vault.store), "commit", lambda self, ops, **_: jobs.append(ops))
    mias.put(Slot(who="Mia"), "2026-11/26", expects=1)
    vault.circle(daniel, name).put(Slot(who="Daniel"), "2026-11/26", expects=1)
    monkeypatch.undo()
    mia._vault.store.commit(jobs[0])
    with pytest.raises(vault.Changed):
        mia._vault.store.commit(jobs[1])
    assert mias.every(Slot)[0].record.who == "Mia"


def test_a_reader_cannot_write(daniel, mia):
    ones, _ = befriend(daniel, mia, "Mia")
    name = vault.found_circle(daniel, Slot.kind, [ones.id])
    vault.circle(daniel, name).put(Slot(), "2026-11/26", expects=0)
    with pytest.raises(vault.NotGranted):
        sharing.Shared(mia, sharing.grants(mia, Slot.kind)[0][1], None).put(
            Slot(who="Mia"), "2026-11/26", expects=1
        )
    with pytest.raises(vault.NotFound):
        vault.circle(daniel, "no such circle")
    with pytest.raises(vault.NotFound):
        vault.leave_circle(daniel, "no such circle", ones.id)


# Grants, box by box ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def people():
    return {
        name: Identity(bytes([number] * 32))
        for number, name in enumerate(("giver", "reader", "host", "third"), 1)
    }


def test_a_grant_opens_for_its_reader(people):
    catalogue = new_catalogue("test-note")
    sealed = sharing.seal_grant(people["giver"], people["reader"].public, catalogue, "read")
    grant = sharing.open_grant(people["reader"], people["giver"].public, sealed)
    assert (grant.collection, grant.epoch, grant.key, grant.scope) == (catalogue.id, 1, catalogue.key, "read")
    assert catalogue.key.hex() not in repr(grant)


def test_attack_8_a_grant_signed_by_anybody_else_is_refused(people):
    sealed = sharing.seal_grant(people["host"], people["reader"].public, new_catalogue("test-note"), "read")
    with pytest.raises(vault.NotGranted):
        sharing.open_grant(people["reader"], people["giver"].public, sealed)


def test_attack_33_a_grant_forwarded_to_somebody_else_is_refused(people):
    sealed = sharing.seal_grant(people["giver"], people["reader"].public, new_catalogue("test-note"), "read")
    with pytest.raises(vault.NotGranted):
        sharing.open_grant(people["third"], people["giver"].public, sealed)
    content = people["reader"].open(sealed, sharing._envelope(people["reader"].public))
    resealed = identity_module.seal_to(
        people["third"].public, content, sharing._envelope(people["third"].public)
    )
    with pytest.raises(vault.NotGranted):
        sharing.open_grant(people["third"], people["giver"].public, resealed)


@pytest.mark.parametrize("field", ["collection", "kind", "epoch", "scope", "key"])
def test_attack_32_a_grant_with_any_term_changed_is_refused(people, field, monkeypatch):
    catalogue = new_catalogue("test-note")
    sealed = sharing.seal_grant(people["giver"], people["reader"].public, catalogue, "read")
    content = suite.unpad(people["reader"].open(sealed, sharing._envelope(people["reader"].public)))
    size = int.from_bytes(content[:4], "big")
    terms = list(msgspec.json.decode(content[4 : 4 + size], type=tuple[bytes, str, int, str]))
    rest = bytearray(content[4 + size :])
    if field == "key":
        rest[0] ^= 1
    else:
        place = ("collection", "kind", "epoch", "scope").index(field)
        terms[place] = (bytes(16), "test-slot", 2, "write")[place]
    raw = msgspec.json.encode(terms)
    forged = identity_module.seal_to(
        people["reader"].public,
        suite.pad(len(raw).to_bytes(4, "big") + raw + bytes(rest)),
        sharing._envelope(people["reader"].public),
    )
    with pytest.raises(vault.NotGranted):
        sharing.open_grant(people["reader"], people["giver"].public, forged)


@pytest.mark.parametrize(
    "content",
    [b"unpadded", *map(suite.pad, [b"", b"\0\0\0\2{}" + bytes(96), b"\0\0\0\2{}", b"\xff" * 40])],
)
def test_a_grant_that_is_garbage_inside_is_refused(people, content):
    sealed = identity_module.seal_to(
        people["reader"].public, content, sharing._envelope(people["reader"].public)
    )
    with pytest.raises(vault.NotGranted):
        sharing.open_grant(people["reader"], people["giver"].public, sealed)


def test_garbage_in_a_post_box_harms_nobody(mia, aya, pair):
    place = mia.keep(Note(text="court"))
    vault.share(mia, Note, place, pair[0].id)
    for number, body in enumerate((b"\x01garbage", b"", b"\x07?", b"\x02more")):
        sql = "INSERT INTO post (box, id, body) VALUES (?, ?, ?)"
        mia._vault.store.commit([Op(sql, (pair[1].inbox, bytes([number]) * 16, body))])
    assert seen_by(aya) == ["court"]
    assert vault.take_in_new_keys(aya) == 0


# Contacts --------------------------------------------------------------------------------------


def test_both_see_the_same_four_safety_words(mia, aya, tom, pair):
    mias, ayas = vault.safety_words_with(mia, pair[0]), vault.safety_words_with(aya, pair[1])
    assert mias == ayas
    assert len(mias.split()) == 4
    befriend(mia, tom, "Tom")
    assert vault.safety_words_with(mia, vault.contacts(mia)[-1]) != mias


def test_changed_words_keep_friends_and_what_was_shared_both_ways(mia, aya, pair):
    mine, hers = mia.keep(Note(text="from mia")), aya.keep(Note(text="from aya"))
    vault.share(mia, Note, mine, pair[0].id)
    vault.share(aya, Note, hers, pair[1].id)
    moved = vault.change_words(mia, "puffin wagtail nightjar thrush goldfinch robin")

    assert seen_by(moved) == ["from aya"]  # the grant was made for the keys before
    assert seen_by(aya) == []  # until she takes the new keys in, at her next visit
    assert vault.take_in_new_keys(again(aya)) == 1
    assert seen_by(aya) == ["from mia"]
    contact = vault.contacts(again(aya))[0]
    assert contact.public == moved.identity.public
    assert contact.changed  # the room says: compare the safety words again
    assert seen_by(moved) == ["from aya"]
    assert vault.take_in_new_keys(again(aya)) == 0


def test_a_note_of_new_keys_that_the_old_keys_did_not_sign_is_passed_over(mia, aya, pair, people):
    new = people["host"].public
    forged = people["host"].sign(suite.ctx("new-keys", suite.fingerprint(aya.identity.public), new))
    body = b"\x02" + identity_module.seal_to(
        aya.identity.public, suite.pad(new + forged), suite.ctx("new-keys-env")
    )
    mia._vault.store.commit(
        [Op("INSERT INTO post (box, id, body) VALUES (?, ?, ?)", (pair[1].inbox, bytes(16), body))]
    )
    assert vault.take_in_new_keys(aya) == 0
    assert vault.contacts(again(aya))[0].public == mia.identity.public


@pytest.mark.parametrize("new", [b"", b"short", b"\xff" * 1248])
def test_a_friend_who_announces_keys_that_are_none_is_passed_over(mia, aya, pair, new):
    signature = mia.identity.sign(suite.ctx("new-keys", suite.fingerprint(aya.identity.public), new))
    note = suite.pad(new + signature)
    for content in (note, b"unpadded"):
        body = b"\x02" + identity_module.seal_to(aya.identity.public, content, suite.ctx("new-keys-env"))
        sql = "INSERT INTO post (box, id, body) VALUES (?, ?, ?)"
        mia._vault.store.commit([Op(sql, (pair[1].inbox, secrets.token_bytes(16), body))])
    assert vault.take_in_new_keys(aya) == 0
    assert vault.contacts(again(aya))[0].public == mia.identity.public


def test_burning_takes_what_was_shared_along(mia, aya, pair):
    place = mia.keep(Note(text="court"))
    vault.share(mia, Note, place, pair[0].id)
    vault.burn(mia)
    assert seen_by(aya) == []
    assert mia._vault.store.rows("SELECT * FROM post") == []


def test_x_wing_keys_follow_from_the_seed_alone(people):
    assert Identity(bytes([1] * 32)).public == people["giver"].public
    assert len(people["giver"].public) == identity_module.PUBLIC == 1248
    for public in (b"short", b"\xff" * 1248):
        with pytest.raises(vault.NotGranted):
            identity_module.seal_to(public, b"x", b"")


def test_what_does_not_open_or_end_keeps_nothing_else_from_ending(mia, aya, pair, clock, monkeypatch):
    place = mia.keep(Note(text="until Sunday"))
    vault.share(mia, Note, place, pair[0].id, until=clock.at.date())
    broken = (b"?" * 16, 1, b"!" * 32, b"not a timer")
    sql = "INSERT INTO timer (id, due_day, renew, body) VALUES (?, ?, ?, ?)"
    vault.current().store.commit([vault.Op(sql, broken)])
    stuck = timers.Ends(b"a shelf that does not go")
    vault.current().store.commit([timers.put_timer(vault.current(), b"0" * 16, clock.at.date(), stuck)])
    whole = timers._plan_end

    def plan_end(work):
        if work == stuck:
            raise ValueError("stuck")
        return whole(work)

    monkeypatch.setattr(timers, "_plan_end", plan_end)
    clock.forward(2 * 86_400)
    with pytest.raises(ValueError, match="stuck"):
        vault.end_what_is_over()
    assert seen_by(aya) == []
    monkeypatch.setattr(timers, "_plan_end", whole)
    assert vault.end_what_is_over() == 1
    assert timers.find_timer(vault.current(), b"?" * 16) is None
