"""What taking everything along promises (DESIGN, promise 6; VAULT 5)."""

import io
import json
import shutil
import subprocess
import tarfile

import pytest

from ibasho import vault
from ibasho.vault.takeout import _tellings
from ibasho.vault.tests.test_space import Note, Small


@pytest.fixture
def tellings(monkeypatch):
    monkeypatch.setattr("ibasho.vault.takeout._tellings", dict(_tellings))


def test_everything_is_there_in_words_and_in_json(mia, clock, tellings):
    @vault.exporter(Note)
    def tell(kept):
        return f"{kept.at:%d %B %Y}: {kept.record.text}"

    mia.put(Note(text="tea with Aya"), "2026-11/21")
    mia.put(Note(text="déjà vu 🙂"), "2026-11/22")
    mia.set_own(Small(colour="ochre"))
    files = dict(vault.export(mia))
    rows = json.loads(files["test-note.json"])
    assert [row["content"]["text"] for row in rows] == ["tea with Aya", "déjà vu 🙂"]
    assert files["test-note.txt"].decode().startswith("22 November 2026: tea with Aya")
    assert json.loads(files["settings.json"])["test-small"] == {"colour": "ochre"}


def test_debians_age_opens_what_was_sealed(mia, tmp_path):
    age = shutil.which("age")
    assert age, "Debian's age is installed by tools/system-packages"
    mia.keep(Note(text="zebra-canary"))
    sealed, key = vault.sealed_export(vault.export(mia))
    assert b"zebra-canary" not in sealed
    (tmp_path / "key.txt").write_text(key + "\n")
    opened = subprocess.run(
        [age, "-d", "-i", str(tmp_path / "key.txt")], input=sealed, capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(opened)) as tar:
        names = tar.getnames()
        text = tar.extractfile("test-note.json").read().decode()
    assert "test-note.json" in names
    assert "zebra-canary" in text


def test_a_key_shown_before_opens_the_file_fetched_after(mia):
    key = vault.new_export_key()
    sealed, same = vault.sealed_export(vault.export(mia), key)
    assert same == key
    assert sealed.startswith(b"age-encryption.org/v1")
    with pytest.raises(vault.BadTicket):
        vault.sealed_export(vault.export(mia), "AGE-SECRET-KEY-NONSENSE")
