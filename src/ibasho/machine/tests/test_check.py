"""Each mistake an installer can make is named, in one sentence; a good installation is left in peace."""

import datetime as dt
import hashlib
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from ibasho import vault
from ibasho.machine import check
from ibasho.machine.check import Machine
from ibasho.programme.records import Programme


@pytest.fixture
def machine(programme, tmp_path, monkeypatch):
    """A good machine: kernel files of its own, pepper and back-ups apart, an open programme."""
    proc = tmp_path / "proc"
    (proc / "self").mkdir(parents=True)
    (proc / "sys/kernel").mkdir(parents=True)
    (proc / "sys/kernel/core_pattern").write_text("core\n")
    (proc / "self/mounts").write_text(f"/dev/sda1 / ext4 rw 0 0\ntmpfs {tmp_path}/memory tmpfs rw 0 0\n")
    (proc / "self/cgroup").write_text("0::/system.slice/ibasho.service\n")
    (proc / "swaps").write_text("Filename\tType\tSize\tUsed\tPriority\n")
    (proc / "meminfo").write_text("MemTotal: 1000000 kB\nMemAvailable: 900000 kB\n")
    for folder in ("memory", "credentials"):
        (tmp_path / folder).mkdir(mode=0o700)
    (programme.data / "secrets/pepper.key").rename(tmp_path / "credentials/pepper.key")
    environment = {
        "CREDENTIALS_DIRECTORY": str(tmp_path / "credentials"),
        "IBASHO_RUN": str(tmp_path / "memory"),
        "IBASHO_BACKUP": str(tmp_path / "made-at-night"),
        "IBASHO_RECIPIENT": "age1…",
        "IBASHO_ZONE": "Europe/Madrid",
    }
    for name in ("DATABASE_URL", "IBASHO_HTTPS", "IBASHO_PROXY", "IBASHO_HOSTS", "IBASHO_SECRETS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    programme.data.chmod(0o700)
    for file in programme.data.glob("*.sqlite3*"):
        file.chmod(0o600)
    vault.make_space("veranda teapot lantern kettle meadow willow")
    vault.current().store.close()
    return Machine(programme.data, proc=proc, cgroups=tmp_path / "cgroup", jail_holds=lambda: True)


def said(machine):
    return [mistake.sentence for mistake in check.mistakes(machine)]


def only(machine, *words, serious=True):
    """The one mistake there is; it is said in one sentence that holds these words."""
    found = list(check.mistakes(machine))
    assert len(found) == 1, found
    assert all(word in found[0].sentence for word in words), found
    assert found[0].serious is serious
    return True


def test_a_good_machine_is_left_in_peace(machine, capsys):
    assert said(machine) == []
    assert check.check(machine.data, "127.0.0.1:8000") in (0, 1)  # this one is whatever it is
    assert "\n" in capsys.readouterr().out


def test_sessions_on_a_disk(machine, monkeypatch, tmp_path):
    monkeypatch.setenv("IBASHO_RUN", str(tmp_path / "elsewhere"))
    assert only(machine, "Sessions would touch a disk")


def test_swap_without_a_limit(machine):
    (machine.proc / "swaps").write_text("Filename\tType\tSize\n/dev/sda2 partition 1000\n")
    assert only(machine, "Swap is on", "MemorySwapMax=0")


def test_swap_that_the_unit_forbids_is_no_mistake(machine):
    (machine.proc / "swaps").write_text("Filename\tType\tSize\n/dev/sda2 partition 1000\n")
    unit = machine.cgroups / "system.slice/ibasho.service"
    unit.mkdir(parents=True)
    (unit / "memory.swap.max").write_text("0\n")
    assert said(machine) == []
    (unit / "memory.swap.max").write_text("max\n")
    assert only(machine, "Swap is on")


def test_swap_is_judged_by_the_programme_that_is_up(machine):
    (machine.proc / "swaps").write_text("Filename\tType\tSize\n/dev/sda2 partition 1000\n")
    (machine.proc / "77").mkdir()
    (machine.proc / "77/cgroup").write_text("0::/up\n")
    (machine.cgroups / "up").mkdir(parents=True)
    (machine.cgroups / "up/memory.swap.max").write_text("0\n")
    (machine.data / "up.lock").write_text("77")
    assert said(machine) == []


def test_swap_in_compressed_memory_is_no_mistake(machine):
    (machine.proc / "swaps").write_text("Filename\tType\tSize\n/dev/zram0 partition 1000\n")
    assert said(machine) == []


def test_core_dumps_that_go_to_a_program(machine):
    (machine.proc / "sys/kernel/core_pattern").write_text("|/usr/lib/systemd/systemd-coredump %P\n")
    assert only(machine, "Core dumps", serious=False)


def test_data_that_others_can_look_into(machine):
    machine.data.chmod(0o755)
    assert only(machine, "can look into", "chmod 700")


def test_a_database_that_others_can_read(machine):
    (machine.data / "ibasho.sqlite3").chmod(0o644)
    assert only(machine, "can read ibasho.sqlite3", "chmod 600")


def test_no_data_at_all(machine, tmp_path):
    there_is_none = Machine(tmp_path / "nothing", proc=machine.proc, cgroups=machine.cgroups)
    assert any("There is no folder" in sentence for sentence in said(there_is_none))


def test_a_kernel_that_cannot_hold_what_reads_pictures(machine):
    unguarded = replace(machine, jail_holds=lambda: False)
    assert only(unguarded, "Pictures are turned away", "seccomp", serious=False)


def pepper_of(tmp_path):
    return tmp_path / "credentials/pepper.key"


def test_a_missing_pepper(machine, tmp_path):
    pepper_of(tmp_path).unlink()
    assert only(machine, "There is no pepper")


def test_a_pepper_that_others_can_read(machine, tmp_path):
    pepper_of(tmp_path).chmod(0o444)
    assert only(machine, "can read the pepper", "chmod 400")


def test_a_damaged_pepper(machine, tmp_path):
    pepper_of(tmp_path).chmod(0o600)
    pepper_of(tmp_path).write_bytes(bytes(47))
    assert only(machine, "damaged", "48 bytes")


def test_a_pepper_beside_the_database(machine, monkeypatch, tmp_path):
    pepper_of(tmp_path).rename(machine.data / "secrets/pepper.key")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    assert only(machine, "lies beside the database", serious=False)


def test_a_pepper_in_the_back_up_folder(machine, monkeypatch, tmp_path):
    monkeypatch.setenv("IBASHO_BACKUP", str(tmp_path / "credentials"))
    assert any("The pepper lies in the back-up folder" in sentence for sentence in said(machine))
    (tmp_path / "away/old").mkdir(parents=True)
    (tmp_path / "away/old/pepper.key").touch()
    monkeypatch.setenv("IBASHO_BACKUP", str(tmp_path / "away"))
    assert any("The pepper lies in the back-up folder" in sentence for sentence in said(machine))


def test_no_back_up(machine, monkeypatch):
    monkeypatch.delenv("IBASHO_BACKUP")
    assert only(machine, "Nothing is backed up", serious=False)


def test_a_back_up_in_the_same_place_as_the_database(machine, monkeypatch, tmp_path):
    monkeypatch.setenv("IBASHO_BACKUP", str(machine.data / "away"))
    assert only(machine, "lost together")


def test_a_back_up_on_the_same_disk(machine, monkeypatch, tmp_path):
    (tmp_path / "away").mkdir(mode=0o700)
    monkeypatch.setenv("IBASHO_BACKUP", str(tmp_path / "away"))
    assert only(machine, "on the same disk", serious=False)


def test_a_folder_for_back_ups_that_nobody_can_make(machine, monkeypatch):
    monkeypatch.setenv("IBASHO_BACKUP", "/proc/no-such-place/ibasho")
    assert "There is no folder /proc/no-such-place/ibasho for back-ups" in " ".join(said(machine))


def test_back_ups_that_have_stopped(machine, tmp_path):
    away = tmp_path / "made-at-night"
    away.mkdir(mode=0o700)
    now = dt.datetime.now(dt.UTC)
    for days, heard in ((9, True), (4, True), (2, False)):  # the newest counts
        made = now - dt.timedelta(days=days)
        (away / f"ibasho-{made:%Y%m%dT%H%M%SZ}.main.age").touch()
        found = [sentence for sentence in said(machine) if "The newest copy" in sentence]
        assert bool(found) is heard, days
        assert all(f"{made:%Y-%m-%d}" in sentence for sentence in found)


def test_a_back_up_that_others_can_look_into_or_that_no_key_seals(machine, monkeypatch, tmp_path):
    (tmp_path / "away").mkdir(mode=0o755)
    monkeypatch.setenv("IBASHO_BACKUP", str(tmp_path / "away"))
    monkeypatch.delenv("IBASHO_RECIPIENT")
    (tmp_path / "away").chmod(0o755)
    sentences = " ".join(said(machine))
    assert "can look into" in sentences
    assert "IBASHO_RECIPIENT" in sentences


def test_too_little_memory(machine):
    (machine.proc / "meminfo").write_text("MemAvailable: 200000 kB\n")
    assert only(machine, "195 MiB of memory")


def test_a_full_disk(machine, monkeypatch):
    usage = type("Usage", (), {"free": 5 << 20})
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert only(machine, "nearly full")


def test_a_clock_before_its_time(machine, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1_000_000_000.0)
    assert only(machine, "clock is wrong")


def test_a_clock_that_went_back(machine):
    os.utime(machine.data / "ibasho.sqlite3", (time.time() + 86400,) * 2)
    assert only(machine, "clock went back")


def test_a_zone_that_is_missing_or_does_not_exist(machine, monkeypatch):
    monkeypatch.setenv("IBASHO_ZONE", "")
    assert only(machine, "No time zone", serious=False)
    monkeypatch.setenv("IBASHO_ZONE", "Europe/Nowhere")
    assert only(machine, "no time zone Europe/Nowhere")


def test_an_old_sqlite(machine):
    old = Machine(machine.data, proc=machine.proc, cgroups=machine.cgroups, sqlite=(3, 27, 2))
    assert only(old, "SQLite 3.27.2")


def test_a_python_without_what_the_vault_is_made_of(machine, monkeypatch):
    monkeypatch.setattr(hashlib, "algorithms_available", {"sha256"})
    assert only(machine, "without SHA-512")


def test_a_python_that_tells_too_much(machine, monkeypatch):
    monkeypatch.setenv("PYTHONFAULTHANDLER", "1")
    assert only(machine, "development mode")


@pytest.mark.parametrize("hosts", ["ibasho.example.org", "127.0.0.1, 192.168.1.7"])
def test_a_name_without_https(machine, monkeypatch, hosts):
    monkeypatch.setenv("IBASHO_HOSTS", hosts)
    assert only(machine, "IBASHO_HTTPS")
    monkeypatch.setenv("IBASHO_HTTPS", "1")
    monkeypatch.setenv("IBASHO_PROXY", "1")
    assert said(machine) == []


def test_a_proxy_whose_visitors_all_look_alike(machine, monkeypatch):
    monkeypatch.setenv("IBASHO_HTTPS", "1")
    assert only(machine, "IBASHO_PROXY is not 1", "X-Real-IP")
    elsewhere = Machine(machine.data, "0.0.0.0:8000", proc=machine.proc, cgroups=machine.cgroups)
    assert said(elsewhere) == []  # a proxy on another machine has an address of its own


def test_an_onion_needs_no_https(machine, monkeypatch):
    monkeypatch.setenv("IBASHO_HOSTS", "localhost,abcdefgh.onion")
    assert said(machine) == []


def test_an_open_address_without_https(machine):
    reached = Machine(machine.data, "0.0.0.0:8000", proc=machine.proc, cgroups=machine.cgroups)
    assert only(reached, "in the clear")


def test_a_programme_that_is_not_set_up(machine):
    vault.set_setting("programme", Programme())
    assert only(machine, "not set up yet", serious=False)


def test_a_programme_nobody_joined(machine):
    vault.burn(vault.open_door("veranda teapot lantern kettle meadow willow"))
    assert only(machine, "Nobody has joined yet", serious=False)


def test_a_database_that_does_not_answer(machine, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1")
    assert only(machine, "DATABASE_URL does not answer")


def test_a_database_that_is_damaged(machine):
    (machine.data / "ibasho.sqlite3").write_bytes(b"not a database" * 1000)
    for journal in machine.data.glob("ibasho.sqlite3-*"):
        journal.unlink()
    assert only(machine, "does not answer")


def test_no_programme_yet(machine):
    for file in machine.data.glob("*.sqlite3*"):
        file.unlink()
    assert only(machine, "There is no programme", serious=False)


def test_a_break_after_which_all_waiting_began_anew(machine, programme):
    """DOMAIN 3.3: whoever runs the machine is told."""
    vault.running.keep_beat(programme)
    assert not any("began anew" in one.sentence for one in said(machine))
    house = vault.running.read(programme)
    assert house is not None
    before = msgspec.structs.replace(
        house, last=house.last._replace(wall=house.last.wall - 3600, boot="before")
    )
    body = msgspec.json.encode(before).decode()
    programme.releases.commit([vault.Op("UPDATE running SET body = ?", (body,))])
    vault.running.keep_beat(programme)
    only(machine, "was down", "began anew", serious=False)


def test_sealed_messages_that_nothing_opens_any_more(machine, monkeypatch):
    monkeypatch.setattr(vault.release, "lost", lambda: 2)
    only(machine, "2 sealed messages", "release.keys")


def test_serious_mistakes_come_first_and_make_it_fail(machine, monkeypatch, capsys):
    monkeypatch.setattr(
        check, "mistakes", lambda machine: iter([check.Mistake("b", serious=False), check.Mistake("a")])
    )
    assert check.check(machine.data, "127.0.0.1:8000") == 1
    assert capsys.readouterr().out.splitlines() == ["Serious  a", "Mind     b"]
    monkeypatch.setattr(check, "mistakes", lambda machine: iter([check.Mistake("b", serious=False)]))
    assert check.check(machine.data, "127.0.0.1:8000") == 0
    monkeypatch.setattr(check, "mistakes", lambda machine: iter([]))
    assert check.check(Path("/nowhere"), "127.0.0.1:8000") == 0
    assert "as it should be" in capsys.readouterr().out


def test_a_bell_that_is_set_up_by_half(machine, monkeypatch):
    for settings, words in (
        ({"SMTP": "mail.example.org"}, "cannot be read"),
        ({"SMTP": "smtp://mail.example.org", "SITE": "https://ibasho.example.org"}, "IBASHO_SENDER"),
        ({"SENDER": "kettle@example.org"}, "IBASHO_SMTP"),
        ({"PUSH": "known"}, "nowhere to lead"),
    ):
        for name in ("SMTP", "SENDER", "PUSH", "SITE"):
            monkeypatch.setenv(f"IBASHO_{name}", settings.get(name, ""))
        only(machine, words, serious=False)


def test_a_whole_bell_is_left_in_peace(machine, monkeypatch):
    monkeypatch.setenv("IBASHO_SMTP", "smtp://kettle:word@mail.example.org:587")
    monkeypatch.setenv("IBASHO_SENDER", "kettle@example.org")
    monkeypatch.setenv("IBASHO_PUSH", "known")
    monkeypatch.setenv("IBASHO_SITE", "https://ibasho.example.org")
    assert said(machine) == []
