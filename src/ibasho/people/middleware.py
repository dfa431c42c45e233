"""Who is here. Every page is private until its name is in `web.addresses.PUBLIC`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from ibasho import vault
from ibasho.circle.gate import is_closed
from ibasho.errors import NotFound
from ibasho.people import door
from ibasho.programme import gate
from ibasho.vault import sessions
from ibasho.web.addresses import PUBLIC, address
from ibasho.web.app import OFFLINE_HEADER
from ibasho.web.pages import SeeOther

WHILE_LOCKED = frozenset({"unlock", "sign-out"})
WHILE_WAITING = frozenset({"waiting", "unlock", "sign-out"})  # for somebody whose friends let them back in


class SpaceMiddleware:
    """Opens the space of whoever a cookie belongs to, for one request; shows the door to everybody else.

    Sets `request.space` (a Space, or None), `request.locked` and `request.cookie_value`. The cookie of a session
    that has ended is left in the browser: it is what lets the writer of an unsent form be recognised.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # What a browser asks for to keep it is a stranger's page, whoever sits there.
        kept = OFFLINE_HEADER in request.META
        cookie = "" if kept else request.COOKIES.get(door.COOKIE, "")
        session = sessions.resume(cookie) if cookie else None
        request.cookie_value = cookie  # type: ignore[attr-defined]
        request.locked = session is not None and session.locked  # type: ignore[attr-defined]
        request.space = session.space if session and not session.locked else None  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        arguments: Sequence[Any],
        named: Mapping[str, Any],
    ) -> HttpResponseBase | None:
        """Decide, once the form's token was checked, whether this page answers to this person."""
        name = request.resolver_match.url_name or "" if request.resolver_match else ""
        if name in PUBLIC:
            return None
        if getattr(request, "locked", False) and name in WHILE_LOCKED:
            return None
        if getattr(request, "space", None) is None:
            return door.instead(request)
        try:
            if name not in WHILE_WAITING and vault.is_waiting(request.space):  # type: ignore[attr-defined]
                return SeeOther(address("waiting"))
        except vault.Gone as error:
            return self.process_exception(request, error)
        except vault.VaultError:
            pass  # what is wrong is said by the page, in its own words
        if is_closed(request.space, name):  # type: ignore[attr-defined]
            raise NotFound
        if gate.waits(request, name):
            return gate.not_open_yet(request)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """A space that was erased, or whose words changed elsewhere, is nobody's any more: show the door."""
        if not isinstance(error, vault.Gone):
            return None
        request.space = None  # type: ignore[attr-defined]
        return door.instead(request)
