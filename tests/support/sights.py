"""Every page of the house as somebody sees it, and how they come there. Used by the tests of pages and by `make shots`.

A sight is reached in a fresh browser. `pages` names the addresses it stands for, so that a page nobody looked
at is found (tests/browser/test_every_page.py).
"""

import datetime as dt
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import RequestFactory
from PIL import Image, ImageDraw

from ibasho import vault
from ibasho.asks import access as asks_access
from ibasho.asks import actions as asks
from ibasho.asks.days import every_day, slots_of
from ibasho.bell import actions as bell
from ibasho.bell.records import Address, BellWishes, Browser
from ibasho.circle import access as circle_access
from ibasho.circle import actions as circle
from ibasho.circle.records import Circle, Reply, TellWishes, Told
from ibasho.keepsakes import actions as keepsakes
from ibasho.keepsakes import pictures
from ibasho.keepsakes.records import Keepsake
from ibasho.knock import access as knock_access
from ibasho.knock import actions as knock
from ibasho.knock.forms import STEPS
from ibasho.knock.minutes import way_to_tap
from ibasho.machine.demo import write_plan
from ibasho.people import friends
from ibasho.people.records import Agreement, Profile
from ibasho.plan import access as plan_access
from ibasho.plan import actions as plan
from ibasho.plan.records import Step
from ibasho.programme.days import today as calendar_day
from ibasho.programme.records import Programme, altered
from ibasho.safekeeping import access as safekeeping_access
from ibasho.safekeeping import actions as safekeeping
from ibasho.safekeeping.records import PutAway
from ibasho.today import actions as today
from ibasho.today.records import Day, TodayWishes
from ibasho.web import error_pages
from ibasho.web.addresses import address, spelt
from tests.support.friends import ALLY, FRIEND, be_friends
from tests.support.served import SUNDAY, Served
from tests.support.silences import TERMS, is_asked

Reach = Callable[[Any, Served], None]


@dataclass(frozen=True)
class Sight:
    """One page in one state. `name` is also the name of its picture."""

    name: str
    pages: tuple[str, ...]
    reach: Reach
    status: int

    def show(self, tab: Any, house: Served) -> None:
        """Bring a fresh tab there."""
        house.clock.at = SUNDAY
        shutil.rmtree(vault.current().run / "tries", ignore_errors=True)
        self.reach(tab, house)


SIGHTS: list[Sight] = []


def sight(*pages: str, status: int = 200) -> Callable[[Reach], Reach]:
    """Put a page on the list. `status` is what its last answer says."""

    def put(reach: Reach) -> Reach:
        name = getattr(reach, "__name__", "").replace("_", "-")
        SIGHTS.append(Sight(name, pages, reach, status))
        return reach

    return put


# What hands do ------------------------------------------------------------------------------------


def come_in(tab: Any, house: Served, name: str) -> str:
    """Somebody is signed in, in this browser. Gives the value of their cookie."""
    cookie = house.cookie(name)
    tab.context.add_cookies([cookie])
    return str(cookie["value"])


def somebody_new(tab: Any, house: Served, **said: Any) -> str:
    """A member who has just joined is signed in, in this browser. Gives their words."""
    words = vault.new_words()
    space = vault.make_space(words)
    day = calendar_day()
    profile: dict[str, Any] = {
        "name": "Aya",
        "roles": ("member",),
        "joined_on": day,
        "agreed": Agreement(1, day),
    }
    space.set_own(Profile(**(profile | {"shown_around": True, "practised": True} | said)))
    house.words["newcomer"], house.spaces["newcomer"] = words, space
    come_in(tab, house, "newcomer")
    return words


def press(tab: Any, name: str) -> None:
    """Press a button, by what stands on it, and wait for what comes."""
    tab.get_by_role("button", name=name, exact=True).first.click()
    tab.wait_for_load_state("load")


def words_on(tab: Any) -> str:
    """The words a page shows in a box."""
    return " ".join(tab.locator("ol.words li").all_inner_texts())


def _wait(house: Served) -> None:
    house.clock.forward(3)  # a form that was just handed out waits out two seconds


def _look(tab: Any, house: Served, words: str = "") -> None:
    tab.goto("/join")
    _wait(house)
    tab.fill("[name=words]", words or vault.host_invite("member"))
    press(tab, "Open the invitation")


def _agree(tab: Any, house: Served) -> None:
    _look(tab, house)
    for box in tab.locator("[name=understood]").all():
        box.check()
    tab.fill("[name=name]", "Aya")
    press(tab, "Go on")


def _write_today(tab: Any, house: Served, *, urges: str = "", name: str = "Mia") -> None:
    _blank(house, name)
    come_in(tab, house, name)
    tab.goto(address("today"))
    _mark(tab, "sleep", "so-so")
    _mark(tab, "mood", "low")
    if urges:
        _mark(tab, "urges", urges)
    tab.fill("[name=line]", "Rain on the roof of the depot. I counted the drops instead of the hours.")
    tab.fill("[name=good]", "I told Aya the truth when she asked how I am.")


def _mark(tab: Any, sign: str, answer: str) -> None:
    tab.locator(f'label:has([name="{sign}"][value="{answer}"])').first.click()


def _blank(house: Served, name: str) -> None:
    today.erase_day(house.space(name), day=calendar_day())


def _kept_day(house: Served) -> str:
    """A day of Mia's with something of everything in it."""
    day = SUNDAY.date().replace(day=19)
    before = house.space("Mia").find(Day, f"{day:%Y-%m/%d}")
    record = Day(
        sleep="little", meals="meal", washing="wash", company="good", urges="passing", mood="steady",
        line="Three hours, then the alarm. The tea was still warm when I came back from the call.",
        good_form="got-through", good="The whole Thursday evening, and I stayed for the last cup.",
    )  # fmt: skip
    today.keep_day(house.space("Mia"), day=day, record=record, seen=before.version if before else 0)
    return day.isoformat()


# The door -----------------------------------------------------------------------------------------


@sight("door")
def sign_in(tab: Any, house: Served) -> None:
    tab.goto("/")


@sight("door", status=403)
def sign_in_other_words(tab: Any, house: Served) -> None:
    tab.goto("/")
    _wait(house)
    tab.fill("[name=words]", "paper lantern juniper violin meadow willow")
    press(tab, "Come in")


@sight("door", "today", status=401)
def sign_in_to_go_on_writing(tab: Any, house: Served) -> None:
    _write_today(tab, house)
    cookie = next(one["value"] for one in tab.context.cookies() if one["name"] == "__Host-k")
    vault.sessions.leave(cookie)
    press(tab, "Keep this")
    tab.wait_for_selector("[name=draft]", state="attached")


@sight("door", "today")
def draft(tab: Any, house: Served) -> None:
    sign_in_to_go_on_writing(tab, house)
    _wait(house)
    tab.fill("[name=words]", house.words["Mia"])
    press(tab, "Come in")
    tab.wait_for_selector("h1:has-text('Here is what you were writing')")


@sight("unlock", "today", status=401)
def locked(tab: Any, house: Served) -> None:
    come_in(tab, house, "Mia")
    house.clock.forward(240)
    tab.goto(address("today"))


@sight("unlock", status=403)
def locked_other_word(tab: Any, house: Served) -> None:
    locked(tab, house)
    tab.fill("main [name=word]", "teapot")
    press(tab, "Go on")


@sight("today", "unlock")
def veil(tab: Any, house: Served) -> None:
    tab.clock.install()
    _write_today(tab, house)
    tab.clock.run_for(145_000)
    tab.wait_for_selector("#veil", state="visible")


@sight("sign-out")
def left(tab: Any, house: Served) -> None:
    come_in(tab, house, "Mia")
    tab.goto(address("account"))
    press(tab, "Close this visit")


@sight("leave")
def leave(tab: Any, house: Served) -> None:
    """It leads away from here; there is nothing of ours to see."""
    tab.context.route(
        "https://**", lambda route: route.fulfill(body="<h1>The weather</h1>", content_type="text/html")
    )
    come_in(tab, house, "Mia")
    tab.goto("/leave")


