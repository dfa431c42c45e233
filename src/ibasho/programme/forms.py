"""What may be typed about the programme. Shape only; every field may wait, until the doors open."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

from ibasho.programme import lines
from ibasho.programme.records import Duty, Programme
from ibasho.web.forms import Form

LINE, TEXT = 200, 1200  # characters
SPARE_DUTIES = 3
MOST_DUTIES = 20

_NEVER = frozenset({"Cc", "Cs", "Co"})
_DIRECTIONS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"


def plain(text: str, *, lines_too: bool = False) -> str:
    """Typed text as it may be shown: no control characters, nothing that turns the writing round."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    text = text if lines_too else text.replace("\n", " ")
    kept = (char for char in text if char == "\n" or _can_be_read(char))
    return re.sub(r"[^\S\n]+", " ", "".join(kept)).strip()


def _can_be_read(char: str) -> bool:
    return unicodedata.category(char) not in _NEVER and char not in _DIRECTIONS


class Words(forms.CharField):
    """A line or a few lines of plain text."""

    def __init__(
        self, label: Any, why: Any = "", *, long: bool = False, rows: int = 3, **options: Any
    ) -> None:
        options.setdefault("required", False)
        options.setdefault("max_length", TEXT if long else LINE)
        widget = forms.Textarea(attrs={"rows": rows}) if long else forms.TextInput()
        super().__init__(label=label, help_text=why, widget=widget, strip=True, **options)
        self.long = long

    def to_python(self, value: Any) -> str:
        """Leave out what cannot be read before anything else looks at it."""
        return plain(str(super().to_python(value) or ""), lines_too=self.long)


