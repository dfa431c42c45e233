"""Back-ups: a copy of the database and, apart from it, one of the lifelines (VAULT 5, decision 0006).

The pepper is in neither. A copy is made in memory, sealed for the host's offline key, and only then
written where back-ups lie. Lifelines are kept for a week: after that, a door that was closed cannot be
opened from an older copy of the database, even by somebody who holds the words and the pepper.
"""

import datetime as dt
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from ibasho import vault
from ibasho.machine.opened import opened
from ibasho.machine.places import Declined
from ibasho.programme import access

PARTS = ("main", "lifelines")  # in this order: lifelines may be newer than the database, never older
LONGEST = {"main": dt.timedelta(days=30), "lifelines": dt.timedelta(days=7)}  # decision 0006

_NAME = re.compile(r"ibasho-(\d{8}T\d{6}Z)\.(main|lifelines)\.(age|sqlite3)")
_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Copy:
    """One file of a back-up."""

    path: Path
    made: dt.datetime
    part: str

    @property
    def is_sealed(self) -> bool:
        return self.path.suffix == ".age"


def copies_in(folder: Path, part: str) -> list[Copy]:
    """The copies of one part that lie in a folder, oldest first. Other files are nobody's business."""
    found = [copy for path in folder.iterdir() if (copy := as_copy(path)) and copy.part == part]
    return sorted(found, key=lambda copy: copy.made)


def as_copy(path: Path) -> Copy | None:
    """What a file's name says about it, or None if it is not one of ours."""
    match = _NAME.fullmatch(path.name)
    if not match:
        return None
    try:
        made = dt.datetime.strptime(match[1], _TIME).replace(tzinfo=dt.UTC)
    except ValueError:
        return None
    return Copy(path, made, match[2])


def back_up(data: Path, to: Path, recipient: str | None) -> None:
    """Write both copies to a folder, and let go of those that are too old. Raises Declined, BadKey."""
    recipient = recipient or os.environ.get("IBASHO_RECIPIENT") or None
    stay_apart(data, to)
    with opened(data):
        made = write(to, recipient)
        promised = dt.timedelta(days=access.programme().backup_days)
    gone = prune(to, made[0].made, promised)
    print(
        f"Written to {to}: the database and, apart from it, the lifelines. {gone} older copies removed.",
        flush=True,
    )
    if recipient is None:
        print(
            "They are as sealed as the database is. With --recipient they are sealed once more, for your key."
        )


def stay_apart(data: Path, to: Path) -> None:
    """Raise Declined where a back-up would lie together with the pepper, or with what it is a copy of."""
    place, here = to.resolve(), data.resolve()
    secrets = vault.core.secrets_folder(data).resolve()
    if place.is_relative_to(here) or secrets.is_relative_to(place) or here.is_relative_to(place):
        raise Declined(
            f"{to} lies together with the pepper or the database. A back-up belongs somewhere else."
        )


def write(to: Path, recipient: str | None, now: dt.datetime | None = None) -> list[Copy]:
    """Copy both parts of the open programme into a folder. Raises Declined, BadKey, StorageTrouble."""
    current = vault.current()
    made = (now or dt.datetime.now(dt.UTC)).replace(microsecond=0)
    try:
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Declined(f"There can be no copies in {to}: {error.strerror}.") from None
    place = os.statvfs(current.run)
    if place.f_bavail * place.f_frsize < current.store.size() * 1.2:
        raise Declined(f"{current.run} has not enough room to make a copy of the database in memory.")
    written = []
    for part, store in zip(PARTS, (current.store, current.lifelines), strict=True):
        ending = "age" if recipient else "sqlite3"
        copy = Copy(to / f"ibasho-{made.strftime(_TIME)}.{part}.{ending}", made, part)
        plain, unfinished = current.run / f"{part}.copy", copy.path.with_suffix(".part")
        try:
            vault.copies.copy_out(store, plain)
            if recipient:
                vault.copies.seal_file(plain, unfinished, recipient)
            else:
                shutil.copyfile(plain, unfinished)
            _make_lasting(unfinished, copy.path)
        except OSError as error:
            raise Declined(f"{to} could not take the copy: {error.strerror}.") from None
        finally:
            plain.unlink(missing_ok=True)
            unfinished.unlink(missing_ok=True)
        written.append(copy)
    return written


def prune(folder: Path, now: dt.datetime, promised: dt.timedelta = LONGEST["main"]) -> int:
    """Remove copies that are older than they may be, or than people were promised. Gives how many."""
    old = [
        copy
        for part in PARTS
        for copy in copies_in(folder, part)
        if now - copy.made > min(LONGEST[part], promised)
    ]
    for copy in old:
        copy.path.unlink(missing_ok=True)
    return len(old)


def prune_as_promised(to: Path) -> int:
    """Remove from a folder, if it is there, what is too old for this open programme. Gives how many."""
    promised = dt.timedelta(days=access.programme().backup_days)
    try:
        return prune(to, dt.datetime.now(dt.UTC), promised) if to.is_dir() else 0
    except OSError as error:
        raise Declined(f"Old copies in {to} could not be removed: {error.strerror}.") from None


def _make_lasting(unfinished: Path, path: Path) -> None:
    """Whole on the disk, then under its name: a copy with a name is never half a copy."""
    unfinished.chmod(0o600)
    for place in (unfinished, unfinished.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    unfinished.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
