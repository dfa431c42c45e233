"""What every answer of the house tells the browser: pages, files and errors, for somebody in and for nobody.

Attacks 26 (cookies), 30 (a policy without script from anywhere else), 61 (another host, caches).
"""

import re

import pytest
from django.test import override_settings

from ibasho.urls import urlpatterns
from ibasho.web import static_files
from ibasho.web.addresses import PUBLIC, address
from ibasho.web.static_files import static
from tests.support import served
from tests.support.named import ARGUMENTS

# The whole of what an answer says, but for the lengths, the languages and the cookies.
SNAPSHOT = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Content-Type": "text/html; charset=utf-8",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), "
        "encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), "
        "idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), "
        "picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), "
        "storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
VARYING = {"Set-Cookie", "Content-Length", "Vary", "Allow", "Location"}
INLINE_STYLE = re.compile(r"(?<=style-src 'self')((?: 'sha256-[\w+/]{43}=')+)")

PAGES = [pattern.name or "" for pattern in urlpatterns]
WITHOUT_A_FORM = {
    "about",
    "leave",
    "help",
    "help-breathe",
    "help-senses",
    "help-lines-of",
    "help-shelf",
    "help-skill",
    "safety",
    "help-lines",
    "pocket",
    "pocket-ask",
    "seen",  # opened with a token that shows something, it has none either
    "knock-tap",  # with a token that moves nothing
    "asks-feed",
    "manifest",
    "worker",
    "offline",
}
NO_PAGE = {"manifest": "application/manifest+json", "worker": "text/javascript"}


def where(name):
    pattern = next(one for one in urlpatterns if one.name == name)
    found = re.search(r"<\w+:(\w+)>", str(pattern.pattern))
    return address(name, ARGUMENTS[found[1]]) if found else address(name)


def what_it_says(answer):
    said = {name: value for name, value in answer.headers.items() if name not in VARYING}
    said["Content-Security-Policy"] = INLINE_STYLE.sub("{styles}", said["Content-Security-Policy"]).replace(
        "style-src 'self';", "style-src 'self'{styles};"
    )
    return said


@pytest.mark.parametrize("verb", ["GET", "HEAD", "POST", "PUT"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_carries_every_header_for_everybody(name, verb, client, mia, daniel):
    for browser in (client, client.of(mia), client.of(daniel)):
        answer = browser.generic(verb, where(name))
        expected = dict(SNAPSHOT)
        if name == "leave" and answer.status_code == 303:
            expected["Referrer-Policy"] = "no-referrer"  # the dull page learns nothing of where one was
        said = what_it_says(answer)
        cleared = said.pop("Clear-Site-Data", "")
        assert cleared in ("", '"cache", "cookies", "storage"', '"cache"')
        if said["Content-Type"] in ("application/pdf", "application/zip", "application/octet-stream"):
            expected["Content-Type"] = said["Content-Type"]
            assert re.fullmatch(r'attachment; filename="[a-z.]+"', said.pop("Content-Disposition"))
        if name in NO_PAGE and answer.status_code == 200:
            expected["Content-Type"] = NO_PAGE[name]
        said.pop("Retry-After", None)
        assert said == expected, (answer.status_code, name)


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("/nowhere", {}, 404),
        ("/n/zzzzzz", {}, 404),
        ("/n/../../etc/passwd", {}, 404),
        ("/static/nothing.css", {}, 404),
        ("/help/lines/XX", {}, 404),
        ("/help/shelf/nothing", {}, 404),
        ("/", {"headers": {"Host": "elsewhere.example"}}, 400),
        ("/", {"headers": {"Host": "127.0.0.1:80@elsewhere.example"}}, 400),
        ("/", {"headers": {"Host": "a b"}}, 400),
    ],
)
def test_an_error_carries_every_header_too(client, path, more, status):
    answer = client.get(path, **more)
    assert answer.status_code == status
    assert what_it_says(answer) == SNAPSHOT
    assert "elsewhere" not in answer.text
    assert not answer.cookies


def test_a_page_that_breaks_and_one_that_is_busy_carry_them_as_well(client, mia, monkeypatch):
    from ibasho import vault
    from ibasho.today import access

    for error, status in (
        (ValueError("zebra-canary"), 500),
        (vault.StorageTrouble(), 503),
        (vault.Busy(), 503),
    ):

        def broken(*_said, error=error):
            raise error

        monkeypatch.setattr(access, "wishes_of", broken)
        browser = client.of(mia)
        browser.raise_request_exception = False
        answer = browser.get(address("today"))
        said = what_it_says(answer)
        said.pop("Retry-After", None)
        assert (answer.status_code, said) == (status, SNAPSHOT)
        assert "zebra" not in answer.text


