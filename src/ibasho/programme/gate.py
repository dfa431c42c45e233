"""Which pages wait until the programme is open (DOMAIN 4.3), and the kind page people meet until then."""

from django.http import HttpRequest, HttpResponse

from ibasho import vault
from ibasho.programme import access
from ibasho.web.pages import page

_before: set[str] = set()


class Visit(HttpRequest):
    """A request to a private page, as `people.middleware` hands it on: somebody's space is open."""

    space: vault.Space
    cookie_value: str


def works_before_opening(*names: str) -> None:
    """Let these private pages answer while the programme is being set up."""
    _before.update(names)


def waits(request: HttpRequest, name: str) -> bool:
    """Whether a private page stays shut for now."""
    return name not in _before and access.programme_for(request).opened_on is None


def not_open_yet(request: HttpRequest) -> HttpResponse:
    """The page somebody meets who came early. 403: it is there, and not yet to be entered."""
    space: vault.Space | None = getattr(request, "space", None)
    may_set_up = space is not None and access.may_set_up(space)
    return page(request, "programme/not_open.html", {"may_set_up": may_set_up}, status=403)
