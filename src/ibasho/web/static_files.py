"""Style, script, type and drawings, under names made from their own content.

A file's address changes when the file does, so browsers may keep it for good and never ask again.
`build` writes every file once, with its compressed siblings, when the server starts; WhiteNoise serves them.
"""

import base64
import gzip
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from wsgiref.types import WSGIApplication

import brotli
from whitenoise import WhiteNoise

from ibasho.web.headers import FILES, HTTPS

SOURCES = Path(__file__).resolve().parent / "static"
PREFIX = "/static/"

# Style sheets are written in layers and served as one file. `first.css` goes inside the pages people
# meet first, so that the first visit is one round trip: no typeface of its own, and only what they need.
BUNDLES = {
    "ibasho.css": ("fonts", "tokens", "base", "layout", "components", "answers", "rooms"),
    "asks.css": ("asks",),  # for the few pages that show a week
    "charts.css": ("charts",),  # for a month that is looked back on
    "first.css": ("tokens", "base", "layout", "components"),
}

_HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")
_COMPRESSIBLE = {".css", ".js", ".svg"}


@cache
def content(name: str) -> bytes:
    """A file as it is served: bundles joined and made small, references replaced by lasting names."""
    if name in BUNDLES:
        layers = [(SOURCES / "css" / f"{layer}.css").read_text("utf-8") for layer in BUNDLES[name]]
        return _small("".join(layers)).encode()
    if name.endswith(".js") and ".min." not in name:  # its comments are for those who read the source
        return re.sub(r"^[ ]*(//.*)?\n?", "", (SOURCES / name).read_text("utf-8"), flags=re.M).encode()
    return (SOURCES / name).read_bytes()


@cache
def static(name: str) -> str:
    """The lasting address of a file. Raises FileNotFoundError when there is none."""
    stem, dot, ending = name.rpartition(".")
    return f"{PREFIX}{stem}.{hashlib.sha256(content(name)).hexdigest()[:12]}{dot}{ending}"


@cache
def inline_style(name: str = "first.css") -> tuple[str, str]:
    """A style sheet to put inside a page, and the hash that the page's policy allows it by."""
    text = content(name).decode()
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return text, f"sha256-{digest}"


def names() -> list[str]:
    """Every file that is served, by the name templates use."""
    files = (
        str(path.relative_to(SOURCES))
        for path in SOURCES.rglob("*")
        if path.is_file() and path.relative_to(SOURCES).parts[0] != "css"
    )
    return sorted([*files, *BUNDLES])


def build(target: Path, only: Iterable[str] | None = None) -> None:
    """Write every file under its lasting name, with brotli and gzip siblings where they are smaller."""
    for name in names() if only is None else only:
        path = target / static(name).removeprefix(PREFIX)
        path.parent.mkdir(parents=True, exist_ok=True)
        body = content(name)
        path.write_bytes(body)
        if path.suffix in _COMPRESSIBLE:
            for ending, small in (
                (".br", brotli.compress(body, quality=11)),
                (".gz", gzip.compress(body, 9, mtime=0)),
            ):
                if len(small) < len(body):
                    path.with_name(path.name + ending).write_bytes(small)


def serve(application: WSGIApplication, folder: Path, *, https: bool) -> WhiteNoise:
    """The application with its files before it, from a folder that `build` filled."""
    extra = FILES | (HTTPS if https else {})

    def add_headers(headers: "dict[str, str]", path: str, url: str) -> None:
        for key, value in extra.items():
            headers[key] = value

    return WhiteNoise(
        application,
        root=str(folder),
        prefix=PREFIX,
        max_age=None,
        allow_all_origins=False,
        charset="utf-8",
        add_headers_function=add_headers,
        immutable_file_test=lambda path, url: _HASHED.search(url) is not None,
    )


def _small(css: str) -> str:
    """The same style sheet without comments and spare spaces, with `url(name)` made lasting."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,]) ?", r"\1", css)
    css = re.sub(r"([:(]) ", r"\1", css).replace(";}", "}")
    return re.sub(r"url\(([^)]+)\)", lambda match: f"url({static(match[1])})", css).strip()
