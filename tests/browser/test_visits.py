"""What goes wrong in a real visit: it ends in the middle, two tabs, the back button, and other sites that meddle."""

import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from ibasho.programme.records import Programme
from tests.support.hands import Hands, end_every_session, let_time_pass
from tests.support.house import open_programme, up
from tests.support.person import Person
from tests.support.served import chromium, whole

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def whole_browser(browser):
    with whole(browser) as one:
        yield one


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    data = tmp_path_factory.mktemp("house") / "data"
    open_programme(data)
    with up(data) as house:
        yield house


@pytest.fixture(scope="module")
def cast():
    """Who has joined so far: joining takes its time, so they do it once."""
    return {}


@pytest.fixture
def somebody(house, browser, cast):
    """Gives somebody who is in, in a browser of their own, with nothing written about today."""
    opened: list[Hands] = []

    def come(name="Mia", browser=browser, **wishes):
        if name not in cast:
            cast[name] = Person(house.address, name)
            cast[name].join(house.invite())
        person = cast[name]
        if "Come in" in person.open("/").text:
            person.come_in()
        blank(person)
        there = Hands(browser, house, **wishes)
        there.words = person.words
        url = f"https://{house.address}"
        there.context.add_cookies(
            [
                {"name": key, "value": value, "url": url, "sameSite": "Strict", "httpOnly": True}
                for key, value in person.cookies.items()
            ]
        )
        opened.append(there)
        there.tab.goto("/")
        return there

    yield come
    for there in opened:
        there.context.close()
        assert there.refused == []


def blank(person):
    """Erase today, if something was kept."""
    page = person.home()
    kept = person._own_day(page)
    if kept:
        days = person.open(link(page, "Look back at my days"))
        day = person.open(next(path for path in days.links if path.endswith(kept[-11:])))
        person.open(link(day, "Erase this day"))
        person.fill(person.page.form("csrfmiddlewaretoken"))


def link(page, name):
    return re.search(rf'<a [^>]*href="([^"]+)"(?:(?!</a>).)*{name}', page.text, re.S)[1]


def every_byte_of(house):
    return b"\0".join(
        path.read_bytes() for place in (house.data, house.run) for path in place.rglob("*") if path.is_file()
    )


# A visit that ends in the middle ----------------------------------------------------------------------


@BOTH
def test_what_was_typed_comes_back_when_the_visit_ended_in_the_middle_of_writing(script, house, somebody):
    mia = somebody(script=script)
    mia.choose("mood", "low")
    mia.write("zebra-canary on the roof\nand a second line", "otter-canary, and “tea”")
    end_every_session(house)
    mia.press("Keep this")
    mia.see("What you were writing is kept.")
    assert "zebra-canary" not in mia.tab.content()
    assert b"zebra-canary" not in every_byte_of(house)

    mia.say_the_words()
    mia.see("zebra-canary on the roof")
    mia.see("otter-canary, and “tea”")
    assert mia.heading == "Here is what you were writing"
    mia.press("Send it now")
    mia.follow("Change it or add something")
    assert mia.tab.input_value("[name=line]") == "zebra-canary on the roof\nand a second line"
    assert mia.tab.input_value("[name=good]") == "otter-canary, and “tea”"
    assert mia.tab.is_checked("[name=mood][value=low]")


def test_somebody_else_at_the_same_browser_does_not_get_it(house, somebody):
    mia, aya = somebody(), somebody("Aya")
    mia.write("zebra-canary on the roof")
    end_every_session(house)
    mia.press("Keep this")
    mia.see("What you were writing is kept.")
    mia.words = aya.words
    mia.say_the_words()
    assert "zebra-canary" not in mia.tab.content()
    assert mia.heading != "Here is what you were writing"


@BOTH
def test_a_page_left_open_asks_for_the_first_word_and_nothing_typed_is_lost(script, house, somebody):
    mia = somebody(script=script)
    mia.write("zebra-canary")
    let_time_pass(house, 300)
    mia.press("Keep this")
    mia.see("Covered while you were away")
    assert "zebra-canary" not in mia.tab.content()
    mia.tab.fill("main [name=word]", mia.words.split()[0])
    mia.press("Go on")
    mia.see("zebra-canary")
    mia.press("Send it now")
    mia.follow("Change it or add something")
    assert mia.tab.input_value("[name=line]") == "zebra-canary"


