"""What help promises: it opens for everybody, at once, and every number on it is one that somebody looked at."""

import base64
import datetime as dt
import hashlib
import html
import re

import pytest
from django.utils import translation

from ibasho import vault
from ibasho.help import access, shelf
from ibasho.programme import lines
from ibasho.programme.records import Programme
from tools import lines_check, words_lint

ROWS = lines_check.rows()
EVERY_COUNTRY = sorted(lines.COUNTRIES)
SHELF = ["/help/shelf", *(f"/help/shelf/{name}" for name in shelf.SHELF)]
PAGES = ["/help", "/help/breathe", "/help/senses", "/help/lines", "/help/lines/GB", "/safety", *SHELF]
ONE_FLIGHT = 14_336  # bytes that arrive in the first round trip
OF_THE_SERVER = (
    256  # bytes of every answer that are not ours: its first line, the day, the connection, HTTPS alone
)


def run_in(country, *, checked=()):
    checks = {key: lines.LineCheck(on=dt.date(2026, 11, 1), by="Daniel") for key in checked}
    vault.set_setting("programme", Programme(country=country, lines_checked=checks))


def everything_checked(country):
    run_in(country, checked=[lines.line_of(row).key for row in ROWS if row["certainty"] != "D"])


def text_of(response):
    body = re.sub(r"<(style|script).*?</\1>", "", response.content.decode(), flags=re.S)
    return html.unescape(re.sub(r"<[^>]+>", " ", body))


def dialled(response):
    """Every number a page would ring or write to, as the phone gets it."""
    found = re.findall(r'href="(?:tel|sms):([^"?]+)', response.content.decode())
    return {number.replace("%23", "#") for number in found}


# ── which numbers ──


@pytest.mark.parametrize("iso2", EVERY_COUNTRY)
def test_the_page_of_every_country_rings_its_own_numbers_and_no_doubtful_one(client, iso2):
    everything_checked("")
    response = client.get(f"/help/lines/{iso2}")
    assert response.status_code == 200
    its_own = [row for row in ROWS if row["iso2"] in (iso2, lines.EUROPE) and row["certainty"] != "D"]
    known = {dial.digits for row in its_own for dial in lines.parse_numbers(row["number_as_dialled"])}
    messages = [lines.parse_message(row["text_or_whatsapp"]) for row in its_own]
    known |= {message.number.digits for message in messages if message}
    assert bool(dialled(response)) is (iso2 != "NG")  # one row there, and that one is in doubt
    assert dialled(response) <= known
    said = text_of(response)
    assert lines.country_name(iso2) in said
    for row in ROWS:
        if row["iso2"] == iso2:
            shown = row["name"] in said or row["kind"] == "emergency"
            assert shown is (row["certainty"] != "D"), row["name"]
        assert row["maintainer_note_never_shown"] == "" or row["maintainer_note_never_shown"] not in said
        assert row["source_read"] == "" or row["source_read"] not in said


def test_numbers_from_hearsay_wait_for_somebody_of_the_programme(client):
    run_in("IE")
    said = client.get("/help/lines")
    assert dialled(said) == {"116123"}
    assert "Nobody here has checked the emergency number of this country yet (Ireland)." in text_of(said)
    run_in("IE", checked=["IE/emergency/112-999"])
    assert dialled(client.get("/help/lines")) == {"116123", "112", "999"}


def test_a_country_nobody_has_looked_at_says_so_and_names_a_directory(client):
    run_in("")
    response = client.get("/help/lines/UA")
    assert dialled(response) == set()
    assert "so none is shown: a number that does not connect is worse than none." in text_of(response)
    assert 'href="https://findahelpline.com/" rel="nofollow noreferrer"' in response.content.decode()


def test_every_line_says_when_somebody_looked_or_that_nobody_has(client):
    run_in("GB", checked=["GB/crisis/116123"])
    said = text_of(client.get("/help"))
    assert "Checked on 1 November 2026." in said
    assert "Listed on 2 June 2026; not yet tried by us." in said
    assert "Daniel" not in said


# ── the page that opens first ──


