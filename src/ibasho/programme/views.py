"""The page about this place, and the pages on which those who run it set it up."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ibasho.errors import NotFound
from ibasho.programme import access, actions, lines, telling
from ibasho.programme.days import in_words
from ibasho.programme.forms import SetUp, duties_of, duty_forms, initial_of, numbers_of
from ibasho.programme.gate import Visit
from ibasho.programme.records import Programme
from ibasho.web.addresses import address, known
from ibasho.web.forms import whole_number
from ibasho.web.pages import SeeOther, page

# The page in sections, so that a long form reads as a few short ones.
SECTIONS = (
    ("who", ("run_by", "country", "server_place", "keys_held_by", "employer")),
    ("hours", ("hours", "outside_hours")),
    ("cannot", ("no_duties", "if_suicide")),
    ("people", ("supervisor", "above_helpers", "emergency_contact")),
    ("keeping", ("retention", "backup_days", "backup_owner", "when_away")),
    ("door", ("cover", "cover_icon", "quick_exit")),
    ("requests", ("requests_received", "requests_answered", "requests_as_of")),
)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this place is, who runs it and what was asked of it. For everybody (DOMAIN 4.2, 10.6)."""
    now = access.programme()
    context = {
        "now": now,
        "open": now.opened_on is not None,
        "points": telling.points(now),
        "help_href": access.way_to_lines(),
        "inside": getattr(request, "space", None) is not None,
        "refused": now.requests_received - now.requests_answered,
        "as_of": in_words(now.requests_as_of),
    }
    return page(request, "programme/about.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: Visit) -> HttpResponse:
    """How the programme runs. Kept half written at any time; opened when everything is there."""
    if not access.may_set_up(request.space):
        raise NotFound
    now = access.programme()
    if request.method != "POST":
        return _set_up_page(request, now, SetUp(initial=initial_of(now)), duty_forms(None, now.duties))
    form, rows = SetUp(request.POST), duty_forms(request.POST, now.duties)
    if not (form.is_valid() & all([row.is_valid() for row in rows])):
        return _set_up_page(
            request, now, form, rows, [_("Some things need another look. Nothing is lost.")], 422
        )
    changes = numbers_of(form.cleaned_data) | {"duties": duties_of(rows)}
    if changes["duties"] and changes["no_duties"]:
        changes["no_duties"] = False  # what is written down counts
    try:
        now = actions.save_set_up(request.space, seen=_number(request.POST.get("seen", "")), **changes)
        if request.POST.get("then") == "open":
            actions.open_programme(request.space)
            return SeeOther(address("invitations") if known("invitations") else address("set-up"))
    except actions.NotYet as error:
        return _set_up_page(request, now, form, rows, [str(error)], error.status, error.missing)
    except actions.SavedMeanwhile as error:
        return _set_up_page(request, now, form, rows, [str(error)], error.status)
    return SeeOther(
        address("set-up-lines") if request.POST.get("then") == "lines" else address("set-up") + "?kept"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def clocks(request: Visit) -> HttpResponse:
    """Everything that goes out by itself, stopped or running: one button (DOMAIN 3.3)."""
    if not access.may_set_up(request.space):
        raise NotFound
    if request.method == "POST":
        act = {"stop": actions.stop_clocks, "start": actions.start_clocks}.get(request.POST.get("to", ""))
        if act is not None:
            act(request.space)
        return SeeOther(address("clocks"))
    since = access.programme().clocks_stopped_since
    stopped = in_words(timezone.localtime(since).date()) if since else ""
    return page(request, "programme/clocks.html", {"stopped": stopped, "here": "account"})


@require_http_methods(["GET", "HEAD", "POST"])
def set_up_lines(request: Visit) -> HttpResponse:
    """The lines of the country, row by row: somebody looked, today, and says who (DOMAIN 4.3, 7.2)."""
    if not access.may_set_up(request.space):
        raise NotFound
    now = access.programme()
    rows = lines.to_confirm(now.country)
    said, by, wrong = {}, "", []
    if request.method == "POST":
        said = {line.key: request.POST.get(f"line{place}", "") for place, line in enumerate(rows)}
        by = " ".join(request.POST.get("by", "").split())[:60]
        answers = {key: answer == "right" for key, answer in said.items() if answer in ("right", "wrong")}
        if answers and not by:
            wrong = [_("A name belongs to it: whoever looked.")]
        else:
            actions.check_lines(request.space, answers=answers, by=by)
            return SeeOther(address("set-up") + "?kept#lines")
    context = {
        "country": lines.country_name(now.country),
        "rows": [_row(now, line, f"line{place}", said) for place, line in enumerate(rows)],
        "by": by,
        "wrong": wrong,
    }
    return page(request, "programme/set_up_lines.html", context, status=422 if wrong else 200)


def _row(now: Programme, line: lines.Line, name: str, said: dict[str, str]) -> dict[str, Any]:
    check = now.lines_checked.get(line.key)
    return {
        "name": name,
        "line": lines.as_seen(line, now.lines_checked),
        "checked_on": in_words(check.on) if check else "",
        "check": check,
        "chosen": said.get(line.key, ""),
    }


def _set_up_page(
    request: Visit,
    now: Programme,
    form: SetUp,
    rows: Any,
    errors: Any = (),
    status: int = 200,
    missing: Any = None,
) -> HttpResponse:
    left = access.missing(now) if missing is None else missing
    context = {
        "form": form,
        "rows": rows,
        "errors": list(errors),
        "sections": dict(SECTIONS),
        "now": now,
        "kept": "kept" in request.GET,
        "left": [access.NEEDED[name] for name in left],
        "country": lines.country_name(now.country),
        "lines_left": len(access.lines_left(now)),
        "lines_seen": len(now.lines_checked),
    }
    return page(request, "programme/set_up.html", context, status=status)


def _number(text: str) -> int:
    number = whole_number(text)
    return -1 if number is None else number
