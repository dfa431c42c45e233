"""Joining: an invitation's words, what everybody is told, six words of one's own, and the first way round.

Between the steps nothing is kept: what was said so far travels as one sealed hidden field, good for an hour.
"""

from contextlib import suppress
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ibasho import vault
from ibasho.errors import IbashoError
from ibasho.people import access, actions, door
from ibasho.people.forms import MOST_TYPED, Newcomer, same_words
from ibasho.programme import access as programme
from ibasho.programme import telling
from ibasho.programme.gate import Visit
from ibasho.web.addresses import address
from ibasho.web.pages import SeeOther, page

MINUTES = 60
STEPS = 4


class Joining(msgspec.Struct):
    """What a newcomer said so far. Sealed between the steps."""

    invite: vault.Invite
    name: str = ""
    language: str = "en"
    agreed: int = 0
    understood: list[str] = []
    words: str = ""

    def __repr__(self) -> str:
        return "<Joining ***>"


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """All four steps, at one address. `to` says which one was sent, or which one to go back to."""
    if request.method != "POST":
        return _ask_for_invitation(request)
    to = request.POST.get("to", "look")
    if to == "look":
        return _look(request)
    try:
        so_far = vault.open_ticket(request.POST.get("state", ""), Joining, "join")
    except vault.BadTicket:
        message = _(
            "This was open for longer than an hour, so it begins again. Your invitation is still good."
        )
        return _ask_for_invitation(request, 409, message=message)
    if to == "tell" or (not so_far.words and to != "agree"):
        return _tell(request, so_far)
    if to == "agree":
        return _agree(request, so_far)
    if to == "other":
        so_far.words = _draw(so_far)
    if to == "type":
        return _type(request, so_far)
    if to == "done":
        return _done(request, so_far)
    return _show_words(request, so_far)


# One: the invitation's words ----------------------------------------------------------------------


def _ask_for_invitation(request: HttpRequest, status: int = 200, **said: Any) -> HttpResponse:
    context = {"typed": "", "message": "", "ticket": door.new_ticket(), "at": 1, "of": STEPS} | said
    return page(request, "people/join.html", context, status=status)


def _look(request: HttpRequest) -> HttpResponse:
    typed = request.POST.get("words", "")
    if len(typed) > MOST_TYPED:
        message = _("That is much longer than an invitation. Nothing was tried.")
        return _ask_for_invitation(request, 400, message=message)
    try:
        words = vault.clean_words(typed)
        with vault.Tries(door.network_of(request)):
            door.take_ticket(request.POST.get("ticket", ""))
            invite = actions.look_at(words)
    except (vault.NoInvitation, vault.BadWords):
        message = _(
            "These words do not open an invitation now. Look at the spelling; or ask the person who invited you for "
            "new ones."
        )
        return _ask_for_invitation(request, vault.NoInvitation.status, typed=typed, message=message)
    except (vault.BadTicket, vault.TooManyTries, vault.Busy, actions.DoorsNotOpen) as error:
        return _try_later(request, error, typed)
    return _tell(request, Joining(invite))


def _try_later(request: HttpRequest, error: IbashoError, typed: str) -> HttpResponse:
    response = _ask_for_invitation(request, error.status, typed=typed, message=str(error.message))
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


# Two: what everybody is told, one by one (DOMAIN 4.2) ---------------------------------------------


def _tell(
    request: HttpRequest, so_far: Joining, form: Newcomer | None = None, status: int = 200
) -> HttpResponse:
    now = programme.programme()
    points = telling.points(now)
    left = [point.key for point in points if point.key not in so_far.understood] if form else []
    if form is None:
        form = Newcomer(initial={"name": so_far.name, "language": so_far.language})
    context = {
        "state": _seal(so_far),
        "points": points,
        "understood": so_far.understood,
        "left": left,
        "form": form,
        "kind": so_far.invite.kind,
        "help_href": programme.way_to_lines(),
        "version": now.telling,
        "open": now.opened_on is not None,
        "at": 2,
        "of": STEPS,
    }
    return page(request, "people/before.html", context, status=status)


