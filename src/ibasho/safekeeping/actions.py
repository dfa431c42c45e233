"""What people do with things put away, and what those do who keep them. Nothing else writes these records."""

import datetime as dt
import secrets
from typing import Any

from django.utils.translation import gettext_lazy as _

from ibasho import vault
from ibasho.bell import access as bells
from ibasho.bell.actions import ring
from ibasho.circle import access as circle
from ibasho.circle import going, visits
from ibasho.errors import IbashoError
from ibasho.programme.days import today
from ibasho.programme.records import altered
from ibasho.safekeeping import access
from ibasho.safekeeping.records import (
    CHAPTER,
    ENTRUSTED,
    HELD,
    KEEPER,
    KEEPING,
    ME,
    MOST_THINGS,
    Entrusted,
    Handed,
    KeeperWord,
    Keeping,
    PutAway,
)
from ibasho.vault import clock


class TooMany(IbashoError):
    """A list that is too long helps nobody in a hard minute."""

    message = _("There is no room for another one just now. You can erase one that is gone or back.")
    status = 409


class NotToday(IbashoError):
    """Nothing comes back on a hard day (DOMAIN 1.15)."""

    message = _(
        "You said that today is hard, and on a hard day nothing comes back. That was agreed on a calm one."
    )
    status = 409


class StillWaiting(IbashoError):
    """The wait that was agreed is not over, or nobody asked."""

    message = _("The wait you agreed on is not over yet. It does not have to be long until it is.")
    status = 409


class NotSaidYet(IbashoError):
    """Two people decide, and the other one has not said yes (DOMAIN 1.15)."""

    message = _(
        "You two decide together, and the word of whoever keeps it is not here yet. You can talk with them."
    )
    status = 409


class NothingOfIt(IbashoError):
    """A keeper's part did not arrive, so that a yes would open nothing."""

    message = _(
        "Your half of it did not arrive here, so a yes would not open the line. Please tell them: they can seal it "
        "anew."
    )
    status = 409


# Its owner ------------------------------------------------------------------------------------------


def put_away(space: vault.Space, *, record: PutAway) -> str:
    """Keep a thing put away. Gives its key. Nobody is asked or told yet. Raises TooMany, NotFound."""
    if record.keeper_id:
        circle.chosen(space, record.keeper_id)
    if len(space.keys(PutAway, CHAPTER)) >= MOST_THINGS:
        raise TooMany
    key = secrets.token_hex(6)
    space.keep(record, at=f"{CHAPTER}/{key}")
    return key


def change(space: vault.Space, key: str, *, record: PutAway, seen: int) -> None:
    """Keep it differently. With another keeper, the one before sees nothing of it any more, and nothing is asked for.

    Raises NotFound, and vault.Changed when another tab was faster.
    """
    kept = access.thing(space, key)
    before = kept.record
    same = record.keeper_id == before.keeper_id
    if same:
        record = altered(record, line=before.line, part=before.part, request=before.request)
    elif record.keeper_id:
        circle.chosen(space, record.keeper_id)
    if not same and before.keeper_id:
        record = altered(record, asked_at=None)
    if record.asked_at is None and record.request is not None:
        record = altered(record, request=None)
    if before == record:
        return
    space.change(kept.id, record, expects=seen)
    if not same or record.state not in HELD:
        _take_off(space, key)
    else:
        _tell_keeper(space, key, record)


def entrust(space: vault.Space, key: str, *, line: str = "") -> None:
    """Its keeper is asked, and from now on reads the agreement. With a line, it is sealed for the two together.

    Asked anew with another line, the line before is gone. Raises NotFound for a keeper who may not be chosen.
    """
    kept = access.thing(space, key)
    keeper = circle.chosen(space, kept.record.keeper_id)
    place = f"{ENTRUSTED}/{key}"
    there = space.find(Entrusted, place)
    record, parts = kept.record, None
    if line or there is None:
        way, parts = vault.make_way(line.encode(), [(ME, KEEPER)])
        record = altered(record, line=way, part=parts[ME])
        space.change(kept.id, record, expects=kept.version)
    has_line = bool(line) or (there is not None and there.record.has_line)
    space.put(altered(_entrusted(record), has_line=has_line), at=place)
    vault.share(space, Entrusted, place, keeper.id)
    if parts is not None:
        vault.send_note(space, keeper.id, Handed(thing=key, part=parts[KEEPER]), about=key)
    ring(bells.bell_of(vault.contact(space, keeper.id)))


def ask_back(space: vault.Space, key: str) -> None:
    """Its owner asks for it; from now on the agreed wait runs. Asking again does not begin it anew.

    A keeper of the circle reads that it is asked for. What they did not answer in time can be asked for again.
    """
    kept = access.thing(space, key)
    record = kept.record
    word = access.keeper_word(space, key) if record.keeper_id else None
    keeps = word is not None and word.state in access.KEEPS
    waits = record.request is None or clock.now() <= record.request.good_until
    said_before = record.asked_at is not None and not (keeps and record.request is None)
    if record.state not in HELD or (said_before and waits):
        return
    request = vault.ask_for_parts(dt.timedelta(hours=record.wait_hours)) if keeps else None
    record = altered(record, asked_at=clock.instant(), request=request)
    space.change(kept.id, record, expects=kept.version)
    _tell_keeper(space, key, record)
    if keeps:
        ring(bells.bell_of(vault.contact(space, record.keeper_id)))


