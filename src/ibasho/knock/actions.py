"""What people do about a knock. Nothing else in Ibasho writes these kinds of record."""

import datetime as dt
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ibasho import vault
from ibasho.bell import access as bell
from ibasho.circle import access as circle
from ibasho.circle.going import when_it_is_over, when_somebody_goes
from ibasho.circle.visits import at_each_visit
from ibasho.errors import IbashoError, NotFound
from ibasho.knock import access
from ibasho.knock.records import (
    AWAY_MOST,
    DRAFT,
    NO_PHONE,
    OUTCOMES,
    STANDING,
    WISH,
    KnockAgreement,
    KnockAnswer,
    KnockLetter,
    KnockPage,
    KnockState,
    KnockTerms,
    place_answer,
    place_asked,
)
from ibasho.programme.days import today
from ibasho.programme.records import altered
from ibasho.vault import clock
from ibasho.vault.timers import Watch


class NotFinished(IbashoError):
    """Something has to be said before a friend can be asked. `step` names the page for it."""

    message = _("One thing is still open before your friend can be asked.")
    status = 422

    def __init__(self, step: str) -> None:
        super().__init__()
        self.step = step


class TooLongAway(IbashoError):
    """An absence has an end that can be seen."""

    message = _("A day from tomorrow on fits here, ninety days ahead at most.")
    status = 422


# Setting it up --------------------------------------------------------------------------------------


def draft(space: vault.Space, **changes: Any) -> KnockTerms:
    """Keep one answer of the set-up. Nothing that stands is changed by it."""
    terms = altered(access.draft_of(space), **changes)
    space.put(terms, at=DRAFT)
    return terms


def missing(space: vault.Space, terms: KnockTerms) -> str:
    """The first step that is still open, or nothing."""
    known = {one.id for one in circle.choices(space)}
    if terms.first not in known:
        return "who"
    if not (terms.no_bell or bell.bell(space).hangs):
        return "bell"
    if not terms.door:
        return "door"
    if not terms.text:
        return "words"
    if not terms.hows:
        return "how"
    return "second" if terms.second and (terms.second == terms.first or terms.second not in known) else ""


def ask(space: vault.Space) -> None:
    """The friends are asked; what stood before stands until the first of them says yes. Raises NotFinished."""
    terms = access.draft_of(space)
    step = missing(space, terms)
    if step:
        raise NotFinished(step)
    terms = altered(terms, zone=terms.zone or settings.TIME_ZONE)
    before = access.terms_at(space, WISH)
    space.put(terms, at=WISH)
    for role, one in (("first", terms.first), ("second", terms.second)):
        if one:
            place = space.put(access.agreement(terms, role), at=place_asked(one))
            vault.share(space, KnockAgreement, place, one)
    for one in {before.first, before.second} - {terms.first, terms.second, ""} if before else ():
        _forget(space, KnockAgreement, place_asked(one))
    _forget(space, KnockTerms, DRAFT)
    _change(space, on=True, news=())
    _bring_up_to_date(space)


def let_wait_again(space: vault.Space) -> None:
    """After a message went out, and its writer is back: the same message waits again."""
    _change(space, on=True, went=(), sealed="", letters=(), news=())
    _bring_up_to_date(space)


def erase(space: vault.Space) -> None:
    """Nothing waits any more, nobody is asked for anything, and nothing of it is kept."""
    vault.release.disarm(space)
    for key in space.keys(KnockAgreement, "asked"):
        _forget(space, KnockAgreement, f"asked/{key}")
    for place in (DRAFT, WISH, STANDING):
        _forget(space, KnockTerms, place)
    space.set_own(KnockState())


# Being here, and being away ---------------------------------------------------------------------------


@at_each_visit
def renew(space: vault.Space) -> None:
    """Somebody is here: the silence begins anew, and what has changed meanwhile is put in order."""
    state = access.state_of(space)
    if not state.on:
        return
    left = vault.release.who_left(space)
    for one in access.people_of(space):
        if one in left or not _may_be(space, one):
            let_go_of(space, one)
    state = access.state_of(space)
    if not state.on:
        return
    if state.no_phone:  # whoever comes by has one again
        state = _change(space, away=None, no_phone=False)
    if vault.release.is_armed(space):
        watch = vault.release.renew(space, away=state.away if access.is_away(state) else None)
        if watch is None:
            _change(space, sealed="", news=("lost",))
        elif watch.is_over:
            _end(space, watch)
            return
    _bring_up_to_date(space)


