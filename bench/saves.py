"""What a durable, sealed check-in costs, beside raw commits of the same rows and raw sealing of them.

How much sealing and queueing matter depends on the disk. One with a cache of its own is sure of a page in a
tenth of a millisecond, so that the processor is what there is to wait for; many take some milliseconds. So the same
is measured twice: on the disk that is here, and as on one that takes `SLOW` longer to be sure, for both sides.
"""

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
from ibasho.vault.store import MAIN_SCHEMA, SQLITE_PRAGMAS, Connection, Job, Op, Store

CLIENTS = 8
TURNS = 4  # of each way, with eight clients
SLOW = 0.004  # seconds: what a busy or simple disk takes to be sure


class Disk(Store):
    """The store of the house, on a disk that takes some seconds longer."""

    def __init__(self, path: Path, longer: float) -> None:
        super().__init__(path, MAIN_SCHEMA)
        self.longer = longer
        self.sizes: tuple[int, ...] = ()
        self._alone = threading.Lock()

    def commit(self, ops: Sequence[Op], *, truncate: bool = False) -> None:
        """Commit, and remember how large the boxes were."""
        self.sizes = tuple(max(len(one) for one in op.params if isinstance(one, bytes)) for op in ops)
        super().commit(ops, truncate=truncate)

    def _run_batch(self, connection: Connection, batch: list[Job]) -> None:
        super()._run_batch(connection, batch)
        time.sleep(self.longer)


class OneCommitEach(Disk):
    """The same without its queue: every save is a transaction of its own, one after the other."""

    def commit(self, ops: Sequence[Op], *, truncate: bool = False) -> None:
        """Commit alone."""
        job = Job(ops, truncate)
        with self._alone:
            self._commit_batch([job])
        if job.refused is not None:
            raise job.refused


@contextmanager
def raw_commits(path: Path, sizes: Sequence[int], longer: float) -> Iterator[Work]:
    """Bare sqlite3 in the same file: as many rows, of the same sizes, made beforehand, each time durable.

    The first row is another one each time, as it is with the days of a month.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    others = [(secrets.token_bytes(16), size) for size in sizes[1:]]
    boxes = [[(secrets.token_bytes(16), sizes[0]), *others] for _ in range(28)]
    rows = {box_id: size for one in boxes for box_id, size in one}
    for box_id, size in rows.items():
        connection.execute("INSERT INTO box VALUES (?, ?, ?)", (box_id, secrets.token_bytes(16), bytes(size)))
    made = itertools.cycle([[(box_id, secrets.token_bytes(size)) for box_id, size in one] for one in boxes])

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        for box_id, body in next(made):
            connection.execute("UPDATE box SET body = ? WHERE id = ?", (body, box_id))
        connection.execute("COMMIT")
        time.sleep(longer)

    yield commit
    connection.executemany("DELETE FROM box WHERE id = ?", [(box_id,) for box_id in rows])
    connection.close()


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


def measure(effort: Effort, opened: vault.Vault, spaces: Sequence[vault.Space]) -> list[Line]:
    """Sealed saves at one client, and at eight; here, and as on a slow disk."""
    lines = []
    for longer in (0.0, SLOW):
        where = f", disk {ms(longer)} slower" if longer else ""
        lines += _one_client(effort, opened, spaces[0], longer, where)
        lines += _eight_clients(effort, opened, spaces[:CLIENTS], longer, where)
    return lines


def _one_client(
    effort: Effort, opened: vault.Vault, space: vault.Space, longer: float, where: str
) -> list[Line]:
    path = opened.data / "ibasho.sqlite3"
    disk = Disk(path, longer)
    save = check_ins(vault.Space(replace(opened, store=disk), space._root))
    for _ in range(31):  # each day of the month once, so that the file has grown as far as it will
        save()
    key, contents = secrets.token_bytes(32), [bytes(size - suite.OVERHEAD) for size in disk.sizes]

    def seal() -> None:
        for content in contents:
            suite.seal(key, b"bench", content)

    with raw_commits(path, disk.sizes, longer) as raw:
        ours, bare, sealing = interleaved(effort, save, raw, seal)
    disk.close()
    share, boxes = times(bare, ours), " + ".join(str(size) for size in disk.sizes)
    more = median(ours.wall) - median(bare.wall)
    beside = f"{share:.2f} x raw commits of the same rows, {ms(more)} more"
    lines = [
        at_least(f"1 client: sealed, durable check-ins{where}", share, 0.85, _a_second(ours), beside),
        Line("  raw durable commits, same file", _a_second(bare), f"{boxes} bytes"),
    ]
    return lines if longer else [*lines, Line("  raw sealing of the same boxes", _a_second(sealing))]


def _a_second(taken: Taken) -> str:
    one = median(taken.wall)
    return f"{1 / one:,.0f}/s ({ms(one)})"


def _eight_clients(
    effort: Effort, opened: vault.Vault, spaces: Sequence[vault.Space], longer: float, where: str
) -> list[Line]:
    path = opened.data / "ibasho.sqlite3"
    queue, alone = Disk(path, longer), OneCommitEach(path, longer)
    queue_rates, alone_rates = [], []
    for _ in range(TURNS):
        queue_rates.append(_rate(effort, replace(opened, store=queue), spaces))
        alone_rates.append(_rate(effort, replace(opened, store=alone), spaces))
    queue.close()
    alone.close()
    gain = median([one / other for one, other in zip(queue_rates, alone_rates, strict=True)])
    figure, beside = f"{median(queue_rates):,.0f}/s", f"{gain:.1f} x one commit each"
    return [
        at_least(f"{CLIENTS} clients: sealed, durable check-ins{where}", gain, 3, figure, beside),
        Line("  the same with one commit each", f"{median(alone_rates):,.0f}/s"),
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
