"""Copies of a database, out and back in, and files sealed for a key that is kept offline (VAULT 5).

A copy is always a SQLite file with our own small schema, whichever database it came from. It has no
free pages, so what was erased is not in it.
"""

import re
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import pyrage

from ibasho.vault import core
from ibasho.vault.doors import is_chaff
from ibasho.vault.errors import StorageTrouble, Tampered, VaultError
from ibasho.vault.store import Row, Store

AT_ONCE = 500  # rows


class BadKey(VaultError):
    """What was given is not an age key, or not one this file was sealed for."""

    message = (
        "This is not the key that opens it. A recipient begins with age1, an identity with AGE-SECRET-KEY-1."
    )


# Out and in ------------------------------------------------------------------------------------


def copy_out(store: Store, into: Path) -> None:
    """Write everything a store holds at one moment to a new SQLite file. Raises StorageTrouble."""
    if store._path is not None:
        try:
            store.snapshot(into)
        except sqlite3.Error as error:
            raise StorageTrouble from error
        return
    with closing(sqlite3.connect(into)) as copy, copy, store._borrowed() as connection:
        for statement in store._schema:
            copy.execute(statement)
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            for table in tables(store):
                columns = _columns(copy, table)
                with _streamed(connection) as rows:
                    rows.execute(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608
                    _insert(copy, table, columns, iter(rows), mark="?")
        except sqlite3.Error as error:
            raise StorageTrouble from error
        finally:
            connection.execute("ROLLBACK")


def copy_in(store: Store, source: Path, *, without: Collection[str] = ()) -> None:
    """Replace everything a store holds by what a copy holds, or change nothing.

    Tables named in `without` are left empty. Raises Tampered for a damaged copy, StorageTrouble.
    """
    with closing(_open(source)) as copy, store._borrowed() as connection:
        _look_whole(copy, tables(store))
        connection.execute("BEGIN")
        try:
            for table in tables(store):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608
                if table not in without:
                    columns = _columns(copy, table)
                    rows = copy.execute(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608
                    _insert(connection, table, columns, rows, mark="%s" if store._url else "?")
            connection.execute("COMMIT")
        except Exception as error:
            connection.execute("ROLLBACK")
            raise StorageTrouble from error
        if not store._url:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def forget_dead_rows(store: Store) -> None:
    """What was erased is in no page of a database. Raises StorageTrouble.

    SQLite overwrites each row as it goes. PostgreSQL leaves it lying until its table is written anew; its own
    log and whatever was copied from it are beyond this (SECURITY.md).
    """
    if not store._url:
        return
    with store._borrowed() as connection:
        for table in tables(store):
            connection.execute(f"VACUUM (FULL) {table}")


def look_at_copy(source: Path) -> dict[str, int]:
    """How many rows each table of a copy holds. Raises Tampered if the file is damaged or something else."""
    with closing(_open(source)) as copy:
        try:
            found = [row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            _look_whole(copy, [])
            return {name: int(copy.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0]) for name in found}  # noqa: S608
        except sqlite3.Error:
            raise Tampered from None


def fits_our_pepper(source: Path) -> bool:
    """Whether the filling between a copy's doors was drawn under this installation's pepper."""
    vault = core.current()
    with closing(_open(source)) as copy:
        names = [bytes(row[0]) for row in copy.execute("SELECT locator FROM door")]
    return not names or any(is_chaff(vault, name) for name in names)


def tables(store: Store) -> list[str]:
    """The tables of a store, in the order its schema names them."""
    return [
        name
        for statement in store._schema
        for name in re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", statement)
    ]


def rows_in(store: Store) -> dict[str, int]:
    """How many rows each table of a store holds."""
    return {table: int(store.value(f"SELECT COUNT(*) FROM {table}")) for table in tables(store)}  # noqa: S608


def _open(source: Path) -> sqlite3.Connection:
    if not source.is_file():
        raise Tampered
    return sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _look_whole(copy: sqlite3.Connection, wanted: list[str]) -> None:
    try:
        whole = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        there = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error:
        raise Tampered from None
    if not whole or not there.issuperset(wanted):
        raise Tampered


def _columns(copy: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in copy.execute(f"PRAGMA table_info({table})")]


def _streamed(connection: Any) -> Any:
    """A cursor that leaves the rows with PostgreSQL until they are asked for."""
    cursor = connection.cursor(name="copy")
    cursor.itersize = AT_ONCE
    return cursor


def _insert(connection: Any, table: str, columns: list[str], rows: Iterator[Row], *, mark: str) -> None:
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"  # noqa: S608
    while some := list(islice(rows, AT_ONCE)):
        connection.cursor().executemany(sql, some)


# Sealing for somebody who is not here ------------------------------------------------------------


def seal_file(source: Path, target: Path, recipient: str) -> None:
    """Seal a file with age for the holder of an offline key. Raises BadKey, StorageTrouble."""
    try:
        to = pyrage.x25519.Recipient.from_str(recipient.strip())
    except pyrage.RecipientError:
        raise BadKey from None
    try:
        pyrage.encrypt_file(str(source), str(target), [to])
    except (OSError, pyrage.EncryptError) as error:
        raise StorageTrouble from error


def unseal_file(source: Path, target: Path, identity: str) -> None:
    """Open what `seal_file` made, with the text of the offline key. Raises BadKey, StorageTrouble."""
    lines = [line.strip() for line in identity.splitlines() if line.strip() and not line.startswith("#")]
    try:
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines]
        pyrage.decrypt_file(str(source), str(target), keys)
    except (pyrage.IdentityError, pyrage.DecryptError):
        raise BadKey from None
    except OSError as error:
        raise StorageTrouble from error


def new_key_pair() -> tuple[str, str]:
    """A fresh offline key: the recipient to seal for, and the identity that opens."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity.to_public()), str(identity)
