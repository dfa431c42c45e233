"""Somebody of the circle keeps it: asked, never alone, and for nobody else to see (DOMAIN 1.11-1.16)."""

import base64
import datetime as dt

import msgspec
import pytest

from ibasho import vault
from ibasho.bell.access import bell_of
from ibasho.circle import access as circle
from ibasho.circle import actions as circle_actions
from ibasho.circle import home
from ibasho.circle.records import Circle, Friend
from ibasho.programme.records import altered
from ibasho.safekeeping import access, actions
from ibasho.safekeeping.records import Entrusted, Handed, KeeperWord, Keeping, PutAway
from ibasho.safekeeping.tests.test_safekeeping import TYPED
from ibasho.today import actions as today
from ibasho.today.records import Day
from ibasho.vault.tests.test_space import again
from ibasho.web.addresses import address

HOURS = 3600


def ally(one, other, name, as_known_there):
    """One person has the other as an ally. Gives how each knows the other."""
    accepted = vault.accept(other, vault.look_at_invitation(vault.invite(one, vault.ALLY, name)))
    vault.take_in_answers(one)
    vault.keep_contact(other, accepted.id, name=as_known_there)
    return next(known.id for known in circle.allies(one) if known.name == name), accepted.id


@pytest.fixture
def known(mia, aya, tom, clock):
    """Aya and Tom are allies of Mia. Gives how Mia knows Aya, and Aya Mia."""
    ally(mia, tom, "Tom", "Mia")
    return ally(mia, aya, "Aya", "Mia")


@pytest.fixture
def tin(mia, known):
    """The tin, which Aya is to keep, and has not been asked to."""
    record = PutAway(label="the tin", keeper="Aya", keeper_id=known[0], decides_with="Aya")
    return actions.put_away(mia, record=record)


@pytest.fixture
def row(known, tin):
    """How Aya's page knows the tin."""
    return f"{known[1]}-{tin}"


@pytest.fixture
def with_aya(mia, aya, tin, row):
    """Aya has it, and there is a line for the two."""
    actions.entrust(mia, tin, line="4711 zebra")
    actions.accept(aya, row)
    actions.confirm(aya, row)
    return tin


def asked(mia, tin, clock, hours=72):
    actions.ask_back(mia, tin)
    clock.forward(hours * HOURS)


def state(space, tin):
    return access.thing_view(again(space), tin).of_circle


# Being asked, and saying yes


def test_nobody_is_asked_before_mia_says_so(mia, aya, tin):
    assert state(mia, tin).state == "unasked"
    assert access.thing_view(mia, tin).state_said == "put away"  # not with Aya: she knows nothing of it
    assert access.keeping(aya) == []
    actions.entrust(mia, tin)
    assert [one.called for one in access.keeping(again(aya))] == ["the tin"]
    assert state(mia, tin).state == "asked"


def test_a_keeper_says_yes_only_after_reading_what_the_law_may_ask(mia, aya, tin, row, client):
    """DOMAIN 1.16."""
    actions.entrust(mia, tin)
    browser = client.of(aya)
    page = browser.get(address("safekeeping-kept", row)).text
    assert "The law of your place comes first" in page
    assert "It is with me now" not in page
    for early in ("has", "back", "stop"):
        browser.post(address("safekeeping-kept", row), {"to": early})
    unread = browser.post(address("safekeeping-kept", row), {"to": "accept"})
    assert unread.status_code == 422
    assert state(mia, tin).state == "asked"
    assert browser.post(address("safekeeping-kept", row), {"to": "accept", "read": "yes"}).status_code == 303
    assert state(mia, tin).state == "will"
    browser.post(address("safekeeping-kept", row), {"to": "has"})
    assert state(mia, tin).state == "has"
    assert access.thing_view(again(mia), tin).state_said == "with Aya"
    assert "Aya has it." in client.of(mia).get(address("safekeeping-thing", tin)).text


def test_a_keeper_may_say_no_and_mia_reads_it_without_blame(mia, aya, tin, row, client):
    actions.entrust(mia, tin)
    client.of(aya).post(address("safekeeping-kept", row), {"to": "decline"})
    assert "Aya would rather not keep it" in client.of(mia).get(address("safekeeping-thing", tin)).text


