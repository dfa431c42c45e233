"""Kind pages for when something went another way."""

import io
import threading

import pytest
from django.conf import settings
from django.test import Client

from ibasho.web import error_pages, middleware
from ibasho.web.addresses import address


@pytest.mark.parametrize(("name", "status"), [("gone", 404), ("busy", 503), ("odd", 500), ("strange", 400)])
def test_each_kind_of_trouble_has_a_kind_page(signed_in, name, status):
    response = signed_in.get(address(name))
    assert response.status_code == status
    assert "<h1>" in response.text
    assert "zebra-canary" not in response.text


def test_our_own_errors_speak_in_their_own_words_and_say_when_to_come_back(signed_in):
    response = signed_in.get(address("busy"))
    assert "Many people are at the door." in response.text
    assert response.headers["Retry-After"] == "7"


@pytest.mark.parametrize(("status", "title"), [(409, "did not quite arrive"), (502, "went wrong")])
def test_a_status_without_words_of_its_own_borrows_some_and_stays_itself(house, rf_request, status, title):
    response = error_pages.kind_page(rf_request, status, message="Somebody kept a change meanwhile.")
    assert response.status_code == status
    assert title in response.text
    assert "Somebody kept a change meanwhile." in response.text


def test_an_error_of_ours_before_any_page_is_answered_as_kindly(signed_in):
    response = signed_in.get("/", headers={"X-Busy": "1"})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "7")
    assert "Many people are at the door." in response.text


def test_an_unknown_address_is_a_kind_404(visitor):
    response = visitor.get("/n/zzzzzz")
    assert response.status_code == 404
    assert "There is nothing here" in response.text


def test_a_form_from_elsewhere_is_sent_back_kindly(house):
    client = Client(enforce_csrf_checks=True)
    response = client.post("/", {"said": "tea"})
    assert response.status_code == 403
    assert "Go back one page" in response.text


@pytest.mark.parametrize("path", ["/", "/n/zzzzzz"])
def test_too_much_is_413_and_is_never_kept(visitor, path):
    body = b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    response = visitor.generic("POST", path, body, content_type="application/octet-stream")
    assert response.status_code == 413
    assert "your words should still be there" in response.text


@pytest.mark.parametrize("more", [-1, 0, 100])
def test_only_a_few_large_forms_are_read_at_once_and_small_ones_always(visitor, monkeypatch, more):
    """Decision 0007."""
    monkeypatch.setattr(middleware, "_large", threading.BoundedSemaphore(1))
    body = b"x" * (middleware.LARGE + more)
    kind = {"content_type": "application/octet-stream"}
    calm = visitor.generic("POST", "/", body, **kind)
    assert calm.status_code not in (413, 503)

    with middleware._large:
        busy = visitor.generic("POST", "/", body, **kind)
    assert busy.status_code == (503 if more > 0 else calm.status_code)
    assert ("Retry-After" in busy.headers) is (more > 0)
    assert visitor.generic("POST", "/", body, **kind).status_code == calm.status_code


def test_of_what_is_far_too_large_only_a_little_is_read_and_one_at_a_time(visitor):
    class Endless(io.BytesIO):
        taken = 0

        def read(self, size=-1):
            Endless.taken += size
            return b"x" * size

    def send():
        answer = visitor.generic(
            "POST", "/", b"", **{"wsgi.input": Endless(), "CONTENT_LENGTH": str(1 << 30)}
        )
        assert answer.status_code == 413

    send()
    assert Endless.taken == middleware.READ_AWAY
    with middleware._reading_away:
        send()
    assert Endless.taken == middleware.READ_AWAY


def test_too_many_fields_are_413(house):
    client = Client(enforce_csrf_checks=True, headers={"X-Signed-In": "1"})
    client.get(address("form"))  # the cookie of a form
    response = client.post("/", {f"f{n}": "x" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 5)})
    assert response.status_code == 413


def test_a_length_that_is_no_number_is_400(visitor):
    response = visitor.generic("POST", "/", b"x", CONTENT_LENGTH="much")
    assert response.status_code == 400


def test_a_body_that_ends_early_does_not_break_the_page(visitor):
    class Cut(io.BytesIO):
        def read(self, *args):
            raise OSError("gone")

    response = visitor.generic("POST", "/", b"", CONTENT_LENGTH="99999999", **{"wsgi.input": Cut()})
    assert response.status_code == 413


def test_trouble_while_htmx_asks_is_said_in_place_so_that_nothing_typed_goes_away(signed_in):
    response = signed_in.get(address("busy"), headers={"HX-Request": "true"})
    assert response.status_code == 503
    assert response.headers["HX-Retarget"] == "#said"
    assert "<html" not in response.text
    assert "Many people are at the door." in response.text


def test_the_page_for_a_broken_house_needs_no_template(visitor, monkeypatch):
    def nothing():
        raise RuntimeError

    monkeypatch.setattr(error_pages, "environment", nothing)
    response = visitor.get(address("odd"))
    assert response.status_code == 500
    assert "It was not you" in response.text


@pytest.mark.parametrize("status", sorted(error_pages.SAID))
def test_every_status_names_a_next_step_and_blames_nobody(house, rf_request, status):
    response = error_pages.kind_page(rf_request, status)
    assert response.status_code == status
    assert ("Retry-After" in response.headers) is (status in {429, 503})
    for word in ("!", "error", "invalid", "illegal", "failed"):
        assert word not in response.text.split("<main")[1].split("</main>")[0].lower()


@pytest.fixture
def rf_request():
    from django.test import RequestFactory

    return RequestFactory().get("/")
