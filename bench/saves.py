"""What a durable, sealed check-in costs, beside raw commits of the same rows and raw sealing of them."""

import itertools
import secrets
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench import programme
from bench.measure import Effort, Line, Taken, Work, at_least, interleaved, median, ms, times
from ibasho import vault
from ibasho.today.records import Day, place_of
from ibasho.vault import suite
from ibasho.vault.store import MAIN_SCHEMA, SQLITE_PRAGMAS, Job, Op, Store

CLIENTS = 8
TURNS = 4  # of each way, with eight clients


class OneCommitEach(Store):
    """The same store without its queue: every save is a transaction of its own, one after the other."""

    def commit(self, ops: Sequence[Op], *, truncate: bool = False) -> None:
        job = Job(ops, truncate)
        with self._writing:
            self._commit_batch([job])
        if job.refused is not None:
            raise job.refused


class Watched(Store):
    """Remembers how large the boxes of the last save were."""

    sizes: tuple[int, ...] = ()

    def commit(self, ops: Sequence[Op], *, truncate: bool = False) -> None:
        self.sizes = tuple(max(len(one) for one in op.params if isinstance(one, bytes)) for op in ops)
        super().commit(ops, truncate=truncate)


@contextmanager
def raw_commits(path: Path, sizes: Sequence[int]) -> Iterator[Work]:
    """Bare sqlite3 in the same file: as many rows, of the same sizes, made beforehand, each time durable."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    ids = [secrets.token_bytes(16) for _ in sizes]
    for box_id, size in zip(ids, sizes, strict=True):
        connection.execute("INSERT INTO box VALUES (?, ?, ?)", (box_id, secrets.token_bytes(16), bytes(size)))
    bodies = itertools.cycle([[secrets.token_bytes(size) for size in sizes] for _ in range(16)])

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        for box_id, body in zip(ids, next(bodies), strict=True):
            connection.execute("UPDATE box SET body = ? WHERE id = ?", (body, box_id))
        connection.execute("COMMIT")

    yield commit
    connection.executemany("DELETE FROM box WHERE id = ?", [(box_id,) for box_id in ids])
    connection.close()


def measure(effort: Effort, opened: vault.Vault, spaces: Sequence[vault.Space]) -> list[Line]:
    """Sealed saves at one client, and at eight."""
    return [*_one_client(effort, opened, spaces[0]), *_eight_clients(effort, opened, spaces[:CLIENTS])]


def check_ins(space: vault.Space) -> Work:
    """Saves the check-ins of one month in turn, each time with another line."""
    months = Counter(place_of(day)[:7] for day in programme.days_before(30))
    month, number = months.most_common(1)[0][0], itertools.count()
    places = itertools.cycle(
        [place_of(day) for day in programme.days_before(30) if place_of(day).startswith(month)]
    )

    def save() -> None:
        line = f"Rain again, for the {next(number)}th time. I stayed in and mended a sleeve."
        space.put(Day(sleep="little", meals="meal", mood="steady", line=line, good="I kept on"), next(places))

    return save


def _one_client(effort: Effort, opened: vault.Vault, space: vault.Space) -> list[Line]:
    path = opened.data / "ibasho.sqlite3"
    watched = Watched(path, MAIN_SCHEMA)
    save = check_ins(vault.Space(replace(opened, store=watched), space._root))
    for _ in range(31):  # each day of the month once, so that the file has grown as far as it will
        save()
    watched.close()
    key, contents = secrets.token_bytes(32), [bytes(size - suite.OVERHEAD) for size in watched.sizes]

    def seal() -> None:
        for content in contents:
            suite.seal(key, b"bench", content)

    space._look_again()
    with raw_commits(path, watched.sizes) as raw:
        ours, bare, sealing = interleaved(effort, check_ins(space), raw, seal)
    share = times(bare, ours)
    boxes = " + ".join(str(size) for size in watched.sizes)
    return [
        at_least(
            "1 client: sealed, durable check-ins",
            share,
            0.85,
            _a_second(ours),
            f"{share:.2f} x raw commits of the same rows",
        ),
        Line("raw durable commits, same file", _a_second(bare), f"{boxes} bytes"),
        Line("raw sealing of the same boxes", _a_second(sealing)),
    ]


def _a_second(taken: Taken) -> str:
    one = median(taken.wall)
    return f"{1 / one:,.0f}/s ({ms(one)})"


def _eight_clients(effort: Effort, opened: vault.Vault, spaces: Sequence[vault.Space]) -> list[Line]:
    alone = OneCommitEach(opened.data / "ibasho.sqlite3", MAIN_SCHEMA)
    queue_rates, alone_rates = [], []
    for _ in range(TURNS):
        queue_rates.append(_rate(effort, opened, spaces))
        alone_rates.append(_rate(effort, replace(opened, store=alone), spaces))
    alone.close()
    gain = median([queue / one for queue, one in zip(queue_rates, alone_rates, strict=True)])
    return [
        at_least(
            f"{CLIENTS} clients: sealed, durable check-ins",
            gain,
            3,
            f"{median(queue_rates):,.0f}/s",
            f"{gain:.1f} x one commit each",
        ),
        Line(f"{CLIENTS} clients, one commit each", f"{median(alone_rates):,.0f}/s"),
    ]


def _rate(effort: Effort, opened: vault.Vault, spaces: Sequence[vault.Space]) -> float:
    """Saves a second, with one thread for each person."""
    until = time.perf_counter() + effort.seconds / 2
    saved: list[int] = []

    def client(space: vault.Space) -> None:
        save, count = check_ins(vault.Space(opened, space._root)), 0
        while time.perf_counter() < until:
            save()
            count += 1
        saved.append(count)

    threads = [threading.Thread(target=client, args=(space,)) for space in spaces]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(saved) / (time.perf_counter() - begun)
