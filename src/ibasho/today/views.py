"""Which page answers: today, one day, looking back, the good things, the wishes."""

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from markupsafe import Markup

from ibasho import vault
from ibasho.circle import access as circle
from ibasho.people import access as people
from ibasho.people.friends import somebody_asked
from ibasho.plan import access as plan
from ibasho.programme.days import date_from, zones_by_region
from ibasho.programme.gate import Visit
from ibasho.today import access, actions, words
from ibasho.today.forms import DayForm, WishesForm
from ibasho.today.records import KEEP_CHOICES, SIGNS, Day, TodayWishes, day_at
from ibasho.web.addresses import address
from ibasho.web.forms import NOT_JUST_NOW
from ibasho.web.pages import environment, go, page, wants_part

PART = "today"


# --- writing -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def today(request: Visit) -> HttpResponse:
    """Today's check-in; or, once it is kept, where one can go from here."""
    space = request.space
    wishes = access.wishes_of(space)
    now = access.today_of(wishes)
    if request.method == "POST":
        # A page that was opened before midnight still speaks of its own day.
        return _keep(request, space, wishes, date_from(request.POST.get("day", "")) or now)
    actions.let_old_days_go(space)
    kept = access.find_day(space, now)
    if kept:
        return _kept(request, space, kept, just_now=False)
    return _ask(request, space, wishes, now, DayForm.of(None))


@require_http_methods(["GET", "HEAD", "POST"])
def day(request: Visit, day: str) -> HttpResponse:
    """One day to read; a blank one to write."""
    space, wishes, that_day, kept = _that_day(request, day)
    if request.method == "POST":
        return _keep(request, space, wishes, that_day)
    if kept:
        view = access.day_view(kept)
        return _page(
            request, "read", {"view": view, "id": day, "offers": _offers(space) if view.urges else None}
        )
    return _ask(request, space, wishes, that_day, DayForm.of(None))


@require_safe
def day_change(request: Visit, day: str) -> HttpResponse:
    """A kept day as a form, to change it."""
    space, wishes, that_day, kept = _that_day(request, day)
    form = DayForm.of(kept.record, kept.version) if kept else DayForm.of(None)
    return _ask(request, space, wishes, that_day, form)


@require_http_methods(["GET", "HEAD", "POST"])
def day_erase(request: Visit, day: str) -> HttpResponse:
    """Ask once whether a day shall go; then it is gone."""
    space, _wishes, that_day, kept = _that_day(request, day)
    if request.method == "POST":
        actions.erase_day(space, day=that_day)
    elif kept:
        context = {
            "name": words.calendar().say_full(that_day),
            "back": address("day", day),
            "here": "today",
        }
        return page(request, "today/erase.html", context)
    return go(request, "history-month", day[:7])


def _that_day(request: Visit, text: str) -> tuple[vault.Space, TodayWishes, dt.date, vault.Kept[Day] | None]:
    """The day an address speaks of. Raises NotFound for one that is neither kept nor to be written about."""
    space = request.space
    wishes = access.wishes_of(space)
    that_day = date_from(text)
    if that_day is None:
        raise vault.NotFound
    kept = access.find_day(space, that_day)
    now = access.today_of(wishes)
    if kept is None and not now - dt.timedelta(days=access.LONGEST_BACK) <= that_day <= now:
        raise vault.NotFound
    return space, wishes, that_day, kept


def _keep(request: Visit, space: vault.Space, wishes: TodayWishes, that_day: dt.date) -> HttpResponse:
    form = DayForm.read(request.POST)
    at = request.POST.get("at", "")
    asked = _steps(wishes, form)
    if form.errors:
        where = {"good" if name == "good_form" else name for name in form.errors}
        first = next((step for step in asked if step in where), asked[0])
        return _ask(request, space, wishes, that_day, form, at=at and first, status=422)
    if at in asked and (step := _step_to(request.POST.get("go", ""), at, asked, form)):
        return _ask(request, space, wishes, that_day, form, at=step)
    try:
        is_kept = actions.keep_day(space, day=that_day, record=form.day, seen=form.seen)
    except vault.Changed:
        other = access.find_day(space, that_day)
        form.seen = other.version if other else 0
        found = {"elsewhere": access.day_view(other) if other else "erased"}
        return _ask(request, space, wishes, that_day, form, status=409, extra=found)
    except (actions.NotYet, actions.LongAgo) as error:
        return _ask(request, space, wishes, that_day, form, status=422, extra={"said": [str(error)]})
    except vault.StorageTrouble:
        return _ask(request, space, wishes, that_day, form, status=503, extra={"said": [NOT_JUST_NOW]})
    if not is_kept:
        return _page(request, "blank", {"today": address("today")})
    if wants_part(request, PART):
        kept = access.find_day(space, that_day)
        assert kept is not None
        return _kept(request, space, kept, just_now=True)
    return go(request, "today") if that_day == access.today_of(wishes) else go(request, "day", that_day)


