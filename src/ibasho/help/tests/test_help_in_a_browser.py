"""Help as a hand meets it: in a real browser, without script, on a phone."""

import datetime as dt
import os
import re
from pathlib import Path

import pytest
from django.utils import timezone

from ibasho import vault
from ibasho.help import shelf
from ibasho.programme.records import Programme
from tests.support import served
from tests.support.targets import NARROW, ZOOMED, hard_to_press

pytestmark = pytest.mark.browser

PAGES = ("/help", "/help/breathe", "/help/senses", "/help/lines", "/safety")
MOVING = "document.getAnimations().filter(each => each.playState === 'running').length"


@pytest.fixture(scope="module")
def chromium():
    with served.chromium() as browser:
        yield browser


@pytest.fixture
def origin(programme):
    vault.set_setting("programme", Programme(country="GB"))
    with served.serving(served.pages_and_files()) as origin:
        yield origin


@pytest.fixture
def phone(chromium, origin):
    """Opens a phone without JavaScript; what it asks for, and what its policy refuses, is written down."""
    opened = []

    def open_phone(**wishes):
        wishes = {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False} | wishes
        context = chromium.new_context(base_url=origin, **wishes)
        opened.append(context)
        tab = context.new_page()
        tab.asked = []
        tab.refused = []
        tab.on("request", lambda request: tab.asked.append(request.url.removeprefix(origin)))
        tab.on("console", lambda said: said.type == "error" and tab.refused.append(said.text))
        return tab

    yield open_phone
    for context in opened:
        context.close()


def test_everything_needed_is_in_the_page_itself(phone):
    tab = phone()
    for path in PAGES:
        tab.asked.clear()
        tab.goto(path)
        assert [url for url in tab.asked if not url.endswith(".svg")] == [
            path
        ]  # the icon on the tab may follow
    assert tab.refused == []


def test_from_help_to_a_ringing_number_is_one_tap(phone):
    tab = phone()
    tab.goto("/help")
    assert tab.locator("a[href^='tel:']").first.get_attribute("href") == "tel:116123"


def test_breath_and_senses_are_equally_large_on_every_screen(phone):
    tab = phone()
    breaths = [f"/help/shelf/{one.name}" for one in shelf.SHELF.values() if one.kind == "breath"]
    for path in ("/help", "/help/breathe", *breaths):
        tab.goto(path)
        for width in (320, 390, 1280):
            tab.set_viewport_size({"width": width, "height": 844})
            breath, senses = (way.bounding_box() for way in tab.locator(".way").all())
            assert (breath["width"], breath["height"]) == (senses["width"], senses["height"]), (width, path)


EVERY_PAGE = [*PAGES, "/help/country", "/help/shelf", *(f"/help/shelf/{name}" for name in shelf.SHELF)]


def test_everything_that_can_be_pressed_is_large_and_stands_apart_and_nothing_is_read_sideways(phone):
    """At least 48 by 48, with 8 between: nothing is easier to miss than something else, with hands that shake."""
    tab = phone()
    for path in EVERY_PAGE:
        tab.goto(path)
        for size in ({"width": 390, "height": 844}, NARROW, ZOOMED):
            tab.set_viewport_size(size)
            assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"], (path, size)
            assert hard_to_press(tab) == [], (path, size)


STOP = """
() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const seen = one.matches('.still') ? one.nextElementSibling : one;
  const ring = getComputedStyle(seen), box = seen.getBoundingClientRect();
  const from = Math.max(box.top, 0), to = Math.min(box.bottom, innerHeight);  // what of it is on the screen
  const top = document.elementFromPoint(box.x + box.width / 2, Math.max(from, to - 16));
  return {
    name: one.tagName === 'BODY' ? '' : (one.getAttribute('href') || one.name || one.id || one.textContent.trim()),
    ring: ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) >= 2,
    uncovered: seen.contains(top) || (top && top.contains(seen)),
  };
}
"""


@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, ZOOMED], ids=["wide", "400 %"])
def test_a_keyboard_alone_comes_to_everything_and_sees_where_it_is(phone, size):
    tab = phone(viewport=size, java_script_enabled=True)
    for path in ("/help", "/help/breathe", "/help/lines", "/help/country", "/help/shelf"):
        tab.goto(path)
        every = tab.evaluate(
            "[...document.querySelectorAll('a[href], button, select, input:not([type=hidden])')]"
            ".map(one => one.getAttribute('href') || one.name || one.id || one.textContent.trim())"
        )
        walked = []
        for _ in every:
            tab.keyboard.press("Tab")
            stop = tab.evaluate(STOP)
            walked.append(stop["name"])
            assert stop["ring"], (path, stop)
            assert stop["uncovered"], (path, stop)
        assert walked == every, "in the order of the page, and nothing twice or never"


def test_help_is_walked_through_with_a_keyboard_alone(phone):
    tab = phone(java_script_enabled=True)
    tab.goto("/help")
    tab.locator(".way[href$=senses]").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/help/senses")
    tab.get_by_role("link", name="Breathe slowly instead").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/help/breathe")
    tab.keyboard.press("Tab")
    tab.get_by_label("Hold the circle still").focus()
    tab.keyboard.press("Space")
    assert tab.evaluate(MOVING) == 0


