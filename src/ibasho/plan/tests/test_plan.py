"""What the plan promises its owner: their own words, nothing asked twice, nothing lost, nobody else."""

import datetime as dt
import re

import pytest

from ibasho import vault
from ibasho.keepsakes import actions as keepsakes
from ibasho.keepsakes.records import Keepsake
from ibasho.plan import access, actions, words
from ibasho.plan.forms import PartForm, SaidForm
from ibasho.plan.records import MOST_LINES, PARTS, TEXT_MOST, VERSIONS, VERSIONS_KEPT, Plan, PlanUses, Step
from ibasho.today import actions as today
from ibasho.today.records import Day
from ibasho.web.addresses import address


def write(space, name, *texts, number=""):
    """Write these lines into a part, in place of what is there."""
    steps = tuple(Step(actions.new_id(), text, number) for text in texts)
    actions.keep_part(space, name=name, steps=steps, seen=access.mark_of(access.part_of(space, name).steps))
    return steps


def now(space):
    """The same person a moment later: a space looks at what is kept once."""
    return vault.Space(vault.current(), space._root)


def texts_of(space, name):
    found = access.plan_view(now(space))
    return [step.text for step in found.part(name).steps] if found else []


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]


# Writing -------------------------------------------------------------------------------------------


def test_one_line_is_already_a_plan(mia, clock):
    assert access.plan_view(now(mia)) is None
    write(mia, "alone", "Put the kettle on.")
    assert texts_of(mia, "alone") == ["Put the kettle on."]
    assert [part.name for part in access.plan_view(mia).written] == ["alone"]


def test_the_parts_stand_in_the_order_of_the_ladder(mia, clock):
    """DOMAIN 1.1: alone, in company, confiding, those whose work it is, surroundings."""
    for name in reversed(PARTS):
        write(mia, name, name)
    assert [part.name for part in access.plan_view(mia).parts] == list(PARTS)
    assert PARTS == ("signs", "alone", "company", "people", "services", "safer", "matters")


def test_a_plan_is_written_and_read_without_javascript(mia, client, clock):
    browser = client.of(mia)
    page = browser.get(address("plan-part", "people"))
    form = {
        "seen": hidden(page, "seen"),
        "id": ["", ""],
        "text": ["Aya", ""],
        "number": ["07700 900317", ""],
        "message": ["Could you ring me?", ""],
    }
    answer = browser.post(address("plan-part", "people"), form)
    assert (answer.status_code, answer["Location"]) == (303, address("plan-after", "people"))
    page = browser.get(address("plan")).text
    assert 'href="tel:07700900317"' in page
    assert 'href="sms:07700900317?&amp;body=Could%20you%20ring%20me%3F"' in page


def test_nothing_typed_is_lost_when_a_number_is_none(mia, client, clock):
    browser = client.of(mia)
    form = {
        "seen": access.mark_of(()),
        "id": [""],
        "text": ["Aya"],
        "number": ["on the fridge"],
        "message": ["Hi"],
    }
    answer = browser.post(address("plan-part", "people"), form)
    assert answer.status_code == 422
    for typed in ("Aya", "on the fridge", "Hi"):
        assert typed in answer.text
    assert access.plan_view(now(mia)) is None


def test_more_lines_and_another_order_keep_what_is_typed_and_save_nothing(mia, client, clock):
    browser = client.of(mia)
    form = {"seen": access.mark_of(()), "id": ["", "", ""], "text": ["one", "two", "three"]}
    more = browser.post(address("plan-part", "alone"), form | {"more": "1"})
    assert more.status_code == 200
    assert len(re.findall('name="text"', more.text)) == 5
    moved = browser.post(address("plan-part", "alone"), form | {"up": "2"})
    assert re.findall(r"rows=\"1\"[^>]*>\n(\w+)<", moved.text) == ["one", "three", "two"]
    assert access.plan_view(now(mia)) is None


def test_a_line_keeps_its_name_while_its_words_change(mia, client, clock):
    (step,) = write(mia, "alone", "A walk")
    form = {"seen": access.mark_of((step,)), "id": [step.id], "text": ["A walk along the canal"]}
    client.of(mia).post(address("plan-part", "alone"), form)
    assert access.plan_view(now(mia)).part("alone").steps[0].id == step.id
    assert texts_of(mia, "alone") == ["A walk along the canal"]


