"""Somebody's own phone in a real browser: help without a connection, and a plan that only its PIN opens.

DOMAIN 1.8, 5.4, 5.5. The server is really stopped; the profile of the browser is read byte by byte.
"""

import datetime as dt
import json
import re
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from ibasho import vault
from ibasho.plan import access as plan_access
from ibasho.plan import actions as plan
from ibasho.plan.phone import PhoneCopy, PhonePart, PhoneStep
from ibasho.plan.records import Step
from ibasho.pocket import access, actions
from ibasho.programme import lines
from ibasho.programme.records import Programme
from ibasho.web import static_files
from ibasho.web.addresses import address
from tests.support import served
from tests.support.person import until

pytestmark = pytest.mark.browser

HER_WORDS = "veranda teapot lantern kettle meadow willow"  # as the cast has them: conftest.py
PIN, SECOND, WRONG = "Wq7zKv-lantern-Xt4pRb", "Jn5yHd-saucer-Mc8fGs", "no such pin"
CANARY = "Zk3vQx9wPj6tLn2r"  # nothing a store could make shorter: it is found whole, or it is not there
HER_OWN = plan_access.phone_copy
COPY = PhoneCopy(
    made_on="Sunday, 22 November",
    parts=(
        PhonePart("Things I can do on my own", (PhoneStep(f"The stairs, twice, {CANARY}"),)),
        PhonePart(
            "People I can ask",
            (
                PhoneStep("Aya", tel="tel:+441134960000", sms="sms:+441134960000?body=Can%20you%20come"),
                PhoneStep("somebody odd", tel="javascript:alert(1)", sms="https://elsewhere.example/"),
            ),
        ),
    ),
)
THERE = """async () => (await indexedDB.databases()).map(one => one.name)"""
READ = """key => new Promise((done, fail) => {
  const open = indexedDB.open("n");
  open.onsuccess = () => {
    const get = open.result.transaction("n").objectStore("n").get(key);
    get.onsuccess = () => { open.result.close(); done(JSON.parse(JSON.stringify(get.result, (_, one) =>
      one instanceof Uint8Array ? Array.from(one) : one))); };
  };
  open.onerror = () => fail(open.error);
})"""
KEPT_PAGES = """async () => {
  const found = {};
  for (const name of await caches.keys())
    for (const one of await (await caches.open(name)).keys())
      found[new URL(one.url).pathname + new URL(one.url).search] = await (await caches.match(one)).text();
  return found;
}"""


class Door:
    """A server that can be stopped, and started again at the same address."""

    def __init__(self, folder=None):
        self.port, self.until_shut = 0, ExitStack()
        self.serve(folder)

    def serve(self, folder):
        """With these files, from now on; without a folder, with a PIN that is stretched briefly."""
        self.shut()
        self.application = served.pages_and_files(folder)
        self.open()

    def open(self):
        self.origin = self.until_shut.enter_context(served.serving(self.application, self.port))
        self.port = int(self.origin.rpartition(":")[2])

    def shut(self):
        self.until_shut.close()


@pytest.fixture
def true_folder(tmp_path):
    static_files.build(tmp_path / "static")
    return tmp_path / "static"


@pytest.fixture(scope="module")
def chromium():
    with served.chromium() as browser:
        yield browser


@pytest.fixture
def door(programme, mia, monkeypatch):
    rows = lines.read_rows(lines.table_text())
    day = dt.date(2026, 11, 1)
    checked = {lines.line_of(row).key: lines.LineCheck(on=day, by="Daniel") for row in rows}
    vault.set_setting("programme", Programme(run_by="Us", country="GB", opened_on=day, lines_checked=checked))
    monkeypatch.setattr(plan_access, "phone_copy", lambda space: COPY)
    door = Door()
    yield door
    door.shut()


def again():
    """Mia's space as it is now: one that was opened before a page was asked for has not seen what it did."""
    return vault.open_door(HER_WORDS)