def _agree(request: HttpRequest, so_far: Joining) -> HttpResponse:
    now = programme.programme()
    keys = [point.key for point in telling.points(now)]
    ticked = request.POST.getlist("understood")
    so_far.understood = [key for key in keys if key in ticked]
    form = Newcomer(request.POST)
    changed = request.POST.get("version", "") != str(now.telling)
    if changed:  # somebody changed the telling while it was read: it is read again
        so_far.understood = []
    if not form.is_valid() or so_far.understood != keys:
        return _tell(request, so_far, form, 422)
    so_far.agreed = now.telling
    so_far.name = form.cleaned_data["name"]
    if so_far.language != form.cleaned_data["language"] or not so_far.words:
        so_far.language = form.cleaned_data["language"]
        so_far.words = _draw(so_far)
    return _show_words(request, so_far)


def _draw(so_far: Joining) -> str:
    return vault.new_words(actions.words_for(so_far.invite.kind), so_far.language)


# Three and four: words of one's own, typed back once ----------------------------------------------


def _show_words(request: HttpRequest, so_far: Joining) -> HttpResponse:
    context = {"state": _seal(so_far), "words": so_far.words, "at": 3, "of": STEPS}
    return page(request, "people/your_words.html", context)


def _type(
    request: HttpRequest, so_far: Joining, message: str = "", typed: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "state": _seal(so_far),
        "count": len(so_far.words.split()),
        "typed": typed,
        "message": message,
        "at": 4,
        "of": STEPS,
    }
    return page(request, "people/type_back.html", context, status=status)


def _done(request: HttpRequest, so_far: Joining) -> HttpResponse:
    typed = request.POST.get("words", "")[:MOST_TYPED]
    if not same_words(typed, so_far.words):
        message = _("These are not quite the same words in the same order. You can look at them once more.")
        return _type(request, so_far, message, typed, 422)
    try:
        space = actions.join(
            so_far.invite, so_far.words, name=so_far.name, language=so_far.language, agreed=so_far.agreed
        )
    except vault.Busy as error:
        response = _type(request, so_far, str(error.message), typed, error.status)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    except (actions.SomebodyWasFaster, actions.DoorsNotOpen) as error:
        return _ask_for_invitation(request, error.status, message=str(error.message))
    return door.begin(request, space, so_far.words).hand_over(SeeOther(address("arrive")))


def _seal(so_far: Joining) -> str:
    return vault.seal_ticket(so_far, "join", MINUTES)


# The first way round ------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def arrive(request: Visit) -> HttpResponse:
    """Before the first page: how leaving works, and what it cannot do (DOMAIN 5.2)."""
    if request.method == "POST":
        actions.change_profile(request.space, shown_around=True)
        return SeeOther(address("recovery-sheet") if request.POST.get("to") == "sheet" else _after(request))
    return page(request, "people/arrive.html", {"first": not access.profile(request.space).shown_around})


def _after(request: Visit) -> str:
    if access.is_facilitator(request.space) and not programme.is_open():
        return address("set-up")
    return door.home_of(request.space)


@require_http_methods(["GET", "HEAD", "POST"])
def practise(request: Visit) -> HttpResponse:
    """Type one's words once more without looking. Offered once; nothing depends on it."""
    if request.method != "POST":
        with suppress(vault.StorageTrouble, vault.Changed):  # on a full disk it is offered once more
            if not access.profile(request.space).practised:
                actions.change_profile(request.space, practised=True)
        return page(request, "people/practise.html", {"typed": "", "message": "", "known": False})
    typed = request.POST.get("words", "")[:MOST_TYPED]
    known, message, status = False, "", 200
    try:
        with vault.Tries(door.network_of(request)):
            actions.prove(request.space, typed)
        known, typed = True, ""
    except actions.NotTheirWords as error:
        message = _("Not quite. You can look at your paper and try again, or leave it for today.")
        status = error.status
    except (vault.TooManyTries, vault.Busy) as error:
        message, status = str(error.message), error.status
    context = {"typed": typed, "message": message, "known": known}
    return page(request, "people/practise.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def understood(request: Visit) -> HttpResponse:
    """What people are told has changed: read it anew, and say so (DOMAIN 4.2)."""
    if request.method == "POST":
        actions.understand_anew(request.space)
        return SeeOther(address("account"))
    context = {
        "points": telling.points(programme.programme()),
        "anew": access.understood_anew(request.space),
        "help_href": programme.way_to_lines(),
    }
    return page(request, "people/understood.html", context)
