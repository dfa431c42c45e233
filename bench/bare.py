"""The least a page could cost: bare WSGI, minijinja and sqlite3, opening the same boxes as a page of ours.

What our page reads, derives and opens is written down once. The bare page then does the same reads, derives the
same keys and opens the same boxes with the same primitives, parses what is in them, fills a template of the same
size in which every text between two tags is put in and escaped, and compresses the answer in the same way. It
knows no addresses, forms, languages, headers or refusals.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any
from unittest import mock
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import brotli
import minijinja
import msgspec

from ibasho.vault import sessions, suite
from ibasho.vault.store import SQLITE_PRAGMAS, Store

QUALITY = 5  # as our pages are


@dataclass
class Done:
    """What one page did, each with its arguments."""

    files: list[Path] = field(default_factory=list)
    reads: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    derived: list[partial[bytes]] = field(default_factory=list)
    opened: list[tuple[bytes, bytes, bytes]] = field(default_factory=list)


@contextmanager
def watching() -> Iterator[Done]:
    """Write down what is read, derived and opened meanwhile."""
    done = Done()
    rows, unseal, place = Store.rows, suite.unseal, sessions._row_path

    def seen_rows(store: Store, sql: str, params: Any = ()) -> Any:
        done.reads.append((sql, tuple(params)))
        return rows(store, sql, params)

    def seen_unseal(key: bytes, context: bytes, sealed: bytes) -> bytes:
        done.opened.append((key, context, sealed))
        return unseal(key, context, sealed)

    def seen_place(*of: Any) -> Path:
        done.files.append(place(*of))
        return done.files[-1]

    def seen(primitive: Any) -> Any:
        def see(*of: Any) -> bytes:
            done.derived.append(partial(primitive, *of))
            return bytes(primitive(*of))

        return see

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(Store, "rows", seen_rows))
        stack.enter_context(mock.patch.object(suite, "unseal", seen_unseal))
        stack.enter_context(mock.patch.object(sessions, "_row_path", seen_place))
        for name in ("expand", "tag", "fingerprint"):
            stack.enter_context(mock.patch.object(suite, name, seen(getattr(suite, name))))
        yield done


def application(database: Path, done: Done, html: str) -> WSGIApplication:
    """A bare page that does what ours did, and looks like it."""
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    texts: list[str] = []

    def gap(match: re.Match[str]) -> str:
        texts.append(unescape(match[1]))
        return f">{{{{ t[{len(texts) - 1}] }}}}<"

    pages = minijinja.Environment(auto_escape_callback=lambda name: True)
    pages.add_template("page", re.sub(r">([^<>{}\n]+)<", gap, html))

    def answer(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        for file in done.files:
            file.read_bytes()
        for sql, params in done.reads:
            connection.execute(sql, params).fetchall()
        for derive in done.derived:
            derive()
        for key, context, sealed in done.opened:
            content = suite.unseal(key, context, sealed).rstrip(b"\0")[:-1]
            if content.startswith(b"{"):
                msgspec.json.decode(content)
        page = pages.render_template("page", t=texts).encode()
        start("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "br")])
        return [brotli.compress(page, quality=QUALITY)]

    return answer
