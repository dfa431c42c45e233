"""Who may read a plan: its owner. Every read in this room begins here; pages get small frozen views."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

import msgspec
from django.utils.translation import gettext as _

from ibasho import vault
from ibasho.help import access as help_
from ibasho.plan import words
from ibasho.plan.phone import PhoneCopy, PhonePart, PhoneStep
from ibasho.plan.records import (
    FEELS,
    PARTS,
    VERSIONS,
    WITH_NUMBERS,
    Part,
    Plan,
    PlanUses,
    PlanWishes,
    SettingOut,
    Step,
)
from ibasho.programme.days import in_words, today
from ibasho.programme.lines import LineView
from ibasho.vault import clock

LOOK_AFTER = dt.timedelta(days=91)  # three months (DOMAIN 1.9)
SETTING_OUT_LASTS = dt.timedelta(hours=12)
USES = "uses/all"

_DIALLED = re.compile(r"[^0-9+*#]")


@dataclass(frozen=True)
class StepView:
    """One line, with everything that may be pressed. `call` and `message` are whole addresses, or empty."""

    id: str
    text: str = field(repr=False)
    number: str = field(repr=False)
    call: str = field(repr=False)
    write: str = field(repr=False)
    message: str = field(repr=False)
    helped: str = ""


@dataclass(frozen=True)
class PartView:
    """One part as its owner reads it."""

    name: str
    title: str
    steps: tuple[StepView, ...] = field(repr=False)
    likely: str = ""
    in_the_way: str = field(default="", repr=False)


@dataclass(frozen=True)
class PlanView:
    """The whole plan, in the order it is read. `parts` has all of them, also those without a line."""

    made_on: str
    parts: tuple[PartView, ...] = field(repr=False)
    keepsakes: tuple[str, ...] = field(default=(), repr=False)

    @property
    def written(self) -> tuple[PartView, ...]:
        """The parts with something in them."""
        return tuple(part for part in self.parts if part.steps)

    def part(self, name: str) -> PartView:
        """One part. Raises NotFound for a name that none has."""
        found = next((part for part in self.parts if part.name == name), None)
        if found is None:
            raise vault.NotFound
        return found


@dataclass(frozen=True)
class Changed:
    """What of a part is there since last time, and what is not there any more."""

    title: str
    new: tuple[str, ...] = field(repr=False)
    gone: tuple[str, ...] = field(repr=False)


def current(space: vault.Space) -> vault.Kept[Plan] | None:
    """The plan as it is kept, or None before there is one."""
    days = space.keys(Plan, VERSIONS)
    return space.read(Plan, f"{VERSIONS}/{days[-1]}") if days else None


def changed_on(space: vault.Space) -> dt.date | None:
    """The day of the newest version, or None before there is one."""
    days = space.keys(Plan, VERSIONS)
    return dt.date.fromisoformat(days[-1]) if days else None


def part_of(space: vault.Space, name: str) -> Part:
    """One part as it is kept; an empty one where nothing was said. Raises NotFound."""
    if name not in PARTS:
        raise vault.NotFound
    kept = current(space)
    return kept.record.parts.get(name, Part()) if kept else Part()


def plan_view(space: vault.Space) -> PlanView | None:
    """The plan as a page shows it, or None before there is one."""
    kept = current(space)
    return _view(kept, uses_of(space)) if kept else None


def mark_of(steps: tuple[Step, ...]) -> str:
    """What a form carries to say from which lines it was filled."""
    return hashlib.sha256(msgspec.json.encode(steps)).hexdigest()[:16]


def wishes_of(space: vault.Space) -> PlanWishes:
    """What decides when to ask for a look. Costs nothing: the manifest carries it."""
    return space.own(PlanWishes)


def has_plan(space: vault.Space) -> bool:
    """Whether there is a plan to open."""
    return wishes_of(space).made_on is not None


def uses_of(space: vault.Space) -> PlanUses:
    """What is known of how the plan was used."""
    kept = space.find(PlanUses, USES)
    return kept.record if kept else PlanUses()


def setting_out(space: vault.Space) -> tuple[StepView, SettingOut] | None:
    """The line somebody began to do and has not come back from, for half a day."""
    now = uses_of(space).now
    if now is None or clock.instant() - now.at > SETTING_OUT_LASTS:
        return None
    step = find_step(space, now.step)
    return (step, now) if step else None


def find_step(space: vault.Space, step: str) -> StepView | None:
    """One line by its id, wherever it stands."""
    plan = plan_view(space)
    found = [one for part in plan.parts for one in part.steps if one.id == step] if plan else []
    return found[0] if found else None


def reason_to_look(space: vault.Space) -> str:
    """Why somebody might look their plan over now, as a sentence; nothing where there is none (DOMAIN 1.9)."""
    wishes, day = wishes_of(space), today()
    if wishes.made_on is None:
        return ""
    looked = wishes.looked_on or wishes.made_on
    if wishes.gone:
        return _("%(name)s is still named somewhere in it.") % {"name": wishes.gone}
    if wishes.used_on and looked <= wishes.used_on < day:
        return _("You used it since you last looked it over.")
    if wishes.hard_on and looked <= wishes.hard_on < day:
        return _("There was a hard day since you last looked it over.")
    if day - looked >= LOOK_AFTER:
        return _("It is three months since you last looked it over.")
    return ""


def since_last_time(space: vault.Space) -> tuple[str, tuple[Changed, ...]]:
    """The day of the version before this one, in words, and what changed since. No day: there is none before."""
    days = space.keys(Plan, VERSIONS)
    if len(days) < 2:
        return "", ()
    before, now = (space.read(Plan, f"{VERSIONS}/{day}").record for day in days[-2:])
    changed = []
    for name in PARTS:
        then = [step.text for step in before.parts.get(name, Part()).steps]
        texts = [step.text for step in now.parts.get(name, Part()).steps]
        new = tuple(text for text in texts if text not in then)
        gone = tuple(text for text in then if text not in texts)
        if new or gone:
            changed.append(Changed(str(words.PARTS[name].title), new, gone))
    return in_words(dt.date.fromisoformat(days[-2])), tuple(changed)


def named_elsewhere(plan: Plan, name: str) -> bool:
    """Whether somebody is named in any line of a plan."""
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    return any(word.search(step.text) for part in plan.parts.values() for step in part.steps)


def lines_of_the_country() -> tuple[LineView, ...]:
    """Two lines that stand beneath the part about those whose work it is, whether or not anything is typed there."""
    return help_.place().first_lines()


def phone_copy(space: vault.Space) -> PhoneCopy | None:
    """The plan as it may lie on somebody's own phone; None before there is one."""
    plan = plan_view(space)
    if plan is None:
        return None
    parts = [
        PhonePart(part.title, tuple(PhoneStep(step.text, step.call, step.write) for step in part.steps))
        for part in plan.written
    ]
    return PhoneCopy(plan.made_on, tuple(parts))