# Joining ------------------------------------------------------------------------------------------


@sight("join")
def join_1(tab: Any, house: Served) -> None:
    tab.goto("/join")


@sight("join", status=403)
def join_1_other_words(tab: Any, house: Served) -> None:
    _look(tab, house, "otter badger acorn chestnut maple")


@sight("join")
def join_2_before_you_join(tab: Any, house: Served) -> None:
    _look(tab, house)


@sight("join", status=422)
def join_2_something_open(tab: Any, house: Served) -> None:
    _look(tab, house)
    tab.locator("[name=understood]").first.check()
    press(tab, "Go on")


@sight("join")
def join_3_your_words(tab: Any, house: Served) -> None:
    _agree(tab, house)


@sight("join")
def join_4_from_your_paper(tab: Any, house: Served) -> None:
    _agree(tab, house)
    press(tab, "I have them on paper")


@sight("join", status=422)
def join_4_not_quite(tab: Any, house: Served) -> None:
    _agree(tab, house)
    press(tab, "I have them on paper")
    tab.fill("[name=words]", "paper lantern juniper violin meadow willow")
    press(tab, "Come in")


@sight("join", "arrive")
def arrive(tab: Any, house: Served) -> None:
    _agree(tab, house)
    words = words_on(tab)
    press(tab, "I have them on paper")
    tab.fill("[name=words]", words)
    press(tab, "Come in")


@sight("practise")
def practise(tab: Any, house: Served) -> None:
    somebody_new(tab, house, practised=False)
    tab.goto(address("practise"))


@sight("practise", status=403)
def practise_not_quite(tab: Any, house: Served) -> None:
    practise(tab, house)
    tab.fill("main [name=words]", "paper lantern juniper violin meadow willow")
    press(tab, "Try them")


@sight("practise")
def practise_known(tab: Any, house: Served) -> None:
    practise(tab, house)
    tab.fill("main [name=words]", house.words["newcomer"])
    press(tab, "Try them")


@sight("understood")
def understood(tab: Any, house: Served) -> None:
    somebody_new(tab, house, agreed=Agreement(0, calendar_day()))
    tab.goto(address("understood"))


# Mine ---------------------------------------------------------------------------------------------


@sight("account")
def account(tab: Any, house: Served) -> None:
    house.cookie("Mia")  # and once in another browser
    come_in(tab, house, "Mia")
    tab.goto(address("account"))


@sight("account", "leave-everywhere")
def account_others_ended(tab: Any, house: Served) -> None:
    account(tab, house)
    press(tab, "End every other visit")


@sight("account", status=422)
def account_wrong(tab: Any, house: Served) -> None:
    come_in(tab, house, "Mia")
    tab.goto(address("account"))
    tab.evaluate("document.querySelector('[name=name]').removeAttribute('maxlength')")
    tab.fill("[name=name]", "Mia from the second floor, beside the stairs")
    press(tab, "Keep this")


@sight("account")
def account_of_a_facilitator(tab: Any, house: Served) -> None:
    come_in(tab, house, "Daniel")
    tab.goto(address("account"))


@sight("recovery-sheet")
def sheet_ask(tab: Any, house: Served) -> None:
    come_in(tab, house, "Mia")
    tab.goto(address("recovery-sheet"))


@sight("recovery-sheet", status=403)
def sheet_not_their_words(tab: Any, house: Served) -> None:
    sheet_ask(tab, house)
    tab.fill("main [name=words]", "paper lantern juniper violin meadow willow")
    press(tab, "Make the sheet")


@sight("recovery-sheet", "recovery-paper")
def sheet(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("recovery-sheet"))
    press(tab, "Make the sheet")


@sight("change-words")
def other_words(tab: Any, house: Served) -> None:
    come_in(tab, house, "Mia")
    tab.goto(address("change-words"))


@sight("change-words", status=403)
def other_words_not_theirs(tab: Any, house: Served) -> None:
    other_words(tab, house)
    tab.fill("main [name=words]", "paper lantern juniper violin meadow willow")
    press(tab, "Go on")


@sight("change-words")
def other_words_new(tab: Any, house: Served) -> None:
    words = somebody_new(tab, house)
    tab.goto(address("change-words"))
    tab.fill("main [name=words]", words)
    press(tab, "Go on")


@sight("change-words")
def other_words_back(tab: Any, house: Served) -> None:
    other_words_new(tab, house)
    press(tab, "I have them on paper")


@sight("change-words", status=422)
def other_words_not_quite(tab: Any, house: Served) -> None:
    other_words_back(tab, house)
    tab.fill("main [name=words]", "paper lantern juniper violin meadow willow")
    press(tab, "Change my words")


@sight("change-words")
def other_words_changed(tab: Any, house: Served) -> None:
    other_words_new(tab, house)
    words = words_on(tab)
    press(tab, "I have them on paper")
    tab.fill("main [name=words]", words)
    press(tab, "Change my words")


@sight("export", "export-file")
def export(tab: Any, house: Served) -> None:
    come_in(tab, house, "Mia")
    tab.goto(address("export"))


@sight("export")
def export_key(tab: Any, house: Served) -> None:
    export(tab, house)
    press(tab, "Make a key")


@sight("erase")
def erase(tab: Any, house: Served) -> None:
    come_in(tab, house, "Mia")
    tab.goto(address("erase"))


@sight("erase", status=403)
def erase_not_their_words(tab: Any, house: Served) -> None:
    erase(tab, house)
    tab.fill("main [name=words]", "paper lantern juniper violin meadow willow")
    press(tab, "Erase everything")


@sight("erase")
def erased(tab: Any, house: Served) -> None:
    words = somebody_new(tab, house)
    tab.goto(address("erase"))
    tab.fill("main [name=words]", words)
    press(tab, "Erase everything")


# On this phone ------------------------------------------------------------------------------------


PIN, SECOND_PIN = "lantern on the stairs", "saucers and spoons"


