"""docs/threat-model.md names tests as `path::test_name`; each of them is really there, in that file."""

import ast
import re
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
MODEL = HOUSE / "docs/threat-model.md"

ROW = re.compile(r"^\|\s*(\d+)\s*\|(.*)\|\s*$", re.M)
TEST = re.compile(r"`([\w./-]+\.py)::(test_\w+)`")


def rows() -> dict[int, list[str]]:
    """The rows of the table: attack number -> what stands in the row."""
    found: dict[int, list[str]] = {}
    if MODEL.exists():
        for number, rest in ROW.findall(MODEL.read_text("utf-8")):
            found.setdefault(int(number), []).append(rest)
    return found


def named_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"), str(path))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


def test_every_test_that_is_named_is_there():
    missing = []
    assert len(rows()) > 30
    for attack, written in rows().items():
        for path, name in TEST.findall(" ".join(written)):
            file = HOUSE / path
            if not file.is_file() or name not in named_in(file):
                missing.append(f"attack {attack}: {path}::{name}")
    assert missing == []


def test_nothing_else_in_a_row_looks_like_a_test_and_is_none():
    """A name that was mistyped would prove nothing."""
    for attack, written in rows().items():
        stray = re.findall(r"test_\w+", TEST.sub("", " ".join(written)))
        assert stray == [], f"attack {attack}: {stray}"
