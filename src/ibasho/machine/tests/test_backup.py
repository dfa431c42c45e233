"""A back-up comes back, whole and no further: who left stays away, the pepper is in none of it (VAULT 5)."""

import datetime as dt
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest

from ibasho import vault
from ibasho.machine import backup, drill, maintenance, restore
from ibasho.machine.places import Declined
from ibasho.programme.records import Programme
from ibasho.vault import core
from tests.support.postgres import fresh_database, postgres  # noqa: F401 (a fixture)

MIA = "veranda teapot lantern kettle meadow willow"
AYA = "otter badger acorn chestnut maple birch"
NEW = "harbour porch heron moonrise starlit seashore"


class Note(vault.Record, kind="backup-note", version=1):
    """A record of this test's own."""

    text: str = ""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def home(request, tmp_path, monkeypatch):
    """A folder of data with Mia and Aya in it; `DATABASE_URL` is set for PostgreSQL."""
    before = vault.current()
    for name in (
        "DATABASE_URL",
        "IBASHO_BACKUP",
        "IBASHO_RECIPIENT",
        "IBASHO_SECRETS",
        "CREDENTIALS_DIRECTORY",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IBASHO_RUN", str(tmp_path / "run"))
    data = tmp_path / "data"

    def fill(url=""):
        made = vault.configure(data, tmp_path / "run/test", url, make=True)
        for words, text in ((MIA, "kettle"), (AYA, "teapot")):
            vault.make_space(words).keep(Note(text=text), at="2026-11/22")
        made.close()
        return data

    if request.param == "sqlite":
        yield fill()
    else:
        with fresh_database(request.getfixturevalue("postgres"), tmp_path.name) as url:
            monkeypatch.setenv("DATABASE_URL", url)
            yield fill(url)
            vault.current().close()
    core._open = before


def open_at(data, tmp_path, url=None):
    return vault.configure(
        data, tmp_path / "run/look", os.environ.get("DATABASE_URL", "") if url is None else url
    )


def note_of(words):
    return vault.open_door(words).read(Note, "2026-11/22").record.text


def a_new_machine(data, tmp_path):
    """A folder with the pepper and nothing else."""
    new = tmp_path / "new"
    (new / "secrets").mkdir(parents=True)
    shutil.copy(data / "secrets/pepper.key", new / "secrets")
    return new


def keys(tmp_path):
    recipient, identity = vault.copies.new_key_pair()
    (tmp_path / "identity").write_text(f"# created: today\n# public key: {recipient}\n{identity}\n")
    return recipient, tmp_path / "identity"


def test_a_sealed_back_up_comes_back_on_another_machine(home, tmp_path, monkeypatch, capsys):
    recipient, identity = keys(tmp_path)
    backup.back_up(home, tmp_path / "away", recipient)
    files = sorted(path.name.split(".", 1)[1] for path in (tmp_path / "away").iterdir())
    assert files == ["lifelines.age", "main.age"]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (tmp_path / "away").iterdir())
    monkeypatch.delenv("DATABASE_URL", raising=False)
    new = a_new_machine(home, tmp_path)
    restore.restore(new, tmp_path / "away", identity, force=False)
    said = capsys.readouterr().out
    assert "Mia" not in said
    assert "teapot" not in said
    open_at(new, tmp_path)
    assert (note_of(MIA), note_of(AYA)) == ("kettle", "teapot")


def test_a_back_up_holds_neither_the_pepper_nor_a_word_in_the_clear(home, tmp_path):
    backup.back_up(home, tmp_path / "away", None)
    pepper = (home / "secrets/pepper.key").read_bytes()
    body = b"".join(path.read_bytes() for path in (tmp_path / "away").iterdir())
    assert body
    for secret in (pepper[:32], pepper[32:], b"kettle", b"veranda"):
        assert secret not in body


def test_after_a_restore_all_waiting_for_people_who_are_quiet_begins_anew(home, tmp_path):
    """What a copy says of a silence is as old as the copy; the keys of outer layers are in none (VAULT 1.7)."""
    made = open_at(home, tmp_path)
    before = vault.running.keep_beat(made).ledger
    made.releases.commit(
        [vault.Op("INSERT INTO release_key (id, body) VALUES (?, ?)", (b"i" * 16, b"zebra" * 6))]
    )
    made.close()
    backup.back_up(home, tmp_path / "away", None)
    assert all(b"zebra" not in path.read_bytes() for path in (tmp_path / "away").iterdir())
    restore.restore(home, tmp_path / "away", None, force=True)
    back = open_at(home, tmp_path)
    assert vault.running.read(back) is None
    assert vault.running.keep_beat(back).ledger != before
    assert back.releases.value("SELECT count(*) FROM release_key") == 1


