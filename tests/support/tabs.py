"""One tab for many tests: a new one costs a processor more than what most tests do in it.

Whoever comes next finds it as if it were new: no cookie, nothing kept, nothing in its history, no address answered by
a test, light and at its first size. tests/browser/test_every_page.py holds it to that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

EMPTY = "/sw.js"  # without a cookie, or a script that runs; and with our headers, so that the process stays
FORGET = "sessionStorage.clear(); window.name = ''"
OWN_TIMERS = "setTimeout.toString().includes('native code')"


class OneTab:
    """A tab of one browser, for one address. `wishes` are those of a browser context."""

    def __init__(self, browser: Any, origin: str, **wishes: Any) -> None:
        self.browser, self.origin, self.wishes = browser, origin, wishes
        self._free: Any = None

    @contextmanager
    def lent(self) -> Iterator[Any]:
        """The tab, until the end of the block. After a failure the next one gets another."""
        tab, self._free = self._free or self._new(), None
        try:
            yield tab
            if self._cleared(tab):
                self._free = tab
        finally:
            if self._free is None:
                tab.context.close()

    def close(self) -> None:
        """The tab is gone."""
        if self._free is not None:
            self._free.context.close()
            self._free = None

    def _new(self) -> Any:
        context = self.browser.new_context(base_url=self.origin, **self.wishes)
        tab = context.new_page()
        tab.set_default_timeout(15_000)
        return tab

    def _cleared(self, tab: Any) -> bool:
        """Whether the tab is as it was at first. A clock that a test put there stays for good."""
        context = tab.context
        tab.unroute_all()
        context.unroute_all()
        for other in context.pages:
            if other is not tab:
                other.close()
        tab.goto(self.origin + EMPTY)
        if not tab.evaluate(OWN_TIMERS):
            return False
        tab.evaluate(FORGET)
        context.clear_cookies()
        tools = context.new_cdp_session(tab)
        tools.send("Storage.clearDataForOrigin", {"origin": self.origin, "storageTypes": "all"})
        tools.send("Page.resetNavigationHistory")
        tools.detach()
        tab.set_viewport_size(self.wishes["viewport"])
        tab.emulate_media(media="null", color_scheme=self.wishes.get("color_scheme", "light"))
        return True
