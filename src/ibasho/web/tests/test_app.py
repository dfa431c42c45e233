"""The installable app: a cover and nothing else to see, public pages and nothing else to keep."""

import json
import re

import pytest

from ibasho import vault
from ibasho.help.shelf import SHELF
from ibasho.programme.records import Programme
from ibasho.web import app, static_files
from ibasho.web.addresses import address
from ibasho.web.cover import ICONS
from ibasho.web.static_files import SOURCES, content, static


def choose(icon, name="Garden"):
    vault.set_setting("programme", Programme(cover=name, cover_icon=icon))


@pytest.mark.parametrize("icon", ICONS)
def test_the_icon_the_programme_chose_is_on_the_tab_the_phone_and_beside_the_name(icon, client):
    choose(icon)
    page = client.get("/").text
    assert f'<link rel="icon" type="image/svg+xml" href="{static(f"icons/{icon}.svg")}">' in page
    assert f'<link rel="apple-touch-icon" href="{static(f"icons/{icon}-180.png")}">' in page
    assert f'<a class="home" href="/"><svg class="drawing d-{ICONS[icon]}"' in page
    said = json.loads(client.get("/manifest.webmanifest").content)
    assert {one["src"] for one in said["icons"]} == {
        static(f"icons/{icon}-{size}.png") for size in (192, 512)
    }
    assert {one["purpose"] for one in said["icons"]} == {"any", "maskable"}
    assert said["name"] == said["short_name"] == "Garden"


def test_a_manifest_says_no_more_than_the_cover(client):
    choose("leaf")
    said = json.loads(client.get("/manifest.webmanifest").content)
    assert set(said) == {
        *(
            "id",
            "name",
            "short_name",
            "start_url",
            "scope",
            "display",
            "theme_color",
            "background_color",
            "icons",
        )
    }
    assert (said["start_url"], said["scope"], said["display"]) == ("/", "/", "standalone")


def test_an_icon_nobody_drew_is_the_usual_one(client):
    choose("zebra")
    assert static("icons/kettle.svg") in client.get("/").text


def test_every_icon_is_small_and_drawn_by_us():
    for icon in ICONS:
        for size in (180, 192, 512):
            body = content(f"icons/{icon}-{size}.png")
            assert body.startswith(b"\x89PNG")
            assert int.from_bytes(body[16:20], "big") == int.from_bytes(body[20:24], "big") == size
            assert len(body) <= 4096
            assert not re.search(rb"tEXt|iTXt|eXIf|tIME", body), "a picture says nothing of where it was made"
        assert len(content(f"icons/{icon}.svg")) < 500
    assert sorted(path.stem for path in (SOURCES / "icons").glob("*.svg")) == sorted(ICONS)


def told(client):
    text = client.get("/sw.js").text
    return json.loads(re.match(r"const told = (\{.*\});\n", text)[1]), text


def test_the_worker_keeps_pages_that_answer_to_everybody_and_nothing_else(client, programme):
    list_, _ = told(client)
    pages = [path for path in list_["pages"] if not path.startswith("/static/")]
    help_ = ("help", "help-breathe", "help-senses", "help-lines", "help-shelf", "safety")
    assert sorted(pages) == sorted(
        [address(name) for name in (*help_, "pocket", "offline")]
        + [address("help-skill", name) for name in SHELF]
    )
    assert list_["country"] == ["/help", "/help/lines"]
    assert set(list_["country"]) <= set(pages)
    assert list_["choice"] == ["/help/country", "/help/lines"]
    for path in list_["pages"]:
        assert not path.startswith("/n/")
        if not path.startswith("/static/"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert not answer.cookies
            assert b'method="post"' not in answer.content


def test_what_is_asked_for_to_be_kept_is_a_stranger_s_page_whoever_sits_there(client, mia):
    browser = client.of(mia)
    cookie = browser.cookies["__Host-k"].value
    for path in ("/help", "/help/lines", "/help/kept", "/offline", "/safety"):
        kept = browser.get(path, headers={"X-Offline": "1"})
        assert kept.content == client.get(path).content
        assert "Clear-Site-Data" not in kept.headers
    assert b"csrfmiddlewaretoken" in browser.get("/help").content, "and without that word it is her own"
    assert browser.get(address("account"), headers={"X-Offline": "1"}).status_code == 401
    assert vault.sessions.resume(cookie) is not None


def test_another_cover_another_file_or_another_list_is_another_worker(client, programme, monkeypatch):
    versions = [told(client)[0]["version"]]
    choose("leaf")
    versions.append(told(client)[0]["version"])
    choose("leaf", "Kitchen")
    versions.append(told(client)[0]["version"])
    monkeypatch.setattr(app, "_pages", [*app._pages, ("about",)])
    versions.append(told(client)[0]["version"])
    assert len(set(versions)) == 4
    assert told(client)[0]["version"] == versions[-1]


def test_the_worker_is_small_and_never_kept_by_a_cache(client, programme):
    answer = client.get("/sw.js", headers={"Accept-Encoding": "gzip"})
    assert len(answer.content) < 2048
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "text/javascript"
    assert "worker-src 'self'; manifest-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_page_without_a_connection_leads_to_help_and_to_what_is_kept(client, programme):
    page = client.get("/offline").text
    assert "There is no connection just now" in page
    assert '<a class="option" href="/help">' in page
    assert '<a class="option" href="/help/kept">' in page


def test_every_file_the_worker_keeps_is_served(client, programme):
    served = {static(name) for name in static_files.names()}
    assert {path for path in told(client)[0]["pages"] if path.startswith("/static/")} <= served
