"""The components: what they make of what they are given."""

import re

import pytest
from django import forms

from ibasho.web.pages import environment


@pytest.fixture
def ui():
    return environment().globals["ui"]


class DayForm(forms.Form):
    good = forms.CharField(
        label="One thing", help_text="Only you see this.", max_length=500, widget=forms.Textarea
    )
    country = forms.ChoiceField(label="Country", choices=[("es", "Spain"), ("de", "Germany")])
    sure = forms.BooleanField(label="I have understood")


def test_a_field_of_a_form_has_its_label_help_and_trouble_beside_it(ui):
    form = DayForm({"good": "", "country": "de"})
    text = ui.field(form["good"])
    assert '<label class="label" for="f-good">One thing</label>' in text
    assert 'aria-describedby="f-good-help f-good-wrong"' in text
    assert 'aria-invalid="true"' in text
    assert 'id="f-good-wrong"' in text
    assert 'maxlength="500"' in text
    assert '<option value="de" selected>' in ui.field(form["country"])
    assert 'type="checkbox"' in ui.field(form["sure"])


def test_what_somebody_typed_comes_back_as_they_typed_it_and_never_as_markup(ui):
    text = ui.field({"name": "good", "label": "Good", "kind": "textarea", "value": '\n<b>"&'})
    assert "&lt;b&gt;&#34;&amp;</textarea>" in text
    assert 'rows="4">\n\n&lt;' in text  # a browser drops the first line break, so there is one more


def test_nothing_typed_is_remembered_or_sent_to_a_spelling_service(ui):
    for kind in ("text", "textarea", "password", "date"):
        text = ui.field({"name": "n", "label": "L", "kind": kind})
        assert 'autocomplete="off"' in text
        assert 'spellcheck="false"' in text


def test_a_choice_can_be_taken_back(ui):
    text = ui.choices("sleep", "How did you sleep?", [("1", "hardly"), ("2", "well")], "2")
    assert text.count('type="radio"') == 3
    assert 'value="2" checked' in text
    assert 'value=""><span>rather not say' in text
    assert "rather not say" not in ui.choices("sleep", "S", [("1", "hardly")], back="")


def test_choices_of_long_words_get_more_room(ui):
    short = ui.choices("a", "A", [(str(n), "word") for n in range(4)])
    long = ui.choices("a", "A", [(str(n), "a longer answer") for n in range(4)])
    assert 'class="row of-4"' in short
    assert 'class="row of-4 long"' in long


def test_six_words_stand_in_their_order(ui):
    text = ui.words_box("lantern otter velvet morning bicycle harbour")
    found = re.findall(r"<li>(\w+)</li>", text)
    assert " ".join(found) == "lantern otter velvet morning bicycle harbour"
    assert 'translate="no"' in text


def test_a_day_with_nothing_in_it_is_simply_a_day(ui):
    week = [{"day": n, "kept": n == 3, "href": "/n/x" if n == 3 else ""} for n in range(1, 8)]
    text = ui.month("November", [("Mo", "Monday")] * 7, [week])
    assert text.count("kept") == 1
    assert "<td><span>4</span></td>" in text


def test_steps_are_words(ui):
    assert "2 of 4" in ui.steps(2, 4)


def test_a_button_with_an_address_is_a_link(ui):
    assert ui.button("Back", "plain", href="/n/x").startswith('<a class="button plain" href="/n/x"')
    assert 'type="submit"' in ui.button("Keep")