def _keep_it(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    write_plan(house.spaces["newcomer"], "Mia")
    tab.goto(address("pocket-keep"))
    for field, typed in (("pin", PIN), ("again", PIN), ("second", SECOND_PIN), ("second-again", SECOND_PIN)):
        tab.evaluate("([id, typed]) => document.getElementById(id).value = typed", [field, typed])
    tab.fill("[name=label]", "old phone")
    press(tab, "Keep it on this phone")
    tab.wait_for_selector("#kept", state="visible")


def _open_with(tab: Any, house: Served, pin: str) -> None:
    _keep_it(tab, house)
    tab.goto("/help/kept")
    tab.fill("#pin", pin)
    press(tab, "Open")
    tab.wait_for_selector("#open", state="visible")


@sight("pocket-keep")
def pocket_keep(tab: Any, house: Served) -> None:
    _at_the_plan(tab, house, "pocket-keep")
    tab.wait_for_selector("#seal", state="visible")


@sight("pocket-keep")
def pocket_keep_second_pin(tab: Any, house: Served) -> None:
    pocket_keep(tab, house)
    tab.locator("summary", has_text="A second PIN").click()
    tab.fill("#pin", "12345")
    press(tab, "Keep it on this phone")
    tab.wait_for_selector("[data-said=short]", state="visible")


@sight("pocket-keep")
def pocket_keep_without_a_plan(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("pocket-keep"))


@sight("pocket-keep", "pocket-copy")
def pocket_kept(tab: Any, house: Served) -> None:
    _keep_it(tab, house)


@sight("pocket-keep")
def pocket_phones(tab: Any, house: Served) -> None:
    _keep_it(tab, house)
    tab.goto(address("pocket-keep") + "?removed")
    tab.wait_for_selector("#seal", state="visible")


@sight("pocket")
def pocket_nothing(tab: Any, house: Served) -> None:
    tab.goto("/help/kept")
    tab.wait_for_selector("#nothing", state="visible")


@sight("pocket", "pocket-ask", status=204)
def pocket_locked(tab: Any, house: Served) -> None:
    _keep_it(tab, house)
    tab.goto("/help/kept")
    tab.wait_for_selector("#locked", state="visible")
    tab.wait_for_load_state("networkidle")


@sight("pocket", status=204)
def pocket_open(tab: Any, house: Served) -> None:
    _open_with(tab, house, PIN)


@sight("pocket", status=204)
def pocket_notes(tab: Any, house: Served) -> None:
    _open_with(tab, house, SECOND_PIN)


@sight("pocket", status=204)
def pocket_removed(tab: Any, house: Served) -> None:
    pocket_locked(tab, house)
    press(tab, "Remove it from this phone")
    tab.wait_for_selector("#gone", state="visible")


@sight("offline", "manifest", "worker")
def offline(tab: Any, house: Served) -> None:
    tab.goto("/offline")


# Those who run it ---------------------------------------------------------------------------------


@sight("invitations")
def invitations(tab: Any, house: Served) -> None:
    come_in(tab, house, "Daniel")
    tab.goto(address("invitations"))


@sight("invitations")
def invited(tab: Any, house: Served) -> None:
    invitations(tab, house)
    tab.fill("[name=name]", "Aya's friend")
    press(tab, "Make an invitation")


@sight("set-up")
def set_up(tab: Any, house: Served) -> None:
    come_in(tab, house, "Daniel")
    tab.goto(address("set-up"))


@sight("set-up", status=422)
def set_up_something_wrong(tab: Any, house: Served) -> None:
    set_up(tab, house)
    tab.fill("[name=quick_exit]", "the weather")
    tab.fill("[name=backup_days]", "4000")
    press(tab, "Keep this")


@sight("set-up-lines")
def set_up_lines(tab: Any, house: Served) -> None:
    come_in(tab, house, "Daniel")
    tab.goto(address("set-up-lines"))


@sight("set-up-lines", status=422)
def set_up_lines_nobody_named(tab: Any, house: Served) -> None:
    set_up_lines(tab, house)
    _mark(tab, "line0", "right")
    press(tab, "Keep this")


def _closed(tab: Any, house: Served, name: str, page: str) -> None:
    """One page while the doors are not open yet."""
    before = vault.setting("programme", Programme)
    vault.set_setting("programme", Programme())
    try:
        come_in(tab, house, name)
        tab.goto(address(page))
    finally:
        vault.set_setting("programme", before)


@sight("set-up")
def set_up_empty(tab: Any, house: Served) -> None:
    _closed(tab, house, "Daniel", "set-up")


@sight("set-up", status=422)
def set_up_not_everything(tab: Any, house: Served) -> None:
    before = vault.setting("programme", Programme)
    vault.set_setting("programme", Programme())
    try:
        come_in(tab, house, "Daniel")
        tab.goto(address("set-up"))
        press(tab, "Open the programme")
    finally:
        vault.set_setting("programme", before)


@sight("today", status=403)
def not_open_yet(tab: Any, house: Served) -> None:
    _closed(tab, house, "Mia", "today")


@sight("about")
def about(tab: Any, house: Served) -> None:
    tab.goto("/about")


@sight("about")
def about_from_inside(tab: Any, house: Served) -> None:
    come_in(tab, house, "Mia")
    tab.goto("/about")


# Today --------------------------------------------------------------------------------------------


@sight("today")
def today_blank(tab: Any, house: Served) -> None:
    _blank(house, "Mia")
    come_in(tab, house, "Mia")
    tab.goto(address("today"))


@sight("today")
def today_written(tab: Any, house: Served) -> None:
    _write_today(tab, house)


@sight("today")
def today_one_question(tab: Any, house: Served) -> None:
    _blank(house, "Mia")
    come_in(tab, house, "Mia")
    tab.goto(address("today") + "?one=1")


@sight("today", status=422)
def today_too_long(tab: Any, house: Served) -> None:
    _write_today(tab, house)
    tab.fill("[name=good]", "I stayed. " * 60)
    press(tab, "Keep this")
    tab.wait_for_selector(".wrong")


@sight("today")
def today_kept(tab: Any, house: Served) -> None:
    _write_today(tab, house, urges="none")
    press(tab, "Keep this")
    tab.wait_for_selector("h1:has-text('Kept.')")


@sight("today")
def today_kept_with_urges(tab: Any, house: Served) -> None:
    _write_today(tab, house, urges="strong")
    press(tab, "Keep this")
    tab.wait_for_selector("h1:has-text('alone with this')")


@sight("today", status=409)
def today_in_two_tabs(tab: Any, house: Served) -> None:
    _write_today(tab, house)
    day = Day(mood="light", good="The soup.")
    today.keep_day(house.space("Mia"), day=calendar_day(), record=day, seen=0)
    press(tab, "Keep this")
    tab.wait_for_selector(".notice")


@sight("today")
def today_nothing_written(tab: Any, house: Served) -> None:
    _blank(house, "Mia")
    come_in(tab, house, "Mia")
    tab.goto(address("today"))
    press(tab, "Keep this")
    tab.wait_for_selector("h1:has-text('Nothing was written')")


@sight("today-wishes")
def wishes(tab: Any, house: Served) -> None:
    come_in(tab, house, "Mia")
    tab.goto(address("today-wishes"))


@sight("today-wishes")
def wishes_that_erase(tab: Any, house: Served) -> None:
    today.keep_wishes(house.space("Mia"), wishes=TodayWishes(keep_days=365, urges_on=True))
    wishes(tab, house)
    _mark(tab, "keep_days", "90")
    press(tab, "Keep this")
    tab.wait_for_selector(".notice")


@sight("day")
def day(tab: Any, house: Served) -> None:
    kept = _kept_day(house)
    come_in(tab, house, "Mia")
    tab.goto(address("day", kept))


@sight("day")
def day_blank(tab: Any, house: Served) -> None:
    today.erase_day(house.space("Mia"), day=SUNDAY.date().replace(day=17))
    come_in(tab, house, "Mia")
    tab.goto(address("day", "2026-11-17"))


@sight("day-change")
def day_change(tab: Any, house: Served) -> None:
    kept = _kept_day(house)
    come_in(tab, house, "Mia")
    tab.goto(address("day-change", kept))


@sight("day-erase")
def day_erase(tab: Any, house: Served) -> None:
    kept = _kept_day(house)
    come_in(tab, house, "Mia")
    tab.goto(address("day-erase", kept))


@sight("history")
def history(tab: Any, house: Served) -> None:
    _kept_day(house)
    come_in(tab, house, "Mia")
    tab.goto(address("history"))


@sight("history-month")
def history_month(tab: Any, house: Served) -> None:
    come_in(tab, house, "Mia")
    tab.goto(address("history-month", "2026-09"))


@sight("history-month")
def history_table(tab: Any, house: Served) -> None:
    history_month(tab, house)
    tab.locator("summary").first.click()


@sight("history-month")
def history_empty(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("history-month", "2026-10"))


@sight("good-things")
def good_things(tab: Any, house: Served) -> None:
    come_in(tab, house, "Mia")
    tab.goto(address("good-things"))


@sight("good-things-until")
def good_things_empty(tab: Any, house: Served) -> None:
    come_in(tab, house, "Mia")
    tab.goto(address("good-things-until", "2025-06-01"))


# The plan ---------------------------------------------------------------------------------------------


def _at_the_plan(tab: Any, house: Served, page: str = "plan", *args: object, query: str = "") -> None:
    """Mia's plan, as the demo wrote it, and one of its pages."""
    space = house.space("Mia")
    plan.erase_plan(space)
    write_plan(space, "Mia")
    come_in(tab, house, "Mia")
    tab.goto(address(page, *args) + query)


def _step(house: Served, part: str = "alone") -> str:
    found = plan_access.plan_view(house.space("Mia"))
    assert found is not None
    return found.part(part).steps[0].id


@sight("plan")
def plan_begin(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("plan"))


@sight("plan")
def plan_whole(tab: Any, house: Served) -> None:
    _at_the_plan(tab, house)


@sight("plan")
def plan_nobody_yet(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    steps = (Step(plan.new_id(), "Once round the block, slowly."),)
    plan.keep_part(house.spaces["newcomer"], name="alone", steps=steps, seen=plan_access.mark_of(()))
    tab.goto(address("plan"))


@sight("plan-read")
def plan_one_part(tab: Any, house: Served) -> None:
    _at_the_plan(tab, house, "plan-read", "people")


@sight("plan-make")
def plan_change(tab: Any, house: Served) -> None:
    _at_the_plan(tab, house, "plan-make")


@sight("plan-make")
def plan_together(tab: Any, house: Served) -> None:
    _at_the_plan(tab, house, "plan-make", query="?beside=1")


@sight("plan-part")
def plan_part_blank(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("plan-part", "signs"))


@sight("plan-part")
def plan_part_written(tab: Any, house: Served) -> None:
    _at_the_plan(tab, house, "plan-part", "people", query="?beside=1")


@sight("plan-part", status=422)
def plan_part_wrong(tab: Any, house: Served) -> None:
    _at_the_plan(tab, house, "plan-part", "people")
    tab.fill("#line-1-number", "the number on the fridge")
    press(tab, "Keep this part")


@sight("plan-part", status=409)
def plan_part_in_two_tabs(tab: Any, house: Served) -> None:
    _at_the_plan(tab, house, "plan-part", "alone")
    kept = plan_access.part_of(house.space("Mia"), "alone")
    plan.keep_part(
        house.space("Mia"), name="alone", steps=kept.steps[:1], seen=plan_access.mark_of(kept.steps)
    )
    tab.fill("#line-1", "Put the kettle on.")
    press(tab, "Keep this part")


@sight("plan-after")
def plan_after(tab: Any, house: Served) -> None:
    _at_the_plan(tab, house, "plan-after", "alone")


@sight("plan-after")
def plan_after_nobody(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("plan-after", "people"))


@sight("plan-step")
def plan_step(tab: Any, house: Served) -> None:
    _at_the_plan(tab, house)
    tab.goto(address("plan-step", _step(house)))


@sight("plan-step")
def plan_step_out(tab: Any, house: Served) -> None:
    plan_step(tab, house)
    tab.locator("label:has([value=hard])").click()
    press(tab, "I do this now")


@sight("plan-step")
def plan_step_back(tab: Any, house: Served) -> None:
    plan_step_out(tab, house)
    tab.locator("label:has([value=all-right])").click()
    press(tab, "I am back")


@sight("plan-step")
def plan_step_back_and_hard(tab: Any, house: Served) -> None:
    plan_step_out(tab, house)
    tab.locator("label:has([value=hard])").click()
    press(tab, "I am back")


@sight("plan-look")
def plan_look(tab: Any, house: Served) -> None:
    _at_the_plan(tab, house)
    house.clock.forward(86400)
    kept = plan_access.part_of(house.space("Mia"), "people")
    plan.keep_part(
        house.space("Mia"), name="people", steps=kept.steps[1:], seen=plan_access.mark_of(kept.steps)
    )
    come_in(tab, house, "Mia")
    tab.goto(address("plan-look"))


@sight("plan-print")
def plan_on_paper(tab: Any, house: Served) -> None:
    _at_the_plan(tab, house, "plan-print")


@sight("plan-print")
def plan_on_paper_before_there_is_one(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("plan-print"))


@sight("plan-print", "plan-paper")
def plan_paper(tab: Any, house: Served) -> None:
    """A file comes, and the page stays as it is."""
    plan_on_paper(tab, house)
    with tab.expect_download():
        tab.get_by_role("button", name="Make the paper", exact=True).click()


@sight("plan-phone")
def plan_phone(tab: Any, house: Served) -> None:
    _at_the_plan(tab, house, "plan-phone")


@sight("plan-beside")
def plan_beside_it(tab: Any, house: Served) -> None:
    _at_the_plan(tab, house, "plan-beside")


@sight("plan", "plan-beside")
def plan_with_keepsakes(tab: Any, house: Served) -> None:
    plan_beside_it(tab, house)
    tab.locator("[name=keepsake]").first.check()
    press(tab, "Keep this")


@sight("plan-beside")
def plan_beside_it_nothing_yet(tab: Any, house: Served) -> None:
    plan_nobody_yet(tab, house)
    tab.goto(address("plan-beside"))


@sight("plan-erase")
def plan_erase(tab: Any, house: Served) -> None:
    _at_the_plan(tab, house, "plan-erase")


# Things put away ------------------------------------------------------------------------------------


def _at_the_tin(tab: Any, house: Served, page: str = "safekeeping-thing") -> str:
    """Mia has put a tin away; gives the tin's key."""
    space = house.space("Mia")
    for there in safekeeping_access.things(space):
        safekeeping.erase(space, there.id)
    record = PutAway(
        label="the tin", keeper="Aya", decides_with="Aya", since=SUNDAY.date(), review_on=SUNDAY.date(),
        if_keeper_goes="Tom has it then.",
    )  # fmt: skip
    key = safekeeping.put_away(space, record=record)
    come_in(tab, house, "Mia")
    tab.goto(address(page, key))
    return key


@sight("safekeeping")
def things_none(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("safekeeping"))


@sight("safekeeping")
def things(tab: Any, house: Served) -> None:
    _at_the_tin(tab, house)
    tab.goto(address("safekeeping"))


@sight("safekeeping-new")
def thing_new(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("safekeeping-new"))


@sight("safekeeping-new", status=422)
def thing_new_wrong(tab: Any, house: Served) -> None:
    thing_new(tab, house)
    tab.fill("[name=keeper]", "Somebody who could be pressed")
    tab.locator("label:has([name=pressed][value=yes])").click()
    press(tab, "Keep this")


@sight("safekeeping-thing")
def thing(tab: Any, house: Served) -> None:
    _at_the_tin(tab, house)


@sight("safekeeping-thing")
def thing_asked_for(tab: Any, house: Served) -> None:
    _at_the_tin(tab, house)
    press(tab, "I ask for it back")


@sight("safekeeping-thing")
def thing_free(tab: Any, house: Served) -> None:
    key = _at_the_tin(tab, house)
    press(tab, "I ask for it back")
    house.clock.forward(73 * 3600)
    come_in(tab, house, "Mia")
    tab.goto(address("safekeeping-thing", key))


@sight("safekeeping-change")
def thing_change(tab: Any, house: Served) -> None:
    _at_the_tin(tab, house, "safekeeping-change")


@sight("safekeeping-erase")
def thing_erase(tab: Any, house: Served) -> None:
    _at_the_tin(tab, house, "safekeeping-erase")


# The circle ---------------------------------------------------------------------------------------


def _friends(house: Served) -> None:
    """Tom is in Mia's circle and sees a part of her plan until Friday; she stands beside him as well."""
    mia, tom = house.space("Mia"), house.space("Tom")
    for space in (mia, tom):
        for contact in vault.contacts(space):
            if contact.kind in (vault.ALLY, vault.BESIDE) and contact.id not in (ALLY, FRIEND):
                vault.let_go(space, contact.id)
    be_friends(mia, tom, known_as=ALLY, knows=FRIEND, name="Tom")
    be_friends(tom, mia, known_as=ALLY, knows=FRIEND, name="Mia")
    for space in (mia, tom):
        for kind, chapter in ((Told, "told"), (Reply, "reply")):
            for key in space.keys(kind, chapter):
                space.forget(kind, f"{chapter}/{key}")
        space.set_own(TellWishes())
    if not plan_access.has_plan(mia):
        write_plan(mia, "Mia")
    mia.set_own(Circle())
    circle.show(mia, ALLY, "plan", until=calendar_day() + dt.timedelta(days=5), choice=("alone", "matters"))


def _in_circle(tab: Any, house: Served, page: str, *arguments: str, name: str = "Mia") -> None:
    _friends(house)
    come_in(tab, house, name)
    tab.goto(address(page, *arguments))


@sight("circle")
def circle_of_one(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("circle"))


@sight("circle")
def circle_page(tab: Any, house: Served) -> None:
    _friends(house)
    vault.invite(house.space("Mia"), vault.ALLY, "Aya")
    house.space("Mia").change_own(Circle, lambda one: altered(one, stepped_back=("Noor",)))
    come_in(tab, house, "Mia")
    tab.goto(address("circle"))


@sight("circle-invite")
def circle_invite(tab: Any, house: Served) -> None:
    _in_circle(tab, house, "circle-invite")


@sight("circle-invite")
def circle_invited(tab: Any, house: Served) -> None:
    circle_invite(tab, house)
    tab.fill("[name=name]", "Aya")
    press(tab, "Make the words")


@sight("circle-invite", status=422)
def circle_invite_nobody(tab: Any, house: Served) -> None:
    circle_invite(tab, house)
    press(tab, "Make the words")


@sight("circle-person")
def circle_person(tab: Any, house: Served) -> None:
    _in_circle(tab, house, "circle-person", ALLY)


@sight("circle-person")
def circle_person_taken_back(tab: Any, house: Served) -> None:
    circle_person(tab, house)
    press(tab, "Take it back")


@sight("circle-show")
def circle_show(tab: Any, house: Served) -> None:
    _in_circle(tab, house, "circle-show", f"{ALLY}-plan")


@sight("circle-show", status=422)
def circle_show_nothing_chosen(tab: Any, house: Served) -> None:
    circle_show(tab, house)
    for box in tab.locator("[name=choice]").all():
        box.uncheck()
    tab.fill("[name=day]", "2027-12-24")
    press(tab, "Show it")


@sight("circle-part")
def circle_part(tab: Any, house: Served) -> None:
    _in_circle(tab, house, "circle-part", ALLY)


@sight("circle-had-to")
def circle_had_to(tab: Any, house: Served) -> None:
    _in_circle(tab, house, "circle-had-to")


@sight("circle-links")
def circle_links(tab: Any, house: Served) -> None:
    _in_circle(tab, house, "circle-links")
    for link in circle_access.links(house.space("Mia")):
        circle.end_link(house.space("Mia"), link.id)
    tab.get_by_label("What I can do by myself").check()
    tab.fill("[name=name]", "my sister")
    press(tab, "Make a link")


@sight("seen")
def shown_by_a_link(tab: Any, house: Served) -> None:
    _friends(house)
    mia = house.space("Mia")
    for link in circle_access.links(mia):
        circle.end_link(mia, link.id)
    token = circle.make_link(mia, "plan", choice=("alone", "people"))
    tab.goto(address("seen", spelt(token)))


@sight("seen", status=404)
def shown_by_a_link_that_ended(tab: Any, house: Served) -> None:
    tab.goto(address("seen", "A" * 43))


@sight("tell")
def tell(tab: Any, house: Served) -> None:
    _in_circle(tab, house, "tell")


@sight("tell")
def tell_and_wait(tab: Any, house: Served) -> None:
    tell(tab, house)
    press(tab, "Can you call me?")


@sight("tell")
def tell_and_no_answer(tab: Any, house: Served) -> None:
    _friends(house)
    circle.tell(house.space("Mia"), (ALLY,), line="Can you call me?")
    house.clock.forward(16 * 60)
    come_in(tab, house, "Mia")
    tab.goto(address("tell"))


@sight("tell-wishes")
def tell_wishes(tab: Any, house: Served) -> None:
    _in_circle(tab, house, "tell-wishes")


@sight("beside")
def beside(tab: Any, house: Served) -> None:
    _friends(house)
    circle.tell(house.space("Mia"), (ALLY,), line="Can you come over?")
    come_in(tab, house, "Tom")
    tab.goto(address("beside"))


@sight("beside-one")
def beside_one(tab: Any, house: Served) -> None:
    _in_circle(tab, house, "beside-one", FRIEND, name="Tom")


@sight("beside-one", "beside-picture")
def beside_one_with_a_picture(tab: Any, house: Served) -> None:
    _friends(house)
    _keepsakes(house)
    circle.show(house.space("Mia"), ALLY, "keepsake", until=calendar_day(), choice=("2a" * 8,))
    come_in(tab, house, "Tom")
    tab.goto(address("beside-one", FRIEND))


@sight("beside-back")
def beside_back(tab: Any, house: Served) -> None:
    _in_circle(tab, house, "beside-back", FRIEND, name="Tom")


@sight("accept")
def accept(tab: Any, house: Served) -> None:
    _in_circle(tab, house, "accept")


# Help ---------------------------------------------------------------------------------------------


@sight("help")
def help_first(tab: Any, house: Served) -> None:
    tab.goto("/help")


@sight("help")
def help_without_a_country(tab: Any, house: Served) -> None:
    before = vault.setting("programme", Programme)
    vault.set_setting("programme", Programme())
    try:
        tab.goto("/help")
    finally:
        vault.set_setting("programme", before)


@sight("help")
def help_from_inside(tab: Any, house: Served) -> None:
    come_in(tab, house, "Mia")
    tab.goto("/help")


@sight("help-breathe")
def help_breathe(tab: Any, house: Served) -> None:
    tab.goto("/help/breathe")


@sight("help-senses")
def help_senses(tab: Any, house: Served) -> None:
    tab.goto("/help/senses")


@sight("help-lines")
def help_lines(tab: Any, house: Served) -> None:
    tab.goto("/help/lines")


@sight("help-lines-of")
def help_lines_of_japan(tab: Any, house: Served) -> None:
    tab.goto("/help/lines/JP")


@sight("help-country")
def help_country(tab: Any, house: Served) -> None:
    tab.goto("/help/country?country=IE")


@sight("help-country", status=422)
def help_country_unknown(tab: Any, house: Served) -> None:
    help_country(tab, house)
    tab.evaluate("document.querySelector('[name=country]').innerHTML = '<option value=zebra>Zebra</option>'")
    press(tab, "Show these lines")


@sight("help-country", "help-lines")
def help_country_remembered(tab: Any, house: Served) -> None:
    help_country(tab, house)
    tab.get_by_label("Remember this on this phone").check()
    press(tab, "Show these lines")


@sight("help-country", "help")
def help_first_of_another_country(tab: Any, house: Served) -> None:
    help_country_remembered(tab, house)
    tab.goto("/help")


@sight("help-country")
def help_country_to_forget(tab: Any, house: Served) -> None:
    help_country_remembered(tab, house)
    tab.goto("/help/country")


@sight("help-shelf")
def help_shelf(tab: Any, house: Served) -> None:
    tab.goto("/help/shelf")


@sight("help-shelf")
def help_shelf_from_inside(tab: Any, house: Served) -> None:
    come_in(tab, house, "Mia")
    tab.goto("/help/shelf")


def _skill(name: str) -> Reach:
    def reach(tab: Any, house: Served) -> None:
        tab.goto(address("help-skill", name))

    return reach


for _name in ("feet", "five-fingers", "square", "hard-choice", "telling-somebody"):  # one of each shape
    SIGHTS.append(Sight(f"help-shelf-{_name}", ("help-skill",), _skill(_name), 200))


@sight("safety")
def safety(tab: Any, house: Served) -> None:
    tab.goto("/safety")


# When something went another way ------------------------------------------------------------------


def _error(status: int) -> None:
    def reach(tab: Any, house: Served) -> None:
        made = error_pages.kind_page(RequestFactory().get("/"), status)
        headers = {name: value for name, value in made.headers.items() if name != "Content-Length"}
        tab.route(
            "**/over/there", lambda route: route.fulfill(status=status, body=made.text, headers=headers)
        )
        tab.goto("/over/there")

    SIGHTS.append(Sight(f"error-{status}", (), reach, status))


for _status in (400, 403, 404, 413, 429, 500, 503):
    _error(_status)


@sight(status=400)
def error_400_other_host(tab: Any, house: Served) -> None:
    tab.goto(house.origin.replace("127.0.0.1", "elsewhere.example") + "/")


@sight(status=404)
def error_404_from_inside(tab: Any, house: Served) -> None:
    come_in(tab, house, "Mia")
    tab.goto("/nowhere")


# Keepsakes ----------------------------------------------------------------------------------------

A_LETTER = (
    "You were the calm one in that kitchen. I told my mother about it, and she wants to know what you take in "
    "your tea.\nCome by on Sunday, or do not. The chair stays where it is."
)


def _drawing() -> pictures.Picture:
    """A roof in the evening, drawn with a few lines."""
    picture = Image.new("RGB", (1200, 900), (46, 52, 78))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 620, 1200, 900), fill=(32, 34, 46))
    pen.polygon([(150, 620), (600, 300), (1050, 620)], fill=(92, 70, 58))
    pen.rectangle((540, 470, 660, 620), fill=(233, 180, 108))
    pen.ellipse((930, 120, 1010, 200), fill=(240, 232, 214))
    written = []
    for side in (1200, 320):
        sized, out = picture.copy(), io.BytesIO()
        sized.thumbnail((side, side))
        sized.save(out, "JPEG", quality=75)
        written.append(out.getvalue())
    return pictures.Picture(1200, 900, *written)