class SetUp(Form):
    """How the programme runs, in one page that may be kept half written."""

    cover = Words(
        _("A name for the door"),
        _("It stands in the title and at the top of every page. Something that says nothing to a stranger."),
        max_length=30,
    )
    cover_icon = forms.ChoiceField(
        label=_("And a drawing beside it"),
        help_text=_("Also the icon, for those who put this on their phone. None of them says what this is."),
        choices=[
            ("kettle", _("a kettle")),
            ("cup", _("a cup")),
            ("leaf", _("a leaf")),
            ("window", _("a window")),
            ("path", _("a path")),
        ],
        required=False,
    )
    run_by = Words(
        _("Who runs this"), _("People like to know whose house they enter: names, or a group's name.")
    )
    country = forms.ChoiceField(
        label=_("Country"),
        help_text=_("The lines where a person answers are different in every country."),
        required=False,
    )
    server_place = Words(
        _("Where the server stands"), _("The place decides whose law reaches it: a cupboard in Leeds, say.")
    )
    keys_held_by = Words(
        _("Who holds the keys and the back-ups"),
        _("Whoever has the machine's keys could change the program. People should know who that is."),
    )
    employer = Words(
        _("Has an employer a part in this?"),
        _(
            "Whether an employer runs, pays for or can see any of this, and whether they can learn who is a member. "
            "A whole sentence, such as: No employer runs, pays for or sees any of this."
        ),
        long=True,
    )
    hours = Words(
        _("In which hours does a person answer?"),
        _("Nobody should wait for an answer that does not come. Such as: Thursdays 18 to 21."),
    )
    outside_hours = Words(
        _("What can people do outside those hours?"),
        _("A whole sentence: which line to call, which door is open."),
        long=True,
    )
    no_duties = forms.BooleanField(
        label=_("We have looked into it: nothing has to be reported or passed on."), required=False
    )
    if_suicide = Words(
        _("What happens here when somebody speaks of suicide?"),
        _(
            "One way, stated plainly, and kept to: who stays with them, who is told, who decides, what is never done."
        ),
        long=True,
    )
    above_helpers = Words(
        _("Who is above the helpers?"),
        _("A whole sentence: whom people can tell when a helper or a facilitator does not treat them well."),
        long=True,
    )
    supervisor = Words(
        _("Who supervises?"), _("Somebody licensed or long experienced, with whom helpers talk things over.")
    )
    emergency_contact = Words(
        _("How can whoever runs this be reached in an emergency?"),
        _("Shown to people who are signed in, and to nobody else."),
    )
    retention = Words(
        _("How long are things kept?"),
        _("In plain words. Days are kept 90 days unless a member chooses a year; tea leaves no notes."),
        long=True,
    )
    backup_days = forms.IntegerField(
        label=_("For how many days is a back-up kept?"),
        help_text=_(
            "What somebody erases is still in sealed back-ups for that long. 35 at the most is good."
        ),
        min_value=1,
        max_value=366,
        required=False,
    )
    backup_owner = Words(
        _("Who looks after the back-ups?"), _("A back-up that nobody looks after is not there on the day.")
    )
    when_away = Words(
        _("What happens when you are away?"),
        _("Holidays, illness, or for good: who goes on, and what people are told."),
        long=True,
    )
    quick_exit = forms.CharField(
        label=_("Where should “Leave this page” lead?"),
        help_text=_("A dull page that anybody might have open. It begins with https://"),
        max_length=LINE,
        required=False,
    )
    requests_received = forms.IntegerField(
        label=_("How often did a court, the police or somebody else ask for what is kept here?"),
        help_text=_("Told on the page about this place. Nought is an answer too."),
        min_value=0,
        max_value=100_000,
        required=False,
    )
    requests_answered = forms.IntegerField(
        label=_("How often was something handed over?"), min_value=0, max_value=100_000, required=False
    )
    requests_as_of = forms.DateField(
        label=_("As of which day?"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = [("", _("Choose one")), *((c.iso2, c.name) for c in lines.countries())]

    def clean_cover(self) -> str:
        """A name is always there; without one it is the usual one."""
        return str(self.cleaned_data["cover"]) or Programme().cover

    def clean_cover_icon(self) -> str:
        """A drawing is always there; without one it is the usual one."""
        return str(self.cleaned_data["cover_icon"]) or Programme().cover_icon

    def clean_quick_exit(self) -> str:
        """An https address of somebody else's dull page."""
        typed = str(self.cleaned_data["quick_exit"]).strip()
        if not typed:
            return Programme().quick_exit
        if not is_neutral_address(typed):
            raise forms.ValidationError(
                _("That is not an address we can send people to. It begins with https://")
            )
        return typed

    def clean_backup_days(self) -> int:
        """Without a number it is the usual one."""
        return int(self.cleaned_data["backup_days"] or Programme().backup_days)

    def clean(self) -> dict[str, Any]:
        """Nobody can have handed over more often than they were asked."""
        said = super().clean() or self.cleaned_data
        received, answered = said.get("requests_received") or 0, said.get("requests_answered") or 0
        if answered > received:
            self.add_error("requests_answered", _("That is more often than somebody asked."))
        return said


class DutyForm(Form):
    """One thing that cannot stay here."""

    what = Words(_("What cannot stay here"))
    who_decides = Words(_("Who decides"))
    required = forms.BooleanField(label=_("The law, or somebody's job, asks for it."), required=False)


def duty_forms(data: Mapping[str, Any] | None, duties: tuple[Duty, ...]) -> list[DutyForm]:
    """A row for each thing written down, and a few to spare."""
    rows = min(len(duties) + SPARE_DUTIES, MOST_DUTIES)
    if data is not None:
        rows = min(MOST_DUTIES, max(rows, sum(f"duty{place}-what" in data for place in range(MOST_DUTIES))))
    made = []
    for place in range(rows):
        duty = duties[place] if place < len(duties) else Duty("")
        first = {"what": duty.what, "who_decides": duty.who_decides, "required": duty.required}
        made.append(DutyForm(data, prefix=f"duty{place}", initial=first))
    return made


def duties_of(rows: list[DutyForm]) -> tuple[Duty, ...]:
    """What was written down, without the empty rows."""
    said = (row.cleaned_data for row in rows)
    return tuple(Duty(one["what"], one["who_decides"], one["required"]) for one in said if one["what"])


def initial_of(now: Programme) -> dict[str, Any]:
    """What the page shows at first: everything as it stands."""
    return {name: getattr(now, name) for name in SetUp.base_fields}


def numbers_of(said: dict[str, Any]) -> dict[str, Any]:
    """Cleaned fields, with the numbers nobody gave as nought."""
    day = said["requests_as_of"]
    assert day is None or isinstance(day, dt.date)
    return said | {name: said[name] or 0 for name in ("requests_received", "requests_answered")}


def is_neutral_address(text: str) -> bool:
    """Whether somebody may be sent there: https, a plain host with a dot, nobody's name or key inside."""
    if len(text) > LINE or not text.isascii() or re.search(r"[\s\x00-\x1f\\\"'<>@]", text):
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return (
        parts.scheme == "https"
        and port in (None, 443)
        and bool(re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}", host))
    )
