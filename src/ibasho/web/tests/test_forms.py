"""What a form says when something did not fit."""

import re

import pytest
from django import forms

from ibasho.web.forms import Form


class Stay(Form):
    name = forms.CharField(max_length=5)
    door = forms.ChoiceField(choices=[("front", "Front")], required=False)
    days = forms.IntegerField(min_value=1, max_value=366, required=False)
    day = forms.DateField(required=False)
    tea = forms.CharField(required=False, max_length=3, error_messages={"max_length": "A short tea."})


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Something belongs here before it can go on."),
        (
            "name",
            "Marigold",
            "This is longer than fits here: 5 letters have room. All of yours are still here.",
        ),
        ("name", "a\0b", "There were unseen signs in this that cannot be kept."),
        ("door", "zebra", "That was not one of the answers. You can choose again."),
        ("days", "0", "1 is the smallest that fits here."),
        ("days", "400", "366 is the largest that fits here."),
        ("days", "some", "A whole number fits here, such as 30."),
        ("day", "Thursday", "A day fits here, such as 2026-11-22."),
        ("tea", "camomile", "A short tea."),
    ],
)
def test_a_field_says_what_would_fit_and_blames_nobody(field, typed, said):
    form = Stay({"name": "Mia", field: typed})
    assert form.errors[field] == [said]
    assert not re.search(r"must|invalid|Enter|Ensure|required", said)
