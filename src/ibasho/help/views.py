"""The pages of help. They answer to everybody, at once, with nothing else to fetch."""

import base64
import hashlib
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe
from markupsafe import Markup

from ibasho import vault
from ibasho.circle import access as circle
from ibasho.circle.gate import is_only_ally
from ibasho.errors import NotFound
from ibasho.help import access, remembered, shelf
from ibasho.help.forms import NO_COUNTRY, CountryForm, countries
from ibasho.programme import lines
from ibasho.web.addresses import address, known
from ibasho.web.pages import Page, SeeOther, page

_TEMPLATES = Path(__file__).parent / "templates/help"
STYLE = Markup((_TEMPLATES / "help.css").read_text("utf-8").replace("\n", ""))  # noqa: S704
SHELF_STYLE = STYLE + Markup((_TEMPLATES / "shelf.css").read_text("utf-8").replace("\n", ""))  # noqa: S704


@require_safe
def first(request: HttpRequest) -> HttpResponse:
    """Breathe, use the senses, or talk to a person: one page, two taps at most."""
    place = access.place(remembered.country_of(request))
    space: vault.Space | None = getattr(request, "space", None)
    return _page(
        request,
        "help/help.html",
        {
            "place": place,
            "remembered": bool(remembered.country_of(request)),
            # Only its owner reads the word here: to anybody else, what is kept on a phone has no name.
            "plan_href": address("plan") if space and not is_only_ally(space) and known("plan") else "",
            "tell_href": address("tell") if space and circle.can_tell(space) else "",
            "first_lines": place.first_lines(),
            "countries": [] if place.country else [NO_COUNTRY, *countries()],
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
    """The lines of the country the visitor picked in the form, or had remembered, or else of the programme's."""
    asked = request.GET.get("country", "").upper()
    return _lines(request, asked if lines.country_name(asked) else remembered.country_of(request))


@require_safe
def lines_of(request: HttpRequest, iso2: str) -> HttpResponse:
    """The lines of one country. Raises NotFound for one the table does not have."""
    if not lines.country_name(iso2.upper()):
        raise NotFound
    return _lines(request, iso2.upper())


@require_http_methods(["GET", "HEAD", "POST"])
def country(request: HttpRequest) -> HttpResponse:
    """Which country comes first here: for this one look, or remembered by this browser because somebody ticked it.

    A form of ours, with its token: following a link, from wherever, sets nothing and takes nothing away.
    """
    if request.method == "POST":
        form = CountryForm(request.POST)
        if request.POST.get("to") == "forget":
            answer: HttpResponse = SeeOther(address("help-lines"))
            remembered.forget(answer)
            return answer
        if form.is_valid():
            return _chosen(form.cleaned_data["country"], keep=form.cleaned_data["remember"])
    else:
        kept = remembered.country_of(request)
        asked = request.GET.get("country", "").upper()
        shown = asked if lines.country_name(asked) else access.place(kept).country
        form = CountryForm(initial={"country": shown, "remember": bool(kept)})
    return _page(
        request,
        "help/country.html",
        {"form": form, "remembered": lines.country_name(remembered.country_of(request))},
        status=422 if form.is_bound else 200,
    )


def _chosen(iso2: str, *, keep: bool) -> HttpResponse:
    if keep:
        answer = SeeOther(address("help-lines"))
        remembered.remember(answer, iso2)
    else:
        answer = SeeOther(address("help-lines-of", iso2))
        remembered.forget(answer)
    return answer


@require_safe
def shelf_of_skills(request: HttpRequest) -> HttpResponse:
    """Everything on the shelf."""
    return _page(request, "help/shelf.html", {"boards": shelf.by_kind()}, style=SHELF_STYLE)


@require_safe
def skill(request: HttpRequest, skill: str) -> HttpResponse:
    """One thing to try. Raises NotFound for one that is not on the shelf."""
    if skill not in shelf.SHELF:
        raise NotFound
    kept_href = (
        address("pocket") if known("pocket") else ""
    )  # beside the lines, wherever it is mentioned (2.5)
    context = {"skill": shelf.SHELF[skill], "kept_href": kept_href}
    return _page(request, "help/skill.html", context, style=SHELF_STYLE)


@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    """What leaving does and does not do, and who else might see (DOMAIN 5.2)."""
    return _page(request, "help/safety.html", {})


def _lines(request: HttpRequest, country: str) -> HttpResponse:
    place = access.place(country)
    kept = remembered.country_of(request)
    against_violence = place.against_violence()
    return _page(
        request,
        "help/lines.html",
        {
            "place": place,
            "is_remembered": bool(kept) and place.country == kept,
            "may_be_remembered": place.country not in ("", kept or access.place().country),
            "to_write": place.to_write(),
            "to_talk": place.to_talk(),
            "against_violence": against_violence,
            "phone_log": against_violence[0].phone_log if against_violence else "",
            "worldwide": access.worldwide(),
            "countries": countries() if place.country else [NO_COUNTRY, *countries()],
        },
    )


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], *, style: Markup = STYLE, status: int = 200
) -> HttpResponse:
    """A page with both style sheets inside it, each named to the browser by its hash."""
    answer = page(request, template, {**context, "help_style": style}, inline_css=True, status=status)
    if isinstance(answer, Page):
        answer.style_hash = f"{answer.style_hash}' '{_HASHES[style]}"
    return answer


def _hash(style: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


_HASHES = {style: _hash(style) for style in (STYLE, SHELF_STYLE)}
