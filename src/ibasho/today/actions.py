"""What people do with their days. Nothing else in Ibasho writes these kinds of record."""

import datetime as dt
from contextlib import suppress

from django.utils.translation import gettext_lazy as _

from ibasho import vault
from ibasho.circle import actions as circle
from ibasho.errors import IbashoError
from ibasho.plan import actions as plan
from ibasho.today import access
from ibasho.today.records import Day, FoundOld, TodayWishes, day_at, place_of
from ibasho.vault import clock

SHOWN = ("mood", "good")  # what others may be shown of days (offers)
APART = dt.timedelta(hours=20)  # between the two visits that let a day go


class NotYet(IbashoError):
    """The day has not begun where its writer lives."""

    message = _("That day has not begun yet where you are.")


class LongAgo(IbashoError):
    """Further back than ten years, or than days are kept."""

    message = _(
        "That day lies further back than your days are kept, so it would not stay. "
        "You can keep days for longer in your wishes."
    )


def keep_day(space: vault.Space, *, day: dt.date, record: Day, seen: int) -> bool:
    """Keep what was said about a day in place of what was there; `seen` is the version the writer saw.

    A record in which nothing is said leaves the day blank. Sending the same twice is the same as once. Gives
    whether anything is kept now. Raises NotYet, LongAgo, and vault.Changed when another tab kept something
    else in between.
    """
    before = access.find_day(space, day)
    if before is None:
        wishes = access.wishes_of(space)
        if day > access.today_of(wishes):
            raise NotYet
        if day < access.first_kept_day(wishes):
            raise LongAgo
        if record == Day():
            return False
    if _is_there(before, record):
        return True
    if (before.version if before else 0) != seen:
        raise vault.Changed
    if record == Day():
        erase_day(space, day=day)
        return False
    try:
        if before:
            space.change(before.id, record, expects=seen)
        else:
            space.keep(record, at=place_of(day))
    except (vault.Changed, vault.NotFound):
        if not _is_there(access.find_day(space, day), record):
            raise vault.Changed from None
    if access.was_hard(record):
        plan.note_hard_day(space, day)
    circle.refresh(space, *SHOWN)
    let_old_days_go(space)
    return True


def erase_day(space: vault.Space, *, day: dt.date) -> None:
    """Erase a day for good. One that is blank already stays blank."""
    with suppress(vault.NotFound):
        space.forget(Day, place_of(day))
        circle.refresh(space, *SHOWN)


def keep_wishes(space: vault.Space, *, wishes: TodayWishes) -> None:
    """Keep how somebody wants to be asked, and let go of days they no longer want kept.

    Whoever wishes for less is shown the day before which everything goes, so there it goes at once.
    """
    before = access.wishes_of(space)
    space.set_own(wishes)
    if wishes.keep_days != before.keep_days:
        _erase_before(space, access.first_kept_day(wishes))


def let_old_days_go(space: vault.Space) -> None:
    """Erase the days that two visits, most of a day apart, found older than their owner wants them (DOMAIN 10.5).

    One is not enough: the clock of a machine can be wrong for an hour, and what is erased stays erased. Where
    the disk is full, the page is still shown, and the next visit tries again.
    """
    with suppress(vault.StorageTrouble, vault.Changed):
        wishes = access.wishes_of(space)
        if not wishes.keep_days or not any(access.days_before(space, access.first_kept_day(wishes))):
            return
        now, found = clock.instant(), space.own(FoundOld).at
        if found is not None and found <= now < found + APART:
            return
        if found is not None and found <= now:
            _erase_before(space, access.first_kept_day(wishes, found))
        space.set_own(FoundOld(at=now))


def _erase_before(space: vault.Space, first: dt.date) -> None:
    chapters, days = access.days_before(space, first)
    if chapters:
        space.forget_chapters(Day, chapters)
    for place in days:
        erase_day(space, day=day_at(place))


def _is_there(kept: vault.Kept[Day] | None, record: Day) -> bool:
    return kept is not None and kept.record == record
