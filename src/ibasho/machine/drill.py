"""The restore drill: a back-up that was never restored is a hope (VAULT 9.7).

The host has a small room of their own, with eight words in a file beside the database. Its one record is
written, everything is copied and sealed for a key made for this drill, restored into a folder in memory,
counted, and the room is opened there with its words. The real copies are sealed for a key that is not on
this machine, so they themselves can only be tried by whoever holds it: `ibasho restore` on another machine.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ibasho import vault
from ibasho.machine import backup, restore
from ibasho.machine.opened import opened
from ibasho.machine.places import Declined

WORDS = "drill.words"
STAMP = "drilled"


class Drill(vault.Record, kind="restore-drill", version=1):
    """What the last drill wrote."""

    token: str = ""


def rooms(data: Path) -> int:
    """How many of the doors are the drill's own."""
    return 1 if (data / WORDS).exists() else 0


def drill(data: Path) -> None:
    """Copy, restore elsewhere, compare, open. Raises Declined when something did not come back."""
    with opened(data):
        words, token = _room(data)
        recipient, identity = vault.copies.new_key_pair()
        run = vault.current().run
        copies = run / "copies"
        backup.write(copies, recipient)
        with _secrets_of(data):
            rows = _restored(run, copies, identity, words, token)
    (data / STAMP).touch(mode=0o600)
    print(
        f"The drill went well: {rows['box']} boxes and {rows['door']} rows of doors came back, and a room opened.",
        flush=True,
    )


def _room(data: Path) -> tuple[str, str]:
    """The drill's words, and what was just written in its room. A room that is not there is made."""
    path, token = data / WORDS, secrets.token_hex(16)
    try:
        words = path.read_text("utf-8")
        room = vault.open_door(words)
    except (FileNotFoundError, vault.NoDoor, vault.BadWords):
        words = vault.new_words(vault.RECOVERY_WORDS)
        room = vault.make_space(words)
        path.write_text(words, "utf-8")
        path.chmod(0o600)
    room.set_own(Drill(token=token))
    return words, token


def _restored(run: Path, copies: Path, identity: str, words: str, token: str) -> dict[str, int]:
    elsewhere = run / "elsewhere"
    (elsewhere / "run").mkdir(mode=0o700, parents=True)
    done = restore.bring_back(elsewhere, elsewhere / "run", copies, identity)
    here = vault.current()
    came_back = vault.copies.rows_in(here.store)
    if came_back != done.rows | {"invitation": 0}:
        raise Declined("The drill failed: not as many rows came back as were copied.")
    try:
        found = vault.open_door(words).own(Drill).token
    except vault.VaultError:
        found = ""
    if not secrets.compare_digest(found, token):
        raise Declined("The drill failed: the room did not open in the restored copy.")
    here.close()
    return came_back


@contextmanager
def _secrets_of(data: Path) -> Iterator[None]:
    """The restored programme reads the pepper where it always lies."""
    before = os.environ.get("IBASHO_SECRETS")
    os.environ["IBASHO_SECRETS"] = str(vault.core.secrets_folder(data))
    try:
        yield
    finally:
        if before is None:
            del os.environ["IBASHO_SECRETS"]
        else:
            os.environ["IBASHO_SECRETS"] = before