def test_a_back_up_opens_with_debians_age(home, tmp_path):
    if not shutil.which("age"):
        pytest.skip("age is not installed")
    recipient, identity = keys(tmp_path)
    backup.back_up(home, tmp_path / "away", recipient)
    (copy,) = backup.copies_in(tmp_path / "away", "main")
    order = ["age", "--decrypt", "-i", str(identity), str(copy.path)]
    opened = subprocess.run(order, capture_output=True, check=True).stdout
    assert opened.startswith(b"SQLite format 3\0")


def test_without_its_key_a_sealed_back_up_stays_shut(home, tmp_path):
    recipient, _ = keys(tmp_path)
    backup.back_up(home, tmp_path / "away", recipient)
    new = a_new_machine(home, tmp_path)
    with pytest.raises(Declined, match="--identity"):
        restore.restore(new, tmp_path / "away", None, force=False)
    (tmp_path / "other").write_text(vault.copies.new_key_pair()[1])
    with pytest.raises(vault.copies.BadKey):
        restore.restore(new, tmp_path / "away", tmp_path / "other", force=False)


def test_who_left_after_the_copy_was_made_stays_away(home, tmp_path):
    """Attack 20, in place: the lifelines that are there are newer, and decide."""
    backup.back_up(home, tmp_path / "away", None)
    open_at(home, tmp_path)
    vault.burn(vault.open_door(AYA))
    vault.change_words(vault.open_door(MIA), NEW)
    restore.restore(home, tmp_path / "away", None, force=True)
    open_at(home, tmp_path)
    for words in (AYA, MIA, NEW):
        with pytest.raises(vault.NoDoor):
            vault.open_door(words)


def test_what_was_written_after_the_copy_is_gone_and_what_was_before_is_back(home, tmp_path):
    backup.back_up(home, tmp_path / "away", None)
    open_at(home, tmp_path)
    mia = vault.open_door(MIA)
    mia.change("2026-11/22", Note(text="later"))
    restore.restore(home, tmp_path / "away", None, force=True)
    open_at(home, tmp_path)
    assert note_of(MIA) == "kettle"


def test_an_old_copy_uses_the_newest_lifelines_beside_it(home, tmp_path, monkeypatch):
    away, now = tmp_path / "away", dt.datetime.now(dt.UTC)
    open_at(home, tmp_path)
    backup.write(away, None, now - dt.timedelta(days=20))
    vault.burn(vault.open_door(AYA))
    backup.write(away, None, now)
    backup.prune(away, now)
    (old, _) = backup.copies_in(away, "main")
    assert len(backup.copies_in(away, "lifelines")) == 1
    monkeypatch.delenv("DATABASE_URL", raising=False)
    new = a_new_machine(home, tmp_path)
    restore.restore(new, old.path, None, force=False)
    open_at(new, tmp_path)
    assert note_of(MIA) == "kettle"
    with pytest.raises(vault.NoDoor):
        vault.open_door(AYA)


def test_lifelines_older_than_the_database_are_declined(home, tmp_path, monkeypatch):
    away, now = tmp_path / "away", dt.datetime.now(dt.UTC)
    open_at(home, tmp_path)
    backup.write(away, None, now - dt.timedelta(days=2))
    main, lifelines = backup.write(away, None, now)
    lifelines.path.unlink()
    monkeypatch.delenv("DATABASE_URL", raising=False)
    new = a_new_machine(home, tmp_path)
    with pytest.raises(Declined, match="lifelines"):
        restore.restore(new, main.path, None, force=False)