def go_away(space: vault.Space, until: dt.date) -> None:
    """No silence is counted until a day. Raises TooLongAway."""
    if not today() < until <= today() + AWAY_MOST:
        raise TooLongAway
    _be_away(space, until, no_phone=False)


def go_without_phone(space: vault.Space) -> None:
    """No silence is counted until somebody comes by again, or for thirty days."""
    _be_away(space, today() + NO_PHONE, no_phone=True)


def come_back(space: vault.Space) -> None:
    """An absence is over."""
    _be_away(space, None, no_phone=False)


def tap(token: bytes) -> bool:
    """Whoever was nudged says that they are here; nobody's session is needed. False where nothing waits any more.

    It proves nothing (DOMAIN 3.8): anybody who holds the phone can do it.
    """
    return vault.release.tap(token)


def have_read(space: vault.Space) -> None:
    """What there was to say was said."""
    if access.state_of(space).news:
        _change(space, news=())


def _be_away(space: vault.Space, until: dt.date | None, *, no_phone: bool) -> None:
    if not access.state_of(space).on:
        raise NotFound
    _change(space, away=until, no_phone=no_phone)
    vault.release.renew(space, away=until)


# Sealing ----------------------------------------------------------------------------------------------


def _bring_up_to_date(space: vault.Space) -> None:
    """What was accepted is what is sealed, under the keys of today, to nobody who had to be added."""
    state, said = access.state_of(space), access.answers(space)
    wish, standing = access.terms_at(space, WISH), access.terms_at(space, STANDING)
    if wish is None:
        return
    first = access.accepted(said, wish, "first")
    if first:
        standing = wish
    elif first is False and (standing is None or standing.first == wish.first):
        _stand_down(space, "declined")
        return
    if standing is None or not _may_be(space, standing.first):
        return
    with_second = bool(
        standing.second and _may_be(space, standing.second) and access.accepted(said, standing, "second")
    )
    mark = access.mark_of(standing)
    as_it_is = vault.release.is_armed(space) and vault.release.still_fits(space)
    if as_it_is and (state.sealed, state.with_second) == (mark, with_second):
        return
    _seal(space, standing, with_second=with_second)


def _seal(space: vault.Space, terms: KnockTerms, *, with_second: bool) -> None:
    state, token = access.state_of(space), vault.new_token()
    letters = []
    for role, one in [("first", terms.first), ("second", terms.second)][: 1 + with_second]:
        contact, done = vault.contact(space, one), vault.new_token()
        record = KnockLetter(agreed=access.agreement(terms, role), done=done)
        letters.append(vault.release.Addressed(one, record, bell.bell_of(contact), done))
    when = vault.release.Terms(
        zone=terms.zone,
        hour=terms.hour,
        wait=terms.wait,
        later=terms.later,
        away=state.away if access.is_away(state) else None,
        bell=bell.own_bell(space),
    )
    says = KnockPage(name=circle.chosen(space, terms.first).name, hour=terms.hour)
    vault.release.arm(space, letters, when, token=token, says=says)
    space.put(terms, at=STANDING)
    numbers = tuple(access.number_of(letter.done) for letter in letters)
    _change(space, sealed=access.mark_of(terms), letters=numbers, with_second=with_second)


def _may_be(space: vault.Space, contact_id: str) -> bool:
    try:
        circle.chosen(space, contact_id)
    except NotFound:
        return False
    return True


def _end(space: vault.Space, watch: Watch) -> None:
    """The hour came while its writer was quiet: keep what happened, and let nothing wait."""
    if watch.went:
        vault.release.disarm(space)
        _change(space, on=False, went=tuple(watch.went))
    else:
        _stand_down(space, "nobody")


