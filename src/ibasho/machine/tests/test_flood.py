"""Attack 50: two hundred strangers at the door. Memory stays bounded, and whoever is in hardly notices."""

import http.client
import statistics
import threading
import time
from pathlib import Path

import pytest

from ibasho import vault
from tests.support.house import open_programme, up
from tests.support.person import Browser, Person

BROWSERS = 48
SECONDS = 12


def memory_of(pids):
    """What a family holds together, in MiB: every page shared by several is counted once."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


@pytest.mark.slow
def test_a_flood_at_the_door_leaves_pages_and_memory_alone(tmp_path):
    data = tmp_path / "data"
    open_programme(data)
    with up(data, IBASHO_PROXY="1") as house:
        mia = Person(house.address, "Mia")
        mia.join(house.invite())
        mia.check_in(line="before", good="before")
        quiet = memory_of(house.family())
        stop = threading.Event()
        answers: list[int] = []
        loads: list[float] = []

        def flood(number):
            while not stop.is_set():
                stranger = Browser(house.address, timeout=40)
                network = f"10.{number}.{len(answers) % 250}.1"
                try:
                    form = stranger.open("/").form("ticket", "words")
                    body = f"words={'+'.join(vault.new_words().split())}&ticket={form.fields['ticket']}"
                    token = f"&csrfmiddlewaretoken={form.fields['csrfmiddlewaretoken']}"
                    headers = {
                        "Content-Type": "application/x-www-form-urlencoded",
                        "Origin": f"http://{house.address}",
                        "X-Real-IP": network,
                    }
                    answers.append(stranger.ask("POST", "/", (body + token).encode(), headers).status)
                except (OSError, http.client.HTTPException):
                    answers.append(0)

        strangers = [threading.Thread(target=flood, args=(number,)) for number in range(BROWSERS)]
        for stranger in strangers:
            stranger.start()
        time.sleep(1)
        most, end = 0.0, time.monotonic() + SECONDS
        while time.monotonic() < end:
            begun = time.monotonic()
            assert "Mia" in mia.home().text
            loads.append(time.monotonic() - begun)
            most = max(most, memory_of(house.family()))
            time.sleep(0.05)
        stop.set()
        for stranger in strangers:
            stranger.join()
    loads.sort()
    print(
        f"{len(answers)} sign-ins answered ({answers.count(403)} no door, {answers.count(503)} told to wait); "
        f"{len(loads)} pages, median {statistics.median(loads):.2f} s, slowest {loads[-1]:.2f} s; "
        f"memory {quiet:.0f} MiB at rest, {most:.0f} at most"
    )
    assert set(answers) <= {403, 503}
    assert 403 in answers
    assert loads[int(len(loads) * 0.99)] < 2
    assert quiet < 200
    assert most < 400
