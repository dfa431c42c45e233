"""Many people at the door at once: how many come in, who is told to wait, and what it is like inside meanwhile."""

import threading
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.browser import Browser
from bench.house import Up, form_fields
from bench.measure import Effort, Line, at_most, median, ms, p99
from ibasho.web.addresses import address

MIB = 1024 * 1024
PATIENCE = 1.0  # seconds somebody waits who was told to
FORMS = 8  # each client fetched beforehand, so that none has to wait out its two seconds
TOLD_TO_WAIT = (429, 503)


@dataclass
class Flood:
    """What happened at the door."""

    statuses: Counter[int] = field(default_factory=Counter)
    came_in: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    memory: list[tuple[int, int]] = field(default_factory=list)
    seconds: float = 0


def measure(effort: Effort, up: Up, inside: Browser, words: Sequence[str]) -> list[Line]:
    """Sign-ins a second, a signed-in page meanwhile, and the memory of the whole family."""
    time.sleep(1)
    idle = up.memory()
    flood = _flood(effort, up, inside, words)
    waited = sum(flood.statuses[status] for status in TOLD_TO_WAIT)
    others = {code: count for code, count in flood.statuses.items() if code not in (303, *TOLD_TO_WAIT)}
    if others or not flood.came_in:
        raise SystemExit(f"the door answered {dict(flood.statuses)}")
    slowest, rate = p99(flood.pages), len(flood.came_in) / flood.seconds
    return [
        Line(
            f"coming in, {effort.flood} clients at once",
            f"{rate:.1f}/s, p50 {ms(median(flood.came_in))}, p99 {ms(p99(flood.came_in))}",
            f"{len(flood.came_in)} came in, {waited} were told to wait",
        ),
        at_most(
            "a signed-in page meanwhile",
            slowest,
            2,
            f"p50 {ms(median(flood.pages))}, p99 {ms(slowest)}",
            f"{len(flood.pages)} pages",
            " s p99",
        ),
        _memory("memory of all processes, idle", idle, 200),
        _memory("memory of all processes, at most meanwhile", max(flood.memory), 400),
    ]


def _memory(what: str, found: tuple[int, int], most: int) -> Line:
    pss, rss = found
    beside = f"RSS {rss / MIB:.0f} MiB, what is shared counted each time"
    if not pss:
        return at_most(
            what, rss / MIB, most, f"RSS {rss / MIB:.0f} MiB", "PSS is only for root to read", " MiB"
        )
    return at_most(what, pss / MIB, most, f"PSS {pss / MIB:.0f} MiB", beside, " MiB")


def _flood(effort: Effort, up: Up, inside: Browser, words: Sequence[str]) -> Flood:
    flood, gates = Flood(), threading.Barrier(effort.flood + 1)
    # Each from a network of its own: one network alone would be asked to wait after ten tries.
    clients = [Browser(up.address, f"127.0.{number + 1}.1") for number in range(effort.flood)]
    over = threading.Event()

    def client(number: int) -> None:
        browser = clients[number]
        forms = deque(form_fields(browser, browser.get("/")) for _ in range(FORMS))
        gates.wait()
        gates.wait()
        while not over.is_set() and forms:
            answer = browser.post("/", forms.popleft() | {"words": words[number % len(words)]})
            flood.statuses[answer.status] += 1
            if answer.status == 303:
                flood.came_in.append(answer.seconds)
                browser.cookies.pop("__Host-k")  # the next one is somebody else
            elif answer.status in TOLD_TO_WAIT:
                over.wait(PATIENCE)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(effort.flood)]
    for thread in threads:
        thread.start()
    gates.wait()
    time.sleep(2.1)
    gates.wait()
    begun = time.perf_counter()
    until = begun + max(2.0, effort.seconds * 4)
    while time.perf_counter() < until:
        flood.pages.append(inside.get(address("today")).seconds)
        if len(flood.pages) % 8 == 1:
            flood.memory.append(up.memory())
        time.sleep(0.02)
    flood.seconds = time.perf_counter() - begun
    over.set()
    for thread in threads:
        thread.join()
    for browser in clients:
        browser.close()
    return flood