def test_an_emptied_line_is_gone_and_an_emptied_plan_begins_anew(mia, client, clock):
    steps = write(mia, "alone", "A walk", "A bath")
    form = {"seen": access.mark_of(steps), "id": [step.id for step in steps], "text": ["", "A bath"]}
    client.of(mia).post(address("plan-part", "alone"), form)
    assert texts_of(mia, "alone") == ["A bath"]


def test_two_tabs_do_not_overwrite_each_other_unseen(mia, client, clock):
    before = write(mia, "alone", "A walk")
    write(mia, "alone", "A bath")
    form = {"seen": access.mark_of(before), "id": [""], "text": ["A song"]}
    browser = client.of(mia)
    answer = browser.post(address("plan-part", "alone"), form)
    assert answer.status_code == 409
    assert "A bath" in answer.text
    assert "A song" in answer.text
    assert texts_of(mia, "alone") == ["A bath"]
    again = browser.post(address("plan-part", "alone"), form | {"seen": hidden(answer, "seen")})
    assert again.status_code == 303
    assert texts_of(mia, "alone") == ["A song"]


def test_the_same_form_sent_twice_is_kept_once(mia, client, clock):
    form = {"seen": access.mark_of(()), "id": [""], "text": ["A walk"]}
    browser = client.of(mia)
    answers = [browser.post(address("plan-part", "alone"), form).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert texts_of(mia, "alone") == ["A walk"]


def test_too_many_and_too_long_lines_are_said_and_stay_on_the_page(mia, client, clock):
    browser = client.of(mia)
    many = [f"line {number}" for number in range(MOST_LINES + 1)]
    answer = browser.post(address("plan-part", "alone"), {"seen": "", "id": [""] * 13, "text": many})
    assert answer.status_code == 422
    assert all(line in answer.text for line in many)
    long = "x" * (TEXT_MOST + 1)
    answer = browser.post(address("plan-part", "alone"), {"seen": "", "id": [""], "text": [long]})
    assert answer.status_code == 422
    assert long in answer.text


def test_two_lines_never_share_a_name():
    from django.http import QueryDict

    form = PartForm.read("alone", QueryDict("id=0a0a0a0a&text=one&id=0a0a0a0a&text=two&id=zebra&text=three"))
    ids = [step.id for step in form.steps]
    assert ids[0] == "0a0a0a0a"
    assert len(set(ids)) == 3
    assert all(re.fullmatch("[0-9a-f]{8}", one) for one in ids)


def test_only_the_parts_with_people_take_numbers():
    from django.http import QueryDict

    form = PartForm.read("signs", QueryDict("id=&text=quiet&number=999&message=hi"))
    assert form.steps[0].number == form.steps[0].message == ""


def test_two_parts_written_in_the_same_moment_are_both_kept(mia, clock, monkeypatch):
    """On the first save of a day, and on a later one: nobody is told anything, and nothing is lost."""
    real = actions._put

    def slow(space, kept, after, day):
        monkeypatch.setattr(actions, "_put", real)
        write(now(mia), "people", "Aya")  # another tab is faster
        real(space, kept, after, day)

    for text in ("A walk", "A bath"):
        monkeypatch.setattr(actions, "_put", slow)
        write(now(mia), "alone", text)
        assert (texts_of(mia, "alone"), texts_of(mia, "people")) == ([text], ["Aya"])


@pytest.mark.parametrize("page", ["plan-part", "plan-after"])
def test_when_it_cannot_be_kept_nothing_typed_is_lost(page, mia, client, clock, monkeypatch):
    steps = write(mia, "alone", "A walk")
    browser = client.of(mia)
    monkeypatch.setattr(actions, "_put", full_disk)
    form = {"seen": access.mark_of(steps), "text": ["A long bath"], "id": [""], "in_the_way": "The rain"}
    answer = browser.post(address(page, "alone"), form)
    assert answer.status_code == 503
    assert "could not be kept just now" in answer.text
    assert {"plan-part": "A long bath", "plan-after": "The rain"}[page] in answer.text


def full_disk(*said, **more):
    raise vault.StorageTrouble


# What is asked about a part -------------------------------------------------------------------------


def test_after_a_part_it_asks_how_likely_and_what_is_in_the_way(mia, client, clock):
    """DOMAIN 1.5."""
    write(mia, "alone", "A walk")
    browser = client.of(mia)
    assert "How likely are you to do this" in browser.get(address("plan-after", "alone")).text
    said = {"likely": "not-sure", "in_the_way": "The rain"}
    answer = browser.post(address("plan-after", "alone"), said)
    assert answer["Location"] == address("plan-part", "company")
    assert "The rain" in browser.get(address("plan-look")).text
    part = access.part_of(now(mia), "alone")
    assert (part.likely, part.in_the_way) == ("not-sure", "The rain")


def test_an_empty_part_four_is_noted_gently_and_nothing_is_counted(mia, client, clock):
    """DOMAIN 1.5: never a progress bar or a score."""
    write(mia, "alone", "A walk")
    page = client.of(mia).get(address("plan")).text
    assert "You have nobody here yet." in page
    assert not re.search(r"<progress|<meter|\d+ ?%", page)


def test_what_others_have_used_is_folded_and_never_filled_in(mia, client, clock):
    """DOMAIN 1.4."""
    page = client.of(mia).get(address("plan-part", "alone")).text
    others = str(words.PARTS["alone"].others[0])
    assert others in page
    assert page.index("<details") < page.index(others)
    assert others not in "".join(re.findall(r"<textarea.*?</textarea>", page, re.S))


def test_no_answer_of_a_form_of_ours_is_taken_for_what_it_is_not():
    from django.http import QueryDict

    form = SaidForm.read(QueryDict("likely=certainly&in_the_way=rain"))
    assert (form.likely, form.in_the_way) == ("", "rain")


# Together ------------------------------------------------------------------------------------------


def test_two_people_at_one_screen_stay_two_from_part_to_part(mia, client, clock):
    """DOMAIN 1.6."""
    browser = client.of(mia)
    page = browser.get(address("plan-part", "signs") + "?beside=1").text
    assert "For the one beside you" in page
    form = {"seen": access.mark_of(()), "id": [""], "text": ["Quiet"], "beside": "1"}
    answer = browser.post(address("plan-part", "signs"), form)
    assert answer["Location"] == address("plan-after", "signs") + "?beside=1"
    assert "For the one beside you" not in browser.get(address("plan-part", "signs")).text


# Versions ------------------------------------------------------------------------------------------


def test_last_time_is_another_day(mia, clock):
    write(mia, "alone", "A walk")
    write(mia, "alone", "A walk", "A bath")
    assert access.since_last_time(mia) == ("", ())
    clock.forward(86400)
    write(mia, "alone", "A bath", "A song")
    day, changed = access.since_last_time(mia)
    assert day == "22 November 2026"
    assert [(one.title, one.new, one.gone) for one in changed] == [
        ("What I can do by myself", ("A song",), ("A walk",))
    ]


def test_only_so_many_versions_stay(mia, clock):
    for number in range(VERSIONS_KEPT + 3):
        write(mia, "alone", f"walk {number}")
        clock.forward(86400)
    assert len(mia.keys(Plan, VERSIONS)) == VERSIONS_KEPT
    assert texts_of(mia, "alone") == [f"walk {VERSIONS_KEPT + 2}"]


# Using it ------------------------------------------------------------------------------------------


def test_a_walk_that_made_it_lighter_is_remembered_as_having_helped(mia, client, clock):
    (step,) = write(mia, "alone", "A walk")
    browser = client.of(mia)
    for before, after in (
        ("hard", "bearable"),
        ("hard", "hard"),
        ("hard", ""),
        ("", "all-right"),
        ("hard", "all-right"),
    ):
        browser.post(address("plan-step", step.id), {"to": "out", "feels": before})
        clock.forward(1200)
        browser = client.of(mia)
        browser.post(address("plan-step", step.id), {"to": "back", "feels": after})
    assert "This helped twice." in browser.get(address("plan")).text
    assert access.uses_of(now(mia)) == PlanUses(helped={step.id: 2})


def test_of_uses_only_counts_are_kept(mia, clock):
    """Nothing says when it was bad, nor how bad (DOMAIN 10.5)."""
    (step,) = write(mia, "alone", "A walk")
    actions.set_out(mia, step=step.id, before="hard")
    actions.come_back(mia, step=step.id, after="bearable")
    kept = dict(vault.export(mia))["plan-uses.json"].decode()
    assert "hard" not in kept
    assert "bearable" not in kept


def test_whoever_did_not_come_back_is_asked_for_half_a_day_and_then_left_alone(mia, client, clock):
    (step,) = write(mia, "alone", "A walk")
    actions.set_out(mia, step=step.id, before="")
    assert "You set out to do this" in client.of(mia).get(address("plan")).text
    clock.forward(13 * 3600)
    assert "You set out to do this" not in client.of(mia).get(address("plan")).text


def test_coming_back_twice_counts_once(mia, clock):
    (step,) = write(mia, "alone", "A walk")
    actions.set_out(mia, step=step.id, before="hard")
    assert actions.come_back(mia, step=step.id, after="bearable")
    assert not actions.come_back(mia, step=step.id, after="bearable")
    assert access.uses_of(mia).helped == {step.id: 1}


def test_counts_of_a_line_go_with_the_line(mia, clock):
    (step,) = write(mia, "alone", "A walk")
    actions.set_out(mia, step=step.id, before="hard")
    actions.come_back(mia, step=step.id, after="bearable")
    write(mia, "alone", "A bath")
    assert access.uses_of(mia).helped == {}


def test_still_hard_leads_to_the_next_part_and_to_a_person(mia, client, clock):
    (step,) = write(mia, "alone", "A walk")
    write(mia, "people", "Aya", number="07700 900317")
    actions.set_out(mia, step=step.id, before="hard")
    page = client.of(mia).post(address("plan-step", step.id), {"to": "back", "feels": "hard"}).text
    assert "tel:07700900317" in page
    assert address("help-lines") in page


# Looking it over ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (lambda mia, clock: clock.forward(91 * 86400), "three months"),
        (lambda mia, clock: use(mia, clock), "You used it"),
        (lambda mia, clock: hard_day(mia, clock), "a hard day"),
        (lambda mia, clock: (write(mia, "people", "Tom"), clock.forward(86400)), "Aya is still named"),
    ],
    ids=["three months", "a use", "a hard day", "somebody who left"],
)
def test_it_asks_for_a_look_when_there_is_a_reason_and_not_after_it_was_looked_over(
    happens, said, mia, client, clock
):
    """DOMAIN 1.9."""
    write(mia, "people", "Aya")
    write(mia, "safer", "Aya keeps the tin.")
    assert access.reason_to_look(mia) == ""
    happens(mia, clock)
    assert said in access.reason_to_look(mia)
    browser = client.of(mia)
    assert said in browser.get(address("plan")).text
    browser.post(address("plan-look"))
    assert access.reason_to_look(now(mia)) == ""


