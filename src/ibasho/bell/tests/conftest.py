"""A place that can ring: a mail host and a push service, both real, on this machine."""

import pytest
from django.conf import settings

from ibasho import vault
from tests.support.posts import Phone, certificate, post_office, push_service


@pytest.fixture(scope="session")
def pem(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("pem"))


@pytest.fixture
def post(monkeypatch, programme):
    """A mail host on this machine, without TLS, as the host's own relay is."""
    with post_office() as office:
        monkeypatch.setattr(settings, "IBASHO_SITE", "https://ibasho.example.org")
        monkeypatch.setattr(settings, "IBASHO_SMTP", office.url)
        monkeypatch.setattr(settings, "IBASHO_SENDER", "kettle@example.org")
        yield office


@pytest.fixture
def service(monkeypatch, programme, pem):
    """A push service that this place was told of by name and port, and whose certificate it trusts."""
    with push_service(pem) as made:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        monkeypatch.setattr(settings, "IBASHO_SITE", "https://ibasho.example.org")
        monkeypatch.setattr(settings, "IBASHO_PUSH", f"known,{made.named}")
        yield made


@pytest.fixture
def phone():
    return Phone()


@pytest.fixture
def pair(mia, aya):
    """Mia and Aya in each other's circle: Aya as Mia sees her, and Mia as Aya does."""
    return befriended(mia, aya)


def befriended(one, other):
    known = {contact.id for contact in vault.contacts(again(one))}
    pinned = vault.accept(other, vault.look_at_invitation(vault.invite(one, "ally", "Aya")))
    vault.take_in_answers(one)
    return next(contact for contact in vault.contacts(one) if contact.id not in known), pinned


def again(space):
    return vault.Space(vault.current(), space._root)
