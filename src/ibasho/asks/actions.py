"""What people do with asks: ask, take, swap, give back, let somebody out, end. Nothing else writes these records."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from django.utils.translation import gettext_lazy as _
from msgspec.structs import replace

from ibasho import vault
from ibasho.asks import access, feed
from ibasho.asks.days import in_order
from ibasho.asks.records import FEED_PLACE, MOST_ASKS, MOST_SLOTS, PLACE, TAKEN, Ask, Feed, Slot, Taken
from ibasho.bell.access import bell_of
from ibasho.bell.actions import ring
from ibasho.circle import access as circle
from ibasho.circle.going import when_somebody_goes
from ibasho.circle.visits import at_each_visit
from ibasho.errors import IbashoError, NotFound
from ibasho.programme.days import today
from ibasho.programme.records import altered

Change = Callable[[Ask], Ask]
UNREADABLE = (vault.NotFound, vault.Tampered, vault.Changed)
ATTEMPTS = 24  # how often a slot is tried for while others of a circle take theirs


class TooManyAsks(IbashoError):
    """More at one time than can be read at a glance."""

    message = _("There is no room for another one just now. You can end one that is over or not needed.")
    status = 409


class TooManyTimes(IbashoError):
    """More slots than an ask has room for."""

    message = _("That is more times than fit into one ask. Fewer days have room, or a second ask.")
    status = 409


class NobodyAsked(IbashoError):
    """An ask that goes to nobody."""

    message = _("It goes to nobody yet. You can choose who.")
    status = 422


class SomebodyWasFaster(IbashoError):
    """Two took one slot, and this is the other one."""

    message = _("Somebody was a moment faster. Thank you all the same.")
    status = 409


class NotNeeded(IbashoError):
    """It was closed, or its day has passed."""

    message = _("This is not needed any more. Thank you all the same.")
    status = 409


# The owner's side -----------------------------------------------------------------------------------


def ask(
    space: vault.Space, *, what: str, note: str, slots: Sequence[Slot], people: Sequence[str], rings: bool
) -> str:
    """Those people are asked, each of them alone as far as they can tell; their bells ring once. Gives its name.

    Raises NobodyAsked, TooManyTimes, TooManyAsks; NotFound for somebody who cannot be chosen.
    """
    if not people:
        raise NobodyAsked
    if len(slots) > MOST_SLOTS:
        raise TooManyTimes
    if len(vault.circles_of(space, Ask.kind)) >= MOST_ASKS:
        raise TooManyAsks
    chosen = [circle.chosen(space, one).id for one in dict.fromkeys(people)]
    record = Ask(what=what, made_on=today(), note=note, slots=tuple(in_order(slots)), rings=rings)
    name = vault.found_circle(space, Ask.kind, [], chosen, holding={PLACE: record})
    for one in chosen:
        ring(bell_of(vault.contact(space, one)))
    return name


def change(space: vault.Space, ask: str, *, what: str, note: str, rings: bool) -> None:
    """It is said differently from now on. Raises NotFound."""
    _change_own(space, ask, lambda record: altered(record, what=what, note=note, rings=rings))


def add_slots(space: vault.Space, ask: str, *, slots: Sequence[Slot]) -> None:
    """More times are asked for. What is there already stays as it is. Raises NotFound, TooManyTimes."""

    def more(record: Ask) -> Ask:
        there = {(slot.day, slot.part, slot.at) for slot in record.slots}
        new = [slot for slot in slots if (slot.day, slot.part, slot.at) not in there]
        if len(record.slots) + len(new) > MOST_SLOTS:
            raise TooManyTimes
        return altered(record, slots=tuple(in_order([*record.slots, *new])))

    _change_own(space, ask, more)


def drop_slot(space: vault.Space, ask: str, *, slot: str) -> None:
    """One time is not needed any more, whoever took it; they are told so. Raises NotFound."""

    def without(record: Ask) -> Ask:
        _slot(record, slot)
        return altered(record, slots=tuple(one for one in record.slots if one.key != slot))

    _change_own(space, ask, without)


def close(space: vault.Space, ask: str) -> None:
    """Nothing more is needed; what is taken stands. Raises NotFound."""
    _change_own(space, ask, lambda record: altered(record, closed=True))


def open_again(space: vault.Space, ask: str) -> None:
    """What is open can be taken again. Nobody is told of it. Raises NotFound."""
    _change_own(space, ask, lambda record: altered(record, closed=False))


def let_out(space: vault.Space, ask: str, *, person: str) -> None:
    """Somebody is not asked any more, without a sound; what they took is open again. Raises NotFound.

    The rest goes on under a new key (VAULT 1.5).
    """
    if person not in {one.id for one in access.asked_in(space, ask)}:
        raise NotFound
    vault.leave_circle(space, ask, person)
    _open_what_nobody_has(space, ask)


def end(space: vault.Space, ask: str) -> None:
    """It is gone, for everybody. Raises NotFound."""
    access.asked_in(space, ask)
    vault.close_circle(space, ask)
    feed.refresh(space)


@at_each_visit
def tidy(space: vault.Space) -> None:
    """What has been over for two weeks is forgotten, and who may not be asked any more is in no ask.

    What this person took for others is forgotten once its day has passed.
    """
    vault.forget_ended_circles(space, Ask.kind)
    mine = vault.circles_of(space, Ask.kind)
    choices = {one.id for one in circle.choices(space)} if mine else set()
    for name, asked in mine.items():
        if _is_forgotten(space, name):
            vault.close_circle(space, name)
            continue
        for one in asked:
            if one.id not in choices:
                with suppress(vault.NotFound):  # another tab ended it
                    vault.leave_circle(space, name, one.id)
        with suppress(*UNREADABLE):
            _open_what_nobody_has(space, name)
    for kept in list(space.chapter(Taken, TAKEN)):
        if kept.record.day < today():
            space.forget(Taken, kept.id)
    feed.refresh(space)


@when_somebody_goes
def without_them(space: vault.Space, contact_id: str) -> None:
    """What somebody took who goes is open again, and no ask goes to them; nothing is done for them (DOMAIN 3.9)."""
    for name, asked in vault.circles_of(space, Ask.kind).items():
        if contact_id in {one.id for one in asked}:
            with suppress(vault.NotFound):  # another tab ended it
                vault.leave_circle(space, name, contact_id)
            with suppress(*UNREADABLE):
                _open_what_nobody_has(space, name)
    if space.keys(Taken, TAKEN):
        theirs = {
            one.name for one, _ in access.shared_asks(space) if one.giver and one.giver.id == contact_id
        }
        for kept in list(space.chapter(Taken, TAKEN)):
            if kept.record.ask in theirs:
                space.forget(Taken, kept.id)


def _is_forgotten(space: vault.Space, ask: str) -> bool:
    """Whether an ask has been over for long enough. One that cannot be read stays until its owner ends it."""
    try:
        return access.is_forgotten(access.kept_ask(vault.circle(space, ask)).record)
    except UNREADABLE:
        return False


def _open_what_nobody_has(space: vault.Space, ask: str) -> None:
    """Slots are open again whose taker is in this ask no longer."""
    shared = vault.circle(space, ask)
    marks = access.takers(shared, access.asked_in(space, ask))

    def free(slot: Slot) -> Slot:
        held = not slot.taken_by or slot.taken_by in marks
        return slot if held else _without_taker(slot)

    _change(lambda: shared, lambda record: altered(record, slots=tuple(free(one) for one in record.slots)))


# The side of those who are asked --------------------------------------------------------------------


def take(space: vault.Space, ask: str, *, slot: str) -> None:
    """A slot is this person's; if somebody wanted to swap it, from now on it is theirs no longer.

    Another slot that changed meanwhile makes no difference. Raises NotFound, NotNeeded, SomebodyWasFaster.
    """

    def mine(record: Ask, mark: bytes) -> Ask:
        found = _slot(record, slot)
        if found.taken_by == mark:
            return record
        if found.day < today() or (record.closed and not found.taken_by):
            raise NotNeeded
        if not access.is_open_to(found, mark):
            raise SomebodyWasFaster
        return _with(record, replace(found, taken_by=mark, swap=False))

    record, shared, changed = _change_asked(space, ask, mine)
    if changed:
        _keep_taken(space, shared, _slot(record, slot), record.what, "")
        _tell(record, shared)
        feed.refresh(space)


def say_beside(space: vault.Space, ask: str, *, slot: str, line: str) -> None:
    """A line stands beside what this person took, or none: whoever asked reads it, and nobody else.

    Raises NotFound, SomebodyWasFaster.
    """
    shared = access.shared_ask(space, ask)
    record = access.kept_ask(shared).record
    found = _slot(record, slot)
    if found.taken_by != access.own_mark(shared):
        raise SomebodyWasFaster
    _keep_taken(space, shared, found, record.what, line)


def would_swap(space: vault.Space, ask: str, *, slot: str) -> None:
    """It stays this person's until somebody takes it over. Raises NotFound."""
    _change_asked(space, ask, lambda record, mark: _if_mine(record, slot, mark, swap=True))


