"""Who is in a circle, and what each may see. Every read in this room begins here; pages get frozen views."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec
from django.utils.translation import gettext as _

from ibasho import vault
from ibasho.circle import words
from ibasho.circle.offers import Offer, an_offer, offers
from ibasho.circle.records import (
    HARD_LASTS,
    Beside,
    Block,
    Circle,
    Friend,
    Line,
    Link,
    Reply,
    Shown,
    TellWishes,
    Told,
)
from ibasho.errors import NotFound
from ibasho.programme.days import in_words, today
from ibasho.vault import clock

LAPSED_SHOWN = dt.timedelta(days=30)  # how long the page offers to show again what has ended
SIGNAL = "signal"  # the key under which "it is hard today" is shown
CALLS = re.compile(r"(tel|sms):[+*#%\d]*(\?&body=[\w%.~+-]*)?", re.ASCII)
TOLD_LASTS = dt.timedelta(hours=24)

_called: list[Callable[[vault.Space], str]] = []


@dataclass(frozen=True)
class GrantView:
    """One thing one person may see, or might see again."""

    thing: str
    label: str
    until: str
    over: bool


@dataclass(frozen=True)
class AllyView:
    """Somebody of one's own circle."""

    id: str
    name: str = field(repr=False)
    safety: str = field(repr=False)
    changed: bool = False  # other keys since the safety words were compared
    grants: tuple[GrantView, ...] = field(default=(), repr=False)
    not_before: str = ""  # "not this week"


@dataclass(frozen=True)
class BesideView:
    """Somebody whose ally this person is."""

    id: str
    name: str = field(repr=False)
    safety: str = field(repr=False)
    changed: bool = False
    not_before: str = ""  # what this person said themselves


@dataclass(frozen=True)
class ThingView:
    """One thing that somebody shows this person."""

    key: str
    label: str
    until: str
    blocks: tuple[Block, ...] = field(repr=False)
    jpeg: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class ToldView:
    """A line as its writer sees it, with what came back."""

    id: str
    name: str = field(repr=False)
    line: str = field(repr=False)
    at: str
    answer: str = field(repr=False)
    waited: bool  # longer than the writer wanted to wait


@dataclass(frozen=True)
class HeardView:
    """A line as the ally it went to sees it."""

    id: str
    name: str = field(repr=False)
    line: str = field(repr=False)
    at: str
    mark: str
    answer: str
    said: str = field(repr=False)


@dataclass(frozen=True)
class LinkView:
    """A link that opens one thing for one day."""

    id: str
    label: str
    whom: str = field(repr=False)
    until: str


def circle_of(space: vault.Space) -> Circle:
    """What is kept of a circle. Costs nothing: the manifest carries it."""
    return space.own(Circle)


def friend_of(space: vault.Space, contact_id: str) -> Friend:
    """What is kept about one person; nothing where nothing was said."""
    return circle_of(space).friends.get(contact_id, Friend())


# One's own circle -----------------------------------------------------------------------------------


def contact(space: vault.Space, contact_id: str, kind: str) -> vault.Contact:
    """A contact of one kind. Raises NotFound for anybody else."""
    found = vault.contact(space, contact_id)
    if found.kind != kind:
        raise NotFound
    return found


def allies(space: vault.Space) -> list[AllyView]:
    """Everybody in this person's circle, by name."""
    said = said_by(space)
    return [_ally(space, one, said.get(one.id)) for one in vault.contacts(space) if one.kind == vault.ALLY]


def ally(space: vault.Space, contact_id: str) -> AllyView:
    """One of them. Raises NotFound."""
    return _ally(space, contact(space, contact_id, vault.ALLY), said_by(space).get(contact_id))


def choices(space: vault.Space) -> list[AllyView]:
    """Those who may be asked, told, or given something to keep. Never somebody who had to be added (DOMAIN 3.7)."""
    return [one for one in allies(space) if not friend_of(space, one.id).had_to]


def chosen(space: vault.Space, contact_id: str) -> AllyView:
    """One of `choices`. Raises NotFound."""
    found = ally(space, contact_id)
    if friend_of(space, contact_id).had_to:
        raise NotFound
    return found


