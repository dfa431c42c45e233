"""The least a page could cost: bare WSGI, minijinja and sqlite3, opening the same boxes as a page of ours.

Written as somebody would who wants nothing but this page: it reads the cookie, derives the keys and opens the boxes
with the vault's primitives alone, parses what is in them, puts a date and a form token on the page, fills a
template of the same size in which every text between two tags is put in and escaped, and compresses it in the same
way. It has no addresses, languages, permissions, errors, or anything else a programme needs.
"""

import base64
import datetime as dt
import re
import secrets
import sqlite3
from collections.abc import Iterable
from html import unescape
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import brotli
import minijinja
import msgspec

from ibasho import vault
from ibasho.vault import suite
from ibasho.vault.store import SQLITE_PRAGMAS
from ibasho.web.headers import ALWAYS

QUALITY = 5  # as first visits get; a page of somebody who is in gets 3 (web/middleware.py)

_cookie = re.compile(r"__Host-k=([\w-]{75})")
_parse = msgspec.json.decode
_bytes = base64.b64decode


class Page:
    """One bare page. It opens what lies at `places`, a month or a day each, and looks like `html`."""

    def __init__(self, opened: vault.Vault, places: Iterable[str], html: str) -> None:
        self._vault, self._places = opened, list(places)
        self._connection = sqlite3.connect(opened.data / "ibasho.sqlite3", isolation_level=None)
        for pragma in SQLITE_PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")
        self._texts: list[str] = []
        self._pages = minijinja.Environment(auto_escape_callback=lambda name: True)
        self._pages.add_template("page", re.sub(r">([^<>{}\n]+)<", self._gap, html))

    def _gap(self, text: re.Match[str]) -> str:
        self._texts.append(unescape(text[1]))
        return f">{{{{ texts[{len(self._texts) - 1}] }}}}<"

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        cookie = _cookie.search(environ["HTTP_COOKIE"])
        assert cookie is not None
        root = self._resume(base64.urlsafe_b64decode(cookie[1] + "=")[:32])
        space = suite.expand(root, suite.ctx("space-id"), 16)
        key = suite.expand(root, suite.ctx("manifest-key"))
        manifest = _parse(suite.unseal_padded(key, suite.ctx("manifest", space), self._body(space)))
        programme = _parse(self._connection.execute("SELECT body FROM setting").fetchone()[0])
        said = {
            "texts": self._texts,
            "cover": programme.get("cover", ""),
            "profile": manifest["small"]["profile"],
            "days": self._days(manifest["collections"].get("day")),
            "today": f"{dt.datetime.now(dt.UTC):%A, %d %B}",
            "token": secrets.token_urlsafe(48),
        }
        page = brotli.compress(self._pages.render_template("page", **said).encode(), quality=QUALITY)
        about = {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "br"}
        start("200 OK", [*ALWAYS.items(), *about.items(), ("Content-Length", str(len(page)))])
        return [page]

    def _resume(self, secret: bytes) -> bytes:
        sid = suite.expand(secret, suite.ctx("sid"))
        row = (self._vault.run / "sessions" / sid.hex()).read_bytes()
        wrap = suite.expand(suite.tag(self._vault.boot, secret, 64), suite.ctx("session-wrap"))
        return suite.unseal(wrap, suite.ctx("session", sid, int.from_bytes(row[16:24], "big")), row[50:])

    def _days(self, catalogue: dict[str, Any]) -> list[dict[str, Any]]:
        key, found = _bytes(catalogue["key"]), []
        for place in self._places:
            month, _, day = place.partition("/")
            ref = catalogue["recent"].get(month)
            head = (
                self._open(catalogue, key, ref, "head", self._body(_bytes(ref[0])))["entries"] if ref else {}
            )
            refs = [head[day]] if day in head else [] if day else list(head.values())
            for ref, body in zip(refs, self._bodies([_bytes(ref[0]) for ref in refs]), strict=True):
                found.append(self._open(catalogue, key, ref, "day", body)["body"])
        return found

    def _open(self, catalogue: dict[str, Any], key: bytes, ref: list[Any], kind: str, body: bytes) -> Any:
        box_id, version, seen = _bytes(ref[0]), ref[1], _bytes(ref[2])
        assert suite.fingerprint(body) == seen
        context = suite.ctx("record", _bytes(catalogue["id"]), catalogue["epoch"], box_id, kind, version)
        return _parse(suite.unseal_padded(key, context, body))

    def _body(self, box_id: bytes) -> bytes:
        (body,) = self._connection.execute("SELECT body FROM box WHERE id = ?", (box_id,)).fetchone()
        return bytes(body)

    def _bodies(self, ids: list[bytes]) -> list[bytes]:
        marks = ",".join("?" * len(ids))
        rows = self._connection.execute(f"SELECT id, body FROM box WHERE id IN ({marks})", ids)  # noqa: S608
        bodies = dict(rows.fetchall())
        return [bodies[one] for one in ids]