def test_help_offers_breath_and_senses_alike_two_lines_and_the_emergency_number(client):
    everything_checked("GB")
    body = client.get("/help").content.decode()
    ways = re.findall(r'<a class="way" href="([^"]+)">', body)
    assert ways == ["/help/breathe", "/help/senses"]
    assert re.findall(r"<h3>(.*?)</h3>", body) == ["Samaritans", "Shout"]
    assert 'href="tel:116123"' in body
    assert 'href="sms:85258?body=SHOUT"' in body
    assert 'class="button " href="tel:999"' in body
    assert "If nobody answers" in body


@pytest.mark.parametrize(
    ("iso2", "two"),
    [
        ("US", ["988 Suicide & Crisis Lifeline", "Crisis Text Line"]),  # not the one for veterans
        ("DK", ["Livslinien", "Find A Helpline (ThroughLine)"]),
        ("TR", ["Find A Helpline (ThroughLine)", "NO MORE Global Directory (domestic violence)"]),
    ],
)
def test_there_is_always_a_second_choice(client, iso2, two):
    everything_checked(iso2)
    body = client.get("/help").content.decode()
    assert [html.unescape(name) for name in re.findall(r"<h3>(.*?)</h3>", body)] == two


def test_before_set_up_help_lets_the_visitor_choose_a_country(client):
    run_in("")
    said = client.get("/help")
    assert '<option value="JP">Japan</option>' in said.content.decode()
    assert dialled(said) == set()
    assert '<option value="" selected>Choose a country</option>' in said.text  # none by a slip of the finger
    assert 'href="https://findahelpline.com/"' in said.text  # a way in with one tap, wherever somebody is
    assert "Many phones also have “Emergency”" in text_of(said)


def test_the_country_is_the_programme_s_or_the_one_that_was_picked_never_a_guess(client):
    everything_checked("GB")
    plain = client.get("/help/lines").content
    from_far = {"accept-language": "en-AU", "x-forwarded-for": "1.1.1.1", "cf-ipcountry": "AU"}
    assert client.get("/help/lines", headers=from_far, REMOTE_ADDR="1.1.1.1").content == plain
    picked = client.get("/help/lines", {"country": "au"})
    assert "000" in dialled(picked)
    assert client.get("/help/lines").content == plain  # and nothing was remembered
    assert not picked.cookies


@pytest.mark.parametrize("asked", ["", "QQ", "XE", "ZZ", "GBR", "\u202eGB", "\x00", "<b>", "g" * 4000])
def test_a_country_nobody_knows_is_answered_with_the_programme_s_own(client, asked):
    everything_checked("GB")
    assert client.get("/help/lines", {"country": asked}).content == client.get("/help/lines").content


@pytest.mark.parametrize("iso2", ["QQ", "XE", "ZZ", "GBR", "%00", "%3Cb%3E"])
def test_the_page_of_a_country_nobody_knows_is_not_there(client, iso2):
    assert client.get(f"/help/lines/{iso2}").status_code == 404


def test_help_opens_even_when_the_database_does_not_answer(client, monkeypatch):
    def trouble(*anything):
        raise vault.StorageTrouble

    monkeypatch.setattr(vault, "setting", trouble)
    for path in PAGES:
        assert client.get(path).status_code == 200, path
    assert "116123" in dialled(client.get("/help/lines/GB"))


# ── for people in a bad minute ──


def test_a_line_that_can_be_written_to_comes_before_those_that_are_rung(client):
    everything_checked("US")
    said = text_of(client.get("/help/lines"))
    assert said.index("Crisis Text Line") < said.index("If somebody hurts you")
    place = access.place()
    assert [line.name for line in place.to_write()][:2] == [
        "988 Suicide & Crisis Lifeline",
        "Veterans Crisis Line",
    ]
    assert all(line.texts == () for line in place.to_talk())
    shown_once = (*place.to_write(), *place.to_talk(), *place.against_violence())
    assert len({line.key for line in shown_once}) == len(shown_once) == len(place.lines) - 1


@pytest.mark.parametrize("iso2", EVERY_COUNTRY)
def test_lines_about_violence_come_with_a_word_about_the_phone_s_own_list(client, iso2):
    everything_checked(iso2)
    said = text_of(client.get("/help/lines"))
    has_some = bool(access.place().against_violence())
    assert ("this phone’s own list of calls" in said) is has_some
    assert "If nobody answers" in said


