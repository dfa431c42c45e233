"""Friends who let somebody back in: whose turn it is, how long it still takes, and how it is stopped (VAULT 4.7).

Three people write only their own. Whoever lost their words waits in a small place of their own; a friend counts the
wait in theirs; the owner of the place, should that be somebody else, is told in theirs, and stops it with one tap.
"""

import datetime as dt
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from ibasho import vault
from ibasho.bell import access as bells
from ibasho.bell.actions import ring
from ibasho.circle import access as circle
from ibasho.circle import going, visits
from ibasho.errors import IbashoError
from ibasho.people.records import (
    HELD,
    STANDING,
    Heard,
    Held,
    PartGiven,
    Profile,
    SomebodyAsked,
    Standing,
    WayBack,
)
from ibasho.programme.days import in_words
from ibasho.programme.records import altered
from ibasho.vault import clock, sessions

MOST_CODES = 6
FORGOTTEN_AFTER = dt.timedelta(days=14)

_log = logging.getLogger("ibasho.people")


class ThreePlease(IbashoError):
    """A way back needs three people."""

    message = _("It takes three people. Any two of them together can let you in.")
    status = 422


class TheSameTwice(IbashoError):
    """Somebody is in a circle twice."""

    message = _("Two of these are the same person, by their safety words. It takes three different people.")
    status = 422


class NotForThis(IbashoError):
    """An invitation of another kind."""

    message = _("These words are not for this page. Ask the person who gave them to you what they are for.")
    status = 422


class NobodyOfTheirs(IbashoError):
    """A friend holds no part of whoever they chose."""

    message = _(
        "For that person you hold nothing. They can only be let in by friends whom they chose before."
    )
    status = 422


class NotYetTwo(IbashoError):
    """Fewer than two friends gave their part for the same place."""

    message = _("It takes two of your friends, and the wait of each. One is not here yet.")
    status = 409


class Stopped(IbashoError):
    """What friends gave opens nothing any more."""

    message = _(
        "This opens nothing any more. Somebody who was in your place has stopped it, or other friends were chosen."
    )
    status = 409


# Whose place it is --------------------------------------------------------------------------------


@dataclass(frozen=True)
class FriendsView:
    """Who lets this person back in, as they read it."""

    names: tuple[str, ...] = field(repr=False)
    ids: tuple[str, ...]
    since: dt.date


def friends_of(space: vault.Space) -> FriendsView | None:
    """The three who let this person back in, or None."""
    found = vault.friends_who_let_in(space)
    if found is None:
        return None
    names = {one.id: one.name for one in vault.contacts(space)}
    return FriendsView(tuple(names.get(one, "") for one in found[0]), tuple(found[0]), found[1])


def who_left(space: vault.Space) -> str:
    """The name of one of the three who left since, or nothing."""
    return space.own(WayBack).left


def choose(space: vault.Space, chosen: Sequence[str]) -> None:
    """Any two of these three let this person back in.

    Raises ThreePlease, TheSameTwice, and NotFound for one who may not be chosen.
    """
    three = list(dict.fromkeys(chosen))
    if len(three) != vault.FRIENDS:
        raise ThreePlease
    for one in three:
        circle.chosen(space, one)
    if len({vault.contact(space, one).public for one in three}) != vault.FRIENDS:
        raise TheSameTwice  # who was let in by two invitations would hold two parts, and need nobody
    vault.let_friends(space, three)
    if who_left(space):
        space.set_own(WayBack())


def let_nobody(space: vault.Space) -> None:
    """No friends let this person in any more."""
    vault.end_friends(space)


@dataclass(frozen=True)
class AskedView:
    """Somebody asked a friend to be let in."""

    name: str = field(repr=False)
    free_from: dt.datetime


