#!/usr/bin/env python3
"""Gather every string for translators, merge it into each catalogue, and compile what they wrote.

    make messages                    gather, merge, compile
    tools/messages.py --new es       begin a language

Catalogues are src/ibasho/locale/<language>/LC_MESSAGES/django.po. The compiled .mo beside each is committed
too, since a running programme has no Babel. Nothing here touches the network.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HOUSE = Path(__file__).resolve().parent.parent
PACKAGE = "src/ibasho"
LOCALE = HOUSE / PACKAGE / "locale"

WHERE = [
    ("**/tests/**", "ignore"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
    ("**.py", "python"),
]
OPTIONS = {
    pattern: {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"} for pattern, _ in WHERE
}
# Django's lazy twins take the same arguments.
LAZY = {f"{name}_lazy": DEFAULT_KEYWORDS[name] for name in ("gettext", "ngettext", "pgettext", "npgettext")}
KEYWORDS = DEFAULT_KEYWORDS | LAZY | {"gettext_noop": None, "_l": None}
BEGIN = "# The words of Ibasho in one language. CC BY 4.0. Before you begin, read docs/words.md."
NOTE = "Translators:"  # a comment that begins so is shown to them


@dataclass(frozen=True)
class Message:
    """One string that somebody will read, in the words the code has for it."""

    file: str
    line: int
    texts: tuple[str, ...]  # one, or singular and plural
    context: str | None
    comments: tuple[str, ...]


def gathered(house: Path = HOUSE) -> Iterator[Message]:
    """Every string of the code and the templates, in the order of the files."""
    found = extract_from_dir(house / PACKAGE, WHERE, OPTIONS, KEYWORDS, (NOTE,))
    for file, line, text, comments, context in sorted(found, key=lambda row: (row[0], row[1])):
        yield Message(f"{PACKAGE}/{file}", line, strings(text), context, tuple(comments))


def catalogues(house: Path = HOUSE) -> Iterator[tuple[str, Path]]:
    """Each language that somebody translates into, and its file."""
    for po in sorted((house / PACKAGE / "locale").glob("*/LC_MESSAGES/django.po")):
        yield po.parent.parent.name, po


def main(arguments: list[str]) -> int:
    """Merge and compile every catalogue; print counts."""
    asked = argparse.ArgumentParser(description="Gather strings, merge and compile catalogues.")
    asked.add_argument("--new", metavar="LANGUAGE", help="begin a catalogue for this language")
    chosen = asked.parse_args(arguments)

    template = Catalog(project="Ibasho", charset="utf-8")
    for message in gathered():
        template.add(
            message.texts if len(message.texts) > 1 else message.texts[0],
            locations=[(message.file, message.line)],
            auto_comments=message.comments,
            context=message.context,
        )
    LOCALE.mkdir(exist_ok=True)
    with (LOCALE / "django.pot").open("wb") as file:
        write_po(file, template, width=100, omit_header=True, include_lineno=False)

    if chosen.new:
        begun = LOCALE / chosen.new / "LC_MESSAGES" / "django.po"
        begun.parent.mkdir(parents=True, exist_ok=True)
        if not begun.exists():
            with begun.open("wb") as file:
                write_po(
                    file, Catalog(locale=chosen.new, project="Ibasho", header_comment=BEGIN, fuzzy=False)
                )

    print(f"{len(template)} strings.")
    for language, po in catalogues():
        with po.open("rb") as file:
            catalogue = read_po(file, locale=language)
        catalogue.update(template, no_fuzzy_matching=True)
        with po.open("wb") as file:
            # No line numbers: a line that moved is no news for a translator.
            write_po(file, catalogue, width=100, ignore_obsolete=True, include_lineno=False)
        po.with_suffix(".mo").write_bytes(compiled(po))
        done = sum(bool(message.id) and all(strings(message.string)) for message in catalogue)
        print(f"{language}: {done} of {len(template)} translated.")
    return 0


def compiled(po: Path) -> bytes:
    """What gettext reads, made from what a translator wrote."""
    with po.open("rb") as file:
        catalogue = read_po(file, locale=po.parent.parent.name)
    binary = BytesIO()
    write_mo(binary, catalogue)
    return binary.getvalue()


def strings(text: object) -> tuple[str, ...]:
    """What Babel keeps as one string or as several, always as several."""
    return tuple(text) if isinstance(text, (tuple, list)) else (str(text or ""),)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
