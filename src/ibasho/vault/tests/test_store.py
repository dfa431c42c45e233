"""What the store promises: together or not at all, durable, and the same on both databases.

`database` runs each test on SQLite, and on a real PostgreSQL where the machine has one.
"""

import os
import threading
import time

import pytest

from ibasho import vault
from ibasho.vault.store import (
    MAIN_SCHEMA,
    Op,
    Store,
    drop_box,
    drop_seen_box,
    drop_shelf,
    put_box,
    set_box,
    swap_box,
)

SHELF = bytes(16)


def box(number):
    return number.to_bytes(16, "big")


def body(text):
    return (text.encode() * 100)[:300]


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "test.sqlite3", MAIN_SCHEMA)
    made.create()
    yield made
    made.close()


def test_what_is_committed_is_there_for_everybody(store, tmp_path):
    store.commit([put_box(box(1), SHELF, body("a")), put_box(box(2), SHELF, body("b"))])
    other = Store(tmp_path / "test.sqlite3", MAIN_SCHEMA)
    assert other.boxes([box(1), box(2), box(3)]) == {box(1): body("a"), box(2): body("b")}
    assert other.boxes([box(number) for number in range(1200)]).keys() == {box(1), box(2)}
    other.close()


def test_a_job_that_cannot_be_whole_is_not_there_at_all(store):
    store.commit([put_box(box(1), SHELF, body("a"))])
    for refused in (
        [put_box(box(2), SHELF, body("b")), put_box(box(1), SHELF, body("again"))],
        [put_box(box(2), SHELF, body("b")), set_box(box(9), body("none"))],
        [put_box(box(2), SHELF, body("b")), swap_box(box(1), body("new"), body("other")[:57])],
        [put_box(box(2), SHELF, body("b")), drop_seen_box(box(1), body("other")[:57])],
    ):
        with pytest.raises(vault.Changed):
            store.commit(refused)
        assert store.boxes([box(1), box(2)]) == {box(1): body("a")}


def test_compare_and_swap_lets_the_first_one_win(store):
    store.commit([put_box(box(1), SHELF, body("a"))])
    store.commit([swap_box(box(1), body("b"), body("a")[:57])])
    with pytest.raises(vault.Changed):
        store.commit([swap_box(box(1), body("c"), body("a")[:57])])
    assert store.boxes([box(1)])[box(1)] == body("b")
    store.commit([drop_seen_box(box(1), body("b")[:57])])
    assert store.boxes([box(1)]) == {}


def test_shelves_are_cleared_whole(store):
    other = b"\1" * 16
    store.commit(
        [
            put_box(box(1), SHELF, body("a")),
            put_box(box(2), SHELF, body("b")),
            put_box(box(3), other, body("c")),
        ]
    )
    store.commit([drop_shelf(SHELF), drop_box(box(77))])
    assert store.boxes([box(1), box(2), box(3)]).keys() == {box(3)}


def test_writers_that_wait_are_committed_together_and_each_hears_its_own_end(store, monkeypatch):
    store.commit([put_box(box(0), SHELF, body("there"))])
    batches, gate, entered = [], threading.Event(), threading.Event()
    run_batch = store._run_batch

    def slow(connection, batch):
        batches.append(len(batch))
        entered.set()
        gate.wait(5)
        run_batch(connection, batch)

    monkeypatch.setattr(store, "_run_batch", slow)
    ends = {}

    def write(number):
        try:
            store.commit([put_box(box(number), SHELF, body("x"))])
            ends[number] = "kept"
        except vault.Changed:
            ends[number] = "refused"

    threads = [threading.Thread(target=write, args=(number,)) for number in (1, 2, 3, 0, 4)]
    threads[0].start()
    entered.wait(5)
    for thread in threads[1:]:
        thread.start()
    while len(store._waiting) < 4:
        pass
    gate.set()
    for thread in threads:
        thread.join()
    assert batches == [1, 4]
    assert ends == {0: "refused", 1: "kept", 2: "kept", 3: "kept", 4: "kept"}
    assert store.boxes([box(0)])[box(0)] == body("there")


def test_nobody_whose_writing_is_kept_waits_for_the_commit_after_it(store, monkeypatch):
    entered, gates, run_batch = [], [threading.Event() for _ in range(3)], store._run_batch

    def slow(connection, batch):
        entered.append(len(batch))
        gates[len(entered) - 1].wait(5)
        run_batch(connection, batch)

    def write(number):
        thread = threading.Thread(target=store.commit, args=([put_box(box(number), SHELF, body("x"))],))
        thread.start()
        return thread

    def soon(true):
        return any(true() or time.sleep(0.005) for _ in range(1000))

    monkeypatch.setattr(store, "_run_batch", slow)
    first = write(1)
    assert soon(lambda: entered == [1])
    two = [write(2), write(3)]
    assert soon(lambda: len(store._waiting) == 2)
    gates[0].set()
    assert soon(lambda: entered == [1, 2])
    last = write(4)
    assert soon(lambda: len(store._waiting) == 1)
    gates[1].set()
    assert soon(lambda: len(entered) == 3)
    for thread in (first, *two):
        thread.join(2)
        assert not thread.is_alive()
    assert last.is_alive()
    gates[2].set()
    last.join(5)
    assert len(store.boxes([box(number) for number in (1, 2, 3, 4)])) == 4