class Phone:
    """A browser of Mia's."""

    def __init__(self, context, door):
        self.context, self.door, self.refused = context, door, []
        context.set_default_timeout(15_000)
        context.route(
            lambda url: url.startswith("https:"),
            lambda route: route.fulfill(body="<h1>The weather</h1>", content_type="text/html"),
        )
        self.tab = context.pages[0] if context.pages else context.new_page()
        self.tab.on("console", self._said)
        self.tab.on("pageerror", lambda error: self.refused.append(str(error)))

    def _said(self, line):
        if line.type in ("error", "warning") and "Failed to load resource" not in line.text:
            self.refused.append(line.text)

    def come_in(self, space):
        value = vault.sessions.start(space, HER_WORDS)
        url = self.door.origin.replace("http:", "https:")
        self.context.add_cookies(
            [
                {
                    "name": "__Host-k",
                    "value": value,
                    "url": url,
                    "httpOnly": True,
                    "secure": True,
                    "sameSite": "Strict",
                }
            ]
        )
        return value

    def ready(self):
        """Everything that is to be kept is kept, and the worker is in charge."""
        self.tab.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        assert until(lambda: self.tab.evaluate("navigator.serviceWorker.controller !== null"))

    def wake(self):
        """The worker has slept, and asks anew at the next page."""
        session = self.context.new_cdp_session(self.tab)
        session.send("ServiceWorker.enable")
        session.send("ServiceWorker.stopAllWorkers")
        session.detach()

    def put(self, key, value):
        """In the store that the phone keeps, as somebody with the developer's tools would."""
        self.tab.evaluate(
            f"""key => new Promise(done => {{
              const open = indexedDB.open("n");
              open.onsuccess = () => {{
                const change = open.result.transaction("n", "readwrite");
                change.objectStore("n").put({value}, key);
                change.oncomplete = () => {{ open.result.close(); done(); }};
              }};
            }})""",
            key,
        )

    def keep(self, space, *, second="", label="old phone"):
        self.come_in(space)
        self.tab.goto(address("pocket-keep"))
        self.ready()
        self.fill_in(second=second, label=label)
        self.press("Keep it on this phone")
        self.tab.get_by_text("Kept on this phone.", exact=True).wait_for()

    def fill_in(self, *, second="", label="old phone"):
        self.tab.fill("#pin", PIN)
        self.tab.fill("#again", PIN)
        self.tab.fill("[name=label]", label)
        if second:
            self.tab.locator("summary", has_text="A second PIN").click()
            self.tab.fill("#second", second)
            self.tab.fill("#second-again", second)

    def press(self, name):
        self.tab.get_by_role("button", name=name, exact=True).first.click()

    def say_the_pin(self, pin):
        self.tab.fill("#pin", pin)
        self.press("Open")

    def say_a_wrong_pin(self, pin):
        self.say_the_pin(pin)
        assert until(lambda: self.tab.input_value("#pin") == "")

    @property
    def heading(self):
        return self.tab.locator("h1").inner_text()

    def stores(self):
        return self.tab.evaluate(THERE)

    def until_nothing_is_kept(self):
        assert until(lambda: self.stores() == [])


@contextmanager
def phones(browser, door):
    """Gives phones, as many as are asked for; what an ordinary visit does offends no policy."""
    opened = []

    def take(**wishes):
        wishes = {"viewport": {"width": 390, "height": 844}} | wishes
        context = browser.new_context(base_url=door.origin, **wishes)
        opened.append(Phone(context, door))
        return opened[-1]

    yield take
    for one in opened:
        assert one.refused == []
        one.context.close()


@pytest.fixture
def phone(chromium, door):
    with phones(chromium, door) as take:
        yield take


@pytest.fixture(scope="module")
def whole_chromium(chromium):
    with served.whole(chromium) as browser:
        yield browser


@pytest.fixture
def whole_phone(whole_chromium, door):
    with phones(whole_chromium, door) as take:
        yield take


# Without a connection ---------------------------------------------------------------------------------


def test_the_plan_that_mia_wrote_opens_with_the_server_stopped(phone, door, mia, monkeypatch):
    """From the pages where it was written to the phone without a connection, with nothing put in its place."""
    monkeypatch.setattr(plan_access, "phone_copy", HER_OWN)
    for name, step in (
        ("alone", Step("0a0a0a0a", "Feet on the floor.")),
        ("people", Step("0b0b0b0b", "Aya", "07700 900317", "Could you ring me?")),
    ):
        plan.keep_part(mia, name=name, steps=(step,), seen=plan_access.mark_of(()))
    mine = phone()
    mine.keep(mia)
    door.shut()
    mine.tab.goto("/help/kept")
    mine.say_the_pin(PIN)
    mine.tab.locator("#open").wait_for()
    said = mine.tab.locator("#parts").inner_text()
    assert "What I can do by myself" in said
    assert "Feet on the floor." in said
    ring, write = (mine.tab.locator(f"#parts a[href^='{kind}:']").first for kind in ("tel", "sms"))
    assert ring.get_attribute("href") == "tel:07700900317"
    assert write.get_attribute("href") == "sms:07700900317?&body=Could%20you%20ring%20me%3F"


