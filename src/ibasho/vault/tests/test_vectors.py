"""The formats of suite 1, frozen: what is kept today opens in ten years (docs/formats.md)."""

import hashlib
import json
from pathlib import Path

import pytest

from ibasho.vault import sharing, suite
from ibasho.vault.identity import Identity, safety_words

FROZEN = json.loads((Path(__file__).parent / "vectors-1.json").read_text("utf-8"))
raw = bytes.fromhex


def test_contexts_are_spelt_as_they_were():
    spelt = suite.ctx("record", bytes(16), 1, "day").hex()
    assert spelt == FROZEN["ctx"]["bytes"]


def test_keys_names_and_padding_are_derived_as_they_were():
    for name, derive in (("expand", suite.expand), ("tag", suite.tag)):
        vector = FROZEN[name]
        assert derive(raw(vector["key"]), suite.ctx(vector["label"])).hex() == vector["out"]
    padded = suite.pad(raw(FROZEN["pad"]["content"]))
    assert (hashlib.sha256(padded).hexdigest(), len(padded)) == (
        FROZEN["pad"]["sha256"],
        FROZEN["pad"]["length"],
    )


@pytest.mark.real_argon
def test_words_come_to_the_same_door_and_open_it():
    vector = FROZEN["words"]
    stretched = suite.stretch(
        vector["words"], salt=raw(vector["salt"]), pepper=raw(vector["pepper"]), purpose="door"
    )
    assert stretched.hex() == vector["stretched"]
    locator = suite.expand(stretched, suite.ctx("door-locator"))
    assert locator.hex() == vector["locator"]
    assert suite.expand(stretched, suite.ctx("lifeline-id")).hex() == vector["lifeline_id"]
    kek0 = suite.expand(stretched, suite.ctx("door-kek"))
    kek = suite.expand(hashlib.sha512(kek0 + raw(vector["lifeline"])).digest(), suite.ctx("door-kek2"))
    assert kek.hex() == vector["kek"]
    box = raw(vector["door_box"])
    assert len(box) == 585
    assert suite.unseal(kek, suite.ctx("door-box", locator), box)[:32].hex() == vector["root"]


def test_a_record_sealed_then_opens_now():
    vector = FROZEN["record"]
    fields = (
        raw(vector["collection"]),
        vector["epoch"],
        raw(vector["id"]),
        vector["kind"],
        vector["version"],
    )
    opened = suite.unseal_padded(raw(vector["key"]), suite.ctx("record", *fields), raw(vector["box"]))
    assert opened.decode() == vector["content"]


def test_a_manifest_lies_where_it_lay():
    vector = FROZEN["manifest"]
    root = raw(vector["root"])
    assert suite.expand(root, suite.ctx("space-id"), 16).hex() == vector["space_id"]
    assert suite.expand(root, suite.ctx("manifest-key")).hex() == vector["key"]


def test_people_keep_their_keys_and_the_words_they_compared():
    vector = FROZEN["identity"]
    person = Identity(raw(vector["root"]))
    assert person.fingerprint.hex() == vector["public_sha256"]
    assert person.sign(b"hello").hex() == vector["sign"]
    one, other = (Identity(raw(root)).public for root in FROZEN["safety_words"]["roots"])
    assert safety_words(one, other) == safety_words(other, one) == FROZEN["safety_words"]["words"]


def test_x_wing_keys_agree_with_an_independent_implementation():
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    expanded = hashlib.shake_256(raw(FROZEN["x_wing"]["seed"])).digest(96)
    public = MLKEM768PrivateKey.from_seed_bytes(expanded[:64]).public_key().public_bytes_raw()
    public += X25519PrivateKey.from_private_bytes(expanded[64:]).public_key().public_bytes_raw()
    assert hashlib.sha256(public).hexdigest() == FROZEN["x_wing"]["public_sha256"]


def test_a_grant_given_then_opens_now():
    vector = FROZEN["grant"]
    giver, reader = Identity(raw(vector["giver"])), Identity(raw(vector["reader"]))
    grant = sharing.open_grant(reader, giver.public, raw(vector["sealed"]))
    assert (grant.collection.hex(), grant.kind, grant.epoch) == (vector["collection"], "day", 1)
    assert (grant.scope, grant.key.hex()) == ("read", vector["key"])
