"""What may be typed into a keepsake. Shape only; nothing typed is ever thrown away."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from ibasho.keepsakes.actions import new_key
from ibasho.keepsakes.records import (
    BESIDE_MOST,
    BY_MOST,
    LINK_MOST,
    TEXT_MOST,
    TITLE_MOST,
    Keepsake,
    is_key,
)
from ibasho.vault import clock
from ibasho.web.forms import fitted, one_line, tidy, whole_number

# What is asked for each sort, and how long it may be.
FIELDS: dict[str, dict[str, int]] = {
    "words": {"text": TEXT_MOST, "by": BY_MOST},
    "picture": {"text": BESIDE_MOST},
    "song": {"title": TITLE_MOST, "by": BY_MOST, "link": LINK_MOST},
}
NEEDED = {"words": "text", "song": "title"}

_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@dataclass
class KeepsakeForm:
    """What a browser sent about one keepsake. `typed` goes back on the page whatever is wrong with it."""

    sort: str
    key: str = ""
    seen: int = 0
    typed: dict[str, str] = field(default_factory=dict, repr=False)
    left_out: bool = False
    errors: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def new(cls, sort: str) -> "KeepsakeForm":
        """An empty form, with the key that what it brings will be kept under."""
        return cls(sort, new_key(), 0, dict.fromkeys(FIELDS[sort], ""))

    @classmethod
    def of(cls, record: Keepsake, seen: int) -> "KeepsakeForm":
        """The form as it is filled from what is kept."""
        typed = {name: str(getattr(record, name)) for name in FIELDS[record.sort]}
        return cls(record.sort, "", seen, typed, record.left_out)

    @classmethod
    def read(cls, sort: str, post: Mapping[str, str]) -> "KeepsakeForm":
        """Read and check a form; see `errors` afterwards."""
        ticket, seen = post.get("ticket", ""), post.get("seen", "0")
        form = cls(sort, ticket if is_key(ticket) else new_key())
        form.seen = whole_number(seen) or 0
        form.left_out = post.get("left_out") == "on"
        for name, most in FIELDS[sort].items():
            form._text(name, post.get(name, ""), most)
        needed = NEEDED.get(sort)
        if needed and not form.typed[needed] and needed not in form.errors:
            form.errors[needed] = [
                _("Something belongs here before it can be kept. A few words are enough.")
                if sort == "words"
                else _("A song is kept under its name, or whatever you call it.")
            ]
        if form.typed.get("link") and "link" not in form.errors and not is_link(form.typed["link"]):
            form.errors["link"] = [
                _("A link that begins with https:// and names a place fits here. It can also be left out.")
            ]
        return form

    def record(self, before: Keepsake | None = None, *, width: int = 0, height: int = 0) -> Keepsake:
        """What was typed, as a record. Only for a form without errors."""
        said = {name: self.typed.get(name, "") for name in ("text", "by", "title", "link")}
        return Keepsake(
            sort=self.sort,
            added_at=before.added_at if before else clock.instant(),
            width=before.width if before else width,
            height=before.height if before else height,
            left_out=self.left_out,
            **said,
        )

    def _text(self, name: str, value: str, most: int) -> None:
        self.typed[name], wrong = fitted(tidy(value) if name == "text" else one_line(value), most)
        if wrong:
            self.errors[name] = wrong


def is_link(text: str) -> bool:
    """Whether this leads to a named place over https, and to nothing that looks like another one."""
    if re.search(r"[^\x21-\x7e]|[\\<>\"'`{}|^]", text):
        return False
    try:
        parts = urlsplit(text)
        plain = parts.netloc.lower().removesuffix(":443")
    except ValueError:
        return False
    return parts.scheme == "https" and _HOST.fullmatch(plain) is not None
