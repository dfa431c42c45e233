"""Generated words: never chosen, never stored (VAULT 1.1).

The lists hold 7,776 words or more each, so six words carry at least 77.5 bits.
Sources and licences: THIRD_PARTY.md.
"""

import re
import secrets
import unicodedata
from importlib import resources

from ibasho.vault.errors import BadWords

LONGEST = 128  # characters; longer input is refused before any work is done (attack 51)
SMALLEST_LIST = 7776
NAMES = {"en": "English", "de": "Deutsch", "es": "Español"}

DOOR_WORDS = 6
HELPER_WORDS = 7
RECOVERY_WORDS = 8
INVITATION_WORDS = 5


def _load(language: str) -> tuple[str, ...]:
    text = resources.files(__package__).joinpath(f"lists/{language}.txt").read_text("utf-8")
    return tuple(text.split())


LISTS = {language: _load(language) for language in NAMES}
LANGUAGES = tuple(NAMES)
_KNOWN = {language: frozenset(words) for language, words in LISTS.items()}


def new_words(count: int = DOOR_WORDS, language: str = "en") -> str:
    """Draw fresh words, lower case, joined by single spaces."""
    words = LISTS.get(language, LISTS["en"])
    return " ".join(secrets.choice(words) for _ in range(count))


def clean_words(text: str) -> str:
    """Bring typed words into their one canonical form.

    Case, extra spaces, commas, full stops and numbering are forgiven; a word that is on no list
    is not. Raises BadWords, with the position of the first word that no list holds.
    """
    if len(text) > LONGEST * 2:
        raise BadWords
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadWords from None
    words = re.sub(r"[^\w\s-]|_|\d", " ", unicodedata.normalize("NFKC", text)).lower().split()
    canonical = " ".join(words)
    if not words or len(canonical) > LONGEST:
        raise BadWords
    if any(known.issuperset(words) for known in _KNOWN.values()):
        return canonical
    for position, word in enumerate(words, 1):
        if not any(word in known for known in _KNOWN.values()):
            raise BadWords(position)
    raise BadWords


def pick(seed: bytes, count: int) -> str:
    """Spell a seed as words to compare aloud: four bytes a word, from the English list."""
    english = LISTS["en"]
    numbers = (int.from_bytes(seed[i * 4 : i * 4 + 4], "big") for i in range(count))
    return " ".join(english[number % len(english)] for number in numbers)
