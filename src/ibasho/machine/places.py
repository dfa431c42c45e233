"""Where a programme lies: its data on a disk, its sessions in memory, and one `up` for each folder of data."""

import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ibasho.errors import IbashoError

IN_MEMORY = {"tmpfs", "ramfs"}
LOCK = "up.lock"


class Declined(IbashoError):
    """A command cannot do what was asked, and says why in one sentence. For hosts, not for members."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


def file_system(path: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """The kind of file system a path lies on, such as `tmpfs`; empty where the kernel does not say."""
    place, best, kind = path.resolve(), -1, ""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    for line in lines:
        fields = line.split()
        point = Path(fields[1].replace("\\040", " "))
        if len(point.parts) >= best and place.is_relative_to(point):
            best, kind = len(point.parts), fields[2]
    return kind


def run_base() -> Path:
    """The folder run folders are made in: systemd's, the user's, or shared memory; the first on tmpfs."""
    systemd = os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]
    wished = [os.environ.get("IBASHO_RUN", ""), systemd]
    for place in wished:
        if place:
            return Path(place)
    for place in (os.environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm"):  # noqa: S108 (checked to be in memory)
        if place and os.access(place, os.W_OK | os.X_OK) and file_system(Path(place)) in IN_MEMORY:
            return Path(place)
    return Path(tempfile.gettempdir())


def run_folder(data: Path) -> Path:
    """Where the programme in `data` keeps its sessions while it is up. Two programmes never share one."""
    name = hashlib.sha256(f"{os.geteuid()}:{data.resolve()}".encode()).hexdigest()[:12]
    return run_base() / f"ibasho-{name}"


def fresh(folder: Path) -> Path:
    """An empty folder of one's own. What an earlier run left there is gone. Raises Declined."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise Declined(f"{folder} belongs to somebody else. Set IBASHO_RUN to another folder.") from None
        shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
    return folder


def sweep_short_lived(folder: Path) -> None:
    """Remove the short-lived folders of commands that were killed."""
    for left in folder.parent.glob(f"{folder.name}-*"):
        pid = left.name.rpartition("-")[2]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists() and left.stat().st_uid == os.geteuid():
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def short_lived(data: Path) -> Iterator[Path]:
    """A run folder for one command, gone when it ends."""
    running = run_folder(data)
    folder = fresh(running.with_name(f"{running.name}-{os.getpid()}"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold a folder of data for this process. Raises Declined while another `up` serves it."""
    handle = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Declined(f"Ibasho is up already for {data}. Stop that one first.") from None
        os.truncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
        os.truncate(handle, 0)
    finally:
        os.close(handle)
