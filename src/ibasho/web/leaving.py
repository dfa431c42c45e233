"""What a browser keeps of ours beyond a visit, because somebody asked it to. “Leave this page” takes all of it away."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

_kept: list[str] = []


def register(cookie: str) -> None:
    """Let leaving take this cookie away. The name begins with `__Host-`."""
    if cookie not in _kept:
        _kept.append(cookie)


def take_away(response: HttpResponseBase, request: HttpRequest | None = None) -> None:
    """The browser is asked to drop these cookies: all of them, or those that came along with a request."""
    for name in _kept:
        if request is None or name in request.COOKIES:
            response.delete_cookie(name, path="/", samesite="Strict")
