"""The country a browser remembers: only for somebody who said so, for a year at most, and gone with quick exit."""

import re

import pytest

from ibasho import vault
from ibasho.help import remembered
from ibasho.programme.records import Programme
from ibasho.web.addresses import PUBLIC, address

STRICT = {"path": "/", "samesite": "Strict", "secure": True, "httponly": True}
LAND = remembered.COOKIE


@pytest.fixture(autouse=True)
def in_britain(programme):
    vault.set_setting("programme", Programme(country="GB"))


def choose(client, country="IE", *, remember=True, **more):
    ticked = {"remember": "on"} if remember else {}
    return client.post(address("help-country"), {"country": country} | ticked | more)


def ringing(response):
    return re.findall(r'href="tel:([^"]+)"', response.text)


def attributes(morsel):
    return {name: value for name, value in morsel.items() if value not in ("", None)}


def test_a_country_that_was_ticked_leads_the_page_of_help_and_the_page_of_lines(client):
    assert ringing(client.get("/help"))[0] == "116123"
    assert "Samaritans" in client.get("/help/lines").text
    answer = choose(client, "FR")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/help/lines")
    assert ringing(client.get("/help"))[0] == "3114"
    assert "France, as this phone remembers" in client.get("/help").text
    assert "Remembered on this phone. Change or forget it" in client.get("/help/lines").text


def test_the_cookie_is_two_letters_that_no_script_and_no_other_site_gets_for_a_year_at_most(client):
    [cookie] = [cookie for name, cookie in choose(client).cookies.items() if name == LAND]
    said = attributes(cookie)
    said.pop("expires")
    assert int(said.pop("max-age")) <= 365 * 24 * 3600
    assert said == STRICT
    assert cookie.value == "IE"
    assert LAND.startswith("__Host-")


def test_without_the_tick_the_lines_are_shown_and_nothing_is_remembered(client):
    answer = choose(client, "FR", remember=False)
    assert answer.headers["Location"] == address("help-lines-of", "FR")
    assert ringing(client.get("/help"))[0] == "116123"


@pytest.mark.parametrize("how", ["untick", "forget"])
def test_it_is_forgotten_by_unticking_or_by_its_own_button(client, how):
    choose(client, "FR")
    answer = choose(client, "FR", remember=how == "forget", **({"to": "forget"} if how == "forget" else {}))
    assert answer.status_code == 303
    assert answer.cookies[LAND].value == ""
    assert attributes(answer.cookies[LAND])["max-age"] == 0
    assert ringing(client.get("/help"))[0] == "116123"
    assert "This browser remembers no country." in client.get(address("help-country")).text


def test_quick_exit_takes_it_away_for_somebody_who_was_in_and_for_a_stranger(client, mia):
    for browser in (type(client)(), client.of(mia)):
        browser.cookies[LAND] = "FR"
        answer = browser.get(address("leave"))
        assert answer.status_code == 303
        assert answer.cookies[LAND].value == ""
        assert ringing(browser.get("/help"))[0] == "116123"


def test_closing_a_visit_leaves_it_since_it_was_asked_for_on_purpose(client, mia):
    browser = client.of(mia)
    browser.cookies[LAND] = "FR"
    closed = browser.post(address("sign-out"))
    assert closed.headers["Clear-Site-Data"] == '"cache"'
    assert LAND not in closed.cookies
    assert ringing(browser.get("/help"))[0] == "3114"
    assert "Closing a visit leaves it." in browser.get(address("help-country")).text


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Purpose": "prefetch"}],
)
def test_a_link_on_another_site_takes_nothing_away(client, headers):
    client.cookies[LAND] = "FR"
    assert not client.get(address("leave"), headers=headers).cookies


def test_leaving_says_nothing_of_it_to_a_browser_that_remembers_nothing(client):
    assert not client.get(address("leave")).cookies


def test_no_page_sets_it_because_a_link_was_followed(client):
    """Not even an address that looks like the form: from another site, anybody could make somebody follow it."""
    for name in PUBLIC:
        if name in ("help-lines-of", "help-skill", "seen", "knock-tap", "asks-feed"):  # they name something
            continue
        for query in ("country=FR", "country=FR&remember=on", "country=FR&remember=on&to=forget"):
            assert LAND not in client.get(f"{address(name)}?{query}").cookies
    client.cookies[LAND] = "IE"
    client.get(address("help-country") + "?to=forget")
    assert client.cookies[LAND].value == "IE"


def test_no_form_of_another_site_sets_it(client):
    strict = type(client)(enforce_csrf_checks=True)
    assert choose(strict).status_code == 403
    page = strict.get(address("help-country")).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    fields = {"country": "IE", "remember": "on", "csrfmiddlewaretoken": token}
    refused = strict.post(address("help-country"), fields, headers={"Origin": "http://elsewhere.example"})
    assert refused.status_code == 403
    assert LAND not in refused.cookies
    taken = strict.post(address("help-country"), fields, headers={"Origin": "http://testserver"})
    assert taken.cookies[LAND].value == "IE"


def test_it_is_never_guessed_and_the_tick_is_never_set_for_anybody(client):
    page = client.get(
        address("help-country"),
        headers={"accept-language": "fr-FR", "x-forwarded-for": "1.1.1.1", "cf-ipcountry": "FR"},
        REMOTE_ADDR="1.1.1.1",
    ).text
    assert '<option value="GB" selected>' in page
    assert not re.search(r'name="remember"[^>]* checked', page)
    choose(client, "FR")
    assert re.search(r'name="remember"[^>]* checked', client.get(address("help-country")).text)


@pytest.mark.parametrize("value", ["", "QQ", "fr", "XE", "<b>", "../FR", "F" * 4000, "FR\xff"])
def test_a_cookie_nobody_of_ours_made_is_as_good_as_none(client, value):
    plain = client.get("/help/lines").content
    client.cookies[LAND] = value
    assert client.get("/help/lines").content == plain
    assert client.get("/help").status_code == 200


@pytest.mark.parametrize("country", ["", "QQ", "XE", "ZZ", "gb ", "<b>"])
def test_a_country_nobody_knows_is_told_kindly_and_remembers_nothing(client, country):
    answer = choose(client, country)
    assert answer.status_code == 422
    assert LAND not in answer.cookies
    assert "before it can go on" in answer.text or "You can choose again." in answer.text


def test_before_set_up_no_country_is_chosen_for_anybody(client):
    vault.set_setting("programme", Programme())
    assert '<option value="" selected>Choose a country</option>' in client.get(address("help-country")).text


def test_the_country_that_was_picked_for_one_look_goes_before_the_remembered_one(client):
    choose(client, "FR")
    assert "Australia" in client.get("/help/lines/AU").text
    assert "Australia" in client.get("/help/lines?country=AU").text
    assert "Remember Australia on this phone" in client.get("/help/lines?country=AU").text
    assert "Remember France" not in client.get("/help/lines").text
    assert ringing(client.get("/help"))[0] == "3114"


def test_the_pages_of_help_themselves_set_no_cookie_for_somebody_who_has_one(client):
    choose(client, "FR")
    for path in ("/help", "/help/breathe", "/help/lines", "/help/lines/AU", "/help/shelf"):
        assert not client.get(path).cookies
