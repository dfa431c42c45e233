"""What pages may know about the programme, and who may change it."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ibasho import vault
from ibasho.errors import IbashoError
from ibasho.programme import lines
from ibasho.programme.records import Programme
from ibasho.web.addresses import address, known

Rule = Callable[[vault.Space], bool]

# What has to be written down before members are let in (DOMAIN 4.3), in the order of the page.
NEEDED: Mapping[str, str | Promise] = {
    "run_by": _("Who runs this"),
    "country": _("The country"),
    "server_place": _("Where the server stands"),
    "keys_held_by": _("Who holds the keys and the back-ups"),
    "employer": _("Whether an employer has a part in this"),
    "hours": _("The hours in which a person answers"),
    "outside_hours": _("What to do outside those hours"),
    "duties": _("What cannot stay here, or that nothing has to be reported"),
    "if_suicide": _("What happens when somebody speaks of suicide"),
    "above_helpers": _("Who is above the helpers"),
    "supervisor": _("Who supervises"),
    "emergency_contact": _("How to reach whoever runs this in an emergency"),
    "retention": _("How long things are kept"),
    "backup_owner": _("Who looks after the back-ups"),
    "when_away": _("What happens when you are away"),
    "lines_checked": _("A look at the lines of your country"),
}

_rule: list[Rule] = []


def programme() -> Programme:
    """The programme as it stands now. One small read: a change shows in every worker at once."""
    return vault.setting("programme", Programme)


def programme_for(request: HttpRequest) -> Programme:
    """The programme as it stood when this request first asked: read once for each page."""
    found: Programme | None = getattr(request, "programme", None)
    if found is None:
        found = request.programme = programme()  # type: ignore[attr-defined]
    return found


def way_to_lines() -> str:
    """Where a person can be talked to; it stands on every page that names suicide (DOMAIN 2.5)."""
    return address("help-lines") if known("help-lines") else ""


def is_open() -> bool:
    """Whether members may join and write. Until then only lines and exercises work (DOMAIN 4.3)."""
    return programme().opened_on is not None


def clocks_stopped() -> bool:
    """Whether those who run the programme stopped everything that goes out by itself (DOMAIN 3.3)."""
    return programme().clocks_stopped_since is not None


def cover_name(request: HttpRequest) -> str:
    """The name on the door: the one thing a glance at the screen may read.

    Error pages carry it too, so a database that does not answer leaves the usual one.
    """
    try:
        return programme_for(request).cover
    except IbashoError:
        return Programme().cover


def cover_icon(request: HttpRequest) -> str:
    """The drawing beside the name, with the same care for pages of errors."""
    try:
        return programme_for(request).cover_icon
    except IbashoError:
        return Programme().cover_icon


def missing(now: Programme) -> list[str]:
    """What still has to be written down before the doors open: keys of NEEDED, in their order."""
    return [name for name in NEEDED if not _is_there(now, name)]


def lines_left(now: Programme) -> list[lines.Line]:
    """The lines of the chosen country that nobody of this programme has looked at yet."""
    return [line for line in lines.to_confirm(now.country) if line.key not in now.lines_checked]


def decide_who_may_set_up(rule: Rule) -> None:
    """Let the room that knows roles say who may set the programme up. Without a rule, nobody may."""
    _rule[:] = [rule]


def may_set_up(space: vault.Space) -> bool:
    """Whether this person may change how the programme runs."""
    return bool(_rule) and _rule[0](space)


def _is_there(now: Programme, name: str) -> bool:
    if name == "duties":
        return bool(now.duties) or now.no_duties
    if name == "lines_checked":
        return bool(now.country) and not lines_left(now)
    return bool(getattr(now, name))
