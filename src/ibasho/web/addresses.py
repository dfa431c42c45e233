"""Where pages live. Public pages have plain addresses; private ones all look alike.

A private address is `/n/<code>` or `/n/<code>/<argument>`. The code is derived from the page's name under a
key of this installation, so that a browser's history, or a glance at the address bar, says nothing about what
was open, and the same page has another address in another programme.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.http import HttpResponseBase
from django.urls import URLPattern, path

from ibasho import vault

View = Callable[..., HttpResponseBase]

TOKEN_SIGNS = 43  # 32 bytes in base64url, without what fills it up

PUBLIC: set[str] = set()  # names of the pages that answer without anybody being signed in

FILES: set[str] = set()  # addresses of the pages that take a file (decision 0009)

_shapes: dict[str, tuple[str, ...]] = {}  # name -> the fixed pieces of its address, around its arguments
_ARGUMENT = re.compile(r"<[^>]+>")


def public(name: str, route: str, view: View) -> URLPattern:
    """A page that answers to everybody, at a plain route."""
    PUBLIC.add(name)
    return _pattern(name, route, view)


def private(name: str, view: View, arg: str = "") -> URLPattern:
    """A page that answers to somebody signed in, at an address that says nothing.

    `arg` is one Django converter, such as `<str:day>`. Opening the vault comes first: the code needs its key.
    """
    route = f"n/{vault.address_code(name)}"
    return _pattern(name, f"{route}/{arg}" if arg else route, view)


def private_for_files(name: str, view: View) -> URLPattern:
    """A private page whose form may bring a file. It ends in `/in`, which is how a proxy knows it."""
    route = f"n/{vault.address_code(name)}/in"
    FILES.add(f"/{route}")
    return _pattern(name, route, view)


def address(name: str, *args: object) -> str:
    """The address of a page, ready for a link. Raises LookupError when there is no such page."""
    try:
        first, *rest = _shapes[name]
    except KeyError:
        raise LookupError(f"no page is called {name!r}") from None
    if len(rest) != len(args):
        raise LookupError(f"the page {name!r} takes {len(rest)} arguments, not {len(args)}")
    return first + "".join(quote(str(arg), safe="") + piece for arg, piece in zip(args, rest, strict=True))


def spelt(token: bytes) -> str:
    """A token of 32 bytes as it stands in an address: 43 signs."""
    return base64.urlsafe_b64encode(token).decode().rstrip("=")


def token_in(text: str) -> bytes:
    """The token that stands in an address; nothing for what is none."""
    if len(text) != TOKEN_SIGNS or not text.isascii():
        return b""
    try:
        return base64.b64decode(text + "=", altchars=b"-_", validate=True)
    except binascii.Error:
        return b""


def known(name: str) -> bool:
    """Whether some room has a page of this name."""
    return name in _shapes


def _pattern(name: str, route: str, view: View) -> URLPattern:
    shape = tuple(_ARGUMENT.split("/" + route))
    if _shapes.get(name, shape) != shape or shape in (s for n, s in _shapes.items() if n != name):
        raise LookupError(f"two pages share the name {name!r} or its address")
    _shapes[name] = shape
    pattern: Any = path(route, view, name=name)
    return pattern  # type: ignore[no-any-return]
