"""What is kept of a keepsake: what it says, and a picture in boxes of its own."""

import datetime as dt
import re
from typing import Final

from ibasho import vault

SORTS: Final = ("words", "picture", "song")

# A shelf one looks at, not an archive: sixty open as one page. A picture takes half a mebibyte in the database and in
# each of its copies, so thirty are fifteen mebibytes a person.
MOST_KEEPSAKES: Final = 60
MOST_PICTURES: Final = 30

TEXT_MOST: Final = 4000  # characters: a letter of two pages
BESIDE_MOST: Final = 500  # beside a picture; read aloud in its place
BY_MOST: Final = 80
TITLE_MOST: Final = 120
LINK_MOST: Final = 500

PICTURE_IN_MOST: Final = 8 << 20  # bytes of a file, as it comes from a phone; also what the jail takes

_KEY = re.compile(r"[0-9a-f]{16}")
_CHAPTER = "all"


class Keepsake(vault.Record, kind="keepsake", version=1):
    """Something that makes a day bearable. `sort` is one of SORTS.

    `text` is the letter or the line; beside a picture it says what is on it. `by` is whoever wrote or sings it.
    `width` and `height` are those of the picture. `left_out` keeps it out of "one of mine".
    """

    sort: str
    added_at: dt.datetime
    text: str = ""
    by: str = ""
    title: str = ""
    link: str = ""
    width: int = 0
    height: int = 0
    left_out: bool = False


class KeepsakePicture(vault.Record, kind="keepsake-picture", version=1):
    """The picture of a keepsake, a JPEG, at the same place: a list of keepsakes opens none."""

    jpeg: bytes


class KeepsakeThumbnail(vault.Record, kind="keepsake-thumbnail", version=1):
    """The same picture, small."""

    jpeg: bytes


def place_of(key: str) -> vault.RecordId:
    """Where a keepsake lies. Raises vault.NotFound for what is no key."""
    if not _KEY.fullmatch(key):
        raise vault.NotFound
    return f"{_CHAPTER}/{key}"


def key_at(place: vault.RecordId) -> str:
    """Which keepsake lies at a place."""
    return place.partition("/")[2]


def is_key(text: str) -> bool:
    """Whether this could be the key of a keepsake."""
    return _KEY.fullmatch(text) is not None