def test_with_the_server_stopped_help_opens_and_the_plan_can_be_read(phone, door, mia):
    mine = phone()
    mine.keep(mia)
    door.shut()

    for path in ("/help", "/help/breathe", "/help/senses", "/help/lines", "/safety"):
        mine.tab.goto(path)
        assert mine.tab.locator("h1").count() == 1
        assert "no connection" not in mine.heading
    mine.tab.goto("/help")
    assert mine.tab.locator("a[href='tel:116123']").count() >= 1
    mine.tab.get_by_role("link", name="Kept on this phone").click()
    assert mine.heading == "Kept on this phone"
    mine.say_the_pin(PIN)
    mine.tab.locator("#open").wait_for()
    assert "As it was on Sunday, 22 November." in mine.tab.locator("#open").inner_text()
    assert CANARY in mine.tab.locator("#parts").inner_text()
    assert (
        mine.tab.get_by_role("link", name=re.compile("^Call.*Aya")).get_attribute("href")
        == "tel:+441134960000"
    )
    assert (
        mine.tab.get_by_role("link", name=re.compile("^Write a message.*Aya"))
        .get_attribute("href")
        .startswith("sms:")
    )
    assert mine.tab.locator("#parts a").count() == 2, "an address of another kind is no address here"

    for path in ("/", address("today"), "/help/lines?country=DE", "/about"):
        mine.tab.goto(path)
        assert mine.heading == "There is no connection just now"
        mine.tab.get_by_role("link", name="Help now").wait_for()


def test_a_server_that_takes_too_long_is_not_waited_for_in_a_bad_minute(phone, door, monkeypatch):
    mine = phone()
    mine.tab.goto("/help")
    mine.ready()
    slow = threading.Event()
    inner = door.application.application

    def waiting(environ, start):
        slow.wait(20)
        return inner(environ, start)

    monkeypatch.setattr(door.application, "application", waiting)
    mine.tab.goto("/help")
    assert mine.tab.locator("a[href='tel:116123']").count() >= 1
    slow.set()


def test_what_is_kept_of_the_house_is_public_and_a_stranger_s_whoever_sat_there(phone, mia):
    mine = phone()
    mine.come_in(mia)
    looked_at = (
        "/help/lines?country=FR",
        "/help/lines/DE",
        "/help/country",
        "/help/country?country=FR",
        "/about",
    )
    for path in ("/help", "/safety", address("today"), "/", address("account"), *looked_at):
        mine.tab.goto(path)
        mine.ready()
    mine.tab.wait_for_timeout(500)
    kept = mine.tab.evaluate(KEPT_PAGES)
    told = mine.tab.evaluate("fetch('/sw.js').then(answer => answer.text())")
    assert set(kept) == set(json.loads(told[len("const told = ") : told.index(";\n")])["pages"])
    assert not set(kept) & set(looked_at), "what somebody looked at is their own affair"
    for path, text in kept.items():
        assert path.startswith(("/help", "/safety", "/offline", "/static/")), path
        for word in ("csrfmiddlewaretoken", "Mia", "/n/", 'id="veil"'):
            assert word not in text or path.startswith("/static/"), (path, word)


def test_a_country_asked_to_be_remembered_is_kept_with_help_and_forgotten_with_it(phone, door):
    def leading():
        kept = mine.tab.evaluate(KEPT_PAGES)
        return ["tel:3114" in kept[path] for path in ("/help", "/help/lines")]

    mine = phone()
    mine.tab.goto("/help")
    mine.ready()
    assert leading() == [False, False]
    mine.tab.goto("/help/country?country=FR")
    mine.tab.get_by_text("Remember this on this phone").click()
    mine.press("Show these lines")
    assert until(lambda: leading() == [True, True])
    mine.tab.get_by_role("link", name="Change or forget it").click()
    mine.press("Forget it")
    assert until(lambda: leading() == [False, False])


def test_the_worker_sends_no_cookie_that_a_link_on_another_site_would_not(whole_phone, door, mia):
    """Attack 47: SameSite=Strict holds with the worker between the browser and the house, too."""
    mine = whole_phone()
    mine.come_in(mia)
    mine.tab.goto(address("account"))
    mine.ready()
    mine.tab.reload()
    assert mine.heading == "Mine"
    links = "".join(
        f'<a href="{door.origin}{path}">{path}</a>' for path in ("/", "/leave", address("account"))
    )
    mine.context.route(
        "http://elsewhere.example/**", lambda route: route.fulfill(body=links, content_type="text/html")
    )
    for path in ("/", address("account")):
        mine.tab.goto("http://elsewhere.example/")
        mine.tab.get_by_role("link", name=path, exact=True).click()
        mine.tab.wait_for_load_state()
        assert mine.heading == "Come in", path
    mine.tab.goto("http://elsewhere.example/")
    mine.tab.get_by_role("link", name="/leave").click()
    mine.tab.get_by_text("The weather").wait_for()
    mine.tab.goto(address("account"))
    assert mine.heading == "Mine", "and it ended nothing"


