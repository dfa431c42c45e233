"""Every page is private until its name is on the list below, and private addresses say nothing."""

import re
from collections.abc import Iterable, Iterator

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, path

from ibasho.web import addresses

# The pages that answer to somebody who is not signed in. A page is added here on purpose, or it is private.
ANSWERS_STRANGERS = {
    # help opens first
    "help",
    "help-breathe",
    "help-senses",
    "help-lines",
    "help-lines-of",
    "help-country",
    "help-shelf",
    "help-skill",
    "safety",
    # what lies on this phone, and whether it is still wanted
    "pocket",
    "pocket-ask",
    # what somebody shows for a day to whoever has the link
    "seen",
    # one tap that holds a message back, without signing in
    "knock-tap",
    # a calendar, for whoever has its address
    "asks-feed",
    # the installable app
    "manifest",
    "worker",
    "offline",
    # what somebody reads before they join, and how they come in and leave at once
    "about",
    "door",
    "join",
    "leave",
    # how somebody begins who lost their words: nothing of theirs is shown, nor whether they are known
    "lost-words",
}

PRIVATE_SHAPE = re.compile(
    r"n/[a-z2-7]{6}(?:/<[a-z]+:[a-z0-9_]+>|/in)?$"
)  # `/in` takes a file: decision 0009


def every_page(patterns: Iterable[URLPattern | URLResolver], above: str = "") -> Iterator[tuple[str, str]]:
    """The route and the name of each page, however deep it stands."""
    for pattern in patterns:
        route = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from every_page(pattern.url_patterns, route)
        else:
            yield route, pattern.name or ""


def wrong_with(patterns: Iterable[URLPattern | URLResolver], public: set[str]) -> list[str]:
    wrong = []
    for route, name in every_page(patterns):
        if name in public:
            if PRIVATE_SHAPE.match(route):
                wrong.append(f"{name}: public, at an address for private pages")
        elif not name:
            wrong.append(f"{route}: a page without a name")
        elif not PRIVATE_SHAPE.match(route):
            wrong.append(f"{name}: private, at an address that says something: {route}")
    return wrong


def the_house() -> list[URLPattern | URLResolver]:
    from ibasho.urls import urlpatterns

    return list(urlpatterns)


def test_every_page_is_private_until_it_is_on_the_list():
    assert wrong_with(the_house(), ANSWERS_STRANGERS) == []


def test_the_list_and_the_rooms_agree():
    """`web.addresses.PUBLIC` is what the sign-in middleware goes by."""
    names = {name for _, name in every_page(the_house())}
    assert {name for name in addresses.PUBLIC if name in names} == ANSWERS_STRANGERS


def a_view(request: object) -> HttpResponse:
    return HttpResponse()


@pytest.mark.parametrize(
    "planted",
    [
        path("diary", a_view, name="diary"),
        path("n/abcdef", a_view),
        path("n/abcdef/<str:day>/<str:word>", a_view, name="diary"),
        path("n/diary/of/mia", a_view, name="diary"),
        path("n/abcdef", a_view, name="help"),
    ],
    ids=lambda pattern: str(pattern.pattern),
)
def test_a_page_that_is_open_without_being_on_the_list_is_found(planted):
    assert wrong_with([planted], ANSWERS_STRANGERS)


def test_a_stranger_meets_the_same_answer_at_every_private_address(client):
    """Signed out, a page that is there and one that is not look the same: nothing of a page is shown."""
    addresses_of_pages = [
        (name, "/" + re.sub(r"<[^>]+>", "2026-11", route))
        for route, name in every_page(the_house())
        if name not in ANSWERS_STRANGERS
    ]
    assert addresses_of_pages
    for name, address in addresses_of_pages:
        answer = client.get(address)
        assert answer.status_code in {302, 303, 401, 403, 404, 405}, name
        assert b"</nav>" not in answer.content, name
