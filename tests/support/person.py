"""A whole person at a browser without JavaScript, over real HTTP: they join, come in, write, and leave.

Cookies marked Secure are kept over http too, as browsers do for a machine's own address.
"""

import http.client
import re
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

Fields = dict[str, Any]  # a value, or a list of values


BOUNDARY = "a-boundary-of-our-own"


def multipart(fields: dict[str, str], name: str, content: bytes, file: str = "picture.jpg") -> bytes:
    """A form with a file, as a browser writes it."""
    said = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{one}"\r\n\r\n{value}\r\n'
        for one, value in fields.items()
    )
    said += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
    return f"{said}Content-Type: image/jpeg\r\n\r\n".encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


@dataclass
class Form:
    """A form as it stands on a page. Fields hold what the browser would send if nobody touched it."""

    action: str
    method: str
    fields: Fields = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def _add(self, name: str, value: str) -> None:
        there = self.fields.get(name)
        if there is None:
            self.fields[name] = value
        else:
            self.fields[name] = [*([there] if isinstance(there, str) else there), value]


class _Reader(HTMLParser):
    """Finds forms, words shown in a box, and links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.words: list[str] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._area: str | None = None
        self._text = ""
        self._select: str | None = None
        self._in_words = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        name, form = at.get("name", ""), self._form
        if tag == "form":
            self._form = Form(at.get("action", ""), at.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "a" and "href" in at:
            self.links.append(at["href"])
        elif tag == "ol" and at.get("class") == "words":
            self._in_words = True
        elif tag == "li" and self._in_words:
            self._text = ""
        elif form is not None and tag == "input" and name:
            kind = at.get("type", "text")
            if kind in ("checkbox", "radio"):
                form.choices.setdefault(name, []).append(at.get("value", "on"))
                if "checked" in at:
                    form._add(name, at.get("value", "on"))
            elif kind not in ("submit", "button", "file"):
                form._add(name, at.get("value", ""))
        elif form is not None and tag == "button" and name:
            form.buttons.append((name, at.get("value", "")))
        elif form is not None and tag == "textarea" and name:
            self._area, self._text = name, ""
        elif form is not None and tag == "select" and name:
            self._select = name
        elif form is not None and tag == "option" and self._select:
            form.choices.setdefault(self._select, []).append(at.get("value", ""))
            if "selected" in at or self._select not in form.fields:
                form.fields[self._select] = at.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._form is not None and self._area:
            self._form.fields[self._area] = self._text.removeprefix("\n")
            self._area = None
        elif tag == "ol":
            self._in_words = False
        elif tag == "li" and self._in_words:
            self.words.append(self._text.strip())

    def handle_data(self, data: str) -> None:
        self._text += data


@dataclass(repr=False)
class Answer:
    """What came back, and what stands on the page."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    path: str

    def __post_init__(self) -> None:
        self.text = self.body.decode("utf-8", "replace")
        reader = _Reader()
        reader.feed(self.text)
        self.forms, self.words, self.links = reader.forms, " ".join(reader.words), reader.links

    def __repr__(self) -> str:
        title = re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.S)
        return f"<{self.status} {self.path} {title[1].strip() if title else self.text[:80]!r}>"

    def form(self, *names: str) -> Form:
        """The first form with fields or buttons of these names."""
        for form in self.forms:
            known = {*form.fields, *form.choices, *(name for name, _ in form.buttons)}
            if known.issuperset(names):
                return form
        raise AssertionError(
            f"no form with {names} on {self!r}: {[sorted(form.fields) for form in self.forms]}"
        )