def test_a_keeper_sees_their_rows_and_nothing_else_of_hers(mia, aya, tom, with_aya, row, client):
    """DOMAIN 1.12."""
    actions.put_away(mia, record=PutAway(label="zebra-box", keeper="Tom"))
    page = client.of(aya).get(address("safekeeping-keeping")).text
    assert "the tin" in page
    assert "zebra-box" not in page
    assert "zebra" not in client.of(aya).get(address("safekeeping-kept", row)).text
    browser = client.of(tom)
    assert "the tin" not in browser.get(address("safekeeping-keeping")).text
    for one in (row, f"{'0' * 16}-{with_aya}"):
        assert browser.get(address("safekeeping-kept", one)).status_code == 404
        for to in ("accept", "decline", "has", "stop", "not-yet", "yes", "back", ""):
            said = {"to": to, "read": "yes"}
            assert browser.post(address("safekeeping-kept", one), said).status_code == 404


def test_the_keeper_reads_the_word_that_was_chosen_for_them(mia, aya, known, client):
    record = PutAway(label="zebra", called="the box", keeper="Aya", keeper_id=known[0])
    key = actions.put_away(mia, record=record)
    actions.entrust(mia, key)
    page = client.of(aya).get(address("safekeeping-keeping")).text
    assert "the box" in page
    assert "zebra" not in page


def test_what_aya_keeps_stands_on_her_own_small_home(mia, aya, with_aya):
    fragments = dict(home.sections(again(aya)))
    assert [one.called for one in fragments["safekeeping/_keeping.html"]["things"]] == ["the tin"]
    assert "safekeeping/_keeping.html" not in dict(home.sections(mia))


# Who may be a keeper


def test_one_she_had_to_add_cannot_be_chosen_and_nothing_typed_is_lost(mia, known, client, clock):
    """DOMAIN 1.16, 3.7."""
    mia.set_own(Circle(friends={known[0]: Friend(had_to=True)}))
    page = client.of(mia).get(address("safekeeping-new")).text
    assert f'value="{known[0]}"' not in page
    assert "Tom" in page
    answer = client.of(mia).post(address("safekeeping-new"), TYPED | {"keeper_id": known[0]})
    assert answer.status_code == 422
    assert "Tom has it then." in answer.text
    with pytest.raises(vault.NotFound):
        actions.put_away(mia, record=PutAway(label="x", keeper_id=known[0]))


def test_one_she_had_to_add_after_all_is_not_asked(mia, aya, tin, known):
    mia.set_own(Circle(friends={known[0]: Friend(had_to=True)}))
    with pytest.raises(vault.NotFound):
        actions.entrust(mia, tin)
    assert access.keeping(aya) == []


def test_the_keeper_is_not_changed_to_one_she_had_to_add(mia, known, tin):
    other = actions.put_away(mia, record=PutAway(label="x", keeper="Noor"))
    mia.set_own(Circle(friends={known[0]: Friend(had_to=True)}))
    with pytest.raises(vault.NotFound):
        actions.change(mia, other, record=PutAway(label="x", keeper_id=known[0]), seen=1)


@pytest.mark.parametrize("pressed", ["yes", ""])
def test_somebody_of_the_circle_who_could_be_pressed_is_no_keeper(pressed, mia, known, client):
    """DOMAIN 1.16."""
    form = TYPED | {"keeper_id": known[0], "keeper": "", "pressed": pressed}
    assert client.of(mia).post(address("safekeeping-new"), form).status_code == 422
    assert access.things(again(mia)) == []


def test_mia_chooses_aya_in_the_form_or_somebody_who_is_not_here(mia, known, client):
    browser = client.of(mia)
    form = TYPED | {"keeper_id": known[0], "keeper": "", "called": "the box"}
    assert browser.post(address("safekeeping-new"), form).status_code == 303
    (thing,) = access.things(again(mia))
    assert (thing.keeper, thing.called, thing.of_circle.id) == ("Aya", "the box", known[0])
    browser.post(address("safekeeping-new"), TYPED | {"label": "2", "keeper": "Noor", "keeper_id": ""})
    assert next(one for one in access.things(again(mia)) if one.label == "2").of_circle is None


