"""How the house reads itself: its own files, and nothing that a running programme made."""

import ast
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent.parent
PACKAGE = HOUSE / "src/ibasho"


def programs() -> Iterator[Path]:
    """Every Python file of the programme, without its tests."""
    found = sorted(file for file in PACKAGE.rglob("*.py") if "tests" not in file.parts)
    assert found
    yield from found


def templates() -> Iterator[Path]:
    """Every page and part of a page."""
    yield from sorted(PACKAGE.glob("*/templates/**/*.html"))


def rooms() -> list[str]:
    """Every module or package that stands directly in the house."""
    files = {file.stem for file in PACKAGE.glob("*.py")} - {"__init__"}
    folders = {file.parent.name for file in PACKAGE.glob("*/*.py")}
    return sorted(files | folders)


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def name_of(node: ast.AST) -> str:
    """`a.b.c` for a name or an attribute; nothing for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = name_of(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""
