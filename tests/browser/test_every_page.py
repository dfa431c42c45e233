"""Every page, as it looks: axe-core in light and dark, 320 px, the keyboard, and nothing fetched from elsewhere.

WCAG 2.2 AA. The list of pages is tests/support/sights.py; a page of the URL table that is not on it fails.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.served import Served, chromium, served
from tests.support.sights import SIGHTS, Sight
from tests.support.tabs import OneTab

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NO_COMPLAINT = (
    "the server responded with a status of",
    "Cross-Origin-Opener-Policy header has been ignored",  # on the one page asked for under another host's name
    "Service Worker registration blocked by Playwright",  # but on the pages it is for: see `look`
)
BY_NAME = {sight.name: sight for sight in SIGHTS}
OURS = [sight for sight in SIGHTS if sight.name != "leave"]  # that one leads to somebody else's page


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patch, served(tmp_path_factory.mktemp("house"), patch) as house:
        yield house


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@dataclass
class Seen:
    """What a tab did while it was open."""

    tab: Any
    origin: str
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    status: int = 0

    @contextmanager
    def noted(self) -> Iterator["Seen"]:
        """Until the end of the block."""
        what: dict[str, Callable[[Any], object]] = {
            "request": lambda request: self.asked.append(request.url),
            "response": self._answered,
            "console": lambda line: line.type in ("error", "warning") and self.said.append(line.text),
            "pageerror": lambda error: self.said.append(str(error)),
        }
        for event, note in what.items():
            self.tab.on(event, note)
        yield self
        for event, note in what.items():
            self.tab.remove_listener(event, note)

    def _answered(self, response: Any) -> None:
        if response.request.resource_type in ("document", "xhr", "fetch"):
            self.status = response.status

    @property
    def elsewhere(self) -> list[str]:
        hosts = {
            urlsplit(self.origin).netloc,
            "elsewhere.example:" + urlsplit(self.origin).netloc.partition(":")[2],
        }
        return [url for url in self.asked if urlsplit(url).netloc not in hosts]

    @property
    def refused(self) -> list[str]:
        """What the browser complained about; that an answer was not 200 is no complaint."""
        return [text for text in self.said if not any(piece in text for piece in NO_COMPLAINT)]


Look = Callable[..., AbstractContextManager[Seen]]


@pytest.fixture(scope="module")
def look(browser, house) -> Iterator[Look]:
    """Shows a sight in a tab that is as good as new; without one, the tab."""
    wishes: dict[str, Any] = {
        "viewport": {"width": 1280, "height": 900},
        "color_scheme": "light",
        "reduced_motion": "reduce",
    }
    plain = OneTab(browser, house.origin, service_workers="block", **wishes)
    with_a_worker = OneTab(
        browser, house.origin, **wishes
    )  # it keeps every page of help anew, for each sight

    @contextmanager
    def at(sight: Sight | None = None) -> Iterator[Seen]:
        needed = sight is not None and any(page.startswith(("pocket", "worker")) for page in sight.pages)
        with (with_a_worker if needed else plain).lent() as tab, Seen(tab, house.origin).noted() as seen:
            if sight is not None:
                sight.show(tab, house)
            yield seen

    yield at
    plain.close()
    with_a_worker.close()


def test_no_page_is_left_out():
    from ibasho.urls import urlpatterns

    looked_at = {name for sight in SIGHTS for name in sight.pages}
    assert {pattern.name for pattern in urlpatterns} == looked_at


AXE = Axe()


def violations(tab: Any, only: list[str] | None = None) -> list[str]:
    """What axe-core finds; with `only`, by these rules alone, on a page that it was brought to already."""
    run = {"type": "tag", "values": RULES} if only is None else {"type": "rule", "values": only}
    options = {"runOnly": run, "resultTypes": ["violations"]}
    if only is None:
        found = AXE.run(tab, options=options).response
    else:
        found = tab.evaluate("options => axe.run(document, options)", options)
    return [
        f"{one['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for one in found["violations"]
        for node in one["nodes"]
    ]


WIDER = """
[...document.querySelectorAll('body *')].filter(one => {
  const box = one.getBoundingClientRect();
  if (box.right <= innerWidth + 1 || box.width === 0 || getComputedStyle(one).visibility === 'hidden') return false;
  for (let at = one; at; at = at.parentElement) {
    const style = getComputedStyle(at);
    if (style.overflowX !== 'visible' || style.position === 'fixed') return false;
  }
  return true;
}).map(one => one.outerHTML.slice(0, 160))
"""

FOCUS = """
() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  return {tag: one.tagName, skip: one.matches('a.skip'), href: one.getAttribute('href'),
          seen: box.width > 0 && box.height > 0 && box.top >= 0 && box.left >= 0,
          ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none'};
}
"""


@pytest.mark.parametrize("sight", OURS, ids=lambda sight: sight.name)
def test_a_page_can_be_read_by_everybody(sight: Sight, look: Look):
    with look(sight) as seen:
        tab = seen.tab
        assert seen.status == sight.status

        assert violations(tab) == []
        tab.emulate_media(color_scheme="dark")
        assert violations(tab, ["color-contrast"]) == [], "in the dark"

        assert tab.title() == "Kettle"
        assert tab.locator("html").get_attribute("lang") == "en"
        assert tab.locator("h1").count() == 1

        tab.set_viewport_size({"width": 320, "height": 640})
        wide = tab.evaluate("document.documentElement.scrollWidth")
        assert wide <= 320, (wide, tab.evaluate(WIDER))

        assert seen.elsewhere == [], "a page asks nobody else for anything"
        assert seen.refused == [], "the policy refuses nothing an ordinary page does"


def test_a_fault_on_a_page_would_be_found(look):
    with look() as seen:
        seen.tab.set_content(
            "<title>x</title><main><h1 style='color:#ccc'>Pale</h1><img src='x'><input></main>"
        )
        found = " ".join(violations(seen.tab))
        assert all(rule in found for rule in ("color-contrast", "image-alt", "label", "html-has-lang"))
        seen.tab.set_viewport_size({"width": 320, "height": 640})
        seen.tab.set_content("<div style='width:400px'>wide</div>")
        assert seen.tab.evaluate(WIDER)


KEEP = """
async () => {
  localStorage.setItem("zebra", "1"); sessionStorage.setItem("zebra", "1"); window.name = "zebra";
  await caches.open("zebra");
  await new Promise(done => { indexedDB.open("zebra").onsuccess = one => done(one.target.result.close()); });
}
"""
LEFT = """
async () => [
  document.cookie, window.name, Object.keys(localStorage), Object.keys(sessionStorage), await caches.keys(),
  (await indexedDB.databases()).map(one => one.name), matchMedia("(prefers-color-scheme: dark), print").matches,
]
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [("today-blank", "sign-in"), ("veil", "sign-in"), ("pocket-locked", "pocket-nothing")],
)
def test_whoever_comes_next_finds_nothing_of_the_one_before(before, after, look):
    with look(BY_NAME[before]) as seen:
        tab = seen.tab
        tab.evaluate(KEEP)
        tab.route("**/", lambda route: route.abort())
        tab.context.route("**/help/kept", lambda route: route.abort())
        tab.context.new_page()
        tab.emulate_media(color_scheme="dark", media="print")
        tab.set_viewport_size({"width": 320, "height": 640})
        assert "__Host-k" in {one["name"] for one in tab.context.cookies()}
    with look(BY_NAME[after]) as seen:
        tab = seen.tab
        assert seen.status == 200
        assert {one["name"] for one in tab.context.cookies()} <= {"__Host-c"}
        assert len(tab.context.pages) == 1
        assert abs(tab.evaluate("Date.now()") / 1000 - time.time()) < 60
        assert tab.evaluate("[innerWidth, history.length <= 2]") == [1280, True]
        cookie, called, *kept, stores, otherwise = tab.evaluate(LEFT)
        assert (cookie, called, otherwise) == ("", "", False)
        assert "zebra" not in str(kept)
        assert stores == []


