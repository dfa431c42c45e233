"""The pages of asks, as a browser without JavaScript meets them."""

import html
import re

import pytest

from ibasho import vault
from ibasho.asks import access, actions
from ibasho.asks.forms import AskForm
from ibasho.asks.records import NOTE_MOST, WHAT_MOST
from ibasho.asks.tests.people import again, asked_for, be_ally, evenings, only, own, takes
from ibasho.circle.actions import come_as_ally
from ibasho.web.addresses import address

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ayas(mia, aya):
    made = be_ally(mia, aya, "Aya")
    vault.keep_contact(again(aya), vault.contacts(again(aya))[0].id, name="Mia")
    return made


@pytest.fixture
def toms(mia, tom):
    return be_ally(mia, tom, "Tom")


def seen_text(response):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text)))


def carried(response):
    """What the form on a page sends if nobody touches it."""
    form = re.search(r'<form method="post" action="[^"]*" autocomplete.*?</form>', response.text, re.S)[0]
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    pairs += re.findall(r'<input type="(?:date|text)"[^>]*name="(\w+)"[^>]*value="([^"]*)"', form)
    pairs += re.findall(r'<input type="(?:radio|checkbox)"[^>]*name="(\w+)" value="([^"]*)" checked', form)
    fields = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(html.unescape(value))
    fields.pop("csrfmiddlewaretoken", None)
    return fields


def test_three_questions_and_an_ask_is_made(client, mia, aya, tom, ayas, toms):
    browser = client.of(mia)
    page = browser.get(address("asks-new"))
    assert "1 of 3" in seen_text(page)
    page = browser.post(address("asks-new"), carried(page) | {"sort": "meal", "note": "Without meat."})
    assert "2 of 3" in seen_text(page)
    page = browser.post(address("asks-new"), carried(page) | {"parts": ["morning", "evening"]})
    assert "3 of 3" in seen_text(page)
    assert " checked" not in page.text  # nobody is chosen for anybody (DOMAIN 3.1)
    fields = carried(page) | {"people": [ayas.id], "to": "ask"}
    page = browser.post(address("asks-new"), fields, follow=True)
    assert page.status_code == 200
    assert (only(aya).what, only(aya).note, len(only(aya).slots)) == ("A meal", "Without meat.", 2)
    assert access.asked_of(again(tom)) == []


def test_the_circle_leads_to_it_once_somebody_is_there(client, mia, aya):
    assert address("asks") not in client.of(mia).get(address("circle")).text
    be_ally(mia, aya, "Aya")
    assert address("asks") in client.of(again(mia)).get(address("circle")).text


def test_everybody_is_one_tap(client, mia, aya, tom, ayas, toms):
    browser = client.of(mia)
    page = browser.get(address("asks-new") + "?week")
    assert "2 of 3" in seen_text(page)
    page = browser.post(address("asks-new"), carried(page))
    browser.post(address("asks-new"), carried(page) | {"to": "everybody"})
    assert len(only(aya).slots) == len(only(tom).slots) == 7
    assert only(aya).slots[6].when == "Saturday, 28 November, evening"
    assert "leave me alone" in only(aya).what


def test_somebody_who_had_to_be_added_is_offered_to_nobody_and_asked_by_no_tap(
    client, mia, aya, tom, ayas, toms
):
    """DOMAIN 3.7."""
    from ibasho.circle.actions import mark_had_to

    ask = asked_for(mia, [ayas, toms])
    takes(aya)
    mark_had_to(again(mia), ayas.id, had_to=True)
    assert access.asked_of(again(aya)) == []
    assert [name for _, name in own(mia, ask).asked] == ["Tom"]
    browser = client.of(again(mia))
    page = browser.post(address("asks-new"), carried(browser.get(address("asks-new") + "?week")))
    assert ">Tom<" in page.text
    assert ">Aya<" not in page.text  # a token of a form may spell a name of three letters
    browser.post(address("asks-new"), carried(page) | {"to": "everybody"})
    assert access.asked_of(again(aya)) == []
    refused = browser.post(address("asks-new"), carried(page) | {"people": ayas.id, "to": "ask"})
    assert refused.status_code == 404


