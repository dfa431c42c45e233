"""Parsers as an attacker would want them, for test_jail."""

import ctypes
import encodings.idna  # noqa: F401 (inside, nothing is loaded any more)
import json
import os
import socket
import subprocess
import threading
import time
from pathlib import Path

from ibasho import jail


@jail.parser("test-backwards")
def backwards(data):
    return data[::-1]


@jail.parser("test-wrong")
def wrong(data):
    raise ValueError("zebra-canary")


@jail.parser("test-hungry")
def hungry(data):
    return bytes(600 << 20)


@jail.parser("test-hungry-in-pieces")
def hungry_in_pieces(data):
    kept = []
    while True:
        kept.append(bytes(1 << 20))


@jail.parser("test-busy")
def busy(data):
    while True:
        pass


@jail.parser("test-asleep")
def asleep(data):
    time.sleep(60)
    return b""


@jail.parser("test-talkative")
def talkative(data):
    return bytes(jail.MOST_OUT + 1)


@jail.parser("test-quits")
def quits(data):
    os._exit(3)


@jail.parser("test-crashes")
def crashes(data):
    ctypes.string_at(0)
    return b""


@jail.parser("test-recursive")
def recursive(data):
    return recursive(data)


def _tried(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__.encode()
    return b"it was possible"


@jail.parser("test-writes")
def writes(data):
    def write():
        with Path(data.decode()).open("wb") as file:
            file.write(b"zebra-canary")

    return _tried(write)


@jail.parser("test-writes-elsewhere")
def writes_elsewhere(data):
    def write():
        for place in ("/tmp", "/dev/shm", "/var/tmp"):
            file = Path(place, data.decode())
            file.write_bytes(b"zebra-canary")

    return _tried(write)


@jail.parser("test-tries")
def tries(data):
    """Everything that somebody would try who has taken over what reads a file."""
    about = json.loads(data)
    libc = ctypes.CDLL(None, use_errno=True)
    inside, outside = Path(about["folder"]), ("127.0.0.1", about["port"])

    def call(*numbers):
        if libc.syscall(*numbers) < 0:
            raise OSError(ctypes.get_errno(), "")

    def write(path):
        with path.open("wb") as file:
            file.write(b"zebra-canary")

    attempts = {
        "read": (inside / "pepper.key").read_bytes,
        "look for": (inside / "pepper.key").stat,
        "list": lambda: os.listdir(inside),
        "read its own memory": Path("/proc/self/mem").read_bytes,
        "read its parent": Path(f"/proc/{about['parent']}/environ").read_bytes,
        "write anew": lambda: write(inside / "new"),
        "write over": lambda: write(inside / "database"),
        "truncate": lambda: os.truncate(inside / "database", 0),
        "grow what it was given": lambda: os.write(0, b"zebra-canary"),
        "unlink": (inside / "database").unlink,
        "rename": lambda: (inside / "database").rename(inside / "other"),
        "link": lambda: os.link(inside / "database", inside / "linked"),
        "symlink": lambda: os.symlink(inside / "database", inside / "linked"),
        "make a folder": lambda: os.mkdir(inside / "folder"),
        "remove a folder": lambda: os.rmdir(inside / "empty"),
        "chmod": lambda: os.chmod(inside / "database", 0o777),
        "chown": lambda: os.chown(inside / "database", os.geteuid(), -1),
        "connect": lambda: socket.create_connection(outside, timeout=2).close(),
        "listen": lambda: socket.create_server(("127.0.0.1", 0)).close(),
        "two ends": lambda: [end.close() for end in socket.socketpair()],
        "kill its parent": lambda: os.kill(about["parent"], 0),
        "kill itself": lambda: os.kill(os.getpid(), 0),
        "hold its parent": lambda: os.close(os.pidfd_open(about["parent"])),
        "a file in memory": lambda: os.close(os.memfd_create("zebra")),
        "fork": lambda: os.fork() or os._exit(0),
        "start": lambda: subprocess.run(["/bin/true"], check=True),
        "become": lambda: os.execv("/bin/true", ["/bin/true"]),
        "another processor": lambda: os.sched_setaffinity(0, os.sched_getaffinity(0)),
        "io_uring": lambda: call(
            425, 1, ctypes.create_string_buffer(256)
        ),  # the same number on every machine
        "clone3": lambda: call(435, 0, 0),
        "openat2": lambda: call(437, -100, b"/", 0, 0),
        "another process's file": lambda: call(438, 0, 0, 0),
        "personality": lambda: libc.personality(0) and call(-1),
        "another namespace": lambda: libc.unshare(0) and call(-1),
        "another filter": lambda: libc.prctl(4, 1, 0, 0, 0) and call(-1),
    }
    return json.dumps({what: _tried(attempt).decode() for what, attempt in attempts.items()}).encode()


@jail.parser("test-tries-with-threads", threads=True)
def tries_with_threads(data):
    said = []
    thread = threading.Thread(target=lambda: said.append(tries(data)))
    thread.start()
    thread.join()
    return said[0]


@jail.parser("test-threads-unasked")
def threads_unasked(data):
    return with_threads(data)


@jail.parser("test-threads", threads=True)
def with_threads(data):
    said = []
    thread = threading.Thread(target=said.append, args=(data[::-1],))
    thread.start()
    thread.join()
    return said[0]


@jail.parser("test-opens")
def opens(data):
    handles = []
    try:
        while True:
            handles.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        return str(len(handles)).encode()


@jail.parser("test-looks-around")
def looks_around(data):
    return json.dumps(dict(os.environ)).encode()


@jail.parser("test-reads")
def reads(data):
    return _tried(lambda: Path(data.decode()).read_bytes())