def _steps(wishes: TodayWishes, form: DayForm) -> list[str]:
    """What is asked, in order: urges only where they were switched on, or answered before."""
    signs = [sign for sign in SIGNS if sign != "urges" or wishes.urges_on or form.typed["urges"]]
    return [*signs, "line", "good"]


def _step_to(wish: str, at: str, asked: list[str], form: DayForm) -> str:
    """The next question of a page that shows one at a time; empty when it is time to keep what there is."""
    number = asked.index(at)
    if wish == "back":
        return asked[max(0, number - 1)]
    if wish == "keep" or (at == "urges" and access.marked_urges(form.day)):
        return ""  # urges were marked: help comes now, and nothing more is asked (DOMAIN 2.9)
    return asked[number + 1] if number + 1 < len(asked) else ""


def _ask(
    request: Visit,
    space: vault.Space,
    wishes: TodayWishes,
    that_day: dt.date,
    form: DayForm,
    *,
    at: str = "",
    status: int = 200,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    if request.method != "POST" and not form.seen and that_day < access.first_kept_day(wishes):
        name = words.calendar().say_full(that_day)
        return _page(request, "old", {"name": name, "said": str(actions.LongAgo.message)})
    now = access.today_of(wishes)
    is_today = that_day == now
    questions = words.questions()
    asked = _steps(wishes, form)
    if request.method != "POST" and not form.seen:
        one = request.GET.get("one", "1" if wishes.one_question else "0") == "1"
        at = asked[0] if one else ""
    names = words.calendar()
    context = {
        "is_today": is_today,
        "here": "today" if is_today else "history",
        "id": that_day.isoformat(),
        "name": names.say_long(that_day) if is_today else names.say_full(that_day),
        "greeting": people.profile(space).name if is_today else "",
        "to": address("today") if is_today else address("day", that_day),
        "questions": [questions[sign] for sign in asked if sign in questions],
        "typed": form.typed,
        "errors": form.errors,
        "seen": form.seen,
        "forms": words.good_forms(),
        "fields": "" if at else _fields(form, asked),
        "who_sees": _who_sees(space, _("Only you see this.")),
        "can_tell": circle.can_tell(space),
        "mentions_urges": "urges" in asked and at in ("", "urges"),
        "lines": address("help-lines"),
        "at": at,
        "number": asked.index(at) + 1 if at else 0,
        "of": len(asked),
        "said": _said(form, asked),
        "elsewhere": None,
    }
    return _page(request, "ask", context | (extra or {}), status=status)


def _said(form: DayForm, asked: list[str]) -> tuple[str, ...]:
    """What stands at the top of a page that could not be kept; the rest stands beside what it is about."""
    if not form.errors:
        return ()
    unasked = form.errors.get("urges", ()) if "urges" not in asked else ()
    return _(
        "Not kept yet: something does not fit. It says so beside it, and nothing you wrote is lost."
    ), *unasked


def _fields(form: DayForm, asked: list[str]) -> Markup:
    if form.errors or any(form.typed.values()):
        return _rendered(form, asked)
    return _blank_fields(get_language() or "en", tuple(asked))


@cache
def _blank_fields(language: str, asked: tuple[str, ...]) -> Markup:
    """All questions with nothing chosen and nothing written: the same for everybody, so made once."""
    return _rendered(DayForm.of(None), asked)


def _rendered(form: DayForm, asked: Iterable[str]) -> Markup:
    questions = words.questions()
    context = {
        "questions": [questions[sign] for sign in asked if sign in questions],
        "typed": form.typed,
        "errors": form.errors,
        "forms": words.good_forms(),
    }
    return Markup(environment().get_template("today/_fields.html").render(context))  # noqa: S704 escaped there


def _kept(request: Visit, space: vault.Space, kept: vault.Kept[Day], *, just_now: bool) -> HttpResponse:
    that_day = day_at(kept.id)
    context = {
        "id": that_day.isoformat(),
        "is_today": that_day == access.today_of(access.wishes_of(space)),
        "just_now": just_now,
        "greeting": people.profile(space).name,
        "who_sees": _who_sees(space, _("Only you can open it.")),
        "can_tell": circle.can_tell(space),
        "offers": _offers(space) if access.marked_urges(kept.record) else None,
    }
    return _page(request, "kept", context)


def _who_sees(space: vault.Space, nobody: str) -> str:
    """What a page says about who may see something of a day; `nobody` where nobody may."""
    names = circle.who_sees(space, *actions.SHOWN)
    if not names:
        return nobody
    return _("What you chose of this is shown to %(names)s; the rest only you see.") % {
        "names": ", ".join(names)
    }


def _offers(space: vault.Space) -> dict[str, str]:
    """What is there at once when urges were marked (DOMAIN 2.9)."""
    sentence = _(
        "Hi. Today is hard, and I do not want to be alone with it. Could you call me, or come by? "
        "You do not have to fix anything."
    )
    return {
        "plan": address("plan") if plan.has_plan(space) else "",
        "senses": address("help-senses"),
        "breathe": address("help-breathe"),
        "tell": address("tell") if circle.can_tell(space) else "",
        "lines": address("help-lines"),
        "sentence": sentence,
        "message": "sms:?&body=" + quote(sentence, safe=""),
    }


def _page(request: Visit, state: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    match = request.resolver_match
    here = "today" if match is None or match.url_name == "today" else "history"
    return page(
        request,
        "today/today.html",
        {"here": here, "asked": somebody_asked(request.space)} | context | {"state": state},
        status=status,
        part=PART,
    )


# --- looking back --------------------------------------------------------------------------------


@require_safe
def history(request: Visit) -> HttpResponse:
    """The month it is, and the ten weeks up to now."""
    space = request.space
    return _month(request, space, access.today_of(access.wishes_of(space)).replace(day=1))


@require_safe
def history_month(request: Visit, month: str) -> HttpResponse:
    """One month, and the ten weeks up to its end."""
    first = date_from(f"{month}-01")
    if first is None or first.year < 1900:
        raise vault.NotFound
    return _month(request, request.space, first)


def _month(request: Visit, space: vault.Space, first: dt.date) -> HttpResponse:
    actions.let_old_days_go(space)
    return page(request, "today/month.html", {"month": access.month_view(space, first), "here": "today"})


@require_safe
def good_things(request: Visit, until: str = "") -> HttpResponse:
    """The good things, week by week."""
    space = request.space
    day = date_from(until) if until else access.today_of(access.wishes_of(space))
    if day is None or not 1900 <= day.year <= 9000:
        raise vault.NotFound
    actions.let_old_days_go(space)
    return page(request, "today/good_things.html", {"good": access.good_view(space, day), "here": "today"})


# --- the wishes ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: Visit) -> HttpResponse:
    """How somebody wants to be asked, and how long their days stay."""
    space = request.space
    before = access.wishes_of(space)
    form = WishesForm(before)
    kept, old = False, ""
    if request.method == "POST":
        form = WishesForm.read(request.POST, before)
        shorter = form.wishes.keep_days != before.keep_days and not form.sure
        old = access.erased_by(space, form.wishes) if shorter and not form.errors else ""
        if not (form.errors or old):
            actions.keep_wishes(space, wishes=form.wishes)
            kept = True
            if not wants_part(request, "wishes"):
                return go(request, "today")
    context = {
        "wishes": form.wishes,
        "errors": form.errors,
        "kept": kept,
        "erases_before": old,
        "keep_options": list(zip(map(str, KEEP_CHOICES), _keep_labels(), strict=True)),
        "zone_groups": zones_by_region(),
        "lines": address("help-lines"),
        "here": "today",
    }
    return page(request, "today/wishes.html", context, status=422 if form.errors else 200, part="wishes")


def _keep_labels() -> tuple[str, ...]:
    return _("90 days"), _("a year"), _("until I erase them")