def test_no_policy_ever_allows_script_or_style_from_the_page_itself(client, mia, daniel):
    for name in PAGES:
        for browser in (client, client.of(mia), client.of(daniel)):
            answer = browser.get(where(name))
            policy = answer.headers["Content-Security-Policy"]
            assert "unsafe" not in policy
            assert "http" not in policy
            assert "*" not in policy
            if answer.headers["Content-Type"].startswith("text/html") and answer.status_code != 405:
                assert not re.search(r"<script(?![^>]* src=)[^>]*>", answer.text), name
                assert not re.search(r'\s(style|on\w+)=["\']', answer.text), name
                assert "javascript:" not in answer.text


# Caches and files (attack 61) -------------------------------------------------------------------------


@pytest.fixture
def files():
    """What is served in front of the pages."""
    application = served.pages_and_files()

    def fetch(path, **headers):
        said = {}
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": None,
        } | {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        answer = application(environ, lambda status, given: said.update({"Status": status} | dict(given)))
        answer.close() if hasattr(answer, "close") else None
        return said

    return fetch


FILE_SNAPSHOT = {
    "Status": "200 OK",
    "Cache-Control": "max-age=315360000, public, immutable",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


@pytest.mark.parametrize("name", static_files.names())
def test_every_file_may_be_kept_for_good_and_says_nothing_about_anybody(name, files):
    said = files(static(name), accept_encoding="br")
    for header in ("Content-Type", "Content-Length", "Last-Modified", "ETag", "Vary", "Content-Encoding"):
        said.pop(header, None)
    assert said == FILE_SNAPSHOT


def test_only_files_of_ours_may_be_kept(client, mia):
    for name in PAGES:
        for browser in (client, client.of(mia)):
            answer = browser.get(where(name))
            assert answer.headers["Cache-Control"] == "no-store", name
            assert not {"ETag", "Last-Modified", "Expires", "Age"} & set(answer.headers)


# Cookies (attack 26) ----------------------------------------------------------------------------------


def attributes(morsel):
    return {name: value for name, value in morsel.items() if value not in ("", None)}


STRICT = {"path": "/", "samesite": "Strict", "secure": True, "httponly": True}


@pytest.mark.parametrize("name", PAGES)
def test_a_public_page_sets_no_cookie_but_that_of_its_form(name, client):
    answer = client.get(where(name))
    has_a_form = b'method="post"' in answer.content
    if name in PUBLIC:
        assert has_a_form == (name not in WITHOUT_A_FORM)
    assert set(answer.cookies) == ({"__Host-c"} if has_a_form else set())
    for cookie in answer.cookies.values():
        assert attributes(cookie) == STRICT


def test_every_cookie_of_somebody_who_comes_in_is_strict_and_ends_with_the_browser(
    client, mia, words_of, monkeypatch
):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    page = client.get("/")
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)[1]
    answer = client.post("/", {"words": words_of["mia"], "ticket": ticket})
    assert answer.status_code == 303
    assert {"__Host-k", "__Host-s"} <= set(answer.cookies)
    for cookie in answer.cookies.values():
        assert cookie.key.startswith("__Host-")
        assert attributes(cookie) == STRICT


def test_the_cookie_says_nothing_of_the_words_or_the_person(client, mia, aya):
    first, second = (client.of(mia).cookies["__Host-k"].value for _ in range(2))
    assert first != second
    assert re.fullmatch(r"[\w-]{75}", first)
    assert "mia" not in first.lower()


def test_with_https_browsers_are_told_to_stay_with_it(client, mia):
    with override_settings(IBASHO_HTTPS=True):
        for path in ("/", "/nowhere", address("today")):
            told = client.of(mia).get(path).headers["Strict-Transport-Security"]
            assert told == "max-age=63072000; includeSubDomains"


# What a glance tells ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_the_title_is_the_same_dull_name_on_every_page(name, client, mia, daniel):
    for browser in (client, client.of(mia), client.of(daniel)):
        answer = browser.get(where(name))
        if answer.content and name not in NO_PAGE:
            assert re.findall(r"<title>(.*?)</title>", answer.text) == ["Kettle"]


def test_every_address_after_signing_in_has_one_shape(client, daniel):
    """Every link and form of every page leads to a public page or to /n/ and a code."""
    browser = client.of(daniel)
    plain = re.compile(r"/(|join|leave|about|lost|safety|help(/.*)?|manifest\.webmanifest)$")
    for name in PAGES:
        page = browser.get(where(name))
        for link in re.findall(r'(?:href|action|hx-post|hx-get)="(/[^"]*)"', page.text):
            path = re.split(r"[?#]", link)[0]
            assert (
                plain.match(path)
                or path.startswith("/static/")
                or re.match(r"/n/[a-z2-7]{6}(/[\w-]+)?$", path)
            )


def test_no_link_leads_away_without_saying_so_to_the_browser(client, daniel):
    """A page elsewhere learns nothing of the page its visitor came from."""
    browser = client.of(daniel)
    for name in PAGES:
        for link in re.findall(r"<a [^>]*href=\"https?://[^>]*>", browser.get(where(name)).text):
            assert "noreferrer" in link, (name, link)
