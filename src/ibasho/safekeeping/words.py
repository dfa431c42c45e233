"""What this room says. Ways are offered in one order, outside the home first; nothing here names a thing."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

Said = str | Promise

WAYS: dict[str, Said] = {
    "keeper": _l("Somebody keeps it for me, somewhere else"),
    "key": _l("It is locked, and somebody has the key or the code"),
    "less": _l("I have smaller amounts, or gave back what I do not need"),
    "instead": _l("I do something safer in its place"),
    "steps": _l("I put steps between me and it"),
}

# The same two, as their keeper reads them.
KEPT_WAYS: dict[str, Said] = {
    "keeper": _l("You keep it, somewhere else"),
    "key": _l("It is locked, and you have the key or the code"),
}

STATES: dict[str, Said] = {
    "away": _l("put away"),
    "locked": _l("locked"),
    "back": _l("back with me"),
    "gone": _l("gone for good"),
}


def state(state: str, keeper: str) -> str:
    """Where things stand, in words."""
    if state == "away" and keeper:
        return _("with %(name)s") % {"name": keeper}
    if state == "locked" and keeper:
        return _("locked; %(name)s has the key") % {"name": keeper}
    said = {
        "away": _("put away"),
        "locked": _("locked"),
        "back": _("back with me"),
        "gone": _("gone for good"),
    }
    return said[state]


def wait(hours: int) -> str:
    """A wait, in days where it is days."""
    if hours % 24:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = hours // 24
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def somebody() -> str:
    """Somebody whose name is not known here."""
    return _("Somebody you stand by")