def test_three_other_words_end_the_visit(house, somebody):
    mia = somebody()
    let_time_pass(house, 300)
    mia.tab.reload()
    for _ in range(3):
        mia.tab.fill("main [name=word]", "zebra")
        mia.press("Go on")
    assert mia.heading == "Come in"
    mia.tab.fill("main [name=words]", mia.words.split()[0])
    mia.press("Come in")
    assert mia.heading == "Come in"


def test_the_veil_comes_after_two_minutes_and_what_was_typed_stays_beneath_it(house, somebody):
    mia = somebody()
    mia.tab.clock.install()
    mia.tab.goto("/")
    mia.write("zebra-canary")
    mia.tab.clock.run_for(145_000)
    mia.tab.wait_for_selector("#veil", state="visible")
    assert mia.tab.evaluate("document.querySelector('main').inert")
    mia.tab.fill("#veil-word", "zebra")
    mia.tab.press("#veil-word", "Enter")
    mia.tab.wait_for_selector("#veil-said p", state="visible")
    mia.tab.fill("#veil-word", mia.words.split()[0])
    mia.tab.press("#veil-word", "Enter")
    mia.tab.wait_for_selector("#veil", state="hidden")
    assert mia.tab.input_value("[name=line]") == "zebra-canary"
    mia.press("Keep this")
    mia.see("Kept.")


def test_an_open_page_of_a_visit_that_was_ended_elsewhere_shows_nothing_more(house, somebody):
    """Attack 41, 42, 44: ended from another browser; the cookie that is left opens nothing."""
    mia = somebody()
    mia.write("zebra-canary")
    mia.press("Keep this")
    mia.see("Kept.")
    left_open = {one["name"]: one["value"] for one in mia.context.cookies()}

    elsewhere = Person(house.address, words=mia.words)
    elsewhere.come_in()
    elsewhere.home()
    page = elsewhere.open(next(path for path in elsewhere.page.links if _is_account(elsewhere, path)))
    assert "one other browser" in page.text
    form = next(form for form in page.forms if set(form.fields) == {"csrfmiddlewaretoken"})
    elsewhere.fill(form)

    mia.follow("Circle")
    assert mia.heading == "Come in"
    stolen = Person(house.address)
    stolen.cookies = left_open
    assert "zebra-canary" not in stolen.open("/").text
    assert "Come in" in stolen.open("/").text


def _is_account(person, path):
    return path.startswith("/n/") and "Since last time" in person.ask("GET", path).text


# Two tabs, twice, back --------------------------------------------------------------------------------


@BOTH
def test_two_tabs_lose_nothing_of_each_other(script, somebody):
    mia = somebody(script=script)
    other = mia.open_tab()
    other.goto("/")
    other.fill("[name=line]", "from the other tab")
    mia.write("from this tab")
    mia.press("Keep this")
    mia.see("Only you can open it.")

    other.get_by_role("button", name="Keep this", exact=True).click()
    other.get_by_text("kept in another tab in the meantime").wait_for()
    assert "from this tab" in other.content()
    assert other.input_value("[name=line]") == "from the other tab"
    other.get_by_role("button", name="Keep this", exact=True).click()
    other.get_by_text("Only you can open it.").first.wait_for()
    mia.tab.goto("/")
    mia.follow("Change it or add something")
    assert mia.tab.input_value("[name=line]") == "from the other tab"


@BOTH
def test_pressing_twice_keeps_one_day_and_worries_nobody(script, somebody):
    mia = somebody(script=script)
    mia.write("once is enough")
    mia.tab.get_by_role("button", name="Keep this", exact=True).dblclick()
    mia.see("Only you can open it.")
    assert "in the meantime" not in mia.tab.content()
    mia.follow("Change it or add something")
    assert mia.tab.input_value("[name=line]") == "once is enough"


