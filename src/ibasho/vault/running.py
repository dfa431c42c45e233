"""How long the programme has truly been running, by a clock that nobody can set (VAULT 1.7, decision 0016).

A beat is counted each half minute. Time in which nothing beat for more than a quarter of an hour, a calendar that
jumped, or a stop by those who run the programme begin all waiting anew (DOMAIN 3.3): the epoch is raised. What is
counted lies beside the release keys, on this machine alone; when that file is gone, waiting begins anew as well.
"""

import secrets
from typing import NamedTuple

import msgspec

from ibasho.vault import clock
from ibasho.vault.core import Vault
from ibasho.vault.store import Op

LONGEST_GAP = 15 * 60  # seconds (DOMAIN 3.3: "if the server was down for any part of the window")
LONGEST_JUMP = 15 * 60
_NAME = "running"


class Reading(NamedTuple):
    """What the clocks show: the calendar in seconds since 1970, seconds since the machine started, which start."""

    wall: float
    since_boot: float
    boot: str


class Running(msgspec.Struct, frozen=True):
    """What was counted up to the last beat. `ran`: seconds, since `ledger` was begun, in which the programme ran."""

    ledger: str
    last: Reading
    ran: float = 0.0
    epoch: int = 1
    since: float = 0.0  # by the calendar, when waiting last began anew
    since_ran: float = 0.0
    drift: float = 0.0  # how far the calendar went ahead of the other clock since then
    stopped: bool = False
    why: str = "new"  # of the last beginning: new, down, jumped or stopped


def read_clocks() -> Reading:
    """What the clocks show now."""
    return Reading(clock.now(), clock.since_boot(), clock.boot())


def beat(before: Running | None, now: Reading, *, stopped: bool = False) -> Running:
    """What is counted with one more beat."""
    if before is None:
        return Running(secrets.token_hex(8), now, since=now.wall, stopped=stopped)
    last, gap = before.last, now.wall - before.last.wall
    drift = before.drift
    if now.boot == last.boot:
        ran = now.since_boot - last.since_boot
        drift += gap - ran
        gap = ran
    else:  # between two starts only the calendar can say, and it is not believed: nothing is counted
        ran = 0.0
    why = ""
    if not 0 <= gap <= LONGEST_GAP:
        why, ran = "down", 0.0
    elif abs(drift) > LONGEST_JUMP:
        why = "jumped"
    elif before.stopped and not stopped:
        why = "stopped"
    counted = before.ran + ran
    if not why:
        return msgspec.structs.replace(before, last=now, ran=counted, drift=drift, stopped=stopped)
    return Running(before.ledger, now, counted, before.epoch + 1, now.wall, counted, 0.0, stopped, why)


def read(vault: Vault) -> Running | None:
    """What was counted up to the last beat, or None before the first."""
    body = vault.releases.value("SELECT body FROM running WHERE name = ?", (_NAME,))
    return None if body is None else msgspec.json.decode(body, type=Running)


def keep_beat(vault: Vault, *, stopped: bool = False) -> Running:
    """Count one more beat, and keep it. Only the process that works each half minute may."""
    now = beat(read(vault), read_clocks(), stopped=stopped)
    sql = (
        "INSERT INTO running (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body"
    )
    vault.releases.commit([Op(sql, (_NAME, msgspec.json.encode(now).decode()))])
    return now


def begin_anew(vault: Vault) -> None:
    """Forget what was counted, so that all waiting begins anew: after a copy was brought back."""
    vault.releases.commit([Op("DELETE FROM running", ())])