def would_keep(space: vault.Space, ask: str, *, slot: str) -> None:
    """It is not offered to anybody any more. Raises NotFound."""
    _change_asked(space, ask, lambda record, mark: _if_mine(record, slot, mark, swap=False))


def give_back(space: vault.Space, ask: str, *, slot: str) -> None:
    """It is open again. What was another's already stays so. Raises NotFound."""
    record, shared, changed = _change_asked(
        space, ask, lambda record, mark: _if_mine(record, slot, mark, taken_by=b"", swap=False)
    )
    with suppress(vault.NotFound):
        space.forget(Taken, access.place_taken(shared.name, slot))
    if changed:
        _tell(record, shared)
        feed.refresh(space)


def understood(space: vault.Space, *, key: str) -> None:
    """It was read that something need not be done after all, and is told no more."""
    with suppress(vault.NotFound):
        space.forget(Taken, f"{TAKEN}/{key}")


def _keep_taken(space: vault.Space, shared: vault.Shared, slot: Slot, what: str, line: str) -> None:
    """Keep what was taken for its taker; with a line, show it to whoever asked, and to nobody else."""
    assert shared.giver is not None
    place = access.place_taken(shared.name, slot.key)
    record = Taken(
        ask=shared.name, slot=slot.key, what=what, day=slot.day, part=slot.part, at=slot.at, line=line
    )
    space.put(record, at=place)
    if line:
        vault.share(space, Taken, place, shared.giver.id)
    elif vault.readers_of(space, Taken, place):
        vault.unshare(space, Taken, place, shared.giver.id)