def _keepsakes(house: Served) -> None:
    """Mia has four, at the same places each time."""
    space, at = house.space("Mia"), SUNDAY
    for number, (sort, said) in enumerate(
        (
            ("words", {"text": A_LETTER, "by": "Aya"}),
            ("song", {"title": "The slow one from the car", "by": "The Veranda Band",
                      "link": "https://music.example.org/slow"}),
            ("picture", {"text": "The roof of the depot, from the bench", "width": 1200, "height": 900}),
            ("words", {"text": "You do not have to be finished to be good company.", "by": "Daniel"}),
        )
    ):  # fmt: skip
        key = f"{number}a" * 8
        keepsakes.erase(space, key=key)
        record = Keepsake(sort=sort, added_at=at + dt.timedelta(hours=number), **said)  # type: ignore[arg-type]
        keepsakes.keep(space, key=key, record=record, picture=_drawing() if sort == "picture" else None)


def _keepsake_page(tab: Any, house: Served, name: str, *about: object, query: str = "") -> None:
    _keepsakes(house)
    come_in(tab, house, "Mia")
    tab.goto(address(name, *about) + query)


@sight("keepsakes")
def keepsakes_all(tab: Any, house: Served) -> None:
    _keepsake_page(tab, house, "keepsakes")


@sight("keepsakes", "keepsake-small")
def keepsakes_with_pictures(tab: Any, house: Served) -> None:
    _keepsake_page(tab, house, "keepsakes", query="?pictures")


