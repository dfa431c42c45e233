"""Which page answers: the list, one thing, putting one away, changing it, asking for it back."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from ibasho import vault
from ibasho.programme.gate import Visit
from ibasho.safekeeping import access, actions, words
from ibasho.safekeeping.forms import ThingForm, states_after
from ibasho.safekeeping.records import WAITS, WAYS, PutAway
from ibasho.web.addresses import address
from ibasho.web.forms import NOT_JUST_NOW
from ibasho.web.pages import SeeOther, page

ACTS: dict[str, Callable[[vault.Space, str], None]] = {
    "ask": actions.ask_back,
    "leave": actions.leave_it,
    "take": actions.take_back,
}


@require_safe
def things(request: Visit) -> HttpResponse:
    """Everything put away."""
    return _page(request, "things", {"things": access.things(request.space)})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    """Put something away."""
    if request.method != "POST":
        return _form(request, ThingForm.of(None))
    form = ThingForm.read(request.POST, None)
    if form.errors:
        return _form(request, form, status=422)
    try:
        key = actions.put_away(request.space, record=form.record(None))
    except actions.TooMany as error:
        return _form(request, form, status=error.status, said=[str(error.message)])
    except vault.StorageTrouble as error:
        return _form(request, form, status=error.status, said=[str(NOT_JUST_NOW)])
    return SeeOther(address("safekeeping-thing", key))


@require_http_methods(["GET", "HEAD", "POST"])
def thing(request: Visit, thing: str) -> HttpResponse:
    """One thing, what was agreed about it, and asking for it back."""
    said, status = "", 200
    if request.method == "POST":
        act = ACTS.get(request.POST.get("to", ""))
        if act is None:
            access.thing(request.space, thing)
        else:
            try:
                act(request.space, thing)
                return SeeOther(address("safekeeping-thing", thing))
            except (actions.StillWaiting, actions.NotToday) as error:
                said, status = str(error.message), error.status
    context = {
        "thing": access.thing_view(request.space, thing),
        "hard": access.is_hard_today(request.space),
        "said": said,
    }
    return _page(request, "thing", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Visit, thing: str) -> HttpResponse:
    """Write about one thing differently."""
    kept = access.thing(request.space, thing)
    if request.method != "POST":
        return _form(request, ThingForm.of(kept.record, kept.version), thing, kept.record)
    form = ThingForm.read(request.POST, kept.record)
    if form.errors:
        return _form(request, form, thing, kept.record, status=422)
    try:
        actions.change(request.space, thing, record=form.record(kept.record), seen=form.seen)
    except vault.Changed as error:
        form.seen = access.thing(request.space, thing).version
        return _form(request, form, thing, kept.record, status=409, said=[str(error.message)])
    except vault.StorageTrouble as error:
        return _form(request, form, thing, kept.record, status=error.status, said=[str(NOT_JUST_NOW)])
    return SeeOther(address("safekeeping-thing", thing))


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: Visit, thing: str) -> HttpResponse:
    """Ask once whether it shall be forgotten here; then it is."""
    found = access.thing_view(request.space, thing)
    if request.method == "POST":
        actions.erase(request.space, thing)
        return SeeOther(address("safekeeping"))
    return _page(request, "erase", {"thing": found})


def _form(
    request: Visit,
    form: ThingForm,
    key: str = "",
    before: PutAway | None = None,
    *,
    status: int = 200,
    said: list[str] | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "typed": form.typed,
        "errors": form.errors,
        "said": said or [],
        "key": key,
        "to": address("safekeeping-change", key) if key else address("safekeeping-new"),
        "ways": [(way, words.WAYS[way]) for way in WAYS],
        "states": [(state, words.STATES[state]) for state in states_after(before)],
        "waits": [(str(hours), words.wait(hours)) for hours in WAITS],
    }
    return _page(request, "write", context, status)


def _page(request: Visit, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return page(request, f"safekeeping/{template}.html", {"here": "plan"} | context, status=status)
