"""What somebody was writing when their session ended is carried through the sign-in, sealed.

The text comes back to the browser it came from as one sealed hidden field and touches no disk. It opens only
for the person who wrote it: in the same browser (bound to the old cookie's secret) and after signing in to the
same space (the old cookie's mark).
"""

import re

import msgspec
from django.http import HttpRequest

from ibasho import vault
from ibasho.vault import sessions

MOST = 64 * 1024  # bytes of text
MOST_SEALED = (
    192 * 1024
)  # characters: it comes back in a form, and must fit through the same door (decision 0007)
MINUTES = 240

# Pages whose forms hold words or ask for nothing one would miss.
_NEVER = frozenset(
    (
        "change-words",
        "erase",
        "export",
        "export-file",
        "leave-everywhere",
        "practise",
        "recovery-paper",
        "recovery-sheet",
        "sign-out",
        "unlock",
    )
)


class Draft(msgspec.Struct):
    """A form that could not be taken, and where it was going."""

    path: str
    fields: list[tuple[str, str]]
    had_file: bool = False  # which is not kept: it has to be chosen again

    def __repr__(self) -> str:
        return "<Draft ***>"

    def readable(self) -> list[tuple[str, str]]:
        """What a person said, without numbers and days that only the form knows."""
        return [
            (name.replace("-", " ").replace("_", " "), value)
            for name, value in self.fields
            if re.search(r"[^\W\d_]", value) and name not in ("to", "then", "state", "ticket")
        ]


def seal(request: HttpRequest) -> str:
    """The sealed text of a form that arrived without a session, or nothing when there is none to keep."""
    cookie = str(getattr(request, "cookie_value", ""))
    binding = sessions.binding(cookie)
    match = request.resolver_match
    if match and match.url_name == "friends-asked":  # it only carries what was sealed for this browser before
        return request.POST.get("draft", "")[:MOST_SEALED]
    if request.method != "POST" or not binding or (match and match.url_name in _NEVER):
        return ""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and isinstance(value, str)
    ]
    if not any(value.strip() for _, value in fields):
        return ""
    if sum(len(name.encode()) + len(value.encode()) for name, value in fields) > MOST:
        return ""
    sealed = vault.seal_ticket(
        Draft(request.get_full_path(), fields, bool(request.FILES)), "draft", MINUTES, bound_to=binding
    )
    return sealed if len(sealed) <= MOST_SEALED else ""


def seal_again(draft: Draft, cookie: str) -> str:
    """The same for the visit that has just begun, in which something else is said first."""
    return vault.seal_ticket(draft, "draft", MINUTES, bound_to=sessions.binding(cookie))


def unseal(text: str, cookie: str, space: vault.Space) -> Draft | None:
    """What was being written, for the person who wrote it. For anybody else there is nothing."""
    if not text or not sessions.same_person(cookie, space):
        return None
    try:
        return vault.open_ticket(text, Draft, "draft", bound_to=sessions.binding(cookie))
    except vault.BadTicket:
        return None
