"""From the printed invitation to the way out, as people would, in a real browser, with and without JavaScript."""

import pytest

from ibasho.programme.records import Programme
from tests.support.hands import hands
from tests.support.house import up
from tests.support.served import WHOLE, chromium

pytestmark = pytest.mark.browser

LINE = "Rain on the depot roof, zebra-canary, and the tea was still warm."
GOOD = "I told otter-canary the truth."


@pytest.fixture(scope="module")
def browser():
    with chromium(WHOLE) as browser:
        yield browser


SET_UP = {
    "run_by": "The Thursday people",
    "server_place": "A cupboard in Leeds",
    "keys_held_by": "Daniel",
    "employer": "No employer runs, pays for or sees any of this.",
    "hours": "Thursdays 18 to 21",
    "outside_hours": "The lines on the help page are open all night.",
    "if_suicide": "We ask plainly, we stay, and we call a line together if you want.",
    "above_helpers": "You can talk to the counsellor about anybody here.",
    "supervisor": "a counsellor in the next town",
    "emergency_contact": "Knock at the café.",
    "retention": "Days are kept for ninety days.",
    "backup_owner": "Daniel",
    "when_away": "Tom has the key.",
}

# Long enough that no megabyte of sealed bytes spells it by chance, as one now and then spells “Mia”.
NAME = "Mia Marigold"


@pytest.mark.slow
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_programme_opens_and_mia_writes_looks_back_and_leaves(script, browser, tmp_path):
    with up(tmp_path / "data") as house:
        with hands(browser, house, script=script) as daniel:
            invitation = daniel_opens_the_doors(daniel, house)
        with hands(browser, house, script=script) as mia:
            mia_joins(mia, invitation)
            mia_comes_in_with_her_words(mia)
            mia_writes(mia)
            mia_looks_back(mia)
            mia_leaves(mia)
        everything = b"\0".join(
            path.read_bytes()
            for place in (house.data, house.run)
            for path in place.rglob("*")
            if path.is_file()
        )
        for needle in (b"zebra-canary", b"otter-canary", NAME.encode(), b"Daniel writes", mia.words.encode()):
            assert needle not in everything
            assert needle not in house.said.encode()


def daniel_opens_the_doors(daniel, house):
    assert "first facilitator's invitation" in house.said
    daniel.look_at_invitation(house.first_invitation)
    assert daniel.heading == "Before you join"
    daniel.see("You are invited as a facilitator.")

    daniel.tab.fill("[name=name]", "Daniel")
    daniel.press("Go on")
    daniel.see("Some of these have no tick yet. Nothing you typed is lost.")
    assert daniel.tab.input_value("[name=name]") == "Daniel"
    daniel.understand_everything("Daniel")

    assert daniel.heading == "These are your words"
    assert len(daniel.shown_words().split()) == 7
    daniel.press("Give me other words")
    first = daniel.shown_words()
    daniel.press("I have them on paper")
    daniel.tab.fill("[name=words]", "abacus " + first.partition(" ")[2])
    daniel.press("Come in")
    daniel.see("not quite the same words")
    daniel.press("Show me the words again")
    assert daniel.shown_words() == first
    daniel.take_the_words()

    assert daniel.heading == "Before the first page"
    daniel.press("Go on")
    assert daniel.heading == "Setting up this place"

    daniel.press("Open the programme")
    daniel.see("Before the doors open, a few things need writing down.")
    for name, text in SET_UP.items():
        daniel.tab.fill(f"[name={name}]", text)
    daniel.tab.select_option("[name=country]", "GB")
    daniel.tab.check("[name=no_duties]")
    daniel.press("Open the programme")
    daniel.see("Before the doors open, a few things need writing down.")
    assert daniel.tab.input_value("[name=when_away]") == "Tom has the key."

    daniel.press("Keep this")
    daniel.press("Keep this and look at the lines")
    assert daniel.heading == "Lines where a person answers"
    for right in daniel.tab.locator("label:has([value=right])").all():
        right.click()
    daniel.tab.fill("[name=by]", "Daniel")
    daniel.press("Keep this")
    daniel.press("Open the programme")

    assert daniel.heading == "Invitations"
    daniel.tab.fill("[name=name]", "Mia from the depot")
    daniel.press("Make an invitation")
    assert daniel.heading == "An invitation"
    words = daniel.shown_words()
    assert len(words.split()) == 5
    daniel.follow("They have them")
    daniel.see("Mia from the depot")
    daniel.tab.goto("/")
    daniel.follow("Mine")
    daniel.press("Close this visit")
    assert daniel.heading == "You have left"
    assert "__Host-k" not in daniel.cookies
    return words


def mia_joins(mia, invitation):
    mia.join(invitation, NAME)
    assert len(mia.words.split()) == 6
    assert mia.heading == f"Good to see you, {NAME}."
    assert mia.tab.url.startswith(f"{mia.origin}/n/")
    mia.leave()


def mia_comes_in_with_her_words(mia):
    mia.come_in()
    assert mia.heading == "Good to see you"
    mia.follow("Not now")  # words can be practised once
    assert mia.heading == f"Good to see you, {NAME}."


def mia_writes(mia):
    mia.choose("sleep", "little")
    mia.choose("mood", "low")
    mia.write(LINE, GOOD)
    mia.press("Keep this")
    mia.tab.get_by_role("heading", name="today is kept").or_(
        mia.tab.get_by_text("Only you can open it.")
    ).first.wait_for()


def mia_looks_back(mia):
    mia.follow("Today")
    mia.follow("Look back at my days")
    assert mia.heading == "Your days"
    mia.tab.locator("table.month a.kept").click()
    mia.see(LINE)
    mia.see(GOOD)
    mia.follow("Today")
    mia.follow("Look back at my days")
    mia.follow("Good things")
    mia.see(GOOD)


def mia_leaves(mia):
    """Attack 40: whoever has the phone and not the words finds no page, by Back or in the address bar."""
    there = mia.tab.url
    mia.away.clear()
    mia.leave()
    assert mia.tab.url == Programme().quick_exit
    assert [headers.get("referer") for headers in mia.away] == [None]
    assert not mia.cookies & {"__Host-k", "__Host-s"}

    for _ in range(4):
        mia.tab.go_back()
        assert "canary" not in mia.tab.content()
        assert NAME not in mia.tab.content()
    mia.tab.goto(there)
    assert mia.heading == "Come in"
    assert "canary" not in mia.tab.content()
