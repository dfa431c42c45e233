"""What people do about their circle. Nothing else in Ibasho writes these kinds of record."""

import datetime as dt
import secrets
from collections.abc import Callable
from contextlib import suppress

import msgspec
from django.utils.translation import gettext_lazy as _

from ibasho import vault
from ibasho.bell.access import bell_of
from ibasho.bell.actions import ring
from ibasho.circle import access, going, offers
from ibasho.circle.records import (
    ANSWERS,
    HARD_LASTS,
    LINK_LASTS,
    MOST_PEOPLE,
    SHOWN_LONGEST,
    Beside,
    Circle,
    Friend,
    Grant,
    Left,
    Link,
    Reply,
    Shown,
    TellWishes,
    Told,
)
from ibasho.circle.visits import at_each_visit
from ibasho.errors import IbashoError, NotFound
from ibasho.programme import access as programme
from ibasho.programme.days import today
from ibasho.programme.records import altered
from ibasho.vault import clock

MOST_LINKS = 6
MOST_CHANGES = 8  # of somebody's words since the last visit, each signed with the keys before


class CircleIsFull(IbashoError):
    """A circle stays small enough to be seen at a glance."""

    message = _(
        "There is no room for another person just now. You can let an invitation or somebody go first."
    )
    status = 409


class NotYetOpen(IbashoError):
    """Nobody can come in before the doors are open (DOMAIN 4.3)."""

    message = _("This place is still being set up. You can invite somebody once the doors are open.")
    status = 403


class NotThatLong(IbashoError):
    """Shown for at most ninety days, then it is asked again (DOMAIN 3.1)."""

    message = _("A day from today on fits here, ninety days ahead at most. You can show it again then.")
    status = 422


class TooManyLinks(IbashoError):
    """More open links than somebody can keep in mind."""

    message = _("There are many open links. You can end one first; each ends by itself after a day.")
    status = 409


# Coming together ------------------------------------------------------------------------------------


def invite(space: vault.Space, *, name: str) -> str:
    """Five words to say or hand to a friend. Raises CircleIsFull, NotYetOpen."""
    if not programme.is_open():
        raise NotYetOpen
    if len(access.allies(space)) + len(access.invited(space)) >= MOST_PEOPLE:
        raise CircleIsFull
    return vault.invite(space, vault.ALLY, name)


def withdraw(space: vault.Space, invitation: str) -> None:
    """The words of an invitation open nothing from now on. Raises NotFound for one that is not this person's."""
    found = [one for one, _due in access.invited(space) if one.id.hex() == invitation]
    if not found:
        raise NotFound
    vault.withdraw(space, found[0].id)


def come_as_ally(space: vault.Space) -> None:
    """Somebody is here to stand beside a friend, and for nothing else."""
    space.change_own(Circle, lambda circle: altered(circle, only_ally=True))


def become_member(space: vault.Space) -> None:
    """Somebody who came as an ally has a place of their own from now on; what they were to others stays."""
    space.change_own(Circle, lambda circle: altered(circle, only_ally=False))


@at_each_visit
def come_in(space: vault.Space) -> None:
    """Bring a circle up to date: who joined, whose keys changed, who stepped back, what has ended."""
    vault.take_in_answers(space)
    if not vault.contacts(space):
        return
    for said in vault.notes(space, Left):
        _part(space, said.contact, stepped_back=True)
    for contact in vault.parted_elsewhere(space):
        if contact.kind == vault.ALLY:  # an ally who was let go is not told, so nothing changes on their side
            _part(space, contact, stepped_back=True)
    for _again in range(MOST_CHANGES):
        if not vault.take_in_new_keys(space):
            break
    _say_my_name(space)
    _learn_their_names(space)
    _let_go_what_is_over(space)
    refresh(space)


def name_friend(space: vault.Space, contact_id: str, *, name: str) -> None:
    """Call somebody by another name; only this person sees it. Raises NotFound."""
    vault.keep_contact(space, contact_id, name=name)


def have_compared(space: vault.Space, contact_id: str) -> None:
    """The safety words were said to each other and are the same. Raises NotFound."""
    vault.keep_contact(space, contact_id, name=vault.contact(space, contact_id).name, compared=True)