def _tell(record: Ask, shared: vault.Shared) -> None:
    """Let the bell of whoever asked ring, if they wished so."""
    assert shared.giver is not None
    if record.rings:
        ring(bell_of(shared.giver))


# Calendars ------------------------------------------------------------------------------------------


def keep_feed(space: vault.Space, *, mine: bool, others: bool, own_words: bool, summary: str) -> None:
    """There is a calendar at an address of its own; the same address as before, if there was one."""
    before = access.own_feed(space)
    if before is None:
        end_feed(space)
        record = Feed(token=vault.new_token(), mine=mine, others=others, own_words=own_words, summary=summary)
        feed.begin(space, record)
    else:
        record = altered(before, mine=mine, others=others, own_words=own_words, summary=summary)
        space.put(record, at=FEED_PLACE)
        feed.refresh(space)


def end_feed(space: vault.Space) -> None:
    """The address gives nothing any more, to anybody."""
    kept = space.find(Feed, FEED_PLACE)
    if kept is not None:
        vault.end_tally(space, Feed, FEED_PLACE, vault.tally_id(kept.record.token))


# How an ask is changed ------------------------------------------------------------------------------


def _change_own(space: vault.Space, ask: str, change: Change) -> None:
    access.asked_in(space, ask)
    _change(lambda: vault.circle(space, ask), change)
    feed.refresh(space)


def _change_asked(
    space: vault.Space, ask: str, change: Callable[[Ask, bytes], Ask]
) -> tuple[Ask, vault.Shared, bool]:
    """Change an ask as one of those it goes to. Gives what is kept then, the hand on it, and whether it changed."""
    hands: list[vault.Shared] = []

    def fresh() -> vault.Shared:
        hands.append(access.shared_ask(space, ask))  # sealed anew perhaps, because somebody was let out
        return hands[-1]

    record, changed = _change(fresh, lambda record: change(record, access.own_mark(hands[-1])))
    return record, hands[-1], changed


def _change(hand: Callable[[], vault.Shared], change: Change) -> tuple[Ask, bool]:
    """Compare and swap: when somebody else was faster, `change` sees what they saved. Gives whether it changed."""
    for _attempt in range(ATTEMPTS):
        shared = hand()
        try:
            kept = access.kept_ask(shared)
        except (
            vault.NotFound,
            vault.Missing,
        ):  # sealed anew between two looks, or gone: `hand` will say which
            continue
        record = change(kept.record)
        if record == kept.record:
            return record, False
        try:
            shared.put(record, PLACE, expects=kept.version)
        except (vault.Changed, vault.Missing):
            continue
        return record, True
    raise vault.Changed


def _slot(record: Ask, key: str) -> Slot:
    for slot in record.slots:
        if slot.key == key:
            return slot
    raise NotFound


def _with(record: Ask, slot: Slot) -> Ask:
    return altered(record, slots=tuple(slot if one.key == slot.key else one for one in record.slots))


def _if_mine(record: Ask, key: str, mark: bytes, **changes: bytes | bool) -> Ask:
    slot = _slot(record, key)
    return _with(record, replace(slot, **changes)) if slot.taken_by == mark else record


def _without_taker(slot: Slot) -> Slot:
    return replace(slot, taken_by=b"", swap=False)
