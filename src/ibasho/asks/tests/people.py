"""A circle for tests: who is whose ally, and how each looks at an ask."""

import datetime as dt

from ibasho import vault
from ibasho.asks import access, actions
from ibasho.asks.days import every_day, slots_of
from ibasho.vault import inviting

SUNDAY = dt.date(2026, 11, 22)  # where the clock of the tests stands


def again(space):
    """The same person's next visit."""
    return vault.Space(vault.current(), space._root)


def be_ally(member, ally, name):
    """Somebody becomes an ally of a member; gives the contact as the member has it."""
    words = vault.invite(member, vault.ALLY, name)
    invite = vault.look_at_invitation(words)
    ally._write(lambda manifest: inviting.plan_answer(ally, manifest, invite))
    vault.take_in_answers(member)
    return next(one for one in vault.contacts(member) if one.name == name)


def evenings(days=3, part="evening", first=SUNDAY):
    return slots_of(every_day(first, first + dt.timedelta(days=days - 1)), [part], None)


def asked_for(member, people, *, what="A meal", slots=None, rings=False, note=""):
    """A member asks these contacts; gives the name of the ask as its owner has it."""
    slots = evenings() if slots is None else slots
    return actions.ask(
        member, what=what, note=note, slots=slots, people=[one.id for one in people], rings=rings
    )


def seen(ally):
    """What somebody sees who is asked, at their next visit."""
    return access.asked_of(again(ally))


def only(ally):
    (view,) = seen(ally)
    return view


def own(member, ask):
    return access.own_ask(again(member), ask)


def takes(ally, number=0, ask=None):
    """Somebody takes the slot at a place of the ask they see; gives its key."""
    view = ask or only(ally)
    slot = view.slots[number]
    actions.take(again(ally), view.id, slot=slot.key)
    return slot.key
