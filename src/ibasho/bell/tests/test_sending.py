"""What leaves the house, and what it does with the answer: TLS, no redirect, no second time (attack 52)."""

import socket
import threading

import pytest
from django.conf import settings

from ibasho import vault
from ibasho.bell import sending, ways
from ibasho.bell.sending import Outcome
from tests.support.house import free_port
from tests.support.posts import certificate, post_office

TO = vault.Mail("0a", "m.otter@example.org")


def sent(channel=TO):
    return sending.send(channel, "The kettle is on", "/n/abcdef", "Kettle")


def pushed(service, phone, name="mia"):
    return vault.Push("0b", service.endpoint(name), phone.key, phone.auth)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(201, Outcome.TAKEN), (202, Outcome.TAKEN), (404, Outcome.GONE), (410, Outcome.GONE), (429, Outcome.LATER),
     (500, Outcome.LATER), (503, Outcome.LATER), (400, Outcome.LATER), (301, Outcome.LATER), (307, Outcome.LATER)],
)  # fmt: skip
def test_what_a_push_service_says_decides_what_comes_next(service, phone, status, outcome):
    service.answers["/push/mia"] = status
    assert sent(pushed(service, phone)) is outcome
    assert [one.path for one in service.got] == ["/push/mia"], "a redirect is not followed"


def test_a_push_service_without_a_certificate_we_trust_gets_nothing(service, phone, monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate(tmp_path, "elsewhere.example")))
    assert sent(pushed(service, phone)) is Outcome.LATER
    assert service.got == []


def test_a_service_that_takes_it_and_then_falls_silent_is_not_asked_twice(service, phone, monkeypatch):
    monkeypatch.setattr(sending, "PATIENCE", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as plain:
        monkeypatch.setattr(settings, "IBASHO_PUSH", f"localhost:{plain.getsockname()[1]}")
        silent = vault.Push("0b", f"https://localhost:{plain.getsockname()[1]}/x", phone.key, phone.auth)
        assert sent(silent) is Outcome.LATER, "it never came to a handshake: surely not taken"
    monkeypatch.setattr(settings, "IBASHO_PUSH", f"localhost:{free_port()}")
    assert sent(pushed(service, phone)) is Outcome.GONE, "nobody may go there any more"


def test_a_service_that_hangs_up_after_it_was_asked_is_not_asked_twice(service, phone, pem, monkeypatch):
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with socket.create_server(("127.0.0.1", 0)) as plain:
        port = plain.getsockname()[1]

        def hang_up():
            one, _ = plain.accept()
            with context.wrap_socket(one, server_side=True) as safe:
                safe.recv(4096)

        thread = threading.Thread(target=hang_up)
        thread.start()
        monkeypatch.setattr(settings, "IBASHO_PUSH", f"localhost:{port}")
        target = vault.Push("0b", f"https://localhost:{port}/x", phone.key, phone.auth)
        assert sent(target) is Outcome.UNSURE
        thread.join()


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.9.9.9", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
     "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
     "224.0.0.1", "ff02::1", "255.255.255.255"],
)  # fmt: skip
def test_attack_52_a_known_name_that_leads_into_a_network_at_home_is_not_followed(
    programme, phone, monkeypatch, address
):
    """Whoever can change what a name leads to still reaches nothing behind the wall."""
    assert not sending.is_on_the_internet(address)
    monkeypatch.setattr(settings, "IBASHO_PUSH", "known")
    monkeypatch.setattr(settings, "IBASHO_SITE", "https://ibasho.example.org")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    leads = [(family, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **more: leads)
    monkeypatch.setattr(socket, "create_connection", lambda *asked: pytest.fail("it was connected to"))
    assert sent(vault.Push("0b", "https://fcm.googleapis.com/x", phone.key, phone.auth)) is Outcome.LATER


def test_an_address_on_the_internet_is_one():
    assert sending.is_on_the_internet("9.9.9.9")
    assert sending.is_on_the_internet("2620:fe::fe")


def test_a_password_is_said_only_behind_tls_and_letters_go_there_too(programme, pem, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    monkeypatch.setattr(settings, "IBASHO_SITE", "https://ibasho.example.org")
    monkeypatch.setattr(settings, "IBASHO_SENDER", "kettle@example.org")
    with post_office(pem=pem, password="pass/word") as office:
        monkeypatch.setattr(settings, "IBASHO_SMTP", f"smtp://kettle:pass%2Fword@localhost:{office.port}")
        assert sent() is Outcome.TAKEN
        assert office.behind_tls == [True]
        monkeypatch.setattr(settings, "IBASHO_SMTP", f"smtp://kettle:other@localhost:{office.port}")
        assert sent() is Outcome.LATER
    with post_office() as plain:
        monkeypatch.setattr(settings, "IBASHO_SMTP", f"smtp://kettle:pass@localhost:{plain.port}")
        assert sent() is Outcome.LATER, "it offers no TLS, so nothing is said to it"
        assert plain.letters == []


def test_a_mail_host_whose_certificate_is_somebody_elses_gets_nothing(programme, pem, monkeypatch):
    monkeypatch.setattr(settings, "IBASHO_SITE", "https://ibasho.example.org")
    monkeypatch.setattr(settings, "IBASHO_SENDER", "kettle@example.org")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with post_office(pem=pem, password="word") as office:
        monkeypatch.setattr(settings, "IBASHO_SMTP", f"smtp://kettle:word@localhost:{office.port}")
        assert sent() is Outcome.LATER
        assert office.letters == []


def test_a_mail_host_that_is_not_there_gets_it_later(post, monkeypatch):
    monkeypatch.setattr(settings, "IBASHO_SMTP", f"smtp://localhost:{free_port()}")
    assert sent() is Outcome.LATER


def test_letters_in_every_language_go_through_the_oldest_of_hosts(post):
    assert sending.send(TO, "お湯がわきました", "", "Théière") is Outcome.TAKEN
    assert post.raw[0].isascii()
    letter = post.letters[0][1]
    assert letter.get_content() == "お湯がわきました\n\nhttps://ibasho.example.org/\n"
    assert str(letter["Subject"]) == "Théière"


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://mail.example.org/x"]
)
def test_a_setting_that_is_no_mail_host_is_said(monkeypatch, url):
    monkeypatch.setattr(settings, "IBASHO_SMTP", url)
    with pytest.raises(ValueError, match="IBASHO_SMTP"):
        ways.mail_host()


def test_a_mail_host_reads_as_it_is_written(monkeypatch):
    for url, host in {
        "smtp://mail.example.org": ("mail.example.org", 587, False),
        "smtps://mail.example.org": ("mail.example.org", 465, True),
        "smtp://a:b@mail.example.org:25": ("mail.example.org", 25, False),
    }.items():
        monkeypatch.setattr(settings, "IBASHO_SMTP", url)
        found = ways.mail_host()
        assert (found.host, found.port, found.safe) == host
        assert "b" not in repr(found).replace("MailHost", "").replace("False", "") or found.password == ""
