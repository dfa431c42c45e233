"""How one leaves: at once or calmly, and nothing is left behind (DOMAIN 5.1, 5.2; VAULT 2)."""

import pytest

from ibasho import vault
from ibasho.people import door
from ibasho.programme.records import NEUTRAL_PAGE, Programme
from ibasho.vault import sessions
from ibasho.web.addresses import address


def test_leaving_ends_the_visit_and_shows_a_dull_page(client, mia):
    """Attacks 40 and 42."""
    browser = client.of(mia)
    stolen = browser.cookies[door.COOKIE].value

    answer = browser.get("/leave")

    assert answer.status_code == 303
    assert answer.headers["Location"] == NEUTRAL_PAGE
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.cookies[door.COOKIE]["max-age"] == 0
    assert sessions.resume(stolen) is None


def test_the_cookie_of_a_visit_that_was_left_opens_nothing(client, mia):
    """Attack 42."""
    browser = client.of(mia)
    stolen = browser.cookies[door.COOKIE].value
    browser.get("/leave")
    client.cookies[door.COOKIE] = stolen

    again = client.get(address("account"))

    assert again.status_code == 401
    assert ">Mia" not in again.text
    assert "Mia." not in again.text


def test_a_link_on_another_site_ends_nothing_since_the_cookie_stays_at_home(client, mia):
    """Attack 47: SameSite=Strict means the cookie does not come along."""
    browser = client.of(mia)

    from_elsewhere = client.get("/leave", headers={"Referer": "https://elsewhere.example/"})

    assert "Clear-Site-Data" not in from_elsewhere.headers
    assert not from_elsewhere.cookies
    assert browser.get(address("account")).status_code == 200


def test_a_browser_that_looks_ahead_does_not_leave(client, mia):
    browser = client.of(mia)

    assert "Clear-Site-Data" not in browser.get("/leave", headers={"Sec-Purpose": "prefetch"}).headers
    assert browser.get(address("account")).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_wish_from_another_port_or_name_of_the_same_domain_is_not_hers(site, client, mia):
    browser = client.of(mia)

    assert "Clear-Site-Data" not in browser.get("/leave", headers={"Sec-Fetch-Site": site}).headers
    assert browser.get(address("account")).status_code == 200
    assert "Clear-Site-Data" in browser.get("/leave", headers={"Sec-Fetch-Site": "same-origin"}).headers


def test_leaving_is_a_link_and_nothing_can_be_sent_to_it(client, programme):
    assert client.post("/leave").status_code == 405
    assert client.head("/leave").status_code == 303


def test_leaving_works_when_nobody_was_in(client, programme):
    assert client.get("/leave").headers["Location"] == NEUTRAL_PAGE


def test_the_dull_page_is_the_one_the_programme_chose(client, programme):
    vault.set_setting("programme", Programme(quick_exit="https://weather.example/today"))

    assert client.get("/leave").headers["Location"] == "https://weather.example/today"


def test_closing_a_visit_shows_the_seal_to_compare_next_time(client, visitor, mia, words_of):
    """VAULT 3.3."""
    browser = client.of(mia)

    left = browser.post(address("sign-out"))

    assert mia.seal_words() in left.text
    assert "Clear-Site-Data" in left.headers
    assert browser.get(address("account")).status_code == 401
    visitor.come_in(words_of["mia"])
    assert mia.seal_words() in client.get(address("account")).text


def test_a_page_does_not_close_a_visit_by_being_looked_at(client, mia):
    browser = client.of(mia)

    assert browser.get(address("sign-out")).status_code == 405
    assert browser.get(address("account")).status_code == 200


def test_nothing_of_a_visit_is_left_in_memory_files(client, mia, every_byte_on_disk, programme):
    browser = client.of(mia)
    assert list((programme.run / "sessions").iterdir())

    browser.get("/leave")

    assert not list((programme.run / "sessions").iterdir())
    assert b"veranda" not in every_byte_on_disk()
