"""Which page answers: the list, one thing, putting it away, asking for it back; and the same for its keeper."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ibasho import vault
from ibasho.circle import access as circle
from ibasho.circle import home
from ibasho.errors import IbashoError
from ibasho.programme.gate import Visit
from ibasho.safekeeping import access, actions, words
from ibasho.safekeeping.forms import ThingForm, line, states_after
from ibasho.safekeeping.records import LINE_MOST, WAITS, WAYS, WORDS_MOST, PutAway
from ibasho.web.addresses import address
from ibasho.web.forms import NOT_JUST_NOW
from ibasho.web.pages import SeeOther, page

ACTS: dict[str, Callable[[vault.Space, str], None]] = {
    "ask": actions.ask_back,
    "leave": actions.leave_it,
    "take": actions.take_back,
}

KEEPERS_ACTS: dict[str, Callable[[vault.Space, str], None]] = {
    "decline": actions.decline,
    "has": actions.confirm,
    "back": actions.give_back,
}


@require_safe
def things(request: Visit) -> HttpResponse:
    """Everything put away."""
    return _page(request, "things", {"things": access.things(request.space)})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    """Put something away."""
    if request.method != "POST":
        return _form(request, ThingForm.of(None, keepers=_keepers(request)))
    form = ThingForm.read(request.POST, None, _keepers(request))
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
    """One thing, what was agreed about it, asking somebody to keep it, and asking for it back."""
    said: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        to = request.POST.get("to", "")
        try:
            if to == "entrust":
                said = _entrust(request, thing)
            elif to == "open":
                said = {"line": actions.open_line(request.space, thing), "status": 200}
            elif to in ACTS:
                ACTS[to](request.space, thing)
            else:
                said = {"status": 200}
            if not said:
                return SeeOther(address("safekeeping-thing", thing))
            status = said.pop("status")
        except (actions.StillWaiting, actions.NotToday, actions.NotSaidYet) as error:
            said, status = {"said": str(error.message)}, error.status
    context = {
        "thing": access.thing_view(request.space, thing),
        "hard": access.is_hard_today(request.space),
        "said": "",
        "typed": "",
        "wrong": [],
        "line": "",
    }
    return _page(request, "thing", context | said, status)


def _entrust(request: Visit, key: str) -> dict[str, Any]:
    typed, wrong = line(request.POST.get("line", ""), LINE_MOST)
    if wrong:
        return {"typed": typed, "wrong": wrong, "status": 422}
    try:
        actions.entrust(request.space, key, line=typed)
    except vault.StorageTrouble as error:
        return {"typed": typed, "said": str(NOT_JUST_NOW), "status": error.status}
    return {}


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Visit, thing: str) -> HttpResponse:
    """Write about one thing differently."""
    kept = access.thing(request.space, thing)
    if request.method != "POST":
        form = ThingForm.of(kept.record, kept.version, _keepers(request))
        return _form(request, form, thing, kept.record)
    form = ThingForm.read(request.POST, kept.record, _keepers(request))
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


# For whoever keeps it -------------------------------------------------------------------------------


@require_safe
def keeping(request: Visit) -> HttpResponse:
    """Everything this person keeps for others."""
    context = {"things": access.keeping(request.space), "here": "beside"}
    return _page(request, "keeping", context)


@require_http_methods(["GET", "HEAD", "POST"])
def kept(request: Visit, kept: str) -> HttpResponse:
    """One thing they keep: whether they will, what was agreed, and their word when it is asked for."""
    said: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        said = _keepers_word(request, kept)
        if not said:
            return SeeOther(address("safekeeping-kept", kept))
        status = said.pop("status")
    context = {
        "thing": access.kept_view(request.space, kept),
        "said": "",
        "typed": "",
        "wrong": [],
        "here": "beside",
    }
    return _page(request, "kept", context | said, status)


def _keepers_word(request: Visit, kept: str) -> dict[str, Any]:
    """Do what was pressed. Gives what the page has to say about it, or nothing."""
    to = request.POST.get("to", "")
    typed, wrong = line(request.POST.get("words", ""), WORDS_MOST)
    again = {"typed": typed, "wrong": wrong, "status": 422}
    if wrong:
        return again
    try:
        if to == "accept":
            if request.POST.get("read") != "yes":
                said = _("Please read what the law may ask first, and say that you did.")
                return again | {"said": said}
            actions.accept(request.space, kept)
        elif to == "not-yet":
            actions.not_yet(request.space, kept, said=typed)
        elif to == "yes":
            actions.say_yes(request.space, kept, said=typed)
        elif to == "stop":
            actions.stop(request.space, kept, said=typed)
        elif to in KEEPERS_ACTS:
            KEEPERS_ACTS[to](request.space, kept)
        else:
            access.kept_for_another(request.space, kept)
            return again | {"status": 200}
    except (vault.TooSoon, vault.RequestOver, actions.NothingOfIt, vault.StorageTrouble) as error:
        return _shown(error, typed)
    return {}


def _shown(error: IbashoError, typed: str) -> dict[str, Any]:
    return {"typed": typed, "said": str(error.message), "status": error.status}


def _at_home(space: vault.Space) -> dict[str, Any] | None:
    """The part of an ally's home that says what they keep."""
    things = access.keeping(space)
    return {"things": things} if things else None


home.section("keeping", 50, "safekeeping/_keeping.html", _at_home)


def _keepers(request: Visit) -> dict[str, str]:
    return {one.id: one.name for one in circle.choices(request.space)}


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
        "keepers": [*form.keepers.items(), ("", _("somebody who is not here"))] if form.keepers else [],
        "waits": [(str(hours), words.wait(hours)) for hours in WAITS],
    }
    return _page(request, "write", context, status)


def _page(request: Visit, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return page(request, f"safekeeping/{template}.html", {"here": "plan"} | context, status=status)
