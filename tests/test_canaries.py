"""Attacks 1 and 60: a word of its own in every field of every form, and then every byte that was kept anywhere.

The same with real processes, uploads, killed workers and open handles: src/ibasho/machine/tests/test_traces.py.
"""

import io
import logging
import os
import re
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

from ibasho.web.logs import QuietFormatter
from tests.test_bad_input import PLACES, House, fields_of, pairs, people

# What the programme says about itself to everybody, and so keeps in the clear: each is named in SECURITY.md.
SAID_TO_EVERYBODY = {"set-up", "set-up lines"}
OPEN_SECRETS = (
    "csrfmiddlewaretoken",
    "ticket",
    "state",
    "paper",
    "proof",
    "draft",
    "version",
    "seen",
    "to",
    "day",
)


@pytest.fixture
def house(programme, mia, aya, daniel, words_of, client, clock, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return House(programme, people(mia, aya, daniel), words_of, client, clock)


@pytest.fixture
def log():
    """Everything any logger says, as the programme's own handler writes it."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(QuietFormatter())
    loggers = [logging.getLogger(name) for name in ("", "django", "django.request", "ibasho")]
    for logger in loggers:
        logger.addHandler(handler)
    yield kept
    for logger in loggers:
        logger.removeHandler(handler)


class Canaries:
    """Words that stand nowhere else, each for one place."""

    def __init__(self):
        self.sent: list[str] = []

    def word(self, *where):
        self.sent.append(
            "zebra" + "".join(re.sub(r"\W", "", str(one)) for one in where) + f"n{len(self.sent)}x"
        )
        return self.sent[-1]

    def found_in(self, raw, *, last=0):
        """Those that can be read somewhere, in any of the ways text is written down; or only the `last` few."""
        lower = raw.lower()
        return [
            word
            for word in self.sent[-last:]
            if any(
                form in lower
                for form in (word.lower().encode(), word.encode("utf-16-le"), word.encode("utf-16-be"))
            )
        ]


def new_files_in(place, since):
    for folder, _, names in os.walk(place):
        for path in (Path(folder, name) for name in names):
            with suppress(OSError):  # others come and go there too
                if path.is_file() and path.stat().st_mtime >= since and "pytest" not in folder:
                    yield path.read_bytes() + str(path).encode()


def test_no_word_typed_into_any_form_can_be_read_anywhere(house, every_byte_on_disk, log):
    began, canaries, heads = time.time(), Canaries(), []
    for place, fetch in PLACES.items():
        for number, form in enumerate(fetch(house).forms):
            if form.method == "get" or place in SAID_TO_EVERYBODY:
                continue
            for name in fields_of(form):
                opened = fetch(house)
                there = opened.forms[number]
                word = canaries.word(place, name)
                response = opened.send(there, pairs(fields_of(there) | {name: [word.encode()]}))
                heads.append(str(response.headers))
                log_and_disk = log.getvalue().encode() + every_byte_on_disk()
                assert canaries.found_in(log_and_disk, last=1) == [], (place, name)
    assert len(canaries.sent) > 60
    assert canaries.found_in(log.getvalue().encode() + every_byte_on_disk()) == []
    assert canaries.found_in("".join(heads).encode()) == []
    assert canaries.found_in(b"\0".join(new_files_in(Path(tempfile.gettempdir()), began))) == []


@pytest.mark.parametrize("place", ["door", "join 1", "today", "account", "erase", "one question"])
def test_no_header_and_no_field_of_its_own_can_be_read_anywhere(place, house, every_byte_on_disk, log):
    """Headers, names of fields, addresses, cookies and the names of files, with the form and without a session."""
    canaries = Canaries()
    opened = PLACES[place](house)
    headers = {
        name: f"http://{canaries.word(place, name)}.example/"
        for name in (
            "User-Agent",
            "Referer",
            "X-Forwarded-For",
            "X-Real-IP",
            "HX-Current-URL",
            "HX-Prompt",
            "From",
        )
    }
    where = f"{opened.forms[0].action}?{canaries.word('query')}={canaries.word('value')}"
    for browser in (opened.browser, type(opened.browser)()):
        browser.post(where, {canaries.word("field"): canaries.word("value")}, headers=headers)
        browser.get(where, headers=headers)
        browser.get(f"/{canaries.word('address')}", headers=headers)
        browser.get("/", headers=headers | {"Host": f"{canaries.word('host')}.example"})
        browser.cookies["__Host-k"] = canaries.word("cookie")
        browser.get("/", headers=headers)
        file = io.BytesIO(canaries.word("in-a-file").encode() * 500)
        file.name = f"../{canaries.word('name-of-file')}.jpg"
        browser.post(where, {"words": file, "line": file}, headers=headers)
    assert canaries.found_in(log.getvalue().encode() + every_byte_on_disk()) == []


def test_no_error_says_what_it_was_about(house, every_byte_on_disk, log, monkeypatch):
    """A page that breaks in the middle of somebody's words, with those words in the error itself."""
    from ibasho.today import actions

    canaries = Canaries()

    def broken(*_said, **_more):
        raise ValueError(canaries.word("error"))

    monkeypatch.setattr(actions, "keep_day", broken)
    opened = PLACES["today"](house)
    opened.browser.raise_request_exception = False
    form = opened.forms[0]
    response = opened.send(form, pairs(fields_of(form) | {"line": [canaries.word("line").encode()]}))
    assert response.status_code == 500
    said = log.getvalue()
    assert "ValueError" in said
    assert canaries.found_in(said.encode() + every_byte_on_disk() + response.content) == []


def test_the_sweep_finds_what_is_there(house, every_byte_on_disk):
    canaries = Canaries()
    left = house.programme.run / "left"
    left.write_text(canaries.word("left"))
    assert canaries.found_in(every_byte_on_disk()) == canaries.sent