def who_sees(space: vault.Space, *things: str) -> list[str]:
    """The names of those to whom one of these things is shown now. Costs nothing: the manifest carries all of it."""
    names, day = {one.id: one.name for one in vault.contacts(space)}, today()
    return [
        names[one]
        for one, friend in circle_of(space).friends.items()
        if one in names and any(t in friend.grants and friend.grants[t].until >= day for t in things)
    ]


def can_tell(space: vault.Space) -> bool:
    """Whether there is somebody to tell. Costs nothing."""
    friends = circle_of(space).friends
    return any(
        one.kind == vault.ALLY and not friends.get(one.id, Friend()).had_to for one in vault.contacts(space)
    )


def invited(space: vault.Space) -> list[tuple[vault.Invited, str]]:
    """The invitations into this circle that are still open, or were answered wrongly, with their last day."""
    mine = [one for one in vault.invitations(space) if one.kind == vault.ALLY]
    return [(one, in_words(one.due)) for one in mine if vault.what_became_of(one) in ("open", "swapped")]


def _ally(space: vault.Space, one: vault.Contact, said: Beside | None) -> AllyView:
    grants = friend_of(space, one.id).grants
    day = today()
    shown = tuple(
        GrantView(offer.key, str(offer.label), in_words(grant.until), grant.until < day)
        for offer in offers()
        if (grant := grants.get(offer.key)) and day - grant.until <= LAPSED_SHOWN
    )
    name = one.name or (said.name if said else "") or _("Somebody you let in")
    pause = said.not_before if said and said.not_before and said.not_before > day else None
    return AllyView(one.id, name, vault.safety_words_with(space, one), one.changed, shown, in_words(pause))


# Those one stands beside ----------------------------------------------------------------------------


def beside(space: vault.Space) -> list[BesideView]:
    """Everybody whose ally this person is."""
    said = said_by(space)
    return [
        _beside(space, one, said.get(one.id)) for one in vault.contacts(space) if one.kind == vault.BESIDE
    ]


def beside_one(space: vault.Space, contact_id: str) -> BesideView:
    """One of them. Raises NotFound."""
    return _beside(space, contact(space, contact_id, vault.BESIDE), said_by(space).get(contact_id))


def _beside(space: vault.Space, one: vault.Contact, said: Beside | None) -> BesideView:
    mine = space.find(Beside, place_beside(one.id))
    pause = mine.record.not_before if mine else None
    name = one.name or (said.name if said else "") or _("Your friend")
    return BesideView(
        one.id,
        name,
        vault.safety_words_with(space, one),
        one.changed,
        in_words(pause) if pause and pause > today() else "",
    )


def named(space: vault.Space, contact_id: str) -> str:
    """What this person calls a contact; nothing where they never said."""
    return vault.contact(space, contact_id).name


def shown_to_me(space: vault.Space, contact_id: str) -> list[ThingView]:
    """What one person shows this one now. What has ended is not there, whether or not it was taken away yet."""
    day = today()
    there = {
        kept.record.thing: kept.record
        for giver, kept in vault.read_shared(space, Shown)
        if giver.id == contact_id and kept.record.until >= day
    }
    return [_thing(offer, there[offer.key]) for offer in offers() if offer.key in there]


def said_by(space: vault.Space) -> dict[str, Beside]:
    """What each contact says about themselves, by their id."""
    return {giver.id: kept.record for giver, kept in vault.read_shared(space, Beside)}


def called(space: vault.Space) -> str:
    """What this person is called, as others read it."""
    return _called[0](space) if _called else ""


def decide_what_somebody_is_called(rule: Callable[[vault.Space], str]) -> None:
    """Let the room that knows names say what a person is called."""
    _called[:] = [rule]


# Telling someone ------------------------------------------------------------------------------------


def tell_wishes(space: vault.Space) -> TellWishes:
    """One's own lines, and how long to wait for an answer."""
    return space.own(TellWishes)


def lines_of(space: vault.Space) -> tuple[str, ...]:
    """The ready lines, one's own first."""
    return (*tell_wishes(space).lines, *map(str, words.LINES))


