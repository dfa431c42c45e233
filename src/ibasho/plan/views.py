"""Which page answers: reading, making, using and looking over a plan; and the plan on paper."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from markupsafe import Markup

from ibasho import vault
from ibasho.circle import access as circle
from ibasho.errors import NotFound
from ibasho.keepsakes import access as keepsakes
from ibasho.plan import access, actions, code, words
from ibasho.plan.access import PlanView
from ibasho.plan.forms import PartForm, SaidForm
from ibasho.plan.records import FEELS, LIKELY, MOST_KEEPSAKES, PARTS, WITH_NUMBERS
from ibasho.programme.gate import Visit
from ibasho.web.addresses import address
from ibasho.web.forms import NOT_JUST_NOW
from ibasho.web.pages import SeeOther, page

NOT_DONE = ("signs", "matters")  # noticed, or held on to: nothing one would begin to do


# --- reading --------------------------------------------------------------------------------------


@require_safe
def plan(request: Visit) -> HttpResponse:
    """The whole plan on one page; or, before there is one, how to begin."""
    found = access.plan_view(request.space)
    if found is None or not found.written:
        return _page(request, "begin", {})
    context = {
        "plan": found,
        "keepsakes": keepsakes.for_plan(request.space, found.keepsakes) if found.keepsakes else (),
        "look": access.reason_to_look(request.space),
        "out": access.setting_out(request.space),
        "can_tell": circle.can_tell(request.space),
    }
    return _page(request, "plan", _to_read(found) | context)


@require_safe
def read_part(request: Visit, part: str) -> HttpResponse:
    """One part alone, as large as it goes, with the way to the next."""
    found = _plan(request)
    shown = [one for one in found.parts if one.steps or one.name == "services"]
    at = next((place for place, one in enumerate(shown) if one.name == part), None)
    if at is None:
        raise NotFound
    context = {
        "part": shown[at],
        "at": at + 1,
        "of": len(shown),
        "before": shown[at - 1] if at else None,
        "after": shown[at + 1] if at + 1 < len(shown) else None,
    }
    return _page(request, "read_part", _to_read(found) | context)


def _to_read(plan: PlanView) -> dict[str, Any]:
    """What both ways of reading need."""
    return {
        "not_done": NOT_DONE,
        "country_lines": access.lines_of_the_country(),
        "first": plan.written[0].name if plan.written else "",
    }


# --- making ---------------------------------------------------------------------------------------


@require_safe
def make(request: Visit) -> HttpResponse:
    """All parts, to choose one to write in."""
    kept = access.plan_view(request.space)
    parts = [(name, words.PARTS[name].title, kept.part(name).steps if kept else ()) for name in PARTS]
    return _page(request, "make", {"parts": parts, "beside": _beside(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def part(request: Visit, part: str) -> HttpResponse:
    """The lines of one part, to write them."""
    kept = access.part_of(request.space, part)
    form, status = PartForm.of(part, kept.steps, access.mark_of(kept.steps)), 200
    if request.method == "POST":
        form, status = PartForm.read(part, request.POST), 422
        if "up" in request.POST:
            form.move_up(request.POST["up"])
            status = 200
        elif "more" in request.POST:
            status = 200
        elif not form.errors:
            try:
                actions.keep_part(request.space, name=part, steps=form.steps, seen=form.seen)
                return SeeOther(address("plan-after", part) + _with_beside(request))
            except (actions.KeptMeanwhile, vault.Changed):
                return _kept_meanwhile(request, form)
            except vault.StorageTrouble as error:
                form.said.append(str(NOT_JUST_NOW))
                status = error.status
    return _part(request, form, status)


def _kept_meanwhile(request: Visit, form: PartForm) -> HttpResponse:
    kept = access.part_of(request.space, form.name)
    form.seen = access.mark_of(kept.steps)
    return _part(request, form, 409, [step.text for step in kept.steps])


def _part(request: Visit, form: PartForm, status: int, elsewhere: list[str] | None = None) -> HttpResponse:
    context = {
        "form": form,
        "words": words.PARTS[form.name],
        "at": PARTS.index(form.name) + 1,
        "of": len(PARTS),
        "with_numbers": form.name in WITH_NUMBERS,
        "beside": _beside(request),
        "elsewhere": elsewhere,
        "safekeeping": address("safekeeping") if form.name == "safer" else "",
        "country_lines": access.lines_of_the_country() if form.name == "services" else (),
    }
    return _page(request, "part", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
def after_part(request: Visit, part: str) -> HttpResponse:
    """How likely somebody is to do this, and what might get in the way; then the next part (DOMAIN 1.5)."""
    kept = access.part_of(request.space, part)
    form, status = SaidForm(kept.likely, kept.in_the_way), 200
    following = PARTS[PARTS.index(part) + 1] if part != PARTS[-1] else ""
    on = address("plan-part", following) if following else address("plan")
    if request.method == "POST":
        form = SaidForm.read(request.POST)
        status = 422
        if not form.errors:
            try:
                actions.say_of_part(request.space, name=part, likely=form.likely, in_the_way=form.in_the_way)
                return SeeOther(on + _with_beside(request))
            except (vault.StorageTrouble, vault.Changed) as error:
                form.errors, status = (str(NOT_JUST_NOW),), error.status
    if not kept.steps and part != "people":
        return SeeOther(on + _with_beside(request))
    context = {
        "form": form,
        "name": part,
        "title": words.PARTS[part].title,
        "steps": [step.text for step in kept.steps],
        "asks": part not in NOT_DONE and bool(kept.steps),
        "likely": [(code, words.LIKELY[code]) for code in LIKELY],
        "on": on + _with_beside(request),
        "next": words.PARTS[following].title if following else "",
        "beside": _beside(request),
    }
    return _page(request, "after_part", context, status)


def _beside(request: Visit) -> bool:
    """Whether somebody sits beside the owner, at the same screen (DOMAIN 1.6)."""
    return "1" in (request.GET.get("beside", ""), request.POST.get("beside", ""))


def _with_beside(request: Visit) -> str:
    return "?beside=1" if _beside(request) else ""


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: Visit) -> HttpResponse:
    """Ask once whether the whole plan shall go; then it is gone."""
    if request.method == "POST":
        actions.erase_plan(request.space)
        return SeeOther(address("plan"))
    _plan(request)
    return _page(request, "erase", {})


@require_http_methods(["GET", "HEAD", "POST"])
def beside_it(request: Visit) -> HttpResponse:
    """Which keepsakes stand with the plan."""
    mine = keepsakes.attachable(request.space)
    if request.method == "POST":
        chosen = set(request.POST.getlist("keepsake"))
        actions.attach(request.space, ids=tuple(one.id for one in mine if one.id in chosen))
        return SeeOther(address("plan") + "#beside")
    context = {
        "options": [(one.id, one.name) for one in mine],
        "chosen": _plan(request).keepsakes,
        "most": MOST_KEEPSAKES,
    }
    return _page(request, "beside_it", context)


# --- using ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: Visit, step: str) -> HttpResponse:
    """One line alone: begin it, and come back from it. Every answer can be left out."""
    found = access.find_step(request.space, step)
    if found is None:
        raise NotFound
    out = access.setting_out(request.space)
    is_out = out is not None and out[0].id == step
    if request.method == "POST":
        feels = request.POST.get("feels", "")
        feels = feels if feels in FEELS else ""
        if request.POST.get("to") == "back" and is_out:
            helped = actions.come_back(request.space, step=step, after=feels)
            return _page(
                request, "came_back", {"step": found, "helped": helped, "feels": feels} | _next(request, step)
            )
        if request.POST.get("to") == "out":
            actions.set_out(request.space, step=step, before=feels)
            return SeeOther(address("plan-step", step))
    context = {
        "step": found,
        "is_out": is_out,
        "feels": [(code, words.FEELS[code]) for code in FEELS],
        "lines": address("help-lines"),
    }
    return _page(request, "step", context)


def _next(request: Visit, step: str) -> dict[str, Any]:
    """The part after the one a line stands in: the next rung of the ladder."""
    written = [part for part in _plan(request).written if part.name not in NOT_DONE]
    at = next(place for place, part in enumerate(written) if any(one.id == step for one in part.steps))
    return {"after": written[at + 1] if at + 1 < len(written) else None, "lines": address("help-lines")}


# --- on paper, and on one's own phone -------------------------------------------------------------


@require_safe
def on_paper(request: Visit) -> HttpResponse:
    """What to print: the sheet, the card, or an empty sheet to write on."""
    plan = access.plan_view(request.space)
    from ibasho.plan import paper  # here, and below, because what draws a PDF takes twenty megabytes

    context = {"plan": plan, "missing": paper.unprintable(plan) if plan else ""}
    return _page(request, "on_paper", context)


@require_POST
def paper(request: Visit) -> HttpResponse:
    """A PDF of one page, made in memory."""
    from ibasho.plan import paper

    what, country = request.POST.get("what", ""), access.lines_of_the_country()
    if what == "blank":
        content = paper.blank(country)
    else:
        where = _to_own_phone(request) if request.POST.get("code") == "on" else ""
        wish = paper.Wish(names=request.POST.get("names", "") != "initials", code=where)
        content = (paper.card if what == "card" else paper.sheet)(_plan(request), country, wish)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="paper.pdf"'
    return response


@require_safe
def on_phone(request: Visit) -> HttpResponse:
    """A code to look at with one's own phone. It holds an address, and nothing of anybody."""
    where = _to_own_phone(request)
    return _page(request, "on_phone", {"where": where, "code": Markup(code.picture(where))})  # noqa: S704


def _to_own_phone(request: Visit) -> str:
    """Where a phone finds the plan: kept there behind a PIN, or after signing in."""
    scheme = "https" if settings.IBASHO_HTTPS else request.scheme
    return f"{scheme}://{request.get_host()}{address('pocket')}"


# --- looking over ---------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def look(request: Visit) -> HttpResponse:
    """What is in the plan and what changed since last time; then it is still right, or it is changed."""
    if request.method == "POST":
        actions.still_right(request.space)
        return SeeOther(address("plan"))
    found = _plan(request)
    day, changed = access.since_last_time(request.space)
    context = {
        "plan": found,
        "why": access.reason_to_look(request.space),
        "day": day,
        "changed": changed,
        "nobody": not found.part("people").steps,
    }
    return _page(request, "look", context)


def _plan(request: Visit) -> PlanView:
    """The plan, for pages that make no sense without one. Raises NotFound."""
    found = access.plan_view(request.space)
    if found is None:
        raise NotFound
    return found


def _page(request: Visit, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return page(request, f"plan/{template}.html", {"here": "plan"} | context, status=status)
