"""One ring on its way out: a push message to a browser's service, or a letter of one line. Nothing here knows whose.

No answer is read beyond its first line and a little; no redirect is followed; nothing waits longer than seconds.
"""

import enum
import http.client
import ipaddress
import json
import secrets
import smtplib
import socket
import ssl
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as _SMTP
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from ibasho import vault
from ibasho.bell import ways
from ibasho.vault import clock

PATIENCE: Final = 10.0  # seconds, for each step
KEPT_FOR: Final = 12 * 3600  # seconds a push service keeps it for a phone that is off
READ_MOST: Final = 1024  # bytes of an answer


class Outcome(enum.Enum):
    """What became of a try. Only what was surely not taken is ever tried again."""

    TAKEN = "taken"
    LATER = "later"  # surely not taken
    GONE = "gone"  # and never will be
    UNSURE = "unsure"  # it may have been


def send(channel: vault.Channel, text: str, path: str, cover: str) -> Outcome:
    """Ring one channel once."""
    if isinstance(channel, vault.Push):
        return _push(channel, text, path)
    return _mail(channel, text, path, cover)


# Push -----------------------------------------------------------------------------------------------


class NotAllowed(OSError):
    """A name that leads to an address which is not on the internet."""


def _push(channel: vault.Push, text: str, path: str) -> Outcome:
    target = ways.push_target(channel.endpoint)
    if target is None:
        return Outcome.GONE
    host, port, where = target
    said = json.dumps({"t": text, "p": path}, ensure_ascii=False).encode()
    body = vault.seal_push(channel.key, channel.auth, said)
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_FOR),
        "Topic": "n",  # of several that wait for one phone the newest is enough
        "Urgency": "high",  # else a phone that sleeps keeps it until it is picked up
        "Authorization": vault.sender_says(_origin(host, port), ways.site()),
    }
    try:
        connection = _connected(host, port)
    except OSError:
        return Outcome.LATER
    try:
        connection.request("POST", where, body, headers)
        answer = connection.getresponse()
        answer.read(READ_MOST)
        return _outcome_of(answer.status)
    except (OSError, http.client.HTTPException):
        return Outcome.UNSURE
    finally:
        connection.close()


def _outcome_of(status: int) -> Outcome:
    if status in (404, 410):
        return Outcome.GONE
    return Outcome.TAKEN if 200 <= status < 300 else Outcome.LATER


def _origin(host: str, port: int) -> str:
    return f"https://{host}" if port == 443 else f"https://{host}:{port}"


def _connected(host: str, port: int) -> http.client.HTTPSConnection:
    """A connection to the very address that was looked at: a name cannot lead elsewhere in between."""
    anywhere = ways.is_named_with_port(host, port)
    found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    allowed = [one for one in found if anywhere or is_on_the_internet(one)]
    if not allowed:
        raise NotAllowed
    connection = http.client.HTTPSConnection(host, port, timeout=PATIENCE)
    connection.auto_open = 0  # no connection but this one
    plain = _reached(allowed, port)
    try:
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise
    return connection


def _reached(addresses: list[str], port: int) -> socket.socket:
    """The first of these that answers: a machine may have a name for a network it is not on."""
    for one in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((one, port), PATIENCE / 2)
    return socket.create_connection((addresses[-1], port), PATIENCE / 2)


def is_on_the_internet(address: str) -> bool:
    """Whether an address is one that everybody reaches: not this machine, not a network at home."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        hidden = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        nat64 = ip in ipaddress.ip_network("64:ff9b::/96")
        if nat64:
            hidden = ipaddress.IPv4Address(ip.packed[12:])
        if hidden is not None and not hidden.is_global:
            return False
    return ip.is_global and not ip.is_multicast


# E-mail ---------------------------------------------------------------------------------------------


def letter(to: str, text: str, path: str, cover: str) -> EmailMessage:
    """One line and a link, under the cover name. Nothing else is ever written."""
    message = EmailMessage()
    sender = Address(addr_spec=settings.IBASHO_SENDER)
    message["From"] = Address(cover, sender.username, sender.domain)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = cover
    message["Date"] = format_datetime(clock.instant().replace(second=0, microsecond=0))
    message["Message-ID"] = f"<{secrets.token_hex(16)}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{text}\n\n{ways.site()}{path or '/'}\n", cte="quoted-printable")
    return message


def _mail(channel: vault.Mail, text: str, path: str, cover: str) -> Outcome:
    host = ways.mail_host()
    if host is None or not ways.rings_by_mail():
        return Outcome.LATER
    written = letter(channel.address, text, path, cover).as_bytes(policy=_SMTP)
    try:
        server = _greeted(host)
    except (OSError, smtplib.SMTPException):
        return Outcome.LATER
    try:
        return _handed_over(server, channel.address, written)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


def _greeted(host: ways.MailHost) -> smtplib.SMTP:
    """A mail host that listens, behind TLS unless it is this machine itself. Raises OSError, SMTPException."""
    # Its own name is nobody's business: smtplib would say the one of this machine.
    name = urlsplit(ways.site()).hostname or "localhost"
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if host.safe:
        server = smtplib.SMTP_SSL(host.host, host.port, name, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(host.host, host.port, name, timeout=PATIENCE)
    try:
        server.ehlo()
        if not host.safe and (host.user or not host.is_here):
            server.starttls(context=context)  # raises where the host does not offer it
            server.ehlo()
        if host.user:
            server.login(host.user, host.password)
    except BaseException:
        server.close()
        raise
    return server


def _handed_over(server: smtplib.SMTP, to: str, written: bytes) -> Outcome:
    try:
        code, _ = server.mail(settings.IBASHO_SENDER)
        if code // 100 != 2:
            return Outcome.LATER
        code, _ = server.rcpt(to)
        if code in (550, 551, 553):
            return Outcome.GONE  # there is nobody at this address
        if code // 100 != 2:
            return Outcome.LATER
    except (OSError, smtplib.SMTPException):
        return Outcome.LATER
    try:
        code, _ = server.data(written)
    except smtplib.SMTPDataError:
        return Outcome.LATER
    except (OSError, smtplib.SMTPException):
        return Outcome.UNSURE
    return Outcome.TAKEN if code // 100 == 2 else Outcome.LATER