def use(mia, clock):
    step = access.plan_view(mia).part("people").steps[0].id
    actions.set_out(mia, step=step, before="")
    actions.come_back(mia, step=step, after="")
    clock.forward(86400)


def hard_day(mia, clock):
    clock.forward(86400)
    today.keep_day(mia, day=clock.at.date(), record=Day(mood="heavy"), seen=0)
    assert access.reason_to_look(mia) == "", "not on the hard day itself"
    clock.forward(86400)


def test_a_hard_day_long_before_the_last_look_asks_nothing(mia, clock):
    write(mia, "alone", "A walk")
    today.keep_day(mia, day=dt.date(2026, 11, 2), record=Day(mood="heavy"), seen=0)
    clock.forward(86400)
    assert access.reason_to_look(mia) == ""


def test_a_person_whose_name_was_only_spelt_anew_did_not_leave(mia, clock):
    (step,) = write(mia, "people", "Aya")
    write(mia, "safer", "Aya keeps the tin.")
    seen = access.mark_of((step,))
    actions.keep_part(mia, name="people", steps=(Step(step.id, "Aya, upstairs"),), seen=seen)
    assert access.reason_to_look(mia) == ""


# Where it opens --------------------------------------------------------------------------------------


def test_when_urges_are_marked_the_plan_is_the_first_thing_offered(mia, client, clock):
    """DOMAIN 2.9: at once my plan, ground me, tell one friend, a line."""
    today.keep_day(mia, day=clock.at.date(), record=Day(urges="strong"), seen=0)
    browser = client.of(mia)
    assert address("plan") + '"><svg' not in main_of(browser.get(address("today")))
    write(mia, "alone", "A walk")
    page = main_of(browser.get(address("today")))
    assert page.index(f'href="{address("plan")}"') < page.index(f'href="{address("help-lines")}"')


