"""What those who run the programme do. Nothing else writes how it runs."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ibasho import vault
from ibasho.errors import IbashoError, NotFound
from ibasho.programme import access, lines, telling
from ibasho.programme.days import today
from ibasho.programme.records import Programme, altered
from ibasho.vault import clock


class NotYet(IbashoError):
    """Something still has to be written down. `missing` names it, by the keys of access.NEEDED."""

    message = _("Before the doors open, a few things need writing down. Nothing of what you wrote is lost.")
    status = 422

    def __init__(self, missing: list[str]) -> None:
        super().__init__()
        self.missing = missing


class SavedMeanwhile(IbashoError):
    """Somebody else changed the set-up since this page was opened."""

    message = _("Somebody else kept a change while you wrote. If you keep yours again, yours will stand.")
    status = 409


def save_set_up(space: vault.Space, *, seen: int, **changes: Any) -> Programme:
    """Keep how the programme runs, finished or not. `seen` is the `saved` the writer started from.

    Raises NotFound for anybody who may not, SavedMeanwhile, and NotYet when the programme is open and
    something it needs would be empty.
    """

    def change(now: Programme) -> Programme:
        if seen != now.saved:
            raise SavedMeanwhile
        return altered(now, **changes)

    return _keep(space, change)


def check_lines(space: vault.Space, *, answers: Mapping[str, bool], by: str) -> Programme:
    """Keep that somebody looked at these lines today, and found each right or wrong (DOMAIN 7.2)."""
    day = today()

    def change(now: Programme) -> Programme:
        known = {line.key for line in lines.to_confirm(now.country)}
        looked = {
            key: lines.LineCheck(on=day, by=by, right=right) for key, right in answers.items() if key in known
        }
        return altered(now, lines_checked=now.lines_checked | looked)

    return _keep(space, change)


def open_programme(space: vault.Space) -> Programme:
    """Open the doors: from now on members may join. Raises NotFound, NotYet."""
    return _keep(space, lambda now: altered(now, opened_on=now.opened_on or today()))


def stop_clocks(space: vault.Space) -> Programme:
    """Nothing goes out by itself from now on. Stopped twice is stopped since the first time. Raises NotFound."""
    at = clock.instant().replace(microsecond=0)
    return _keep(space, lambda now: altered(now, clocks_stopped_since=now.clocks_stopped_since or at))


def start_clocks(space: vault.Space) -> Programme:
    """All waiting begins anew, from its first day. Raises NotFound."""
    return _keep(space, lambda now: altered(now, clocks_stopped_since=None))


def _keep(space: vault.Space, change: Callable[[Programme], Programme]) -> Programme:
    """Keep what `change` makes of the programme as it stands at that moment, for those who may."""
    if not access.may_set_up(space):
        raise NotFound

    def checked(now: Programme) -> Programme:
        changed = change(now)
        # With the doors open, something new may be wanted, such as a line added since: that stands in nobody's way.
        wanted_before = access.missing(now) if now.opened_on else []
        missing = [name for name in access.missing(changed) if name not in wanted_before]
        if changed.opened_on and missing:
            raise NotYet(missing)
        if changed == now:
            return now
        told_anew = any(getattr(now, name) != getattr(changed, name) for name in telling.TOLD)
        number = now.telling + 1 if told_anew else max(now.telling, 1)
        return altered(changed, telling=number, saved=now.saved + 1)

    vault.change_setting("programme", Programme, checked)
    return access.programme()
