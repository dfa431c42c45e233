"""The one clock of the house. Tests move this one; nothing else reads the time."""

import datetime as dt
import time
from pathlib import Path

from django.utils import timezone


def now() -> float:
    """Seconds since 1970, UTC."""
    return time.time()


def since_boot() -> float:
    """Seconds since this machine started, with those it slept. Nobody can set this one."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def boot() -> str:
    """Which start of this machine it is."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def instant() -> dt.datetime:
    """The present as an aware instant in UTC."""
    return dt.datetime.fromtimestamp(now(), dt.UTC)


def here() -> dt.datetime:
    """The present where the programme is (`IBASHO_ZONE`)."""
    return timezone.localtime(instant())