def main_of(page):
    return page.text.partition("<main")[2]


def test_the_plan_works_before_the_doors_open(mia, client, clock):
    """DOMAIN 4.3."""
    from ibasho.programme.records import Programme

    vault.set_setting("programme", Programme())
    write(mia, "alone", "A walk")
    assert client.of(mia).get(address("plan")).status_code == 200
    assert client.of(mia).get(address("today")).status_code == 403


def test_every_page_that_speaks_of_the_worst_has_a_way_to_a_person(mia, client, clock):
    """DOMAIN 2.5."""
    (step,) = write(mia, "alone", "A walk")
    browser = client.of(mia)
    pages = ["plan-read alone", "plan-part safer", f"plan-step {step.id}", "plan"]
    for name, *args in map(str.split, pages):
        assert address("help-lines") in browser.get(address(name, *args)).text, name


def test_somebody_elses_plan_is_not_there(mia, aya, client, clock):
    (step,) = write(mia, "alone", "zebra-canary")
    browser = client.of(aya)
    assert browser.get(address("plan-step", step.id)).status_code == 404
    assert "zebra-canary" not in browser.get(address("plan")).text
    assert browser.post(address("plan-step", step.id), {"to": "out"}).status_code == 404


# Keepsakes beside it -----------------------------------------------------------------------------------


