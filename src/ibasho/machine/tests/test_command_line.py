"""The command `ibasho`, as whoever runs the machine meets it: short answers, counts, never a name."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ibasho import __version__
from ibasho.machine import cli, guard, places
from ibasho.machine.places import Declined
from tests.support.house import environment, ibasho, open_programme, up
from tests.support.person import Person
from tests.support.postgres import fresh_database, postgres  # noqa: F401 (a fixture)


def test_the_version(capsys):
    assert cli.main(["version"]) == 0
    assert capsys.readouterr().out.strip() == __version__


@pytest.mark.parametrize(
    "order",
    [[], ["dance"], ["up"], ["invite", "king", "--data", "x"], ["up", "--data", "x", "--workers", "0"]],
)
def test_what_cannot_be_understood_is_not_begun(order, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(order)
    assert left.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_commands_begin_quickly():
    """Nothing is loaded that a command does not need: the version needs nothing at all."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "ibasho", "version"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"gunicorn", "cryptography", "django.conf", "ibasho.vault", "jinja2"}


def test_an_invitation_is_five_words_and_how_to_use_them(tmp_path):
    data = tmp_path / "data"
    open_programme(data)
    done = ibasho("invite", "helper", "--data", data)
    assert done.returncode == 0
    assert re.search(r"^    (\w[\w-]* ){4}\w[\w-]*$", done.stdout, re.M)
    assert "helper" in done.stdout
    assert "once" in done.stdout


@pytest.mark.parametrize("command", ["invite member", "backup --to away", "drill", "maintain"])
def test_a_folder_without_a_programme_is_said_so(tmp_path, command):
    name, *rest = command.split()
    done = ibasho(name, *rest, "--data", tmp_path / "nothing")
    assert done.returncode == 1
    assert "There is no programme" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "nothing").exists()


def test_a_whole_night_and_a_restore_from_the_command_line(tmp_path):
    data, away = tmp_path / "data", tmp_path / "away"
    with up(data) as house:
        daniel = Person(house.address, "Daniel")
        daniel.join(house.first_invitation)
        daniel.leave()
        night = ibasho("maintain", "--data", data, IBASHO_BACKUP=str(away))
        assert night.returncode == 0, night.stderr
        assert "Daniel" not in night.stdout
        assert "The drill went well" in night.stdout
        daniel.come_in()
        assert daniel.is_in()
    new = tmp_path / "new"
    (new / "secrets").mkdir(parents=True)
    (new / "secrets/pepper.key").write_bytes((data / "secrets/pepper.key").read_bytes())
    done = ibasho("restore", "--data", new, "--from", away)
    assert done.returncode == 0, done.stderr
    with up(new) as elsewhere:
        assert "invitation" not in elsewhere.said
        back = Person(elsewhere.address, "Daniel", words=daniel.words)
        back.come_in()
        assert back.is_in()


@pytest.mark.postgres
def test_one_setting_puts_a_programme_on_postgresql(tmp_path, request):
    """Two workers, the same doors, the same commands; the folder of data holds secrets and nothing else."""
    data = tmp_path / "data"
    with fresh_database(request.getfixturevalue("postgres"), "house") as url:
        open_programme(data, DATABASE_URL=url)
        with up(data, options=("--workers", "2"), DATABASE_URL=url) as house:
            assert len(house.workers()) == 2
            mia = Person(house.address, "Mia")
            mia.join(house.invite())
            mia.check_in(line="The kettle sang", mood="steady")
            assert "The kettle sang" in mia.own_day().text
            mia.leave()
            mia.come_in()
            assert "The kettle sang" in mia.own_day().text
            night = ibasho("maintain", "--data", data, DATABASE_URL=url, IBASHO_BACKUP=str(tmp_path / "away"))
            assert night.returncode == 0, night.stderr
            assert "The kettle sang" in mia.own_day().text
        assert not list(data.glob("*.sqlite3*"))
        assert {path.name for path in (tmp_path / "away").iterdir()}


@pytest.mark.slow
def test_the_demo_is_up_and_its_people_come_in_with_the_words_it_prints(tmp_path):
    with up(tmp_path / "demo", command="demo") as house:
        found = re.search(r"^    (\w+) +member +([a-z -]+)$", house.said, re.M)
        assert found, house.said
        member = Person(house.address, found[1], words=found[2])
        member.come_in()
        assert member.is_in()
        assert member.name in member.home().text


# Folders -----------------------------------------------------------------------------------------


def test_each_folder_of_data_has_a_run_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("IBASHO_RUN", str(tmp_path))
    one, other = places.run_folder(tmp_path / "one"), places.run_folder(tmp_path / "other")
    assert one != other
    assert one == places.run_folder(tmp_path / "x/../one")
    assert one.parent == tmp_path