def leave_it(space: vault.Space, key: str) -> None:
    """It stays where it is; nothing is asked for any more."""
    kept = access.thing(space, key)
    if kept.record.asked_at is not None:
        record = altered(kept.record, asked_at=None, request=None)
        space.change(kept.id, record, expects=kept.version)
        _tell_keeper(space, key, record)


def take_back(space: vault.Space, key: str) -> None:
    """It is back with its owner. Its keeper, if of the circle, reads nothing of it any more; nobody else is told.

    Raises StillWaiting, NotToday, NotSaidYet.
    """
    kept = access.thing(space, key)
    _may_come_back(space, key, kept.record)
    record = altered(kept.record, state="back", asked_at=None, request=None)
    space.change(kept.id, record, expects=kept.version)
    _take_off(space, key)


def open_line(space: vault.Space, key: str) -> str:
    """The line of the two, once both say so. Raises StillWaiting, NotToday, NotSaidYet, and NotFound without one."""
    record = access.thing(space, key).record
    part = _may_come_back(space, key, record)
    if part is None or record.line is None or record.part is None:
        raise vault.NotFound
    return vault.open_way(record.line, [record.part, part]).decode()


def erase(space: vault.Space, key: str) -> None:
    """Nothing of it is known here any more, nor with its keeper. Raises NotFound."""
    place = f"{CHAPTER}/{key}"
    space.forget(PutAway, place)
    _take_off(space, key)


def _may_come_back(space: vault.Space, key: str, record: PutAway) -> vault.Part | None:
    """Pass when the wait is over, today is not hard, and a keeper of the circle has said yes. Gives their part."""
    free_from = access.may_come_back_at(record)
    if free_from is None or clock.instant() < free_from:
        raise StillWaiting
    if access.is_hard_today(space):
        raise NotToday
    if not access.is_entrusted(space, key):
        return None
    word = access.keeper_word(space, key)
    if word is None or word.state not in access.KEEPS:
        return None  # nobody here keeps it: there is nobody here to decide with
    if record.request is None or word.given is None:
        raise NotSaidYet
    try:
        return vault.take_part(space, record.keeper_id, record.request, word.given)
    except (vault.NotGranted, vault.RequestOver):
        raise NotSaidYet from None


def _entrusted(record: PutAway) -> Entrusted:
    return Entrusted(
        called=record.called or record.label,
        way=record.way,
        since=record.since,
        decides_with="" if record.decides_with == record.keeper else record.decides_with,  # "with you"
        wait_hours=record.wait_hours,
        if_keeper_goes=record.if_keeper_goes,
        request=record.request,
    )


def _tell_keeper(space: vault.Space, key: str, record: PutAway) -> None:
    there = space.find(Entrusted, f"{ENTRUSTED}/{key}")
    if there is not None:
        space.put(altered(_entrusted(record), has_line=there.record.has_line), at=there.id)


def _take_off(space: vault.Space, key: str) -> None:
    """Whoever was asked to keep it sees nothing of it any more, and gets no half of it that they did not read yet."""
    place = f"{ENTRUSTED}/{key}"
    if access.is_entrusted(space, key):
        for keeper in vault.readers_of(space, Entrusted, place):
            vault.take_note_back(space, keeper, Handed, about=key)
        space.forget(Entrusted, place)


# Its keeper -----------------------------------------------------------------------------------------


def accept(space: vault.Space, kept_id: str) -> None:
    """They will keep it, having read what the law may ask. Said again, a changed agreement is agreed to."""
    _, record = access.kept_for_another(space, kept_id)
    word = access.own_word(space, kept_id)
    state = word.state if word and word.state in access.KEEPS else "will"
    _say(space, kept_id, state=state, terms=record.terms())
    _part_of(space, kept_id)


def decline(space: vault.Space, kept_id: str) -> None:
    """They would rather not keep it."""
    _say(space, kept_id, state="declined", answer="", given=None)


def confirm(space: vault.Space, kept_id: str) -> None:
    """They have it now."""
    if _keeps(space, kept_id):
        _say(space, kept_id, state="has")


def stop(space: vault.Space, kept_id: str, *, said: str = "") -> None:
    """They keep it no longer; its owner reads that, and what was agreed for then."""
    if _keeps(space, kept_id):
        _say(space, kept_id, state="stopped", words=said, answer="", given=None)


def not_yet(space: vault.Space, kept_id: str, *, said: str = "") -> None:
    """Its keeper would rather talk first. A later yes is possible. Raises NotFound when nothing is asked for."""
    request = _asked(space, kept_id)
    _say(space, kept_id, request=request.id, answer="not-yet", words=said, given=None)