def test_going_back_loses_nothing_and_asking_nobody_is_said_kindly(client, mia, ayas):
    browser = client.of(mia)
    begun = carried(browser.get(address("asks-new")))
    page = browser.post(address("asks-new"), begun | {"what": "zebra", "note": "crossing"})
    page = browser.post(address("asks-new"), carried(page) | {"parts": "night", "at": "18:30"})
    asked = browser.post(address("asks-new"), carried(page) | {"to": "ask"})
    assert asked.status_code == 422
    assert "goes to nobody yet" in seen_text(asked)
    page = browser.post(address("asks-new"), carried(asked) | {"to": "when"})
    assert re.search(r'value="night" checked', page.text)
    assert 'value="18:30"' in page.text
    page = browser.post(address("asks-new"), carried(page) | {"at": "18:30", "to": "what"})
    assert 'value="zebra"' in page.text
    assert "crossing" in page.text
    assert access.own_asks(again(mia)) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"first": "2026-11-21"}, "This day has passed"),
        ({"first": "2028-01-01"}, "more than a year away"),
        ({"first": "zebra"}, "A day fits here"),
        ({"how": "daily", "last": "2026-11-20"}, "at most 12 weeks"),
        ({"how": "daily", "last": "2027-11-20"}, "at most 12 weeks"),
        ({"how": "daily", "last": ""}, "A day fits here"),
        ({"how": "weekly", "last": "2026-11-23", "weekdays": "4"}, "None of these weekdays"),
        ({"how": "daily", "last": "2027-02-10", "parts": ["morning", "night"]}, "more times than fit"),
        ({"how": "always"}, "not one of the answers"),
        ({"at": "25:00"}, "An hour fits here"),
        ({"what": "z" * (WHAT_MOST + 1)}, "letters have room"),
        ({"what": "x", "note": "z" * (NOTE_MOST + 1)}, "letters have room"),
        ({"what": ""}, "a word of your own"),
        ({"what": "", "sort": "zebra"}, "not one of the answers"),
    ],
)
def test_what_does_not_fit_is_said_beside_it_and_what_was_typed_stays(client, mia, ayas, wrong, said):
    right = {"what": "A walk", "first": "2026-11-23", "how": "once", "step": "when"}
    page = client.of(mia).post(address("asks-new"), right | wrong)
    assert page.status_code == 422
    assert said in seen_text(page)
    assert all(
        value in page.text
        for name, value in wrong.items()
        if isinstance(value, str) and name not in ("how", "sort")
    )
    assert access.own_asks(again(mia)) == []


def test_whoever_is_a_moment_too_late_reads_thanks_and_sees_what_is_still_open(
    client, mia, aya, tom, ayas, toms
):
    asked_for(mia, [ayas, toms])
    view, browser = only(tom), client.of(tom)
    assert "I can" in seen_text(browser.get(address("asks-asked", view.id)))
    takes(aya)
    page = browser.post(address("asks-asked", view.id), {"take": view.slots[0].key})
    assert page.status_code == 409
    assert "Somebody was a moment faster. Thank you all the same. These are still open." in seen_text(page)
    assert page.text.count('name="take"') == 2
    takes(aya, 1)
    takes(aya, 2)
    page = browser.post(address("asks-asked", view.id), {"take": view.slots[1].key})
    assert "Thank you all the same. Just now nothing is open." in seen_text(page)
    assert "Aya" not in page.text


def test_an_ally_takes_says_a_line_swaps_and_gives_back_each_with_one_tap(client, mia, aya, tom, ayas, toms):
    ask = asked_for(mia, [ayas, toms])
    where, key, browser = address("asks-asked", only(aya).id), only(aya).slots[0].key, client.of(aya)
    browser.post(where, {"take": key})
    assert own(mia, ask).slots[0].by == "Aya"
    refused = browser.post(where, {"say": key, "line": "zebra " * 40})
    assert refused.status_code == 422
    assert "zebra zebra" in refused.text
    browser.post(where, {"say": key, "line": "I'll bring soup."})
    assert "“I'll bring soup.”" in seen_text(client.of(mia).get(address("asks-ask", ask)))
    assert "“I'll bring soup.”" in seen_text(client.of(mia).get(address("asks")))
    browser.post(where, {"swap": key})
    his = seen_text(client.of(tom).get(where_of(tom)))
    assert "would be glad to swap" in his
    assert "soup" not in his
    browser.post(where, {"keep": key})
    assert "would be glad to swap" not in seen_text(client.of(tom).get(where_of(tom)))
    browser.post(where, {"back": key})
    assert not own(mia, ask).slots[0].taken


def where_of(ally):
    return address("asks-asked", only(ally).id)


