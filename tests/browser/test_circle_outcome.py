"""A friend is let in, exactly so far: two people in two real browsers, with and without JavaScript, for a week.

Mia is a member, Aya is her ally, Noor is somebody else there. What a bell rings goes to a real mail host.
"""

import datetime as dt
import re
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from ibasho import vault
from ibasho.bell import minutes, queue
from ibasho.machine import demo
from ibasho.machine.demo_texts import PLANS
from ibasho.vault import clock as vault_clock
from ibasho.web.addresses import address
from tests.support.hands import hands
from tests.support.posts import post_office
from tests.support.served import chromium, served

pytestmark = pytest.mark.browser

SMALL = {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce"}
BEAT = 14 * 60  # seconds from one beat to the next: less than what counts as the house being down
QUIET = "Nothing is shown to you just now. That is how it mostly is."
PLAN = {part: [step[0] for step in steps] for part, steps in PLANS["Mia"].items()}
DINNER = "Dinner, otter-canary, at half past six"
SOUP = "I bring heron-canary soup."
BOX, LINE, TALK = "the zebra-canary box", "lynx-canary 4711", "Let us talk, badger-canary, I am up until ten."
MESSAGE = "Hi Aya, finch-canary. Could you look in on me, as we two agreed?"
TOLD = "Just say something ordinary."
ADDRESS = "m.canary@example.org"
TYPED = [DINNER, SOUP, BOX, LINE, TALK, MESSAGE, TOLD, ADDRESS]
# A name of three letters is left out: sealed text may spell it by chance.
WRITTEN = TYPED + [line for part in PLAN.values() for line in part if len(line) > 9]


class Week:
    """A programme whose days can be let pass, with everybody in it, and a mail host beside it."""

    def __init__(self, house, place, office, patch):
        self.house, self.place, self.office = house, place, office
        self.address = urlsplit(house.origin).netloc
        self.up = 1000.0
        patch.setattr(vault_clock, "since_boot", lambda: self.up)
        patch.setattr(vault_clock, "boot", lambda: "first")
        self.beat()

    def beat(self):
        """The work of a minute, and every ring that is due."""
        assert minutes.do_the_work() == 0
        queue.ring_what_is_due()

    def pass_by(self, seconds):
        self.house.clock.forward(seconds)
        self.up += seconds

    def run_until(self, day, hour, minute=0):
        """The house runs, beat by beat, until a moment of this November."""
        at = dt.datetime(2026, 11, day, hour, minute, tzinfo=dt.UTC)
        while (left := (at - self.house.clock.at).total_seconds()) > 0:
            self.pass_by(min(BEAT, left))
            self.beat()

    @property
    def nudges(self):
        """The pages that letters led to, but for the front page."""
        return [link for link in map(way_in, self.office.letters) if link != "/"]

    def everything(self):
        """Every byte that lies on the disk."""
        return b"\0".join(path.read_bytes() for path in self.place.rglob("*") if path.is_file())

    def nothing_is_readable(self):
        """Nothing of what anybody wrote is in any byte of it."""
        everything = self.everything()
        assert [text for text in WRITTEN if text.encode() in everything] == []


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def week(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "DAYS", 5)
    with post_office() as office, served(tmp_path, monkeypatch, names=("Daniel", "Mia", "Noor")) as house:
        monkeypatch.setattr(settings, "IBASHO_SITE", "https://ibasho.example.org")
        monkeypatch.setattr(settings, "IBASHO_SMTP", office.url)
        monkeypatch.setattr(settings, "IBASHO_SENDER", "kettle@example.org")
        yield Week(house, tmp_path, office, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_mia_lets_aya_in_exactly_so_far_and_goes_quiet(script, browser, week):
    with ExitStack() as open_:
        mia, aya, noor, phone = (
            open_.enter_context(hands(browser, week, script=script, **SMALL)) for _ in range(4)
        )
        mia.words, noor.words = week.house.words["Mia"], week.house.words["Noor"]
        for one in (mia, noor):
            comes_in(one, week)

        aya_is_let_in(mia, aya, week)
        one_thing_is_shown_until_friday_and_taken_back(mia, aya, week)
        somebody_comes_to_dinner_on_thursday(mia, aya)
        aya_keeps_a_box_and_is_asked_for_it(mia, aya)
        a_line_is_sent_and_answered(mia, aya)
        a_message_waits_for_aya(mia, aya, week)
        week.nothing_is_readable()

        week.run_until(23, 10)
        the_box_comes_back_when_both_say_so(mia, aya, week)
        week.run_until(25, 17, 58)
        assert week.nudges == [], "nobody is nudged early"
        week.run_until(25, 18, 2)
        one_tap_holds_it_back(phone, week)
        mia_goes_quiet(aya, week)
        aya_finds_the_message(aya)

        nobody_else_finds_anything(noor, week)
        mia_comes_back(mia, week)
        week.nothing_is_readable()


# Being let in ---------------------------------------------------------------------------------------


def comes_in(one, week):
    """Somebody types their words, as after every longer absence."""
    one.tab.goto("/")
    week.pass_by(3)  # the door takes no words in the first two seconds
    one.say_the_words()
    if one.heading == "Good to see you":
        one.follow("Not now")  # words can be practised once


def at(one, *where):
    """Open a page; what is on it, without what stands on every page."""
    one.tab.goto(address(*where))
    return one.tab.locator("main").inner_text()


def pick(one, words):
    """Tap one of the answers or boxes, by what stands on it."""
    one.tab.locator("label").filter(has_text=re.compile(rf"^\s*{re.escape(words)}")).first.click()


def safety_words(one):
    (said,) = one.tab.locator("main strong[translate=no]").all_inner_texts()
    assert len(said.split()) == 4
    return said


def aya_is_let_in(mia, aya, week):
    mia.follow("Circle")
    mia.see("Nobody here yet. One person is a circle.")
    mia.follow("Let somebody in")
    mia.tab.fill("[name=name]", "Aya")
    mia.press("Make the words")
    five = mia.shown_words()
    assert len(five.split()) == 5

    aya.tab.goto("/join")
    week.pass_by(3)
    aya.tab.fill("[name=words]", five)
    aya.press("Open the invitation")
    aya.see("you see only what your friend shows you, and nobody sees anything of yours.")
    aya.understand_everything("Aya")
    aya.take_the_words()
    aya.press("Go on")
    assert aya.heading == "Beside a friend"

    mia.follow("They have them")
    mia.follow("Aya")
    aya.tab.goto(address("beside"))
    aya.tab.locator("main a.option").first.click()
    assert safety_words(aya) == safety_words(mia)
    aya.see(QUIET)
    aya.tab.fill("[name=name]", "Mia")
    aya.press("Keep the name")


# One thing until Friday -----------------------------------------------------------------------------


def one_thing_is_shown_until_friday_and_taken_back(mia, aya, week):
    before = {where: at(aya, where) for where in ("beside", "safekeeping-keeping")}
    aya.follow("Beside")
    aya.follow("Mia")
    before["one"] = aya.tab.locator("main").inner_text()

    mia.follow("My plan")
    pick(mia, "What I can do by myself")
    mia.tab.fill("[name=day]", "2026-11-27")
    mia.press("Show it")
    mia.see("until the end of 27 November 2026")
    assert mia.tab.locator("main h3").all_inner_texts() == ["My plan"]
    assert mia.tab.locator("main h3 + p").inner_text() == "What I can do by myself"

    aya.tab.reload()
    aya.see("shown to you until 27 November 2026")
    seen = aya.tab.locator("main").inner_text()
    for part, lines in PLAN.items():
        assert [line for line in lines if line in seen] == (lines if part == "alone" else [])

    mia.press("Take it back")
    mia.see("Nothing of yours. That is how it begins, and it may stay so.")
    aya.tab.reload()
    assert aya.tab.locator("main").inner_text() == before["one"], "as on a day without anything"
    for where in ("beside", "safekeeping-keeping"):
        assert at(aya, where) == before[where], "and nothing says so anywhere"


# Dinner on Thursday ---------------------------------------------------------------------------------


def somebody_comes_to_dinner_on_thursday(mia, aya):
    mia.follow("Circle")
    mia.follow("What would help")
    mia.follow("Ask for something")
    mia.tab.fill("[name=what]", DINNER)
    mia.press("Go on")
    mia.tab.fill("[name=first]", "2026-11-26")
    pick(mia, "evening")
    mia.press("Go on")
    pick(mia, "Aya")
    mia.press("Ask those I ticked")
    mia.see("open")

    aya.tab.goto(address("beside"))
    aya.follow(f"Mia: {DINNER}")
    taken = aya.tab.locator("section.slot", has_text="Thursday, 26 November, evening")
    taken.get_by_role("button", name="I can").click()
    aya.see("Thank you.")
    aya.tab.locator("summary", has_text="Say a short line").first.click()
    aya.tab.fill("[name=line]", SOUP)
    aya.press("Keep the line")

    mia.tab.reload()
    slot = mia.tab.locator("section.slot").inner_text()
    assert "Thursday, 26 November" in slot
    assert f"Aya: “{SOUP}”" in slot


# A box ----------------------------------------------------------------------------------------------


def aya_keeps_a_box_and_is_asked_for_it(mia, aya):
    at(mia, "safekeeping-new")
    mia.tab.fill("[name=label]", BOX)
    pick(mia, "Somebody keeps it for me")
    pick(mia, "Aya")
    pick(mia, "no")
    mia.tab.fill("[name=decides_with]", "Aya")
    mia.choose("wait_hours", "24")
    mia.press("Keep this")
    mia.see("Aya knows nothing of this yet.")
    mia.tab.fill("[name=line]", LINE)
    mia.press("Ask Aya to keep it")
    mia.see("Aya was asked, and has not answered yet.")

    aya.tab.goto(address("beside"))
    aya.follow(BOX)
    aya.press("I will keep it")
    aya.see("Please read what the law may ask first, and say that you did.")
    aya.see("The law of your place comes first.")
    aya.tab.check("[name=read]")
    aya.press("I will keep it")
    aya.press("It is with me now")
    aya.see("You keep it.")

    mia.tab.reload()
    mia.see("Aya has it.")
    mia.press("I ask for it back")
    mia.see("It may come back from 23 November 2026")

    aya.tab.reload()
    aya.see("You can say yes once the wait is over.")
    aya.tab.fill("[name=words]", TALK)
    aya.press("Not yet, let us talk first")
    mia.tab.reload()
    mia.see("Aya says: not yet, and would like to talk first.")
    mia.see(TALK)
    assert not mia.tab.get_by_role("button", name="Show the line").count()


def the_box_comes_back_when_both_say_so(mia, aya, week):
    comes_in(mia, week)
    at(mia, "safekeeping")
    mia.follow(BOX)
    mia.see("The wait is over.")
    assert not mia.tab.get_by_role("button", name="Show the line").count(), "not by one of them alone"

    comes_in(aya, week)
    aya.tab.goto(address("beside"))
    aya.follow(BOX)
    aya.press("Yes, from my side")
    assert LINE not in aya.tab.content()

    mia.tab.reload()
    mia.press("Show the line")
    mia.see(LINE)
    mia.press("It is back with me")
    assert LINE not in mia.tab.content()


# A line ---------------------------------------------------------------------------------------------


def a_line_is_sent_and_answered(mia, aya):
    at(mia, "circle")
    mia.follow("Tell someone")
    mia.press(TOLD)
    mia.see("No answer yet.")
    aya.tab.goto(address("beside"))
    aya.see(TOLD)
    aya.press("I am calling now")
    mia.tab.reload()
    mia.see("I am calling now")


# A message that waits -------------------------------------------------------------------------------


def a_message_waits_for_aya(mia, aya, week):
    at(mia, "bell-mail")
    mia.tab.fill("[name=address]", ADDRESS)
    mia.press("Turn it on")
    mia.see("Turned on.")

    at(mia, "circle")
    mia.follow("If I go quiet")
    mia.follow("Set it up")
    pick(mia, "Aya")
    mia.press("Go on")
    mia.tab.select_option("[name=wait]", "3")
    mia.tab.select_option("[name=hour]", "18")
    mia.tab.select_option("[name=zone]", "Europe/London")
    mia.press("Go on")
    mia.see("Your bell rings the day before")
    mia.press("Go on")
    pick(mia, "Yes, it is safe")
    mia.press("Go on")
    mia.tab.fill("[name=text]", MESSAGE)
    mia.press("Go on")
    pick(mia, "Call me")
    pick(mia, "Knock at my door")
    mia.press("Go on")
    pick(mia, "I do not want the police called for me")
    mia.press("Go on")
    assert mia.heading == "If nobody can come?"
    mia.press("Go on")
    assert mia.heading == "All of it, once more"
    mia.tab.locator("button[value=ask]").click()
    mia.see("Aya has been asked and has not answered yet.")

    aya.tab.goto(address("beside"))
    aya.follow("If Mia goes quiet")
    aya.see(MESSAGE)
    aya.press("Yes, I will look in")
    aya.see("You said yes.")
    week.beat()
    assert not waits(mia), "sealed at Mia's next visit, not by Aya's yes"
    at(mia, "knock")
    assert waits(mia)
    mia.see("If you are not here for 3 days, your message goes to Aya, at 18:00.")
    assert not mia.tab.get_by_text("has not answered yet").count()


def waits(one):
    """Whether a message of theirs is sealed."""
    return vault.release.is_armed(vault.open_door(one.words))


def way_in(letter):
    """The page that a letter leads to. Nothing else is in it that says anything."""
    recipients, message = letter
    assert recipients == [ADDRESS]
    said, _blank, link = message.get_content().strip().split("\n")
    assert said == "The kettle is on"
    return urlsplit(link).path


def one_tap_holds_it_back(phone, week):
    """Somebody with Mia's phone in their hand, and no session there."""
    phone.tab.goto(week.nudges[0])
    assert phone.heading == "Unless you tap here, Aya gets your message tomorrow at 18:00."
    phone.press("I am here")
    assert phone.heading == "Good to see you."
    assert not phone.cookies & {"__Host-k", "__Host-s"}


def mia_goes_quiet(aya, week):
    """Counted from the tap, on the 25th: a nudge on the 27th, another on the morning of the 28th."""
    week.run_until(27, 17, 58)
    assert len(week.nudges) == 1, "the days were counted from the beginning"
    week.run_until(27, 18, 2)
    assert len(week.nudges) == 2
    week.run_until(28, 9, 2)
    assert len(week.nudges) == 3, "and once more in the morning"
    week.run_until(28, 17, 50)
    comes_in(aya, week)
    aya.tab.goto(address("beside"))
    aya.see("If Mia goes quiet")
    assert not aya.tab.get_by_text("A message from Mia").count(), "not a minute early"
    week.nothing_is_readable()
    week.run_until(28, 18, 2)
    week.nothing_is_readable()


def aya_finds_the_message(aya):
    aya.tab.reload()
    if aya.tab.locator("main [name=word]").count():  # twelve minutes without a touch: one word is asked for
        aya.tab.fill("main [name=word]", aya.words.split()[0])
        aya.tab.locator("main form button").first.click()
    aya.follow("A message from Mia")
    assert aya.heading == "Mia asked for this to reach you"
    aya.see(MESSAGE)
    for agreed in ("A call", "A knock at the door", "I do not want the police called for me"):
        aya.see(agreed)
    aya.press("Done")
    aya.see("You said: Done. Your friend reads it when they come by.")


# Everybody else, and afterwards ---------------------------------------------------------------------


def nobody_else_finds_anything(noor, week):
    """As before Mia let anybody in: not a word, not a name."""
    comes_in(noor, week)
    for where in ("today", "circle", "beside", "safekeeping", "safekeeping-keeping", "asks", "knock", "tell"):
        seen = at(noor, where)
        assert "canary" not in seen, where
        assert "Mia" not in seen, where
        assert "Aya" not in seen, where


def mia_comes_back(mia, week):
    comes_in(mia, week)
    at(mia, "knock")
    mia.see("Your message went to Aya on 28 November 2026")
    mia.see("Aya has looked in, or tried to, and says it is done.")