# Asking for it back


def test_asking_tells_the_keeper_with_what_was_agreed(mia, aya, with_aya, row, client, clock):
    """DOMAIN 1.15: the agreement is shown to both at every request."""
    client.of(mia).post(address("safekeeping-thing", with_aya), {"to": "ask"})
    pages = (
        client.of(mia).get(address("safekeeping-thing", with_aya)).text,
        client.of(aya).get(address("safekeeping-kept", row)).text,
    )
    for page, whom in zip(pages, ("Aya", "you"), strict=True):
        for said in ("22 November 2026", "25 November 2026, 09:30", "getting it back: 3 days", "not yet"):
            assert said in page, said
        assert f"together with {whom}" in page


def test_no_wait_is_skipped_by_a_keepers_early_yes(mia, aya, with_aya, row, client, clock):
    actions.ask_back(mia, with_aya)
    clock.forward(72 * HOURS - 1)
    assert "Yes, from my side" not in client.of(aya).get(address("safekeeping-kept", row)).text
    answer = client.of(aya).post(address("safekeeping-kept", row), {"to": "yes", "words": "take care"})
    assert answer.status_code == 409
    assert "take care" in answer.text
    assert state(mia, with_aya).answer == ""


def test_whoever_keeps_it_no_longer_decides_no_longer(mia, aya, with_aya, row, clock):
    asked(mia, with_aya, clock)
    actions.stop(aya, row)
    for answer in (actions.say_yes, actions.not_yet):
        with pytest.raises(vault.NotFound):
            answer(again(aya), row)
    assert access.thing_view(again(mia), with_aya).of_circle.state == "stopped"


def test_not_yet_comes_with_a_line_and_a_yes_may_follow(mia, aya, with_aya, row, client, clock):
    """DOMAIN 1.15."""
    asked(mia, with_aya, clock)
    said = {"to": "not-yet", "words": "I am up until ten."}
    client.of(aya).post(address("safekeeping-kept", row), said)
    page = client.of(mia).get(address("safekeeping-thing", with_aya)).text
    assert "not yet, and would like to talk first" in page
    assert "I am up until ten." in page
    assert "It is back with me" not in page
    with pytest.raises(actions.NotSaidYet):
        actions.take_back(again(mia), with_aya)
    client.of(aya).post(address("safekeeping-kept", row), {"to": "yes"})
    assert "It is back with me" in client.of(mia).get(address("safekeeping-thing", with_aya)).text


def test_a_yes_that_was_taken_back_opens_nothing(mia, aya, with_aya, row, clock):
    asked(mia, with_aya, clock)
    actions.say_yes(aya, row)
    actions.not_yet(aya, row)
    with pytest.raises(actions.NotSaidYet):
        actions.open_line(again(mia), with_aya)


def test_attack_43_neither_mia_nor_her_keeper_opens_the_line_alone(mia, aya, with_aya, row, clock):
    """Whoever makes Mia type her words has half of a way, and no line."""
    asked(mia, with_aya, clock, 96)
    with pytest.raises(actions.NotSaidYet):
        actions.open_line(again(mia), with_aya)
    record = access.thing(mia, with_aya).record
    part = access.own_part(aya, row)
    assert record.line is not None
    assert record.part is not None
    assert part is not None
    assert record.part != part
    for alone in ([record.part], [part]):
        with pytest.raises(vault.NotGranted):
            vault.open_way(record.line, alone)
    everything = b"".join(content for _, content in vault.export(mia))
    assert b"zebra" not in everything
    hers = [kept.record for _, kept in vault.read_shared(aya, Entrusted)]
    assert not any(hasattr(one, "line") for one in hers)

    actions.say_yes(aya, row)
    assert actions.open_line(again(mia), with_aya) == "4711 zebra"