def _stand_down(space: vault.Space, *news: str) -> None:
    vault.release.disarm(space)
    for place in (WISH, STANDING):
        _forget(space, KnockTerms, place)
    for key in space.keys(KnockAgreement, "asked"):
        _forget_what_was_asked(space, key)
    _change(space, on=False, sealed="", with_second=False, news=news)


@when_somebody_goes
def let_go_of(space: vault.Space, contact_id: str) -> None:
    """An alliance ended: no message waits for them, and what they were asked for or said is gone (DOMAIN 3.9).

    What went out, or found nobody, while its writer was quiet is told first.
    """
    watch = vault.release.watch_of(space)
    if watch is not None and watch.is_over:
        _end(space, watch)
    _forget(space, KnockAnswer, place_answer(contact_id))
    for said in access.letters_to(space):
        if said.contact.id == contact_id:
            vault.drop_note(space, said)
    there = {
        place: terms
        for place in (DRAFT, WISH, STANDING)
        if (terms := access.terms_at(space, place)) is not None
    }
    if any(terms.first == contact_id for place, terms in there.items() if place != DRAFT):
        had_to = circle.friend_of(space, contact_id).had_to
        went = ("went",) if watch and watch.went else ()
        _stand_down(space, *went, *(() if had_to else ("gone",)))
        there.pop(WISH, None)
        there.pop(STANDING, None)
    meant = [terms for place, terms in there.items() if place != DRAFT and terms.second == contact_id]
    for place, terms in there.items():
        first = "" if terms.first == contact_id else terms.first
        second = "" if terms.second == contact_id else terms.second
        if (first, second) != (terms.first, terms.second):
            space.put(altered(terms, first=first, second=second), at=place)
    _forget_what_was_asked(space, contact_id)
    if meant:
        was_armed, standing = vault.release.is_armed(space), access.terms_at(space, STANDING)
        _change(space, news=("second-gone",))
        if was_armed and standing:
            _seal(space, standing, with_second=False)


def _forget_what_was_asked(space: vault.Space, contact_id: str) -> None:
    """Somebody is asked for nothing any more. Whoever had to be added goes on reading it, and gets nothing for it."""
    if not circle.friend_of(space, contact_id).had_to:
        _forget(space, KnockAgreement, place_asked(contact_id))


@when_it_is_over
def forget_what_was_left(space: vault.Space, contact_id: str) -> None:
    """Whoever had to be added, and is let go, reads nothing of it any more."""
    _forget(space, KnockAgreement, place_asked(contact_id))


# The friend's side ------------------------------------------------------------------------------------


def answer(space: vault.Space, contact_id: str, *, mark: str, yes: bool) -> None:
    """Say yes or no to what a friend asks, as it stood on the page. Raises NotFound, vault.Changed for other words."""
    asked = access.asked_by(space, contact_id)
    if mark != asked.mark:
        raise vault.Changed
    _answer(space, contact_id, mark=mark, yes=yes)


def say_how_it_went(space: vault.Space, contact_id: str, *, outcome: str) -> None:
    """The friend reads how it went. "Done" calls off whoever would be asked next. Raises NotFound."""
    if outcome not in OUTCOMES:
        raise NotFound
    card, said = access.card_of(space, contact_id)
    _answer(space, contact_id, letter=card.number, outcome=outcome, outcome_at=clock.instant())
    if outcome == "done":
        vault.release.call_off(said.record.done)


def put_card_away(space: vault.Space, contact_id: str) -> None:
    """A letter was seen to and is gone. Raises NotFound."""
    access.card_of(space, contact_id)
    for said in access.letters_to(space):
        if said.contact.id == contact_id:
            vault.drop_note(space, said)


def _answer(space: vault.Space, contact_id: str, **changes: Any) -> None:
    circle.beside_one(space, contact_id)
    place = space.put(altered(access.own_answer(space, contact_id), **changes), at=place_answer(contact_id))
    vault.share(space, KnockAnswer, place, contact_id)


def _change(space: vault.Space, **changes: Any) -> KnockState:
    space.change_own(KnockState, lambda state: altered(state, **changes))
    return access.state_of(space)


def _forget(space: vault.Space, type_: type[vault.Record], place: vault.RecordId) -> None:
    with suppress(NotFound):
        space.forget(type_, place)
