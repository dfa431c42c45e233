"""A small house of its own for the tests of this room: a few pages, no other rooms."""

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse
from django.test import Client, override_settings
from jinja2 import ChoiceLoader, DictLoader

from ibasho.errors import IbashoError, NotFound
from ibasho.web import addresses, navigation
from ibasho.web.pages import environment, go, page

TEMPLATES = {
    "test/form.html": """{% extends "web/base.html" %}{% from "web/components.html" import button %}
{% set word = "kettle" %}
{% block main %}<h1>Hello</h1>{% block part %}
<form id="part" method="post" hx-post="" hx-swap="outerHTML">{{ csrf_input }}<p>{{ said }} {{ word }}</p>
{{ ui.field({"name": "said", "label": "Say", "kind": "textarea"}) }}{{ button("Keep") }}</form>
{% endblock %}
<form id="busy" method="post" hx-post="{{ address("busy") }}"><input name="kept">{{ csrf_input }}</form>
{% endblock %}""",
    "test/plain.html": """{% extends "web/base.html" %}{% block main %}<h1>{{ said }}</h1>{% endblock %}""",
}


class Busy(IbashoError):
    message = "Many people are at the door."
    status = 503
    retry_after = 7


def form(request):
    if request.method == "POST":
        return go(request, "late", "2026-11-22")
    return page(request, "test/form.html", {"said": "tea"}, part="part")


def first(request):
    return page(request, "test/plain.html", {"said": "tea"}, inline_css=True)


def late(request, day):
    return page(request, "test/plain.html", {"said": day, "here": "form"})


def unlock(request):
    return HttpResponse(status=204 if request.POST.get("word") == "otter" else 422)


def raiser(error):
    def view(request):
        raise error

    return view


class PretendSpace:
    """Somebody is signed in when the test says so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.space = SimpleNamespace() if request.headers.get("X-Signed-In") else None
        if request.headers.get("X-Busy"):
            raise Busy
        return self.get_response(request)


def build():
    """The addresses of the small house."""
    urlpatterns = [
        addresses.public("first", "", first),
        addresses.public("leave", "leave", lambda request: HttpResponse("The weather.")),
        addresses.public("unlock", "unlock", unlock),
        addresses.private("form", form),
        addresses.private("late", late, "<str:day>"),
        addresses.private("gone", raiser(NotFound)),
        addresses.private("busy", raiser(Busy)),
        addresses.private("odd", raiser(ValueError("zebra-canary"))),
        addresses.private("strange", raiser(SuspiciousOperation("zebra-canary"))),
    ]
    navigation.add("form", "Today", "today", 10)
    navigation.add("gone", "Help", "help", 5)
    navigation.add("odd", "House", "house", 20, shown=lambda request: bool(request.headers.get("X-Host")))
    return SimpleHouse(urlpatterns)


class SimpleHouse:
    """What Django expects of a module of addresses."""

    handler400 = "ibasho.web.error_pages.bad_request"
    handler403 = "ibasho.web.error_pages.not_allowed"
    handler404 = "ibasho.web.error_pages.not_found"
    handler500 = "ibasho.web.error_pages.broken"

    def __init__(self, urlpatterns):
        self.urlpatterns = urlpatterns


@pytest.fixture
def house(monkeypatch):
    """The small house, alone."""
    monkeypatch.setattr(addresses, "_shapes", {})
    monkeypatch.setattr(addresses, "PUBLIC", set())
    monkeypatch.setattr(navigation, "_places", {})
    env = environment()
    assert env.loader is not None
    monkeypatch.setattr(env, "loader", ChoiceLoader([DictLoader(TEMPLATES), env.loader]))
    middleware = [*settings.MIDDLEWARE[:-1], f"{__name__}.PretendSpace"]
    with override_settings(ROOT_URLCONF=build(), MIDDLEWARE=middleware):
        yield


@pytest.fixture
def visitor(house):
    """A browser of somebody who has not signed in."""
    return Client(raise_request_exception=False)


@pytest.fixture
def signed_in(house):
    """A browser of somebody who has."""
    return Client(raise_request_exception=False, headers={"X-Signed-In": "1"})