def test_no_figure_about_busy_lines_is_ever_shown(client):
    everything_checked("DK")
    assert not re.search(r"\d+ ?%|1 in \d+|one (call )?in ", text_of(client.get("/help/lines")))


def test_breathing_goes_out_longer_than_in_holds_nothing_and_stops_for_whoever_wants_it(client):
    body = client.get("/help/breathe").content.decode()
    style = re.findall(r"<style>(.*?)</style>", body, flags=re.S)[1]
    assert "animation:breath 8s infinite" in style
    assert re.search(r"@keyframes breath\{0%,100%\{.*?\}37\.5%\{", style)  # 3 of 8 seconds in, 5 out
    moving = style.split("@media (prefers-reduced-motion:no-preference){")
    assert "animation:" not in moving[0]
    assert moving[1].index("animation:") < moving[1].index("@keyframes")
    assert '<input class="still" type="checkbox" id="still">' in body
    assert body.count('class="ring ') == 2
    assert '<a class="way" href="/help/senses">' in body
    assert not re.search(r"<(audio|video|script(?! type=\"module\" src=\"/))", body)


# ── for everybody, at once, from here alone ──


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_no_sign_in_sets_no_cookie_and_names_nothing_in_its_title(client, path):
    everything_checked("GB")
    response = client.get(path)
    assert response.status_code == 200
    assert not response.cookies
    assert re.findall(r"<title>(.*?)</title>", response.content.decode()) == ["Kettle"]
    assert client.head(path).status_code == 200
    assert client.post(path).status_code in (403, 405)


@pytest.mark.parametrize("encoding", ["br", "gzip"])  # browsers ask for brotli over https alone
@pytest.mark.parametrize(
    "path", [*PAGES, "/help/country", *(f"/help/lines/{iso2}" for iso2 in EVERY_COUNTRY)]
)
def test_a_page_arrives_in_one_round_trip(client, path, encoding):
    everything_checked("GB")
    response = client.get(path, headers={"accept-encoding": encoding})
    headers = sum(len(f"{name}: {value}\r\n".encode()) for name, value in response.headers.items())
    assert response.headers["Content-Encoding"] == encoding
    assert len(response.content) + headers + OF_THE_SERVER <= ONE_FLIGHT
    assert "<style>" in client.get(path).text  # and the whole of its style is in it


@pytest.mark.parametrize("path", PAGES)
def test_a_page_brings_its_style_along_and_asks_nobody_else(client, path):
    everything_checked("GB")
    response = client.get(path)
    body, policy = response.content.decode(), response.headers["Content-Security-Policy"]
    sheets = re.findall(r"<style>(.*?)</style>", body, flags=re.S)
    assert len(sheets) == 2
    for sheet in sheets:
        digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
        assert "url(" not in sheet
        assert "@import" not in sheet
    assert "unsafe" not in policy
    assert not re.findall(r'<link rel="stylesheet"', body)
    fetched = re.findall(r'<(?:script|img|link|iframe|source)[^>]*(?:src|href)="([^"]+)"', body)
    fetched.remove("/manifest.webmanifest")  # a phone asks for it when somebody wants an icon
    assert all(address.startswith("/static/") for address in fetched)
    for link in re.findall(r'<a [^>]*href="https?:[^>]*>', body):
        assert 'rel="nofollow noreferrer"' in link
    assert " style=" not in body


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_nothing_we_do_not_say(client, path):
    everything_checked("GB")
    with translation.override("en"):
        words = text_of(client.get(path))
    found = words_lint.findings([words_lint.Text(path, "en", words_lint.STRINGS, words)])
    assert [str(finding) for finding in found] == []
    assert "!" not in words


def test_the_safety_page_says_what_leaving_cannot_do(client):
    said = text_of(client.get("/safety"))
    for promise in (
        "It does not erase the browser’s history.",
        "What you were writing and had not saved is gone.",
        "How to come back",
        "A private window",
        "Another device",
        "No button helps against them, ours included",
    ):
        assert promise in said
