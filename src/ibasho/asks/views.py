"""Which page answers: the week, a new ask in three questions, one ask, what others ask, and calendars."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ibasho import vault
from ibasho.asks import access, actions, feed, words
from ibasho.asks.forms import HOWS, STEPS, WHAT, WHEN, WHO, AskForm, FeedForm, Line, day_of
from ibasho.asks.records import FEED_LASTS, PARTS, SORTS
from ibasho.circle import access as circle
from ibasho.circle.gate import is_only_ally
from ibasho.errors import NotFound
from ibasho.programme.days import today
from ibasho.programme.gate import Visit
from ibasho.web.addresses import address, spelt, token_in
from ibasho.web.forms import NOT_JUST_NOW
from ibasho.web.pages import SeeOther, page

LAST_WEEK = dt.date(2200, 1, 1)
A_WEEK = dt.timedelta(days=7)

Act = Callable[[vault.Space, str, str], None]

OWN_ACTS: dict[str, Act] = {
    "close": lambda space, ask, _one: actions.close(space, ask),
    "open": lambda space, ask, _one: actions.open_again(space, ask),
    "drop": lambda space, ask, one: actions.drop_slot(space, ask, slot=one),
    "out": lambda space, ask, one: actions.let_out(space, ask, person=one),
}
ASKED_ACTS: dict[str, Act] = {
    "take": lambda space, ask, one: actions.take(space, ask, slot=one),
    "swap": lambda space, ask, one: actions.would_swap(space, ask, slot=one),
    "keep": lambda space, ask, one: actions.would_keep(space, ask, slot=one),
    "back": lambda space, ask, one: actions.give_back(space, ask, slot=one),
}
TROUBLES = (actions.SomebodyWasFaster, actions.NotNeeded, vault.Changed, vault.StorageTrouble)


# The owner's side -----------------------------------------------------------------------------------


@require_safe
def asks(request: Visit) -> HttpResponse:
    """The seven days from today on, and everything that was asked."""
    return _week(request, today())


@require_safe
def week(request: Visit, day: str) -> HttpResponse:
    """The seven days from a day on."""
    found = day_of(day)
    if found is None or found > LAST_WEEK:
        raise NotFound
    return _week(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    """What would help, when, and who is asked: one question a screen."""
    if request.method != "POST":
        rota = "week" in request.GET
        return _new(request, AskForm.rota() if rota else AskForm.blank(), WHEN if rota else WHAT)
    step, to = request.POST.get("step", WHAT), request.POST.get("to", "")
    step = step if step in STEPS else WHAT
    if to in STEPS[: STEPS.index(step)]:  # back
        return _new(request, AskForm.read(request.POST), to)
    form = AskForm.read(request.POST, *STEPS[: STEPS.index(step) + 1])
    if form.errors:
        return _new(request, form, form.first_wrong() or step, status=422)
    if step != WHO:
        return _new(request, form, STEPS[STEPS.index(step) + 1])
    everybody = to == "everybody"
    people = [one.id for one in circle.choices(request.space)] if everybody else form.ticked["people"]
    rings = form.typed["rings"] == "on"
    try:
        name = actions.ask(request.space, **form.words(), slots=form.slots, people=people, rings=rings)
    except (actions.NobodyAsked, actions.TooManyAsks, vault.Changed) as error:
        return _new(request, form, WHO, status=error.status, said=[str(error.message)])
    except vault.StorageTrouble as error:
        return _new(request, form, WHO, status=error.status, said=[str(NOT_JUST_NOW)])
    return SeeOther(address("asks-ask", name))


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Visit, ask: str) -> HttpResponse:
    """One ask: who comes when, and what to do with it."""
    said, status = "", 200
    if request.method == "POST":
        found = access.own_ask(request.space, ask)
        try:
            if _act(OWN_ACTS, request, found.id):
                return SeeOther(address("asks-ask", ask))
        except TROUBLES as error:
            said, status = str(error.message), error.status
    return _page(request, "ask", {"ask": access.own_ask(request.space, ask), "said": said}, status)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Visit, ask: str) -> HttpResponse:
    """Say it differently."""
    access.asked_in(request.space, ask)
    record = access.kept_ask(vault.circle(request.space, ask)).record
    form, said, status = AskForm.of(record), "", 200
    if request.method == "POST":
        form = AskForm.read(request.POST, WHAT)
        status = 422
        if not form.errors:
            try:
                actions.change(request.space, ask, **form.words(), rings=form.typed["rings"] == "on")
                return SeeOther(address("asks-ask", ask))
            except (vault.Changed, vault.StorageTrouble) as error:
                said, status = str(NOT_JUST_NOW), error.status
    return _page(request, "change", {"form": form, "id": ask, "said": said}, status)


@require_http_methods(["GET", "HEAD", "POST"])
def more(request: Visit, ask: str) -> HttpResponse:
    """Ask for more times."""
    access.asked_in(request.space, ask)
    form, said, status = AskForm.blank(), "", 200
    if request.method == "POST":
        form, status = AskForm.read(request.POST, WHEN), 422
        if not form.errors:
            try:
                actions.add_slots(request.space, ask, slots=form.slots)
                return SeeOther(address("asks-ask", ask))
            except actions.TooManyTimes as error:
                said, status = str(error.message), error.status
            except (vault.Changed, vault.StorageTrouble) as error:
                said, status = str(NOT_JUST_NOW), error.status
    context = {"form": form, "id": ask, "said": said, "to": address("asks-more", ask), **_when_choices()}
    return _page(request, "more", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Visit, ask: str) -> HttpResponse:
    """Ask once whether it shall end; then it is gone for everybody."""
    found = access.own_ask(request.space, ask)
    if request.method == "POST":
        actions.end(request.space, ask)
        return SeeOther(address("asks"))
    return _page(request, "end", {"ask": found})


def _week(request: Visit, day: dt.date) -> HttpResponse:
    found = access.own_asks(request.space)
    context = {
        "asks": [one for one in found if not one.over],
        "past": [one for one in found if one.over],
        "week": access.week_of(day, found),
        "before": (day - A_WEEK).isoformat(),
        "after": (day + A_WEEK).isoformat(),
        "others": bool(circle.beside(request.space)),
    }
    return _page(request, "asks", context)


def _new(
    request: Visit, form: AskForm, step: str, *, status: int = 200, said: list[str] | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "step": step,
        "at": STEPS.index(step) + 1,
        "of": len(STEPS),
        "back": STEPS[STEPS.index(step) - 1] if step != WHAT else "",
        "passed_on": form.passed_on(*(one for one in STEPS if one != step)),
        "said": said or [],
        "sorts": [(sort, words.SORTS[sort]) for sort in SORTS],
        "people": [(one.id, one.name, one.not_before) for one in circle.choices(request.space)],
        "to": address("asks-new"),
        **_when_choices(),
    }
    return _page(request, "new", context, status)


def _when_choices() -> dict[str, Any]:
    return {
        "hows": [(how, words.HOWS[how]) for how in HOWS],
        "parts": [(part, words.PARTS[part]) for part in PARTS],
        "weekdays": words.weekdays(),
    }


# The side of those who are asked --------------------------------------------------------------------


@require_POST
def read(request: Visit) -> HttpResponse:
    """Somebody read that they need not do something after all."""
    actions.understood(request.space, key=request.POST.get("read", ""))
    return SeeOther(address("beside"))


@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: Visit, asked: str) -> HttpResponse:
    """One ask of somebody else: take a time, swap it, give it back, say a short line."""
    said, status, line, about = "", 200, Line(), ""
    if request.method == "POST":
        about = access.asked(request.space, asked).id and request.POST.get("say", "")
        try:
            if about:
                line = Line.read(request.POST.get("line", ""))
                status = 422
                if not line.errors:
                    actions.say_beside(request.space, asked, slot=about, line=line.typed)
                    return SeeOther(address("asks-asked", asked))
            elif _act(ASKED_ACTS, request, asked):
                return SeeOther(address("asks-asked", asked))
        except TROUBLES as error:
            said, status = str(error.message), error.status
    view = access.asked(request.space, asked)
    return _page(request, "asked", {"ask": view, "said": said, "line": line, "about": about}, status)


def for_home(space: vault.Space) -> dict[str, Any] | None:
    """What stands of asks on the small home of somebody who stands beside others; nothing when there is nothing."""
    found, otherwise = access.asked_of(space), access.otherwise(space)
    return {"asked": found, "otherwise": otherwise} if found or otherwise else None


# Calendars ------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: Visit) -> HttpResponse:
    """A calendar of one's own: what it shows, where it is, and its end."""
    said, status = "", 200
    form = FeedForm.of(access.own_feed(request.space))
    if request.method == "POST":
        if request.POST.get("to") == "end":
            actions.end_feed(request.space)
            return SeeOther(address("asks-calendar"))
        form, status = FeedForm.read(request.POST), 422
        if not form.summary.errors:
            try:
                actions.keep_feed(request.space, **form.ticked, summary=form.summary.typed)
                return SeeOther(address("asks-calendar"))
            except (vault.Changed, vault.StorageTrouble) as error:
                said, status = str(NOT_JUST_NOW), error.status
    else:
        feed.refresh(request.space)
    kept = access.own_feed(request.space)
    where = request.build_absolute_uri(address("asks-feed", spelt(kept.token))) if kept else ""
    context = {
        "form": form,
        "where": where,
        "said": said,
        "days": FEED_LASTS,
        "only_ally": is_only_ally(request.space),
    }
    return _page(request, "calendar", context, status)


@require_safe
def served(request: HttpRequest, calendar: str) -> HttpResponse:
    """A calendar, for whoever has its address. An address that ended answers as one that never was."""
    text = feed.served(token_in(calendar))
    if text is None:
        raise NotFound
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")


def _act(acts: dict[str, Act], request: Visit, ask: str) -> bool:
    """Do what a button says. Whether one was pressed that is known here."""
    for name, act in acts.items():
        if name in request.POST:
            act(request.space, ask, request.POST[name])
            return True
    return False


def _page(request: Visit, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    here = "beside" if is_only_ally(request.space) else "circle"
    return page(request, f"asks/{template}.html", {"here": here} | context, status=status)
