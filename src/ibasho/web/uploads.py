"""Who may send a file, decided by the first lines of a request, before any of it is read (decision 0009).

Twice: where a request is gathered (`machine/patience.py`) and where it is answered (`web.middleware.Front`). In
between a visit may end. Whoever was let in at the first of them is remembered until the answer, so that the words
beside a picture become a draft as everywhere else. A visit that was locked meanwhile is still a visit: its
answer is the page that asks for one word, and what was typed is a draft there too.

A proxy in front that gathers by itself asks first: `answer_to_proxy`.
"""

import hashlib
import re
import threading
from collections import Counter

from django.http import HttpRequest, HttpResponse

from ibasho.vault import sessions
from ibasho.web.addresses import FILES

AT_ONCE = 2  # files that are gathered or read at the same time, in the whole programme

_on_their_way: Counter[bytes] = Counter()
_turn = threading.Lock()
_COOKIE = re.compile(rf"(?:^|;)\s*{re.escape(sessions.COOKIE)}=([^;]*)")


def is_welcome(method: str, path: str, kind: str, cookies: str) -> bool:
    """Whether these first lines belong to somebody's visit, and bring a file to a page that takes one."""
    return _brings_a_file(method, path, kind) and _is_in(cookies)


def may_bring_a_file(request: HttpRequest) -> bool:
    """Whether the body of this request may be as large as a file."""
    cookies = request.META.get("HTTP_COOKIE", "")
    if not _brings_a_file(request.method or "", request.path, request.META.get("CONTENT_TYPE", "")):
        return False
    return _is_in(cookies) or _is_on_its_way(cookies)


def answer_to_proxy(request: HttpRequest) -> HttpResponse | None:
    """204 where a file may be sent to this page by these cookies, else 401; nothing to who asked no such thing."""
    if "HTTP_X_ASKED_FIRST" not in request.META or request.method != "GET" or request.path not in FILES:
        return None
    return HttpResponse(status=204 if _is_in(request.META.get("HTTP_COOKIE", "")) else 401)


def _brings_a_file(method: str, path: str, kind: str) -> bool:
    return method == "POST" and path in FILES and kind.lower().startswith("multipart/form-data")


def _is_in(cookies: str) -> bool:
    """Somebody's visit that is not over. Being here counts: it does not lock while a file comes."""
    found = _COOKIE.findall(cookies)
    return len(found) == 1 and sessions.resume(found[0].strip()) is not None


def let_in(cookies: str) -> None:
    """Whoever sends these cookies begins to send a file now, and so is here."""
    _is_in(cookies)
    with _turn:
        _on_their_way[_mark(cookies)] += 1


def let_out(cookies: str) -> None:
    """That file was answered, or did not arrive."""
    with _turn:
        mark = _mark(cookies)
        _on_their_way[mark] -= 1
        if _on_their_way[mark] <= 0:
            del _on_their_way[mark]


def _is_on_its_way(cookies: str) -> bool:
    with _turn:
        return _on_their_way[_mark(cookies)] > 0 if cookies else False


def _mark(cookies: str) -> bytes:
    return hashlib.sha256(cookies.encode("utf-8", "surrogateescape")).digest()