def who_asked(space: vault.Space) -> list[AskedView]:
    """Which friends were asked to let somebody into this place, and from when on they may."""
    found = vault.friends_who_let_in(space)
    if found is None:
        return []
    return [
        AskedView(said.contact.name, _likely(said.record.free_from))
        for said in vault.notes(space, SomebodyAsked)
        if said.contact.id in found[0] and clock.instant() <= said.record.until
    ]


def somebody_asked(space: vault.Space) -> bool:
    """Whether there is something to say before anything else. What is wrong with it keeps nobody out."""
    try:
        return bool(who_asked(space))
    except Exception:
        _log.exception("whether somebody asked could not be read")
        return False


def _likely(at: dt.datetime) -> dt.datetime:
    """An instant that somebody else wrote, where it could lie if they kept to the wait."""
    now = clock.instant()
    return min(max(at, now - vault.REQUEST_LASTS), now + vault.FRIENDS_WAIT)


def moment(at: dt.datetime) -> str:
    """An instant where the programme is, in words."""
    here = timezone.localtime(at)
    return f"{in_words(here.date())}, {formats.time_format(here.time(), 'H:i')}"


def stop(space: vault.Space) -> None:
    """What the three hold opens nothing; they hold new parts from now on. Nothing that was begun goes on."""
    found = vault.friends_who_let_in(space)
    if found is not None:
        vault.let_friends(space, found[0])
    forget_who_asked(space)


def forget_who_asked(space: vault.Space) -> None:
    """What was said of those who asked is gone, since nothing they began goes on."""
    for said in vault.notes(space, SomebodyAsked):
        vault.drop_note(space, said)


# Whoever waits ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CodeView:
    """Words that somebody who waits gave a friend, and how far it is."""

    name: str = field(repr=False)
    state: str  # open, over, swapped, joined, heard or given
    safety: str = field(repr=False, default="")
    free_from: dt.datetime | None = None


def codes(waiting: vault.Space) -> list[CodeView]:
    """How far it is with each friend, in the order they were asked."""
    contacts = {one.id: one for one in vault.contacts(waiting)}
    heard = {said.contact.id: _likely(said.record.free_from) for said in vault.notes(waiting, Heard)}
    given = {said.contact.id for said in vault.notes(waiting, PartGiven)}
    found = []
    for one in reversed(vault.invitations(waiting)):
        state = vault.what_became_of(one)
        contact = contacts.get(one.contact)
        safety = vault.safety_words_with(waiting, contact) if contact else ""
        if one.contact in given:
            state = "given"
        elif one.contact in heard:
            state = "heard"
        found.append(CodeView(one.name, state, safety, heard.get(one.contact)))
    return found


def begin_to_wait(words: str) -> vault.Space:
    """A place to wait in, behind new words. Sent twice, it is the same place. Raises vault.TooManyWait, Busy."""
    try:
        return vault.make_waiting_place(words)
    except vault.Changed:
        return vault.open_door(words)


def words_for_a_friend(waiting: vault.Space, name: str) -> str:
    """Five words to say to one friend. Raises NotFound when there were many already."""
    if len(vault.invitations(waiting)) >= MOST_CODES:
        raise vault.NotFound
    return vault.invite(waiting, vault.LOST, name)


def may_come_home(waiting: vault.Space) -> bool:
    """Whether two friends gave their part."""
    return len({said.contact.id for said in vault.notes(waiting, PartGiven)}) > 1


def come_home(waiting: vault.Space, words: str) -> vault.Space:
    """Their own place is behind the words they waited with; every other door and visit of it is shut.

    The three friends hold new parts. Raises NotYetTwo, Stopped, vault.NoDoor for other words, vault.BadWords, Busy.
    """
    home = _opened(waiting)
    moved = vault.come_home(waiting, words, home)
    sessions.leave_everywhere(home)
    with suppress(vault.StorageTrouble, vault.Changed):  # they are home, whatever the disk says to the rest
        forget_who_asked(moved)
        moved.change_own(Profile, lambda mine: altered(mine, practised=False))
    return moved


