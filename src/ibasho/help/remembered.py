"""The country that somebody asked this browser to remember, and nothing else about them.

Two letters in a cookie: no script reads it, no other site makes the browser send it, and it ends within a year.
It is set by a form of ours alone, never by following a link, so that nobody can set it from somewhere else. Quick
exit takes it away.
"""

import datetime as dt

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from ibasho.programme import lines
from ibasho.web import leaving

COOKIE = "__Host-land"
AT_MOST = dt.timedelta(days=365)

leaving.register(COOKIE)


def country_of(request: HttpRequest) -> str:
    """The country this browser remembers, or "" for none and for anything the table does not have."""
    iso2 = request.COOKIES.get(COOKIE, "")
    return iso2 if lines.country_name(iso2) else ""


def remember(response: HttpResponseBase, iso2: str) -> None:
    """The browser keeps this country for a year at most, counted from today."""
    response.set_cookie(
        COOKIE, iso2, max_age=AT_MOST, secure=True, httponly=True, samesite="Strict", path="/"
    )


def forget(response: HttpResponseBase) -> None:
    """The browser drops it."""
    response.delete_cookie(COOKIE, path="/", samesite="Strict")
