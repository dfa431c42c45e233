"""Kind pages for when something went another way. They work when the rest of the house does not.

Each says what happened in plain words, that nobody did anything wrong, what became of what was typed, and
where to go. None of them opens the vault or knows who is there.
"""

import logging
import sys
from collections.abc import Mapping

from django.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from ibasho.errors import IbashoError
from ibasho.web.pages import chrome, environment

_log = logging.getLogger("ibasho.web")

Said = str | Promise

_STILL_THERE = _("Go back one page: your words should still be there.")

# status -> title, what happened, what you can do
SAID: Mapping[int, tuple[Said, Said, Said]] = {
    400: (
        _("That did not quite arrive"),
        _("Something about what the browser sent could not be read. Nothing was changed."),
        _STILL_THERE,
    ),
    403: (
        _("This form came from somewhere else"),
        _(
            "For your safety a form is only taken from a page that was opened here a moment ago. "
            "A page that stood open for a long time looks the same to us, and a browser without cookies too."
        ),
        _("Go back one page, copy what you wrote, load the page again, and send it once more."),
    ),
    404: (
        _("There is nothing here"),
        _("Perhaps it was put away, perhaps the address has a letter too many. Nothing is lost by that."),
        _("You can go back, or start again from the first page."),
    ),
    413: (
        _("That was a little too large"),
        _("What you sent is larger than this place can hold at once. Nothing was changed."),
        _("Go back one page: your words should still be there. A smaller file, or in two parts, will fit."),
    ),
    429: (
        _("A short pause"),
        _("There were many tries in a short time, so this page rests for a moment."),
        _("Wait a minute, then go back: your words should still be on the page before."),
    ),
    500: (
        _("Something here went wrong"),
        _("It was not you. The machine stumbled, and the people who look after it can see that it did."),
        _("Go back one page: your words should still be there. If it happens again, try a little later."),
    ),
    503: (
        _("Busy for a moment"),
        _("Many people are at the door just now, or the place is being looked after."),
        _("Wait half a minute, then try again. Your words should still be on the page before."),
    ),
}

_RETRY_AFTER = {429: 60, 503: 30}

# When even the template cannot be rendered.
_BARE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Kettle</title><h1>{title}</h1><p>{happened}</p><p>{next}</p>"
)


def kind_page(request: HttpRequest, status: int, *, message: Said = "", retry_after: int = 0) -> HttpResponse:
    """The page for a status. `message`, from an IbashoError, takes the place of what happened."""
    title, happened, next_step = SAID.get(status) or SAID[400 if status < 500 else 500]
    response = _render(request, status, title, message or happened, next_step)
    seconds = retry_after or _RETRY_AFTER.get(status, 0)
    if seconds:
        response.headers["Retry-After"] = str(seconds)
    return response


def page_for(request: HttpRequest, error: IbashoError) -> HttpResponse:
    """The page for one of our own errors, in its own words."""
    return kind_page(request, error.status, message=error.message, retry_after=error.retry_after)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when there was simply too much of it."""
    too_much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return kind_page(request, 413 if too_much else 400)


def form_from_elsewhere(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's hidden token did not belong to this browser."""
    return kind_page(request, 403)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 raised by a page is answered like 404: whether something exists is nobody else's business."""
    return kind_page(request, 404)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return kind_page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500, unless what reached us was one of our own errors after all."""
    error = sys.exc_info()[1]
    if isinstance(error, IbashoError):
        return page_for(request, error)
    return kind_page(request, 500)


def _render(request: HttpRequest, status: int, title: Said, happened: Said, next_step: Said) -> HttpResponse:
    said = {"title": title, "happened": happened, "next_step": next_step}
    try:
        if request.headers.get("HX-Request"):  # said in place, so that what was typed stays on the screen
            text = environment().get_template("web/error_part.html").render(said)
            response = HttpResponse(text, status=status)
            response.headers["HX-Retarget"] = "#said"
            response.headers["HX-Reswap"] = "innerHTML"
            return response
        values = chrome(request) | {"veil_after": 0, "signed_in": False} | said
        return HttpResponse(environment().get_template("web/error.html").render(values), status=status)
    except Exception:
        _log.exception("an error page could not be rendered")
        return HttpResponse(
            _BARE.format(title=escape(title), happened=escape(happened), next=escape(next_step)),
            status=status,
        )
