#!/usr/bin/env python3
"""The letters we wrote ourselves, and what each sentence of them carries.

    python screening/corpus.py      prints how many letters, voices, pairs and sentences of each label there are

Why they exist, how they were written and what they cannot teach: corpus/README.md. A file is one voice: four lines
about the voice, then letters, with one sentence a line and its labels in brackets behind it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).resolve().parent / "corpus"

LABELS = {
    "T": "threat",
    "S": "encouragement to harm oneself",
    "I": "insult and degradation",
    "M": "manipulation",
    "C": "control, watching, demand for contact",
    "X": "sexual degradation",
    "A": "the sender announces their own suicide",
}
CHANNELS = frozenset({"letter", "mail", "message", "note", "voicemail"})
FACTS = frozenset({"date", "practical"})

HEAD = ("voice", "who", "english", "manner")
SENTENCE = re.compile(r"(?P<text>[^\[\]]*[^\[\]\s])\s*(?:\[(?P<labels>[A-Z](?:,[A-Z])*)\])?")


class Unreadable(ValueError):
    """A file of the corpus does not say what it should; names the file and the line."""


@dataclass(frozen=True)
class Sentence:
    """One sentence, and the labels it carries by itself or plainly where it stands."""

    text: str
    labels: frozenset[str]


@dataclass(frozen=True)
class Letter:
    """One letter or message of one voice.

    Two letters of a voice with the same `pair` differ as little as they can: one of them may hurt, the other
    does not. Letters with a `series` are by one sender, in the order they came.
    """

    channel: str
    theme: str
    sentences: tuple[Sentence, ...]
    pair: int | None = None
    series: int | None = None
    facts: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """The letter as it would be read, a space between two sentences."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def labels(self) -> frozenset[str]:
        """What at least one sentence carries; empty for a letter that hurts nobody."""
        return frozenset(label for sentence in self.sentences for label in sentence.labels)


@dataclass(frozen=True)
class Voice:
    """One invented person who writes, and the people around them. Splits are made by voice, never by letter."""

    name: str
    who: str
    english: str
    manner: str
    letters: tuple[Letter, ...]


def voices(folder: Path = CORPUS) -> list[Voice]:
    """Every voice, in the order of their names. Raises `Unreadable`."""
    return [read(file) for file in sorted(folder.glob("*.txt"))]


def read(file: Path) -> Voice:
    """The voice a file holds. Raises `Unreadable`, with the line."""
    return voice_of(file.stem, file.read_text(encoding="utf-8"))


def voice_of(name: str, text: str) -> Voice:
    """The voice that a text of this form holds, if it says that it has this name. Raises `Unreadable`."""
    lines = text.splitlines()
    head = dict(line.split(": ", 1) for line in lines[: len(HEAD)] if ": " in line)
    if tuple(head) != HEAD or head["voice"] != name:
        raise Unreadable(f"{name}: the first four lines are voice, who, english and manner")
    letters = tuple(_letter(name, block) for block in _blocks(lines, len(HEAD)))
    for pair, harmful in _pairs(letters).items():
        if sorted(harmful) != [False, True]:
            raise Unreadable(f"{name}: pair {pair} is one letter that hurts and one that does not")
    return Voice(name, head["who"], head["english"], head["manner"], letters)


def _blocks(lines: list[str], start: int) -> Iterator[list[tuple[int, str]]]:
    """Lines with their numbers, from one empty line to the next."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate(lines[start:], start + 1):
        if line.strip():
            block.append((number, line.strip()))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _letter(name: str, block: list[tuple[int, str]]) -> Letter:
    (number, first), *rest = block
    try:
        mark, channel, *said = first.split()
        told = dict(word.split("=", 1) for word in said)
        facts = frozenset(filter(None, told.pop("facts", "").split(",")))
        theme, pair, series = told.pop("theme"), told.pop("pair", None), told.pop("series", None)
        known = mark == "==" and channel in CHANNELS and facts <= FACTS and not told and rest
        if not known:
            raise Unreadable(f"{name}, line {number}: what kind of letter this is cannot be read")
        return Letter(
            channel,
            theme,
            tuple(_sentence(name, *line) for line in rest),
            int(pair) if pair else None,
            int(series) if series else None,
            facts,
        )
    except (KeyError, ValueError) as unreadable:
        if isinstance(unreadable, Unreadable):
            raise
        raise Unreadable(f"{name}, line {number}: what kind of letter this is cannot be read") from unreadable


def _sentence(name: str, number: int, line: str) -> Sentence:
    found = SENTENCE.fullmatch(line)
    labels = frozenset((found["labels"] or "").split(",")) - {""} if found else frozenset()
    if found is None or not labels <= LABELS.keys():
        raise Unreadable(f"{name}, line {number}: a sentence, and known labels in brackets at its end")
    return Sentence(found["text"], labels)


def _pairs(letters: Iterable[Letter]) -> dict[int, list[bool]]:
    pairs: dict[int, list[bool]] = {}
    for letter in letters:
        if letter.pair is not None:
            pairs.setdefault(letter.pair, []).append(bool(letter.labels))
    return pairs


def main() -> None:
    """Print what the corpus holds."""
    written = voices()
    letters = [letter for voice in written for letter in voice.letters]
    sentences = [sentence for letter in letters for sentence in letter.sentences]
    harmful = sum(bool(letter.labels) for letter in letters)
    pairs = sum(len(_pairs(voice.letters)) for voice in written)
    print(f"{len(written)} voices, {len(letters)} letters, {harmful} of them with a label, {pairs} pairs")
    print(f"{len(sentences)} sentences, {sum(len(letter.text.split()) for letter in letters)} words")
    of_letters = Counter(label for letter in letters for label in letter.labels)
    of_sentences = Counter(label for sentence in sentences for label in sentence.labels)
    for label, meaning in LABELS.items():
        print(f"{label}  {of_letters[label]:5} letters {of_sentences[label]:6} sentences   {meaning}")


if __name__ == "__main__":
    main()
