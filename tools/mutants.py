"""Take each refusal and each check out of the rooms that refuse, one at a time: a test must notice.

    make mutants            all of them
    tools/mutants.py inviting sharing   only modules with these words in their path

A mutant replaces one `raise`, one guard (`if …:` that ends in a refusal), one `must` of a statement or one
verifying call by nothing. It is killed when the tests of its room fail. A survivor is printed and the exit code
is 1. The work happens in a copy of the project, so nothing here is touched.
"""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ROOMS = tuple(
    f"src/ibasho/{room}" for room in ("vault", "people", "plan", "safekeeping", "keepsakes", "pocket")
)
CHECKS = {"check_signature", "use_once", "begin"}  # calls that refuse by raising


@dataclass(frozen=True)
class Mutant:
    """One refusal taken out of one file."""

    path: Path
    line: int
    what: str
    source: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(HERE / 'src/ibasho')}:{self.line}: {self.what}"


def mutants_of(path: Path) -> Iterator[Mutant]:
    """One mutant for each refusal in a file."""
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    for number, node in enumerate(ast.walk(tree)):
        change = _change(node)
        if change is None:
            continue
        what, blank = change
        fresh = ast.parse(text)
        twin = list(ast.walk(fresh))[number]
        blank(twin)
        source = ast.unparse(ast.fix_missing_locations(fresh))
        yield Mutant(path, getattr(node, "lineno", 0), what, source)


def _change(node: ast.AST):  # type: ignore[no-untyped-def]
    if isinstance(node, ast.Raise) and node.exc is not None:
        return f"raise {ast.unparse(node.exc)}", _into_pass
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        name = node.value.func
        called = name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")
        if called in CHECKS:
            return f"{called}(…)", _into_pass
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Op" and len(node.args) == 3:
        return f"must={ast.unparse(node.args[2])}", lambda call: call.args.pop()
    if (
        isinstance(node, ast.If)
        and isinstance(node.body[-1], ast.Return | ast.Continue)
        and _guards(node.test)
    ):
        return f"if {ast.unparse(node.test)}", _never
    return None


def _guards(test: ast.expr) -> bool:
    words = ast.unparse(test)
    return any(
        word in words
        for word in ("same(", "role", "Facilitator", "facilitator", "locked", "ABSOLUTE", "known")
    )


def _into_pass(node: ast.AST) -> None:
    keep = {name: getattr(node, name) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")}
    node.__class__ = ast.Pass
    node.__dict__.clear()
    node.__dict__.update(keep)


def _never(node: ast.If) -> None:
    node.test = ast.Constant(False)


def copy_project(into: Path) -> None:
    """Everything git knows, and what it does not ignore, as it is now."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=HERE, capture_output=True, check=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        source, target = HERE / name, into / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def passes(copy: Path, tests: str, first: str = "") -> bool:
    """Whether the quick tests of a room pass in the copy as it is; those most likely to fail go first."""
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    which = "not slow and not browser and not postgres and not real_argon"
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", which]
    command += [name for name in (first, tests) if name and (copy / name).exists()]
    try:
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, timeout=300)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def killed(copy: Path, mutant: Mutant, tests: str) -> bool:
    """Whether the tests of the room fail with this mutant in place."""
    target = copy / mutant.path.relative_to(HERE)
    original = target.read_text("utf-8")
    target.write_text(mutant.source, "utf-8")
    try:
        return not passes(copy, tests, f"{tests}/test_{mutant.path.stem}.py")
    finally:
        target.write_text(original, "utf-8")


def main(wanted: list[str]) -> int:
    """Run the mutants and tell which survived."""
    survivors, tried, start = [], 0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "ibasho"
        copy_project(copy)
        for place in ROOMS:
            files = sorted(set((HERE / place).rglob("*.py")) - set((HERE / place / "tests").rglob("*")))
            files = [path for path in files if not wanted or any(word in str(path) for word in wanted)]
            if files and not passes(copy, f"{place}/tests"):
                print(f"{place}/tests do not pass without any mutant; nothing could be learnt")
                return 2
            for path in files:
                for mutant in mutants_of(path):
                    tried += 1
                    if killed(copy, mutant, f"{place}/tests"):
                        print(f"killed    {mutant}", flush=True)
                    else:
                        survivors.append(mutant)
                        print(f"SURVIVED  {mutant}", flush=True)
    minutes = (time.monotonic() - start) / 60
    print(
        f"{tried} mutants, {tried - len(survivors)} killed, {len(survivors)} survived, {minutes:.1f} minutes"
    )
    return bool(survivors)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
