"""What no page of the house does: bring its own script or style, or words that cannot be translated.

Every template is taken apart by Jinja's own lexer. Tags and expressions become a placeholder, and the rest is
read as HTML, as a browser would meet it.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest

from tests.house.reading import PACKAGE, name_of, parsed, programs, templates
from tools.messages import KEYWORDS

JINJA = jinja2.Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)
EXPRESSION = "\ue000"  # stands where the template puts something
VISIBLE = {"title", "alt", "placeholder", "aria-label", "aria-description", "aria-roledescription", "label"}
ADDRESSES = {"href", "src", "action", "formaction", "srcset", "hx-get", "hx-post", "data"}
ELSEWHERE = re.compile(r"(?:https?:)?//")
BARE = re.compile(r"\b(?:required|autofocus|checked|disabled|readonly|multiple|hidden|selected)\b")
VOID = {"br", "hr", "img", "input", "link", "meta", "source", "wbr"}
A_NAME = {"Ibasho"}  # said the same in every language


def flat(source: str) -> str:
    """The HTML of a template, with a placeholder for every expression, and nothing for what is translated."""
    html: list[str] = []
    statement: list[str] = []
    translated = 0
    for _, kind, value in JINJA.lex(source):
        if kind == "data":
            html.append("" if translated else value)
        elif kind in {"block_begin", "variable_begin"}:
            statement = []
            html.append(EXPRESSION if kind == "variable_begin" else "")
        elif kind == "block_end":
            word = statement[0] if statement else ""
            if word == "trans":
                translated += 1
                html.append(EXPRESSION)
            elif word == "endtrans":
                translated -= 1
        elif kind == "name":
            statement.append(value)
        if kind in {"block_end", "comment", "raw_end"} or (kind != "data" and "\n" in value):
            html.append("\n" * value.count("\n"))  # so that lines keep their number
    return "".join(html)


class Reader(HTMLParser):
    """Collects what is wrong with a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[tuple[int, str]] = []
        self.inside: list[str] = []

    def say(self, what: str) -> None:
        self.wrong.append((self.getpos()[0], what))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.inside.append(tag)
        if tag == "script" and not given.get("src"):
            self.say("a script inside the page")
        if tag in {"base", "iframe", "object", "embed", "frame"}:
            self.say(f"<{tag}>")
        self.handle_attributes(tag, attrs)
        a_button = tag == "input" and given.get("type") in {"submit", "button", "reset"}
        if a_button and has_words(given.get("value") or ""):
            self.say("a button without gettext")

    def handle_attributes(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            said = (value or "").strip()
            if name == "style":
                self.say("a style attribute")
            elif name.startswith(("on", "hx-on")):
                self.say(f"an inline {name}")
            elif name in ADDRESSES and re.match(r"(?:javascript|data|vbscript):", said, re.IGNORECASE):
                self.say(f"{name} with a program in it")
            elif (name in {"src", "srcset"} or (tag, name) == ("link", "href")) and ELSEWHERE.match(said):
                self.say("something from another address")
            elif name in VISIBLE and has_words(said):
                self.say(f"{name} without gettext: {said}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.inside.pop()

    def handle_endtag(self, tag: str) -> None:
        while tag in self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        around = self.inside[-1] if self.inside else ""
        attributes = re.findall(r'([\w:-]+)="([^"]*)"', data)
        if attributes:  # made here, for some other tag: a macro, or {% set %}
            self.handle_attributes("", attributes)
            data = BARE.sub("", re.sub(r'[\w:-]+="[^"]*"', "", data))
        if around == "style" and data.strip(EXPRESSION + " \n"):
            self.say("a style sheet inside the page")
        elif around == "script" and data.strip():
            self.say("a script inside the page")
        elif around not in {"style", "script", "code"} and has_words(data):
            self.say(f"words without gettext: {' '.join(data.split())}")


def has_words(text: str) -> bool:
    return any(word not in A_NAME for word in re.findall(r"[^\W\d_]{2,}", text.replace(EXPRESSION, " ")))


def untranslated_arguments(source: str) -> Iterator[tuple[int, str]]:
    """Sentences that a template hands to a component without gettext."""
    tree = JINJA.parse(source)
    # What stands in {% trans %} or in _() is a call to gettext by now.
    inside_gettext = {
        id(constant)
        for call in tree.find_all(jinja2.nodes.Call)
        if isinstance(call.node, jinja2.nodes.Name) and call.node.name in KEYWORDS
        for constant in call.find_all(jinja2.nodes.Const)
    }
    for constant in tree.find_all(jinja2.nodes.Const):
        value = constant.value
        if id(constant) in inside_gettext or not isinstance(value, str):
            continue
        if re.match(r"[A-Z][a-z]+(?:\s|$|[,.?’'])", value.strip()) and value.strip() not in A_NAME:
            yield constant.lineno, f"words without gettext: {value}"


def wrong_with(source: str) -> list[tuple[int, str]]:
    reader = Reader()
    reader.feed(flat(source))
    reader.close()
    return sorted(reader.wrong + list(untranslated_arguments(source)))


def test_no_page_brings_script_or_style_or_words_of_its_own():
    found = [
        f"{file.relative_to(PACKAGE)}:{line}: {what}"
        for file in templates()
        for line, what in wrong_with(file.read_text(encoding="utf-8"))
    ]
    assert found == []
    assert list(templates())


def test_no_drawing_brings_script_or_style_or_words_of_its_own():
    for file in PACKAGE.glob("**/*.svg"):
        assert wrong_with(file.read_text(encoding="utf-8")) == [], file


@pytest.mark.parametrize(
    "planted",
    [
        '<p style="color: red">{{ name }}</p>',
        '<button onclick="go()">{{ name }}</button>',
        '<form hx-on:submit="go()"></form>',
        "<script>go()</script>",
        '<script nonce="{{ nonce }}">go()</script>',
        "<style>p { color: red }</style>",
        "<style>{{ style }} p { color: red }</style>",
        '<a href="javascript:go()">{{ name }}</a>',
        '<img src="https://example.org/a.png" alt="">',
        '<link rel="stylesheet" href="//example.org/a.css">',
        '<iframe src="/"></iframe>',
        "<p>Good to see you.</p>",
        "<p>{{ name }}, good to see you.</p>",
        "{% if a %}<p>{% trans %}Good{% endtrans %} day</p>{% endif %}",
        '<img src="/a.svg" alt="A veranda">',
        '<input placeholder="Your name">',
        '<nav aria-label="Where to go">{{ nav }}</nav>',
        '<input type="submit" value="Keep">',
        '{{ ui.button("Keep this day") }}',
        '{{ ui.field(name, label="Mood") }}',
        "<p>\n  {# a comment #}\n  words\n</p>",
        '{% macro rest(f) %} id="{{ f.id }}" style="color: red"{% endmacro %}',
        '{% macro rest(f) %} id="{{ f.id }}" required words{% endmacro %}',
    ],
)
def test_a_page_that_does_is_found(planted):
    assert wrong_with(planted)


@pytest.mark.parametrize(
    "honest",
    [
        '<p class="card soft">{{ _("Good to see you.") }}</p>',
        "<p>{% trans name=name %}Good to see you, {{ name }}.{% endtrans %}</p>",
        "{% trans count=days|length %}One day{% pluralize %}{{ count }} days{% endtrans %}",
        '<script src="{{ static("exit.js") }}" defer></script>',
        "<style>{{ style }}</style>",
        '<a href="https://example.org/" rel="noreferrer">{{ line.name }}</a>',
        "<pre><code>age --decrypt -i key.txt papers.age</code></pre>",
        '<input name="mood" value="low" placeholder="{{ _("Mood") }}">',
        '{{ ui.button(_("Keep this day"), kind="main") }}',
        "{# Needs: days #}<p>3 – 4 &middot; {{ day }}</p>",
        "<h1>Ibasho</h1>",
        '{% macro rest(f) %} id="{{ f.id }}"{% if f.required %} required{% endif %}{% endmacro %}',
    ],
)
def test_an_honest_page_is_left_alone(honest):
    assert wrong_with(honest) == []


def test_the_line_of_a_finding_is_the_line_in_the_file():
    assert wrong_with("{# one\ntwo #}\n{% set a = 1 %}\n<p>words</p>")[0][0] == 4


# ---------------------------------------------------------------- words in code

SEEN = {"label", "help_text", "message", "legend", "title", "placeholder", "empty_label"}


def untranslated(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Labels, help and messages that somebody will see, as plain text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword):
            names = [node.arg]
        elif isinstance(node, ast.Assign):
            names = [name_of(target) for target in node.targets]
        elif isinstance(node, ast.AnnAssign):
            names = [name_of(node.target)]
        else:
            continue
        value = node.value or ast.Constant(None)
        pieces = value.values if isinstance(value, ast.JoinedStr) else [value]
        plain = [piece.value for piece in pieces if isinstance(piece, ast.Constant)]
        if SEEN.intersection(names) and any(isinstance(text, str) and has_words(text) for text in plain):
            yield value.lineno, ast.unparse(value)


def other_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """gettext under a name that nobody gathers strings by."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for alias in node.names:
                if "gettext" in alias.name and (alias.asname or alias.name) not in KEYWORDS:
                    yield node.lineno, f"{alias.name} as {alias.asname}: tools/messages.py does not know it"


def with_variables(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """gettext on something that is not a plain string: translators never see it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node.func) in KEYWORDS and node.args:
            first = node.args[0]
            if isinstance(first, ast.JoinedStr | ast.BinOp):
                yield node.lineno, ast.unparse(node)


def for_hosts(file: Path) -> bool:
    """The command line, and the backup behind it, speak English to whoever runs the machine."""
    return file.is_relative_to(PACKAGE / "machine") or file == PACKAGE / "vault/copies.py"


@pytest.mark.parametrize("offences", [untranslated, other_names, with_variables])
def test_every_word_in_the_code_that_somebody_sees_goes_through_gettext(offences):
    found = [
        f"{file.relative_to(PACKAGE)}:{line}: {what}"
        for file in programs()
        if not for_hosts(file)
        for line, what in offences(parsed(file))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("offences", "code"),
    [
        (untranslated, 'name = forms.CharField(label="Your name")'),
        (untranslated, 'class TooMany(IbashoError):\n    message = "There is no room."'),
        (untranslated, 'class TooMany(IbashoError):\n    message: str = f"No room for {n}."'),
        (other_names, "from django.utils.translation import gettext_lazy as lazy"),
        (with_variables, '_(f"Good to see you, {name}.")'),
        (with_variables, '_("Good to see you, " + name)'),
    ],
)
def test_a_word_that_does_not_is_found(offences, code):
    assert list(offences(ast.parse(code)))
