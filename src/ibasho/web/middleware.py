"""What stands before every page: the host, the size, the headers, compression and the language."""

import gzip
import logging
import threading
import time
from collections.abc import Callable
from functools import cache

import brotli
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from ibasho.errors import IbashoError
from ibasho.web import error_pages, headers, uploads

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_log = logging.getLogger("ibasho.web")


LARGE = 32 * 1024  # bytes: no page of today sends as much, and read as a form it becomes many times larger
MOST_LARGE = 4  # of those at once
READ_AWAY = 1024 * 1024  # bytes of what we do not take, for as long as this:
READ_AWAY_SECONDS = 5.0

_large = threading.BoundedSemaphore(MOST_LARGE)
_files = threading.BoundedSemaphore(uploads.AT_ONCE)
_reading_away = threading.Lock()


class Front:
    """The first thing a request meets and the last an answer passes.

    Another host name is answered with 400 and nothing else is looked at. A body larger than we take is
    answered with 413, and only a few large ones are read at once: decision 0007. More is taken by a page for
    files, from somebody's visit, and only a few of those at once, however small: decision 0009. Our own errors
    become kind pages.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._answer(request)
        headers.dress(response)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """One of our own errors is an answer; every other is Django's to log and answer with 500."""
        if isinstance(error, IbashoError):
            if error.status >= 500:
                _log.warning("answered with an error of ours", exc_info=error)
            return error_pages.page_for(request, error)
        return None

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        try:
            request.get_host()
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except (DisallowedHost, ValueError):
            return error_pages.kind_page(request, 400)
        asked = uploads.answer_to_proxy(request)
        if asked is not None:
            return asked
        if length <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE and uploads.may_bring_a_file(request):
            room = _files  # also a small one: a few bytes can be a picture that takes seconds to read
        elif length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            _read_away(request)
            return error_pages.kind_page(request, 413)
        elif length > LARGE:
            room = _large
        else:
            return self.get_response(request)
        if not room.acquire(blocking=False):
            return error_pages.kind_page(request, 503)
        try:
            return self.get_response(request)
        finally:
            room.release()


def _read_away(request: HttpRequest) -> None:
    """Read a little of what we do not take, so that the browser listens to the answer. One at a time.

    Where this is not enough the connection just ends: nobody can hold a thread by sending for ever.
    """
    if not _reading_away.acquire(blocking=False):
        return
    try:
        left, until = READ_AWAY, time.monotonic() + READ_AWAY_SECONDS
        while left > 0 and time.monotonic() < until and (piece := request.read(min(left, 64 * 1024))):
            left -= len(piece)
    except OSError:
        return
    finally:
        _reading_away.release()


class Compress:
    """Pages go out in brotli, or gzip, where that makes them smaller.

    Compressing pages that hold a secret beside text from outside can leak the secret through their length
    (BREACH). Here the only secret inside a page is the form token, which Django masks anew for every answer,
    and both cookies are SameSite=Strict: no other site can make a browser fetch a page of somebody signed in.
    """

    LEAST = 500  # bytes; below that nothing is gained
    # Measured on today's page of 10.6 KB: 5 makes 3.1 KB of it in 0.6 ms of the processor, 3 makes 3.6 KB in 0.3. First
    # visits come over the slowest lines and may be kept; pages of somebody who is in are made anew each time.
    SMALLEST, QUICKEST = 5, 3

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if (
            not isinstance(response, HttpResponse)
            or len(response.content) < self.LEAST
            or response.has_header("Content-Encoding")
            or not response.headers.get("Content-Type", "").startswith(("text/", "application/json"))
        ):
            return response
        accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
        if "br" in accepted:
            quality = self.SMALLEST if getattr(request, "space", None) is None else self.QUICKEST
            response.content = brotli.compress(response.content, quality=quality)
            response.headers["Content-Encoding"] = "br"
        elif "gzip" in accepted:
            response.content = gzip.compress(response.content, 6, mtime=0)
            response.headers["Content-Encoding"] = "gzip"
        else:
            return response
        response.headers["Vary"] = "Accept-Encoding"
        if response.has_header("Content-Length"):
            response.headers["Content-Length"] = str(len(response.content))
        return response


class Language:
    """Answers in the first language a browser asks for that has been translated; else in English."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # META, here and above: `request.headers` would spell all of them anew for every page
        language = _language(request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:200])
        translation.activate(language)
        request.LANGUAGE_CODE = language
        return self.get_response(request)


@cache
def translated() -> frozenset[str]:
    """The languages that are complete enough to be offered: English, and those with a catalogue."""
    folders = settings.LOCALE_PATHS
    return frozenset(
        code
        for code, _ in settings.LANGUAGES
        if code == "en" or any((folder / code / "LC_MESSAGES/django.mo").exists() for folder in folders)
    )


def _language(asked: str) -> str:
    for code, _quality in parse_accept_lang_header(asked.lower()):
        base = code.partition("-")[0]
        if base in translated():
            return base
    return "en"