def test_lifelines_in_place_that_nobody_had_to_write_are_new_enough(home, tmp_path):
    """Nobody came or went for a week; the file is old, and the programme had its night."""
    backup.back_up(home, tmp_path / "away", None)
    (lifelines,) = backup.copies_in(tmp_path / "away", "lifelines")
    lifelines.path.unlink()
    for file in home.glob("lifelines.sqlite3*"):
        os.utime(file, (1_750_000_000, 1_750_000_000))
    if not os.environ.get("DATABASE_URL"):
        with pytest.raises(Declined, match="lifelines"):
            restore.restore(home, tmp_path / "away", None, force=True)
        for file in home.glob("lifelines.sqlite3*"):
            os.utime(file, (1_750_000_000, 1_750_000_000))
    (home / "maintained").touch()
    restore.restore(home, tmp_path / "away", None, force=True)
    open_at(home, tmp_path)
    assert note_of(MIA) == "kettle"


def test_an_invitation_does_not_open_again_after_a_restore(home, tmp_path):
    open_at(home, tmp_path)
    words = vault.host_invite("member")
    backup.back_up(home, tmp_path / "away", None)
    restore.restore(home, tmp_path / "away", None, force=True)
    open_at(home, tmp_path)
    with pytest.raises(vault.NoInvitation):
        vault.look_at_invitation(words)


def test_what_is_there_is_shown_and_not_replaced_unasked(home, tmp_path):
    backup.back_up(home, tmp_path / "away", None)
    with pytest.raises(Declined, match="64 rows of doors"):
        restore.restore(home, tmp_path / "away", None, force=False)


def test_a_copy_of_another_programme_is_declined(home, tmp_path, monkeypatch):
    backup.back_up(home, tmp_path / "away", None)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    other = tmp_path / "other"
    vault.configure(other, tmp_path / "run/other", make=True)
    with pytest.raises(Declined, match="pepper"):
        restore.restore(other, tmp_path / "away", None, force=False)


def test_without_a_pepper_nothing_is_restored(home, tmp_path):
    backup.back_up(home, tmp_path / "away", None)
    with pytest.raises(vault.NotReady, match="pepper"):
        restore.restore(tmp_path / "new", tmp_path / "away", None, force=False)


def test_a_damaged_copy_changes_nothing(home, tmp_path):
    backup.back_up(home, tmp_path / "away", None)
    (copy,) = backup.copies_in(tmp_path / "away", "main")
    copy.path.write_bytes(copy.path.read_bytes()[:20_000])
    with pytest.raises(vault.Tampered):
        restore.restore(home, tmp_path / "away", None, force=True)
    open_at(home, tmp_path)
    assert note_of(MIA) == "kettle"


@pytest.mark.parametrize("place", ["data/away", "data", "."])
def test_a_back_up_never_lies_with_the_pepper_or_the_database(home, tmp_path, place):
    with pytest.raises(Declined, match="somewhere else"):
        backup.back_up(home, tmp_path / place, None)


def test_a_folder_that_cannot_take_a_copy_is_said_so(home, tmp_path):
    (tmp_path / "away").mkdir()
    (tmp_path / "away/file").write_text("")
    with pytest.raises(Declined, match="no copies in"):
        backup.back_up(home, tmp_path / "away/file", None)


def test_a_programme_that_is_up_is_not_replaced(home, tmp_path):
    from ibasho.machine import places

    backup.back_up(home, tmp_path / "away", None)
    with places.only_one(home), pytest.raises(Declined, match="up already"):
        restore.restore(home, tmp_path / "away", None, force=True)


def test_old_copies_are_let_go_each_in_its_own_time(tmp_path):
    now = dt.datetime(2026, 11, 22, 3, 10, tzinfo=dt.UTC)
    for days in range(45):
        made = f"{now - dt.timedelta(days=days):%Y%m%dT%H%M%SZ}"
        for part in backup.PARTS:
            (tmp_path / f"ibasho-{made}.{part}.age").touch()
    for name in (
        "ibasho.sqlite3",
        "holiday.jpg",
        "ibasho-20260101T000000Z.main.age.txt",
        "ibasho-99999999T999999Z.main.age",
    ):
        (tmp_path / name).touch()
    assert backup.prune(tmp_path, now) == 14 + 37
    assert len(backup.copies_in(tmp_path, "main")) == 31
    assert len(backup.copies_in(tmp_path, "lifelines")) == 8
    assert (tmp_path / "holiday.jpg").exists()
    backup.prune(tmp_path, now, dt.timedelta(days=5))
    assert len(backup.copies_in(tmp_path, "main")) == 6
    assert len(backup.copies_in(tmp_path, "lifelines")) == 6


