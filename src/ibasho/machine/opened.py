"""The vault, opened for one command beside the server that may be running."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ibasho.errors import IbashoError
from ibasho.machine import places
from ibasho.machine.places import Declined


@contextmanager
def opened(data: Path, *, make: bool = False) -> Iterator[None]:
    """`vault.current()` is the programme in `data` until the command ends. Raises Declined, NotReady."""
    from ibasho import vault

    url = os.environ.get("DATABASE_URL", "")
    if not make and not url and not (data / "ibasho.sqlite3").exists():
        raise Declined(f"There is no programme in {data} yet. `ibasho up --data {data}` makes one.")
    with places.short_lived(data) as run:
        opened = vault.configure(data, run, url, make=make)
        try:
            yield
        finally:
            opened.close()


def said(error: IbashoError) -> str:
    """An error in words. Those of the vault are translated, and for that Django wants to be set up."""
    import django

    django.setup()
    return str(error)
