"""Who may read what of a knock. Every read in this room begins here; pages get frozen views."""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from ibasho import vault
from ibasho.circle import access as circle
from ibasho.errors import NotFound
from ibasho.knock import words
from ibasho.knock.records import (
    AT_THE_DOOR,
    DRAFT,
    POLICE,
    STANDING,
    WAITS,
    WISH,
    KnockAgreement,
    KnockAnswer,
    KnockLetter,
    KnockPage,
    KnockState,
    KnockTerms,
    place_answer,
)
from ibasho.programme import access as programme
from ibasho.programme.days import in_words, today
from ibasho.vault import clock

LOOK_BACK = dt.timedelta(days=91)
DaysSeen = Callable[[vault.Space, dt.date], set[dt.date]]

_days_seen: list[DaysSeen] = []


@dataclass(frozen=True)
class AgreedView:
    """What was agreed with a friend, in words."""

    text: str = field(repr=False)
    hows: tuple[str, ...] = field(repr=False)
    if_other_opens: str = field(repr=False)
    not_to_do: str = field(repr=False)
    police: str = field(repr=False)
    wait: str
    second: bool


@dataclass(frozen=True)
class PersonView:
    """A friend whom a message is for, as its writer sees them."""

    name: str = field(repr=False)
    accepted: bool
    declined: bool
    outcome: str = field(repr=False, default="")


@dataclass(frozen=True)
class KnockView:
    """Where a knock stands, as its writer sees it. `state`: none, asked, on, away, stopped or went."""

    state: str
    first: PersonView | None = field(default=None, repr=False)
    second: PersonView | None = field(default=None, repr=False)
    wait: str = ""
    hour: str = ""
    later: str = ""
    text: str = field(default="", repr=False)
    away: str = ""
    no_phone: bool = False
    changed: bool = False  # new words wait for a yes, and the old ones stand meanwhile
    went: tuple[str, ...] = ()
    news: tuple[str, ...] = field(default=(), repr=False)
    has_draft: bool = False


@dataclass(frozen=True)
class AskedView:
    """What a friend asks of this person, or asked."""

    contact: str
    name: str = field(repr=False)
    agreed: AgreedView = field(repr=False)
    mark: str = field(repr=False)
    answered: bool
    yes: bool


@dataclass(frozen=True)
class CardView:
    """A letter that came, with what was agreed."""

    contact: str
    name: str = field(repr=False)
    agreed: AgreedView = field(repr=False)
    number: int
    outcome: str
    said: str = field(repr=False)


# Its writer's side ---------------------------------------------------------------------------------


def state_of(space: vault.Space) -> KnockState:
    """Where things stand. Costs nothing: the manifest carries it."""
    return space.own(KnockState)


def terms_at(space: vault.Space, place: vault.RecordId) -> KnockTerms | None:
    """What was begun, asked for or sealed; None where nothing was."""
    kept = space.find(KnockTerms, place)
    return kept.record if kept else None


def people_of(space: vault.Space) -> set[str]:
    """Everybody a message was asked or sealed for."""
    there = [terms for place in (WISH, STANDING) if (terms := terms_at(space, place)) is not None]
    return {one for terms in there for one in (terms.first, terms.second)} - {""}


def draft_of(space: vault.Space) -> KnockTerms:
    """What somebody is setting up: as they left it, or as it stands."""
    for place in (DRAFT, WISH, STANDING):
        found = terms_at(space, place)
        if found is not None:
            return found
    return KnockTerms()


def agreement(terms: KnockTerms, role: str) -> KnockAgreement:
    """What one friend is shown of it. A way to the door only where that is safe (DOMAIN 3.7)."""
    safe = terms.door == "safe"
    return KnockAgreement(
        role=role,
        wait=terms.wait,
        text=terms.text,
        hows=tuple(how for how in terms.hows if safe or how not in AT_THE_DOOR),
        if_other_opens=terms.if_other_opens,
        not_to_do=terms.not_to_do,
        police=terms.police,
        police_on=terms.police_on,
    )


def mark_of(record: vault.Record) -> str:
    """What tells these words from any others."""
    return hashlib.sha256(msgspec.json.encode(record)).hexdigest()[:32]


def answers(space: vault.Space) -> dict[str, KnockAnswer]:
    """What friends said, by the ids of their contacts."""
    return {giver.id: kept.record for giver, kept in vault.read_shared(space, KnockAnswer)}


def accepted(said: dict[str, KnockAnswer], terms: KnockTerms, role: str) -> bool | None:
    """Whether a friend said yes to these words, or no; None while they have not."""
    answer = said.get(terms.first if role == "first" else terms.second)
    if answer is None or answer.mark != mark_of(agreement(terms, role)):
        return None
    return answer.yes


def knock_of(space: vault.Space) -> KnockView:
    """Where a knock stands."""
    state, wish = state_of(space), terms_at(space, WISH)
    standing = terms_at(space, STANDING)
    terms = standing if vault.release.is_armed(space) and standing else wish
    news = tuple(str(words.NEWS[one]) for one in state.news)
    has_draft = terms_at(space, DRAFT) is not None
    if terms is None:
        return KnockView("none", news=news, has_draft=has_draft)
    said, names = answers(space), {one.id: one.name for one in circle.allies(space)}
    armed = vault.release.is_armed(space)
    what = "on" if armed else "went" if state.went else "asked" if state.on else "none"
    if armed and programme.clocks_stopped():
        what = "stopped"
    elif armed and is_away(state):
        what = "away"
    return KnockView(
        what,
        _person(said, names, terms, "first", state),
        _person(said, names, terms, "second", state) if terms.second else None,
        words.days(terms.wait),
        words.oclock(terms.hour),
        words.hours(terms.later) if terms.second else "",
        terms.text,
        in_words(state.away) if is_away(state) else "",
        state.no_phone,
        armed and wish is not None and wish != standing,
        tuple(words.moment(at) for at in state.went),
        news,
        has_draft,
    )