def test_nobody_reads_the_line_on_the_disk_and_no_list_names_it(
    mia, aya, with_aya, row, every_byte_on_disk, caplog
):
    assert b"zebra" not in every_byte_on_disk()
    assert "zebra" not in repr(access.thing(mia, with_aya)) + repr(access.keeping(aya)) + caplog.text


def test_mia_does_not_keep_the_part_she_made_for_her_keeper(mia, aya, with_aya, row):
    part = access.own_part(aya, row)
    spelt = base64.b64encode(part.key)
    assert spelt in msgspec.json.encode(part)
    for name, content in vault.export(mia):
        assert spelt not in content, name
    assert vault.notes(again(aya), Handed) == []


def test_nobody_else_hands_aya_a_part_for_mias_thing(mia, aya, with_aya, row):
    noor = vault.make_space(vault.new_words())
    ally(noor, aya, "Aya", "Noor")
    part = access.own_part(aya, row)
    (hers,) = circle.allies(noor)
    other = vault.make_way(b"x", [(0, 1)])[1][1]
    vault.send_note(noor, hers.id, Handed(thing=with_aya, part=other))
    actions.accept(again(aya), row)
    assert access.own_part(again(aya), row) == part


def test_the_line_is_shown_once_both_said_yes(mia, aya, with_aya, row, client, clock):
    asked(mia, with_aya, clock)
    browser = client.of(mia)
    early = browser.post(address("safekeeping-thing", with_aya), {"to": "open"})
    assert early.status_code == 409
    client.of(aya).post(address("safekeeping-kept", row), {"to": "yes"})
    assert "zebra" not in browser.get(address("safekeeping-thing", with_aya)).text
    assert "4711 zebra" in browser.post(address("safekeeping-thing", with_aya), {"to": "open"}).text


def test_another_line_takes_the_place_of_the_one_before(mia, aya, with_aya, row, clock):
    actions.entrust(mia, with_aya, line="a new one")
    asked(mia, with_aya, clock)
    actions.say_yes(aya, row)
    assert actions.open_line(again(mia), with_aya) == "a new one"


def test_put_away_once_more_it_is_a_new_agreement_that_both_can_keep(mia, aya, with_aya, row, clock):
    asked(mia, with_aya, clock)
    actions.say_yes(aya, row)
    actions.take_back(again(mia), with_aya)
    actions.tidy(again(aya))
    kept = access.thing(again(mia), with_aya)
    record = PutAway(label="the tin", keeper="Aya", keeper_id=kept.record.keeper_id)
    actions.change(again(mia), with_aya, record=record, seen=kept.version)
    actions.entrust(again(mia), with_aya)
    assert not state(mia, with_aya).has_line
    actions.accept(again(aya), row)
    asked(again(mia), with_aya, clock)
    actions.say_yes(again(aya), row)
    actions.take_back(again(mia), with_aya)


def test_a_line_too_long_is_not_lost(mia, tin, client):
    answer = client.of(mia).post(address("safekeeping-thing", tin), {"to": "entrust", "line": "zebra " * 60})
    assert answer.status_code == 422
    assert "zebra zebra" in answer.text
    assert not access.is_entrusted(again(mia), tin)


def test_nothing_comes_back_on_a_hard_day_though_both_said_yes(mia, aya, with_aya, row, clock):
    """DOMAIN 1.15."""
    asked(mia, with_aya, clock)
    actions.say_yes(aya, row)
    today.keep_day(mia, day=clock.at.date(), record=Day(mood="heavy"), seen=0)
    for act in (actions.take_back, actions.open_line):
        with pytest.raises(actions.NotToday):
            act(again(mia), with_aya)


def test_aya_does_not_learn_that_today_is_hard(mia, aya, with_aya, row, client, clock):
    asked(mia, with_aya, clock)
    before = access.kept_view(again(aya), row)
    today.keep_day(mia, day=clock.at.date(), record=Day(mood="heavy"), seen=0)
    assert access.kept_view(again(aya), row) == before


