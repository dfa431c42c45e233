"""Help as a hand meets it: in a real browser, without script, on a phone."""

import threading
from itertools import pairwise
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import sync_playwright

from ibasho import vault
from ibasho.programme.records import Programme
from ibasho.web import static_files

pytestmark = pytest.mark.browser

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PAGES = ("/help", "/help/breathe", "/help/senses", "/help/lines", "/safety")
MOVING = "document.getAnimations().filter(each => each.playState === 'running').length"


class Quiet(WSGIRequestHandler):
    def log_message(self, format, *args):
        pass


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def origin(programme, tmp_path):
    vault.set_setting("programme", Programme(country="GB"))
    static_files.build(tmp_path / "static")
    application = static_files.serve(get_wsgi_application(), tmp_path / "static", https=False)
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def phone(chromium, origin):
    """Opens a phone without JavaScript; what it asks for, and what its policy refuses, is written down."""
    opened = []

    def open_phone(**wishes):
        wishes = {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False} | wishes
        context = chromium.new_context(base_url=origin, **wishes)
        opened.append(context)
        tab = context.new_page()
        tab.asked = []
        tab.refused = []
        tab.on("request", lambda request: tab.asked.append(request.url.removeprefix(origin)))
        tab.on("console", lambda said: said.type == "error" and tab.refused.append(said.text))
        return tab

    yield open_phone
    for context in opened:
        context.close()


def test_everything_needed_is_in_the_page_itself(phone):
    tab = phone()
    for path in PAGES:
        tab.asked.clear()
        tab.goto(path)
        assert [url for url in tab.asked if not url.endswith(".svg")] == [
            path
        ]  # the icon on the tab may follow
    assert tab.refused == []


def test_from_help_to_a_ringing_number_is_one_tap(phone):
    tab = phone()
    tab.goto("/help")
    assert tab.locator("a[href^='tel:']").first.get_attribute("href") == "tel:116123"


def test_breath_and_senses_are_equally_large_on_every_screen(phone):
    for width in (320, 390, 1280):
        tab = phone(viewport={"width": width, "height": 844})
        for path in ("/help", "/help/breathe"):
            tab.goto(path)
            breath, senses = (way.bounding_box() for way in tab.locator(".way").all())
            assert (breath["width"], breath["height"]) == (senses["width"], senses["height"]), (width, path)


def test_everything_that_can_be_pressed_is_large_and_stands_apart(phone):
    for width in (320, 390):
        tab = phone(viewport={"width": width, "height": 640})
        for path in ("/help", "/help/lines"):
            tab.goto(path)
            boxes = [way.bounding_box() for way in tab.locator(".way, .button, .option").all()]
            assert all(box["height"] >= 48 for box in boxes)
            below = sorted(boxes, key=lambda box: (box["y"], box["x"]))
            for above, next_ in pairwise(below):
                apart = next_["y"] - (above["y"] + above["height"])
                beside = next_["x"] - (above["x"] + above["width"])
                assert max(apart, beside) >= 8
            assert tab.locator("html").bounding_box()["width"] == width


def test_the_circle_breathes_and_holds_still_when_asked_by_finger_or_by_key(phone):
    tab = phone(java_script_enabled=True)
    tab.goto("/help/breathe")
    assert tab.evaluate(MOVING) == 3
    tab.get_by_text("Hold the circle still").click()
    assert tab.evaluate(MOVING) == 0
    tab.keyboard.press("Space")
    assert tab.evaluate(MOVING) == 3
    assert tab.refused == []


def test_nothing_moves_for_somebody_who_asked_for_less_motion(phone):
    tab = phone(java_script_enabled=True, reduced_motion="reduce")
    for path in PAGES:
        tab.goto(path)
        assert tab.evaluate(MOVING) == 0
    tab.goto("/help/breathe")
    for word in ("breathe in", "breathe out"):
        assert tab.get_by_text(word, exact=True).is_visible()
    assert not tab.get_by_text("Hold the circle still").is_visible()


def test_a_visitor_picks_another_country_without_script(phone):
    tab = phone()
    tab.goto("/help/lines")
    tab.select_option("select[name=country]", "FR")
    tab.get_by_role("button", name="Show these lines").click()
    assert tab.locator("a[href='tel:3114']").count() == 1
    assert tab.locator("a[href='sms:114']").count() == 1