def _opened(waiting: vault.Space) -> vault.Space:
    requests = waiting.own(vault.Waiting).requests
    places: dict[tuple[bytes, bytes], dict[int, vault.Part]] = {}
    for said in vault.notes(waiting, PartGiven):
        try:
            part = vault.take_part(waiting, said.contact.id, requests[said.contact.id], said.record.given)
        except (KeyError, vault.NotGranted, vault.RequestOver):
            continue
        places.setdefault((said.record.place, said.record.box_key), {})[part.seat] = part
    two = [(where, parts) for where, parts in places.items() if len(parts) > 1]
    if not two:
        raise NotYetTwo
    for (place, box_key), parts in two:
        with suppress(vault.NotGranted):
            return vault.open_with_friends(place, box_key, parts.values())
    raise Stopped


# A friend -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StandingView:
    """One time that a friend helps somebody back in, as the friend reads it."""

    id: str
    safety: str = field(repr=False)
    whose: str = field(repr=False)  # a name, once it was chosen
    state: str  # new, waits, ready, given or stopped
    free_from: dt.datetime | None = None


def for_whom(space: vault.Space) -> list[circle.BesideView]:
    """Those whom this person could let back in: they hold a part of theirs."""
    held = space.keys(Held, HELD)
    return [one for one in circle.beside(space) if one.id in held]


def standings(space: vault.Space) -> list[StandingView]:
    """Every time that this person helps somebody back in just now."""
    return [_standing_view(space, kept) for kept in space.chapter(Standing, STANDING)]


def standing(space: vault.Space, contact_id: str) -> StandingView:
    """One of them. Raises NotFound."""
    return _standing_view(space, space.read(Standing, f"{STANDING}/{contact_id}"))


def _standing_view(space: vault.Space, kept: vault.Kept[Standing]) -> StandingView:
    record, contact_id = kept.record, kept.id.partition("/")[2]
    state = "new"
    if record.given:
        state = "given"
    elif record.whose and _held(space, record) is None:
        state = "stopped"
    elif record.free_from is not None:
        state = "ready" if clock.instant() >= record.free_from else "waits"
    names = {one.id: one.name for one in circle.beside(space)}
    safety = vault.safety_words_with(space, vault.contact(space, contact_id))
    return StandingView(contact_id, safety, names.get(record.whose, ""), state, record.free_from)


def _held(space: vault.Space, record: Standing) -> Held | None:
    """The part for this time, unless what this person held then was made worthless since."""
    found = space.find(Held, f"{HELD}/{record.whose}") if record.whose else None
    return found.record if found and found.record.part.way == record.way else None


def listen(space: vault.Space, words: str) -> str:
    """A friend typed the five words they were told. Gives where it goes on; told twice, it is the same place.

    Raises vault.NoInvitation, vault.BadWords, Busy, NotForThis.
    """
    invite = vault.look_at_invitation(words)
    if invite.kind != vault.LOST:
        raise NotForThis
    try:
        one = vault.accept(space, invite).id
    except vault.AlreadyThere:
        known = [each for each in vault.contacts(space) if each.kind == vault.LOST]
        one = next(each.id for each in known if each.public == invite.inviter)
    if space.find(Standing, f"{STANDING}/{one}") is None:
        space.keep(Standing(began=clock.instant()), at=f"{STANDING}/{one}")
    return one


def heard_the_voice(space: vault.Space, contact_id: str, whose: str) -> None:
    """A friend knows whom they spoke with: the wait begins, and both ends of it are told. Raises NobodyOfTheirs.

    Said again, nothing begins anew.
    """
    kept = space.read(Standing, f"{STANDING}/{contact_id}")
    if kept.record.whose:
        return
    if whose not in [one.id for one in for_whom(space)]:
        raise NobodyOfTheirs
    way = space.read(Held, f"{HELD}/{whose}").record.part.way
    free_from = clock.instant() + vault.FRIENDS_WAIT
    record = altered(kept.record, whose=whose, way=way, free_from=free_from)
    told = {
        whose: SomebodyAsked(free_from=free_from, until=free_from + vault.REQUEST_LASTS),
        contact_id: Heard(free_from=free_from),
    }
    # In one moment: no wait is counted that the owner of the place was not told of.
    vault.change_and_tell(space, kept.id, record, told, expects=kept.version)
    ring(bells.bell_of(vault.contact(space, whose)))