def test_the_yes_to_one_request_is_no_yes_to_the_next(mia, aya, with_aya, row, clock):
    asked(mia, with_aya, clock)
    actions.say_yes(aya, row)
    actions.leave_it(again(mia), with_aya)
    asked(again(mia), with_aya, clock)
    assert state(mia, with_aya).answer == ""
    with pytest.raises(actions.NotSaidYet):
        actions.take_back(again(mia), with_aya)


def test_what_nobody_answered_for_three_days_is_asked_for_anew(mia, aya, with_aya, row, client, clock):
    asked(mia, with_aya, clock, 144)
    clock.forward(1)
    assert state(mia, with_aya).request_over
    assert access.kept_view(again(aya), row).asked == ""
    with pytest.raises(vault.RequestOver):
        actions.say_yes(aya, row)
    assert "I ask for it again" in client.of(mia).get(address("safekeeping-thing", with_aya)).text
    actions.ask_back(again(mia), with_aya)
    with pytest.raises(actions.StillWaiting):
        actions.take_back(again(mia), with_aya)


def test_what_is_back_is_no_longer_on_ayas_page_and_nobody_else_is_told(mia, aya, tom, with_aya, row, clock):
    """DOMAIN 1.15."""
    asked(mia, with_aya, clock)
    actions.say_yes(aya, row)
    actions.take_back(again(mia), with_aya)
    assert access.keeping(again(aya)) == []
    for one in (again(tom), again(aya)):
        assert vault.read_shared(one, Entrusted) == []
    actions.tidy(again(aya))
    assert (list(again(aya).every(KeeperWord)), list(again(aya).every(Keeping))) == ([], [])


def test_a_keeper_gives_it_back_and_mia_reads_it(mia, aya, with_aya, row, client):
    client.of(aya).post(address("safekeeping-kept", row), {"to": "back"})
    assert (
        "Aya says that it is back with you" in client.of(mia).get(address("safekeeping-thing", with_aya)).text
    )


# Stopping, changing, leaving


def test_a_keeper_stops_at_any_time_and_mia_reads_what_was_agreed_for_then(mia, aya, known, client):
    """DOMAIN 1.16."""
    record = PutAway(label="the tin", keeper="Aya", keeper_id=known[0], if_keeper_goes="Tom has it then.")
    key = actions.put_away(mia, record=record)
    actions.entrust(mia, key)
    place = address("safekeeping-kept", f"{known[1]}-{key}")
    client.of(aya).post(place, {"to": "accept", "read": "yes"})
    client.of(aya).post(place, {"to": "stop", "words": "I am moving in May."})
    page = client.of(mia).get(address("safekeeping-thing", key)).text
    for said in ("Aya cannot keep it any more", "I am moving in May.", "Tom has it then."):
        assert said in page, said
    assert "You keep it no longer" in client.of(aya).get(place).text


def test_a_changed_agreement_is_read_by_both_and_said_yes_to_anew(mia, aya, with_aya, row, client, clock):
    kept = access.thing(again(mia), with_aya)
    form = TYPED | {
        "seen": str(kept.version),
        "keeper_id": kept.record.keeper_id,
        "keeper": "",
        "wait_hours": "168",
    }
    client.of(mia).post(address("safekeeping-change", with_aya), form)
    assert state(mia, with_aya).unread
    page = client.of(aya).get(address("safekeeping-kept", row)).text
    assert "getting it back: 7 days" in page
    assert "has changed since you said yes" in page
    client.of(aya).post(address("safekeeping-kept", row), {"to": "has"})
    assert state(mia, with_aya).unread
    client.of(aya).post(address("safekeeping-kept", row), {"to": "accept", "read": "yes"})
    assert not state(mia, with_aya).unread
    assert state(mia, with_aya).state == "has"
    assert state(mia, with_aya).has_line


def test_with_another_keeper_the_one_before_sees_nothing_and_nothing_is_asked_for(mia, aya, with_aya, clock):
    actions.ask_back(mia, with_aya)
    kept = access.thing(again(mia), with_aya)
    toms = next(one.id for one in circle.choices(mia) if one.name == "Tom")
    record = PutAway(label="the tin", keeper="Tom", keeper_id=toms, asked_at=kept.record.asked_at)
    actions.change(again(mia), with_aya, record=record, seen=kept.version)
    assert access.keeping(again(aya)) == []
    after = access.thing(again(mia), with_aya).record
    assert (after.asked_at, after.request, after.line, after.part) == (None, None, None, None)


