"""What the first visit brings over the wire, cold and warm, byte for byte, headers included."""

import re
from collections import Counter

from bench.browser import Answer, Browser
from bench.measure import Line, at_most, kb
from ibasho.web.addresses import address

_FILES = re.compile(r'<(?:link|script)[^>]+(?:href|src)="(/static/[^"]+)"')
_INSIDE = re.compile(r"url\((/static/[^)]+)\)")
_KINDS = {"css": "style", "js": "script", "woff2": "typeface", "svg": "icon"}


def measure(visitor: Browser, somebody: Browser) -> list[Line]:
    """The pages people meet first: a stranger's, and the first one of somebody who came in."""
    return [
        *_page("sign-in", visitor, "/", 6),
        *_page("help lines", visitor, address("help-lines"), 14),
        *_page("today", somebody, address("today"), 12),
    ]


def _page(what: str, browser: Browser, path: str, most: float) -> list[Line]:
    page = browser.get(path)
    sizes, requests = _files(browser, browser.text(page))
    parts = ", ".join(f"{kind} {kb(size)}" for kind, size in sorted(sizes.items()))
    cold = page.size + sizes.total()
    head = len(page.head) + 4
    return [
        at_most(
            f"{what}: the page itself",
            page.size / 1024,
            most,
            kb(page.size),
            f"of which headers {kb(head)}",
            " KB",
        ),
        Line(f"{what}: everything, cold", f"{kb(cold)} in {1 + requests} requests", parts),
        Line(f"{what}: warm", f"{kb(page.size)} in 1 request", "files are kept for good"),
    ]


def _files(browser: Browser, html: str) -> tuple[Counter[str], int]:
    """Bytes of each kind of file that a page asks for, and how many files; typefaces come through the style."""
    sizes, seen, left = Counter[str](), set[str](), _FILES.findall(html)
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen.add(path)
        answer: Answer = browser.get(path)
        ending = path.rpartition(".")[2]
        sizes[_KINDS.get(ending, ending)] += answer.size
        if b"immutable" not in answer.head:
            raise SystemExit(
                "a file of ours may not be kept for good, so a warm visit would ask for it again"
            )
        if ending == "css":
            left += _INSIDE.findall(browser.text(answer))
    return sizes, len(seen)
