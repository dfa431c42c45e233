"""The lock says exactly what is installed, proves it, and gives away nothing about where it was made."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.reading import HOUSE

PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
NEEDED = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["build"]
POSTGRESQL = PROJECT["project"]["optional-dependencies"]["postgresql"]
DEV = PROJECT["dependency-groups"]["dev"]
LOCK = (HOUSE / "requirements.lock").read_text(encoding="utf-8")
PARTS = ["the programme", "with PostgreSQL", "and to work on it"]


def packages(text: str) -> list[str]:
    """The text of each package: its name and version, then its hashes."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return [block for block in re.split(r"\n(?=\S)", lines.strip()) if block.strip()]


def wrong_with(text: str) -> list[str]:
    """What a lock may not have, or has to have."""
    wrong = [f"a host or an address: {word}" for word in re.findall(r"\S*(?:://|@)\S*", text)]
    wrong += [f"an option: {line}" for line in text.splitlines() if line.startswith("-")]
    for block in packages(text):
        first = block.splitlines()[0]
        if not re.match(r"[a-z0-9.-]+(?:\[[a-z,]+\])?==[\w.!+]+(?: ;.*)? \\$", first):
            wrong.append(f"not one version: {first}")
        if not re.search(r"^    --hash=sha256:[0-9a-f]{64}", block, re.MULTILINE):
            wrong.append(f"no hash: {first}")
    return wrong


def names(text: str) -> set[str]:
    return {canonicalize_name(re.split(r"[=\[ ]", block)[0]) for block in packages(text)}


def part(number: int) -> str:
    """The lock as far as one part, as the Makefile reads it."""
    pieces = re.split(r"^# ---- .*$", LOCK, flags=re.MULTILINE)
    return "".join(pieces[: number + 2])


def test_every_package_has_one_version_and_its_hashes_and_no_host_is_named():
    assert wrong_with(LOCK) == []


@pytest.mark.parametrize(
    "planted",
    [
        "--index-url https://example.org/simple",
        "-r other.txt",
        "attrs==26.1.0",
        "attrs>=26 \\\n    --hash=sha256:" + "0" * 64,
        "attrs @ https://example.org/attrs.whl \\\n    --hash=sha256:" + "0" * 64,
        "# made with https://example.org/simple",
    ],
)
def test_a_lock_that_is_not_one_is_found(planted):
    assert wrong_with(f"{LOCK}\n{planted}\n")


def test_the_lock_is_read_in_three_parts_and_each_has_what_it_says():
    assert re.findall(r"^# ---- (.*)$", LOCK, flags=re.MULTILINE) == PARTS
    makefile = (HOUSE / "Makefile").read_text(encoding="utf-8")
    assert all(f"/^# ---- {title}/" in makefile for title in PARTS[1:])

    for number, requirements in enumerate([NEEDED, POSTGRESQL, DEV]):
        assert {canonicalize_name(Requirement(text).name) for text in requirements} <= names(part(number))


def test_a_programme_installs_nothing_that_only_developers_need():
    assert not names(part(0)) & {"pytest", "mypy", "ruff", "playwright", "psycopg", "babel"}


def test_the_lock_has_what_pyproject_asks_for():
    """Every version in the lock satisfies what pyproject.toml asks for."""
    versions = dict(re.findall(r"^([a-z0-9.-]+)(?:\[.*?\])?==([\w.!+]+)", LOCK, flags=re.MULTILINE))
    for text in NEEDED + POSTGRESQL + DEV:
        asked = Requirement(text)
        assert asked.specifier.contains(versions[canonicalize_name(asked.name)]), text


def test_every_package_we_ask_for_is_explained():
    """docs/dependencies.md has a line for each package that pyproject.toml names."""
    explained = (HOUSE / "docs/dependencies.md").read_text(encoding="utf-8")
    missing = {
        Requirement(text).name
        for text in NEEDED + POSTGRESQL + DEV
        if f"| {Requirement(text).name} " not in explained
    }
    assert missing == set()
