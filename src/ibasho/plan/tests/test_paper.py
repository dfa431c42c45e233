"""The plan on paper, as poppler reads it: one page, typefaces inside, readable in black and white, nothing else."""

import re
import subprocess

import pytest

from ibasho.plan import access, actions
from ibasho.plan.records import PARTS, WITH_NUMBERS, Step
from ibasho.web.addresses import address


def write(space, name, *steps):
    made = tuple(Step(actions.new_id(), *step) for step in steps)
    actions.keep_part(space, name=name, steps=made, seen=access.mark_of(access.part_of(space, name).steps))


@pytest.fixture
def written(mia, clock):
    write(mia, "signs", ("I go quiet.",))
    write(mia, "alone", ("Feet on the floor, ça va, über die Brücke.",))
    write(mia, "company", ("The late bakery.",))
    write(mia, "people", ("Aya", "07700 900317", "Could you ring me?"))
    return mia


def paper(client, space, **wishes):
    answer = client.of(space).post(address("plan-paper"), wishes)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="paper.pdf"'
    return answer.content


def read(tool, content, *options):
    done = subprocess.run([tool, *options], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def text_of(content):
    return read("pdftotext", content, "-layout", "-", "-").replace("\u00a0", " ")


def pages_of(content, tmp_path):
    file = tmp_path / "paper.pdf"
    file.write_bytes(content)
    said = subprocess.run(["pdfinfo", file], capture_output=True, check=True, text=True).stdout
    fonts = subprocess.run(["pdffonts", file], capture_output=True, check=True, text=True).stdout
    return said, [line.split() for line in fonts.splitlines()[2:]]


@pytest.mark.parametrize("what", ["sheet", "card", "blank"])
@pytest.mark.parametrize("code", ["", "on"])
def test_it_is_one_page_with_its_typefaces_inside(what, code, written, client, tmp_path):
    said, fonts = pages_of(paper(client, written, what=what, code=code), tmp_path)
    assert re.search(r"^Pages: +1$", said, re.M)
    assert fonts
    for font in fonts:
        embedded = font[-5]
        assert embedded == "yes", font


@pytest.mark.parametrize("what", ["sheet", "card"])
def test_what_was_written_can_be_read_on_it(what, written, client):
    text = text_of(paper(client, written, what=what))
    for line in ("I go quiet.", "ça va, über die Brücke", "The late bakery", "Aya: 07700 900317", "116 123"):
        assert line in text, line


@pytest.mark.parametrize("what", ["sheet", "card"])
def test_names_can_be_left_out(what, written, client):
    text = text_of(paper(client, written, what=what, names="initials"))
    assert "Aya" not in text
    assert "A: 07700 900317" in text
    assert "The late bakery" in text, "a place is no name"


def test_an_empty_sheet_says_nothing_of_its_owner(written, client):
    text = text_of(paper(client, written, what="blank"))
    assert "What do you notice first" in text
    assert "116 123" in text
    assert "Aya" not in text
    assert "bakery" not in text


@pytest.mark.parametrize("what", ["sheet", "card"])
def test_the_fullest_plan_is_still_one_page_with_the_lines_on_it(what, mia, clock, client, tmp_path):
    long = ("I walk the long way round by the water, past the mill. " * 4)[:200]
    for name in PARTS:
        number = "07700 900317" if name in WITH_NUMBERS else ""
        write(mia, name, *[(f"{place} {long}"[:200], number) for place in range(12)])
    content = paper(client, mia, what=what, code="on")
    said, _fonts = pages_of(content, tmp_path)
    assert re.search(r"^Pages: +1$", said, re.M)
    text = text_of(content)
    assert "116 123" in text
    assert "07700 900317" in text
    assert_inside_the_page(content, tmp_path)


def assert_inside_the_page(content, tmp_path):
    """Every word lies on the paper, and none on another."""
    file = tmp_path / "paper.pdf"
    file.write_bytes(content)
    boxes = subprocess.run(
        ["pdftotext", "-bbox", file, "-"], capture_output=True, check=True, text=True
    ).stdout
    width, height = map(float, re.search(r'<page width="([\d.]+)" height="([\d.]+)"', boxes).groups())
    words = [
        [float(number) for number in found]
        for found in re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"', boxes)
    ]
    assert words
    assert all(left > 0 and right < width and top > 0 and below < height for left, top, right, below in words)
    rows = sorted((top, below, left, right) for left, top, right, below in words)
    for place, (top, below, left, right) in enumerate(rows):
        for top2, below2, left2, right2 in rows[place + 1 :]:
            if top2 > below:
                break
            across = min(right, right2) - max(left, left2)
            down = min(below, below2) - max(top, top2)
            assert not (across > 1 and down > 0.5 * (below - top)), "two words lie on each other"


def test_it_is_black_on_white(written, client, tmp_path):
    file = tmp_path / "paper.pdf"
    file.write_bytes(paper(client, written, what="sheet", code="on"))
    subprocess.run(["pdftoppm", "-r", "40", file, tmp_path / "page"], check=True)
    from PIL import Image

    with Image.open(next(tmp_path.glob("page*.ppm"))) as image:
        red, green, blue = (band.tobytes() for band in image.split())
    assert red == green == blue


def test_the_file_says_nothing_of_when_or_with_what(written, client, tmp_path):
    said, _fonts = pages_of(paper(client, written, what="sheet"), tmp_path)
    assert "2026" not in said
    assert not re.search(r"^(?:Author|Title|Subject|Keywords|Creator|Producer): +\S", said, re.M)


def test_the_code_holds_an_address_and_nothing_of_anybody(written, client):
    page = client.of(written).get(address("plan-phone")).text
    assert "http://testserver/" in page
    assert "<svg" in page
    assert "Aya" not in page


def test_letters_our_typeface_does_not_have_are_named_with_another_way(mia, clock, client):
    write(mia, "matters", ("梅の木",))
    page = client.of(mia).get(address("plan-print")).text
    assert "梅の木" in page
    assert "Print the page of the plan itself" in page


def test_without_a_plan_there_is_an_empty_sheet_and_no_other(mia, clock, client):
    browser = client.of(mia)
    assert browser.post(address("plan-paper"), {"what": "sheet"}).status_code == 404
    assert browser.post(address("plan-paper"), {"what": "blank"}).status_code == 200