def test_nobody_is_asked_for_an_icon_and_the_manifest_says_the_cover_alone(phone):
    mine = phone()
    mine.tab.goto("/")
    said = mine.tab.evaluate("fetch('/manifest.webmanifest').then(answer => answer.json())")
    assert (said["name"], said["short_name"], said["start_url"]) == ("Kettle", "Kettle", "/")
    assert "description" not in said
    for one in said["icons"]:
        assert mine.tab.evaluate("src => fetch(src).then(answer => answer.status)", one["src"]) == 200
    asked = "() => !dispatchEvent(new Event('beforeinstallprompt', {cancelable: true}))"
    assert mine.tab.evaluate(asked)


# What lies on the phone ----------------------------------------------------------------------------------


def forms_of(word):
    return [word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be")]


def found_in(folder, word):
    return [
        str(path.relative_to(folder))
        for path in Path(folder).rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in forms_of(word))
    ]


@contextmanager
def a_whole_browser(chromium, profile, door, **wishes):
    context = chromium.browser_type.launch_persistent_context(
        profile, executable_path=served.WHOLE, args=list(served.FLAGS), base_url=door.origin, **wishes
    )
    yield Phone(context, door)
    context.close()


@pytest.mark.slow
def test_nothing_of_the_plan_or_the_pin_can_be_read_in_the_profile_of_the_browser(
    chromium, door, mia, tmp_path, true_folder
):
    door.serve(true_folder)
    profile = tmp_path / "profile"
    control = "Hx8nTb5mVd1sGy4k"
    with a_whole_browser(chromium, profile, door) as mine:
        mine.keep(mia, second=SECOND, label="label-Rf6wZc3jUq9e")
        mine.tab.goto("/help/kept")
        for pin in (WRONG + "Bp2xKm7v", SECOND, PIN):
            mine.say_a_wrong_pin(pin)
            if pin == SECOND:
                mine.press("Close")
        mine.tab.get_by_text(CANARY).wait_for()
        slots = mine.tab.evaluate(READ, "s")
        # What would have been readable, to be sure that the search finds it.
        mine.tab.evaluate(
            """word => new Promise(done => {
              const open = indexedDB.open("control");
              open.onupgradeneeded = () => open.result.createObjectStore("c");
              open.onsuccess = () => {
                const change = open.result.transaction("c", "readwrite", { durability: "strict" });
                change.objectStore("c").put({ text: word }, 1);
                change.oncomplete = () => { open.result.close(); done(); };
              };
            }).then(() => caches.open("control")).then(kept => kept.put("/control", new Response("cache-" + word)))""",
            control,
        )
        mine.tab.goto("/help")
        assert mine.refused == []
    assert any("IndexedDB" in where for where in found_in(profile, control))
    assert any("CacheStorage" in where for where in found_in(profile, "cache-" + control))
    for word in (
        CANARY,
        PIN,
        SECOND,
        WRONG + "Bp2xKm7v",
        "label-Rf6wZc3jUq9e",
        "Things I can do on my own",
        "+441134960000",
    ):
        assert found_in(profile, word) == [], word
    assert [sorted(slot) for slot in slots] == [["box", "nonce", "salt"]] * 2
    assert [(len(slot["salt"]), len(slot["nonce"]), len(slot["box"])) for slot in slots] == [
        (16, 12, 4096 + 16)
    ] * 2
    for slot in slots:
        assert len(set(slot["box"])) > 240, "bytes without a pattern"

    with a_whole_browser(chromium, profile, door) as mine:
        mine.tab.goto("/help/kept")
        mine.say_the_pin(PIN)
        mine.tab.get_by_text(CANARY).wait_for()


def test_with_one_pin_and_with_two_the_same_shape_lies_there(phone, mia):
    shapes = []
    for second in ("", SECOND):
        mine = phone()
        mine.keep(mia, second=second)
        slots = mine.tab.evaluate(READ, "s")
        shapes.append([{key: len(value) for key, value in slot.items()} for slot in slots])
        assert slots[0]["salt"] != slots[1]["salt"]
    assert shapes[0] == shapes[1]


# PINs ------------------------------------------------------------------------------------------------


def test_the_second_pin_opens_an_empty_notebook_and_the_page_of_the_pin_does_not_speak_of_it(phone, mia):
    mine = phone()
    mine.keep(mia, second=SECOND)
    mine.tab.goto("/help/kept")
    assert not re.search("second|notes|plan", mine.tab.locator("main").inner_html(), re.I)
    seen = []
    for pin, there in ((SECOND, "Nothing here yet."), (PIN, CANARY)):
        mine.say_the_pin(pin)
        mine.tab.get_by_text(there).wait_for()
        mine.tab.wait_for_function("document.activeElement.matches('h1')")
        seen.append((mine.heading, mine.tab.locator("#open > p").inner_text()))
        if pin == SECOND:
            assert mine.tab.locator("#parts h2").all_inner_texts() == ["Notes"]
            assert not re.search(f"plan|{CANARY}", mine.tab.locator("main").inner_html(), re.I)
            mine.press("Close")
            assert "Nothing here yet." not in mine.tab.content()
    assert seen == [("Kept on this phone", "As it was on Sunday, 22 November.")] * 2