@sight("keepsakes")
def keepsakes_none(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("keepsakes"))


@sight("keepsakes-one")
def keepsakes_one(tab: Any, house: Served) -> None:
    _keepsake_page(tab, house, "keepsakes-one", query=f"?at={'0' * 16}-1")


@sight("keepsakes-one")
def keepsakes_one_none(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("keepsakes-one"))


@sight("keepsake")
def keepsake_words(tab: Any, house: Served) -> None:
    _keepsake_page(tab, house, "keepsake", "0a" * 8)


@sight("keepsake")
def keepsake_song(tab: Any, house: Served) -> None:
    _keepsake_page(tab, house, "keepsake", "1a" * 8)


@sight("keepsake", "keepsake-picture")
def keepsake_picture(tab: Any, house: Served) -> None:
    _keepsake_page(tab, house, "keepsake", "2a" * 8)


@sight("keepsake-words")
def keepsake_add_words(tab: Any, house: Served) -> None:
    _keepsake_page(tab, house, "keepsake-words")


@sight("keepsake-photo")
def keepsake_add_picture(tab: Any, house: Served) -> None:
    _keepsake_page(tab, house, "keepsake-photo")


@sight("keepsake-photo", status=422)
def keepsake_add_picture_refused(tab: Any, house: Served) -> None:
    keepsake_add_picture(tab, house)
    tab.fill("[name=text]", "The roof of the depot")
    refused = {"name": "roof.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"}
    tab.set_input_files("[name=picture]", refused)
    press(tab, "Keep this")


