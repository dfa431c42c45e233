"""The pages of help. They answer to everybody, at once, with nothing else to fetch."""

import base64
import hashlib
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from markupsafe import Markup

from ibasho.errors import NotFound
from ibasho.help import access
from ibasho.programme import lines
from ibasho.web.pages import Page, page

STYLE = Markup((Path(__file__).parent / "templates/help/help.css").read_text("utf-8").replace("\n", ""))  # noqa: S704
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


@require_safe
def first(request: HttpRequest) -> HttpResponse:
    """Breathe, use the senses, or talk to a person: one page, two taps at most."""
    place = access.place()
    return _page(
        request,
        "help/help.html",
        {
            "place": place,
            "first_lines": place.first_lines(),
            "countries": [] if place.country else _countries(),
        },
    )


@require_safe
def breathe(request: HttpRequest) -> HttpResponse:
    """A circle that breathes out longer than in, and the senses beside it (DOMAIN 2.12)."""
    return _page(request, "help/breathe.html", {})


@require_safe
def senses(request: HttpRequest) -> HttpResponse:
    """Five things, feet on the floor, cold water, a movement."""
    return _page(request, "help/senses.html", {})


@require_safe
def lines_here(request: HttpRequest) -> HttpResponse:
    """The lines of the programme's country, or of the one the visitor picked in the form."""
    asked = request.GET.get("country", "").upper()
    return _lines(request, asked if lines.country_name(asked) else "")


@require_safe
def lines_of(request: HttpRequest, iso2: str) -> HttpResponse:
    """The lines of one country. Raises NotFound for one the table does not have."""
    if not lines.country_name(iso2.upper()):
        raise NotFound
    return _lines(request, iso2.upper())


@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    """What leaving does and does not do, and who else might see (DOMAIN 5.2)."""
    return _page(request, "help/safety.html", {})


def _lines(request: HttpRequest, country: str) -> HttpResponse:
    place = access.place(country)
    against_violence = place.against_violence()
    return _page(
        request,
        "help/lines.html",
        {
            "place": place,
            "to_write": place.to_write(),
            "to_talk": place.to_talk(),
            "against_violence": against_violence,
            "phone_log": against_violence[0].phone_log if against_violence else "",
            "worldwide": access.worldwide(),
            "countries": _countries(),
        },
    )


def _countries() -> list[tuple[str, str]]:
    return [(country.iso2, country.name) for country in lines.countries()]


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page with both style sheets inside it, each named to the browser by its hash."""
    answer = page(request, template, {**context, "help_style": STYLE}, inline_css=True)
    if isinstance(answer, Page):
        answer.style_hash = f"{answer.style_hash}' '{STYLE_HASH}"
    return answer
