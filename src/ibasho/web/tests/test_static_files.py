"""Files are small, keep their names for good, and leave no address of anybody else."""

import re
from typing import Any

import brotli
import pytest

from ibasho.web import static_files
from ibasho.web.static_files import SOURCES, build, content, inline_style, names, serve, static


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("static")
    build(target)
    return target


def ask(folder, path, **extra):
    """What the server answers for one file: status, headers, body."""
    said: dict[str, Any] = {}

    def start(status, headers, exc_info=None):
        said.update(status=int(status.split()[0]), headers=dict(headers))
        return lambda data: None

    def beneath(environ, start_response):
        start_response("404 Not Found", [])
        return [b""]

    application = serve(beneath, folder, https=False)
    environ = {"PATH_INFO": path, "REQUEST_METHOD": "GET", **extra}
    answer = application(environ, start)
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return said["status"], said["headers"], body


def test_a_name_is_made_from_the_content(folder):
    assert re.fullmatch(r"/static/ibasho\.[0-9a-f]{12}\.css", static("ibasho.css"))
    assert re.fullmatch(r"/static/fonts/text\.[0-9a-f]{12}\.woff2", static("fonts/text.woff2"))
    assert all(
        (folder / static(name).removeprefix("/static/")).read_bytes() == content(name) for name in names()
    )


def test_an_unknown_file_is_a_mistake_seen_at_once():
    with pytest.raises(FileNotFoundError):
        static("none.css")


def test_files_may_be_kept_for_good_and_speak_to_nobody_else(folder):
    status, headers, _ = ask(folder, static("calm.js"))
    assert status == 200
    assert "immutable" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    assert headers["Content-Type"].startswith("text/javascript")


def test_a_browser_that_can_gets_the_smallest_form(folder):
    _, headers, body = ask(folder, static("ibasho.css"), HTTP_ACCEPT_ENCODING="gzip, br")
    assert headers["Content-Encoding"] == "br"
    assert brotli.decompress(body) == content("ibasho.css")


def test_the_style_sheet_is_small(folder):
    path = folder / static("ibasho.css").removeprefix("/static/")
    assert path.with_name(path.name + ".br").stat().st_size < 5 * 1024


def test_nothing_served_names_another_host():
    for name in names():
        if not name.endswith((".woff2", ".png")):
            text = content(name).decode()
            found = set(re.findall(r"https?://[^\s\"')]+", text)) - {"http://www.w3.org/2000/svg"}
            assert not found, (name, found)


def test_the_style_inside_a_page_has_no_typeface_to_fetch():
    style, _ = inline_style()
    assert "url(" not in style
    assert "@font-face" not in style


def test_making_a_style_sheet_small_keeps_its_rules():
    small = static_files._small(
        "a > b { margin: 0 calc(1rem + 2px) ; } /* x */\n@media (min-width: 2rem) {\n i { top: 0 } }"
    )
    assert small == "a > b{margin:0 calc(1rem + 2px)}@media (min-width:2rem){i{top:0}}"


def test_sources_of_the_style_are_not_served():
    assert not any(name.startswith("css/") for name in names())
    assert (SOURCES / "css").is_dir()


def test_a_source_name_outside_the_folder_is_never_served(folder):
    assert ask(folder, "/static/../settings.py")[0] == 404
    assert ask(folder, "/static/ibasho.css")[0] == 404  # only lasting names exist