@sight("keepsake-song")
def keepsake_add_song(tab: Any, house: Served) -> None:
    _keepsake_page(tab, house, "keepsake-song")


@sight("keepsake-change")
def keepsake_change(tab: Any, house: Served) -> None:
    _keepsake_page(tab, house, "keepsake-change", "0a" * 8)


@sight("keepsake-change", status=409)
def keepsake_in_two_tabs(tab: Any, house: Served) -> None:
    keepsake_change(tab, house)
    space, key = house.space("Mia"), "0a" * 8
    record = Keepsake(sort="words", added_at=SUNDAY, text="The chair stays where it is.", by="Aya")
    keepsakes.change(space, key=key, record=record, seen=1)
    tab.fill("[name=by]", "Aya, in March")
    press(tab, "Keep this")


@sight("keepsake-erase")
def keepsake_erase(tab: Any, house: Served) -> None:
    _keepsake_page(tab, house, "keepsake-erase", "2a" * 8)


# The knock ----------------------------------------------------------------------------------------


def _silence(house: Served, state: str) -> None:
    """Mia has a knock that is new, asked for, waits for Tom, or went to him; and Tom asks the same of her."""
    _friends(house)
    mia, tom = house.space("Mia"), house.space("Tom")
    knock.erase(mia)
    is_asked(mia, FRIEND, tom, ALLY)
    if state == "new":
        return
    knock.draft(mia, first=ALLY, **TERMS)
    knock.ask(mia)
    if state == "asked":
        return
    knock.answer(tom, FRIEND, mark=knock_access.asked_by(tom, FRIEND).mark, yes=True)
    knock.renew(mia)
    if state == "went":
        timer = vault.release.timer_of(mia)
        assert timer is not None
        vault.release.let_out(timer, vault.release.keep_beat(stopped=False), int(house.clock.at.timestamp()))


def _in_silence(tab: Any, house: Served, state: str, page: str, *arguments: str, name: str = "Mia") -> None:
    _silence(house, state)
    come_in(tab, house, name)
    tab.goto(address(page, *arguments))


@sight("knock")
def knock_none(tab: Any, house: Served) -> None:
    _in_silence(tab, house, "new", "knock")


@sight("knock")
def knock_asked_for(tab: Any, house: Served) -> None:
    _in_silence(tab, house, "asked", "knock")


@sight("knock")
def knock_on(tab: Any, house: Served) -> None:
    _in_silence(tab, house, "on", "knock")


@sight("knock")
def knock_went(tab: Any, house: Served) -> None:
    _in_silence(tab, house, "went", "knock")


def _at_step(step: str) -> Reach:
    def reach(tab: Any, house: Served) -> None:
        _in_silence(tab, house, "asked", "knock-step", step)

    reach.__name__ = f"knock_step_{step}"
    return reach


for _step_name in STEPS:
    sight("knock-step")(_at_step(_step_name))


@sight("knock-step", status=422)
def knock_step_not_answered(tab: Any, house: Served) -> None:
    _in_silence(tab, house, "new", "knock-step", "words")
    tab.fill("[name=text]", "")
    press(tab, "Go on")


@sight("knock-away")
def knock_away(tab: Any, house: Served) -> None:
    _in_silence(tab, house, "on", "knock-away")
    press(tab, "A week")
    tab.goto(address("knock-away"))


@sight("knock-erase")
def knock_erase(tab: Any, house: Served) -> None:
    _in_silence(tab, house, "on", "knock-erase")


@sight("knock-asked")
def knock_asked(tab: Any, house: Served) -> None:
    _in_silence(tab, house, "new", "knock-asked", FRIEND)


@sight("knock-card")
def knock_card(tab: Any, house: Served) -> None:
    _in_silence(tab, house, "new", "knock-card", FRIEND)