@pytest.mark.parametrize("ends", [actions.erase, "gone"])
def test_what_is_erased_or_gone_is_gone_from_ayas_page_too(ends, mia, aya, with_aya):
    if ends == "gone":
        kept = access.thing(again(mia), with_aya)
        record = PutAway(label="x", keeper="Aya", keeper_id=kept.record.keeper_id, state="gone")
        actions.change(again(mia), with_aya, record=record, seen=kept.version)
    else:
        ends(again(mia), with_aya)
    assert access.keeping(again(aya)) == []


def test_when_the_keeper_leaves_the_circle_mia_looks_at_it_again(mia, aya, with_aya, known, client, clock):
    """DOMAIN 3.9."""
    actions.ask_back(mia, with_aya)
    circle_actions.let_go(again(mia), known[0])
    page = client.of(mia).get(address("safekeeping-thing", with_aya)).text
    assert "Aya does not keep this here any more" in page
    assert "Is it still right?" in page
    assert access.keeping(again(aya)) == []
    left = access.thing(again(mia), with_aya).record
    assert (left.keeper, left.line, left.part, left.request) == ("Aya", None, None, None)
    form = TYPED | {"seen": str(access.thing(again(mia), with_aya).version), "keeper_id": ""}
    client.of(mia).post(address("safekeeping-change", with_aya), form)
    assert "does not keep this here" not in client.of(mia).get(address("safekeeping-thing", with_aya)).text


def test_marked_as_one_she_had_to_add_aya_keeps_nothing_and_mia_looks_at_it(
    mia, aya, tom, with_aya, known, clock
):
    """DOMAIN 1.16, 3.7. On Aya's page stands what stood there, and none of it does anything."""
    actions.ask_back(mia, with_aya)
    row, before = f"{known[1]}-{with_aya}", access.keeping(again(aya))
    circle_actions.mark_had_to(again(mia), known[0], had_to=True)
    assert access.keeping(again(aya)) == before
    (thing,) = access.things(again(mia))
    assert (thing.keeper_left, thing.of_circle) == ("Aya", None)
    with pytest.raises(vault.NotFound):
        access.thing(again(mia), with_aya)
    clock.forward(72 * HOURS)
    actions.say_yes(again(aya), row)
    with pytest.raises(vault.NotFound):
        actions.open_line(again(mia), thing.id)
    kept = access.thing(again(mia), thing.id)
    toms = next(one.id for one in circle.choices(again(mia)) if one.name == "Tom")
    other = altered(kept.record, keeper="Tom", keeper_id=toms, called="the box")
    actions.change(again(mia), thing.id, record=other, seen=kept.version)
    actions.entrust(again(mia), thing.id)
    actions.tidy(again(mia))
    assert [(one.called, one.way) for one in access.keeping(again(aya))] == [
        (before[0].called, before[0].way)
    ]
    circle_actions.let_go(again(mia), known[0])
    assert access.keeping(again(aya)) == []
    assert again(mia).keys(Entrusted, "entrusted") == [thing.id]


def test_whoever_had_to_be_added_keeps_nothing_also_where_the_room_was_not_told(mia, aya, with_aya, known):
    again(mia).set_own(Circle(friends={known[0]: Friend(had_to=True)}))
    before = access.keeping(again(aya))
    actions.tidy(again(mia))
    assert [one.keeper_left for one in access.things(again(mia))] == ["Aya"]
    assert access.keeping(again(aya)) == before
    again(mia).set_own(Circle())
    actions.tidy(again(mia))
    assert access.keeping(again(aya)) == [], "nobody has to be deceived any more"