def test_wrong_pins_slow_down_a_reload_does_not_help_and_nothing_is_ever_deleted(phone, mia):
    mine = phone()
    mine.keep(mia)
    mine.context.clear_cookies()
    mine.tab.clock.install()
    mine.tab.goto("/help/kept")
    button = mine.tab.get_by_role("button", name="Open", exact=True)

    for _ in range(2):
        mine.say_a_wrong_pin(WRONG)
        mine.tab.get_by_text("That was another PIN.").wait_for()
        assert button.is_enabled()
    for seconds in (5, 15, 60, 300, 300):
        mine.say_a_wrong_pin(WRONG)
        mine.tab.get_by_text("You can try again in").wait_for()
        assert button.is_disabled()
        mine.tab.reload()
        mine.tab.get_by_text("You can try again in").wait_for()
        assert button.is_disabled()
        left = mine.tab.evaluate(READ, "w")["until"] - mine.tab.evaluate("Date.now()")
        assert seconds * 1000 - 4000 < left <= seconds * 1000
        mine.tab.clock.fast_forward(seconds * 1000 + 1000)
        assert until(button.is_enabled)
    mine.say_the_pin(PIN)
    mine.tab.get_by_text(CANARY).wait_for()
    assert mine.tab.evaluate(READ, "w") == {"count": 0, "until": 0}


def test_a_clock_that_was_a_year_ahead_shuts_nobody_out_for_longer_than_five_minutes(phone, mia):
    mine = phone()
    mine.keep(mia)
    mine.context.clear_cookies()
    mine.tab.clock.install()
    mine.tab.goto("/help/kept")
    mine.put("w", "{ count: 9, until: Date.now() + 365 * 86400e3 }")
    mine.tab.reload()
    mine.say_the_pin(PIN)
    mine.tab.get_by_text("You can try again in").wait_for()
    mine.tab.clock.fast_forward(301_000)
    assert until(mine.tab.get_by_role("button", name="Open", exact=True).is_enabled)
    mine.say_the_pin(PIN)
    mine.tab.get_by_text(CANARY).wait_for()


def test_a_pin_that_is_short_or_typed_two_ways_keeps_nothing_and_asks_the_server_for_nothing(phone, mia):
    mine = phone()
    mine.come_in(mia)
    mine.tab.goto(address("pocket-keep"))
    for pins, said in (
        (("12345", "12345", "", ""), "A PIN of at least six signs"),
        (("123456", "123457", "", ""), "are not the same"),
        ((PIN, PIN, SECOND, WRONG), "are not the same"),
        ((PIN, PIN, PIN, PIN), "has to be another one"),
    ):
        mine.tab.evaluate("document.querySelector('#second').closest('details').open = true")
        for field, pin in zip(("#pin", "#again", "#second", "#second-again"), pins, strict=True):
            mine.tab.fill(field, pin)
        mine.press("Keep it on this phone")
        mine.tab.get_by_text(said).filter(visible=True).wait_for()
    assert mine.stores() == []
    assert access.copies(again()) == []


def nothing_is_left(mine):
    text = mine.tab.content()
    return not any(word in text for word in (CANARY, "People I can ask", "441134960000", PIN, COPY.made_on))


