"""What every answer tells the browser (VAULT 2), and what a log may hold."""

import logging

import pytest
from django.test import override_settings
from django.utils.log import AdminEmailHandler

from ibasho.web.addresses import address
from ibasho.web.logs import OnceAnHour, QuietFormatter

SNAPSHOT = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Content-Type": "text/html; charset=utf-8",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), "
        "encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), "
        "idle-detection=(), local-fonts=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), "
        "publickey-credentials-get=(), screen-wake-lock=(), serial=(), storage-access=(), usb=(), "
        "window-management=(), xr-spatial-tracking=()"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def headers_of(response):
    varying = {"Set-Cookie", "Content-Length", "Vary"}
    return {name: value for name, value in response.headers.items() if name not in varying}


@pytest.mark.parametrize("name", ["form", "gone", "odd", "strange"])
def test_every_page_kind_or_broken_carries_the_same_headers(signed_in, name):
    assert headers_of(signed_in.get(address(name))) == SNAPSHOT


def test_a_page_with_its_style_inside_allows_exactly_that_style(visitor):
    from ibasho.web.static_files import inline_style

    style, style_hash = inline_style()
    response = visitor.get("/")
    assert f"style-src 'self' '{style_hash}';" in response.headers["Content-Security-Policy"]
    assert f"<style>{style}</style>" in response.text
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_browsers_are_told_to_stay_with_https_only_where_there_is_https(visitor):
    assert "Strict-Transport-Security" not in visitor.get("/").headers
    with override_settings(IBASHO_HTTPS=True):
        assert visitor.get("/").headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_another_host_name_is_answered_with_400_and_every_header(visitor):
    response = visitor.get("/", headers={"Host": "elsewhere.example"})
    assert response.status_code == 400
    assert headers_of(response) == SNAPSHOT
    assert "elsewhere" not in response.text


def test_the_cookie_of_a_form_is_strict_and_ends_with_the_browser(signed_in):
    cookie = signed_in.get(address("form")).cookies["__Host-c"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Strict", "/", "")
    assert (cookie["max-age"], cookie["expires"]) == ("", "")


def test_a_page_without_a_form_sets_no_cookie(visitor):
    assert not visitor.get("/").cookies


def test_the_title_is_the_cover_name_and_nothing_else(visitor, signed_in):
    assert "<title>Kettle</title>" in visitor.get("/").text
    assert "<title>Kettle</title>" in signed_in.get(address("form")).text


def test_pages_are_compressed_for_browsers_that_ask(visitor):
    import brotli

    plain = visitor.get("/")
    small = visitor.get("/", headers={"Accept-Encoding": "gzip, deflate, br"})
    assert small.headers["Content-Encoding"] == "br"
    assert small.headers["Vary"] == "Accept-Encoding"
    assert brotli.decompress(small.content) == plain.content
    assert visitor.get("/", headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"


def test_a_first_page_fits_in_six_kilobytes_with_its_style(visitor):
    response = visitor.get("/", headers={"Accept-Encoding": "br"})
    assert len(response.content) < 6 * 1024 - 900  # leaves room for the words of the sign-in page


def test_a_log_line_names_a_place_and_a_class_and_no_words():
    try:
        raise ValueError("zebra-canary")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord(
        "ibasho.web", logging.ERROR, "/home/someone/x.py", 3, "%s at /n/canary", ("zebra-canary",), info
    )
    line = QuietFormatter().format(record)
    assert "canary" not in line
    assert "someone" not in line
    hour, logger, level, kind, place = line.split()
    assert (len(hour), logger, level, kind) == (13, "ibasho.web", "ERROR", "ValueError")
    assert place.startswith("tests/test_headers.py:")


def test_a_line_is_said_once_in_its_hour_so_that_it_dates_nothing():
    """A journal stamps each line; the second would say when somebody was here."""
    once = OnceAnHour()

    def let_through(line, at):
        record = logging.LogRecord("ibasho.web", logging.ERROR, "/x/y.py", line, "", (), None)
        record.created = at
        return once.filter(record)

    noon = 1_795_348_800.0
    assert [let_through(3, noon), let_through(4, noon + 1)] == [True, True]
    assert not any(let_through(line, noon + seconds) for line in (3, 4) for seconds in range(2, 3000, 60))
    assert [let_through(3, noon + 3700), let_through(3, noon + 3800)] == [True, False]
    assert len(once._said) == 1


def test_no_handler_sends_mail_and_every_handler_is_quiet():
    names = ("", "django", "django.request", "django.server", "django.security", "ibasho")
    handlers = [
        handler
        for name in names
        for handler in logging.getLogger(name).handlers
        if not type(handler).__module__.startswith("_pytest")
    ]
    assert handlers
    assert not any(isinstance(handler, AdminEmailHandler) for handler in handlers)
    assert all(isinstance(handler.formatter, QuietFormatter) for handler in handlers)
    assert all(isinstance(handler.filters[0], OnceAnHour) for handler in handlers)
