"""Copies go out of and into both databases whole, and a sealed file opens with its key only."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ibasho import vault
from ibasho.vault import copies
from ibasho.vault.store import LIFELINE_SCHEMA, MAIN_SCHEMA, Op, Store, put_box
from tests.support.postgres import fresh_database, postgres  # noqa: F401 (a fixture)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request, tmp_path):
    """Where a store may lie."""
    if request.param == "sqlite":
        yield tmp_path / "test.sqlite3"
    else:
        with fresh_database(request.getfixturevalue("postgres"), tmp_path.name) as url:
            yield url


@pytest.fixture
def store(place):
    made = Store(place, MAIN_SCHEMA)
    made.create()
    made.commit(
        [put_box(number.to_bytes(16, "big"), bytes(16), bytes([number % 256]) * 80) for number in range(700)]
    )
    made.commit([Op("INSERT INTO setting (name, body) VALUES (?, ?)", ("programme", "{}"))])
    made.commit(
        [
            Op(
                "INSERT INTO invitation (locator, due_day, openings, body) VALUES (?, ?, ?, ?)",
                (b"a", 7, 5, b"b"),
            )
        ]
    )
    yield made
    made.close()


def everything(store):
    return {table: sorted(store.rows(f"SELECT * FROM {table}")) for table in copies.tables(store)}


def test_a_copy_holds_everything_and_comes_back_the_same(store, tmp_path):
    before = everything(store)
    copies.copy_out(store, tmp_path / "copy")
    assert copies.look_at_copy(tmp_path / "copy") == copies.rows_in(store)
    store.commit([Op("DELETE FROM box", ()), put_box(b"later", b"s", b"x")])
    copies.copy_in(store, tmp_path / "copy")
    assert everything(store) == before


def test_a_copy_goes_from_one_database_to_the_other(store, tmp_path):
    copies.copy_out(store, tmp_path / "copy")
    other = Store(tmp_path / "other.sqlite3", MAIN_SCHEMA)
    other.create()
    copies.copy_in(other, tmp_path / "copy")
    assert everything(other) == everything(store)
    other.close()


def test_a_table_can_be_left_out(store, tmp_path):
    copies.copy_out(store, tmp_path / "copy")
    copies.copy_in(store, tmp_path / "copy", without=["invitation"])
    assert copies.rows_in(store) == copies.look_at_copy(tmp_path / "copy") | {"invitation": 0}


@pytest.mark.postgres
def test_postgresql_writes_its_tables_anew_without_what_was_erased(request, tmp_path):
    """What was erased lies in its files until then; in SQLite's it does not."""
    import psycopg

    with fresh_database(request.getfixturevalue("postgres"), tmp_path.name) as url:
        store = Store(url, MAIN_SCHEMA)
        store.create()
        store.commit([put_box(b"zebra-canary-box", bytes(16), b"zebra-canary" * 8)])
        store.commit([Op("DELETE FROM box", ())])

        def on_disk():
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CHECKPOINT")
                folder = connection.execute("SHOW data_directory").fetchone()[0]
                file = connection.execute("SELECT pg_relation_filepath('box')").fetchone()[0]
                return Path(folder, file).read_bytes()

        assert b"zebra-canary" in on_disk()
        copies.forget_dead_rows(store)
        assert b"zebra-canary" not in on_disk()
        store.close()


@pytest.mark.parametrize("trouble", ["absent", "empty", "text", "cut", "another schema"])
def test_a_damaged_copy_changes_nothing(store, tmp_path, trouble):
    copy = tmp_path / "copy"
    if trouble == "cut":
        copies.copy_out(store, copy)
        copy.write_bytes(copy.read_bytes()[: 3 * 4096])
    elif trouble == "another schema":
        other = Store(copy, LIFELINE_SCHEMA)
        other.create()
        other.close()
    elif trouble != "absent":
        copy.write_bytes(b"" if trouble == "empty" else b"not a database at all" * 400)
    before = everything(store)
    with pytest.raises(vault.Tampered):
        copies.copy_in(store, copy)
    assert everything(store) == before


def test_a_copy_that_does_not_fit_changes_nothing(store, tmp_path):
    copies.copy_out(store, tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy")) as copy, copy:
        copy.execute("ALTER TABLE setting ADD COLUMN extra TEXT")
    before = everything(store)
    with pytest.raises(vault.StorageTrouble):
        copies.copy_in(store, tmp_path / "copy")
    assert everything(store) == before


def test_what_was_erased_is_not_in_the_copy(store, tmp_path):
    store.commit([put_box(b"secret", b"s", b"zebra-canary" * 50)])
    store.commit([Op("DELETE FROM box WHERE id = ?", (b"secret",))], truncate=True)
    copies.copy_out(store, tmp_path / "copy")
    assert b"zebra-canary" not in (tmp_path / "copy").read_bytes()


def test_whether_a_copy_is_of_this_installation(programme, tmp_path):
    vault.balance_chaff()
    copies.copy_out(programme.store, tmp_path / "ours")
    assert copies.fits_our_pepper(tmp_path / "ours")
    vault.configure(tmp_path / "elsewhere", tmp_path / "run2", make=True)
    assert not copies.fits_our_pepper(tmp_path / "ours")


def test_a_sealed_file_opens_with_its_key_only(tmp_path):
    recipient, identity = copies.new_key_pair()
    (tmp_path / "plain").write_bytes(b"zebra-canary")
    copies.seal_file(tmp_path / "plain", tmp_path / "sealed", recipient)
    assert b"zebra" not in (tmp_path / "sealed").read_bytes()
    copies.unseal_file(tmp_path / "sealed", tmp_path / "opened", f"# created: today\n{identity}\n")
    assert (tmp_path / "opened").read_bytes() == b"zebra-canary"
    for wrong in (copies.new_key_pair()[1], recipient, ""):
        with pytest.raises(copies.BadKey):
            copies.unseal_file(tmp_path / "sealed", tmp_path / "no", wrong)
    for wrong in (identity, "age1nobody", ""):
        with pytest.raises(copies.BadKey):
            copies.seal_file(tmp_path / "plain", tmp_path / "no", wrong)


def test_a_file_that_cannot_be_read_is_said_so(tmp_path):
    recipient, identity = copies.new_key_pair()
    with pytest.raises(vault.StorageTrouble):
        copies.seal_file(tmp_path / "absent", tmp_path / "sealed", recipient)
    with pytest.raises(vault.StorageTrouble):
        copies.unseal_file(tmp_path / "absent", tmp_path / "opened", identity)
