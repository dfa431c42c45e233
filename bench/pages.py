"""What a page costs: through the whole application in this process, and over HTTP from `ibasho up`."""

import io
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from wsgiref.types import WSGIApplication

from bench import bare, programme
from bench.browser import ASKS_FOR, Browser
from bench.house import Up
from bench.measure import Effort, Line, Taken, at_most, interleaved, median, ms, p99, times
from bench.saves import check_ins
from ibasho import vault
from ibasho.today.records import place_of
from ibasho.vault import sessions
from ibasho.web.addresses import address

HEADERS = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in ASKS_FOR.items()}


@dataclass
class Visitor:
    """Somebody signed in, who asks an application in this process for pages."""

    application: WSGIApplication
    cookie: str

    def get(self, path: str, **more: str) -> bytes:
        """One page, as a browser gets it. Any other answer ends the bench."""
        said = ""

        def start(status: str, headers: object, wrong: object = None) -> Callable[[bytes], object]:
            nonlocal said
            said = status
            return lambda _: None

        answer = self.application(self._environ(path) | more, start)
        body = b"".join(answer)
        getattr(answer, "close", int)()  # as every web server does
        if not said.startswith("200"):
            raise SystemExit(f"a page answered {said}")
        return body

    def _environ(self, path: str) -> dict[str, Any]:
        return HEADERS | {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_COOKIE": f"__Host-k={self.cookie}; __Host-c={'c' * 32}",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }


@dataclass(frozen=True)
class People:
    """Whose pages are measured."""

    blank: vault.Space  # thirty days, and nothing yet today
    kept: vault.Space  # thirty days and today
    weeks: vault.Space  # ten weeks
    years: vault.Space  # ten years


def measure(effort: Effort, opened: vault.Vault, people: People) -> list[Line]:
    """Pages and saves in this process."""
    from ibasho.wsgi import application  # wants an open programme

    def visitor(space: vault.Space) -> Visitor:
        return Visitor(application, sessions.start(space, vault.new_words(6, "en")))

    blank, kept, weeks, years = map(visitor, (people.blank, people.kept, people.weeks, people.years))
    today, days = address("today"), address("history")
    day = [place_of(programme.today())]
    months = sorted({place_of(one)[:7] for one in [*programme.days_before(30), programme.today()]})
    works = [
        partial(blank.get, today),
        _bare(opened, blank, today, day),
        partial(kept.get, today),
        _bare(opened, kept, today, day),
        partial(years.get, today),
        partial(blank.get, days),
        _bare(opened, blank, days, months),
        partial(weeks.get, days),
        partial(years.get, days),
    ]
    found = interleaved(effort, *works)
    return [
        *_against("today, 30 days, nothing yet today", found[0], found[1], most=2.0),
        *_against("today, 30 days and today", found[2], found[3], most=2.0),
        _line("today, ten years", found[4], f"{times(found[4], found[0], cpu=True):.2f} x with 30 days"),
        *_against("looking back, 30 days", found[5], found[6]),
        _line("looking back, ten weeks", found[7]),
        _no_more_than_twice("looking back, ten years", found[8], found[7]),
        *_saves(effort, opened, people),
    ]


def _bare(opened: vault.Vault, visitor: Visitor, path: str, places: Iterable[str]) -> partial[bytes]:
    html = visitor.get(path, HTTP_ACCEPT_ENCODING="identity").decode()
    return partial(Visitor(bare.Page(opened, places, html), visitor.cookie).get, path)


def _line(what: str, taken: Taken, beside: str = "") -> Line:
    """Processor time first; then as it passed: pages a second from one thread, and the slowest in a hundred."""
    passed = f"{1 / median(taken.wall):,.0f}/s, p99 {ms(p99(taken.wall))}"
    return Line(what, f"{ms(median(taken.cpu))} CPU, {passed}", beside)


def _against(what: str, ours: Taken, least: Taken, most: float = 0) -> list[Line]:
    """A page and the bare one beside it; `most` is the milliseconds it may take, where there is a target."""
    cpu, share = median(ours.cpu) * 1000, times(ours, least, cpu=True)
    figure, bare_figure = _line(what, ours).figure, _line("", least).figure
    beside, bare_page = f"{share:.2f} x the bare page", "  a bare page of the same boxes"
    if not most:
        return [Line(what, figure, beside), Line(bare_page, bare_figure)]
    return [
        at_most(what, cpu, most, figure, unit=" ms CPU"),
        at_most(bare_page, share, 2, bare_figure, beside, "x"),
    ]


def _no_more_than_twice(what: str, one: Taken, other: Taken) -> Line:
    share = times(one, other, cpu=True)
    return at_most(what, share, 2, _line(what, one).figure, f"{share:.2f} x ten weeks", "x")


def _saves(effort: Effort, opened: vault.Vault, people: People) -> list[Line]:
    """A visit that only saves: the space is opened anew for each."""

    def saving(space: vault.Space) -> Callable[[], object]:
        fresh = vault.Space(opened, space._root)
        save = check_ins(fresh)

        def visit() -> None:
            fresh._look_again()
            save()

        return visit

    weeks, years = interleaved(effort, saving(people.weeks), saving(people.years))
    return [_line("a save, ten weeks", weeks), _no_more_than_twice("a save, ten years", years, weeks)]


def over_http(effort: Effort, up: Up, browsers: Sequence[Browser]) -> list[Line]:
    """Today's page from `ibasho up`: one browser, then eight at once."""
    lines = []
    for count in (1, len(browsers)):
        seconds, taken, cpu = _crowd(effort, up, browsers[:count])
        figure = f"{len(taken) / seconds:,.0f}/s, p50 {ms(median(taken))}, p99 {ms(p99(taken))}"
        each = cpu / len(taken) * 1000
        what = f"today over HTTP, 30 days, {count} browser{'s' if count > 1 else ''}"
        lines.append(at_most(what, each, 2.0, figure, f"{each:.2f} ms of the server's CPU each", " ms CPU"))
    return lines


def _crowd(effort: Effort, up: Up, browsers: Sequence[Browser]) -> tuple[float, list[float], float]:
    """How long it took, each page's time, and the server's processor time for all of them."""
    path, taken = address("today"), list[float]()
    for browser in browsers:
        browser.get(path)
    begun, cpu = time.perf_counter(), up.cpu()
    until = begun + effort.seconds

    def visit(browser: Browser) -> None:
        mine = []
        while time.perf_counter() < until:
            answer = browser.get(path)
            if answer.status != 200:
                raise SystemExit(f"a page answered {answer.status}")
            mine.append(answer.seconds)
        taken.extend(mine)

    threads = [threading.Thread(target=visit, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun, taken, up.cpu() - cpu
