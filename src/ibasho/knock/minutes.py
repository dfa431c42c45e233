"""What the house does about silences each half minute, without anybody's session. The ladder decides."""

import datetime as dt
import logging
from typing import Final

from ibasho import vault
from ibasho.bell.actions import ring
from ibasho.bell.minutes import every_minute
from ibasho.knock import ladder
from ibasho.knock.ladder import Step
from ibasho.programme import access as programme
from ibasho.vault import release
from ibasho.vault.running import Running
from ibasho.vault.timers import Idle, Timer, Watch
from ibasho.web.addresses import address, spelt

logger = logging.getLogger(__name__)

MOST_STEPS: Final = 4  # of one silence in one beat: more would be a loop
SWEEP_EVERY: Final = 1200  # beats, some ten hours
_sweep = release.Sweep()
_beats = [0]


@every_minute
def look_after_silences(now: float) -> None:
    """Each silence has come as far as it should have by now."""
    before = vault.running.read(vault.current())
    house = release.keep_beat(stopped=programme.clocks_stopped())
    if before is not None and house.epoch != before.epoch and house.why != "stopped":
        logger.warning("all waiting began anew")  # `ibasho check` says why
    for timer in release.due(now):
        try:
            _carry(timer, now, house)
        except Exception:  # whatever it is, nobody else's message may wait for it
            logger.exception("a silence could not be looked after")
    release.stir_idle()
    _beats[0] += 1
    if _beats[0] % SWEEP_EVERY == 1:
        _sweep()
        if release.unreadable():
            logger.error("a timer does not open")  # `ibasho check` says how many


def _carry(timer: Timer, now: float, house: Running) -> None:
    if isinstance(timer.work, Idle) and timer.due_day <= dt.datetime.fromtimestamp(now, dt.UTC).date():
        release.renew_idle(timer)
    found: Timer | None = timer
    for _ in range(MOST_STEPS):
        if found is None or not isinstance(found.work, Watch):
            return
        what = ladder.step(found.work, now, house)
        if what is None:
            return
        _do(found, found.work, what, now, house)
        found = release.look_again(found)


def _do(timer: Timer, watch: Watch, what: Step, now: float, house: Running) -> None:
    if what is Step.LET_OUT:
        release.let_out(timer, house, int(now))
    elif what is Step.FORGET:
        release.let_go_of(timer, watch)
    else:
        if what is Step.RING:
            for bell in watch.ring:
                ring(bell, path=way_to_tap(watch.token) if bell == watch.bell else "")
        release.keep_on(timer, ladder.stepped(watch, what, now, house))


def way_to_tap(token: bytes) -> str:
    """The address of a nudge's page."""
    return address("knock-tap", spelt(token))
