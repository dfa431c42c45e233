"""By which ways this place can ring: what its host has set up, and nothing else (attack 52).

The server connects to the mail host that is set, and to push services on a list. Whatever a browser, or somebody who
pretends to be one, names beside these is refused before anything is asked of it, and again before anything is sent.
"""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from django.conf import settings

from ibasho.bell.records import MOST_ENDPOINT

# Where the browsers of our day have their push services: Chromium's, Firefox', Safari's, Edge's.
KNOWN: Final = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "web.push.apple.com",
    "*.notify.windows.com",
)
# RFC 3986. Nothing else is ever in an address, nor takes more room where it is kept than it has signs.
_ADDRESS = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*")
_NAME = re.compile(r"(?=.{4,253}\Z)(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*\.[a-z][a-z0-9-]{1,62}")
_NOT_PUBLIC = (
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "onion",
    "arpa",
    "test",
    "invalid",
)


@dataclass(frozen=True, slots=True)
class MailHost:
    """The host that takes our letters. `safe`: TLS from the first byte; else STARTTLS before anything is said."""

    host: str
    port: int
    safe: bool
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def is_here(self) -> bool:
        """Whether it is this machine itself: only there, and only without a password, may a letter go without TLS."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")


def site() -> str:
    """The address links begin with, without a slash at its end; empty while none is set."""
    return str(settings.IBASHO_SITE).rstrip("/")


def mail_host() -> MailHost | None:
    """The host for e-mail, or nothing. Raises ValueError for a setting that cannot be read."""
    return read_mail_host(settings.IBASHO_SMTP) if settings.IBASHO_SMTP else None


def read_mail_host(url: str) -> MailHost:
    """A mail host as it is written in the setting. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
        raise ValueError("IBASHO_SMTP is not an address such as smtp://name:password@mail.example.org:587")
    safe = parts.scheme == "smtps"
    port = parts.port or (465 if safe else 587)
    return MailHost(parts.hostname, port, safe, unquote(parts.username or ""), unquote(parts.password or ""))


def rings_by_mail() -> bool:
    """Whether e-mail is set up here."""
    return bool(settings.IBASHO_SMTP and settings.IBASHO_SENDER and site())


def rings_by_push() -> bool:
    """Whether Web Push is set up here."""
    return bool(_services() and site())


def push_target(endpoint: str) -> tuple[str, int, str] | None:
    """Host, port and path of a push address that may be connected to; None for any other.

    https, a public name on the list, the usual port. Only a place that is named with its port in the setting may be
    elsewhere: that is how a service of one's own, or one of a test, is named.
    """
    if len(endpoint) > MOST_ENDPOINT or not _ADDRESS.fullmatch(endpoint):
        return None
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or "@" in parts.netloc or parts.fragment or not parts.path.startswith("/"):
        return None
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    if port not in (None, 443):
        return (host, port, path) if f"{host}:{port}" in _services() else None
    listed = any(_fits(host, one) for one in _services())
    return (host, 443, path) if listed and is_public_name(host) else None


def is_named_with_port(host: str, port: int) -> bool:
    """Whether the host of this machine named this very place, wherever it is."""
    return f"{host}:{port}" in _services()


def is_public_name(host: str) -> bool:
    """Whether a name could be one on the internet: no number, no name of this machine or of a network at home."""
    return bool(_NAME.fullmatch(host)) and host.rpartition(".")[2] not in _NOT_PUBLIC


def _fits(host: str, listed: str) -> bool:
    return host.endswith(listed[1:]) if listed.startswith("*.") else host == listed


def _services() -> tuple[str, ...]:
    named = [one.strip().lower() for one in str(settings.IBASHO_PUSH).split(",") if one.strip()]
    return tuple(name for one in named for name in (KNOWN if one == "known" else (one,)))
