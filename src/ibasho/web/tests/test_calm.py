"""The small script, in a real browser: leaving at once, the veil, and a form that is sent once."""

import pytest

from ibasho.web.addresses import address
from tests.support import served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium():
    with served.chromium() as browser:
        yield browser


@pytest.fixture
def origin(house):
    """The address of the small house, served for one test."""
    with served.serving(served.pages_and_files()) as origin:
        yield origin


@pytest.fixture
def tab(chromium, origin):
    """A tab of somebody signed in, with a form open. Whatever the policy refuses is a failure."""
    context = chromium.new_context(extra_http_headers={"X-Signed-In": "1"})
    page = context.new_page()
    refused = []
    page.on("console", lambda message: message.type == "error" and refused.append(message.text))
    page.on("pageerror", lambda error: refused.append(str(error)))
    page.clock.install()
    page.goto(origin + address("form"))
    yield page
    context.close()
    assert not [text for text in refused if "status of" not in text]


def test_shift_three_times_leaves_at_once_and_back_does_not_return(tab):
    for _ in range(3):
        tab.keyboard.press("Shift")
    tab.wait_for_url("**/leave")
    assert tab.text_content("body") == "The weather."


def test_a_capital_letter_is_not_a_wish_to_leave(tab):
    tab.focus("textarea")
    tab.keyboard.type("ABC DEF")
    tab.clock.run_for(1000)
    for _ in range(2):
        tab.keyboard.press("Shift")
    tab.clock.run_for(6000)
    tab.keyboard.press("Shift")
    assert tab.input_value("textarea") == "ABC DEF"


def test_the_link_leaves_and_the_page_is_gone_before_the_answer_comes(tab):
    left = tab.evaluate("document.querySelector('a.leave').click(), document.body.innerText")
    assert left == ""
    tab.wait_for_url("**/leave")


def test_the_veil_covers_a_page_left_open_and_keeps_what_was_typed(tab):
    tab.fill("textarea", "zebra")
    tab.clock.run_for(139_000)
    assert tab.is_hidden("#veil")
    tab.clock.run_for(3_000)
    tab.wait_for_selector("#veil", state="visible")
    assert tab.evaluate("document.querySelector('main').inert")
    assert tab.evaluate("document.activeElement.name") == "word"

    tab.fill("#veil-word", "badger")
    tab.press("#veil-word", "Enter")
    tab.wait_for_selector("#veil-said p", state="visible")
    assert tab.input_value("#veil-word") == ""
    assert tab.is_visible("#veil")

    tab.fill("#veil-word", "otter")
    tab.press("#veil-word", "Enter")
    tab.wait_for_selector("#veil", state="hidden")
    assert tab.input_value("textarea") == "zebra"
    assert not tab.evaluate("document.querySelector('main').inert")


def seen(tab):
    """What somebody could read off the page, or off its print."""
    return tab.evaluate("document.body.innerText")


@pytest.mark.parametrize("media", ["screen", "print"])
def test_nothing_beneath_the_veil_can_be_printed_saved_or_read_aloud(tab, media):
    tab.fill("textarea", "zebra")
    assert "tea kettle" in seen(tab)
    tab.clock.run_for(143_000)
    tab.wait_for_selector("#veil", state="visible")
    tab.emulate_media(media=media)
    assert "tea" not in seen(tab)
    assert tab.is_hidden("main")
    hidden = "[...document.body.children].every((part) => part.id === 'veil' || part.hidden)"
    assert tab.evaluate(hidden)  # a reader view knows no style sheet, but it knows this

    # an answer that arrives while the veil is up
    tab.evaluate("document.querySelector('main').outerHTML = '<main id=main>zebra</main>'")
    assert "zebra" not in seen(tab)


def test_under_the_veil_nobody_loses_their_place(tab):
    tab.evaluate("document.querySelector('main').style.minHeight = '400vh'")
    # a touch, which comes when the browser has time for it
    tab.evaluate(
        "new Promise((come) => { addEventListener('scroll', come, { once: true }); scrollTo(0, 300); })"
    )
    tab.clock.run_for(143_000)
    tab.fill("#veil-word", "otter")
    tab.press("#veil-word", "Enter")
    tab.wait_for_selector("#veil", state="hidden")
    assert tab.evaluate("scrollY") == 300


def test_leaving_works_through_the_veil(tab):
    tab.clock.run_for(141_000)
    tab.click("#veil a.leave")
    tab.wait_for_url("**/leave")


def test_a_form_is_sent_once_however_often_it_is_pressed(tab, origin):
    sent = []
    tab.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    tab.evaluate("for (let n = 0; n < 3; n++) document.querySelector('#part button').click()")
    tab.wait_for_url("**/n/*/2026-11-22")
    tab.wait_for_selector("h1:has-text('2026-11-22')")
    assert len(sent) == 1


def test_the_veil_also_covers_a_page_that_htmx_put_in_place(tab):
    tab.evaluate("document.querySelector('#part button').click()")
    tab.wait_for_selector("h1:has-text('2026-11-22')")
    assert tab.evaluate("document.activeElement.id") == "main"
    tab.clock.run_for(143_000)
    tab.wait_for_selector("#veil", state="visible")
    tab.fill("#veil-word", "otter")
    tab.press("#veil-word", "Enter")
    tab.wait_for_selector("#veil", state="hidden")


def test_trouble_is_said_above_and_what_was_typed_stays(tab):
    tab.fill("#busy input[name=kept]", "zebra")
    for _ in range(2):  # the second try is sent as well
        tab.evaluate("document.querySelector('#said').replaceChildren()")
        tab.press("#busy input[name=kept]", "Enter")
        tab.wait_for_selector("#said .notice")
    assert "Many people are at the door." in tab.text_content("#said")
    assert tab.input_value("#busy input[name=kept]") == "zebra"


def test_a_form_works_without_any_script(chromium, origin):
    context = chromium.new_context(extra_http_headers={"X-Signed-In": "1"}, java_script_enabled=False)
    page = context.new_page()
    page.goto(origin + address("form"))
    page.fill("textarea", "tea")
    page.click("#part button")
    page.wait_for_url("**/n/*/2026-11-22")
    page.click("a.leave >> nth=0")
    page.wait_for_url("**/leave")
    context.close()