def test_of_the_halves_a_keeper_did_not_read_yet_only_the_last_one_waits(mia, aya, tin, row):
    for line in ("one", "another", "a third"):
        actions.entrust(again(mia), tin, line=line)
    assert len(vault.notes(again(aya), Handed)) == 1
    actions.erase(again(mia), tin)
    assert vault.notes(again(aya), Handed) == []


ODD = {
    "a way nobody knows": {"way": "elsewhere"},
    "a wait without end": {"wait_hours": 10**30},
    "a moment that no clock shows": {"request": vault.Request(b"r", 10**18, 10**18, 10**18)},
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_whatever_a_friend_writes_in_place_of_an_agreement_the_rest_of_the_page_stands(
    mia, aya, tom, with_aya, known, client, odd
):
    theirs = ally(tom, aya, "Aya", "Tom")[0]
    for place, changed in (("entrusted/abc", odd), ("entrusted/../a b", {})):
        record = altered(again(mia).read(Entrusted, f"entrusted/{with_aya}").record, **changed)
        vault.share(tom, Entrusted, tom.put(record, at=place), theirs)
    assert [one.called for one in access.keeping(again(aya))] == ["the tin"]
    actions.tidy(again(aya))
    assert "the tin" in client.of(aya).get(address("safekeeping-keeping")).text


def test_a_half_from_no_seat_of_the_two_is_no_yes(mia, aya, with_aya, row, known, clock):
    asked(mia, with_aya, clock)
    actions.say_yes(aya, row)
    word = access.own_word(aya, row)
    assert word
    assert word.given
    given = msgspec.structs.replace(word.given, seat=-1)
    aya.put(altered(word, given=given), at=access.place_of(row))
    assert state(mia, with_aya).state == "asked"
    actions.take_back(again(mia), with_aya)


def test_when_mia_goes_nothing_of_hers_stays_with_aya(mia, aya, with_aya, known):
    circle_actions.step_back(again(aya), known[1])
    assert (list(again(aya).every(KeeperWord)), list(again(aya).every(Keeping))) == ([], [])


def test_a_keeper_who_never_answered_holds_nothing_up(mia, aya, tin, clock):
    """Only the wait, and a day that is not hard, as with somebody who is not here."""
    actions.entrust(mia, tin)
    asked(mia, tin, clock)
    actions.take_back(again(mia), tin)
    assert access.thing_view(again(mia), tin).state == "back"


def test_a_keeper_who_said_yes_after_it_was_asked_for_is_asked_too(mia, aya, tin, row, clock):
    actions.entrust(mia, tin)
    actions.ask_back(mia, tin)
    actions.accept(aya, row)
    with pytest.raises(vault.NotFound):
        actions.say_yes(aya, row)
    actions.ask_back(again(mia), tin)
    clock.forward(72 * HOURS)
    actions.say_yes(aya, row)
    actions.take_back(again(mia), tin)


def test_mia_changes_her_words_and_all_of_it_holds(mia, aya, with_aya, row, clock):
    asked(mia, with_aya, clock)
    moved = vault.change_words(again(mia), vault.new_words())
    vault.take_in_new_keys(aya)
    actions.say_yes(again(aya), row)
    assert actions.open_line(again(moved), with_aya) == "4711 zebra"


def test_the_bell_of_the_other_rings_and_no_ones_else(mia, aya, with_aya, row, clock, monkeypatch):
    rung = []
    monkeypatch.setattr(actions, "ring", rung.append)
    actions.ask_back(mia, with_aya)
    clock.forward(72 * HOURS)
    actions.say_yes(aya, row)
    hers = vault.contact(mia, access.thing(mia, with_aya).record.keeper_id)
    mias = vault.contact(aya, row.partition("-")[0])
    assert rung == [bell_of(hers), bell_of(mias)]


def test_the_days_of_an_agreement_are_told_in_words(mia, aya, known, client):
    record = PutAway(label="t", keeper="Aya", keeper_id=known[0], since=dt.date(2026, 11, 20))
    key = actions.put_away(mia, record=record)
    actions.entrust(mia, key)
    page = client.of(aya).get(address("safekeeping-kept", f"{known[1]}-{key}")).text
    assert "Since 20 November 2026" in page