class Browser:
    """One browser: an address and its cookies. A fresh connection for each request, unless told otherwise."""

    def __init__(self, address: str, *, timeout: float = 30) -> None:
        self.address, self.timeout = address, timeout
        self.cookies: dict[str, str] = {}
        self.page: Answer | None = None

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """One request, one answer; redirects are not followed."""
        connection = http.client.HTTPConnection(self.address, timeout=self.timeout)
        sent = {"Connection": "close", "Accept": "text/html"} | (headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read(), path)
        except http.client.HTTPException as error:
            raise ConnectionError(f"half an answer: {type(error).__name__}") from None
        finally:
            connection.close()
        self._take_cookies(answer)
        return answer

    def _take_cookies(self, answer: Answer) -> None:
        if "cookies" in answer.headers.get("Clear-Site-Data", ""):
            self.cookies.clear()
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == 0 or morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value

    def open(self, path: str) -> Answer:
        """Load a page, following redirects of our own."""
        return self._follow(self.ask("GET", path))

    def send(self, action: str, fields: Fields) -> Answer:
        """Post a form and look at what comes back."""
        body = urlencode(fields, doseq=True).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.address}"}
        return self._follow(self.ask("POST", action, body, kind))

    def upload(self, action: str, fields: dict[str, str], name: str, content: bytes) -> Answer:
        """Post a form that brings a file; the answer is not followed."""
        return self.ask("POST", action, multipart(fields, name, content), self.of_a_file())

    def of_a_file(self) -> dict[str, str]:
        """The headers of a form that brings a file."""
        return {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Origin": f"http://{self.address}",
        }

    def fill(self, form: Form, **fields: Any) -> Answer:
        """Send a form of the page with some of it filled in."""
        path = self.page.path if self.page else "/"
        return self.send(urljoin(path, form.action or path), form.fields | fields)

    def _follow(self, answer: Answer) -> Answer:
        for _ in range(5):
            where = answer.headers.get("Location")
            if answer.status not in (301, 302, 303) or not where:
                break
            if urlsplit(where).netloc not in ("", self.address):
                break  # a neutral page somewhere else
            answer = self.ask("GET", urljoin(answer.path, where))
        self.page = answer
        return answer


class Person(Browser):
    """Somebody with a name, words, and a browser."""

    def __init__(self, address: str, name: str = "Mia", *, words: str = "", timeout: float = 30) -> None:
        super().__init__(address, timeout=timeout)
        self.name, self.words = name, words

    def join(self, invitation: str) -> Answer:
        """Join with an invitation's words. Afterwards they are in, and know their own words."""
        page = self.open("/join")
        page = self.fill(page.form("ticket", "words"), words=invitation)
        told = page.form("state", "understood")
        understood = told.choices["understood"]
        page = self.fill(told, understood=understood, name=self.name, to="agree")
        self.words = page.words
        assert len(self.words.split()) in (6, 7), page
        page = self.fill(page.form("state", "to"), to="type")
        page = self.fill(page.form("state", "words"), words=self.words, to="done")
        assert self.is_in(), page
        return self.fill(page.form("csrfmiddlewaretoken", "to")) if "arrive" not in page.path else page

    def come_in(self) -> Answer:
        """Sign in with one's words."""
        page = self.open("/")
        return self.fill(page.form("ticket", "words"), words=self.words)

    def is_in(self) -> bool:
        """Whether the browser holds a session's cookie."""
        return "__Host-k" in self.cookies

    def home(self) -> Answer:
        """The page that gathers the rest, past the pages that are shown once."""
        for _ in range(3):
            page = self.open("/")
            if any("line" in form.fields for form in page.forms) or self._own_day(page):
                break
        return page

    def check_in(self, **said: str) -> Answer:
        """Write today's check-in, or change it: `line`, `good`, `mood` and the other signs."""
        page = self.home()
        if not any("line" in form.fields for form in page.forms):
            page = self.open(self._own_day(page))
        return self.fill(page.form("line"), **said)

    def own_day(self) -> Answer:
        """Today as it was kept, ready to be changed."""
        return self.open(self._own_day(self.home()))

    def _own_day(self, page: Answer) -> str:
        days = [link for link in page.links if re.fullmatch(r"/n/\w+/\d{4}-\d\d-\d\d", link)]
        return days[0] if days else ""

    def leave(self) -> Answer:
        """Quick exit."""
        return self.ask("GET", "/leave")


def until(true: Any, *, seconds: float = 8, every: float = 0.1) -> bool:
    """Whether something becomes true within some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(every)
    return bool(true())