@BOTH
def test_back_after_keeping_and_keeping_again_changes_nothing(script, somebody):
    mia = somebody(script=script)
    mia.write("the first time")
    mia.press("Keep this")
    mia.see("Only you can open it.")
    mia.follow("Look back at my days")
    mia.tab.go_back()
    mia.see("Only you can open it.")
    mia.tab.reload()
    mia.see("Only you can open it.")
    mia.follow("Change it or add something")
    assert mia.tab.input_value("[name=line]") == "the first time"


# Leaving ----------------------------------------------------------------------------------------------


def test_shift_three_times_leaves_and_nothing_is_in_the_browser_any_more(house, somebody, whole_browser):
    mia = somebody(browser=whole_browser)
    mia.write("zebra-canary")
    mia.press("Keep this")
    mia.see("Kept.")
    mia.away.clear()
    for _ in range(3):
        mia.tab.keyboard.press("Shift")
    mia.tab.get_by_text("The weather").wait_for()
    assert mia.tab.url == Programme().quick_exit
    assert "referer" not in mia.away[0]
    assert not mia.cookies & {"__Host-k", "__Host-s"}
    mia.tab.go_back()
    mia.tab.wait_for_load_state()
    assert "zebra-canary" not in mia.tab.content()
    assert "Mia" not in mia.tab.inner_text("body")  # sealed text may spell three letters by chance


def test_nothing_of_a_visit_stays_in_what_a_browser_can_store(somebody):
    mia = somebody()
    mia.write("zebra-canary", "otter-canary")
    mia.press("Keep this")
    mia.see("Kept.")
    stored = mia.tab.evaluate(
        """async () => [Object.entries(localStorage), Object.entries(sessionStorage), document.cookie,
           (await indexedDB.databases()).length, history.state && Object.keys(history.state)]"""
    )
    # htmx keeps the address of the page before, which says nothing, until the tab is closed.
    address_only = [
        one for one in stored[1] if one[0] == "htmx-current-path-for-history" and len(one[1]) < 12
    ]
    assert stored[:3] == [[], address_only, ""]
    assert stored[3] == 0
    assert stored[4] in (None, ["htmx"])
    # Help is kept for when there is no connection: pages that are everybody's, and nothing of a visit.
    kept = mia.tab.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys())
            for (const one of await (await caches.open(name)).keys())
              found.push([new URL(one.url).pathname, await (await caches.match(one)).text()]);
          return found;
        }"""
    )
    for path, text in kept:
        assert re.match(r"/(help|offline|safety|static)\b", path), path
        assert not re.search("canary|Mia|csrfmiddlewaretoken", text), path


# Other sites (attacks 46, 47) -------------------------------------------------------------------------

MEDDLING = {
    "picture": "<img src='{house}/leave'><img src='{house}/leave?x'>",
    "link": "<a id='go' href='{house}/leave'>A prize</a>",
    "form": "<form id='go-form' action='{house}/leave'></form>",
    "posted form": "<form id='go-form' method='post' action='{house}{sign_out}'></form>",
    "frame": "<iframe src='{house}/leave'></iframe>",
    "script": "<script>fetch('{house}/leave', {{mode: 'no-cors', credentials: 'include'}})</script>",
    "prefetch": "<link rel='prefetch' href='{house}/leave'><link rel='stylesheet' href='{house}/leave'>",
}


@pytest.fixture
def another_site():
    """Somebody else's server. Asked with ?page=…, it answers with exactly that."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            body = parse_qs(urlsplit(self.path).query).get("page", [""])[0].encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def address_of(mia, heading):
    """The address of a form on the account page, as a page elsewhere could have learned it."""
    tab = mia.open_tab()
    tab.goto("/")
    tab.get_by_role("link", name="Mine").click()
    tab.get_by_role("heading", name="Mine").wait_for()
    action = tab.get_by_role("button", name=heading).locator("xpath=ancestor::form").get_attribute("action")
    tab.close()
    return action


def visit(mia, site, way, sign_out):
    """Mia follows a link to that page, in another tab of the same browser, and presses what is there."""
    tab = mia.context.new_page()
    page = MEDDLING[way].format(house=mia.origin, sign_out=sign_out)
    tab.goto(f"{site}/?page={quote(page)}")
    if "id='go'" in page:
        tab.click("#go")
    if "id='go-form'" in page:
        tab.evaluate("document.querySelector('#go-form').submit()")
    tab.wait_for_load_state("networkidle")
    tab.close()


