"""One's words: new ones, and the printed ones that open the same place."""

import msgspec
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ibasho import vault
from ibasho.people import access, actions, door
from ibasho.people.forms import MOST_TYPED, same_words
from ibasho.programme.days import today
from ibasho.programme.gate import Visit
from ibasho.vault import sessions
from ibasho.web.addresses import address
from ibasho.web.pages import page

MINUTES = 30


class Changing(msgspec.Struct):
    """New words on their way. Sealed between the steps, to this browser."""

    words: str

    def __repr__(self) -> str:
        return "<Changing ***>"


@require_http_methods(["GET", "HEAD", "POST"])
def change_words(request: Visit) -> HttpResponse:
    """Old words as proof, new ones shown, typed back; then the old ones open nothing."""
    to = request.POST.get("to", "") if request.method == "POST" else ""
    if not to:
        return _ask_for_old_words(request)
    if to == "prove":
        return _prove(request)
    try:
        so_far = vault.open_ticket(request.POST.get("state", ""), Changing, "change", _binding(request))
    except vault.BadTicket as error:
        return _ask_for_old_words(request, str(error.message), error.status)
    if to == "other":
        so_far.words = actions.new_words_for(request.space)
    if to == "type":
        return _type_back(request, so_far)
    if to == "done":
        return _done(request, so_far)
    return _show(request, so_far)


def _binding(request: Visit) -> bytes:
    return sessions.binding(request.cookie_value)


def _ask_for_old_words(request: Visit, message: str = "", status: int = 200, typed: str = "") -> HttpResponse:
    context = {
        "message": message,
        "typed": typed,
        "printed": "printed" in request.GET,
    }
    return page(request, "people/change_words.html", context, status=status)


def _prove(request: Visit) -> HttpResponse:
    typed = request.POST.get("words", "")[:MOST_TYPED]
    try:
        with vault.Tries(door.network_of(request)):
            actions.prove(request.space, typed)
    except (actions.NotTheirWords, vault.TooManyTries, vault.Busy) as error:
        return _ask_for_old_words(request, str(error.message), error.status, typed)
    return _show(request, Changing(actions.new_words_for(request.space)))


def _seal(request: Visit, so_far: Changing) -> str:
    return vault.seal_ticket(so_far, "change", MINUTES, bound_to=_binding(request))


def _show(request: Visit, so_far: Changing) -> HttpResponse:
    return page(request, "people/new_words.html", {"state": _seal(request, so_far), "words": so_far.words})


def _type_back(
    request: Visit, so_far: Changing, message: str = "", status: int = 200, typed: str = ""
) -> HttpResponse:
    context = {"state": _seal(request, so_far), "message": message, "typed": typed}
    context["count"] = str(len(so_far.words.split()))
    context |= {"to": address("change-words"), "done": _("Change my words")}
    return page(request, "people/new_words_back.html", context, status=status)


def _done(request: Visit, so_far: Changing) -> HttpResponse:
    typed = request.POST.get("words", "")[:MOST_TYPED]
    if not same_words(typed, so_far.words):
        message = _("These are not quite the same words in the same order. You can look at them once more.")
        return _type_back(request, so_far, message, 422, typed)
    space = actions.change_words(request.space, so_far.words)
    request.space = space
    begun = door.begin(request, space, so_far.words)
    door.settle(space)  # what was sealed with the old keys is sealed anew
    proof = vault.seal_ticket("", "proof", MINUTES, bound_to=sessions.binding(begun.cookie))
    return begun.hand_over(page(request, "people/words_changed.html", {"proof": proof}))


# The printed sheet --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def recovery_sheet(request: Visit) -> HttpResponse:
    """Eight printed words that open the same place; shown once. A new sheet shuts the one before it."""
    free = _needs_no_proof(request)
    context = {"exists": access.has_recovery_sheet(request.space), "free": free, "message": "", "typed": ""}
    if request.method != "POST":
        return page(request, "people/recovery_ask.html", context)
    typed = request.POST.get("words", "")[:MOST_TYPED]
    if not free:
        try:
            with vault.Tries(door.network_of(request)):
                actions.prove(request.space, typed)
        except (actions.NotTheirWords, vault.TooManyTries, vault.Busy) as error:
            said = context | {"message": str(error.message), "typed": typed}
            return page(request, "people/recovery_ask.html", said, status=error.status)
    words = actions.make_recovery_words(request.space)
    paper = vault.seal_ticket(words, "sheet", MINUTES, bound_to=_binding(request))
    context = {"words": words, "paper": paper, "home": door.first_page(request.space)}
    return page(request, "people/recovery_sheet.html", context)


def _needs_no_proof(request: Visit) -> bool:
    """The first sheet on the day of joining, or one right after the words were proven."""
    joined_today = access.profile(request.space).joined_on == today()
    if joined_today and not access.has_recovery_sheet(request.space):
        return True
    try:
        vault.open_ticket(request.POST.get("proof", ""), str, "proof", _binding(request))
    except vault.BadTicket:
        return False
    return True


@require_POST
def recovery_paper(request: Visit) -> HttpResponse:
    """The same sheet as a PDF, made in memory from the sealed words the page before it holds."""
    from ibasho.people import sheet  # here, because what draws a PDF takes twenty megabytes of memory

    words = vault.open_ticket(request.POST.get("paper", ""), str, "sheet", _binding(request))
    response = HttpResponse(sheet.as_pdf(words), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="paper.pdf"'
    return response