def is_away(state: KnockState) -> bool:
    """Whether an absence was said that is not over."""
    return state.away is not None and state.away > today()


def knocks_in(space: vault.Space, wait: int) -> int:
    """How often, in the last three months, so many days without a check-in would have knocked (DOMAIN 3.2)."""
    day, since = today(), today() - LOOK_BACK
    seen = sorted(_days_seen[0](space, since)) if _days_seen else []
    if not seen:
        return 0
    after = [*seen[1:], day]
    return sum((next_ - one).days > wait for one, next_ in zip(seen, after, strict=True))


def knocks_by_wait(space: vault.Space) -> list[tuple[str, str]]:
    """The same for a few waits, in words."""
    shown = [wait for wait in WAITS if wait in (3, 4, 5, 7, 10, 14)]
    return [(words.days(wait), words.times(knocks_in(space, wait))) for wait in shown]


def knows_days(space: vault.Space) -> bool:
    """Whether there are any days to look back on."""
    return bool(_days_seen and _days_seen[0](space, today() - LOOK_BACK))


def decide_days_seen(rule: DaysSeen) -> None:
    """Let the room that knows days say on which of them, since one, somebody was here. Without a rule, on none."""
    _days_seen[:] = [rule]


def _person(
    said: dict[str, KnockAnswer], names: dict[str, str], terms: KnockTerms, role: str, state: KnockState
) -> PersonView:
    one = terms.first if role == "first" else terms.second
    yes, answer = accepted(said, terms, role), said.get(one)
    name = names.get(one, "")
    outcome = ""
    if answer and answer.outcome in words.OUTCOME_NEWS and state.went and answer.letter in state.letters:
        outcome = str(words.OUTCOME_NEWS[answer.outcome]) % {"name": name}
    return PersonView(name, yes is True, yes is False, outcome)


# The friend's side ---------------------------------------------------------------------------------


def asked_of(space: vault.Space) -> list[AskedView]:
    """What those whose ally this person is ask of them."""
    names = {one.id: one.name for one in circle.beside(space)}
    found = []
    for giver, kept in vault.read_shared(space, KnockAgreement):
        if giver.id not in names:
            continue
        mine = own_answer(space, giver.id)
        mark = mark_of(kept.record)
        answered = mine.mark == mark
        found.append(
            AskedView(giver.id, names[giver.id], _agreed(kept.record), mark, answered, answered and mine.yes)
        )
    return found


def asked_by(space: vault.Space, contact_id: str) -> AskedView:
    """What one of them asks. Raises NotFound."""
    for one in asked_of(space):
        if one.contact == contact_id:
            return one
    raise NotFound


def own_answer(space: vault.Space, contact_id: str) -> KnockAnswer:
    """What this person said to one friend, or nothing yet."""
    kept = space.find(KnockAnswer, place_answer(contact_id))
    return kept.record if kept else KnockAnswer()


def letters_to(space: vault.Space) -> list[vault.Said[KnockLetter]]:
    """The letters that came, newest first."""
    names = {one.id for one in circle.beside(space)}
    return [said for said in reversed(vault.notes(space, KnockLetter)) if said.contact.id in names]


def cards(space: vault.Space) -> list[CardView]:
    """The newest letter of each friend, with what was agreed."""
    names, found = {one.id: one.name for one in circle.beside(space)}, {}
    for said in letters_to(space):
        if said.contact.id not in found:
            found[said.contact.id] = _card(space, said, names[said.contact.id])
    return list(found.values())


def card_of(space: vault.Space, contact_id: str) -> tuple[CardView, vault.Said[KnockLetter]]:
    """The newest letter of one friend. Raises NotFound."""
    for said in letters_to(space):
        if said.contact.id == contact_id:
            return _card(space, said, circle.beside_one(space, contact_id).name), said
    raise NotFound


def _card(space: vault.Space, said: vault.Said[KnockLetter], name: str) -> CardView:
    mine, number = own_answer(space, said.contact.id), number_of(said.record.done)
    outcome = mine.outcome if mine.letter == number else ""
    told = str(words.OUTCOMES[outcome]) if outcome else ""
    return CardView(said.contact.id, name, _agreed(said.record.agreed), number, outcome, told)


def number_of(done: bytes) -> int:
    """What tells one letter from another, for both who know of it."""
    return int.from_bytes(hashlib.sha256(done).digest()[:6], "big")


def _agreed(record: KnockAgreement) -> AgreedView:
    return AgreedView(
        record.text,
        tuple(str(words.AGREED[how]) for how in record.hows if how in words.AGREED),
        record.if_other_opens,
        record.not_to_do,
        words.police(record.police, record.police_on)
        if record.police != POLICE[0] and record.police in POLICE
        else "",
        words.days(record.wait),
        record.role == "second",
    )


# Whoever brings a token -----------------------------------------------------------------------------


def page_of(token: bytes) -> KnockPage | None:
    """What the page of a nudge says; None for a token that ended or never was."""
    return vault.tally_carries(token, KnockPage)


def goes_out_on(token: bytes) -> int | None:
    """In how many days, 0 for today, a message goes out that a tap with this token holds back; None for none."""
    watch = vault.release.held_back_by(token)
    if watch is None:
        return None
    day = vault.release.first_day(watch) + dt.timedelta(days=watch.wait)
    return max(0, (day - vault.release.day_of(watch, clock.now())).days)
