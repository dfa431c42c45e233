"""The door itself: its cookies, its form tickets, and the pages somebody meets who is not in."""

import logging
import re
from typing import Any
from urllib.parse import quote

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from ibasho import vault
from ibasho.bell import actions as bell
from ibasho.circle.gate import is_only_ally
from ibasho.circle.visits import visited
from ibasho.people import access, actions, drafts, friends
from ibasho.programme import access as programme
from ibasho.programme.days import in_words
from ibasho.vault import sessions
from ibasho.web import leaving
from ibasho.web.addresses import PUBLIC, address, known
from ibasho.web.pages import SeeOther, page

COOKIE = sessions.COOKIE
SINCE_COOKIE = "__Host-s"
CLEAR_ALL = '"cache", "cookies", "storage"'
CLEAR_VISIT = '"cache"'

TICKET_MINUTES = 12 * 60
_log = logging.getLogger("ibasho.people")

LEAST_AGE = 2  # seconds a form was open before it is taken (VAULT 4.4); a person takes longer


class Since(msgspec.Struct):
    """When a space was last changed before this visit, and the seal to compare (VAULT 3.3)."""

    day: str
    seal: str

    def __repr__(self) -> str:
        return "<Since ***>"


# Cookies ----------------------------------------------------------------------------------------


def put_cookie(response: HttpResponseBase, name: str, value: str) -> None:
    """A cookie that only this host gets back, no script reads, and that ends with the browser."""
    response.set_cookie(name, value, secure=True, httponly=True, samesite="Strict", path="/")


def forget(response: HttpResponseBase) -> None:
    """Ask the browser to drop everything of ours, a plan that was kept there too: leaving at once, and erasing.

    Only for an answer to somebody whose cookie came along, or who asked from one of our own pages.
    """
    _drop(response, CLEAR_ALL)
    leaving.take_away(response)


def close(response: HttpResponseBase) -> None:
    """Ask the browser to drop the visit: its cookies and its pages.

    What was kept on purpose stays: a plan (DOMAIN 1.8), and a country, which has nothing to do with any visit.
    """
    _drop(response, CLEAR_VISIT)


def _drop(response: HttpResponseBase, what: str) -> None:
    response.headers["Clear-Site-Data"] = what
    for name in (COOKIE, SINCE_COOKIE):
        response.delete_cookie(name, path="/", samesite="Strict")


# Form tickets -----------------------------------------------------------------------------------


def new_ticket() -> str:
    """A hidden field that says when a form was handed out."""
    return vault.seal_ticket("", "sign-in", TICKET_MINUTES)


def take_ticket(text: str) -> None:
    """Pass for a form that was handed out here, once. One that is very young waits out its two seconds.

    Raises BadTicket, Busy.
    """
    age = vault.ticket_age(text, "sign-in")
    if age < LEAST_AGE:
        vault.wait_at_the_door(LEAST_AGE - max(0, age))
    vault.use_once(text)


def spend_ticket(text: str) -> None:
    """Pass, once, for a form that was handed out here; no matter how young. Raises BadTicket."""
    vault.ticket_age(text, "sign-in")
    vault.use_once(text)


def network_of(request: HttpRequest) -> str:
    """Where a request comes from, for counting tries; never written down (VAULT 4.3)."""
    if settings.IBASHO_PROXY:
        return str(request.META.get("HTTP_X_REAL_IP", ""))
    return str(request.META.get("REMOTE_ADDR", ""))


# Who is not in meets one of these ---------------------------------------------------------------


def sign_in_page(request: HttpRequest, status: int = 200, **said: Any) -> HttpResponse:
    """The page that asks for one's words. `said`: typed, message, note, back, draft."""
    context = {
        "typed": "",
        "message": "",
        "note": "",
        "back": "",
        "draft": "",
        "ticket": new_ticket(),
        "help_href": address("help") if known("help") else "",
    } | said
    whole = not request.headers.get("HX-Request")
    response = page(request, "people/sign_in.html", context, status=status, inline_css=whole)
    return _for_htmx(request, response)


def unlock_page(request: HttpRequest, status: int = 401, **said: Any) -> HttpResponse:
    """The page that asks for the first of one's words. `said`: message, note, back, draft."""
    context = {"message": "", "note": "", "back": "", "draft": ""} | said
    return _for_htmx(request, page(request, "people/unlock.html", context, status=status))


def instead(request: HttpRequest) -> HttpResponse:
    """What a private page answers at its own address while nobody is in, keeping what was being written."""
    said = {
        "back": way_back(request.get_full_path()) if request.method in ("GET", "HEAD") else "",
        "draft": drafts.seal(request),
    }
    if said["draft"]:
        said["note"] = _("What you were writing is kept. You will see it as soon as you are in.")
        if request.FILES:
            said["note"] += " " + _("A picture is not; you can choose it again then.")
    elif request.method == "POST":
        said["note"] = _("Your visit had ended. What was just sent was not kept.")
    if getattr(request, "locked", False):
        return unlock_page(request, 401, **said)
    return sign_in_page(request, 401, **said)


