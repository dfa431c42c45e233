"""The examples for a real machine keep the promises too: no swap, no core dumps, no body in the proxy."""

import re

import pytest

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
    "StandardOutput=null",  # the first invitation is printed there
]

# VAULT 2, “Logs”: with nginx's defaults 7 of 11 markers were found on the disk, with these none.
QUIET = [
    "proxy_request_buffering off",
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
    return [piece for piece in re.split(r"^server \{", plain, flags=re.MULTILINE) if piece.strip()]


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
