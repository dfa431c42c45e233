"""The queue: from somebody's ring to one try for each channel, and what follows from how it went (decision 0015).

A try is out of the queue before it is made. Whoever is cut off in between has lost that ring, and nobody is ever rung
twice for one. It goes back, for a later time, only when it was surely not taken.
"""

import datetime as dt
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final

import msgspec

from ibasho import vault
from ibasho.bell.sending import Outcome, send
from ibasho.programme import access as programme
from ibasho.vault import clock

BACK_OFF: Final = (60, 5 * 60, 30 * 60, 2 * 3600, 12 * 3600)  # seconds until the next try
HOUR: Final = 3600
AT_ONCE: Final = 4  # tries at a time
MOST: Final = 64  # rows looked at in one round

Sender = Callable[[vault.Channel, str, str, str], Outcome]
_log = logging.getLogger("ibasho.bell")


def ring_what_is_due(sender: Sender = send) -> None:
    """Everything that was due has been tried. Another server may do the same at the same moment."""
    while _one_round(sender):
        pass


def _one_round(sender: Sender) -> bool:
    """Whether anything was taken out of the queue, so that it is worth looking again."""
    taken = False
    for ring in vault.rings_due(MOST):
        if isinstance(ring.work, vault.Try):
            continue
        with suppress(vault.Changed):  # somebody else was faster, or its owner changed the bell: next time
            vault.carry_out(_plan_strike(ring, ring.work))
            taken = True
    tries = [ring for ring in vault.rings_due(MOST) if isinstance(ring.work, vault.Try)]
    if tries:
        with ThreadPoolExecutor(AT_ONCE) as hands:
            taken = any(list(hands.map(lambda ring: _try(ring, sender), tries))) or taken
    return taken


def _plan_strike(ring: vault.Ring, strike: vault.Strike | None) -> list[vault.Op]:
    """From one ring to one try for each channel; or, when the hour is full, to one ring that is put off."""
    hung = vault.look_at_bell(strike.bell) if strike else None
    if strike is None or hung is None:
        return [vault.take_ring(ring)]
    now, bell = int(clock.now()), hung.bell
    waiting = bell.later is not None and bell.later.due > now - HOUR
    path = bell.later.path if strike.put_off and bell.later else strike.path
    rung = tuple(then for then in bell.rung if now - HOUR < then <= now)
    if len(rung) >= bell.most:
        due = bell.later.due if waiting and bell.later and not strike.put_off else rung[0] + HOUR
        changed = msgspec.structs.replace(bell, rung=rung, later=vault.PutOff(due, path))
        again = (
            [] if waiting and not strike.put_off else [vault.put_ring(due, vault.Strike(hung.id, "", True))]
        )
        return [vault.take_ring(ring), vault.swap_bell(hung, changed), *again]
    later = None if strike.put_off else bell.later
    changed = msgspec.structs.replace(bell, rung=(*rung, now), later=later)
    tries = [
        vault.Try(hung.id, one.id, path, now, len(BACK_OFF) if one.id in bell.silent else 0)
        for one in bell.channels
        if not (one.id in bell.silent and bell.silent[one.id].for_good)
    ]
    due = now // 60 * 60
    return [
        vault.take_ring(ring),
        vault.swap_bell(hung, changed),
        *(vault.put_ring(due, one) for one in tries),
    ]


def _try(ring: vault.Ring, sender: Sender) -> bool:
    """One channel is rung once, by whoever takes the ring out of the queue first. False when somebody else did."""
    work = ring.work
    assert isinstance(work, vault.Try)
    try:
        vault.carry_out([vault.take_ring(ring)])
    except vault.Changed:
        return False
    hung = vault.look_at_bell(work.bell)
    channel = next((one for one in hung.bell.channels if one.id == work.channel), None) if hung else None
    if hung is None or channel is None:
        return True
    try:
        outcome = sender(channel, hung.bell.text, work.path, programme.programme().cover)
    except Exception:  # a setting that cannot be read, a letter that cannot be written: it did not go out
        _log.exception("a ring could not be sent")
        outcome = Outcome.LATER
    _keep_what_came_of_it(work, outcome)
    return True


def _keep_what_came_of_it(work: vault.Try, outcome: Outcome) -> None:
    if outcome is Outcome.TAKEN:
        vault.change_bell(work.bell, lambda bell: _answered(bell, work.channel))
    elif outcome is Outcome.GONE:
        _silence(work, for_good=True)
    elif outcome is Outcome.LATER and work.tries < len(BACK_OFF):
        again = msgspec.structs.replace(work, tries=work.tries + 1)
        vault.carry_out([vault.put_ring(int(clock.now()) + BACK_OFF[work.tries], again)])
    elif outcome is Outcome.LATER:
        _silence(work, for_good=False)


def _silence(work: vault.Try, *, for_good: bool) -> None:
    since = dt.datetime.fromtimestamp(work.first, clock.here().tzinfo).date()

    def change(bell: vault.Bell) -> vault.Bell:
        before = bell.silent.get(work.channel)
        found = vault.Silence(before.since if before else since, for_good)
        return msgspec.structs.replace(bell, silent=bell.silent | {work.channel: found})

    vault.change_bell(work.bell, change)


def _answered(bell: vault.Bell, channel: str) -> vault.Bell:
    left = {one: silence for one, silence in bell.silent.items() if one != channel}
    return msgspec.structs.replace(bell, silent=left)
