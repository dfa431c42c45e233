"""The work of each minute, and the bell: a small process beside the web server (decision 0015).

`up` starts it as a child: `python -m ibasho.machine.minute`. It answers no request and opens nobody's space. It holds
the pepper, as each worker does, and addresses for as long as it rings them. On PostgreSQL several servers have one
each; whatever they do, only one of them does.
"""

import logging
import os
import signal
import sys
import threading
import time
import warnings
from pathlib import Path

from ibasho.machine import guard

LOOK_EVERY = 0.5  # seconds between two looks at the note that something was queued
GOODBYE = 8.0  # seconds a ring on its way may take when this process is told to stop


def work(stop: threading.Event, run: Path) -> None:
    """Ring when something was queued, and look each half minute, until told to stop."""
    ringing = threading.Thread(target=_ring, args=(stop, run), daemon=True)
    ringing.start()
    from ibasho.bell import minutes

    while not stop.wait(minutes.EVERY):
        minutes.do_the_work()
    ringing.join(GOODBYE)


def _ring(stop: threading.Event, run: Path) -> None:
    """By itself, so that a post office that takes its time holds up nothing else."""
    from ibasho.bell import actions, minutes, queue

    log, note, looked = logging.getLogger("ibasho.bell"), run / actions.NOTE, 0.0
    while not stop.wait(LOOK_EVERY):
        if not note.exists() and time.monotonic() - looked < minutes.EVERY:
            continue
        note.unlink(missing_ok=True)  # before looking, so that what comes meanwhile is looked at again
        looked = time.monotonic()
        try:
            queue.ring_what_is_due()
        except Exception:
            log.exception("the bell met trouble")


def main() -> int:
    """Work until told to stop."""
    guard.harden()
    guard.die_with(int(os.environ["IBASHO_PARENT"]))
    warnings.simplefilter("ignore")  # a warning quotes what it is about
    time.tzset()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    from ibasho import vault

    data, run = Path(os.environ["IBASHO_DATA"]), Path(os.environ["IBASHO_RUN"])
    vault.configure(data, run, os.environ.get("DATABASE_URL", ""))
    import django

    django.setup()
    from django.urls import get_resolver

    _ = get_resolver().url_patterns  # every room is there, and has said what it does each minute
    work(stop, run)
    return 0


if __name__ == "__main__":
    sys.exit(main())