def told(space: vault.Space) -> list[ToldView]:
    """What was said in the last day, newest first, with what came back."""
    names = {one.id: one.name for one in choices(space)}
    replies = {giver.id: kept.record for giver, kept in vault.read_shared(space, Reply)}
    wait, now = dt.timedelta(minutes=tell_wishes(space).wait_minutes), clock.instant()
    found = []
    for kept in sorted(space.chapter(Told, "told"), key=lambda kept: kept.record.at, reverse=True):
        one, record = kept.id.partition("/")[2], kept.record
        if one not in names or now - record.at > TOLD_LASTS:
            continue
        reply = replies.get(one)
        answer = words.answer(reply.answer, reply.whom) if reply and reply.to == record.at else ""
        waited = not answer and now - record.at > wait
        found.append(ToldView(one, names[one], record.line, words.moment(record.at), answer, waited))
    return found


def heard(space: vault.Space) -> list[HeardView]:
    """The lines that others sent this person in the last day, newest first."""
    names, now = {one.id: one.name for one in beside(space)}, clock.instant()
    there = [
        (giver.id, kept.record)
        for giver, kept in vault.read_shared(space, Told)
        if giver.id in names and now - kept.record.at <= TOLD_LASTS
    ]
    found = []
    for one, record in sorted(there, key=lambda pair: pair[1].at, reverse=True):
        mine = space.find(Reply, place_reply(one))
        reply = mine.record if mine and mine.record.to == record.at else None
        said = words.answer(reply.answer, reply.whom) if reply else ""
        answer = reply.answer if reply else ""
        mark = record.at.isoformat()
        found.append(HeardView(one, names[one], record.line, words.moment(record.at), mark, answer, said))
    return found


def is_hard(space: vault.Space) -> bool:
    """Whether this person said today that it is hard."""
    since = circle_of(space).hard_since
    return since is not None and clock.instant() - since <= HARD_LASTS


# Links ----------------------------------------------------------------------------------------------


def links(space: vault.Space) -> list[LinkView]:
    """The links that are still open, newest first."""
    now = clock.instant()
    kept = [one for one in space.chapter(Link, "links") if one.record.until > now]
    return [
        LinkView(
            one.id.partition("/")[2],
            str(an_offer(one.record.thing).label),
            one.record.whom,
            words.moment(one.record.until),
        )
        for one in sorted(kept, key=lambda one: one.record.until, reverse=True)
    ]


def opened_by(token: bytes) -> ThingView | None:
    """What a link shows to whoever has it; None for one that ended or never was."""
    shown = vault.tally_carries(token, Shown)
    return _thing(an_offer(shown.thing), shown) if shown else None


def _thing(offer: Offer, shown: Shown) -> ThingView:
    pictures = [block.jpeg for block in shown.blocks if block.jpeg]
    blocks = tuple(
        msgspec.structs.replace(block, lines=tuple(_harmless(line) for line in block.lines))
        for block in shown.blocks
    )
    return ThingView(
        offer.key, str(offer.label), in_words(shown.until), blocks, pictures[0] if pictures else b""
    )


def _harmless(line: Line) -> Line:
    """A line whose address leads to a call, a message or a page, which is named beside it; any other is only read."""
    if CALLS.fullmatch(line.href):
        return line
    try:
        where = urlsplit(line.href)
    except ValueError:
        where = urlsplit("")
    if where.scheme == "https" and where.hostname:
        return msgspec.structs.replace(line, note=where.hostname)
    return msgspec.structs.replace(line, href="")


# Where things lie -----------------------------------------------------------------------------------


def place_beside(contact_id: str) -> vault.RecordId:
    """Where what is said to one contact about oneself lies."""
    return f"beside/{contact_id}"


def place_shown(contact_id: str, thing: str) -> vault.RecordId:
    """Where the copy of one thing for one contact lies."""
    return f"shown/{contact_id}-{thing}"


def place_told(contact_id: str) -> vault.RecordId:
    """Where the last line said to one contact lies."""
    return f"told/{contact_id}"


def place_reply(contact_id: str) -> vault.RecordId:
    """Where the last answer to one contact lies."""
    return f"reply/{contact_id}"
