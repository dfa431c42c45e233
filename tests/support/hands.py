"""What a person does in a real browser: joining, coming in, writing. Words on buttons, as they stand there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ibasho.vault.sessions import _ROW
from tests.support.house import House

ELSEWHERE = "<!doctype html><title>Weather</title><h1>The weather</h1>"


class Hands:
    """Somebody at a browser of their own. What the page's policy refuses is written down in `refused`."""

    def __init__(self, browser: Any, house: House, *, script: bool = True, **wishes: Any) -> None:
        self.house, self.words = house, ""
        self.origin = f"http://{house.address}"
        self.context = browser.new_context(base_url=self.origin, java_script_enabled=script, **wishes)
        self.context.set_default_timeout(15_000)
        self.away: list[dict[str, str]] = []  # headers of what was asked of other sites
        self.refused: list[str] = []
        self.context.route(lambda url: urlsplit(url).scheme == "https", self._elsewhere)
        self.tab = self.open_tab()

    def _elsewhere(self, route: Any) -> None:
        self.away.append(route.request.all_headers())
        route.fulfill(body=ELSEWHERE, content_type="text/html")

    def open_tab(self) -> Any:
        """One more tab of the same browser."""
        tab = self.context.new_page()
        tab.on("console", self._said)
        tab.on("pageerror", lambda error: self.refused.append(str(error)))
        return tab

    def _said(self, line: Any) -> None:
        if line.type in ("error", "warning") and "the server responded with a status of" not in line.text:
            self.refused.append(line.text)

    # Reading

    @property
    def heading(self) -> str:
        return str(self.tab.locator("h1").inner_text())

    def see(self, text: str) -> None:
        """Pass once the page says this."""
        self.tab.get_by_text(text).first.wait_for()

    def shown_words(self) -> str:
        return " ".join(self.tab.locator("ol.words li").all_inner_texts())

    # Doing

    def press(self, name: str) -> None:
        self.tab.get_by_role("button", name=name, exact=True).first.click()
        self.tab.wait_for_load_state()

    def follow(self, name: str) -> None:
        self.tab.get_by_role("link", name=re.compile(f"^{re.escape(name)}")).first.click()
        self.tab.wait_for_load_state()

    def choose(self, sign: str, answer: str) -> None:
        self.tab.locator(f'label:has([name="{sign}"][value="{answer}"])').first.click()

    def look_at_invitation(self, words: str) -> None:
        self.tab.goto("/")
        self.follow("I was invited")
        self.tab.fill("[name=words]", words)
        self.press("Open the invitation")

    def understand_everything(self, name: str) -> None:
        for box in self.tab.locator("[name=understood]").all():
            box.check()
        self.tab.fill("[name=name]", name)
        self.press("Go on")

    def take_the_words(self) -> None:
        self.words = self.shown_words()
        self.press("I have them on paper")
        self.tab.fill("[name=words]", self.words)
        self.press("Come in")

    def join(self, invitation: str, name: str = "Mia") -> None:
        """From the first page to the first page of one's own."""
        self.look_at_invitation(invitation)
        self.understand_everything(name)
        self.take_the_words()
        self.press("Go on")

    def come_in(self) -> None:
        self.tab.goto("/")
        self.say_the_words()

    def say_the_words(self) -> None:
        self.tab.fill("main [name=words]", self.words)
        self.press("Come in")

    def write(self, line: str, good: str = "") -> None:
        """Today's page, filled in and not yet kept."""
        self.tab.fill("[name=line]", line)
        if good:
            self.tab.fill("[name=good]", good)

    def leave(self) -> None:
        self.tab.locator("a.leave").first.click()
        self.tab.get_by_text("The weather").wait_for()

    @property
    def cookies(self) -> set[str]:
        return {one["name"] for one in self.context.cookies()}


def rows(house: House) -> list[Path]:
    """The sessions of a programme that is up."""
    return sorted((house.run / "sessions").iterdir())


def end_every_session(house: House) -> None:
    """As if hours had gone by."""
    for row in rows(house):
        row.unlink(missing_ok=True)


def let_time_pass(house: House, seconds: int) -> None:
    """As if nobody had touched anything for so long: `seen` in each row lies further back."""
    for row in rows(house):
        raw = bytearray(row.read_bytes())
        seen = int.from_bytes(raw[24:32], "big") - seconds
        raw[24:32] = seen.to_bytes(8, "big")
        assert len(raw) > _ROW.size
        row.write_bytes(bytes(raw))


@contextmanager
def hands(browser: Any, house: House, **wishes: Any) -> Iterator[Hands]:
    """Somebody at a browser, until the end of the block. An ordinary visit offends no policy."""
    person = Hands(browser, house, **wishes)
    try:
        yield person
        assert person.refused == []
    finally:
        person.context.close()
