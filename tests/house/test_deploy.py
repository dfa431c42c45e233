"""The examples for a real machine keep the promises too: no swap, no core dumps, no body in the proxy."""

import re

import pytest

from ibasho import settings as ours
from tests.house.reading import HOUSE

UNIT = (HOUSE / "deploy/ibasho.service").read_text(encoding="utf-8")
PROXY = (HOUSE / "deploy/nginx.conf").read_text(encoding="utf-8")

# VAULT 11, and attack 18: what is in memory stays out of files.
HARDENED = [
    "MemorySwapMax=0",
    "LimitCORE=0",
    "LoadCredentialEncrypted=pepper.key:/etc/credstore.encrypted/pepper.key",
    "RuntimeDirectory=ibasho",
    "RuntimeDirectoryMode=0700",
    "StateDirectoryMode=0700",
    "PrivateTmp=yes",
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "IPAddressDeny=any",
    "IPAddressAllow=localhost",
    "UMask=0077",
    "Environment=IBASHO_HTTPS=1",
    "Environment=IBASHO_PROXY=1",  # else everybody behind the proxy is one network, and shares its tries
    "StandardOutput=null",  # the first invitation is printed there
]

# VAULT 2, “Logs”: with nginx's defaults 7 of 11 markers were found on the disk, with these none.
QUIET = [
    "proxy_request_buffering on",
    "client_body_buffer_size 320k",
    "client_max_body_size 320k",
    "proxy_buffering off",
    "proxy_max_temp_file_size 0",
    "client_body_in_file_only off",
    "access_log off",
    "error_log /dev/null crit",
    'add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always',
]


def settings(unit: str) -> list[str]:
    return [line.strip() for line in unit.splitlines() if line.strip() and not line.startswith(("#", "["))]


def servers(proxy: str) -> list[str]:
    """Each server of an nginx configuration, without comments."""
    plain = re.sub(r"#.*", "", proxy)
    return re.split(r"^server \{", plain, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("line", HARDENED)
def test_the_unit_keeps_memory_in_memory_and_the_service_to_itself(line):
    assert line in settings(UNIT)
    assert line not in settings(UNIT.replace(f"\n{line}\n", "\n"))


@pytest.mark.parametrize("directive", QUIET)
def test_the_proxy_writes_down_nothing_that_goes_through_it(directive):
    (server,) = (server for server in servers(PROXY) if "proxy_pass" in server)
    assert re.search(rf"^\s*{re.escape(directive)};", server, re.MULTILINE)


def test_no_server_of_the_proxy_keeps_a_log():
    for server in servers(PROXY):
        assert re.findall(r"access_log ([^;]+);", server) == ["off"]
        assert re.findall(r"error_log ([^;]+);", server) == ["/dev/null crit"]


def test_the_proxy_says_who_came_whatever_a_browser_says_of_itself():
    (server,) = (server for server in servers(PROXY) if "proxy_pass" in server)
    said = dict(re.findall(r"proxy_set_header (\S+)\s+([^;]+);", server))
    assert said["X-Real-IP"] == "$remote_addr"
    assert said["X-Forwarded-For"] == '""'
    assert said["Host"] == "$host"


def test_a_body_waits_in_the_memory_of_the_proxy_and_one_address_brings_only_a_few():
    """Decisions 0007 and 0009: a body that fits the buffer never goes to a file."""
    (server,) = (server for server in servers(PROXY) if "proxy_pass" in server)
    most, room = (
        [int(size) for size in re.findall(rf"^ *{name} (\d+)k;", server, re.MULTILINE)]
        for name in ("client_max_body_size", "client_body_buffer_size")
    )
    assert len(most) == len(room) == 2  # everywhere, and for pictures
    for size, buffer, ours_too in zip(
        most, room, (ours.DATA_UPLOAD_MAX_MEMORY_SIZE, ours.FILE_UPLOAD_MAX_MEMORY_SIZE), strict=True
    ):
        assert buffer >= size > ours_too // 1024
    assert re.search(r"^limit_conn_zone \$binary_remote_addr zone=people:1m;", PROXY, re.MULTILINE)
    assert "limit_conn people 20;" in server


def test_a_picture_is_let_through_the_proxy_only_where_a_page_takes_one_and_for_who_is_in():
    """Decision 0009."""
    from ibasho.web.addresses import FILES

    (where,) = re.findall(r'location ~ "([^"]+)"', PROXY)
    assert FILES
    assert all(re.fullmatch(where, path) for path in FILES)
    assert not re.fullmatch(where, "/n/abcdef")
    picture = PROXY[PROXY.index("location ~") : PROXY.index("location = /asked-first")]
    assert "auth_request /asked-first;" in picture
    assert "limit_conn files 8;" in picture
    assert "limit_conn senders 3;" in picture
    asked = PROXY[PROXY.index("location = /asked-first") : PROXY.rindex("}")]
    for line in (
        "internal;",
        "proxy_method GET;",
        "proxy_pass_request_body off;",
        "proxy_set_header X-Asked-First 1;",
        'proxy_set_header Content-Length "";',
    ):
        assert line in asked


def test_nobody_is_sent_to_a_name_they_made_up():
    assert "$host" not in "".join(re.findall(r"return [^;]+;", re.sub(r"#.*", "", PROXY)))


def test_the_nightly_copy_has_a_place_the_unit_may_write_to():
    said = dict(line.split("=", 1) for line in settings(UNIT) if not line.startswith("Environment="))
    given = dict(line.split("=", 2)[1:] for line in settings(UNIT) if line.startswith("Environment="))
    assert said["ReadWritePaths"].lstrip("-") == given["IBASHO_BACKUP"]
    assert not given["IBASHO_BACKUP"].startswith("/var/lib/ibasho")