@sight("knock-card")
def knock_card_with_help(tab: Any, house: Served) -> None:
    _in_silence(tab, house, "new", "knock-card", FRIEND)
    press(tab, "I need help with this")


@sight("knock-tap")
def knock_tap(tab: Any, house: Served) -> None:
    _silence(house, "on")
    watch = vault.release.watch_of(house.space("Mia"))
    assert watch is not None
    tab.goto(way_to_tap(watch.token))


@sight("knock-tap")
def knock_tapped(tab: Any, house: Served) -> None:
    knock_tap(tab, house)
    press(tab, "I am here")


@sight("clocks")
def clocks(tab: Any, house: Served) -> None:
    come_in(tab, house, "Daniel")
    tab.goto(address("clocks"))


# The bell -------------------------------------------------------------------------------------------


def _at_the_bell(tab: Any, house: Served, page: str = "bell", *, can: bool = True, **wishes: Any) -> None:
    """Mia at a page of her bell, in a place that can ring, or cannot."""
    settings.IBASHO_SITE = "https://ibasho.example.org" if can else ""
    settings.IBASHO_SMTP, settings.IBASHO_SENDER, settings.IBASHO_PUSH = (
        "smtp://localhost:9",
        "kettle@example.org",
        "known",
    )
    space = house.space("Mia")
    bell.freeze(space)
    space.set_own(BellWishes(**wishes))
    bell.keep_up(space)
    come_in(tab, house, "Mia")
    tab.goto(address(page))


def _ways() -> dict[str, Any]:
    since = SUNDAY.date().replace(day=12)
    return {
        "browsers": (Browser("0b" * 6, "https://fcm.googleapis.com/x", bytes(65), bytes(16), since),),
        "mail": Address("0a" * 6, "m.otter@example.org", since),
    }


@sight("bell")
def bell_off(tab: Any, house: Served) -> None:
    _at_the_bell(tab, house)


@sight("bell")
def bell_that_nobody_set_up(tab: Any, house: Served) -> None:
    _at_the_bell(tab, house, can=False)


@sight("bell")
def bell_on(tab: Any, house: Served) -> None:
    _at_the_bell(tab, house, **_ways())
    since = {"0b" * 6: vault.Silence(SUNDAY.date().replace(day=14), True)}
    vault.change_bell(
        vault.own_bell(house.space("Mia")), lambda one: vault.Bell(one.text, one.channels, silent=since)
    )
    tab.reload()


@sight("bell")
def bell_frozen(tab: Any, house: Served) -> None:
    _at_the_bell(tab, house, **_ways())
    press(tab, "Everything off")


@sight("bell-mail")
def bell_by_mail(tab: Any, house: Served) -> None:
    _at_the_bell(tab, house, "bell-mail")


@sight("bell-mail", status=422)
def bell_by_mail_not_an_address(tab: Any, house: Served) -> None:
    _at_the_bell(tab, house, "bell-mail")
    tab.fill("[name=address]", "m.otter at example.org")
    tab.evaluate("document.querySelector('[name=address]').type = 'text'")
    press(tab, "Turn it on")


@sight("bell-browser")
def bell_in_this_browser(tab: Any, house: Served) -> None:
    _at_the_bell(tab, house, "bell-browser")


@sight("bell-line")
def bell_line(tab: Any, house: Served) -> None:
    _at_the_bell(tab, house, "bell-line")


# Somebody keeps it, and friends who let somebody back in --------------------------------------------


def _tom_keeps(house: Served, *acts: Any) -> str:
    """Mia asked Tom to keep a tin, and Tom did what `acts` say. Gives how Tom's page names it."""
    _friends(house)
    mia, tom = house.space("Mia"), house.space("Tom")
    for there in safekeeping_access.things(mia):
        safekeeping.erase(mia, there.id)
    safekeeping.tidy(tom)
    record = PutAway(
        label="the tin",
        keeper="Tom",
        keeper_id=ALLY,
        decides_with="Tom",
        since=SUNDAY.date(),
        if_keeper_goes="Aya.",
    )
    key = safekeeping.put_away(mia, record=record)
    if acts:
        safekeeping.entrust(mia, key, line="the code of the tin")
    for act in acts[1:]:
        act(tom, f"{FRIEND}-{key}")
    return f"{FRIEND}-{key}"


def _asked_back(house: Served) -> str:
    kept = _tom_keeps(house, "asked", safekeeping.accept, safekeeping.confirm)
    safekeeping.ask_back(house.space("Mia"), kept.partition("-")[2])
    house.clock.forward(73 * 3600)
    return kept


@sight("safekeeping-thing")
def thing_to_ask_tom(tab: Any, house: Served) -> None:
    kept = _tom_keeps(house)
    come_in(tab, house, "Mia")
    tab.goto(address("safekeeping-thing", kept.partition("-")[2]))


@sight("safekeeping-thing", status=422)
def thing_line_too_long(tab: Any, house: Served) -> None:
    thing_to_ask_tom(tab, house)
    tab.fill("[name=line]", "a long line " * 30)
    press(tab, "Ask Tom to keep it")


@sight("safekeeping-thing")
def thing_both_say_yes(tab: Any, house: Served) -> None:
    kept = _asked_back(house)
    safekeeping.say_yes(house.space("Tom"), kept, said="I am up until ten.")
    come_in(tab, house, "Mia")
    tab.goto(address("safekeeping-thing", kept.partition("-")[2]))


@sight("safekeeping-keeping")
def keeping(tab: Any, house: Served) -> None:
    _tom_keeps(house, "asked")
    come_in(tab, house, "Tom")
    tab.goto(address("safekeeping-keeping"))


@sight("safekeeping-keeping")
def keeping_nothing(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("safekeeping-keeping"))


@sight("safekeeping-kept")
def kept_offered(tab: Any, house: Served) -> None:
    kept = _tom_keeps(house, "asked")
    come_in(tab, house, "Tom")
    tab.goto(address("safekeeping-kept", kept))


@sight("safekeeping-kept", status=422)
def kept_without_reading(tab: Any, house: Served) -> None:
    kept_offered(tab, house)
    press(tab, "I will keep it")


@sight("safekeeping-kept")
def kept_asked_for(tab: Any, house: Served) -> None:
    kept = _asked_back(house)
    come_in(tab, house, "Tom")
    tab.goto(address("safekeeping-kept", kept))


@sight("lost-words")
def lost_words(tab: Any, house: Served) -> None:
    tab.goto(address("lost-words"))


@sight("lost-words")
def lost_words_new_ones(tab: Any, house: Served) -> None:
    lost_words(tab, house)
    _wait(house)
    press(tab, "Begin")


@sight("lost-words", status=422)
def lost_words_typed_wrong(tab: Any, house: Served) -> None:
    lost_words_new_ones(tab, house)
    press(tab, "I have them on paper")
    tab.fill("[name=words]", "otter badger")
    press(tab, "Wait for my friends")


def _waiting(house: Served) -> vault.Space:
    """Somebody lost their words, and waits."""
    words = vault.new_words()
    house.words["waiting"], house.spaces["waiting"] = words, vault.make_waiting_place(words)
    return house.spaces["waiting"]


@sight("waiting")
def waiting(tab: Any, house: Served) -> None:
    _waiting(house)
    come_in(tab, house, "waiting")
    tab.goto(address("waiting"))


@sight("waiting")
def waiting_words_for_a_friend(tab: Any, house: Served) -> None:
    waiting(tab, house)
    tab.fill("[name=name]", "Tom")
    press(tab, "Five words for a friend")


def _three_friends(tab: Any, house: Served) -> list[vault.Space]:
    """Somebody new chose three friends to let them back in."""
    somebody_new(tab, house)
    mine = house.spaces["newcomer"]
    three = [vault.make_space(vault.new_words()) for _ in range(3)]
    for number, friend in enumerate(three):
        name = ("Tom", "Noor", "Daniel")[number]
        be_friends(mine, friend, known_as=f"{number}a" * 8, knows=FRIEND, name=name)
    friends.choose(mine, [f"{number}a" * 8 for number in range(3)])
    return three