def test_a_keepsake_stands_beside_the_plan_by_its_name_until_it_is_gone(mia, client, clock):
    write(mia, "alone", "A walk")
    record = Keepsake(sort="words", text="You were kind to me that winter.", by="Aya", added_at=clock.at)
    kept = keepsakes.keep(mia, key=keepsakes.new_key(), record=record)
    browser = client.of(mia)
    assert "You were kind" not in browser.get(address("plan")).text
    browser.post(address("plan-beside"), {"keepsake": [kept, "0" * 16]})
    page = browser.get(address("plan")).text
    assert "You were kind to me that winter." in page
    assert address("keepsake", kept) in page
    keepsakes.erase(now(mia), key=kept)
    assert "You were kind" not in browser.get(address("plan")).text


# What is not there -------------------------------------------------------------------------------------


def test_what_is_no_part_and_no_line_is_not_there(mia, client, clock):
    steps = write(mia, "alone", "A walk")
    for refused in (
        lambda: access.part_of(mia, "zebra"),
        lambda: access.plan_view(mia).part("zebra"),
        lambda: actions.keep_part(mia, name="zebra", steps=steps, seen=access.mark_of(())),
        lambda: actions.say_of_part(mia, name="zebra", likely="surely", in_the_way=""),
        lambda: actions.set_out(mia, step="0c0c0c0c", before="hard"),
    ):
        with pytest.raises(vault.NotFound):
            refused()
    browser = client.of(mia)
    for page in ("plan-part", "plan-after", "plan-read", "plan-step"):
        assert browser.get(address(page, "zebra")).status_code == 404
    assert browser.get(address("plan-read", "people")).status_code == 404, "nothing is written there"


def test_before_there_is_a_plan_pages_that_need_one_are_not_there(mia, client, clock):
    browser = client.of(mia)
    for page in ("plan-look", "plan-erase", "plan-beside"):
        assert browser.get(address(page)).status_code == 404
    assert browser.get(address("plan-read", "alone")).status_code == 404


# Gone -------------------------------------------------------------------------------------------------


def test_an_erased_plan_is_gone_with_every_version_of_it(mia, client, clock, every_byte_on_disk):
    write(mia, "alone", "A walk")
    clock.forward(86400)
    step, _bath = write(mia, "alone", "A walk", "A bath")
    actions.set_out(mia, step=step.id, before="hard")
    browser = client.of(mia)
    assert browser.post(address("plan-erase")).status_code == 303
    mia = now(mia)
    assert access.plan_view(now(mia)) is None
    assert not access.has_plan(mia)
    assert list(mia.every(Plan)) == []
    assert list(mia.every(PlanUses)) == []
    assert "A plan for the worst minute" in browser.get(address("plan")).text


def test_nothing_of_a_plan_is_readable_on_the_disk_or_in_a_log(
    mia, client, clock, every_byte_on_disk, caplog
):
    write(mia, "people", "zebra-canary", number="07700 900317")
    view = access.plan_view(mia)
    assert b"zebra-canary" not in every_byte_on_disk()
    assert b"900317" not in every_byte_on_disk()
    assert "zebra" not in repr(view) + repr(view.part("people").steps) + repr(access.part_of(mia, "people"))
    assert "zebra" not in repr(access.phone_copy(mia).parts[0].steps) + caplog.text


def test_what_goes_onto_a_phone_is_ready_to_be_tapped(mia, clock):
    write(mia, "alone", "A walk")
    write(mia, "people", "Aya", number="+44 7700 900317")
    copy = access.phone_copy(mia)
    assert copy.made_on == "22 November 2026"
    assert [part.title for part in copy.parts] == ["What I can do by myself", "Whom I can tell"]
    assert copy.parts[1].steps[0].tel == "tel:+447700900317"
    assert access.phone_copy(vault.make_space(vault.new_words())) is None
