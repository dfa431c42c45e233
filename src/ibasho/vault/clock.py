"""The one clock of the house. Tests move this one; nothing else reads the time."""

import datetime as dt
import time

from django.utils import timezone


def now() -> float:
    """Seconds since 1970, UTC."""
    return time.time()


def instant() -> dt.datetime:
    """The present as an aware instant in UTC."""
    return dt.datetime.fromtimestamp(now(), dt.UTC)


def here() -> dt.datetime:
    """The present where the programme is (`IBASHO_ZONE`)."""
    return timezone.localtime(instant())
