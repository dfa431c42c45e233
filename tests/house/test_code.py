"""What no program of the house does, found by reading every one of them.

VAULT 9.13: nothing is cached in the vault, nothing is printed or logged there, no tag is compared with `==`,
and chance comes from `secrets`. Each rule is proved by code that breaks it.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house.reading import PACKAGE, name_of, parsed, programs

Found = Iterator[tuple[int, str]]

CACHES = {"cache", "lru_cache", "cached_property", "alru_cache"}
LOGGERS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
SECRET_WORDS = ("tag", "mac", "digest", "proof", "token", "secret", "signature")


def caches(tree: ast.AST) -> Found:
    """A cache keeps what it was given: words, keys, whole rooms."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            names = {alias.name.rpartition(".")[2] for alias in node.names}
        else:
            names = {name_of(node).rpartition(".")[2]}
        for name in names & CACHES:
            yield getattr(node, "lineno", 0), f"{name} keeps what it was given"


def chance(tree: ast.AST) -> Found:
    """`random` can be guessed."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "random" for alias in node.names):
            yield node.lineno, "random can be guessed; secrets cannot"
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "random":
            yield node.lineno, "random can be guessed; secrets cannot"


def talk(tree: ast.AST) -> Found:
    """What is printed stands in somebody's journal."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node.func) in {"print", "pprint", "breakpoint"}:
            yield node.lineno, f"{name_of(node.func)} ends in a journal"
        if isinstance(node, ast.Call) and name_of(node.func) in {"sys.stdout.write", "sys.stderr.write"}:
            yield node.lineno, f"{name_of(node.func)} ends in a journal"


def logs(tree: ast.AST) -> Found:
    """A log line may say what kind of thing happened; never with what, or to whom."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr not in LOGGERS or "log" not in name_of(node.func.value).rpartition(".")[2]:
            continue
        plain = [isinstance(arg, ast.Constant) for arg in node.args]
        if not all(plain) or len(plain) > 1 or any(word.arg == "extra" for word in node.keywords):
            yield node.lineno, "a log line with something in it"


def any_log(tree: ast.AST) -> Found:
    """The vault does not log at all."""
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        module = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if any(name.split(".")[0] == "logging" for name in names + module):
            yield getattr(node, "lineno", 0), "the vault has nothing to say to a log"


def comparisons(tree: ast.AST) -> Found:
    """`==` stops at the first byte that differs, and time tells which."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        if not any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
            continue
        for side in (node.left, *node.comparators):
            word = name_of(side).rpartition(".")[2].rpartition("_")[2]
            if word in SECRET_WORDS:
                yield node.lineno, f"{name_of(side)} is compared with ==; hmac.compare_digest takes its time"


def in_the_vault(file: Path) -> bool:
    return file.is_relative_to(PACKAGE / "vault")


def in_the_demo(file: Path) -> bool:
    return "demo" in file.relative_to(PACKAGE).as_posix()


def on_the_command_line(file: Path) -> bool:
    return file.is_relative_to(PACKAGE / "machine")


Rule = tuple[Callable[[ast.AST], Found], Callable[[Path], bool]]

RULES: dict[str, Rule] = {
    "the vault caches nothing": (caches, in_the_vault),
    "chance comes from secrets, except for invented people": (chance, lambda file: not in_the_demo(file)),
    "only the command line prints": (talk, lambda file: not on_the_command_line(file)),
    "a log never says what, or who": (logs, lambda file: True),
    "the vault logs nothing": (any_log, in_the_vault),
    "secrets are compared in even time": (comparisons, in_the_vault),
}


@pytest.mark.parametrize("rule", RULES)
def test_the_house_keeps_the_rule(rule):
    offences, applies = RULES[rule]
    found = [
        f"{file.relative_to(PACKAGE)}:{line}: {why}"
        for file in programs()
        if applies(file)
        for line, why in offences(parsed(file))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("the vault caches nothing", "from functools import lru_cache"),
        ("the vault caches nothing", "import functools\n@functools.cache\ndef stretched(words): ..."),
        ("the vault caches nothing", "from django.utils.functional import cached_property"),
        ("chance comes from secrets, except for invented people", "import random"),
        ("chance comes from secrets, except for invented people", "from random import choice"),
        ("only the command line prints", "print(words)"),
        ("only the command line prints", "import sys\nsys.stderr.write(words)"),
        ("a log never says what, or who", "logger.info('opened %s', words)"),
        ("a log never says what, or who", "log.warning(f'{name} came')"),
        ("a log never says what, or who", "logging.error('no', extra={'who': name})"),
        ("a log never says what, or who", "self.logger.exception(error)"),
        ("the vault logs nothing", "import logging"),
        ("the vault logs nothing", "from logging import getLogger"),
        ("secrets are compared in even time", "if tag == row.tag: ..."),
        ("secrets are compared in even time", "found = row.proof != given"),
        ("secrets are compared in even time", "return_ = [r for r in rows if wanted == r.lock_tag]"),
    ],
)
def test_code_that_breaks_the_rule_is_found(rule, code):
    offences, _ = RULES[rule]
    assert list(offences(ast.parse(code)))


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("a log never says what, or who", "logger.info('worker renewed')"),
        ("a log never says what, or who", "math.log(2)"),
        ("secrets are compared in even time", "if kind == 'tag': ..."),
        ("the vault caches nothing", "cache_size = -1"),
    ],
)
def test_honest_code_is_left_alone(rule, code):
    offences, _ = RULES[rule]
    assert not list(offences(ast.parse(code)))


def test_the_rules_about_a_place_find_it():
    """Each place the rules speak of is there: a renamed folder may not fall out of a rule unseen."""
    found = list(programs())
    assert any(map(in_the_vault, found))
    assert any(map(on_the_command_line, found))
    assert any(map(in_the_demo, found))
