"""The papers point at what is there: other papers, files, decisions, and the tests they name as proof."""

import ast
import re

from tests.house.reading import HOUSE

LINK = re.compile(r"(?:\]\(|src=\")([^)#\s\"]+)(?:#[^)\s]*)?[)\"]")
FENCE = re.compile(r"```.*?```", re.DOTALL)
# The attacks of VAULT 8 that the ground floor answers.
ATTACKS = [*range(1, 12), *range(14, 23), 26, 27, 30, 36, *range(40, 43), *range(46, 52), *range(59, 63)]


def papers():
    found = [*HOUSE.glob("*.md"), *HOUSE.glob("docs/**/*.md"), *HOUSE.glob("LICENSES/*.md")]
    assert found
    return sorted(found)


def dead_links(text, folder):
    for link in LINK.findall(FENCE.sub("", text)):
        if not re.match(r"[a-z]+:", link) and not (folder / link).exists():
            yield link


def names_of_tests():
    files = [*HOUSE.glob("tests/**/test_*.py"), *HOUSE.glob("src/ibasho/*/tests/test_*.py")]
    return {
        node.name
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def proofs_in(text):
    return set(re.findall(r"\btest_[a-z0-9_]+\b(?!\.py|/)", text))


def test_every_link_in_the_papers_leads_somewhere():
    dead = {
        f"{paper.relative_to(HOUSE)}: {link}"
        for paper in papers()
        for link in dead_links(paper.read_text(encoding="utf-8"), paper.parent)
    }
    assert dead == set()
    trial = '[a](docs/words.md) [b](nowhere.md#x) [c](https://example.org) <img src="no.png">'
    assert list(dead_links(trial, HOUSE)) == ["nowhere.md", "no.png"]


def test_every_decision_is_on_the_list_and_says_whether_it_holds():
    listed = (HOUSE / "docs/decisions/README.md").read_text(encoding="utf-8")
    numbered = sorted((HOUSE / "docs/decisions").glob("[0-9]*.md"))
    assert numbered
    for page in numbered:
        assert f"({page.name})" in listed, page.name
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {page.name[:4]}: ")
        assert re.search(r"^(?:\d{4}-\d\d-\d\d\. )?(?:Holds|Superseded by)", text, re.MULTILINE), page.name
        for part in ("## Context", "## Choice", "## Consequence"):
            assert part in text, f"{page.name}: {part}"


def test_every_test_that_the_threat_model_names_as_proof_is_there():
    named = proofs_in((HOUSE / "docs/threat-model.md").read_text(encoding="utf-8"))
    assert len(named) >= 20
    assert named - names_of_tests() == set()
    assert proofs_in("`test_nobody_wrote` in tests/test_papers.py") == {"test_nobody_wrote"}


def test_every_attack_of_the_ground_floor_names_its_proof():
    """A row of the threat model begins with the attack's number and names at least one test."""
    text = (HOUSE / "docs/threat-model.md").read_text(encoding="utf-8")
    proved = {
        int(row[1]) for row in re.finditer(r"^\|\s*(\d+)\s*\|.*$", text, re.MULTILINE) if proofs_in(row[0])
    }
    assert set(ATTACKS) - proved == set()