def _say_my_name(space: vault.Space) -> None:
    """Everybody on either side knows what this person is called."""
    name = access.called(space)
    mine = {kept.id.partition("/")[2]: kept.record for kept in space.chapter(Beside, "beside")}
    for contact in vault.contacts(space):
        if contact.kind not in (vault.ALLY, vault.BESIDE):
            continue
        said = mine.get(contact.id)
        if said is None or said.name != name:
            _say(space, contact.id, altered(said or Beside(), name=name))


def _learn_their_names(space: vault.Space) -> None:
    """Somebody whom this person never named is called what they call themselves, also when they say it no more."""
    unnamed = [one.id for one in vault.contacts(space) if one.kind == vault.BESIDE and not one.name]
    said = access.said_by(space) if unnamed else {}
    for one in unnamed:
        if one in said and said[one].name:
            vault.keep_contact(space, one, name=said[one].name)


def _say(space: vault.Space, contact_id: str, record: Beside) -> None:
    place = space.put(record, at=access.place_beside(contact_id))
    vault.share(space, Beside, place, contact_id)


# Showing and taking back ----------------------------------------------------------------------------


def show(
    space: vault.Space, contact_id: str, thing: str, *, until: dt.date, choice: tuple[str, ...] = ()
) -> None:
    """Let one person see one thing until the end of a day, as it is and as it changes. Raises NotFound, NotThatLong."""
    access.contact(space, contact_id, vault.ALLY)
    offer, day = offers.an_offer(thing), today()
    if not day <= until <= day + SHOWN_LONGEST:
        raise NotThatLong
    grant = Grant(day, until, _fitting(space, offer, choice))
    # First what its owner reads: cut off here, the page says more than is shown, and never less.
    _change_friend(space, contact_id, lambda one: _with_grant(one, thing, grant))
    _show_anew(space, contact_id, offer, grant)


def take_back(space: vault.Space, contact_id: str, thing: str) -> None:
    """They see it no more, and are not told. What was seen stays seen (DOMAIN 3.1, VAULT 1.5)."""
    access.contact(space, contact_id, vault.ALLY)
    with suppress(NotFound):
        space.forget(Shown, access.place_shown(contact_id, thing))
    _change_friend(space, contact_id, lambda one: _with_grant(one, thing, None))


def refresh(space: vault.Space, *things: str) -> None:
    """What is shown of these things, or of all, is as they are now. Costs nothing where nothing is shown."""
    day = today()
    for contact_id, friend in access.circle_of(space).friends.items():
        for thing, grant in friend.grants.items():
            if grant.until >= day and (not things or thing in things):
                _put_shown(space, contact_id, offers.an_offer(thing), grant, had_to=friend.had_to)


def mark_had_to(space: vault.Space, contact_id: str, *, had_to: bool) -> None:
    """From now on somebody who had to be added sees a page on which nothing is written (DOMAIN 3.7).

    Nothing about what they may see changes to anybody's eye, and every room puts in order what hung on them. Done
    again, it is done whole: what was cut off the first time is made up for.
    """
    access.contact(space, contact_id, vault.ALLY)
    _change_friend(space, contact_id, lambda one: msgspec.structs.replace(one, had_to=had_to))
    day = today()
    for thing, grant in access.friend_of(space, contact_id).grants.items():
        if grant.until >= day:
            _show_anew(space, contact_id, offers.an_offer(thing), grant)
    if had_to:
        with suppress(NotFound):
            space.forget(Told, access.place_told(contact_id))
        going.goes(space, contact_id)


def _fitting(space: vault.Space, offer: offers.Offer, choice: tuple[str, ...]) -> tuple[str, ...]:
    """What was chosen out of what there is to choose. Raises NotFound where that is nothing."""
    if offer.choices is None:
        return ()
    known = [one for one, _said in offer.choices(space)]
    fitting = tuple(one for one in known if one in choice)
    if not fitting or (len(fitting) > 1 and not offer.many):
        raise NotFound
    return fitting


