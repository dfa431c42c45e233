"""A PostgreSQL server for the tests of one module: made in a folder of its own, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses= -c max_connections=120"


def programs() -> Path | None:
    """The folder with `initdb`: Debian keeps it off the path, one for each version."""
    found = shutil.which("initdb")
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return Path(found).parent if found else places[-1].parent if places else None


@contextmanager
def server() -> Iterator[str]:
    """The address of a running, empty server that only this machine's unix socket reaches."""
    bin_ = programs()
    assert bin_ is not None
    place = Path(tempfile.mkdtemp(prefix="ibasho-pg-"))
    place.chmod(0o755)
    root = os.geteuid() == 0
    user = "postgres" if root else None  # the server declines to run as root
    if root:
        shutil.chown(place, "postgres")

    def run(*order: str) -> None:
        subprocess.run(
            order, user=user, cwd=place, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        )

    data, log = place / "data", place / "log"
    control = str(bin_ / "pg_ctl")
    try:
        run(str(bin_ / "initdb"), "-D", str(data), "-A", "trust", "-U", "ibasho", "--no-sync", "-E", "UTF8")
        run(control, "-D", str(data), "-w", "-l", str(log), "-o", f"{_QUICK} -k {place}", "start")
        try:
            yield f"postgresql://ibasho@/postgres?host={place}"
        finally:
            run(control, "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A server for this module's tests."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed: `tools/system-packages test` brings it")
    with server() as url:
        yield url


@contextmanager
def fresh_database(url: str, name: str) -> Iterator[str]:
    """A database of its own on that server."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield url.replace("/postgres?", f"/{name}?")
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
