"""What a push message promises: the very bytes of the standard's example, one length, and a sender who is known."""

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from ibasho import vault
from ibasho.vault import webpush
from tests.support.posts import Phone, b64, sender_of, unb64

# RFC 8291, section 5 and appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
READER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A"
    "_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard_comes_out_byte_by_byte():
    own = ec.derive_private_key(int.from_bytes(unb64(SENDER), "big"), ec.SECP256R1())
    sealed = webpush._seal(unb64(READER), unb64(AUTH), PLAIN + b"\x02", own, unb64(SALT))
    assert b64(sealed) == SEALED


def test_only_the_browser_it_is_for_opens_a_message_and_its_length_says_nothing(programme):
    phone, other = Phone(), Phone()
    short = vault.seal_push(phone.key, phone.auth, b'{"t":"a","p":""}')
    long = vault.seal_push(phone.key, phone.auth, b'{"t":"The kettle is on","p":"/n/abcdef/a-long-word"}')
    assert len(short) == len(long)
    assert phone.opens(long) == {"t": "The kettle is on", "p": "/n/abcdef/a-long-word"}
    other.auth = phone.auth
    with pytest.raises(InvalidTag):
        other.opens(long)


def test_a_push_service_knows_who_sends_and_for_how_long(programme, clock):
    claims, key = sender_of(vault.sender_says("https://push.example.org", "https://ibasho.example.org"))
    assert claims["aud"] == "https://push.example.org"
    assert claims["sub"] == "https://ibasho.example.org"
    assert 0 < claims["exp"] - clock.now() <= 24 * 3600
    assert key == vault.sender_key()
    other = vault.sender_says("https://elsewhere.example", "")
    mine = vault.sender_says("https://push.example.org", "")
    with pytest.raises(InvalidSignature):
        sender_of(mine.rpartition(".")[0] + "." + other.rpartition(".")[2])


def test_the_sender_is_the_same_after_a_restart_and_another_in_another_programme(programme, tmp_path):
    first = vault.sender_key()
    vault.configure(programme.data, programme.run)
    assert vault.sender_key() == first
    vault.configure(tmp_path / "other", tmp_path / "run", make=True)
    assert vault.sender_key() != first


@pytest.mark.parametrize(
    "key", [b"", b"\x04" + bytes(64), b"\x02" + bytes(32), bytes(65), b"x" * 65, b"\x00"]
)
def test_what_is_no_key_of_a_browser_is_no_key(key):
    assert not vault.is_push_key(key)
    assert vault.is_push_key(Phone().key)
