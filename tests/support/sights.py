"""Every page of the house as somebody sees it, and how they come there. Used by the tests of pages and by `make shots`.

A sight is reached in a fresh browser. `pages` names the addresses it stands for, so that a page nobody looked
at is found (tests/browser/test_every_page.py).
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import RequestFactory

from ibasho import vault
from ibasho.people.records import Agreement, Profile
from ibasho.plan import access as plan_access
from ibasho.plan.phone import PhoneCopy, PhonePart, PhoneStep
from ibasho.programme.days import today as calendar_day
from ibasho.programme.records import Programme
from ibasho.today import actions as today
from ibasho.today.records import Day, TodayWishes
from ibasho.web import error_pages
from ibasho.web.addresses import address
from tests.support.served import SUNDAY, Served

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


PLAN = PhoneCopy(
    made_on="Sunday, 22 November",
    parts=(
        PhonePart(
            "How I notice",
            (PhoneStep("I stop answering. The kitchen light stays on all night."),),
        ),
        PhonePart(
            "What I can do alone",
            (
                PhoneStep("Down the stairs and once around the block."),
                PhoneStep("The long bath, with the radio."),
            ),
        ),
        PhonePart(
            "Whom I can ask",
            (
                PhoneStep("Aya, day and night", tel="tel:+441134960000", sms="sms:+441134960000"),
                PhoneStep("Tom, until ten", tel="tel:+441134960001"),
            ),
        ),
    ),
)
PIN, SECOND_PIN = "lantern on the stairs", "saucers and spoons"


@contextmanager
def _a_plan(copy: PhoneCopy | None) -> Iterator[None]:
    """Whoever asks for their plan gets this one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_access, "phone_copy", lambda space: copy)
        yield


def _keep_it(tab: Any, house: Served) -> None:
    with _a_plan(PLAN):
        _keep(tab, house)


def _keep(tab: Any, house: Served) -> None:
    somebody_new(tab, house)
    tab.goto(address("pocket-keep"))
    for field, typed in (("pin", PIN), ("again", PIN), ("second", SECOND_PIN), ("second-again", SECOND_PIN)):
        tab.evaluate("([id, typed]) => document.getElementById(id).value = typed", [field, typed])
    tab.fill("[name=label]", "old phone")
    press(tab, "Keep it on this phone")
    tab.wait_for_selector("#kept", state="visible")


def _open_with(tab: Any, house: Served, pin: str) -> None:
    _keep_it(tab, house)
    tab.goto("/help/plan")
    tab.fill("#pin", pin)
    press(tab, "Open")
    tab.wait_for_selector("#open", state="visible")


@sight("pocket-keep")
def pocket_keep(tab: Any, house: Served) -> None:
    with _a_plan(PLAN):
        come_in(tab, house, "Mia")
        tab.goto(address("pocket-keep"))
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
    with _a_plan(None):
        come_in(tab, house, "Mia")
        tab.goto(address("pocket-keep"))


@sight("pocket-keep", "pocket-copy")
def pocket_kept(tab: Any, house: Served) -> None:
    _keep_it(tab, house)


@sight("pocket-keep")
def pocket_phones(tab: Any, house: Served) -> None:
    with _a_plan(PLAN):
        _keep(tab, house)
        tab.goto(address("pocket-keep") + "?removed")
        tab.wait_for_selector("#seal", state="visible")


@sight("pocket")
def pocket_nothing(tab: Any, house: Served) -> None:
    tab.goto("/help/plan")
    tab.wait_for_selector("#nothing", state="visible")


@sight("pocket", "pocket-ask", status=204)
def pocket_locked(tab: Any, house: Served) -> None:
    _keep_it(tab, house)
    tab.goto("/help/plan")
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
