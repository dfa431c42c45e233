"""Every component on a few pages, for looking at. Prints the folder it wrote to.

python tools/gallery.py FOLDER            the pages, to open in a browser
python tools/gallery.py FOLDER --shots    and pictures of them (needs Chromium and Playwright)
"""

import functools
import http.server
import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ibasho.settings")

import django  # noqa: E402

django.setup()

from django.test import RequestFactory  # noqa: E402

from ibasho.web import error_pages, navigation, static_files  # noqa: E402
from ibasho.web.pages import chrome, environment  # noqa: E402

FOLDER = Path(__file__).resolve().parent / "gallery"
PAGES = ("today", "sign-in", "words", "days", "help", "form", "drawings")
PLACES = (("today", "Today"), ("days", "Days"), ("help", "Help"), ("mine", "Mine"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the pages without a word."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def render(name: str) -> str:
    """One page of the gallery as a whole document."""
    request = RequestFactory().get("/")
    first = name in ("sign-in", "help")
    if name not in ("sign-in", "words"):
        request.space = SimpleNamespace()  # type: ignore[attr-defined]
    values: dict[str, Any] = chrome(request, inline_css=first)
    if values["signed_in"]:
        values["nav"] = tuple(navigation.Link("#", label, icon, icon == name) for icon, label in PLACES)
    values["drawings"] = sorted(path.stem for path in (ROOT / "src/ibasho/web/drawings").glob("*.svg"))
    values["unlock_href"] = "/unlock" if name == "form" else ""
    env = environment()
    return env.from_string((FOLDER / f"{name}.html").read_text("utf-8")).render(values)


def write(target: Path) -> None:
    """Write the pages and the files they need."""
    static_files.build(target / "static")
    for name in PAGES:
        (target / f"{name}.html").write_text(render(name), "utf-8")
    error = error_pages.kind_page(RequestFactory().get("/"), 404)
    (target / "error.html").write_bytes(error.content)


def shots(target: Path) -> None:
    """Pictures of every page: phone and desktop, light and dark, and very narrow."""
    from playwright.sync_api import sync_playwright

    handler = functools.partial(Quiet, directory=str(target))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for size, (width, height) in {
            "phone": (390, 844),
            "desktop": (1280, 900),
            "narrow": (320, 640),
        }.items():
            for scheme in ("light", "dark") if size != "narrow" else ("light",):
                view = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=1.5
                )
                tab = view.new_page()
                for name in (*PAGES, "error"):
                    tab.goto(f"http://127.0.0.1:{server.server_port}/{name}.html")
                    tab.screenshot(path=target / f"{name}-{size}-{scheme}.png", full_page=size != "desktop")
                    wide = tab.evaluate("document.documentElement.scrollWidth")
                    if wide > width:
                        print(f"{name} is {wide} wide on {size}")
                view.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write(folder)
    if "--shots" in sys.argv:
        shots(folder)
    print(folder)
