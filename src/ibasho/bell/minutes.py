"""What is done each half minute, whoever is here. Rooms register a function; one small process calls them all."""

import logging
from collections.abc import Callable

from ibasho import vault
from ibasho.vault import clock

EVERY = 30.0  # seconds

Work = Callable[[float], None]

_work: list[Work] = []
_log = logging.getLogger("ibasho.bell")


def every_minute(work: Work) -> Work:
    """Have this called each half minute with the seconds since 1970. It may be called by two servers at once."""
    if work not in _work:
        _work.append(work)
    return work


def do_the_work() -> int:
    """Everything registered was called. What goes wrong with one keeps none of the others. Gives how many did."""
    troubles = 0
    for work in list(_work):
        try:
            work(clock.now())
        except Exception:
            _log.exception("a part of the minute went wrong")
            troubles += 1
    return troubles


@every_minute
def end_what_is_over(now: float) -> None:
    """What was shared until a day is taken away after it."""
    vault.end_what_is_over()
