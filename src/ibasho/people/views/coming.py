"""Coming in, being locked, and going: the pages at the door."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ibasho import vault
from ibasho.errors import IbashoError
from ibasho.people import door
from ibasho.people.forms import MOST_TYPED
from ibasho.pocket import access as pocket
from ibasho.programme import access as programme
from ibasho.programme.gate import Visit
from ibasho.vault import sessions
from ibasho.web import leaving
from ibasho.web.pages import SeeOther, page


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The door: one's words, and nothing else. Wrong words and nobody's words are the same (VAULT 4.1)."""
    if request.method == "POST":
        return _try_words(request)
    space: vault.Space | None = getattr(request, "space", None)
    if space is not None:
        return SeeOther(door.first_page(space))
    if getattr(request, "locked", False):
        return door.unlock_page(request, 200)
    return door.sign_in_page(request)


def _try_words(request: HttpRequest) -> HttpResponse:
    typed = request.POST.get("words", "")
    kept = {"back": door.way_back(request.POST.get("back", "")), "draft": request.POST.get("draft", "")}
    if len(typed) > MOST_TYPED:
        message = _("That is much longer than anybody's words. Nothing was tried.")
        return door.sign_in_page(request, 400, message=message, **kept)
    try:
        words = vault.clean_words(typed)
        with vault.Tries(door.network_of(request)):
            door.take_ticket(request.POST.get("ticket", ""))
            space = vault.open_door(words)
    except (vault.NoDoor, vault.BadWords):
        message = _(
            "These words did not open a door. Small slips are common: look at the spelling and the order."
        )
        return door.sign_in_page(request, vault.NoDoor.status, typed=typed, message=message, **kept)
    except (vault.BadTicket, vault.TooManyTries, vault.Busy) as error:
        return _try_later(request, error, typed, kept)
    old_cookie = str(getattr(request, "cookie_value", ""))
    begun = door.begin(request, space, words)
    door.settle(space)
    response = door.continue_with(request, space, old_cookie, cookie=begun.cookie, coming=words, **kept)
    return begun.hand_over(response)


def _try_later(request: HttpRequest, error: IbashoError, typed: str, kept: dict[str, str]) -> HttpResponse:
    response = door.sign_in_page(request, error.status, typed=typed, message=str(error.message), **kept)
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: Visit) -> HttpResponse:
    """Lift the two-minute lock with the first of one's words. A script gets 204, 403 or 401."""
    if request.method != "POST":
        return SeeOther("/")
    cookie = request.cookie_value
    veil = bool(request.headers.get("X-Veil"))
    kept = {"back": door.way_back(request.POST.get("back", "")), "draft": request.POST.get("draft", "")}
    lifted = sessions.unlock(cookie, request.POST.get("word", "")[:MOST_TYPED])
    session = sessions.resume(cookie)
    if session is None:
        message = _("That was another word, three times. All of your words open the door again.")
        request.locked = False  # type: ignore[attr-defined]
        request.space = None  # type: ignore[assignment]
        return door.sign_in_page(request, 401, message=message, **kept)
    if not lifted:
        if veil:
            return HttpResponse(status=403)
        message = _("That was another word. You can try again.")
        return door.unlock_page(request, 403, message=message, **kept)
    if veil:
        return HttpResponse(status=204)
    return door.continue_with(request, session.space, cookie, cookie=cookie, **kept)


@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Away at once, to a dull page. A plain link, so that no policy of a browser stands in its way.

    The cookie is SameSite=Strict, so a link, picture or form on another site ends nothing (attack 47), and the
    browser is told to forget only when the cookie came along, or when it says that the wish came from a page of ours:
    somebody who is not signed in may keep a plan there. Another port of this host, or another name of the same
    domain, is the same site to a browser: there it is the browser's own word on where the wish came from.
    """
    response = SeeOther(programme.programme().quick_exit)
    response.headers["Referrer-Policy"] = "no-referrer"
    cookie = str(getattr(request, "cookie_value", ""))
    meant = request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")
    if not meant or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return response
    ours = (
        request.headers.get("Sec-Fetch-Site") == "same-origin"
    )  # on a page of ours, nobody need be signed in
    if cookie or ours:
        sessions.leave(cookie)
        door.forget(response)
    else:  # nobody was in; the browser may have been asked to remember something all the same
        leaving.take_away(response, request)
    return response


@require_POST
def sign_out(request: Visit) -> HttpResponse:
    """A calm end: the session is over, and the seal to compare next time is on the page (VAULT 3.3)."""
    space: vault.Space | None = request.space
    seal = space.seal_words() if space is not None else ""
    kept = False
    with suppress(vault.VaultError):  # whatever is wrong with the list, the visit ends
        kept = space is not None and bool(pocket.copies(space))
    sessions.leave(request.cookie_value)
    request.space = None  # type: ignore[assignment]
    context = {"seal": seal, "kept": kept, "away": programme.programme().quick_exit}
    response = page(request, "people/left.html", context)
    door.close(response)
    return response