def test_run_folders_are_made_where_systemd_or_the_user_says(tmp_path, monkeypatch):
    for name in ("IBASHO_RUN", "RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    assert places.file_system(places.run_base()) in places.IN_MEMORY
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))  # on a disk: not taken
    assert places.run_base() != tmp_path
    monkeypatch.setenv("RUNTIME_DIRECTORY", f"{tmp_path}/one:{tmp_path}/two")
    assert places.run_base() == tmp_path / "one"
    monkeypatch.setenv("IBASHO_RUN", f"{tmp_path}/three")
    assert places.run_base() == tmp_path / "three"


def test_what_an_earlier_run_left_is_gone(tmp_path):
    folder = places.fresh(tmp_path / "run")
    (folder / "sessions").mkdir()
    (folder / "sessions/row").write_text("x")
    assert list(places.fresh(tmp_path / "run").iterdir()) == []
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_run_folder_that_somebody_else_prepared_is_declined(tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "theirs")
    with pytest.raises(Declined, match="somebody else"):
        places.fresh(tmp_path / "run")
    if os.geteuid() == 0:
        (tmp_path / "run").unlink()
        (tmp_path / "run").mkdir()
        os.chown(tmp_path / "run", 65534, 65534)
        with pytest.raises(Declined, match="somebody else"):
            places.fresh(tmp_path / "run")


def test_short_lived_folders_of_killed_commands_are_swept(tmp_path, monkeypatch):
    monkeypatch.setenv("IBASHO_RUN", str(tmp_path))
    running = places.run_folder(tmp_path / "data")
    gone = running.with_name(f"{running.name}-4194305")
    other = running.with_name("ibasho-other-4194305")
    for folder in (gone, other):
        folder.mkdir()
    with places.short_lived(tmp_path / "data") as mine:
        places.sweep_short_lived(running)
        assert mine.exists()
    assert not mine.exists()
    assert not gone.exists()
    assert other.exists()


def test_the_kernels_own_list_of_file_systems_is_read(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda / ext4 rw 0 0\ntmpfs /run tmpfs rw 0 0\n/dev/sdb /run/my\\040disk xfs rw 0 0\n"
    )
    assert places.file_system(Path("/run/ibasho"), mounts) == "tmpfs"
    assert places.file_system(Path("/run/my disk/x"), mounts) == "xfs"
    assert places.file_system(Path("/runner"), mounts) == "ext4"
    assert places.file_system(Path("/"), tmp_path / "absent") == ""


# Memory ------------------------------------------------------------------------------------------

_HARD = """
import os, sys
from ibasho.machine import guard
before = guard.is_hardened()
guard.harden()
child = os.fork()
if not child:
    os._exit(0 if guard.is_hardened() else 1)
print(before, guard.is_hardened(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), oct(os.umask(0)))
sys.stdout.flush()
def leak():
    raise ValueError("zebra-canary")
if sys.argv[1] == "thread":
    import threading
    thread = threading.Thread(target=leak)
    thread.start()
    thread.join()
elif sys.argv[1] == "delete":
    class Left:
        def __del__(self):
            leak()
    Left()
elif sys.argv[1] == "log":
    import logging
    sys.stderr.write("ValueError")
    handler = logging.StreamHandler()
    handler.format = lambda record: leak()
    logging.getLogger().addHandler(handler)
    logging.getLogger().error("zebra-canary")
else:
    leak()
"""


@pytest.mark.parametrize("where", ["main", "thread", "delete", "log"])
def test_a_process_keeps_its_memory_and_its_errors_to_itself(where):
    """Attack 18: not dumpable, and neither is a child; the message of an error is never said."""
    order = [sys.executable, "-c", _HARD, where]
    done = subprocess.run(order, env=environment(), capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["False", "True", "0", "0o77"]
    assert "ValueError" in done.stderr
    assert "zebra" not in done.stderr
    assert "Traceback" not in done.stderr


_ORPHAN = """
import os, sys, time
from ibasho.machine import guard
parent = os.getpid()
child = os.fork()
if not child:
    guard.die_with(parent)
    print(os.getpid(), flush=True)
    time.sleep(60)
time.sleep(0.5)
os.kill(parent, 9)
"""


def test_a_child_ends_with_its_parent():
    order = [sys.executable, "-c", _ORPHAN]
    done = subprocess.run(order, env=environment(), capture_output=True, text=True, check=False, timeout=20)
    pid = int(done.stdout)
    for _ in range(50):
        if not Path(f"/proc/{pid}").exists():
            break
        time.sleep(0.1)
    assert not Path(f"/proc/{pid}").exists()


def test_a_child_whose_parent_is_gone_does_not_begin():
    with pytest.raises(SystemExit):
        guard.die_with(4194305)
    guard._prctl(guard._PR_SET_PDEATHSIG, 0)