def test_what_is_open_closes_by_itself_out_of_sight_and_by_a_button(phone, mia):
    mine = phone()
    mine.keep(mia)
    mine.context.clear_cookies()  # else the veil of her visit comes first
    mine.tab.clock.install()
    mine.tab.goto("/help/kept")
    mine.say_the_pin(PIN)
    mine.tab.get_by_text(CANARY).wait_for()
    hide = """on => {
      Object.defineProperty(document, 'hidden', { value: on, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    mine.tab.evaluate(hide, True)
    mine.tab.clock.fast_forward(60_000)
    mine.tab.evaluate(hide, False)
    assert CANARY in mine.tab.content(), "a minute in another place closes nothing"
    mine.tab.evaluate(hide, True)
    mine.tab.clock.fast_forward(121_000)
    assert nothing_is_left(mine)
    mine.tab.evaluate(hide, False)
    mine.say_the_pin(PIN)
    mine.tab.get_by_text(CANARY).wait_for()
    mine.press("Close")
    assert nothing_is_left(mine)


# Removing -----------------------------------------------------------------------------------------------


def test_removing_it_is_one_tap_and_needs_no_pin_and_no_connection(phone, door, mia):
    mine = phone()
    mine.keep(mia)
    door.shut()
    mine.tab.goto("/help/kept")
    mine.press("Remove it from this phone")
    mine.tab.get_by_text("Nothing is kept on this phone any more.").wait_for()
    assert mine.stores() == []
    mine.tab.reload()
    mine.tab.get_by_text("Nothing is kept on this phone.", exact=True).wait_for()
    assert mine.stores() == [], "looking leaves no empty store behind"


@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "not signed in"])
def test_leaving_at_once_removes_the_plan_the_worker_and_every_kept_page(signed_in, whole_phone, mia):
    mine = whole_phone()
    mine.keep(mia)
    if not signed_in:
        mine.context.clear_cookies()
    mine.tab.goto("/help")
    mine.tab.locator("a.leave").first.click()
    mine.tab.get_by_text("The weather").wait_for()
    look = mine.context.new_page()
    look.goto(static_files.static("icons/kettle.svg"))  # a file: it begins nothing anew
    assert look.evaluate(THERE) == []
    assert look.evaluate("caches.keys()") == []
    assert look.evaluate("navigator.serviceWorker.getRegistrations().then(found => found.length)") == 0
    look.goto("/help/kept")
    look.get_by_text("Nothing is kept on this phone.", exact=True).wait_for()


def test_leaving_without_a_connection_shows_an_empty_page_and_leaves_nothing_to_open(phone, door, mia):
    mine = phone()
    mine.keep(mia)
    mine.tab.goto("/help/kept")
    mine.say_the_pin(PIN)
    mine.tab.get_by_text(CANARY).wait_for()
    mine.context.set_offline(True)
    mine.tab.locator("a.leave").first.click()
    mine.tab.wait_for_url("about:blank")
    mine.context.set_offline(False)
    look = mine.context.new_page()
    look.goto(static_files.static("icons/kettle.svg"))
    assert look.evaluate(THERE) == []
    assert look.evaluate("caches.keys()") == []
    assert look.evaluate("navigator.serviceWorker.getRegistrations().then(found => found.length)") == 0


def test_in_a_browser_that_obeys_no_header_leaving_removes_all_of_it_as_well(phone, mia):
    mine = phone()
    mine.keep(mia)
    mine.tab.goto("/help")
    mine.context.route(
        lambda url: url.endswith("/leave"),
        lambda route: route.fulfill(body="<h1>The weather</h1>", content_type="text/html"),
    )
    mine.tab.locator("a.leave").first.click()
    mine.tab.get_by_text("The weather").wait_for()
    assert mine.stores() == []
    assert mine.tab.evaluate("caches.keys()") == []
    assert mine.tab.evaluate("navigator.serviceWorker.getRegistrations().then(found => found.length)") == 0


def test_leaving_without_script_removes_it_too(chromium, door, mia, tmp_path):
    profile = tmp_path / "profile"
    with a_whole_browser(chromium, profile, door) as mine:
        mine.keep(mia)
    with a_whole_browser(chromium, profile, door, java_script_enabled=False) as plain:
        plain.tab.goto("/help/kept")
        plain.tab.get_by_text("opens with JavaScript, which is switched off here").wait_for()
        assert plain.tab.locator("input").count() == 0 or not plain.tab.locator("#pin").is_visible()
        plain.tab.locator("a.leave").first.click()
        plain.tab.get_by_text("The weather").wait_for()
    with a_whole_browser(chromium, profile, door) as mine:
        mine.tab.goto("/help/kept")
        mine.tab.get_by_text("Nothing is kept on this phone.", exact=True).wait_for()


def test_erasing_everything_removes_it_here_at_once(phone, mia):
    mine = phone()
    mine.keep(mia)
    mine.tab.goto(address("erase"))
    mine.tab.fill("main [name=words]", HER_WORDS)
    mine.press("Erase everything")
    mine.tab.get_by_text("Everything of yours is gone from here").wait_for()
    assert mine.stores() == []


def test_closing_a_visit_and_the_lock_leave_it_where_it_is_and_say_so(phone, mia, clock):
    mine = phone()
    mine.keep(mia)
    clock.forward(240)
    mine.tab.goto(address("account"))
    assert mine.heading == "Covered while you were away"
    mine.tab.fill("main [name=word]", HER_WORDS.split()[0])
    mine.press("Go on")
    mine.tab.get_by_role("button", name="Close this visit").click()
    mine.tab.get_by_text("it is still here").wait_for()
    assert "__Host-k" not in {one["name"] for one in mine.context.cookies()}
    mine.tab.goto("/help/kept")
    mine.say_the_pin(PIN)
    mine.tab.get_by_text(CANARY).wait_for()


@pytest.mark.parametrize("where", ["the page", "the worker"])
@pytest.mark.parametrize("how", ["removed at a distance", "over"])  # what else ends a copy: pocket/tests
def test_a_phone_loses_it_at_its_next_contact_and_not_before(how, where, phone, door, mia):
    mine = phone()
    mine.keep(mia)
    (copy,) = access.copies(again())
    assert copy.label == "old phone"
    door.shut()
    if how == "removed at a distance":
        actions.let_go(again(), copy=copy.id)
    else:
        mine.put("u", "Date.now() - 1")
    mine.tab.goto("/help/kept")
    mine.say_the_pin(PIN)
    mine.tab.get_by_text(CANARY).wait_for()
    door.open()
    mine.tab.goto("/help/kept" if where == "the page" else "/help")
    mine.until_nothing_is_kept()


def test_a_clock_of_the_server_that_runs_ahead_removes_nothing(phone, mia, clock):
    """The clock of one machine against the plans of everybody: what is over, a phone looks up for itself."""
    mine = phone()
    mine.keep(mia)
    mine.context.clear_cookies()
    clock.forward(365 * 86_400)
    for path in ("/help", "/help/kept"):
        with mine.context.expect_event(
            "response", lambda answer: answer.url.endswith("/help/kept/ask")
        ) as asked:
            mine.wake()
            mine.tab.goto(path)
        assert asked.value.status == 202
    mine.tab.wait_for_timeout(300)
    mine.say_the_pin(PIN)
    mine.tab.get_by_text(CANARY).wait_for()


@pytest.mark.parametrize("where", ["the page", "the worker"])
def test_no_for_one_copy_does_not_remove_another_that_was_kept_meanwhile(
    where, phone, door, mia, monkeypatch
):
    """Two tabs: one asks about a copy that has ended, and before the answer comes the other keeps the plan anew."""
    mine = phone()
    mine.keep(mia)
    (copy,) = access.copies(again())
    actions.let_go(again(), copy=copy.id)
    asked, go_on = threading.Event(), threading.Event()
    said = access.still_wanted

    def slow(token):
        answer = said(token)
        if answer is vault.Wanted.GONE:
            asked.set()
            go_on.wait(20)
        return answer

    monkeypatch.setattr(access, "still_wanted", slow)
    other = Phone(mine.context, door)
    other.tab = mine.context.new_page()
    other.tab.goto(address("pocket-keep"))
    if where == "the page":
        mine.tab.goto("/help/kept")
    else:
        mine.wake()
        mine.tab.goto("/help")
    assert asked.wait(20)
    other.fill_in(label="anew")
    other.press("Keep it on this phone")
    other.tab.get_by_text("Kept on this phone.", exact=True).wait_for()
    go_on.set()
    mine.tab.wait_for_timeout(700)
    mine.tab.goto("/help/kept")
    mine.say_the_pin(PIN)
    mine.tab.get_by_text(CANARY).wait_for()
    mine.refused.clear()


def test_an_answer_that_is_no_answer_removes_nothing(phone, door, mia, monkeypatch):
    mine = phone()
    mine.keep(mia)

    def trouble(token):
        raise vault.StorageTrouble

    monkeypatch.setattr(access, "still_wanted", trouble)
    mine.tab.goto("/help/kept")
    mine.tab.wait_for_timeout(500)
    assert mine.stores() == ["n"]
    mine.refused.clear()


def test_keeping_it_again_replaces_the_copy_of_this_phone_on_the_list(phone, mia):
    mine = phone()
    mine.keep(mia)
    mine.keep(mia, label="same phone")
    assert [one.label for one in access.copies(again())] == ["same phone"]
    assert mine.tab.evaluate(READ, "o") == []


FULL = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, key) {
    const asked = put.call(this, value, key);
    if (key === "k") this.transaction.abort(); // as a browser does that has no room left
    return asked;
  };
}"""
TIRED = """() => { crypto.subtle.encrypt = () => Promise.reject(new Error("asleep")); }"""


