"""What the shelf promises: all of it says when to leave it, leads to the senses and a person, and claims little."""

import re

import pytest

from ibasho.help import shelf
from ibasho.web.addresses import address
from ibasho.web.templating import DRAWINGS

EVERY_SKILL = list(shelf.SHELF.values())
BREATHS = [skill for skill in EVERY_SKILL if skill.kind == "breath"]
CLAIMS = re.compile(
    r"\b(treat\w*|cure\w*|heal\w*|therap\w+|proven|guarantee\w*|should|must|always works)\b", re.I
)


@pytest.fixture
def read(client, programme):
    def page(name):
        answer = client.get(address("help-skill", name))
        assert answer.status_code == 200
        return answer.text

    return page


def sentences(skill):
    return [str(said) for said in (*skill.what_for, *skill.steps, *skill.leave_out, skill.source, skill.note)]


def named(skill):
    return skill.name


def test_the_shelf_has_what_was_asked_for(client, programme):
    assert set(shelf.SHELF) == {
        *("five-senses", "feet", "cold-water", "walk", "body-scan"),
        *("long-breath", "five-fingers", "square"),
        *("hard-choice", "telling-somebody"),
    }
    page = client.get("/help/shelf").text
    for skill in EVERY_SKILL:
        assert f'href="/help/shelf/{skill.name}"' in page
    assert 'href="/help/shelf"' in client.get("/help").text


@pytest.mark.parametrize("skill", EVERY_SKILL, ids=named)
def test_each_says_what_it_is_for_how_it_goes_when_to_leave_it_and_where_it_comes_from(skill, read):
    page = read(skill.name)
    for heading in ("How it goes", "When to leave it out", "Where it comes from"):
        assert f"<h2>{heading}</h2>" in page
    assert skill.what_for
    assert skill.leave_out
    assert page.count("<li>") == len(skill.steps) >= 5
    assert "ours" in skill.backed_by or "DOMAIN 2.12" in skill.backed_by or "general" in skill.backed_by
    assert "DOMAIN" not in page
    assert (DRAWINGS / f"{skill.icon}.svg").exists()


@pytest.mark.parametrize("skill", EVERY_SKILL, ids=named)
def test_each_leads_to_the_senses_and_to_a_person(skill, read):
    page = read(skill.name)
    assert 'href="/help/senses"' in page or skill.name == "five-senses"
    assert 'href="/help/lines"' in page
    assert 'href="/help/shelf"' in page


@pytest.mark.parametrize("skill", BREATHS, ids=named)
def test_a_page_of_breathing_has_the_senses_beside_it_as_one_of_two_ways(skill, read):
    """DOMAIN 2.12. That both are equally large is measured in a browser."""
    page = read(skill.name)
    ways = re.findall(r'<(a|div) class="way"(?: href="([^"]+)")?>', page)
    assert ways == [("div", ""), ("a", "/help/senses")]
    assert page.index('class="way"') < page.index("How it goes")
    assert "Stop whenever you like" in page


def test_only_the_square_holds_the_breath_and_it_says_for_whom_not_before_it_begins(read):
    holding = [skill.name for skill in BREATHS if "Hold" in " ".join(map(str, skill.steps))]
    assert holding == ["square"] == [skill.name for skill in EVERY_SKILL if skill.careful]
    page = read("square")
    assert page.index("When to leave it out") < page.index("How it goes")
    assert BREATHS[0].name == "long-breath"


@pytest.mark.parametrize("skill", EVERY_SKILL, ids=named)
def test_nothing_is_claimed_and_nobody_is_told_what_to_do(skill):
    for said in sentences(skill):
        assert not CLAIMS.search(said), said
        assert "!" not in said
    if skill.kind != "thinking":
        for step in skill.steps:
            assert len(str(step)) <= 110, "one breath"


@pytest.mark.parametrize("skill", EVERY_SKILL, ids=named)
def test_no_page_of_the_shelf_asks_or_keeps_anything(skill, read, client):
    page = read(skill.name)
    assert not re.search(r"<(form|textarea|select|button)\b", page)
    assert set(re.findall(r"<input[^>]*>", page)) <= {'<input class="still" type="checkbox" id="still">'}
    assert not client.get(address("help-skill", skill.name)).cookies


def test_a_choice_that_is_about_living_is_handed_to_a_person(read):
    page = read("hard-choice")
    assert "whether to go on living" in page
    assert page.index("talk to a person now") < page.index('href="/help/lines"')
    assert page.count("<th scope=") == 4
    assert "Nothing is typed here and nothing is kept." in page


@pytest.mark.parametrize("name", ["", "nothing", "Feet", "..%2Ffeet", "feet%00", "%3Cb%3E"])
def test_what_is_not_on_the_shelf_is_not_there(client, programme, name):
    assert client.get(f"/help/shelf/{name}").status_code == 404
