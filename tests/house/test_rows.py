"""Which room may lean on which, and who may touch a cipher. The rules stand in pyproject.toml."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.reading import HOUSE, PACKAGE


def rows_kept(house: Path) -> tuple[bool, str]:
    """Run import-linter over the house that stands in a folder."""
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as go; go()", "--no-cache"],
        cwd=house,
        env=os.environ | {"PYTHONPATH": str(house / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode == 0, run.stdout + run.stderr


@pytest.fixture
def another_house(tmp_path):
    """A copy to break things in."""
    shutil.copy(HOUSE / "pyproject.toml", tmp_path)
    shutil.copytree(
        PACKAGE, tmp_path / "src/ibasho", ignore=shutil.ignore_patterns("__pycache__", "static", "lists")
    )
    return tmp_path


def test_every_room_leans_only_on_the_rows_it_may():
    kept, said = rows_kept(HOUSE)
    assert kept, said


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("vault/leaning.py", "from ibasho import web"),
        ("web/leaning.py", "import ibasho.people"),
        ("programme/leaning.py", "from ibasho.today import views"),
        ("help/leaning.py", "from ibasho import people"),
        ("keepsakes/leaning.py", "import ibasho.help"),
        ("plan/leaning.py", "import ibasho.pocket"),
        ("today/leaning.py", "import ibasho.machine"),
        ("today/leaning.py", "from cryptography.hazmat.primitives import hashes"),
        ("machine/leaning.py", "import pyrage"),
        ("cellar/__init__.py", "'A room that nobody gave a row.'"),
    ],
)
def test_a_room_that_leans_the_wrong_way_is_found(another_house, file, line):
    planted = another_house / "src/ibasho" / file
    for room in (
        "vault",
        "web",
        "programme",
        "help",
        "keepsakes",
        "plan",
        "pocket",
        "people",
        "today",
        "machine",
    ):
        (another_house / "src/ibasho" / room).mkdir(exist_ok=True)
        (another_house / "src/ibasho" / room / "__init__.py").touch()
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(f'"""Planted."""\n\n{line}\n', encoding="utf-8")
    (another_house / "src/ibasho/today/views.py").touch()

    kept, said = rows_kept(another_house)

    assert not kept
    assert planted.parent.name in said
