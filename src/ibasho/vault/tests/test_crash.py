"""Killed in the middle of writing, forty times: nothing is half there (VAULT 5)."""

import os
import signal
import subprocess
import sys
import time

import pytest

from ibasho import vault
from ibasho.vault.tests.test_space import Note, again, boxes

WRITER = """
import sys
from pathlib import Path
from django.conf import settings
settings.configure(USE_I18N=False)
from ibasho import vault
from ibasho.vault import suite
suite.ARGON_MEMORY_KIB, suite.ARGON_PASSES = 64, 1
class Note(vault.Record, kind="test-note", version=1):
    text: str = ""
vault.configure(Path(sys.argv[1]), Path(sys.argv[2]))
space = vault.open_door(sys.argv[3])
print("ready", flush=True)
number = int(sys.argv[4])
while True:
    number += 1
    space.put(Note(text="x" * (number % 3000)), f"2026-{number % 12 + 1:02d}/{number:06d}")
    print(number, flush=True)
"""


@pytest.mark.slow
def test_killed_forty_times_while_writing_nothing_is_half_there(mia, programme, tmp_path, words_of):
    kept = set()
    for round_ in range(40):
        arguments = [str(programme.data), str(tmp_path / "run"), words_of["mia"], str(round_ * 10_000)]
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        ) as child:
            assert child.stdout.readline() == "ready\n"
            time.sleep(0.02 + round_ / 400)
            child.send_signal(signal.SIGKILL)
            kept |= {int(line) for line in child.stdout.read().split("\n")[:-1] if line.strip()}
    found = {int(one.id.partition("/")[2]) for one in again(mia).every(Note)}
    assert kept <= found  # what was acknowledged is there
    assert len(found) <= len(kept) + 40  # and at most one more in each round
    assert len(kept) > 40
    listed = {
        ref.id
        for label in again(mia).chapters(Note)
        for ref in again(mia)._collection(Note.kind)._entries(label).values()
    }
    assert len(listed) == len(found)
    stored = boxes(programme)
    heads = len(again(mia).chapters(Note)) + bool(again(mia)._manifest.collections[Note.kind].archive)
    assert len(stored) == len(found) + heads + 1  # and no orphan
    again(mia).put(Note(text="and on"), "2026-11/999999")
    assert vault.open_door(words_of["mia"]).read(Note, "2026-11/999999").record.text == "and on"
