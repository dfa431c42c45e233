"""The one template environment: escaping always on, nothing undefined, strings through gettext.

Every page finds these without importing them: `ui` (the components), `address`, `static` and `drawing`.
"""

import re
from collections.abc import Callable, Hashable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.forms import BoundField
from django.utils import translation
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from ibasho.web.addresses import address
from ibasho.web.static_files import static

DRAWINGS = Path(__file__).resolve().parent / "drawings"


def environment(**options: Any) -> Environment:
    """Make the environment; Django calls it once. Templates are compiled once and kept in memory."""
    options |= {
        "autoescape": True,
        "undefined": StrictUndefined,
        "auto_reload": False,
        "cache_size": -1,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": ["jinja2.ext.i18n"],
    }
    env = Environment(**options)  # noqa: S701 `autoescape` is in the options
    env.policies["ext.i18n.trimmed"] = True
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.globals.update(gettext=say, _=say, ngettext=say_many, pgettext=say_in, npgettext=say_many_in)
    env.globals.update(address=address, static=static, drawing=drawing, keep=keep, row_class=row_class)
    env.filters["shape"] = field_shape
    env.globals["ui"] = env.get_template("web/components.html").module
    return env


def warm(env: Environment) -> None:
    """Compile every template now, so that workers share them and nobody waits."""
    for name in env.list_templates(extensions=["html", "txt", "svg"]):
        env.get_template(name)


_said: dict[tuple[str | None, str, bool], Markup] = {}


@pass_context
def say(context: Context, message: str, **variables: Any) -> Markup:
    """A sentence of a template in the reader's language; what is put into it is escaped.

    Django's own lookup, with what it found kept at hand: a page says some thirty things. The page knows its
    language already (`lang`); a component asks.
    """
    key = (context.get("lang") or translation.get_language(), message, not variables)
    found = _said.get(key)
    if found is None:
        found = Markup(translation.gettext(message))  # noqa: S704 words of our own templates
        if not variables:
            found %= {}  # "%%" becomes "%" with nothing to put in, too
        if len(_said) < 20_000:
            _said[key] = found
    return found % variables if variables else found


def say_many(singular: str, plural: str, n: int, **variables: Any) -> Markup:
    """A sentence that depends on a number."""
    return Markup(translation.ngettext(singular, plural, n)) % ({"num": n} | variables)  # noqa: S704


def say_in(context: str, message: str, **variables: Any) -> Markup:
    """A sentence whose meaning depends on where it stands."""
    return Markup(translation.pgettext(context, message)) % variables  # noqa: S704


def say_many_in(context: str, singular: str, plural: str, n: int, **variables: Any) -> Markup:
    """Both at once."""
    found = translation.npgettext(context, singular, plural, n)
    return Markup(found) % ({"num": n} | variables)  # noqa: S704


_kept: dict[tuple[object, ...], Markup] = {}


def keep(*key: Hashable, caller: Callable[[], Markup]) -> Markup:
    """A piece of the base page that is made once for each key.

    Written `{% call keep("bar", lang, nav) %}…{% endcall %}`. Only for what is the same for everybody with
    the same key; never for anything that belongs to a person.
    """
    found = _kept.get(key)
    if found is None:
        if len(_kept) > 500:
            _kept.clear()
        found = _kept[key] = caller()
    return found


def row_class(options: Sequence[tuple[object, object]], columns: int) -> str:
    """How wide a row of words may stand on a phone: long words get a second row."""
    count = columns or len(options)
    longest = max((len(str(word)) for _, word in options), default=0)
    return f"row of-{count}" + (" long" if longest > (13 if count < 4 else 9) else "")


@cache
def drawing(name: str) -> Markup:
    """One of our own line drawings, to stand inside a page. Raises FileNotFoundError when there is none.

    Drawings are ornament: hidden from screen readers, coloured by the page's own tokens through classes.
    """
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise FileNotFoundError(name)
    text = (DRAWINGS / f"{name}.svg").read_text("utf-8").strip()
    text = re.sub(r">\s+<", "><", re.sub(r"<!--.*?-->", "", text, flags=re.S))
    extra = f'class="drawing d-{name}" aria-hidden="true"'
    return Markup(re.sub(r"<svg ", f"<svg {extra} ", text, count=1).strip())  # noqa: S704 our own files


def field_shape(field: Any) -> dict[str, Any]:
    """What the `field` component needs, from a Django form's field or from a plain mapping.

    A mapping needs a `name` and a `label`. Known besides: value, help, errors, kind (text, textarea,
    password, date, time, tel, number, checkbox, select, file), options, rows, required, autofocus, maxlength,
    inputmode, placeholder, lang, id, accept.
    """
    shape: dict[str, Any] = {
        "value": "",
        "help": "",
        "errors": (),
        "kind": "text",
        "options": (),
        "rows": 4,
        "required": False,
        "autofocus": False,
        "maxlength": 0,
        "inputmode": "",
        "placeholder": "",
        "lang": "",
        "accept": "",
    }
    if isinstance(field, BoundField):
        shape |= _bound(field)
    else:
        shape |= {key: value for key, value in field.items() if value is not None}
    shape.setdefault("id", f"f-{shape['name']}")
    if shape["kind"] == "select":
        shape["options"] = [(str(value), label) for value, label in shape["options"]]
        shape["value"] = str(shape["value"])
    return shape


_KINDS = {
    "Textarea": "textarea",
    "PasswordInput": "password",
    "DateInput": "date",
    "TimeInput": "time",
    "NumberInput": "number",
    "CheckboxInput": "checkbox",
    "Select": "select",
}


def _bound(field: BoundField) -> dict[str, Any]:
    widget = field.field.widget
    kind = next((_KINDS[c.__name__] for c in type(widget).__mro__ if c.__name__ in _KINDS), "text")
    value = field.value()
    shape = {
        "name": field.html_name,
        "label": field.label,
        "value": "" if value is None else value if kind == "checkbox" else str(value),
        "help": field.help_text,
        "errors": list(field.errors),
        "kind": widget.attrs.get("type", kind),
        "required": field.field.required,
        "maxlength": getattr(field.field, "max_length", None) or 0,
    }
    if kind == "select":
        shape["options"] = list(getattr(field.field, "choices", ()))
    known = ("rows", "autofocus", "inputmode", "placeholder", "lang", "id")
    return shape | {key: widget.attrs[key] for key in known if key in widget.attrs}
