"""Where sealed things lie: one small schema, on SQLite or PostgreSQL.

Nobody's name, kind or time is a column. Writers that arrive together are committed together: one
of them commits for all that wait (a durable commit costs the same for one as for eight). Why no
ORM: docs/decisions/0001.
"""

import os
import secrets
import sqlite3
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from ibasho.vault.errors import Changed, StorageTrouble, VaultError

MAIN_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS box"
    " (id BLOB PRIMARY KEY, shelf BLOB NOT NULL, body BLOB NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS box_shelf ON box (shelf)",
    "CREATE TABLE IF NOT EXISTS door (locator BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS post"
    " (box BLOB, id BLOB, body BLOB NOT NULL, PRIMARY KEY (box, id)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS invitation (locator BLOB PRIMARY KEY, due_day INTEGER NOT NULL,"
    " openings INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS timer (id BLOB PRIMARY KEY, due_day INTEGER NOT NULL, renew BLOB NOT NULL,"
    " body BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS bell (id BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS ring (id BLOB PRIMARY KEY, due INTEGER NOT NULL, body BLOB NOT NULL)"
    " WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID",
)
LIFELINE_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS lifeline (id BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS taken_back (id BLOB PRIMARY KEY, day INTEGER NOT NULL) WITHOUT ROWID",
)
RELEASE_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS release_key (id BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS running (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID",
)
SQLITE_PRAGMAS = (
    "busy_timeout=5000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "trusted_schema=OFF",
    "cache_size=-1024",
)

SHORTEST_WAIT = 0.0001  # seconds; while a leader waits, the others can bring their writes to an end
LONGEST_COMPANY = 0.01

Row = tuple[Any, ...]


class Op(NamedTuple):
    """One statement. `must` is the number of rows it has to touch, or the whole job is refused.

    `for_good`: what its last parameter names was taken back from somebody, and no restore may bring it back.
    """

    sql: str
    params: tuple[bytes | int | str, ...]
    must: int | None = None
    for_good: bool = False


@dataclass(slots=True)
class Job:
    """Statements that become true together or not at all. `truncate` also empties the journal."""

    ops: Sequence[Op]
    truncate: bool = False
    done: bool = False
    refused: Exception | None = field(default=None, repr=False)


class Connection(Protocol):
    """The part of DB-API 2.0 that SQLite's and PostgreSQL's drivers share."""

    def execute(self, sql: Any, params: Any = ..., /) -> Any: ...
    def close(self) -> None: ...


_stores: "weakref.WeakSet[Store]" = weakref.WeakSet()


def _after_fork() -> None:
    """Nothing of the parent's connections may be touched in a child."""
    for store in _stores:
        store._start()


os.register_at_fork(after_in_child=_after_fork)


class Store:
    """One database. Safe for threads, and for processes that fork."""

    def __init__(self, place: Path | str, schema: Sequence[str]) -> None:
        self._url = place if isinstance(place, str) else ""
        self._path = place if isinstance(place, Path) else None
        self._schema = schema
        self._start()
        _stores.add(self)

    def __repr__(self) -> str:
        return f"<Store {'PostgreSQL' if self._url else 'SQLite'}>"

    def _start(self) -> None:
        """Begin with no connection and nobody waiting: at first, and in each forked child."""
        self._idle: deque[Connection] = deque()
        self._waiting: deque[Job] = deque()
        self._turn = threading.Condition()
        self._committing = False
        self._untidy = False
        self._together = 1  # how many were committed by the last commit
        self._commit_took = 0.0  # seconds

    # Connections -------------------------------------------------------------------------

    def _connect(self) -> Connection:
        if self._path is not None:
            connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            for pragma in SQLITE_PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            return connection
        import psycopg  # an extra: only programmes on PostgreSQL install it

        return psycopg.connect(self._url, autocommit=True, prepare_threshold=3)

    @contextmanager
    def _borrowed(self) -> Iterator[Connection]:
        """A connection for one use; one that had trouble is not used again. Raises StorageTrouble."""
        connection: Connection | None = None
        try:
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._connect()
            yield connection
        except Exception as error:
            if connection is not None:
                connection.close()
            if isinstance(error, VaultError):
                raise
            raise StorageTrouble from error
        self._idle.append(connection)

    def close(self) -> None:
        """Leave no open file behind."""
        while self._idle:
            self._idle.pop().close()

    def create(self) -> None:
        """Make the tables, if they are not there."""
        with self._borrowed() as connection:
            for statement in self._schema:
                connection.execute(self._dialect(statement))

    def _dialect(self, sql: str) -> str:
        if not self._url:
            return sql
        return sql.replace("?", "%s").replace(" WITHOUT ROWID", "").replace("BLOB", "BYTEA")

    # Reading -----------------------------------------------------------------------------

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """All rows of one SELECT. Raises StorageTrouble."""
        with self._borrowed() as connection:
            return list(connection.execute(self._dialect(sql), params).fetchall())

    def value(self, sql: str, params: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None."""
        rows = self.rows(sql, params)
        return rows[0][0] if rows else None

    def boxes(self, ids: Sequence[bytes]) -> dict[bytes, bytes]:
        """The sealed bodies of those boxes that exist."""
        if len(ids) == 1:
            rows = self.rows("SELECT id, body FROM box WHERE id = ?", (ids[0],))
        elif self._url:
            rows = self.rows("SELECT id, body FROM box WHERE id = ANY(?)", (list(ids),))
        else:
            rows = []
            for start in range(0, len(ids), 512):
                some = ids[start : start + 512]
                marks = ",".join("?" * len(some))
                rows += self.rows(f"SELECT id, body FROM box WHERE id IN ({marks})", some)  # noqa: S608
        return {bytes(row[0]): bytes(row[1]) for row in rows}

    # Writing -----------------------------------------------------------------------------

    def commit(self, ops: Sequence[Op], *, truncate: bool = False) -> None:
        """Make all of it true and durable, or nothing. Raises Changed, StorageTrouble.

        One writer commits at a time. Those who come meanwhile wait, and one of them then commits for all.
        """
        job = Job(ops, truncate)
        with self._turn:
            self._waiting.append(job)
            while self._committing and not job.done:
                self._turn.wait()
            leads = not job.done
            self._committing = self._committing or leads
        if leads:
            try:
                self._wait_for_company()
                self._commit_batch([self._waiting.popleft() for _ in range(len(self._waiting))])
            finally:
                with self._turn:
                    self._committing = False
                    self._turn.notify_all()
        if job.refused is not None:
            raise job.refused
        if not job.done:  # whoever committed for us was cut off
            raise StorageTrouble

    def _wait_for_company(self) -> None:
        """Where several wrote together a moment ago, give them half a commit's time to come again."""
        until = time.perf_counter() + self._commit_took / 2
        while len(self._waiting) < self._together and time.perf_counter() < until:
            time.sleep(SHORTEST_WAIT)

    def _commit_batch(self, batch: list[Job]) -> None:
        begun, self._together = time.perf_counter(), len(batch)
        try:
            with self._borrowed() as connection:
                self._run_batch(connection, batch)
        except Exception as error:  # the disk, the server: everybody in the batch is told
            for job in batch:
                job.refused = StorageTrouble()
                job.refused.__cause__ = error
        else:
            self._untidy = self._untidy or any(job.truncate for job in batch)
            if self._untidy:
                self._untidy = not self._truncate()
        for job in batch:
            job.done = True
        self._commit_took = min(time.perf_counter() - begun, LONGEST_COMPANY)

    def _run_batch(self, connection: Connection, batch: list[Job]) -> None:
        connection.execute("BEGIN" if self._url else "BEGIN IMMEDIATE")
        try:
            if len(batch) == 1:  # the common case needs no savepoint
                kept = self._run_ops(connection, batch[0])
                connection.execute("COMMIT" if kept else "ROLLBACK")
                return
            for job in batch:
                connection.execute("SAVEPOINT job")
                if not self._run_ops(connection, job):
                    connection.execute("ROLLBACK TO SAVEPOINT job")
                connection.execute("RELEASE SAVEPOINT job")
            connection.execute("COMMIT")
        except Exception:
            connection.execute("ROLLBACK")
            raise

    def _run_ops(self, connection: Connection, job: Job) -> bool:
        """Run one job's statements. False, and the job refused, when one did not touch what it must."""
        for op in job.ops:
            touched = connection.execute(self._dialect(op.sql), op.params).rowcount
            if op.must is not None and touched != op.must:
                job.refused = Changed()
                return False
        return True

    def _truncate(self) -> bool:
        """Empty the write-ahead log, so that what was erased is in no page of it (VAULT 5).

        False while somebody still reads from it; then the next commit tries again.
        """
        if self._url:
            return True
        try:
            with self._borrowed() as connection:
                busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except StorageTrouble:
            return False
        return not busy

    def tidy(self) -> None:
        """Try once more where a reader was in the way of emptying the journal."""
        if self._untidy:
            self.commit((), truncate=True)

    def size(self) -> int:
        """Bytes the database holds, as counted by itself; for `ibasho check` and the bench."""
        if self._url:
            return int(self.value("SELECT pg_database_size(current_database())"))
        pages, page = self.value("PRAGMA page_count"), self.value("PRAGMA page_size")
        return int(pages) * int(page)

    def snapshot(self, into: Path) -> None:
        """Write a compact copy without free pages (SQLite's VACUUM INTO)."""
        with self._borrowed() as connection:
            connection.execute("VACUUM INTO ?", (str(into),))


# The statements, in one place ----------------------------------------------------------------


def put_box(box_id: bytes, shelf: bytes, body: bytes) -> Op:
    """A new box; refused if one is there."""
    return Op(
        "INSERT INTO box (id, shelf, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (box_id, shelf, body), 1
    )


def swap_box(box_id: bytes, body: bytes, seen: bytes) -> Op:
    """Replace a box, if its head is still the one that was `seen` (compare and swap)."""
    return Op("UPDATE box SET body = ? WHERE id = ? AND substr(body, 1, 57) = ?", (body, box_id, seen), 1)


def set_box(box_id: bytes, body: bytes) -> Op:
    """Replace a box whose change is guarded by another swap in the same job."""
    return Op("UPDATE box SET body = ? WHERE id = ?", (body, box_id), 1)


def drop_box(box_id: bytes) -> Op:
    """Remove a box, if it is there."""
    return Op("DELETE FROM box WHERE id = ?", (box_id,))


def drop_seen_box(box_id: bytes, seen: bytes) -> Op:
    """Remove a box, if its head is still the one that was `seen`."""
    return Op("DELETE FROM box WHERE id = ? AND substr(body, 1, 57) = ?", (box_id, seen), 1)


def put_post(box: bytes, body: bytes, post_id: bytes = b"") -> Op:
    """Leave something in a post box."""
    params = (box, post_id or secrets.token_bytes(16), body)
    return Op("INSERT INTO post (box, id, body) VALUES (?, ?, ?)", params)


def drop_post(box: bytes, post_id: bytes, *, for_good: bool = False) -> Op:
    """Remove one thing from a post box, if it is there."""
    return Op("DELETE FROM post WHERE box = ? AND id = ?", (box, post_id), None, for_good)


def drop_post_box(box: bytes) -> Op:
    """Empty a post box, for good."""
    return Op("DELETE FROM post WHERE box = ?", (box,), None, for_good=True)


def drop_shelf(shelf: bytes, *, for_good: bool = False) -> Op:
    """Remove everything on a shelf."""
    return Op("DELETE FROM box WHERE shelf = ?", (shelf,), None, for_good)


def names_taken_back(ops: Sequence[Op]) -> list[bytes]:
    """The shelves, post boxes and single posts that a job takes back for good."""
    return [name for op in ops if op.for_good and isinstance(name := op.params[-1], bytes)]