def _show_anew(space: vault.Space, contact_id: str, offer: offers.Offer, grant: Grant) -> None:
    """Under a key of its own, so that no restore brings back what was shown before it."""
    place = access.place_shown(contact_id, offer.key)
    with suppress(NotFound):
        space.forget(Shown, place)
    _put_shown(space, contact_id, offer, grant, had_to=access.friend_of(space, contact_id).had_to)
    vault.share(space, Shown, place, contact_id, until=grant.until)


def _put_shown(
    space: vault.Space, contact_id: str, offer: offers.Offer, grant: Grant, *, had_to: bool
) -> None:
    place = access.place_shown(contact_id, offer.key)
    record = Shown(
        thing=offer.key, until=grant.until, blocks=() if had_to else offer.make(space, grant.choice)
    )
    kept = space.find(Shown, place)
    if kept is None or kept.record != record:
        space.put(record, at=place)


def _with_grant(friend: Friend, thing: str, grant: Grant | None) -> Friend:
    grants = {one: kept for one, kept in friend.grants.items() if one != thing}
    return msgspec.structs.replace(friend, grants=grants | ({thing: grant} if grant else {}))


def _change_friend(space: vault.Space, contact_id: str, change: Callable[[Friend], Friend]) -> None:
    def changed(circle: Circle) -> Circle:
        friend = change(circle.friends.get(contact_id, Friend()))
        others = {one: kept for one, kept in circle.friends.items() if one != contact_id}
        return altered(circle, friends=others | ({contact_id: friend} if friend != Friend() else {}))

    space.change_own(Circle, changed)


def _let_go_what_is_over(space: vault.Space) -> None:
    """Copies that ended are gone from here too; that they were there stays on the page a while, to be asked again."""
    day, now = today(), clock.instant()
    for contact_id, friend in access.circle_of(space).friends.items():
        for thing, grant in friend.grants.items():
            if grant.until < day:
                with suppress(NotFound):
                    space.forget(Shown, access.place_shown(contact_id, thing))
            if day - grant.until > access.LAPSED_SHOWN:
                _change_friend(space, contact_id, lambda one, thing=thing: _with_grant(one, thing, None))  # type: ignore[misc]
    for kept in space.chapter(Told, "told"):
        if now - kept.record.at > access.TOLD_LASTS:
            space.forget(Told, kept.id)
    for link in space.chapter(Link, "links"):
        if link.record.until <= now:
            vault.end_tally(space, Link, link.id, link.record.tally)
    since = access.circle_of(space).hard_since
    if since is not None and now - since > HARD_LASTS:
        all_right_again(space)


# Parting --------------------------------------------------------------------------------------------


def let_go(space: vault.Space, contact_id: str) -> None:
    """Somebody is not in this circle any more, and is not told: their page shows nothing. Raises NotFound."""
    _part(space, access.contact(space, contact_id, vault.ALLY))


def step_back(space: vault.Space, contact_id: str) -> None:
    """Somebody stands beside the other no more, who learns of it, kindly, and at once. Raises NotFound."""
    contact = access.contact(space, contact_id, vault.BESIDE)
    ring(bell_of(contact))
    _part(space, contact, saying=Left())


def not_this_week(space: vault.Space, contact_id: str, *, until: dt.date | None) -> None:
    """Until a day, rather somebody else; without one, as before. Raises NotFound."""
    access.contact(space, contact_id, vault.BESIDE)
    kept = space.find(Beside, access.place_beside(contact_id))
    _say(
        space,
        contact_id,
        altered(kept.record if kept else Beside(name=access.called(space)), not_before=until),
    )


def have_read_who_left(space: vault.Space) -> None:
    """Nobody has to be told again who stepped back."""
    space.change_own(Circle, lambda circle: altered(circle, stepped_back=()))


def _part(
    space: vault.Space,
    contact: vault.Contact,
    *,
    saying: vault.Record | None = None,
    stepped_back: bool = False,
) -> None:
    going.goes(space, contact.id)
    going.is_over(space, contact.id)
    for type_, chapter in ((Shown, "shown"), (Beside, "beside"), (Told, "told"), (Reply, "reply")):
        for key in space.keys(type_, chapter):
            if key.partition("-")[0] == contact.id:
                space.forget(type_, f"{chapter}/{key}")
    if saying is not None:
        vault.leave(space, contact.id, saying)
    else:
        vault.let_go(space, contact.id)

    def changed(circle: Circle) -> Circle:
        friends = {one: kept for one, kept in circle.friends.items() if one != contact.id}
        names = (*circle.stepped_back, contact.name)[-MOST_PEOPLE:] if stepped_back else circle.stepped_back
        return altered(circle, friends=friends, stepped_back=names)

    space.change_own(Circle, changed)