def test_on_the_small_home_stands_what_is_asked_and_what_is_not_needed_any_more(client, mia, aya, ayas):
    ask = asked_for(mia, [ayas], what="A lift")
    key, browser = takes(aya), client.of(aya)
    home = seen_text(browser.get(address("beside")))
    assert "Mia : A lift yours: Sunday, 22 November, evening" in home
    actions.drop_slot(again(mia), ask, slot=key)
    page = browser.get(address("beside"))
    assert "“A lift” on Sunday, 22 November, evening is not needed any more." in seen_text(page)
    read = re.search(r'name="read" value="([^"]+)"', page.text)[1]
    browser.post(address("asks-read"), {"read": read})
    assert "not needed any more" not in seen_text(browser.get(address("beside")))


def test_somebody_who_came_only_as_an_ally_takes_and_has_a_calendar_and_asks_nobody(client, mia, aya, ayas):
    come_as_ally(again(aya))
    asked_for(mia, [ayas])
    browser = client.of(again(aya))
    browser.post(where_of(aya), {"take": only(aya).slots[0].key})
    assert only(aya).slots[0].mine
    assert browser.get(address("asks-calendar")).status_code == 200
    browser.raise_request_exception = False
    for page in ("asks", "asks-new"):
        assert browser.get(address(page)).status_code == 404


def test_the_member_closes_changes_lets_out_and_ends(client, mia, aya, tom, ayas, toms):
    ask = asked_for(mia, [ayas, toms])
    where, browser = address("asks-ask", ask), client.of(mia)
    key = takes(aya)
    browser.post(where, {"close": "on"})
    assert own(mia, ask).closed
    browser.post(where, {"open": "on"})
    assert not own(mia, ask).closed
    browser.post(where, {"out": ayas.id})
    assert [name for _, name in own(mia, ask).asked] == ["Tom"]
    browser.post(where, {"drop": key})
    assert len(own(mia, ask).slots) == 2
    browser.post(address("asks-change", ask), {"what": "Soup", "note": "Any", "rings": "on"})
    assert (only(tom).what, only(tom).note, own(mia, ask).rings) == ("Soup", "Any", True)
    refused = browser.post(address("asks-change", ask), {"what": "", "note": "zebra"})
    assert refused.status_code == 422
    assert "zebra" in refused.text
    browser.post(address("asks-more", ask), {"how": "once", "first": "2026-12-01", "at": "12:30"})
    assert own(mia, ask).slots[2].when == "Tuesday, 1 December, 12:30"
    assert browser.post(where, {"drop": "zebra"}).status_code == 404
    assert browser.post(where, {"out": "zebra"}).status_code == 404
    browser.post(address("asks-end", ask))
    assert browser.get(where).status_code == 404


def test_a_week_turns_and_no_day_that_never_was_breaks_it(client, mia, ayas):
    asked_for(mia, [ayas], slots=evenings(9))
    browser = client.of(mia)
    assert "Sunday, 22 November today" in seen_text(browser.get(address("asks")))
    week = seen_text(browser.get(address("asks-week", "2026-11-25")))
    assert "Wednesday, 25 November" in week
    assert "Tuesday, 1 December" in week
    for never in ("2026-02-30", "9999-12-31", "0001-01-01", "zebra"):
        assert browser.get(address("asks-week", never)).status_code == 404


def test_no_page_counts_who_did_how_much(client, mia, aya, tom, ayas, toms):
    """DOMAIN 2.7, and nobody is blamed for silence."""
    ask = asked_for(mia, [ayas, toms])
    takes(aya)
    takes(aya, 1)
    for page in (address("asks"), address("asks-ask", ask)):
        text = seen_text(client.of(mia).get(page)).partition("Another tab")[0]
        text = text[text.index("Leave this page") : text.rindex("Leave this page")]
        text = re.sub(r"\d+ November|Seven evenings|24|7 ", "", text)
        assert not re.search(
            r"\b\d+ (of|times|evenings|open|taken)|did not|no answer|missed|still waiting", text
        )


def test_a_calendar_is_made_changed_and_ended_on_its_page(client, mia, ayas):
    browser, where = client.of(mia), address("asks-calendar")
    assert "/c/" not in browser.get(where).text
    refused = browser.post(where, {"summary": "zebra " * 20})
    assert refused.status_code == 422
    assert "zebra zebra" in refused.text
    browser.post(where, {"mine": "on", "summary": "Choir"})
    page = browser.get(where)
    found = re.search(r"http://testserver(/c/[a-z2-7]{6}/[\w-]{43})<", page.text)[1]
    assert client.get(found).status_code == 200
    browser.post(where, {"mine": "on", "summary": ""})
    assert found in browser.get(where).text
    browser.post(where, {"to": "end"})
    assert client.get(found).status_code == 404
    assert "/c/" not in browser.get(where).text


def test_what_is_passed_on_between_questions_is_only_what_was_typed():
    assert AskForm.blank().passed_on("what", "who") == []