@pytest.mark.parametrize(
    "what", ["the answer is lost", "the store is full", "sealing fails", "nobody hears the end"]
)
def test_keeping_it_anew_never_costs_the_copy_that_is_there(what, phone, mia):
    mine = phone()
    mine.keep(mia)
    mine.tab.goto(address("pocket-keep"))
    mine.ready()
    sent = []

    def lose(route):
        sent.append("ended" if "ended=" in (route.request.post_data or "") else "copy")
        if (what, sent[-1]) in (("the answer is lost", "copy"), ("nobody hears the end", "ended")):
            if sent[-1] == "copy":
                route.fetch()  # it was heard, and answered
            route.abort()
        else:
            route.continue_()

    mine.context.route(lambda url: url.endswith(address("pocket-copy")), lose)
    if what in ("the store is full", "sealing fails"):
        mine.tab.evaluate(FULL if what == "the store is full" else TIRED)
    mine.fill_in(label="anew")
    mine.press("Keep it on this phone")
    if what == "nobody hears the end":
        mine.tab.get_by_text("Kept on this phone.", exact=True).wait_for()
        labels = ["anew", "old phone"]
    else:
        mine.tab.locator("#seal-said p").filter(visible=True).wait_for()
        labels = ["anew", "old phone"] if what == "the answer is lost" else ["old phone"]
    assert sorted(one.label for one in access.copies(again())) == labels
    mine.context.unroute_all()
    mine.tab.goto("/help/kept")
    mine.wake()
    mine.tab.goto("/help/kept")
    mine.tab.wait_for_timeout(500)
    mine.say_the_pin(PIN)
    mine.tab.get_by_text(CANARY).wait_for()
    if what == "nobody hears the end":
        mine.tab.goto(address("pocket-keep"))
        assert until(lambda: [one.label for one in access.copies(again())] == ["anew"]), "it is said again"


