"""The bell in a real browser: what its worker does with a ring, and the way a browser is turned on (DOMAIN 5.4).

A message is delivered to the worker through the browser's own developer protocol, which stands where the push service
is: no service can be reached from a test. That what the server sends is what RFC 8291 says, src/ibasho/bell/tests hold.
"""

import json
import os

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

from ibasho import vault
from ibasho.bell import access
from ibasho.web.addresses import address
from tests.support.person import until
from tests.support.served import FLAGS, served
from tests.support.sights import come_in, press

pytestmark = pytest.mark.browser

SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(one =>
  ({title: one.title, body: one.body, tag: one.tag, data: one.data, icon: one.icon}))"""
# The browser lets a worker open a page only after a finger; this one says which page it would be.
ANSWER = """async () => {
  const opened = [];
  clients.openWindow = async (where) => { opened.push(where); };
  for (const notification of await registration.getNotifications()) {
    self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
  }
  return opened;
}"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"SITE": "https://ibasho.example.org", "PUSH": "known"}.items():
            patch.setattr(settings, f"IBASHO_{name}", value)
        with served(tmp_path_factory.mktemp("house"), patch, names=("Mia",)) as made:
            yield made


@pytest.fixture(scope="module")
def context(house, tmp_path_factory):
    """A browser with a profile, since a private window has no push; and one that may reach its service, if there is."""
    with sync_playwright() as play:
        flags = [flag for flag in FLAGS if flag != "--disable-background-networking"]
        opened = play.chromium.launch_persistent_context(
            str(tmp_path_factory.mktemp("profile")),
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=flags,
        )
        opened.grant_permissions(["notifications"], origin=house.origin)
        yield opened
        opened.close()


@pytest.fixture
def tab(context, house):
    tab = context.new_page()
    tab.goto(f"{house.origin}/help")
    tab.evaluate("navigator.serviceWorker.ready")
    yield tab
    tab.close()


def rung(context, tab, house, message):
    """Deliver a message to the worker, as the push service's line into the browser would. Gives what is shown then."""
    line = context.new_cdp_session(tab)
    there = []
    line.on("ServiceWorker.workerRegistrationUpdated", lambda said: there.extend(said["registrations"]))
    line.send("ServiceWorker.enable")
    assert until(lambda: (tab.wait_for_timeout(50), there)[1])
    said = {"origin": house.origin, "registrationId": there[0]["registrationId"], "data": message}
    for _ in range(5):  # a worker that is just being started may not hear the first
        line.send("ServiceWorker.deliverPushMessage", said)
        if until(lambda: tab.evaluate(SHOWN), seconds=3):
            break
    line.detach()
    return tab.evaluate(SHOWN)


def test_a_ring_shows_one_line_and_a_tap_leads_to_the_page(context, tab, house):
    (one,) = rung(context, tab, house, json.dumps({"t": "The kettle is on", "p": "/n/abcdef/a-token"}))
    assert (one["title"], one["body"], one["tag"]) == ("The kettle is on", "", "n")
    assert "/icons/kettle-192" in one["icon"]
    assert context.service_workers[0].evaluate(ANSWER) == [f"{house.origin}/n/abcdef/a-token"]
    assert until(lambda: tab.evaluate(SHOWN) == []), "and it is gone from the screen"


def test_whatever_else_comes_is_the_cover_name_and_leads_to_the_front_page(context, tab, house):
    for message in (
        "",
        "zebra",
        '"zebra"',
        "{}",
        "null",
        '{"t": 7, "p": 7}',
        '{"p": "https://elsewhere.example/"}',
        '{"p": "//elsewhere.example/x"}',
        '{"p": "/\\\\elsewhere.example"}',
    ):
        (one,) = rung(context, tab, house, message)
        assert one["title"] == "Kettle", message
        assert context.service_workers[0].evaluate(ANSWER) in ([house.origin + "/"], ["/"]), message
        assert until(lambda: tab.evaluate(SHOWN) == [])


def test_several_rings_are_one_line_on_the_screen(context, tab, house):
    for number in range(3):
        rung(context, tab, house, json.dumps({"t": "There is tea", "p": f"/n/abcdef/{number}"}))
    assert until(lambda: [one["data"] for one in tab.evaluate(SHOWN)] == ["/n/abcdef/2"])


def test_mia_turns_this_browser_on_or_is_told_that_its_service_does_not_answer(context, tab, house):
    """With a push service in reach this is the whole way; without one, the kind sentence about it."""
    come_in(tab, house, "Mia")
    tab.goto(house.origin + address("bell-browser"))
    press(tab, "Turn it on here")
    turned_on, service = (
        tab.get_by_text("Turned on. You can try it below."),
        tab.get_by_text("service did not answer just now"),
    )
    assert until(
        lambda: (tab.wait_for_timeout(100), turned_on.or_(service).first.is_visible())[1], seconds=30
    )
    kept = access.wishes(vault.Space(vault.current(), house.space("Mia")._root)).browsers
    print("a push service was reached" if kept else "no push service could be reached")
    assert bool(kept) is turned_on.is_visible()


def test_a_browser_that_was_told_no_keeps_nothing_and_says_so(tab, house):
    come_in(tab, house, "Mia")
    tab.goto(house.origin + address("bell-browser"))
    tab.evaluate("Notification.requestPermission = async () => 'denied'")
    press(tab, "Turn it on here")
    assert until(lambda: tab.get_by_text("The browser did not allow it").is_visible())
    assert access.wishes(house.space("Mia")).browsers == ()


def test_without_javascript_the_page_says_what_is_needed(context, house):
    tab = context.browser.new_context(java_script_enabled=False).new_page()
    come_in(tab, house, "Mia")
    tab.goto(house.origin + address("bell-browser"))
    assert tab.get_by_text("This way needs JavaScript").is_visible()
    assert not tab.get_by_role("button", name="Turn it on here").is_visible()
    tab.context.close()
