"""What people do with their plan. Nothing else in Ibasho writes these kinds of record."""

import datetime as dt
import secrets
from collections.abc import Callable

import msgspec
from django.utils.translation import gettext_lazy as _

from ibasho import vault
from ibasho.circle import actions as circle
from ibasho.errors import IbashoError
from ibasho.plan import access
from ibasho.plan.records import (
    FEELS,
    MOST_KEEPSAKES,
    PARTS,
    VERSIONS,
    VERSIONS_KEPT,
    Part,
    Plan,
    PlanUses,
    PlanWishes,
    SettingOut,
    Step,
    place_of,
)
from ibasho.programme.days import today
from ibasho.programme.records import altered
from ibasho.vault import clock

TRIES = 4  # how often a save is planned anew when another tab was faster

_when_erased: list[Callable[[vault.Space], None]] = []


def when_erased(also: Callable[[vault.Space], None]) -> Callable[[vault.Space], None]:
    """Let a room that keeps something of a plan end it when the plan is erased."""
    _when_erased.append(also)
    return also


class KeptMeanwhile(IbashoError):
    """Another tab kept this part differently since the page was opened."""

    message = _("This part was changed in another tab in the meantime. What you typed is still below.")
    status = 409


def keep_part(space: vault.Space, *, name: str, steps: tuple[Step, ...], seen: str) -> None:
    """Keep the lines of one part. `seen` is the mark of the lines the writer started from; twice is once.

    Raises NotFound, KeptMeanwhile.
    """
    if name not in PARTS:
        raise vault.NotFound

    def change(plan: Plan) -> Plan:
        part = plan.parts.get(name, Part())
        if _said(part.steps) == _said(steps):
            return plan
        if access.mark_of(part.steps) != seen:
            raise KeptMeanwhile
        return _with(plan, name, msgspec.structs.replace(part, steps=steps))

    if _keep(space, change):
        _forget_uses_of(space)


def _said(steps: tuple[Step, ...]) -> list[tuple[str, str, str]]:
    """Lines without their ids: a form that is sent twice names its new lines anew each time."""
    return [(step.text, step.number, step.message) for step in steps]


def new_id() -> str:
    """A name for a line that stays with it."""
    return secrets.token_hex(4)


def say_of_part(space: vault.Space, *, name: str, likely: str, in_the_way: str) -> None:
    """Keep how likely somebody is to do what a part says, and what might get in the way (DOMAIN 1.5)."""
    if name not in PARTS:
        raise vault.NotFound

    def change(plan: Plan) -> Plan:
        part = plan.parts.get(name, Part())
        return _with(plan, name, msgspec.structs.replace(part, likely=likely, in_the_way=in_the_way))

    _keep(space, change)


def attach(space: vault.Space, *, ids: tuple[str, ...]) -> None:
    """Keep which keepsakes stand with the plan, by their ids; those past the most it takes are let go."""
    _keep(space, lambda plan: altered(plan, keepsakes=ids[:MOST_KEEPSAKES]))


def still_right(space: vault.Space) -> None:
    """The plan was looked over, and nobody is asked again for a while."""
    _change_wishes(space, looked_on=today(), used_on=None, hard_on=None, gone="")


def note_hard_day(space: vault.Space, day: dt.date) -> None:
    """After a hard day, the plan asks for a look on the next one. Without a plan nothing is kept."""
    wishes = access.wishes_of(space)
    if wishes.made_on and (wishes.hard_on is None or wishes.hard_on < day):
        _change_wishes(space, hard_on=day)


def note_gone(space: vault.Space, name: str) -> None:
    """Somebody is not in this person's circle any more; if the plan names them, it asks for a look."""
    kept = access.current(space)
    if kept and name and access.named_elsewhere(kept.record, name):
        _change_wishes(space, gone=name)


def set_out(space: vault.Space, *, step: str, before: str) -> None:
    """Somebody begins to do a line of their plan. Raises NotFound for one that is not in it."""
    if access.find_step(space, step) is None:
        raise vault.NotFound
    now = SettingOut(step, clock.instant(), before if before in FEELS else "")
    space.put(altered(access.uses_of(space), now=now), at=access.USES)


def come_back(space: vault.Space, *, step: str, after: str) -> bool:
    """Somebody did a line, and said how it is now, or nothing. Gives whether it counts as having helped."""
    uses = access.uses_of(space)
    if uses.now is None or uses.now.step != step:
        return False
    helped = access.better(uses.now.before, after)
    counts = uses.helped | ({step: uses.helped.get(step, 0) + 1} if helped else {})
    space.put(altered(uses, helped=counts, now=None), at=access.USES)
    _change_wishes(space, used_on=today())
    return helped


def erase_plan(space: vault.Space) -> None:
    """Erase the plan, every version of it, what is known of its use, and what else hangs on it."""
    for also in _when_erased:
        also(space)
    space.forget_chapters(Plan, [VERSIONS])
    space.forget_chapters(PlanUses, [access.USES.partition("/")[0]])
    space.set_own(PlanWishes())
    circle.refresh(space, "plan")


# Keeping ------------------------------------------------------------------------------------------


def _with(plan: Plan, name: str, part: Part) -> Plan:
    parts = {one: plan.parts[one] for one in PARTS if one in plan.parts} | {name: part}
    return altered(plan, parts={one: parts[one] for one in PARTS if one in parts and parts[one] != Part()})


def _keep(space: vault.Space, change: Callable[[Plan], Plan]) -> bool:
    """Keep what `change` makes of the plan, as the version of today. False where it makes nothing else of it.

    Whoever saves another part at the same moment loses nothing: `change` is asked anew about what they saved.
    """
    day = today()
    for tries_left in reversed(range(TRIES)):
        kept = access.current(space)
        before = kept.record if kept else Plan()
        after = change(before)
        if after == before:
            return False
        try:
            _put(space, kept, after, day)
            break
        except vault.Changed:
            if not tries_left:
                raise
    gone = _taken_out(before, after)
    made_on = access.wishes_of(space).made_on or day
    _change_wishes(space, made_on=made_on, looked_on=day, used_on=None, hard_on=None, gone=gone)
    circle.refresh(space, "plan")
    return True


def _put(space: vault.Space, kept: vault.Kept[Plan] | None, after: Plan, day: dt.date) -> None:
    """Keep a version. Raises vault.Changed when another tab was faster."""
    place = place_of(day)
    if kept and kept.id == place:
        space.change(place, after, expects=kept.version)
        return
    space.keep(after, at=place)
    for old in space.keys(Plan, VERSIONS)[:-VERSIONS_KEPT]:
        space.forget(Plan, f"{VERSIONS}/{old}")


def _taken_out(before: Plan, after: Plan) -> str:
    """Somebody who could be told and is not in that part any more, but is named elsewhere (DOMAIN 1.9)."""
    now = {step.id for step in after.parts.get("people", Part()).steps}
    gone = [step.text for step in before.parts.get("people", Part()).steps if step.id not in now]
    return next((name for name in gone if access.named_elsewhere(after, name)), "")


def _forget_uses_of(space: vault.Space) -> None:
    """Counts of lines that are not there any more go with them."""
    uses, kept = access.uses_of(space), access.current(space)
    there = {step.id for part in kept.record.parts.values() for step in part.steps} if kept else set()
    left = {step: times for step, times in uses.helped.items() if step in there}
    if left != uses.helped:
        space.put(altered(uses, helped=left), at=access.USES)


def _change_wishes(space: vault.Space, **changes: object) -> None:
    space.change_own(PlanWishes, lambda wishes: altered(wishes, **changes))
