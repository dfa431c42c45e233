"""Turning a template into an answer. Every page of every room comes through here."""

import os
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_TOKEN_LENGTH, get_token
from django.template import engines
from django.utils.translation import get_language
from jinja2 import Environment, Template
from markupsafe import Markup

from ibasho.vault import sessions
from ibasho.web import addresses, navigation
from ibasho.web.cover import ICONS, cover, icon
from ibasho.web.headers import PICTURE_POLICY
from ibasho.web.static_files import inline_style, static

# Seconds without a touch until the page covers itself (DOMAIN 5.4). By then the server has locked, so that a reload
# lifts no veil.
VEIL_AFTER = sessions.LOCK_AFTER + 2 * sessions.STEP


class Page(HttpResponse):
    """A page, with the hashes of the style sheets inside it, separated by spaces."""

    style_hash: str = ""


class SeeOther(HttpResponseRedirect):
    """The answer to a form: go and look over there. 303 keeps a reload from sending the form twice."""

    status_code = 303


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    part: str | None = None,
    inline_css: bool = False,
) -> HttpResponse:
    """Render a page; when htmx asks for a page that has a `part`, only that block of it.

    `inline_css` puts the small style sheet inside the page, for pages people meet first.
    `here` in the context names the place to mark in the navigation; without it, the page's own name.
    """
    found = environment().get_template(template)
    values = chrome(request, inline_css=inline_css, part=part) | dict(context or {})
    if part and wants_part(request, part):
        return HttpResponse(render_part(found, part, values), status=status)
    values["nav"] = _navigation(request, values)
    answer = Page(found.render(values), status=status)
    answer.style_hash = values["style_hash"]
    return answer


def go(request: HttpRequest, name: str, *args: object) -> HttpResponse:
    """After a form: send the browser on to a page. htmx is told where to go in a header."""
    where = addresses.address(name, *args)
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response.headers["HX-Location"] = where
        return response
    return SeeOther(where)


def jpeg(content: bytes) -> HttpResponse:
    """A picture, as itself and nothing else: a browser runs nothing in it."""
    response = HttpResponse(content, content_type="image/jpeg")
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    return response


def environment() -> Environment:
    """The template environment that settings.py names."""
    env: Environment = engines["jinja2"].env  # type: ignore[attr-defined]
    return env


def wants_part(request: HttpRequest, part: str) -> bool:
    """Whether htmx asks for this part. A request that aims at the whole page gets the whole page."""
    if not request.META.get("HTTP_HX_REQUEST"):
        return False
    headers = request.headers
    return not headers.get("HX-History-Restore-Request") and headers.get("HX-Target", part) == part


def render_part(template: Template, part: str, values: dict[str, Any]) -> str:
    """One block of a template, alone. What stands above the blocks (`import`, `set`) happens first."""
    context = template.new_context(values)
    above = template.root_render_func(context)
    next(iter(above), None)
    block = template.blocks[part]
    return "".join(block(context))


def chrome(request: HttpRequest, *, inline_css: bool = False, part: str | None = None) -> dict[str, Any]:
    """What the base page needs, as plain strings. Made without the vault, so that error pages work."""
    signed_in = getattr(request, "space", None) is not None
    # Somebody signed in has the whole style sheet already.
    style, style_hash = inline_style() if inline_css and not signed_in else ("", "")
    return {
        "signed_in": signed_in,
        "cover": cover(request),
        "icon": icon(request),
        "cover_icons": ICONS,
        "nav": (),
        "here": "",
        "part_id": part or "",
        "htmx": bool(part),
        "lang": get_language() or "en",
        "csrf_input": _CsrfInput(request),
        "manifest_href": _known("manifest"),
        "leave_href": _known("leave") or "/",
        "unlock_href": _known("unlock"),
        "veil_help": _known("help"),
        "veil_after": VEIL_AFTER if signed_in else 0,
        "style": Markup(style),  # noqa: S704 our own file
        "style_hash": style_hash,
        "stylesheet": static("ibasho.css"),
    }


def _known(name: str) -> str:
    """The address of a page, or nothing where no room has one of that name."""
    return addresses.address(name) if addresses.known(name) else ""


def _navigation(request: HttpRequest, values: Mapping[str, Any]) -> tuple[navigation.Link, ...]:
    if not values["signed_in"]:
        return ()
    match = request.resolver_match
    here = values["here"] or (match.url_name or "" if match else "")
    return navigation.links(request, here, values["lang"])


class _CsrfInput:
    """The hidden field of a form, made only by pages that have one, since it sets a cookie."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._made = ""

    def __html__(self) -> str:
        if not self._made:
            self._made = f'<input type="hidden" name="csrfmiddlewaretoken" value="{_token(self._request)}">'
        return self._made

    __str__ = __html__


_PLACES = {letter: place for place, letter in enumerate(CSRF_ALLOWED_CHARS)}


def _token(request: HttpRequest) -> str:
    """Django's form token: its secret, masked anew for each answer (against BREACH).

    A browser that brought the cookie is not sent it again. Django draws a mask letter by letter, with thirty-two
    calls to the system; here all of it is drawn at once. Letters are equally likely: 248 is four times 62.
    """
    secret = request.META.get("CSRF_COOKIE")
    if secret is None:
        return get_token(request)
    mask = [byte % 62 for byte in os.urandom(CSRF_TOKEN_LENGTH) if byte < 248]
    masked = [(_PLACES[letter] + drawn) % 62 for letter, drawn in zip(secret, mask, strict=False)]
    return "".join(CSRF_ALLOWED_CHARS[place] for place in (*mask[: len(secret)], *masked))