def _for_htmx(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A part of a page was asked for; the whole middle of the page is what there is to show."""
    if request.headers.get("HX-Request"):
        response.headers["HX-Retarget"] = "#main"
        response.headers["HX-Reselect"] = "#main"
        response.headers["HX-Reswap"] = "outerHTML show:window:top"
    return response


# Going in ---------------------------------------------------------------------------------------


def way_back(path: str) -> str:
    """The address of one of our own private pages, or nothing for any other text."""
    if len(path) > 300 or not re.fullmatch(r"/n/[\w/?&=%.,:+~-]+", path, re.ASCII):
        return ""
    try:
        match = resolve(path.partition("?")[0])
    except Resolver404:
        return ""
    return "" if match.url_name in PUBLIC else path


def first_page(space: vault.Space, *, coming: str = "") -> str:
    """Where somebody goes who asked for no page in particular. `coming`: the words they came in with just now."""
    if vault.is_waiting(space):
        return address("waiting")
    mine = access.profile(space)
    if not mine.shown_around:
        return address("arrive")
    if friends.somebody_asked(space):
        return address("friends-asked")
    if access.is_facilitator(space) and not programme.is_open():
        return address("set-up")
    if len(coming.split()) == vault.RECOVERY_WORDS:
        return address("change-words") + "?printed"
    if coming and mine.joined_on and not mine.practised:
        return address("practise")
    return home_of(space)


def home() -> str:
    """The page that gathers the rest."""
    return address("today") if known("today") else address("account")


def home_of(space: vault.Space) -> str:
    """The first page of somebody who is at home here, or of somebody who came to stand beside a friend."""
    return address("beside") if is_only_ally(space) else home()


class Begun(msgspec.Struct, frozen=True):
    """A session that has begun, on its way to the browser."""

    cookie: str
    since: str

    def __repr__(self) -> str:
        return "<Begun ***>"

    def hand_over(self, response: HttpResponse) -> HttpResponse:
        """Send the cookies out with this answer."""
        put_cookie(response, COOKIE, self.cookie)
        put_cookie(response, SINCE_COOKIE, self.since)
        return response


def begin(request: HttpRequest, space: vault.Space, words: str) -> Begun:
    """A session has begun; the one before it in this browser has ended."""
    at, seal = vault.last_time(space)
    seen = Since(day=in_words(timezone.localtime(at).date()), seal=seal)
    old = str(getattr(request, "cookie_value", ""))
    minutes = access.profile(space).idle_minutes
    cookie = sessions.start(space, words, old_cookie=old or None, idle_minutes=minutes)
    return Begun(cookie, vault.seal_ticket(seen, "since", 4 * 60, bound_to=sessions.binding(cookie)))


def settle(space: vault.Space) -> None:
    """Whatever happens by itself in a visit was tried. What goes wrong with any of it keeps nobody out."""
    for part in (visited, actions.let_old_invitations_go, bell.keep_up):
        try:
            part(space)
        except Exception:
            _log.exception("a part of a visit went wrong")


def since(request: HttpRequest) -> Since | None:
    """What this person saw of their space when they came in, or nothing."""
    text = request.COOKIES.get(SINCE_COOKIE, "")
    binding = sessions.binding(str(getattr(request, "cookie_value", "")))
    try:
        return vault.open_ticket(text, Since, "since", bound_to=binding) if text and binding else None
    except vault.BadTicket:
        return None


def continue_with(
    request: HttpRequest,
    space: vault.Space,
    old_cookie: str,
    *,
    cookie: str,
    back: str,
    draft: str,
    coming: str = "",
) -> HttpResponse:
    """Where somebody goes who is in now: to what they were writing, the page they asked for, or the first one.

    That somebody asked their friends to be let in is said before any of it, and none of it is lost by that.
    """
    found, back = drafts.unseal(draft, old_cookie, space), way_back(back)
    request.space = space  # type: ignore[attr-defined]
    if friends.somebody_asked(space):
        if found is not None:
            return asked_page(request, space, draft=drafts.seal_again(found, cookie))
        return SeeOther(address("friends-asked") + (f"?back={quote(back, safe='')}" if back else ""))
    if found is not None:
        return draft_page(request, space, found)
    return SeeOther(back or first_page(space, coming=coming))


def draft_page(request: HttpRequest, space: vault.Space, found: drafts.Draft) -> HttpResponse:
    """What somebody was writing, to be sent now or let go."""
    return page(request, "people/draft.html", {"draft": found, "home": home_of(space)})


def asked_page(
    request: HttpRequest, space: vault.Space, *, stopped: bool = False, back: str = "", draft: str = ""
) -> HttpResponse:
    """Somebody asked this person's friends to let them in. `back` and `draft` wait until that was read."""
    context = {
        "asked": [(one.name, friends.moment(one.free_from)) for one in friends.who_asked(space)],
        "stopped": stopped,
        "back": back,
        "draft": draft,
        "on": back or home_of(space),
    }
    return page(request, "people/friends_asked.html", context)
