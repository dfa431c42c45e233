"""A plan as it is opened in the worst minute: by hands that shake, by a keyboard, by somebody who listens."""

import os
from pathlib import Path

import pytest

from tests.support.served import chromium, served
from tests.support.sights import SIGHTS
from tests.support.tabs import OneTab
from tests.support.targets import NARROW, ZOOMED, hard_to_press

pytestmark = pytest.mark.browser

BY_NAME = {sight.name: sight for sight in SIGHTS}
ALOUD = Path(__file__).with_name("read_aloud")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch, served(tmp_path_factory.mktemp("house"), patch) as house:
        yield house


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module", params=[True])
def phone(request, browser, house):
    one = OneTab(browser, house.origin, viewport=PHONE, java_script_enabled=request.param)
    yield one
    one.close()


WITHOUT_SCRIPT = pytest.mark.parametrize("phone", [False], indirect=True, ids=["without script"])


@pytest.fixture
def tab(phone):
    with phone.lent() as tab:
        yield tab


@pytest.mark.parametrize(
    "name",
    [
        "plan-whole",
        "plan-one-part",
        "plan-step",
        "plan-step-out",
        "plan-step-back-and-hard",
        "pocket-locked",
        "pocket-open",
        "offline",
        "today-kept-with-urges",
    ],
)
def test_everything_that_can_be_pressed_is_large_and_stands_apart_and_nothing_is_read_sideways(
    name, tab, house
):
    """At least 48 by 48, with 8 between; on a phone, at 320 px and at 400 %."""
    BY_NAME[name].show(tab, house)
    for size in (PHONE, NARROW, ZOOMED):
        tab.set_viewport_size(size)
        assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"], size
        found = hard_to_press(tab)
        assert found == [], (size, found)


@pytest.mark.parametrize("name", ["plan-whole", "plan-one-part", "plan-step", "pocket-open"])
def test_a_screen_reader_finds_what_eyes_find(name, tab, house):
    """The tree of the page, to be read: a change of it is looked at. WRITE_ALOUD=1 writes the files anew."""
    BY_NAME[name].show(tab, house)
    lines = tab.locator("main").aria_snapshot().splitlines()
    tree = "\n".join(line for line in lines if "/url: /n/" not in line) + "\n"
    if os.environ.get("WRITE_ALOUD"):
        ALOUD.mkdir(exist_ok=True)
        (ALOUD / f"{name}.txt").write_text(tree, encoding="utf-8")
    assert tree == (ALOUD / f"{name}.txt").read_text("utf-8")


@WITHOUT_SCRIPT
def test_the_plan_is_one_tap_away_wherever_somebody_is_and_somebody_in_it_is_the_second(tab, house):
    """DOMAIN 1.8: at most two taps."""
    BY_NAME["plan-whole"].show(tab, house)
    for place in ("Today", "Circle", "Mine"):
        tab.get_by_role("link", name=place, exact=True).click()
        tab.get_by_role("link", name="Plan", exact=True).click()
        assert tab.locator("h1").inner_text() == "My plan"
        ring = tab.locator("a[href^='tel:']").first
        assert ring.get_attribute("href").startswith("tel:0")
    tab.get_by_role("link", name="Somebody to ring").click()
    assert tab.url.endswith("#people")


def test_a_plan_is_walked_through_with_a_keyboard_alone(tab, house):
    BY_NAME["plan-whole"].show(tab, house)
    tab.locator(".do").first.focus()
    tab.keyboard.press("Enter")
    tab.wait_for_selector("text=I do this now")
    tab.locator("[name=feels]").first.focus()
    tab.keyboard.press("Space")
    tab.get_by_role("button", name="I do this now").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_selector("text=When you are back")
    tab.get_by_role("button", name="I am back").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_selector("h1:has-text('Good to see you.')")


def test_two_fast_taps_begin_a_line_once(tab, house):
    BY_NAME["plan-step"].show(tab, house)
    tab.get_by_role("button", name="I do this now").dblclick()
    tab.wait_for_selector("text=When you are back")
    assert tab.get_by_role("button", name="I am back").count() == 1
