"""Which page answers: where a knock stands, setting it up, being away, a nudge; and what a friend reads."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ibasho import vault
from ibasho.bell import access as bell
from ibasho.circle import access as circle
from ibasho.errors import NotFound
from ibasho.knock import access, actions, words
from ibasho.knock.forms import STEPS, StepForm, day_typed
from ibasho.knock.records import (
    AT_THE_DOOR,
    DOOR,
    HOUR_CHOICES,
    HOWS,
    LATER,
    OUTCOMES,
    POLICE,
    WAITS,
    KnockTerms,
)
from ibasho.programme.days import today, zones, zones_by_region
from ibasho.programme.gate import Visit
from ibasho.programme.records import altered
from ibasho.web.addresses import address, known, token_in
from ibasho.web.forms import NOT_JUST_NOW
from ibasho.web.pages import SeeOther, page

WEEK_END = 0  # Monday, the first day after one
A_WEEK = dt.timedelta(days=7)


# Its writer's pages ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def knock(request: Visit) -> HttpResponse:
    """When, who and what, in plain words."""
    if request.method == "POST":
        if request.POST.get("to") == "again":
            actions.let_wait_again(request.space)
        elif request.POST.get("to") == "read":
            actions.have_read(request.space)
        return SeeOther(address("knock"))
    actions.renew(request.space)  # whoever looks at this page is here; and a yes may have come
    context = {"knock": access.knock_of(request.space), "has_bell": bell.bell(request.space).hangs}
    return _page(request, "knock", context)


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: Visit, asked_step: str) -> HttpResponse:
    """One question of the set-up; the last page shows all of it, and asks the friends."""
    if asked_step not in STEPS:
        raise NotFound
    people = circle.choices(request.space)
    terms = access.draft_of(request.space)
    if asked_step == "words" and not terms.text and request.method != "POST":
        name = next((one.name for one in people if one.id == terms.first), "")
        terms = altered(terms, text=words.text(ally=name, me=circle.called(request.space)))
    if request.method != "POST":
        return _step_page(request, asked_step, terms, StepForm.of(terms), people)
    if asked_step == "look":
        return _ask(request, terms, people)
    form = StepForm.read(asked_step, request.POST, terms, tuple(one.id for one in people))
    if form.errors:
        return _step_page(request, asked_step, terms, form, people, status=422)
    try:
        actions.draft(request.space, **form.changes(asked_step, terms))
    except vault.StorageTrouble as error:
        said = [str(NOT_JUST_NOW)]
        return _step_page(request, asked_step, terms, form, people, status=error.status, said=said)
    return SeeOther(address("knock-step", STEPS[STEPS.index(asked_step) + 1]))


def _ask(request: Visit, terms: KnockTerms, people: list[circle.AllyView]) -> HttpResponse:
    try:
        actions.ask(request.space)
    except actions.NotFinished as error:
        return SeeOther(address("knock-step", error.step))
    except vault.StorageTrouble as error:
        said = [str(NOT_JUST_NOW)]
        return _step_page(request, "look", terms, StepForm.of(terms), people, status=error.status, said=said)
    return SeeOther(address("knock"))


@require_http_methods(["GET", "HEAD", "POST"])
def away(request: Visit) -> HttpResponse:
    """Away until a day, without a phone for a while, or back: one tap each."""
    if not access.state_of(request.space).on:
        raise NotFound
    typed, errors, status = "", [], 200
    if request.method == "POST":
        typed = request.POST.get("until", "")
        until = {"week-end": _after_the_week_end(), "week": today() + A_WEEK}.get(
            request.POST.get("to", ""), day_typed(typed)
        )
        try:
            if request.POST.get("to") == "no-phone":
                actions.go_without_phone(request.space)
            elif request.POST.get("to") == "back":
                actions.come_back(request.space)
                return SeeOther(address("knock-away") + "?back")
            elif until is None:
                raise actions.TooLongAway
            else:
                actions.go_away(request.space, until)
            return SeeOther(address("knock"))
        except actions.TooLongAway as error:
            errors, status = [str(error.message)], error.status
            typed = typed if day_typed(typed) else ""
    context = {
        "knock": access.knock_of(request.space),
        "back": "back" in request.GET,
        "typed": typed,
        "errors": errors,
    }
    return _page(request, "away", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: Visit) -> HttpResponse:
    """Ask once; then nothing waits any more."""
    if request.method == "POST":
        actions.erase(request.space)
        return SeeOther(address("knock"))
    return _page(request, "erase", {"knock": access.knock_of(request.space)})


# Without a form token: one tap has to hold a message back in whatever opens a link, also where it keeps no cookie. What
# is brought is 32 random bytes that nobody can guess; no session is looked at, and all it does is begin a wait anew.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def tap(request: HttpRequest, nudge: str) -> HttpResponse:
    """The page of a nudge. Opening it changes nothing: programs that look at mail follow links. Pressing does."""
    token = token_in(nudge)
    said = access.page_of(token)
    if said is None:
        raise NotFound
    if request.method == "POST":
        state = "here" if actions.tap(token) else "over"
        days = 0
    else:
        waits = access.goes_out_on(token)
        state, days = ("over", 0) if waits is None else ("waits", waits)
    context = {
        "to": address("knock-tap", nudge),
        "state": state,
        "days": days,
        "said": said,
        "hour": words.oclock(said.hour),
    }
    return page(request, "knock/tap.html", context, inline_css=True)


# The friend's pages ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: Visit, asker: str) -> HttpResponse:
    """What a friend asks for, in the very words; yes or no."""
    found, said, status = access.asked_by(request.space, asker), "", 200
    if request.method == "POST" and request.POST.get("to") in ("yes", "no"):
        try:
            yes = request.POST["to"] == "yes"
            actions.answer(request.space, asker, mark=request.POST.get("mark", ""), yes=yes)
            return SeeOther(address("knock-asked", asker))
        except vault.Changed:
            said, status = _("Your friend changed something meanwhile. This is how it reads now."), 409
    context = {"asked": found, "said": said, "lines": _where("help-lines"), "here": "beside"}
    return _page(request, "asked", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
def card(request: Visit, asker: str) -> HttpResponse:
    """A message that came, what was agreed, and how it went."""
    found, _said = access.card_of(request.space, asker)
    if request.method == "POST":
        to = request.POST.get("to", "")
        if to == "away":
            actions.put_card_away(request.space, asker)
            return SeeOther(address("beside") if known("beside") else address("account"))
        if to in OUTCOMES:
            actions.say_how_it_went(request.space, asker, outcome=to)
        return SeeOther(address("knock-card", asker))
    outcomes = [(one, words.OUTCOMES[one]) for one in OUTCOMES]
    context = {"card": found, "outcomes": outcomes, "lines": _where("help-lines"), "here": "beside"}
    return _page(request, "card", context)


def home_part(space: vault.Space) -> dict[str, Any] | None:
    """What stands about this on the home of somebody who stands beside others."""
    cards, asked = access.cards(space), access.asked_of(space)
    return {"cards": cards, "asked": asked} if cards or asked else None


# What pages are made of ------------------------------------------------------------------------------


def _step_page(
    request: Visit,
    step: str,
    terms: KnockTerms,
    form: StepForm,
    people: list[circle.AllyView],
    *,
    status: int = 200,
    said: list[str] | None = None,
) -> HttpResponse:
    names, at = {one.id: one.name for one in people}, STEPS.index(step)
    safe = terms.door == "safe"
    context = {
        "step": step,
        "at": at + 1,
        "of": len(STEPS),
        "to": address("knock-step", step),
        "back": address("knock-step", STEPS[at - 1]) if at else address("knock"),
        "typed": form.typed,
        "errors": form.errors,
        "said": said or [],
        "first": names.get(terms.first, ""),
        "second": names.get(terms.second, ""),
        "people": [(one.id, one.name) for one in people],
        "circle": _where("circle"),
    }
    return _page(request, "step", context | _asked_at(request, step, terms, names, safe=safe), status)


def _asked_at(
    request: Visit, step: str, terms: KnockTerms, names: dict[str, str], *, safe: bool
) -> dict[str, Any]:
    zone = terms.zone or settings.TIME_ZONE
    if step == "when":
        return {
            "waits": [(str(wait), words.days(wait)) for wait in WAITS],
            "hours": [(str(hour), words.oclock(hour)) for hour in HOUR_CHOICES],
            "zones": zones_by_region(),
            "other_zone": "" if zone in zones() else zone,
            "past": access.knocks_by_wait(request.space) if access.knows_days(request.space) else [],
            "past_times": words.times(access.knocks_in(request.space, terms.wait)),
            "past_wait": words.days(terms.wait),
        }
    if step == "bell":
        return {"has_bell": bell.bell(request.space).hangs, "bell": _where("bell")}
    if step == "door":
        return {"doors": [(one, words.DOOR[one]) for one in DOOR]}
    if step == "how":
        return {
            "hows": [(how, words.HOWS[how]) for how in HOWS if safe or how not in AT_THE_DOOR],
            "safe": safe,
        }
    if step == "police":
        return {"wishes": [(one, words.POLICE[one]) for one in POLICE], "lines": _where("help-lines")}
    if step == "second":
        others = [(one, name) for one, name in names.items() if one != terms.first]
        return {"others": others, "laters": [(str(hours), words.hours(hours)) for hours in LATER]}
    if step == "look":
        agreed = access.agreement(terms, "first")
        return {
            "terms": terms,
            "wait": words.days(terms.wait),
            "hour": words.oclock(terms.hour),
            "later": words.hours(terms.later),
            "agreed": [words.HOWS[how] for how in agreed.hows],
            "police": words.police(terms.police, terms.police_on),
            "open_step": actions.missing(request.space, terms),
        }
    return {}


def _after_the_week_end() -> dt.date:
    """The next Monday that is not today."""
    return today() + dt.timedelta(days=(WEEK_END - today().weekday() - 1) % 7 + 1)


def _page(request: Visit, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return page(request, f"knock/{template}.html", {"here": "circle"} | context, status=status)


def _where(name: str) -> str:
    return address(name) if known(name) else ""
