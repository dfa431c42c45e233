#!/usr/bin/env python3
"""Hold every word that somebody will read to the lists of words we avoid.

    python tools/words_lint.py          prints each finding: where, what, why, and what to say

Words hurt, shame, or claim what nobody can do. The lists are in tools/words, one a language. They follow the
safe-messaging rules of the field, which docs/words.md tells in full and each rule names by its section:
suicide and self-harm (2.1), abuse (2.2), no streaks and no scores (2.7), what may be promised to somebody
before they join (4.2), and what a thing that is not a medical device may say (10.1).

Three kinds of text are read:

    strings   what gettext shows, in every language, with the translations
    code      every other sentence in the code: help of the command line, seeded words, errors
    papers    README, docs and docstrings

In papers, the rules on streaks and on medical devices excuse a sentence that denies the thing ("no streaks",
"it never predicts"); nowhere else. Whatever else is excused stands in ALLOWED, with its reason, and an
allowance that excuses nothing any more is a finding too.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from babel.messages.pofile import read_po

from tools import messages

HOUSE = Path(__file__).resolve().parent.parent
LISTS = HOUSE / "tools/words"
LANGUAGES = ("en", "es", "de", "fr", "ja")

STRINGS, CODE, PAPERS = "strings", "code", "papers"
READ_BY_PEOPLE = frozenset({STRINGS, CODE})
EVERYWHERE = frozenset({STRINGS, CODE, PAPERS})


@dataclass(frozen=True)
class Rule:
    """One thing we do not say in one language. `catches` and `passes` are its own proof."""

    language: str
    source: str
    pattern: str
    instead: str
    catches: tuple[str, ...]
    passes: tuple[str, ...] = ()
    kinds: frozenset[str] = EVERYWHERE
    may_be_denied: bool = False  # in papers, "no streaks" is fine


@dataclass(frozen=True)
class Text:
    """Something that somebody will read, and where it stands."""

    place: str
    language: str
    kind: str
    words: str = field(repr=False)


@dataclass(frozen=True)
class Finding:
    """One avoided phrase in one place."""

    place: str
    phrase: str
    rule: Rule

    def __str__(self) -> str:
        return f"{self.place}: “{self.phrase}” ({self.rule.source}). {self.rule.instead}"


@dataclass(frozen=True)
class Allowed:
    """A phrase that may stand in one file, and why."""

    file: str
    phrase: str
    because: str


# ---------------------------------------------------------------- what is excused, and why

ALLOWED = (
    Allowed(
        "src/ibasho/programme/lines.py",
        "at risk",
        "a cell of the table of lines as its maintainers wrote it; the page says it in other words",
    ),
)

# Markdown between these two lines quotes the lists themselves; only these files may do so.
QUOTES = re.compile(r"<!-- words we avoid -->.*?<!-- end of words we avoid -->", re.DOTALL)
MAY_QUOTE = {"docs/words.md": "the page that tells people which words we avoid"}

DENIAL = re.compile(
    r"\b(?:no|not|never|nothing|nobody|none|neither|nor|cannot|without|\w+n[’']t)\b", re.IGNORECASE
)

# ---------------------------------------------------------------- the lists


def rules_of(language: str, text: str) -> Iterator[Rule]:
    """The rules of one list. A pattern has alternatives, and may name a piece of the list as <piece>."""
    table = tomllib.loads(text)
    for entry in table["rule"]:
        pattern = "|".join(entry["pattern"])
        for piece, words in table.get("pieces", {}).items():
            pattern = pattern.replace(f"<{piece}>", words)
        yield Rule(
            language=language,
            source=entry["source"],
            pattern=pattern,
            instead=entry["instead"],
            catches=tuple(entry["catches"]),
            passes=tuple(entry.get("passes", ())),
            kinds=READ_BY_PEOPLE if entry.get("papers_may") else EVERYWHERE,
            may_be_denied=entry.get("papers_may_deny", False),
        )


# How anything is written, in every language: unhurried. Only for what gettext shows.
MANNER = tuple(
    Rule(language, "how we write", pattern, instead, catches=catches, kinds=frozenset({STRINGS}))
    for language in LANGUAGES
    for pattern, instead, catches in (
        (r"[!！¡]", "No exclamation marks: nobody is shouted at.", ("Welcome!", "ようこそ！", "¡Hola")),
        (
            "[\U0001f000-\U0001faff\u2600-\u26ff\u2763-\u2767\ufe0f]",
            "No emoji: draw something, or say it.",
            ("Good \U0001f600", "\u2764\ufe0f"),
        ),
    )
)

RULES: tuple[Rule, ...] = MANNER + tuple(
    rule for file in sorted(LISTS.glob("*.toml")) for rule in rules_of(file.stem, file.read_text("utf-8"))
)
_COMPILED = {rule: re.compile(rule.pattern, re.IGNORECASE) for rule in RULES}

# ---------------------------------------------------------------- what is read


def strings(house: Path = HOUSE) -> Iterator[Text]:
    """What gettext shows: the words in the code, and every translation of them."""
    for message in messages.gathered(house):
        for words in message.texts:
            yield Text(f"{message.file}:{message.line}", "en", STRINGS, words)
    for language, po in messages.catalogues(house):
        with po.open("rb") as file:
            catalogue = read_po(file, locale=language)
        for entry in catalogue:
            for words in messages.strings(entry.string) if entry.id else ():
                yield Text(f"{po.relative_to(house)}:{entry.lineno}", language.split("_")[0], STRINGS, words)


def code(house: Path = HOUSE) -> Iterator[Text]:
    """Every sentence in the code that gettext does not show, and the docstrings, which are papers."""
    for file in sorted((house / "src/ibasho").rglob("*.py")):
        if "tests" in file.parts:
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docstrings = set(_docstrings(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
                kind = PAPERS if node in docstrings else CODE
                yield Text(f"{file.relative_to(house)}:{node.lineno}", "en", kind, node.value)


def papers(house: Path = HOUSE) -> Iterator[Text]:
    """README and everything under docs, one paragraph at a time."""
    files = [*house.glob("*.md"), *house.glob("docs/**/*.md"), *house.glob("LICENSES/*.md")]
    for file in sorted(files):
        name, words = str(file.relative_to(house)), file.read_text(encoding="utf-8")
        if name in MAY_QUOTE:
            words = QUOTES.sub(lambda quote: "\n" * quote[0].count("\n"), words)
        line = 1
        for paragraph in re.split(r"(\n\s*\n)", words):
            if paragraph.strip():
                yield Text(f"{name}:{line}", "en", PAPERS, paragraph)
            line += paragraph.count("\n")


def _docstrings(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


# ---------------------------------------------------------------- what is found


def findings(texts: Iterable[Text]) -> Iterator[Finding]:
    """Every avoided phrase, before anything is excused."""
    for text in texts:
        for rule, pattern in _COMPILED.items():
            if rule.language != text.language or text.kind not in rule.kinds:
                continue
            for match in pattern.finditer(text.words):
                if rule.may_be_denied and text.kind == PAPERS and _is_denied(text.words, match.start()):
                    continue
                line = text.words.count("\n", 0, match.start())
                yield Finding(_further_down(text.place, line), " ".join(match[0].split()), rule)


def excused(found: Iterable[Finding], allowed: Iterable[Allowed] = ALLOWED) -> Iterator[Finding | str]:
    """What is left after the allowances, and every allowance that excuses nothing."""
    allowed = tuple(allowed)
    used = set()
    for finding in found:
        for allowance in allowed:
            if finding.place.startswith(f"{allowance.file}:") and finding.phrase == allowance.phrase:
                used.add(allowance)
                break
        else:
            yield finding
    for allowance in allowed:
        if allowance not in used:
            yield f"{allowance.file}: nothing is left that needs “{allowance.phrase}” to be allowed"


def everything(house: Path = HOUSE) -> list[Finding | str]:
    """What is wrong with the words of this house."""
    return list(excused(findings((*strings(house), *code(house), *papers(house)))))


def _is_denied(words: str, start: int) -> bool:
    """Whether the same sentence says no before it comes to the phrase."""
    sentence = re.split(r"[.?!:;]\s", words[:start])[-1]
    return DENIAL.search(sentence) is not None


def _further_down(place: str, lines: int) -> str:
    file, _, line = place.rpartition(":")
    return f"{file}:{int(line) + lines}" if line.isdigit() else place


def main() -> int:
    """Print what is wrong, and fail if anything is."""
    wrong = everything()
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
