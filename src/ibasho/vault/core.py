"""One programme's vault, opened: its secrets, its two databases, its place in memory.

Secrets lie in files of their own, outside the databases and outside their back-ups. BOOT is made
here, in the master process before it forks, and is never written anywhere (VAULT 2).
"""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ibasho.errors import IbashoError
from ibasho.vault import clock, suite
from ibasho.vault.store import (
    LIFELINE_SCHEMA,
    MAIN_SCHEMA,
    RELEASE_SCHEMA,
    Op,
    Store,
    drop_post,
    drop_shelf,
    names_taken_back,
)

PEPPER_FILE = "pepper.key"
MAIN_FILE = "ibasho.sqlite3"
LIFELINE_FILE = "lifelines.sqlite3"
RELEASE_FILE = "release.keys"


class NotReady(IbashoError):
    """The vault declines to start, and says why. For installers, not for members."""

    status = 503

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Vault:
    """Everything an opened door needs. Prints as stars."""

    data: Path
    run: Path
    store: Store
    lifelines: Store
    pepper: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    boot: bytes = field(repr=False)
    releases: Store

    def __repr__(self) -> str:
        return "<Vault ***>"

    def close(self) -> None:
        """Leave no open file behind."""
        for store in (self.store, self.lifelines, self.releases):
            store.close()

    def secret(self, purpose: str) -> bytes:
        """A key of this installation for one purpose; it dies with the pepper."""
        return suite.expand(self.pepper, suite.ctx("installation", purpose, self.salt))

    def take_back(self, ops: Sequence[Op]) -> None:
        """What these statements take away is noted beside the lifelines, so that no restore brings it back (attack 39).

        Noted before it is done: where the job is then refused, a restore takes away more than it has to.
        """
        gone, day = names_taken_back(ops), clock.instant().date().toordinal()
        sql = "INSERT INTO taken_back (id, day) VALUES (?, ?) ON CONFLICT DO NOTHING"
        if gone:
            self.lifelines.commit([Op(sql, (suite.fingerprint(one), day)) for one in gone])

    def take_back_again(self) -> int:
        """After a restore: what was taken back since the copy was made is gone again. Gives how many rows."""
        noted = {bytes(row[0]) for row in self.lifelines.rows("SELECT id FROM taken_back")}
        shelves = [bytes(row[0]) for row in self.store.rows("SELECT DISTINCT shelf FROM box")]
        ops = [drop_shelf(shelf) for shelf in shelves if suite.fingerprint(shelf) in noted]
        for box, post in self.store.rows("SELECT box, id FROM post"):
            if not noted.isdisjoint((suite.fingerprint(bytes(box)), suite.fingerprint(bytes(post)))):
                ops.append(drop_post(bytes(box), bytes(post)))
        bells = [bytes(row[0]) for row in self.store.rows("SELECT id FROM bell")]
        gone = [one for one in bells if suite.fingerprint(one) in noted]
        ops += [Op("DELETE FROM bell WHERE id = ?", (one,)) for one in gone]
        if ops:
            self.store.commit(ops, truncate=True)
        return len(ops)

    def forget_taken_back(self, days: int) -> None:
        """Notes older than the oldest copy that may come back are no longer needed (nightly)."""
        last = clock.instant().date().toordinal() - days
        self.lifelines.commit([Op("DELETE FROM taken_back WHERE day < ?", (last,))], truncate=True)


_open: Vault | None = None


def secrets_folder(data: Path) -> Path:
    """Where the installation's own secrets lie: a systemd credential, or DATA/secrets."""
    given = os.environ.get("CREDENTIALS_DIRECTORY") or os.environ.get("IBASHO_SECRETS")
    return Path(given) if given else data / "secrets"


def create(data: Path) -> None:
    """Make an empty programme: folders, pepper, databases. What is there already is left alone."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = secrets_folder(data)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pepper = folder / PEPPER_FILE
    if not pepper.exists():
        if (data / MAIN_FILE).exists():
            raise NotReady(
                f"The database is there but {pepper} is not. Put the pepper back; nothing opens without it."
            )
        handle = os.open(pepper, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(48))
            file.flush()
            os.fsync(file.fileno())


def read_secrets(data: Path) -> tuple[bytes, bytes]:
    """The pepper (32 bytes) and the site's salt (16). Raises NotReady."""
    path = secrets_folder(data) / PEPPER_FILE
    try:
        raw = path.read_bytes()
    except OSError:
        raise NotReady(
            f"There is no pepper at {path}. Restore it, or start a new programme in an empty folder."
        ) from None
    if len(raw) != 48:
        raise NotReady(f"The pepper at {path} is damaged: it should be 48 bytes.")
    return raw[:32], raw[32:]


def configure(data: Path, run: Path, database_url: str = "", *, make: bool = False) -> Vault:
    """Open the vault of the programme in `data`, with sessions in `run`. Raises NotReady."""
    global _open
    if make:
        create(data)
    pepper, salt = read_secrets(data)
    (run / "sessions").mkdir(mode=0o700, parents=True, exist_ok=True)
    main = Store(database_url or data / MAIN_FILE, MAIN_SCHEMA)
    lifelines = Store(database_url or data / LIFELINE_FILE, LIFELINE_SCHEMA)
    releases = Store(data / RELEASE_FILE, RELEASE_SCHEMA)  # always here, whichever database: VAULT 1.7
    old_mask = os.umask(0o077)
    try:
        main.create()
        lifelines.create()
        releases.create()
    finally:
        os.umask(old_mask)
    if _open is not None:
        _open.close()
    _open = Vault(data, run, main, lifelines, pepper, salt, secrets.token_bytes(32), releases)
    _open.close()  # nothing is open across a fork
    return _open


def current() -> Vault:
    """The vault this process serves. Raises NotReady before `configure`."""
    if _open is None:
        raise NotReady("The vault is not open yet.")
    return _open