def _somebody_calls(house: Served, friend: vault.Space) -> str:
    """A friend typed the words they heard. Gives how their page names it."""
    friends.tend(friend)
    house.spaces["friend"], house.words["friend"] = friend, vault.new_words()
    waits = _waiting(house)
    one = friends.listen(friend, friends.words_for_a_friend(waits, "Tom"))
    friends.tend(waits)
    return one


@sight("friends-let-in")
def friends_few(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("friends-let-in"))


@sight("friends-let-in")
def friends_three(tab: Any, house: Served) -> None:
    _three_friends(tab, house)
    tab.goto(address("friends-let-in"))


@sight("friends-let-in", status=422)
def friends_only_two(tab: Any, house: Served) -> None:
    friends_three(tab, house)
    tab.locator("[name=friend]").first.uncheck()
    tab.fill("[name=words]", house.words["newcomer"])
    press(tab, "These three")


@sight("friends-asked")
def friends_asked(tab: Any, house: Served) -> None:
    friend = _three_friends(tab, house)[0]
    friends.heard_the_voice(friend, _somebody_calls(house, friend), FRIEND)
    tab.goto(address("friends-asked"))


@sight("friends-asked")
def friends_asked_and_stopped(tab: Any, house: Served) -> None:
    friends_asked(tab, house)
    press(tab, "It is not me: stop it")


@sight("lost-friend")
def lost_friend(tab: Any, house: Served) -> None:
    _somebody_calls(house, _three_friends(tab, house)[0])
    come_in(tab, house, "friend")
    tab.goto(address("lost-friend"))


@sight("lost-friend", status=403)
def lost_friend_wrong_words(tab: Any, house: Served) -> None:
    lost_friend(tab, house)
    tab.fill("[name=words]", "otter badger acorn chestnut maple")
    press(tab, "Go on")


@sight("lost-friend-one")
def lost_friend_compare(tab: Any, house: Served) -> None:
    one = _somebody_calls(house, _three_friends(tab, house)[0])
    come_in(tab, house, "friend")
    tab.goto(address("lost-friend-one", one))


@sight("lost-friend-one", status=422)
def lost_friend_no_voice(tab: Any, house: Served) -> None:
    lost_friend_compare(tab, house)
    tab.locator("label:has([name=whose])").first.click()
    press(tab, "It is them")


@sight("lost-friend-one")
def lost_friend_waits(tab: Any, house: Served) -> None:
    lost_friend_no_voice(tab, house)
    tab.locator("label:has([name=whose])").first.click()
    tab.locator("[name=voice]").check()
    press(tab, "It is them")


# Asks -----------------------------------------------------------------------------------------------


def _asks(house: Served, *, taken: bool = True) -> str:
    """Mia asks Tom, and somebody else she knows, for company on a few evenings; gives the name of the ask."""
    mia, tom = house.space("Mia"), house.space("Tom")
    _friends(house)
    for one in asks_access.own_asks(mia):
        asks.end(mia, one.id)
    for told in asks_access.otherwise(tom):
        asks.understood(tom, key=told.key)
    be_friends(mia, house.space("Daniel"), known_as="0d" * 8, knows="0d" * 8, name="Daniel")
    slots = slots_of(every_day(SUNDAY.date(), SUNDAY.date() + dt.timedelta(days=5)), ["evening"], None)
    name = asks.ask(
        mia,
        what="Company",
        note="Tea, and nobody has to talk.",
        slots=slots,
        people=[ALLY, "0d" * 8],
        rings=True,
    )
    if taken:
        view = asks_access.asked_of(tom)[0]
        asks.take(tom, view.id, slot=view.slots[0].key)
        asks.say_beside(tom, view.id, slot=view.slots[0].key, line="I bring soup.")
        asks.take(house.space("Daniel"), view.id, slot=view.slots[2].key)
        asks.would_swap(house.space("Daniel"), view.id, slot=view.slots[2].key)
    return name


def _at_asks(tab: Any, house: Served, page: str = "asks", *, name: str = "Mia", query: str = "") -> str:
    ask = _asks(house)
    come_in(tab, house, name)
    arguments = (ask,) if page in ("asks-ask", "asks-change", "asks-more", "asks-end") else ()
    tab.goto(address(page, *arguments) + query)
    return ask


@sight("asks")
def asks_none(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("asks"))


@sight("asks")
def asks_week(tab: Any, house: Served) -> None:
    _at_asks(tab, house)


@sight("asks-week")
def asks_next_week(tab: Any, house: Served) -> None:
    _at_asks(tab, house)
    tab.get_by_role("link", name="The week after").click()
    tab.wait_for_load_state("load")


@sight("asks-new")
def asks_what(tab: Any, house: Served) -> None:
    _at_asks(tab, house, "asks-new")


@sight("asks-new", status=422)
def asks_nothing_said(tab: Any, house: Served) -> None:
    asks_what(tab, house)
    press(tab, "Go on")


@sight("asks-new")
def asks_when(tab: Any, house: Served) -> None:
    _at_asks(tab, house, "asks-new", query="?week")


@sight("asks-new", status=422)
def asks_when_wrong(tab: Any, house: Served) -> None:
    asks_when(tab, house)
    tab.fill("[name=first]", "2026-11-20")
    tab.locator('label:has([name="how"][value="weekly"])').click()
    press(tab, "Go on")


@sight("asks-new")
def asks_who(tab: Any, house: Served) -> None:
    asks_when(tab, house)
    press(tab, "Go on")


@sight("asks-new", status=422)
def asks_nobody(tab: Any, house: Served) -> None:
    asks_who(tab, house)
    press(tab, "Ask those I ticked")


@sight("asks-new")
def asks_nobody_there_yet(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("asks-new") + "?week")
    press(tab, "Go on")


@sight("asks-ask")
def asks_one(tab: Any, house: Served) -> None:
    _at_asks(tab, house, "asks-ask")


@sight("asks-ask")
def asks_one_closed(tab: Any, house: Served) -> None:
    asks_one(tab, house)
    press(tab, "Nothing more is needed")


@sight("asks-change")
def asks_change(tab: Any, house: Served) -> None:
    _at_asks(tab, house, "asks-change")


@sight("asks-more")
def asks_more(tab: Any, house: Served) -> None:
    _at_asks(tab, house, "asks-more")


@sight("asks-end")
def asks_end(tab: Any, house: Served) -> None:
    _at_asks(tab, house, "asks-end")


@sight("asks-asked")
def asks_asked(tab: Any, house: Served) -> None:
    _asks(house)
    come_in(tab, house, "Tom")
    tab.goto(address("asks-asked", asks_access.asked_of(house.space("Tom"))[0].id))


@sight("asks-asked", status=409)
def asks_somebody_was_faster(tab: Any, house: Served) -> None:
    asks_asked(tab, house)
    view = asks_access.asked_of(house.space("Daniel"))[0]
    asks.take(house.space("Daniel"), view.id, slot=view.slots[1].key)
    tab.locator(f'[name=take][value="{view.slots[1].key}"]').click()
    tab.wait_for_load_state("load")


@sight("beside", "asks-read")
def asks_not_needed_any_more(tab: Any, house: Served) -> None:
    ask = _asks(house)
    mia = house.space("Mia")
    asks.drop_slot(mia, ask, slot=asks_access.own_ask(mia, ask).slots[0].key)
    come_in(tab, house, "Tom")
    tab.goto(address("beside"))


@sight("asks-calendar")
def asks_calendar(tab: Any, house: Served) -> None:
    asks.end_feed(house.space("Mia"))
    _at_asks(tab, house, "asks-calendar")


@sight("asks-calendar", "asks-feed")
def asks_calendar_there(tab: Any, house: Served) -> None:
    asks_calendar(tab, house)
    press(tab, "Make the calendar")
