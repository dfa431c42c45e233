"""What a parser cannot do, whatever bytes it was given (VAULT 10)."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ibasho import jail
from ibasho.machine.tests import hostile  # noqa: F401 (registers its parsers)


def test_an_honest_parser_answers():
    assert jail.run("test-backwards", b"kettle") == b"elttek"
    assert jail.run("test-backwards", b"") == b""
    whole = os.urandom(1 << 16) * 128
    assert jail.run("test-backwards", whole) == whole[::-1]


def test_it_takes_no_more_than_eight_mebibytes():
    with pytest.raises(jail.Unreadable):
        jail.run("test-backwards", bytes(jail.MOST_IN + 1))


@pytest.mark.parametrize(
    "attack",
    ["wrong", "hungry", "hungry-in-pieces", "talkative", "quits", "crashes", "recursive"],
)
def test_an_attack_from_inside_is_only_an_unreadable_file(attack, capfd):
    with pytest.raises(jail.Unreadable):
        jail.run(f"test-{attack}", b"zebra-canary")
    assert "zebra" not in "".join(capfd.readouterr())


@pytest.mark.slow
def test_a_parser_that_never_ends_is_ended_after_five_seconds_of_work(monkeypatch):
    """Of work: how long that takes by the clock on the wall is for the machine to say."""
    ended, real = [], jail._end
    monkeypatch.setattr(jail, "SECONDS", 120.0)
    monkeypatch.setattr(jail, "_end", lambda child: (ended.append(child.poll()), real(child)))
    before = os.times().children_user
    with pytest.raises(jail.Unreadable):
        jail.run("test-busy", b"")
    assert ended[0] in (-signal.SIGKILL, -signal.SIGXCPU)  # by the kernel, before we had to
    assert jail.CPU_SECONDS - 2 < os.times().children_user - before < jail.CPU_SECONDS + 2


def test_a_parser_that_sleeps_is_ended_by_the_clock_on_the_wall(monkeypatch):
    monkeypatch.setattr(jail, "SECONDS", 0.5)
    begun = time.monotonic()
    with pytest.raises(jail.Unreadable):
        jail.run("test-asleep", b"")
    assert time.monotonic() - begun < 2


def test_it_leaves_nothing_on_a_disk(tmp_path):
    tmp_path.chmod(0o777)
    for folder in (*tmp_path.parents[:3], tmp_path):
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | 0o011)
    assert jail.run("test-writes", str(tmp_path / "file").encode()) in {b"OSError", b"PermissionError"}
    assert not (tmp_path / "file").exists() or not (tmp_path / "file").read_bytes()
    name = f"ibasho-jail-{os.getpid()}"
    assert jail.run("test-writes-elsewhere", name.encode()) in {b"OSError", b"PermissionError"}
    for place in ("/tmp", "/dev/shm", "/var/tmp"):
        left = Path(place, name)
        assert not left.exists() or not left.read_bytes()
        left.unlink(missing_ok=True)


def test_a_parser_may_start_threads_only_where_that_was_said():
    assert jail.run("test-threads", b"kettle") == b"elttek"
    with pytest.raises(jail.Unreadable):
        jail.run("test-threads-unasked", b"kettle")


@pytest.fixture
def unguarded(monkeypatch):
    """A machine whose kernel cannot hold a parser."""
    began = jail._BEGIN.replace(
        "jail import _child;", "jail import _child; import platform; platform.machine = str;"
    )
    monkeypatch.setattr(jail, "_BEGIN", began)


@pytest.mark.parametrize("name", ["test-backwards", "test-threads", "test-writes"])
def test_where_the_kernel_cannot_hold_a_parser_none_is_given_anything(name, unguarded, tmp_path):
    with pytest.raises(jail.Unguarded) as refused:
        jail.run(name, str(tmp_path / "file").encode())
    assert "It is not your file" in str(refused.value)
    assert not (tmp_path / "file").exists()
    assert not jail.holds()


def test_this_machine_can_hold_one():
    assert jail.holds()


def test_a_parser_that_brings_threads_along_is_not_held_and_so_not_run(tmp_path, monkeypatch):
    """The filter holds one thread and those it starts; one from before would be free."""
    code = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    (tmp_path / "zebra_threads.py").write_text(code + "def reads(data):\n    return data\n")
    monkeypatch.setattr(jail, "_BEGIN", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {jail._BEGIN}")
    monkeypatch.setitem(jail._parsers, "test-brings-threads", ("zebra_threads:reads", True))
    with pytest.raises(jail.Unguarded):
        jail.run("test-brings-threads", b"kettle")


def test_whoever_waits_too_long_for_the_one_before_is_told_when_to_come_back(monkeypatch):
    monkeypatch.setattr(jail, "WAIT", 0.05)
    with jail._alone, pytest.raises(jail.Occupied) as occupied:
        jail.run("test-backwards", b"kettle")
    assert (occupied.value.status, occupied.value.retry_after) == (503, 30)


def test_a_fourth_is_told_so_at_once():
    """One is read and two wait: everybody who waits holds a thread."""
    begun = time.monotonic()
    for _ in range(1 + jail.MOST_WAITING):
        assert jail._line.acquire(blocking=False)
    try:
        with pytest.raises(jail.Occupied):
            jail.run("test-backwards", b"kettle")
    finally:
        jail._line.release(1 + jail.MOST_WAITING)
    assert time.monotonic() - begun < 1
    assert jail.run("test-backwards", b"kettle") == b"elttek"


def test_it_opens_no_file():
    assert jail.run("test-opens", b"") == b"0"


def test_it_has_no_environment_no_rights_and_no_other_user(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://zebra-canary")
    assert set(json.loads(jail.run("test-looks-around", b""))) <= {"LC_CTYPE"}  # Python itself may say that
    seen = {}

    def look(child):
        about, until = Path(f"/proc/{child.pid}"), time.monotonic() + 10
        while "Seccomp:\t2" not in (said := (about / "status").read_text()) and time.monotonic() < until:
            time.sleep(0.02)
        seen.update({line.partition(":\t")[0]: line.partition(":\t")[2] for line in said.splitlines()})
        raise TimeoutError

    monkeypatch.setattr(jail, "_listen", look)
    with pytest.raises(jail.Unreadable):
        jail.run("test-asleep", b"")
    assert (seen["Seccomp"], seen["NoNewPrivs"]) == ("2", "1")
    if os.geteuid() == 0:
        assert seen["Uid"] == "65534\t65534\t65534\t65534"
        assert seen["CapEff"] == "0000000000000000"


def test_it_cannot_read_the_pepper(programme):
    assert jail.run("test-reads", str(programme.data / "secrets/pepper.key").encode()) == b"PermissionError"


def not_as_root(folder):
    """How to begin a command as somebody who is not root, and yet can read this Python wherever it lies."""
    if os.geteuid() != 0:
        return []
    somebody, may = 65533, "-all,+dac_read_search"
    os.chown(folder, somebody, somebody)
    setpriv = shutil.which("setpriv") or pytest.fail("This test needs setpriv, of util-linux.")
    return [
        setpriv, f"--reuid={somebody}", f"--regid={somebody}", "--clear-groups",
        f"--bounding-set={may}", f"--inh-caps={may}", f"--ambient-caps={may}",
    ]  # fmt: skip


def test_attack_55_as_shipped_whoever_takes_over_what_reads_a_picture_can_only_answer(tmp_path):
    """The child is the same user as the programme, as in the unit of deploy/. Nothing is skipped, root or not."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    command = [*not_as_root(folder), sys.executable, str(Path(__file__).with_name("as_shipped.py"))]
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = subprocess.run(
            [*command, str(folder), str(server.getsockname()[1])],
            env={"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    said = json.loads(done.stdout)
    assert said["user"] != 0
    for tried in said["tried"]:
        assert len(tried) > 30
        assert {what: how for what, how in tried.items() if how not in ("PermissionError", "OSError")} == {}
        assert {what for what, how in tried.items() if how == "OSError"} <= {"clone3"}
    assert said["read"] == [640, 640, 640, 640]
    assert (said["left"], said["database"]) == (["database", "empty", "pepper.key"], "zebra-database")


def test_two_at_once_do_not_meet():
    answers = {}

    def ask(number):
        answers[number] = jail.run("test-backwards", str(number).encode())

    asking = [threading.Thread(target=ask, args=(number,)) for number in range(10, 13)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert answers == {number: str(number)[::-1].encode() for number in range(10, 13)}


def test_an_unknown_parser_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        jail.run("nobody", b"")
