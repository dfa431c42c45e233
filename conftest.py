"""The cast every test meets: Mia, Aya, Daniel, Tom; and a programme that is theirs for one test."""

import atexit
import datetime as dt
import importlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

_PLACE = Path(tempfile.mkdtemp(prefix="ibasho-test-"))
atexit.register(shutil.rmtree, _PLACE, ignore_errors=True)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ibasho.settings")
os.environ.setdefault("IBASHO_DATA", str(_PLACE / "data"))
os.environ.setdefault("IBASHO_RUN", str(_PLACE / "run"))

import django  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from hypothesis import settings  # noqa: E402

from ibasho import vault  # noqa: E402
from ibasho.people.records import Profile  # noqa: E402
from ibasho.programme.records import Programme  # noqa: E402
from ibasho.vault import clock as vault_clock  # noqa: E402
from ibasho.vault import core as vault_core  # noqa: E402
from ibasho.vault import suite, throttle  # noqa: E402

settings.register_profile("house", deadline=None)  # how long something takes is for the bench to say
settings.load_profile("house")
vault.configure(_PLACE / "data", _PLACE / "run", make=True)  # private addresses need an installation
django.setup()
setup_test_environment()
importlib.import_module("ibasho.urls")  # addresses are known from here on

WORDS = {
    "mia": "veranda teapot lantern kettle meadow willow",
    "aya": "otter badger acorn chestnut maple birch",
    "tom": "thyme saffron cinnamon vanilla nutmeg apricot puffin",
    "daniel": "moonrise starlit daybreak seashore harbour porch heron",
}


# These measure time or memory, or end processes: nothing else may run beside them. `make test` runs the others two at
# a time first, and these by themselves afterwards.
ALONE = (
    "machine/tests/test_crash.py",
    "machine/tests/test_flood.py",
    "machine/tests/test_memory.py",
    "machine/tests/test_minute.py",
    "machine/tests/test_patience.py",
    "machine/tests/test_traces.py",
    "machine/tests/test_up.py",
    "vault/tests/test_crash.py",
    "vault/tests/test_throttle.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs alone."""
    for item in items:
        if item.path.as_posix().endswith(ALONE) or "real_argon" in item.keywords:
            item.add_marker(pytest.mark.alone)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)

    def now(self) -> float:
        return self.at.timestamp()

    def set(self, at: dt.datetime) -> None:
        self.at = at

    def forward(self, seconds: float) -> None:
        self.at += dt.timedelta(seconds=seconds)


class HouseClient(Client):
    """A browser without JavaScript. `of(space)` gives one in which that person is signed in."""

    def of(self, space: vault.Space, words: str = "abacus abdomen") -> "HouseClient":
        client = HouseClient()
        client.cookies["__Host-k"] = vault.sessions.start(space, words)
        return client


@pytest.fixture(autouse=True)
def _quick_argon(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ordinary tests stretch words briefly; those marked `real_argon` take the true time."""
    if "real_argon" not in request.keywords:
        monkeypatch.setattr(suite, "ARGON_MEMORY_KIB", 64)
        monkeypatch.setattr(suite, "ARGON_PASSES", 1)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The house's clock, standing at half past nine on 22 November 2026."""
    standing = Clock()
    monkeypatch.setattr(vault_clock, "now", standing.now)
    return standing


@pytest.fixture
def programme(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[vault.Vault]:
    """An empty programme with a pepper of its own, set up and open, on SQLite."""
    before = vault.current()
    made = vault.configure(tmp_path / "data", tmp_path / "run", make=True)
    opened = Programme(run_by="The Thursday people", country="GB", opened_on=dt.date(2026, 11, 1))
    vault.set_setting("programme", opened)
    # Addresses are made from the installation's key when the URL table is read, so they stay the first one's.
    yield made
    made.close()
    vault_core._open = before


@pytest.fixture
def words_of() -> dict[str, str]:
    """The words each of the cast signs in with."""
    return dict(WORDS)


def _person(name: str) -> Any:
    @pytest.fixture(name=name)
    def person(programme: vault.Vault) -> vault.Space:
        space = vault.make_space(WORDS[name])
        _introduce(space, name)
        return space

    return person


def _introduce(space: vault.Space, name: str) -> None:
    """Give a space the profile of its person."""
    roles = {"daniel": ("facilitator",), "tom": ("helper",)}.get(name, ("member",))
    space.set_own(Profile(name=name.title(), roles=roles))


mia, aya, tom, daniel = _person("mia"), _person("aya"), _person("tom"), _person("daniel")


@pytest.fixture
def client(programme: vault.Vault) -> HouseClient:
    """A browser in which nobody is signed in."""
    return HouseClient()


@pytest.fixture
def every_byte_on_disk(programme: vault.Vault) -> Callable[[], bytes]:
    """Everything the programme keeps in files, in one piece: databases, journals, sessions, secrets."""

    def read() -> bytes:
        files = [
            path for place in (programme.data, programme.run) for path in place.rglob("*") if path.is_file()
        ]
        return b"\0".join(path.read_bytes() for path in files)

    return read


@pytest.fixture(autouse=True)
def _fresh_room_at_the_door() -> Iterator[None]:
    """No test leaves people waiting at the door for the next."""
    yield
    assert throttle._waiting._value == throttle.MOST_WAITING