def test_copies_are_kept_no_longer_than_people_were_promised(home, tmp_path):
    away = tmp_path / "away"
    open_at(home, tmp_path)
    vault.set_setting("programme", Programme(backup_days=3))
    backup.write(away, None, dt.datetime.now(dt.UTC) - dt.timedelta(days=4))
    backup.back_up(home, away, None)
    assert len(backup.copies_in(away, "main")) == 1


def test_a_night_that_cannot_copy_lets_old_copies_go_all_the_same(home, tmp_path, monkeypatch, capsys):
    away = tmp_path / "away"
    away.mkdir()
    left = [away / f"ibasho-20260101T000000Z.{part}.age" for part in backup.PARTS]
    for file in left:
        file.touch()
    monkeypatch.setattr(os, "nice", lambda by: 0)
    monkeypatch.setenv("IBASHO_BACKUP", str(away))
    monkeypatch.setenv("IBASHO_RECIPIENT", "not a key")
    assert maintenance.maintain(home) == 1
    assert not any(file.exists() for file in left)


# The drill, and the work of the night ------------------------------------------------------------


def test_the_drill_brings_everything_back_and_opens_a_room(home, capsys):
    drill.drill(home)
    drill.drill(home)
    said = capsys.readouterr().out
    assert said.count("The drill went well") == 2
    assert drill.rooms(home) == 1
    assert (home / drill.WORDS).stat().st_mode & 0o777 == 0o600
    assert (home / drill.STAMP).exists()


def test_the_drill_leaves_nothing_of_itself_in_memory(home, tmp_path):
    drill.drill(home)
    left = [path for path in (tmp_path / "run").iterdir() if path.name.startswith("ibasho-")]
    assert left == []


def test_the_drill_says_when_something_did_not_come_back(home, monkeypatch):
    copy_out = vault.copies.copy_out

    def forgetful(store, into):
        copy_out(store, into)
        if into.name == "lifelines.copy":
            with closing(sqlite3.connect(into)) as copy, copy:
                copy.execute("DELETE FROM lifeline")

    monkeypatch.setattr(vault.copies, "copy_out", forgetful)
    with pytest.raises(Declined, match="did not open"):
        drill.drill(home)
    assert not (home / drill.STAMP).exists()


def test_the_night_tidies_copies_and_drills_once_a_month(home, tmp_path, monkeypatch, capsys):
    recipient, _ = keys(tmp_path)
    monkeypatch.setattr(os, "nice", lambda by: 0)
    monkeypatch.setenv("IBASHO_BACKUP", str(tmp_path / "away"))
    monkeypatch.setenv("IBASHO_RECIPIENT", recipient)
    open_at(home, tmp_path)
    before = {bytes(row[0]) for row in vault.current().store.rows("SELECT locator FROM door")}
    assert maintenance.maintain(home) == 0
    assert maintenance.maintain(home) == 0
    said = capsys.readouterr().out
    assert said.count("work of the night is done") == 2
    assert said.count("The drill went well") == 1
    assert len(list((tmp_path / "away").glob("*.main.age"))) >= 1
    open_at(home, tmp_path)
    after = {bytes(row[0]) for row in vault.current().store.rows("SELECT locator FROM door")}
    assert len(after) == len(before) == 64
    assert len(after & before) >= 63  # the drill's own door took the place of one that was filling
    assert note_of(MIA) == "kettle"


def test_trouble_with_one_part_of_the_night_does_not_keep_the_others(home, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(os, "nice", lambda by: 0)
    monkeypatch.setenv("IBASHO_BACKUP", str(home / "inside"))
    assert maintenance.maintain(home) == 1
    out, err = capsys.readouterr()
    assert "work of the night is done" in out
    assert "The drill went well" in out
    assert "somewhere else" in err


def test_a_restore_onto_a_new_disk_says_who_may_be_back(monkeypatch, capsys, tmp_path):
    """The lifelines are a back-up's, so who erased everything after that night is in them (decision 0006)."""
    night = dt.datetime(2026, 11, 21, 3, 10, tzinfo=dt.UTC)
    for lifelines, said in ((night, "is back in this copy"), (None, "stays away")):
        done = restore.Restored(night, {"box": 64, "door": 64}, lifelines)
        monkeypatch.setattr(restore, "bring_back", lambda *_, done=done, **__: done)
        restore.restore(tmp_path / "data", tmp_path, None, force=False)
        assert said in capsys.readouterr().out
