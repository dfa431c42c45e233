"""A single-page application to compare with: 463 KB of script in gzip, which draws a button to call somebody.

Nobody's: a seeded generator writes modules until they weigh what a typical one weighs. Each is parsed and run once, as
a bundler's are, and then the page is drawn. It asks nobody for data afterwards, which most of them do.
"""

import gzip
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WEIGHT = 463 * 1024  # bytes of its script in gzip
SEED = 463
_WORDS = (
    *("state", "props", "render", "effect", "layout", "store", "theme", "route", "query", "cache", "token"),
    *("panel", "field", "label", "value", "index", "entry", "event", "queue", "batch", "patch", "merge"),
    *("clone", "shape", "frame", "scale", "order", "match", "guard", "error", "retry", "delay"),
)

_PAGE = b"""<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>App</title><body><div id="root"></div><script src="/app.js"></script></body></html>"""
_END = """
for (const name of Object.keys(modules)) modules[name] = modules[name](modules);
document.getElementById("root").innerHTML =
  "<h1>Talk to a person</h1><p>Day and night</p><a href='tel:116123'>Call 116 123</a>";
"""


def bundle() -> bytes:
    """The script in gzip: the same bytes for the same seed, within a few hundred of WEIGHT."""
    chance = random.Random(SEED)
    pieces = ["const modules = {};\n"]
    packed, number = b"", 0
    while len(packed) < WEIGHT:
        for _ in range(40 if WEIGHT - len(packed) > 16_384 else 1):
            pieces.append(_module(chance, number))
            number += 1
        packed = gzip.compress("".join([*pieces, _END]).encode(), 6, mtime=0)
    return packed


def _module(chance: random.Random, number: int) -> str:
    """One module: a few functions over each other's results, a class, and a table of strings."""
    name = f"{chance.choice(_WORDS)}{number}"
    body = []
    functions = [f"{chance.choice(_WORDS)}{chance.choice(_WORDS).title()}{at}" for at in range(6)]
    for at, one in enumerate(functions):
        first, second, third = (chance.choice(_WORDS) for _ in range(3))
        before = f"{functions[at - 1]}({first}, {chance.randrange(99)})" if at else f"{first}.length"
        body.append(
            f"  function {one}({first}, rest) {{\n"
            f"    const {second}_ = {before} + {chance.randrange(10_000)};\n"
            f"    if ({second}_ % {chance.randrange(2, 30)} === 0) return {second}_ - {chance.randrange(1000)};\n"
            f"    return {second}_ ^ {chance.getrandbits(24)}; // {third} {chance.choice(_WORDS)}\n  }}"
        )
    strings = ", ".join(f'"{chance.getrandbits(48):x}-{chance.choice(_WORDS)}"' for _ in range(12))
    body.append(f"  const table = [{strings}];")
    body.append(
        f"  class {chance.choice(_WORDS).title()} {{ constructor(value) {{ this.value = value; }} "
        f"read() {{ return table.map((one) => one.length + {functions[-1]}(one, this.value)); }} }}"
    )
    last = body[-1].split()[1]
    return (
        f'modules["{name}"] = function (all) {{\n'
        + "\n".join(body)
        + f"\n  return new {last}({number}).read();\n}};\n"
    )


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """The application at an address of this machine, and the bytes of its script on the wire."""
    script = bundle()

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = self.path == "/app.js"
            body = script if found else _PAGE if self.path == "/" else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/javascript" if found else "text/html; charset=utf-8")
            if found:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody wants to know."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", len(script)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
