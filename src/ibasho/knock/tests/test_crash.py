"""Killed at every statement while a message goes out: it is there or it still waits, never neither, never twice."""

import os
import shutil
import signal

import pytest

from ibasho import vault
from ibasho.bell import access as bell
from ibasho.knock import access, minutes
from ibasho.knock.tests.conftest import TEXT, again
from ibasho.vault import clock, release
from ibasho.vault.store import Store


class Counted:
    """A connection that ends the process, without a word, before a statement of a given number."""

    left = 0

    def __init__(self, connection):
        self._connection = connection

    def execute(self, *statement):
        if Counted.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        Counted.left -= 1
        return self._connection.execute(*statement)

    def close(self):
        self._connection.close()


def killed_at(statement, rung):
    """Let a child do the work of one beat, and kill it there. False when it came to its end first."""
    child = os.fork()
    if child == 0:
        connect = Store._connect
        setattr(Store, "_connect", lambda store: Counted(connect(store)))  # noqa: B010
        setattr(minutes, "ring", lambda bell, *, path="": append(rung, bell))  # noqa: B010
        Counted.left = statement
        minutes.look_after_silences(clock.now())
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def append(file, what):
    with file.open("ab") as there:
        there.write(what)


def still_armed(mia):
    watch = release.watch_of(again(mia))
    return bool(watch and watch.letters and release.lost() == 0)


@pytest.mark.slow
def test_killed_at_every_statement_the_message_is_there_or_still_waits(
    house, mia, aya, waits, programme, tmp_path
):
    house.run_until(27, 17)
    house.run(minutes=50)
    house.pass_by(600)
    programme.close()
    as_it_was = shutil.copytree(programme.data, tmp_path / "before")
    bell_of_aya = bell.bell_of(vault.contact(again(mia), waits[0]))
    programme.close()
    rung, states = tmp_path / "rung", set()
    for statement in range(400):
        programme.close()
        shutil.rmtree(programme.data)
        shutil.copytree(as_it_was, programme.data)
        rung.write_bytes(b"")
        was_killed = killed_at(statement, rung)

        there = len(access.letters_to(again(aya)))
        assert there + still_armed(mia) == 1, statement
        states.add((there, bool(rung.read_bytes())))

        house.rung.clear()
        house.beat()
        assert [said.record.agreed.text for said in access.letters_to(again(aya))] == [TEXT], statement
        assert not still_armed(mia)
        assert bell_of_aya in rung.read_bytes() or bell_of_aya in [one for one, _ in house.rung], statement
        sweep = release.Sweep()
        sweep(), sweep()
        assert programme.releases.value("SELECT count(*) FROM release_key") == 0
        if not was_killed:
            break
    assert not was_killed
    assert states == {(0, False), (1, False), (1, True)}, "it was not killed on every side of its going out"
