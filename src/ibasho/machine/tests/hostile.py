"""Parsers as an attacker would want them, for test_jail."""

import ctypes
import encodings.idna  # noqa: F401 (a child of root cannot read root's Python any more)
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


@jail.parser("test-forks")
def forks(data):
    return _tried(lambda: os.fork() or os._exit(0))


@jail.parser("test-starts")
def starts(data):
    return _tried(lambda: subprocess.run(["/bin/true"], check=True))


@jail.parser("test-forks-with-threads", threads=True)
def forks_with_threads(data):
    return forks(data)


@jail.parser("test-starts-with-threads", threads=True)
def starts_with_threads(data):
    return starts(data)


@jail.parser("test-becomes", threads=True)
def becomes(data):
    return _tried(lambda: os.execv("/bin/true", ["/bin/true"]))


@jail.parser("test-threads", threads=True)
def with_threads(data):
    said = []
    thread = threading.Thread(target=said.append, args=(data[::-1],))
    thread.start()
    thread.join()
    return said[0]


@jail.parser("test-calls")
def calls(data):
    def call():
        socket.create_connection(("127.0.0.1", int(data)), timeout=2).close()

    return _tried(call)


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
    mine = Path("/proc/self/status").read_text()
    wanted = ("Uid:", "NoNewPrivs:", "CapEff:")
    found = [line for line in mine.splitlines() if line.startswith(wanted)]
    return "\n".join([*found, f"environment: {len(os.environ)}", f"folder: {Path.cwd()}"]).encode()


@jail.parser("test-reads")
def reads(data):
    return _tried(lambda: Path(data.decode()).read_bytes())