def test_a_first_copy_that_could_not_be_kept_is_on_no_list_and_leaves_no_store(phone, mia):
    mine = phone()
    mine.come_in(mia)
    mine.tab.goto(address("pocket-keep"))
    mine.tab.evaluate(FULL)
    mine.fill_in(label="anew")
    mine.press("Keep it on this phone")
    mine.tab.get_by_text("does not let anything be kept here").wait_for()
    assert access.copies(again()) == []
    mine.until_nothing_is_kept()


# Two taps ------------------------------------------------------------------------------------------------


def ring(mine):
    """From the page that is open, tap by tap, until a number would ring. Gives how often was tapped."""
    taps = 0
    if (
        mine.tab.locator("main a[href^='tel:']").count() == 0
        or not mine.tab.locator("main a[href^='tel:']").first.is_visible()
    ):
        with (
            mine.context.expect_page(timeout=2000)
            if mine.tab.locator("#veil:not([hidden])").count()
            else nothing() as other
        ):
            mine.tab.get_by_role("link", name="Help now").filter(visible=True).first.click()
        if other is not None:
            mine.tab = other.value
        taps += 1
    mine.tab.wait_for_load_state()
    mine.tab.locator("a[href^='tel:']").filter(visible=True).first.click(trial=True)
    return taps + 1


@contextmanager
def nothing():
    yield None


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize("place", ["sign-in", "locked", "veil", "pin", "offline"])
def test_from_any_lock_to_a_ringing_number_is_at_most_two_taps(place, script, phone, door, mia, clock):
    if not script and place in ("veil", "offline"):
        return  # neither is there without script
    mine = phone(java_script_enabled=script)
    if place == "sign-in":
        mine.tab.goto("/")
        assert mine.heading == "Come in"
    elif place == "pin":
        mine.tab.goto("/help/kept")
    elif place == "offline":
        mine.tab.goto("/help")
        mine.ready()
        door.shut()
        mine.tab.goto("/")
    else:
        if place == "veil":
            mine.tab.clock.install()
        mine.come_in(mia)
        mine.tab.goto(address("account"))
        if place == "locked":
            clock.forward(240)
            mine.tab.goto(address("account"))
            assert mine.heading == "Covered while you were away"
        else:
            mine.tab.clock.run_for(145_000)
            mine.tab.wait_for_selector("#veil", state="visible")
    assert ring(mine) <= 2


def test_after_the_pin_a_person_of_hers_is_one_tap_away_and_parts_can_be_read_one_by_one(phone, mia):
    mine = phone()
    mine.keep(mia)
    mine.tab.goto("/help/kept")
    mine.say_the_pin(PIN)
    first = mine.tab.locator("#parts a").first
    first.wait_for()
    mine.tab.set_viewport_size({"width": 390, "height": 300})
    mine.press("Somebody of mine to ring")
    assert first.evaluate("one => one === document.activeElement")
    box = first.bounding_box()
    assert 0 <= box["y"] <= 300 - box["height"], "on the screen, and not beneath anything"
    assert first.get_attribute("href") == "tel:+441134960000"
    assert first.bounding_box()["height"] >= 48
    titles = mine.tab.locator("#parts h2").filter(visible=True)
    assert titles.count() == 2
    mine.press("One part at a time")
    assert titles.all_inner_texts() == ["Things I can do on my own"]
    mine.press("Somebody of mine to ring")
    assert titles.all_inner_texts() == ["People I can ask"]
    mine.press("Everything on one page")
    assert titles.count() == 2
