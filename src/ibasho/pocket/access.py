"""Who may know which phone keeps a plan: its owner. And what a phone may ask: whether its copy is still wanted."""

import datetime as dt
from dataclasses import dataclass, field

from ibasho import vault
from ibasho.plan import access as plan_access
from ibasho.pocket.records import CHAPTER, KeptCopy
from ibasho.programme.days import today


@dataclass(frozen=True)
class CopyView:
    """A phone that was given a copy, as its owner sees it."""

    id: str
    since: dt.date
    until: dt.date
    label: str = field(repr=False)
    older: bool = False  # the plan was changed on a later day


def copies(space: vault.Space) -> list[CopyView]:
    """The copies that are still wanted, newest first. What was cleared on the phone itself is among them."""
    changed = plan_access.changed_on(space)
    kept = [one.record for one in space.chapter(KeptCopy, CHAPTER)]
    there = vault.tallies_there([record.tally for record in kept])
    living = [record for record in kept if record.tally in there and record.until >= today()]
    views = [
        CopyView(
            record.tally.hex(),
            record.since,
            record.until,
            record.label,
            older=changed is not None and changed > record.since,
        )
        for record in living
    ]
    return sorted(views, key=lambda view: view.since, reverse=True)


def has_plan(space: vault.Space) -> bool:
    """Whether there is something to keep."""
    return plan_access.phone_copy(space) is not None


def still_wanted(token: bytes) -> vault.Wanted:
    """Whether the copy that came with this token is still wanted. For anybody who has the token."""
    return vault.tally_says(token)
