"""The house served in this process for a real browser: invented people, and a clock that stands still.

For looking at pages. What depends on real processes is tested against `tests.support.house.up`.
"""

import atexit
import datetime as dt
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from ibasho import vault

# The whole browser, and the same one without its window, which takes half the time: Debian's chromium-headless-shell.
WHOLE = os.environ.get("CHROMIUM", "/usr/bin/chromium")
LIGHT = WHOLE if "CHROMIUM" in os.environ else shutil.which("chromium-headless-shell") or WHOLE
SUNDAY = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP elsewhere.example 127.0.0.1",
)


class StandingClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: dt.datetime = SUNDAY) -> None:
        self.at = at

    def now(self) -> float:
        return self.at.timestamp()

    def forward(self, seconds: float) -> None:
        self.at += dt.timedelta(seconds=seconds)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that closes a connection early is no news."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serving(application: Callable[..., Any], port: int = 0) -> Iterator[str]:
    """An application at an address of this machine, until the end of the block. Gives its origin."""
    with make_server("127.0.0.1", port, application, server_class=_Server, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@cache
def files() -> Path:
    """The files of the house, made once, and with a PIN that is stretched briefly."""
    from ibasho.web import static_files

    folder = Path(tempfile.mkdtemp(prefix="ibasho-files-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    static_files.build(folder)
    script = folder / static_files.static("pocket.js").removeprefix(static_files.PREFIX)
    for smaller in folder.glob(f"{script.name}.*"):
        smaller.unlink()
    text = script.read_text("utf-8")
    assert "ROUNDS = 600_000;" in text
    script.write_text(text.replace("ROUNDS = 600_000;", "ROUNDS = 1_000;"))
    return folder


def pages_and_files(folder: Path | None = None) -> Any:
    """What a programme serves."""
    from django.core.wsgi import get_wsgi_application

    from ibasho.web import static_files

    return static_files.serve(get_wsgi_application(), folder or files(), https=False)


@dataclass
class Served:
    """A programme with a few people and four months of their days."""

    origin: str
    clock: StandingClock
    words: dict[str, str]
    spaces: dict[str, vault.Space] = field(default_factory=dict)

    def cookie(self, name: str) -> Any:
        """The cookie of a new session of somebody, as Playwright takes it."""
        value = vault.sessions.start(self.space(name), self.words[name])
        return {
            "name": "__Host-k",
            "value": value,
            "url": self.origin.replace(
                "http:", "https:"
            ),  # a Secure cookie; browsers send it to this machine without
            "httpOnly": True,
            "secure": True,
            "sameSite": "Strict",
        }

    def space(self, name: str) -> vault.Space:
        """Somebody's opened space."""
        if name not in self.spaces:
            self.spaces[name] = vault.open_door(self.words[name])
        return self.spaces[name]


@contextmanager
def served(place: Path, patch: Any, names: tuple[str, ...] = ("Daniel", "Tom", "Mia")) -> Iterator[Served]:
    """A house with these people of the demo, until the end of the block. `patch` is pytest's MonkeyPatch."""
    from ibasho.machine import demo
    from ibasho.vault import clock as vault_clock
    from ibasho.vault import core, suite

    clock = StandingClock()
    patch.setattr(suite, "ARGON_MEMORY_KIB", 64)
    patch.setattr(suite, "ARGON_PASSES", 1)
    patch.setattr(vault_clock, "now", clock.now)
    patch.setattr(demo, "PEOPLE", tuple(person for person in demo.PEOPLE if person.name in names))
    before = core._open
    made = vault.configure(place / "data", place / "run", make=True)
    import ibasho.urls  # noqa: F401  (every address is known from here on)

    words = {name: said for name, _, said in demo.fill()}
    try:
        with serving(pages_and_files()) as origin:
            yield Served(origin, clock, words)
    finally:
        made.close()
        core._open = before


@contextmanager
def chromium(program: str = LIGHT) -> Iterator[Any]:
    """A real browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def whole(beside: Any) -> Iterator[Any]:
    """The whole browser, beside the light one: that one never comes back from an answer with Clear-Site-Data."""
    browser = beside.browser_type.launch(executable_path=WHOLE, args=list(FLAGS))
    yield browser
    browser.close()