# The views ----------------------------------------------------------------------------------------


def _view(kept: vault.Kept[Plan], uses: PlanUses) -> PlanView:
    day = dt.date.fromisoformat(kept.id.partition("/")[2])
    return PlanView(in_words(day), tuple(_parts(kept.record, uses)), kept.record.keepsakes)


def _parts(plan: Plan, uses: PlanUses) -> Iterator[PartView]:
    for name in PARTS:
        part = plan.parts.get(name, Part())
        steps = tuple(_step(step, uses.helped.get(step.id, 0), name in WITH_NUMBERS) for step in part.steps)
        likely = words.LIKELY.get(part.likely, "")
        yield PartView(name, str(words.PARTS[name].title), steps, str(likely), part.in_the_way)


def _step(step: Step, helped: int, with_number: bool) -> StepView:
    digits = _DIALLED.sub("", step.number) if with_number else ""
    return StepView(
        id=step.id,
        text=step.text,
        number=step.number,
        call=f"tel:{quote(digits, safe='+*')}" if digits else "",
        write=sms(digits, step.message) if digits else "",
        message=step.message,
        helped=words.helped(helped),
    )


def sms(digits: str, message: str) -> str:
    """The address of a message to a number, with the words in it. `?&` is what both kinds of phone understand."""
    body = f"?&body={quote(message, safe='')}" if message else ""
    return f"sms:{quote(digits, safe='+')}{body}"


def better(before: str, after: str) -> bool:
    """Whether somebody said that it is lighter now than it was."""
    return before in FEELS and after in FEELS and FEELS.index(after) > FEELS.index(before)
