"""Looking for what must not be there: in the memory of processes, in files, in files that were deleted while open."""

import os
from collections.abc import Iterable
from pathlib import Path

PIECE = 8 << 20


def in_memory(pid: int, needles: Iterable[bytes]) -> dict[bytes, int]:
    """How often each needle lies in the memory of a process. Needs to be root."""
    found = dict.fromkeys(needles, 0)
    longest = max(map(len, found)) - 1
    try:
        maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
        memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    except (FileNotFoundError, ProcessLookupError):
        return found  # it has ended
    try:
        for line in maps:
            where, rights, *rest = line.split()
            if "r" not in rights or rest[-1:] in (["[vvar]"], ["[vsyscall]"], ["[vvar_vclock]"]):
                continue
            start, end = (int(number, 16) for number in where.split("-"))
            tail = b""
            while start < end:
                try:
                    piece = os.pread(memory, min(PIECE, end - start), start)
                except OSError:
                    break
                if not piece:
                    break
                start += len(piece)
                piece = tail + piece
                for needle in found:
                    found[needle] += piece.count(needle)
                tail = piece[-longest:]
    finally:
        os.close(memory)
    return found


def in_files(places: Iterable[Path], needles: Iterable[bytes], *, newer_than: float = 0) -> list[str]:
    """`file: needle` for every needle in a file below these places, names of files included."""
    wanted, found = list(needles), []
    for place in places:
        for folder, _folders, names in os.walk(place):
            for name in names:
                path = Path(folder, name)
                try:
                    if not path.is_file() or path.stat().st_mtime < newer_than:
                        continue
                    body = os.fsencode(name) + b"\0" + path.read_bytes()
                except OSError:
                    continue
                found += [f"{path}: {needle!r}" for needle in wanted if needle in body]
    return found


def in_open_files(pids: Iterable[int], needles: Iterable[bytes]) -> list[str]:
    """The same for every file a process holds open, deleted ones too (a path sweep alone misses those)."""
    wanted, found = list(needles), []
    for pid in pids:
        for handle in _handles(pid):
            try:
                name = os.readlink(handle)
                if not name.startswith("/") or name.startswith(("/dev/", "/proc/")):
                    continue
                with open(handle, "rb") as file:
                    body = file.read()
            except OSError:
                continue
            found += [f"{pid} {name}: {needle!r}" for needle in wanted if needle in body]
    return found


def _handles(pid: int) -> list[str]:
    try:
        return [f"/proc/{pid}/fd/{number}" for number in os.listdir(f"/proc/{pid}/fd")]
    except OSError:
        return []