def say_yes(space: vault.Space, kept_id: str, *, said: str = "") -> None:
    """Its keeper's half of the decision. Raises vault.TooSoon, vault.RequestOver, NothingOfIt, NotFound."""
    request = _asked(space, kept_id)
    contact, _record = access.kept_for_another(space, kept_id)
    part = _part_of(space, kept_id)
    if part is None:
        raise NothingOfIt
    given = vault.give_part(space, contact.id, request, part)
    _say(space, kept_id, request=request.id, answer="yes", words=said, given=given)


def give_back(space: vault.Space, kept_id: str) -> None:
    """Here it is back: they say that its owner has it. Nobody else is told."""
    if _keeps(space, kept_id):
        _say(space, kept_id, state="back")


def _keeps(space: vault.Space, kept_id: str) -> bool:
    access.kept_for_another(space, kept_id)
    word = access.own_word(space, kept_id)
    return word is not None and word.state in access.KEEPS


def _asked(space: vault.Space, kept_id: str) -> vault.Request:
    _, record = access.kept_for_another(space, kept_id)
    if record.request is None or not _keeps(space, kept_id):
        raise vault.NotFound
    return record.request


def _say(space: vault.Space, kept_id: str, **said: Any) -> None:
    """Keep this keeper's word, for its owner to read. Raises NotFound for a row that is not theirs."""
    contact, record = access.kept_for_another(space, kept_id)
    place = access.place_of(kept_id)
    word = access.own_word(space, kept_id)
    if word is None:
        word = KeeperWord(thing=kept_id.partition("-")[2], state="will", terms=record.terms())
    space.put(altered(word, **said), at=place)
    vault.share(space, KeeperWord, place, contact.id)
    ring(bells.bell_of(contact))


def _part_of(space: vault.Space, kept_id: str) -> vault.Part | None:
    """Their part, as it was handed over last; what came as a note is kept from now on."""
    contact, _record = access.kept_for_another(space, kept_id)
    for said in vault.notes(space, Handed):
        if said.contact.id == contact.id and said.record.thing == kept_id.partition("-")[2]:
            if said.record.part.seat == KEEPER:
                space.put(Keeping(part=said.record.part), at=access.place_of(kept_id))
            vault.drop_note(space, said)
    return access.own_part(space, kept_id)


# When it ends ---------------------------------------------------------------------------------------


@visits.at_each_visit
def tidy(space: vault.Space) -> None:
    """What was taken back from a keeper leaves nothing with them either, and nobody keeps anything who may not."""
    for one in space.chapter(PutAway, CHAPTER):
        keeper = one.record.keeper_id
        if keeper and not access.may_keep(space, keeper):
            look_together(space, keeper)
    for key in space.keys(Entrusted, ENTRUSTED):
        if key not in space.keys(PutAway, CHAPTER) and not access.is_left_to_read(space, key):
            _take_off(space, key)
    kept = {*space.keys(KeeperWord, KEEPING), *space.keys(Keeping, KEEPING)}
    if kept:
        for kept_id in kept - access.entrusted(space).keys():
            space.forget_together([KeeperWord, Keeping], access.place_of(kept_id))


@going.when_somebody_goes
def look_together(space: vault.Space, contact_id: str) -> None:
    """Somebody is no keeper any more, whichever side ended it: what they kept is to be looked at now (DOMAIN 3.9).

    Whoever had to be added goes on reading the row as it stood at that moment. Nothing hangs on it any more: the thing
    itself goes on under another key.
    """
    had_to = circle.friend_of(space, contact_id).had_to
    for kept in space.chapter(PutAway, CHAPTER):
        record = kept.record
        if record.keeper_id == contact_id:
            changed = {"keeper_id": "", "keeper_left": record.keeper, "review_on": today(), "request": None}
            record = altered(record, **changed, line=None, part=None)
            if had_to and access.is_entrusted(space, kept.id.partition("/")[2]):
                space.keep(record, at=f"{CHAPTER}/{secrets.token_hex(6)}")
                space.forget(PutAway, kept.id)
            else:
                _take_off(space, kept.id.partition("/")[2])
                space.change(kept.id, record, expects=kept.version)
    if not had_to:
        for key in access.left_to_read(space, contact_id):
            _take_off(space, key)
    _forget_what_i_said(space, contact_id)


@going.when_it_is_over
def forget_what_was_left(space: vault.Space, contact_id: str) -> None:
    """Whoever had to be added, and is let go, reads no row any more."""
    for key in access.left_to_read(space, contact_id):
        _take_off(space, key)


def _forget_what_i_said(space: vault.Space, contact_id: str) -> None:
    for kept_id in {*space.keys(KeeperWord, KEEPING), *space.keys(Keeping, KEEPING)}:
        if kept_id.partition("-")[0] == contact_id:
            space.forget_together([KeeperWord, Keeping], access.place_of(kept_id))
