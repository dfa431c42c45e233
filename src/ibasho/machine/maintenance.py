"""The work of the night. `up` has it done by a process of its own, so that its memory ends with it."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ibasho import vault
from ibasho.errors import IbashoError
from ibasho.machine import backup, drill
from ibasho.machine.opened import opened, said

DRILL_EVERY = 30 * 24 * 3600


def maintain(data: Path) -> int:
    """Balance the filling, forget what is over, empty the journals, back up, and drill once a month.

    Copies that are too old go first, whether or not a new one can be made: a lifeline is kept for a week.
    One part that goes wrong does not keep the others from being done. 1 if any did.
    """
    os.nice(10)
    parts: list[Callable[[], None]] = [lambda: _tidy(data)]
    to = os.environ.get("IBASHO_BACKUP", "")
    if to:
        parts.append(lambda: _let_old_copies_go(data, Path(to)))
        parts.append(lambda: backup.back_up(data, Path(to), None))
        parts.append(lambda: _drill_monthly(data))
    troubles = 0
    for part in parts:
        try:
            part()
        except IbashoError as error:
            troubles += 1
            print(f"The work of the night met trouble: {said(error)}", file=sys.stderr, flush=True)
    return 1 if troubles else 0


def _tidy(data: Path) -> None:
    with opened(data):
        gone = vault.forget_expired()
        vault.balance_chaff()
        vault.current().forget_taken_back(backup.LONGEST["main"].days)
        vault.tidy()
        for store in (vault.current().store, vault.current().lifelines):
            vault.copies.forget_dead_rows(store)
    print(f"The work of the night is done. {gone} invitations were over.", flush=True)


def _let_old_copies_go(data: Path, to: Path) -> None:
    with opened(data):
        backup.prune_as_promised(to)


def _drill_monthly(data: Path) -> None:
    stamp = data / drill.STAMP
    if not stamp.exists() or time.time() - stamp.stat().st_mtime > DRILL_EVERY:
        drill.drill(data)
