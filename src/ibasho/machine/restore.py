"""Bring a copy back (VAULT 5). What was taken away since stays taken away, as far as lifelines know of it.

A door needs its row in the database and its lifeline. Of all lifelines at hand (those still in the folder
of data, those of a back-up) the newest are used, and never older ones than the database. So somebody who
erased everything before those lifelines were written does not come back. Where only a back-up's are left,
as on a new disk, whoever erased everything after it is back, and the command says so.
What was taken back from somebody since is taken back again, as far as those same files know of it.
Invitations are left out: one that was used after the copy was made would open again.
"""

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ibasho import vault
from ibasho.machine import backup, places, up
from ibasho.machine.backup import Copy
from ibasho.machine.places import Declined

LIFELINES = "lifelines.sqlite3"


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    made: dt.datetime
    rows: dict[str, int]
    lifelines_made: dt.datetime | None  # when the back-up wrote the lifelines used; None for those in place


def restore(data: Path, source: Path, identity: Path | None, *, force: bool) -> None:
    """Replace the programme in `data` by a copy. Raises Declined, NotReady, BadKey, Tampered."""
    key = _read_key(identity)
    url = os.environ.get("DATABASE_URL", "")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with places.only_one(data), places.short_lived(data) as run:
        done = bring_back(data, run, source, key, url=url, force=force)
    if done.lifelines_made is None:
        lifelines = "those that were here already. Somebody who erased everything since stays away."
    else:
        since = f"{done.lifelines_made:%Y-%m-%d %H:%M} UTC"
        lifelines = (
            f"those of the back-up, of {since}. Somebody who erased everything after that is back in this copy: "
            "ask among yourselves, and let them erase it once more."
        )
    print(
        f"Restored what was kept at {done.made:%Y-%m-%d %H:%M} UTC: {done.rows['box']} boxes, "
        f"{done.rows['door']} rows of doors. Lifelines: {lifelines}\n"
        "Somebody who joined or changed their words after the copy was made cannot come in with it. Open "
        "invitations are gone: give new ones.",
        flush=True,
    )


def bring_back(
    data: Path, run: Path, source: Path, key: str, *, url: str = "", force: bool = False
) -> Restored:
    """Fill the programme in `data` from a copy; it is open afterwards."""
    main = _chosen(source)
    in_place = _last_written(data)
    with _plain(main, run, key) as plain_main:
        rows = vault.copies.look_at_copy(plain_main)
        here = vault.configure(data, run, url)
        _look_at_what_is_here(here, plain_main, force=force)
        if not vault.copies.rows_in(here.lifelines)["lifeline"]:
            in_place = None
        elif url:
            in_place = dt.datetime.now(dt.UTC)  # a database does not say; it is in use, so nothing is newer
        lifelines = _newest_lifelines(main, in_place)
        if lifelines is not None:
            with _plain(lifelines, run, key) as plain_lifelines:
                vault.copies.copy_in(here.lifelines, plain_lifelines)
        vault.copies.copy_in(here.store, plain_main, without=["invitation", "ring"])
        here.take_back_again()
        vault.running.begin_anew(here)  # what a copy says of a silence is old: nothing goes out early by it
    return Restored(main.made, rows, lifelines.made if lifelines else None)


def _chosen(source: Path) -> Copy:
    """The copy that was named, or the newest in a folder."""
    if source.is_dir():
        found = backup.copies_in(source, "main")
        if not found:
            raise Declined(f"There is no copy in {source}.")
        return found[-1]
    copy = backup.as_copy(source)
    if copy is None or copy.part != "main" or not source.exists():
        raise Declined(
            f"{source} is not a copy of a database. Its name looks like ibasho-20261122T031000Z.main.age."
        )
    return copy


def _newest_lifelines(main: Copy, in_place: dt.datetime | None) -> Copy | None:
    """The newest lifelines of the back-up, or None when those in place are newer. Raises Declined."""
    beside = backup.copies_in(main.path.parent, "lifelines")
    newest = beside[-1] if beside else None
    if in_place is not None and in_place >= main.made and (newest is None or in_place > newest.made):
        return None
    if newest is not None and newest.made >= main.made:
        return newest
    raise Declined(
        "There are no lifelines as new as this copy, neither in place nor beside it, and without them no words "
        "open a door. They are kept for seven days: choose a newer copy, or bring the newest lifelines file."
    )


def _last_written(data: Path) -> dt.datetime | None:
    """How new the lifelines in place are: when they were written, or when the programme last had its night."""
    if not (data / LIFELINES).exists():
        return None
    files = [data / name for name in (LIFELINES, f"{LIFELINES}-wal", up.STAMP)]
    times = [path.stat().st_mtime for path in files if path.exists()]
    return dt.datetime.fromtimestamp(max(times), dt.UTC)


def _look_at_what_is_here(here: vault.Vault, copy: Path, *, force: bool) -> None:
    if force:
        return
    rows = vault.copies.rows_in(here.store)
    if rows["door"] or rows["box"]:
        raise Declined(
            f"There is a programme here already: {rows['box']} boxes, {rows['door']} rows of doors. "
            "Add --force to replace it by the copy."
        )
    if not vault.copies.fits_our_pepper(copy):
        raise Declined(
            "This copy was not made under the pepper that lies here, so no words would open a door."
        )


@contextmanager
def _plain(copy: Copy, run: Path, key: str) -> Iterator[Path]:
    """The copy as a database file, in memory."""
    plain = run / f"{copy.part}.restored"
    try:
        if copy.is_sealed:
            if not key:
                raise Declined(f"{copy.path.name} is sealed. Bring its key with --identity FILE.")
            vault.copies.unseal_file(copy.path, plain, key)
        else:
            shutil.copyfile(copy.path, plain)
        yield plain
    finally:
        plain.unlink(missing_ok=True)


def _read_key(identity: Path | None) -> str:
    if identity is None:
        return ""
    try:
        return identity.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise Declined(f"{identity} could not be read.") from None