def test_after_a_failure_the_next_gets_a_tab_of_their_own(look):
    failed = []

    def fail():
        with look(BY_NAME["today-blank"]) as seen:
            failed.append(seen.tab.context)
            assert seen.tab is None

    with pytest.raises(AssertionError):
        fail()
    with look() as seen:
        assert seen.tab.context is not failed[0]
        assert seen.tab.context.cookies() == []


FOR_KEYS = (
    "sign-in",
    "join-2-before-you-join",
    "today-blank",
    "history",
    "set-up",
    "help-first",
    "error-404",
)


@pytest.mark.parametrize("name", FOR_KEYS)
def test_the_first_tab_reaches_a_way_past_the_bar_and_every_stop_is_seen(name, look):
    with look(BY_NAME[name]) as seen:
        tab = seen.tab
        tab.evaluate("document.activeElement.blur(), scrollTo(0, 0)")
        tab.keyboard.press("Tab")
        first = tab.evaluate(FOCUS)
        assert first["skip"]
        assert first["href"] == "#main"
        assert first["seen"]
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.activeElement.id") == "main"
        for _ in range(25):
            tab.keyboard.press("Tab")
            stop = tab.evaluate(FOCUS)
            if stop["tag"] == "BODY":
                break
            assert stop["ring"], stop