@pytest.mark.parametrize("host", ["elsewhere.example", "localhost", "127.0.0.1"])
def test_no_page_of_another_site_can_end_a_visit(host, somebody, another_site):
    """Not from another host, and not from another port of this one, which a browser counts as the same site."""
    mia = somebody()
    sign_out = address_of(mia, "Close this visit")
    for way in MEDDLING:
        visit(mia, f"http://{host}:{another_site}", way, sign_out)
        mia.tab.goto("/")
        assert mia.heading.startswith("Good to see you"), f"no longer in, after a {way}"


@pytest.mark.parametrize("host", ["elsewhere.example", "127.0.0.1"])
def test_no_page_of_another_site_can_write(host, somebody, another_site):
    mia = somebody()
    where = mia.tab.locator("main form").first.get_attribute("action")
    form = (
        f"<form id='go-form' method='post' action='{mia.origin}{where}'>"
        "<input name='line' value='zebra-canary'></form>"
    )
    tab = mia.context.new_page()
    tab.goto(f"http://{host}:{another_site}/?page={quote(form)}")
    tab.evaluate("document.querySelector('#go-form').submit()")
    tab.wait_for_load_state()
    assert tab.locator("h1").inner_text() in ("This form came from somewhere else", "Come in")
    mia.tab.goto("/")
    assert mia.heading == "Good to see you, Mia."
    assert mia.tab.locator("[name=line]").input_value() == ""


def test_no_page_of_ours_opens_inside_another(somebody, another_site):
    mia = somebody()
    tab = mia.context.new_page()
    tab.goto(f"http://127.0.0.1:{another_site}/?page={quote(f'<iframe src={mia.origin}/></iframe>')}")
    tab.wait_for_timeout(300)
    inside = tab.frames[1]
    assert "Kettle" not in inside.content()


# Markup in what people write (attack 30) --------------------------------------------------------------

MARKUP = (
    "<script>window.hacked=1</script><img src=x onerror=window.hacked=1><svg onload=window.hacked=1>"
    "\"'><b>bold</b>{{7*7}}[x](javascript:window.hacked=1)"
)


@BOTH
def test_markup_is_shown_as_it_was_typed_and_runs_nowhere(script, house, somebody):
    mia = somebody(MARKUP[:40], script=script)
    mia.write(MARKUP, MARKUP)
    mia.press("Keep this")
    mia.see("Only you can open it.")
    mia.follow("Change it or add something")
    assert mia.tab.input_value("[name=line]") == MARKUP
    mia.follow("Today")
    for way in ("Look back at my days", "Good things"):
        mia.follow(way)
        harmless(mia)
    assert MARKUP in mia.tab.locator("main").inner_text()
    mia.tab.goto("/")
    harmless(mia)
    assert MARKUP[:40] in mia.heading
    mia.follow("Mine")
    harmless(mia)


def harmless(person):
    assert person.tab.evaluate("window.hacked") is None
    assert person.tab.locator("main b, main script, main [onerror], main [onload]").count() == 0


ADD = """
const add = (name, what) => {
  const one = Object.assign(document.createElement(name), what);
  document.body.append(one);
  return one;
};
"""


def test_a_script_that_came_into_a_page_all_the_same_does_not_run(somebody):
    mia = somebody()
    for attempt in (
        "add('script', {textContent: 'window.hacked = 1'})",
        "add('script', {src: 'https://elsewhere.example/x.js'})",
        "add('iframe', {srcdoc: '<script>top.hacked = 1</script>'})",
        "add('a', {href: 'javascript:window.hacked = 1'}).click()",
        "add('p', {innerHTML: '<img src=data:, onerror=\"window.hacked = 1\">'})",
    ):
        mia.tab.evaluate(ADD + attempt)
    mia.tab.wait_for_timeout(300)
    assert mia.tab.evaluate("window.hacked") is None
    assert mia.away == [], "nothing was asked of another site"
    assert len(mia.refused) >= 4
    mia.refused.clear()