def test_a_finger_that_taps_twice_comes_to_the_same_place(phone):
    tab = phone(has_touch=True)
    for way, path in ((".way[href$=breathe]", "/help/breathe"), (".way[href$=senses]", "/help/senses")):
        tab.goto("/help")
        box = tab.locator(way).bounding_box()
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        tab.mouse.dblclick(*middle)  # a second touch while a page goes may never be answered by the browser
        tab.wait_for_url(f"**{path}")
        tab.touchscreen.tap(*middle)  # and once more, when the next page is there
        tab.wait_for_timeout(150)
        assert tab.url.endswith(path)
    tab.goto("/help")
    assert tab.evaluate("getComputedStyle(document.body).touchAction") == "manipulation"


def test_a_country_is_remembered_and_forgotten_with_fingers_alone(phone):
    tab = phone()
    tab.goto("/help/lines")
    tab.select_option("select[name=country]", "FR")
    tab.get_by_role("button", name="Show these lines").click()
    tab.get_by_role("link", name="Remember France on this phone").click()
    assert tab.locator("select[name=country]").input_value() == "FR"
    tab.get_by_text("Remember this on this phone").click()
    tab.get_by_role("button", name="Show these lines").click()
    tab.goto("/help")
    assert tab.locator("a[href^='tel:']").first.get_attribute("href") == "tel:3114"
    [cookie] = [one for one in tab.context.cookies() if one["name"] == "__Host-land"]
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Strict")
    vault.set_setting("programme", Programme(country="GB", quick_exit="/safety"))
    tab.locator("a.leave").first.click()
    tab.wait_for_url("**/safety")
    assert "__Host-land" not in {one["name"] for one in tab.context.cookies()}


ALOUD = Path(__file__).with_name("read_aloud")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/help", "help"),
        ("/help/breathe", "breathe"),
        ("/help/senses", "senses"),
        ("/help/lines/GB", "lines-of-gb"),
        ("/help/shelf/long-breath", "long-breath"),
    ],
)
def test_a_screen_reader_finds_what_eyes_find(phone, monkeypatch, path, name):
    """The tree of the page, to be read: a change of it is looked at. WRITE_ALOUD=1 writes the files anew."""
    monkeypatch.setattr(timezone, "localdate", lambda: dt.date(2026, 11, 22))
    tab = phone()
    tab.goto(path)
    tree = tab.locator("main").aria_snapshot() + "\n"
    if os.environ.get("WRITE_ALOUD"):
        (ALOUD / f"{name}.txt").write_text(tree, encoding="utf-8")
    assert tree == (ALOUD / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_what_is_on_the_shelf_is_one_sheet_of_paper_in_black(phone, paper):
    tab = phone(java_script_enabled=True)
    margin = dict.fromkeys(("top", "bottom", "left", "right"), "15mm")
    for name in ("hard-choice", "telling-somebody", "body-scan"):
        tab.goto(f"/help/shelf/{name}")
        pdf = tab.pdf(format=paper, margin=margin)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1, name
    tab.emulate_media(media="print", color_scheme="dark")
    tab.goto("/help/shelf/hard-choice")
    assert tab.locator(".grid td").last.is_visible()
    for unprinted in (".bar", ".foot", ".no-print"):
        assert not tab.locator(unprinted).first.is_visible()
    colours = tab.evaluate(
        "[...new Set([...document.querySelectorAll('main *')].filter(one => one.checkVisibility())"
        ".map(one => getComputedStyle(one).color))]"
    )
    assert colours == ["rgb(0, 0, 0)"]


def test_the_circle_breathes_and_holds_still_when_asked_by_finger_or_by_key(phone):
    tab = phone(java_script_enabled=True)
    tab.goto("/help/breathe")
    assert tab.evaluate(MOVING) == 3
    tab.get_by_text("Hold the circle still").click()
    assert tab.evaluate(MOVING) == 0
    tab.keyboard.press("Space")
    assert tab.evaluate(MOVING) == 3
    assert tab.refused == []


def test_nothing_moves_for_somebody_who_asked_for_less_motion(phone):
    tab = phone(java_script_enabled=True, reduced_motion="reduce")
    for path in PAGES:
        tab.goto(path)
        assert tab.evaluate(MOVING) == 0
    tab.goto("/help/breathe")
    for word in ("breathe in", "breathe out"):
        assert tab.get_by_text(word, exact=True).is_visible()
    assert not tab.get_by_text("Hold the circle still").is_visible()


def test_a_visitor_picks_another_country_without_script(phone):
    tab = phone()
    tab.goto("/help/lines")
    tab.select_option("select[name=country]", "FR")
    tab.get_by_role("button", name="Show these lines").click()
    assert tab.locator("a[href='tel:3114']").count() == 1
    assert tab.locator("a[href='sms:114']").count() == 1
