"""Words that hurt, shame or claim too much are nowhere to be read (DOMAIN 2.1, 2.2, 2.3, 2.7, 4.2, 10.1)."""

import re

import pytest

from tests.house.reading import HOUSE
from tools import messages
from tools.words_lint import (
    ALLOWED,
    CODE,
    LANGUAGES,
    MAY_QUOTE,
    PAPERS,
    QUOTES,
    RULES,
    STRINGS,
    Allowed,
    Text,
    code,
    everything,
    excused,
    findings,
    papers,
    strings,
)

# What the rules of the field name, whatever our lists look like.
NAMED = {
    "2.1": [
        "committed suicide", "successful suicide", "failed suicide", "completed suicide", "suicide threat",
        "suicidal gesture", "manipulative", "attention-seeking", "epidemic", "a suicidal person",
        "non-compliant", "relapse", "a failure", "at risk",
    ],
    "2.2": ["toxic relationship", "volatile relationship", "your abuser", "why didn't you", "alleged"],
    "2.7": ["streak", "badge", "10 points", "you missed 3 days", "leader board", "80 % of days"],
    "10.1": [
        f"{verb} {condition}"
        for verb in ("monitor", "detect", "predict", "treat", "prevent", "diagnose")
        for condition in ("depression", "PTSD", "suicide")
    ],
}  # fmt: skip


def found_in(words: str, *, kind: str = STRINGS, language: str = "en") -> list[str]:
    return [finding.phrase for finding in findings([Text("planted:1", language, kind, words)])]


def test_every_word_of_the_house_is_kind_and_true():
    assert [str(line) for line in everything()] == []


def test_the_lint_really_reads_pages_code_and_papers():
    kinds = {text.place.split(":")[0] for text in strings()}
    assert any(place.endswith(".html") for place in kinds)
    assert any(place.endswith(".py") for place in kinds)
    assert any(text.place.startswith("README.md") for text in papers())


@pytest.mark.parametrize(
    ("section", "phrase"), [(s, phrase) for s, named in NAMED.items() for phrase in named]
)
def test_what_the_field_asks_us_to_avoid_is_found(section, phrase):
    assert any(
        finding.rule.source == section
        for finding in findings([Text("planted:1", "en", STRINGS, f"Here is {phrase}, in a line.")])
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.language}-{rule.source}-{rule.catches[0]}")
def test_each_rule_catches_what_it_is_for_and_nothing_kind(rule):
    pattern = re.compile(rule.pattern, re.IGNORECASE)
    assert all(pattern.search(phrase) for phrase in rule.catches)
    assert not any(pattern.search(phrase) for phrase in rule.passes)
    for phrase in rule.catches:  # and through the whole lint, in the middle of a sentence
        assert found_in(f"… {phrase} …", language=rule.language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_for_every_section(language):
    sections = {rule.source for rule in RULES if rule.language == language}
    assert {"2.1", "2.2", "2.7", "4.2", "10.1", "how we write"} <= sections


def test_a_paper_may_say_that_there_are_no_streaks_and_a_page_may_not():
    assert found_in("There are no streaks here.", kind=PAPERS) == []
    assert found_in("There are no streaks here.", kind=STRINGS) == ["streaks"]
    assert found_in("There are no streaks here.", kind=CODE) == ["streaks"]
    assert found_in("Nobody minds. Keep your streak.", kind=PAPERS) == ["streak"]
    assert found_in("She never committed suicide.", kind=PAPERS) == ["committed suicide"]


def test_a_phrase_is_found_over_a_line_break_and_on_its_own_line():
    (finding,) = findings([Text("README.md:10", "en", PAPERS, "One.\nTwo: committed\nsuicide.")])
    assert (finding.place, finding.phrase) == ("README.md:11", "committed suicide")


def test_an_allowance_excuses_one_phrase_in_one_file_and_only_while_it_is_needed():
    texts = [Text("a.md:1", "en", PAPERS, "A streak."), Text("b.md:1", "en", PAPERS, "A streak.")]
    left = list(excused(findings(texts), [Allowed("a.md", "streak", "said in a test")]))
    assert [str(finding).split(": ")[0] for finding in left] == ["b.md:1"]
    assert list(excused([], [Allowed("a.md", "streak", "said in a test")])) == [
        "a.md: nothing is left that needs “streak” to be allowed"
    ]
    assert all(allowance.because for allowance in ALLOWED)


def test_only_named_pages_may_quote_the_lists(tmp_path):
    quoted = "<!-- words we avoid -->\ncommitted suicide\n<!-- end of words we avoid -->\n"
    assert QUOTES.search(quoted)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/words.md").write_text(quoted, encoding="utf-8")
    (tmp_path / "README.md").write_text(quoted, encoding="utf-8")
    assert {finding.place for finding in findings(papers(tmp_path))} == {"README.md:2"}
    assert all((HOUSE / name).exists() for name in MAY_QUOTE)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("room/templates/room/index.html", '<p>{{ _("You missed 3 days.") }}</p>'),
        ("room/templates/room/index.html", "<p>{% trans %}\n  You missed\n  3 days.\n{% endtrans %}</p>"),
        ("room/templates/room/index.html", '{{ ui.button(_("Keep your streak")) }}'),
        ("room/forms.py", 'from django.utils.translation import gettext_lazy as _\nlabel = _("Your badge")'),
        ("room/forms.py", 'label = ngettext("one streak", "%(n)s days in a row", 3)'),
        ("machine/cli.py", 'parser.add_argument("--x", help="detect depression early")'),
        (
            "locale/de/LC_MESSAGES/django.po",
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
            'msgid "died"\nmsgstr "Selbstmord"\n',
        ),
    ],
)
def test_a_phrase_planted_anywhere_in_the_programme_is_found(tmp_path, file, text):
    planted = tmp_path / "src/ibasho" / file
    planted.parent.mkdir(parents=True)
    planted.write_text(text + "\n", encoding="utf-8")
    assert any(planted.name in str(line) for line in excused(_all_of(tmp_path), ()))


def _all_of(house):
    return findings((*strings(house), *code(house), *papers(house)))


def test_the_compiled_words_are_the_ones_translators_wrote():
    for language, po in messages.catalogues():
        compiled = po.with_suffix(".mo")
        assert compiled.exists(), f"{language}: run make messages"
        assert messages.compiled(po) == compiled.read_bytes(), f"{language}: run make messages"