# Telling someone ------------------------------------------------------------------------------------


def tell(space: vault.Space, contact_ids: tuple[str, ...], *, line: str) -> None:
    """These people have one line of this person's. Raises NotFound for somebody who may not be told anything."""
    for one in contact_ids:
        access.chosen(space, one)
    if not contact_ids:
        raise NotFound
    now = clock.instant()
    for one in contact_ids:
        at = now - dt.timedelta(
            microseconds=secrets.randbelow(1_000_000)
        )  # no two can tell that it was one moment
        place = space.put(Told(line=line, at=at), at=access.place_told(one))
        vault.share(space, Told, place, one)
        ring(bell_of(vault.contact(space, one)))
    space.change_own(TellWishes, lambda wishes: altered(wishes, last=contact_ids))


def unsay(space: vault.Space, contact_id: str) -> None:
    """A line is taken back. What was read stays read."""
    with suppress(NotFound):
        space.forget(Told, access.place_told(contact_id))


def answer(space: vault.Space, contact_id: str, *, mark: str, answer: str, whom: str = "") -> None:
    """Answer a line. Raises NotFound for one that is not there any more."""
    heard = [one for one in access.heard(space) if one.id == contact_id and one.mark == mark]
    if not heard or answer not in ANSWERS:
        raise NotFound
    record = Reply(to=dt.datetime.fromisoformat(mark), answer=answer, whom=whom if answer == "asking" else "")
    place = space.put(record, at=access.place_reply(contact_id))
    vault.share(space, Reply, place, contact_id)
    ring(bell_of(vault.contact(space, contact_id)))


def keep_tell_wishes(space: vault.Space, *, lines: tuple[str, ...], wait_minutes: int) -> None:
    """Keep one's own lines, and how long to wait for an answer."""
    space.change_own(TellWishes, lambda wishes: altered(wishes, lines=lines, wait_minutes=wait_minutes))


def say_it_is_hard(space: vault.Space) -> None:
    """Those who may know see for a day that it is hard. Nothing else travels with it."""
    space.change_own(Circle, lambda circle: altered(circle, hard_since=clock.instant()))
    refresh(space, access.SIGNAL)
    day = today()
    for contact_id, friend in access.circle_of(space).friends.items():
        grant = friend.grants.get(access.SIGNAL)
        if grant and grant.until >= day and not friend.had_to:
            ring(bell_of(vault.contact(space, contact_id)))


def all_right_again(space: vault.Space) -> None:
    """Nobody sees it any more."""
    space.change_own(Circle, lambda circle: altered(circle, hard_since=None))
    refresh(space, access.SIGNAL)


# Links ----------------------------------------------------------------------------------------------


def make_link(space: vault.Space, thing: str, *, choice: tuple[str, ...] = (), whom: str = "") -> bytes:
    """A token that shows one thing as it is now, to whoever has it, for one day. It is kept nowhere.

    Raises NotFound, TooManyLinks.
    """
    offer = offers.an_offer(thing)
    if not offer.by_link:
        raise NotFound
    if len(access.links(space)) >= MOST_LINKS:
        raise TooManyLinks
    blocks = offer.make(space, _fitting(space, offer, choice))
    until = clock.instant() + LINK_LASTS
    token = vault.new_token()
    record = Link(thing=thing, tally=vault.tally_id(token), until=until, whom=whom)
    shown = Shown(thing=thing, until=(clock.here() + LINK_LASTS).date(), blocks=blocks)
    at = f"links/{secrets.token_hex(8)}"
    vault.cut_tally(space, record, at, token=token, until=int(until.timestamp()), carries=shown)
    return token


def end_link(space: vault.Space, link: str) -> None:
    """A link shows nothing from now on. Raises NotFound."""
    kept = space.read(Link, f"links/{link}")
    vault.end_tally(space, Link, kept.id, kept.record.tally)
