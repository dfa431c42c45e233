"""How a template becomes an answer, whole or in part, and where pages live."""

import re

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from ibasho.web import addresses, cover
from ibasho.web.addresses import address
from ibasho.web.static_files import static


def test_a_page_is_whole_for_a_browser_and_a_part_for_htmx(signed_in):
    whole = signed_in.get(address("form"))
    part = signed_in.get(address("form"), headers={"HX-Request": "true"})
    assert "<html" in whole.text
    assert "<html" not in part.text
    assert part.text.strip().startswith('<form id="part"')
    assert "tea kettle" in part.text  # what stands above the blocks is known inside a part
    assert "Keep</button>" in part.text


@pytest.mark.parametrize(
    "headers", [{"HX-Target": "page"}, {"HX-History-Restore-Request": "true"}], ids=["body", "history"]
)
def test_htmx_gets_the_whole_page_when_it_aims_at_the_whole_page(signed_in, headers):
    response = signed_in.get(address("form"), headers={"HX-Request": "true"} | headers)
    assert "<html" in response.text


def test_after_a_form_the_browser_is_sent_on(signed_in):
    where = address("late", "2026-11-22")
    plain = signed_in.post(address("form"))
    assert (plain.status_code, plain.headers["Location"]) == (303, where)
    calm = signed_in.post(address("form"), headers={"HX-Request": "true"})
    assert (calm.status_code, calm.headers["HX-Location"]) == (204, where)


def test_private_addresses_have_one_shape_and_name_nothing(house):
    for name, args in (("form", ()), ("gone", ()), ("late", ("2026-11-22",))):
        assert re.fullmatch(r"/n/[a-z2-7]{6}(/[^/]+)?", address(name, *args))
        assert name not in address(name, *args)


def test_an_argument_cannot_leave_its_place_in_an_address(house):
    assert address("late", "a/b?c#d é").count("/") == 3
    assert "?" not in address("late", "a/b?c#d")


def test_only_pages_made_public_are_public(house):
    assert {"first", "leave", "unlock"} == addresses.PUBLIC


def test_two_pages_cannot_share_a_name_or_an_address(house):
    with pytest.raises(LookupError):
        addresses.public("first", "other", lambda request: HttpResponse())
    with pytest.raises(LookupError):
        addresses.public("other", "leave", lambda request: HttpResponse())


@pytest.mark.parametrize("args", [("nowhere",), ("late",), ("form", "extra")])
def test_an_unknown_page_or_a_missing_argument_is_a_mistake_seen_at_once(house, args):
    with pytest.raises(LookupError):
        address(*args)


def test_the_navigation_stands_in_order_and_marks_where_somebody_is(signed_in):
    text = signed_in.get(address("form")).text
    nav = text[text.index("<nav") : text.index("</nav>")]
    assert nav.index("Help") < nav.index("Today")
    assert re.search(rf'href="{address("form")}" aria-current="page"', nav)
    assert nav.count("aria-current") == 1
    late = signed_in.get(address("late", "2026-11-22")).text
    assert re.search(rf'href="{address("form")}" aria-current="page"', late)


def test_a_place_can_be_shown_to_some_people_only(signed_in):
    assert address("odd") not in signed_in.get(address("form")).text
    assert address("odd") in signed_in.get(address("form"), headers={"X-Host": "1"}).text


def test_there_is_no_navigation_before_signing_in(visitor):
    assert "<nav" not in visitor.get("/").text


def test_leaving_stands_on_every_page_as_a_plain_link_with_its_hidden_word(visitor, signed_in):
    for text in (visitor.get("/").text, signed_in.get(address("form")).text, visitor.get("/none").text):
        link = re.search(r'<a class="leave" href="([^"]+)" rel="nofollow noreferrer">(.*?)</a>', text)
        assert link is not None
        assert link[1] == "/leave"
        assert "Emergency:" in link[2]
        assert "Leave this page" in link[2]


def test_the_veil_waits_only_on_pages_of_somebody_signed_in(visitor, signed_in):
    assert 'data-lock-after="140"' in signed_in.get(address("form")).text
    assert "veil" not in visitor.get("/").text.split("</style>")[1]


def test_the_cover_name_can_be_told_and_is_escaped(visitor, monkeypatch):
    monkeypatch.setattr(cover, "_told", [])
    monkeypatch.setattr(cover, "_told_icon", [])
    cover.register(lambda request: "Tea <3")
    assert "<title>Tea &lt;3</title>" in visitor.get("/").text
    cover.register(lambda request: "")
    assert "<title>Kettle</title>" in visitor.get("/").text


def test_htmx_comes_only_with_pages_that_have_a_part(visitor, signed_in):
    assert "htmx" not in visitor.get("/").text
    text = signed_in.get(address("form")).text
    assert static("htmx.min.js") in text
    for setting in ('"historyCacheSize":0', '"allowEval":false', '"includeIndicatorStyles":false'):
        assert setting in text


def test_no_page_carries_script_or_style_attributes_inside_it(visitor, signed_in):
    for text in (visitor.get("/").text, signed_in.get(address("form")).text):
        assert " style=" not in text
        assert not re.search(r"\son\w+=", text)
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_the_language_is_the_first_one_that_has_been_translated(visitor):
    assert '<html lang="en">' in visitor.get("/", headers={"Accept-Language": "tlh, xx;q=0.9"}).text
    assert '<html lang="en">' in visitor.get("/", headers={"Accept-Language": "\x00;;q=9" * 40}).text


def test_a_form_is_masked_anew_each_time_and_its_cookie_is_sent_once(house):
    strict = Client(enforce_csrf_checks=True, headers={"X-Signed-In": "1"})
    pages = [strict.get(address("form")) for _ in range(3)]
    tokens = {
        token for page in pages for token in re.findall(r'middlewaretoken" value="(\w{64})"', page.text)
    }
    assert len(tokens) == 3
    assert [settings.CSRF_COOKIE_NAME in page.cookies for page in pages] == [True, False, False]
    for token in tokens:
        assert strict.post(address("form"), {"csrfmiddlewaretoken": token}).status_code == 303
    assert strict.post(address("form"), {"csrfmiddlewaretoken": "a" * 64}).status_code == 403


def test_a_token_in_an_address_is_read_as_it_was_spelt_and_in_no_other_way():
    token = bytes(range(224, 256))
    assert addresses.token_in(addresses.spelt(token)) == token
    spelt = addresses.spelt(token)
    for other in (
        "",
        spelt[:-1],
        spelt + "A",
        spelt[:-1] + "*",
        " " + spelt[1:],
        "é" * 43,
    ):
        assert addresses.token_in(other) == b""