def test_trouble_with_the_disk_is_told_to_everybody_who_waited(store, monkeypatch):
    monkeypatch.setattr(store, "_run_ops", lambda *_: (_ for _ in ()).throw(OSError))
    with pytest.raises(vault.StorageTrouble):
        store.commit([put_box(box(1), SHELF, body("x"))])
    monkeypatch.undo()
    assert store.boxes([box(1)]) == {}
    store.commit([put_box(box(1), SHELF, body("x"))])


def test_whoever_was_to_be_committed_by_somebody_cut_off_is_told(store, monkeypatch):
    monkeypatch.setattr(store, "_commit_batch", lambda _: None)
    with pytest.raises(vault.StorageTrouble):
        store.commit([put_box(box(1), SHELF, body("x"))])


def test_reading_from_a_database_that_is_gone_is_told_kindly(tmp_path):
    for ask in (Store.create, Store.size):
        with pytest.raises(vault.StorageTrouble):
            ask(Store(tmp_path / "no" / "such" / "folder.sqlite3", MAIN_SCHEMA))
    with pytest.raises(vault.StorageTrouble):
        Store(tmp_path / "no" / "such" / "folder.sqlite3", MAIN_SCHEMA).rows("SELECT 1")
    with pytest.raises(vault.StorageTrouble):
        Store("postgresql://127.0.0.1:1/none?connect_timeout=1", MAIN_SCHEMA).rows("SELECT 1")


def test_the_journal_is_emptied_even_when_a_reader_was_in_the_way(store, tmp_path):
    wal = tmp_path / "test.sqlite3-wal"
    store.commit([put_box(box(1), SHELF, body("a"))])
    with store._borrowed() as reader:
        reader.execute("PRAGMA busy_timeout=1")
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM box").fetchall()
        with store._borrowed() as writer:
            writer.execute("PRAGMA busy_timeout=1")
        store.commit([drop_box(box(1))], truncate=True)
        assert wal.stat().st_size > 0
        assert store._untidy
        reader.execute("COMMIT")
    store.tidy()
    assert wal.stat().st_size == 0


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("secure_delete", 1),
        ("temp_store", 2),
        ("trusted_schema", 0),
    ],
)
def test_sqlite_is_set_as_the_promises_need_it(store, pragma, value):
    assert store.value(f"PRAGMA {pragma}") == value


def test_settings_of_the_programme_are_readable_and_replaced(programme):
    class Shown(vault.Record, kind="test-shown"):
        name: str = "Kettle"

    assert vault.setting("shown", Shown).name == "Kettle"
    vault.set_setting("shown", Shown(name="Teapot"))
    vault.set_setting("shown", Shown(name="Jug"))
    assert vault.setting("shown", Shown).name == "Jug"


def test_two_who_change_one_setting_at_once_both_change_it(programme, monkeypatch):
    class Tally(vault.Record, kind="test-tally"):
        names: tuple[str, ...] = ()

    def add(name, meanwhile=None):
        def change(now):
            if meanwhile and meanwhile not in now.names:
                add(meanwhile)
            return Tally(names=(*now.names, name))

        vault.change_setting("tally", Tally, change)

    add("first", meanwhile="second")
    add("third", meanwhile="fourth")
    assert vault.setting("tally", Tally).names == ("second", "first", "fourth", "third")
    monkeypatch.setattr(programme.store, "commit", lambda *_: (_ for _ in ()).throw(vault.Changed()))
    with pytest.raises(vault.Changed):
        add("never")


def test_a_statement_counts_what_it_must(store):
    with pytest.raises(vault.Changed):
        store.commit([Op("DELETE FROM box WHERE id = ?", (box(5),), 1)])
    store.commit([Op("DELETE FROM box WHERE id = ?", (box(5),), 0)])


def test_a_child_process_starts_with_connections_of_its_own(store):
    store.commit([put_box(box(1), SHELF, body("a"))])
    assert store._idle
    child = os.fork()
    if not child:
        fresh = not store._idle and not store._waiting
        store.commit([put_box(box(2), SHELF, body("b"))])
        os._exit(0 if fresh and store.boxes([box(1)]) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert store.boxes([box(2)])


def test_a_journal_that_cannot_be_emptied_now_does_not_unsay_what_was_kept(store, monkeypatch):
    def locked():
        raise vault.StorageTrouble

    store.commit([put_box(box(1), SHELF, body("a"))])
    borrowed = store._borrowed
    monkeypatch.setattr(store, "_truncate", lambda: False)
    store.commit([drop_box(box(1))], truncate=True)
    assert store._untidy
    monkeypatch.undo()
    monkeypatch.setattr(store, "_borrowed", locked)
    assert store._truncate() is False
    monkeypatch.setattr(store, "_borrowed", borrowed)
    store.tidy()
    assert not store._untidy
    assert store.boxes([box(1)]) == {}
