"""The first minute: help on a slow phone and a slow line, beside a typical single-page application.

Chromium with a round trip of 400 ms, 400 kbit/s each way, and a processor slowed four times. Each visit is cold: a
fresh context, which has neither files nor a connection. The three kinds of visit take turns.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import house, spa
from bench.browser import Browser
from bench.measure import Effort, Line, at_most, kb, median
from ibasho.help import shelf
from ibasho.programme import lines
from ibasho.web.addresses import address, known

ONE_FLIGHT = 14_336  # bytes: what a server may send before it has to wait for an answer
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER = 4
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PHONE = {"viewport": {"width": 390, "height": 844}}
OFFLINE = ("help", "pocket")  # pages that may be there without the server, once a version of ours keeps them

# Milliseconds since the visit began, once a finger on the button would find it; else nothing.
_TAPPABLE = """
() => {
  const one = document.querySelector("a[href^='tel:']");
  if (!one) return 0;
  one.scrollIntoView({block: 'center'});
  const box = one.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return top && one.contains(top) ? performance.now() : 0;
}
"""
_PAINTED = "() => performance.getEntriesByName('first-paint')[0]?.startTime || 0"


@dataclass
class Visits:
    """What cold visits of one kind took, in seconds."""

    painted: list[float] = field(default_factory=list)
    tappable: list[float] = field(default_factory=list)

    def said(self) -> str:
        """The medians, as one reads them."""
        return f"{median(self.painted):.2f} s, {median(self.tappable):.2f} s"


def measure(effort: Effort, data: Path) -> list[Line]:
    """Bytes, cold visits side by side, and help once the server is gone."""
    with _chromium() as chromium, spa.served() as (application, weight):
        with house.up(data) as up:
            found = _bytes(Browser(up.address))
            found += _cold(effort, chromium, f"http://{up.address}", application, weight)
            context, kept = _kept_by_a_phone(chromium, f"http://{up.address}")
        found.append(_without_the_server(context, kept, f"http://{up.address}"))
        context.close()
    return found


def _bytes(visitor: Browser) -> list[Line]:
    """Everything that first use needs, on the wire, headers included: each page, and the heaviest of its kind."""
    pages = {
        "help": [address("help")],
        "breathe": [address("help-breathe")],
        "senses": [address("help-senses")],
        "the lines of a country": [address("help-lines-of", one.iso2) for one in lines.countries()],
        "a page of the shelf": [
            address("help-shelf"),
            *(address("help-skill", name) for name in shelf.SHELF),
        ],
    }
    found = []
    for what, paths in pages.items():
        sizes = {path: visitor.get(path).size for path in paths}
        heaviest = max(sizes, key=sizes.__getitem__)
        beside = (
            f"the heaviest of {len(paths)}: {heaviest}" if len(paths) > 1 else "one response, style inside"
        )
        size = sizes[heaviest]
        found.append(at_most(f"{what}: on the wire", size, ONE_FLIGHT, f"{size:,} bytes", beside, " bytes"))
    return found


def _cold(effort: Effort, chromium: Any, ours: str, application: str, weight: int) -> list[Line]:
    help_page = ours + address("help")
    kinds = {"with": Visits(), "without": Visits(), "application": Visits()}
    for _ in range(effort.visits):
        _visit(chromium, help_page, kinds["with"])
        _visit(chromium, help_page, kinds["without"], java_script_enabled=False)
        _visit(chromium, application, kinds["application"])
    with_script, without, other = kinds["with"], kinds["without"], kinds["application"]
    ratio = [there / here for there, here in zip(other.tappable, with_script.tappable, strict=True)]
    beside = f"medians of {effort.visits} cold visits, 400 ms, 400 kbit/s, processor {SLOWER} times slower"
    return [
        Line("help: first paint, call button", with_script.said(), beside),
        Line("help without JavaScript: the same", without.said()),
        Line("a single-page application: the same", other.said(), f"script of {kb(weight)} in gzip"),
        Line("its call button, beside that of help", f"{median(ratio):.1f} times as long"),
    ]


def _visit(chromium: Any, url: str, into: Visits, **wishes: Any) -> None:
    """One cold visit, until a finger could ring somebody."""
    context = chromium.new_context(**PHONE, **wishes)
    try:
        tab = context.new_page()
        devtools = context.new_cdp_session(tab)
        devtools.send("Network.enable")
        devtools.send("Network.emulateNetworkConditions", SLOW_3G)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        tab.goto(url, wait_until="commit", timeout=60_000)
        into.tappable.append(_until(tab, _TAPPABLE))
        into.painted.append(_until(tab, _PAINTED))
    finally:
        context.close()


def _until(tab: Any, asked: str) -> float:
    """Seconds of the page's own clock, as soon as it has an answer."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if found := tab.evaluate(asked):
            return float(found) / 1000
        time.sleep(0.02)
    raise SystemExit("a page did not come within a minute")


def _kept_by_a_phone(chromium: Any, origin: str) -> tuple[Any, list[str]]:
    """A phone that visited while the server was there, and the pages it may have kept."""
    context = chromium.new_context(**PHONE)
    tab = context.new_page()
    tab.goto(origin + address("help"))
    keeps = tab.evaluate(
        "async () => { const till = performance.now() + 3000; while (performance.now() < till) {"
        " if ((await navigator.serviceWorker?.getRegistrations())?.some((one) => one.active)) return true;"
        " await new Promise((go) => setTimeout(go, 100)); } return false; }"
    )
    return context, [address(name) for name in OFFLINE if known(name)] if keeps else []


def _without_the_server(context: Any, kept: list[str], origin: str) -> Line:
    """The same phone, once nothing answers any more."""
    if not kept:
        return Line("help, server stopped", "not measured", "nothing of this version keeps pages on a phone")
    tab, taken = context.new_page(), []
    for path in kept:
        began = time.perf_counter()
        tab.goto(origin + path)
        tab.locator("h1").wait_for()
        taken.append(f"{path} {time.perf_counter() - began:.2f} s")
    return Line(
        "help, server stopped: until it can be read", ", ".join(taken), "the processor at its own speed"
    )


@contextmanager
def _chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = play.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
