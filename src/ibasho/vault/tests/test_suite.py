"""What the primitives promise (VAULT 1.3, 3.1, 3.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ibasho.vault import suite
from ibasho.vault.errors import Tampered

KEY = bytes(range(32))
fields = st.lists(st.one_of(st.binary(max_size=20), st.integers(0, 2**63)), max_size=5)


@given(st.text(max_size=8), fields, st.text(max_size=8), fields)
def test_two_different_contexts_never_give_the_same_bytes(one, these, other, those):
    assert (suite.ctx(one, *these) == suite.ctx(other, *those)) == (
        (one, [_as_bytes(field) for field in these]) == (other, [_as_bytes(field) for field in those])
    )


def _as_bytes(field):
    return field.to_bytes(8, "big") if isinstance(field, int) else field


@given(st.binary(max_size=6000))
def test_what_is_padded_comes_back_and_shows_only_its_bucket(content):
    padded = suite.pad(content)
    assert suite.unpad(padded) == content
    assert len(padded) in {256, 1024, 4096, 16384}


@pytest.mark.parametrize("length", [65_534, 65_535, 65_536, 131_070, 131_071, 131_072])
def test_great_contents_fill_the_next_power_of_two(length):
    padded = suite.pad(bytes(length))
    assert suite.unpad(padded) == bytes(length)
    assert len(padded) & (len(padded) - 1) == 0


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        bytes(256),  # no mark
        b"a" * 256,
        b"a\x80".ljust(257, b"\0"),  # no bucket
        b"a\x80".ljust(1024, b"\0"),  # a greater bucket than needed
        b"a\x80",
    ],
)
def test_a_padding_that_we_would_not_have_made_is_refused(padded):
    with pytest.raises(Tampered):
        suite.unpad(padded)


@given(st.binary(max_size=300), st.data())
def test_a_box_with_any_byte_changed_stays_shut(content, data):
    sealed = bytearray(suite.seal_padded(KEY, b"here", content))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Tampered):
        suite.unseal_padded(KEY, b"here", bytes(sealed))


@given(st.binary(max_size=300), st.integers(1, 400))
def test_a_box_cut_short_or_made_longer_stays_shut(content, amount):
    sealed = suite.seal_padded(KEY, b"here", content)
    for other in (sealed[:-amount], sealed + bytes(amount)):
        with pytest.raises(Tampered):
            suite.unseal_padded(KEY, b"here", other)


@given(st.binary(max_size=400))
def test_garbage_is_never_a_box(garbage):
    with pytest.raises(Tampered):
        suite.unseal_padded(KEY, b"here", garbage)


def test_a_box_opens_only_under_its_own_key_and_context():
    sealed = suite.seal_padded(KEY, b"here", b"words")
    assert suite.unseal_padded(KEY, b"here", sealed) == b"words"
    for key, context in ((bytes(32), b"here"), (KEY, b"there")):
        with pytest.raises(Tampered):
            suite.unseal_padded(key, context, sealed)


def test_an_unknown_suite_is_refused_before_anything_is_tried():
    sealed = suite.seal_padded(KEY, b"here", b"words")
    with pytest.raises(Tampered):
        suite.unseal_padded(KEY, b"here", b"\x02" + sealed[1:])


@pytest.mark.real_argon
def test_attack_10_the_cost_of_guessing_stands_in_code_and_has_a_floor():
    assert suite.ARGON_MEMORY_KIB >= 65_536
    assert suite.ARGON_PASSES >= 3
    assert suite.ARGON_LANES == 1
