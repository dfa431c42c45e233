"""What a parser cannot do, whatever bytes it was given (VAULT 10)."""

import os
import socket
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
def test_a_parser_that_never_ends_is_ended_after_five_seconds_of_work():
    begun = time.monotonic()
    with pytest.raises(jail.Unreadable):
        jail.run("test-busy", b"")
    assert time.monotonic() - begun < jail.SECONDS


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


def test_it_starts_no_other_process():
    assert jail.run("test-forks", b"") == b"BlockingIOError"
    assert jail.run("test-starts", b"") == b"BlockingIOError"


def test_a_parser_that_may_start_threads_starts_no_process_all_the_same():
    assert jail.run("test-threads", b"kettle") == b"elttek"
    assert jail.run("test-forks-with-threads", b"") == b"BlockingIOError"
    assert jail.run("test-starts-with-threads", b"") == b"BlockingIOError"
    assert jail.run("test-becomes", b"") == b"BlockingIOError"


def test_where_the_kernel_cannot_tell_threads_from_processes_there_are_neither(monkeypatch):
    began = jail._BEGIN.replace(
        "jail import _child;", "jail import _child; import platform; platform.machine = str;"
    )
    monkeypatch.setattr(jail, "_BEGIN", began)
    with pytest.raises(jail.Unreadable):
        jail.run("test-threads", b"kettle")
    assert jail.run("test-forks-with-threads", b"") == b"BlockingIOError"


def test_whoever_waits_too_long_for_the_one_before_is_told_when_to_come_back(monkeypatch):
    monkeypatch.setattr(jail, "WAIT", 0.05)
    with jail._alone, pytest.raises(jail.Occupied) as occupied:
        jail.run("test-backwards", b"kettle")
    assert (occupied.value.status, occupied.value.retry_after) == (503, 30)


def test_it_opens_few_files():
    assert int(jail.run("test-opens", b"")) < jail.FILES


def test_it_has_no_environment_no_rights_and_no_other_user(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://zebra-canary")
    seen = jail.run("test-looks-around", b"").decode()
    assert "zebra" not in seen
    assert "environment: 0" in seen or "environment: 1" in seen  # Python itself may say LC_CTYPE
    assert "NoNewPrivs:\t1" in seen
    assert "folder: /" in seen
    if os.geteuid() == 0:
        assert "Uid:\t65534\t65534\t65534\t65534" in seen
        assert "CapEff:\t0000000000000000" in seen


def test_it_cannot_read_the_pepper(programme):
    if os.geteuid() != 0:
        pytest.skip("only root can give the parser to another user")
    assert jail.run("test-reads", str(programme.data / "secrets/pepper.key").encode()) == b"PermissionError"


def test_it_reaches_nothing_over_the_network():
    if os.geteuid() != 0:
        pytest.skip("without root the kernel may not give it a network of its own")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(3)
        came = []
        threading.Thread(target=lambda: came.append(_somebody(server)), daemon=True).start()
        answer = jail.run("test-calls", str(server.getsockname()[1]).encode())
    assert answer == b"OSError"
    assert not any(came)


def _somebody(server):
    try:
        server.accept()[0].close()
    except OSError:
        return False
    return True


def test_two_at_once_do_not_meet():
    answers = {}

    def ask(number):
        answers[number] = jail.run("test-backwards", str(number).encode())

    asking = [threading.Thread(target=ask, args=(number,)) for number in range(10, 14)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert answers == {number: str(number)[::-1].encode() for number in range(10, 14)}


def test_an_unknown_parser_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        jail.run("nobody", b"")
