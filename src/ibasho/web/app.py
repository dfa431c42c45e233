"""The installable app: its manifest, its service worker, and the page for when there is no connection.

Rooms say with `works_offline` which of their public pages a browser may keep. The worker asks for those with a header
of its own, `X-Offline`; whoever answers then forgets who is asking, so that what is kept is a stranger's page. Nothing
private is ever kept: decision 0010.
"""

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ibasho.web.addresses import address, known
from ibasho.web.cover import cover, icon
from ibasho.web.pages import page
from ibasho.web.static_files import static

OFFLINE_HEADER: Final = "HTTP_X_OFFLINE"
PAPER: Final = "#FBF7F0"  # --paper of tokens.css

_pages: list[tuple[str, ...]] = []
_files: list[str] = ["calm.js"]
_by_country: list[str] = []
_choices: list[str] = []


def works_offline(*names: str, files: tuple[str, ...] = ()) -> None:
    """Let browsers keep these public pages, and the files they need. Their answers may hold no form that is posted."""
    _pages.extend((name,) for name in names if (name,) not in _pages)
    _files.extend(name for name in files if name not in _files)


def shows_the_country(*names: str, chosen_at: tuple[str, ...]) -> None:
    """These kept pages show the country that somebody chose. They are kept anew after a visit to where it is chosen."""
    _by_country.extend(names)
    _choices.extend(chosen_at)


def works_offline_at(name: str, *arguments: str) -> None:
    """The same for one page of several under one name."""
    if (name, *arguments) not in _pages:
        _pages.append((name, *arguments))


def kept_pages() -> list[str]:
    """The addresses of every page that is kept, the neutral one first."""
    return [address("offline"), *(address(*one) for one in _pages)]


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone shows for the icon: the cover, and not a word more."""
    name, drawn = cover(request), icon(request)
    icons: list[dict[str, str]] = [
        {
            "src": static(f"icons/{drawn}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size, purpose in (("192", "any"), ("512", "any"), ("512", "maskable"))
    ]
    said: dict[str, Any] = {
        "id": "/",
        "name": name,
        "short_name": name,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": PAPER,
        "background_color": PAPER,
        "icons": icons,
    }
    return HttpResponse(json.dumps(said, ensure_ascii=False), content_type="application/manifest+json")


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the list of what it keeps. Another list, cover or file is another worker."""
    kept = kept_pages() + [static(name) for name in (*_files, f"icons/{icon(request)}.svg")]
    told = {
        "pages": kept,
        "country": [address(name) for name in _by_country],
        "choice": [address(name) for name in _choices],
        "offline": address("offline"),
        "leave": address("leave"),
        "ask": ask_address(),
        "cover": cover(request),
        "icon": static(f"icons/{icon(request)}-192.png"),
    }
    source = _source()
    version = hashlib.sha256(f"{told}{source}".encode()).hexdigest()[:12]
    body = f"const told = {json.dumps(told | {'version': version})};\n{source}"
    return HttpResponse(body, content_type="text/javascript")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What stands at every address while there is no connection: the ways that work all the same."""
    return page(request, "web/offline.html", {"ways": _ways()}, inline_css=True)


def ask_address() -> str:
    """Where a phone asks whether what it keeps is still wanted; empty while no room keeps anything."""
    return address("pocket-ask") if known("pocket-ask") else ""


def _ways() -> list[tuple[str, str]]:
    return [(address(name), name) for name in ("help", "pocket") if known(name)]


@cache
def _source() -> str:
    """The worker without the comments that are for those who read the source."""
    text = (Path(__file__).parent / "worker.js").read_text("utf-8")
    lines = (re.sub(r"(^|\s)// .*$", "", line).strip() for line in text.splitlines())
    return "\n".join(filter(None, lines))