def not_them(space: vault.Space, contact_id: str) -> None:
    """A friend is not sure, or not sure any more: nothing is given. Raises NotFound."""
    space.forget(Standing, f"{STANDING}/{contact_id}")
    vault.let_go(space, contact_id)


# What happens by itself in a visit ----------------------------------------------------------------


@visits.at_each_visit
def tend(space: vault.Space) -> None:
    """A friend holds what they were handed, and gives it once a wait is over. Who waits asks those who answered."""
    if vault.is_waiting(space):
        vault.ask_friends(space)
    elif vault.contacts(space):
        _look_at_the_three(space)
        _take_in(space)
        for kept in space.chapter(Standing, STANDING):
            _give(space, kept)


def _look_at_the_three(space: vault.Space) -> None:
    """One who was marked, or is not known any more, is none of the three, should that have been cut off halfway."""
    found = vault.friends_who_let_in(space)
    if found is None:
        return
    allies = [one.id for one in vault.contacts(space) if one.kind == vault.ALLY]
    for one in found[0]:
        if one not in allies or circle.friend_of(space, one).had_to:
            _end(space, one)
            return


def _end(space: vault.Space, contact_id: str) -> None:
    # Whoever turned out to be no friend keeps a part that opens nothing, and sees no change (DOMAIN 3.7).
    names = {one.id: one.name for one in vault.contacts(space)}
    vault.end_friends(space, but=contact_id)
    space.set_own(WayBack(left=names.get(contact_id) or str(_("Somebody"))))


def _take_in(space: vault.Space) -> None:
    for handed in vault.notes(space, vault.FriendsPart):
        place, note = f"{HELD}/{handed.contact.id}", handed.record
        if note.part is not None:
            space.put(Held(part=note.part, place=note.place, box_key=note.box_key), at=place)
        elif space.find(Held, place) is not None:
            space.forget(Held, place)
        vault.drop_note(space, handed)
    for please in vault.notes(space, vault.Please):
        kept = space.find(Standing, f"{STANDING}/{please.contact.id}")
        if kept is not None:
            space.change(kept.id, altered(kept.record, request=please.record.request), expects=kept.version)
        vault.drop_note(space, please)


def _give(space: vault.Space, kept: vault.Kept[Standing]) -> None:
    record, contact_id = kept.record, kept.id.partition("/")[2]
    if clock.instant() > record.began + FORGOTTEN_AFTER:
        not_them(space, contact_id)
        return
    held = _held(space, record)
    waits = record.free_from is None or clock.instant() < record.free_from
    if held is None or waits or record.given or record.request is None:
        return
    try:
        given = vault.give_part(space, contact_id, record.request, held.part)
    except (vault.TooSoon, vault.RequestOver):
        return
    note = PartGiven(given=given, place=held.place, box_key=held.box_key)
    told = {contact_id: note}
    vault.change_and_tell(space, kept.id, altered(record, given=True), told, expects=kept.version)


@going.when_somebody_goes
def look_together(space: vault.Space, contact_id: str) -> None:
    """One of the three is none any more: nobody lets this person in until they choose anew.

    Of somebody this person stood beside nothing is held.
    """
    found = vault.friends_who_let_in(space)
    if found is not None and contact_id in found[0]:
        _end(space, contact_id)
    if space.find(Held, f"{HELD}/{contact_id}") is not None:
        space.forget(Held, f"{HELD}/{contact_id}")
