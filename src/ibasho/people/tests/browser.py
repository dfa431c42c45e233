"""Browsers for this room's tests, and how to read what they were shown."""

import re

import ibasho.urls  # noqa: F401  addresses exist once the rooms have listed theirs
from ibasho.programme import telling
from ibasho.programme.records import Programme
from ibasho.web.addresses import address


def hidden(answer, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found, f"no field {name}"
    return found[1]


def words_shown(answer):
    return " ".join(
        re.findall(r"<li>([^<]+)</li>", answer.text.split('<ol class="words"')[1].split("</ol>")[0])
    )


def every_point():
    return [point.key for point in telling.points(Programme())]


class Newcomer:
    def __init__(self, client, clock):
        self.client, self.clock = client, clock
        client.defaults["REMOTE_ADDR"] = "203.0.113.20"  # a network of their own, as tries are counted

    def look(self, words):
        page = self.client.get(address("join"))
        self.clock.forward(3)
        form = {"to": "look", "words": words, "ticket": hidden(page, "ticket")}
        return self.client.post(address("join"), form)

    def agree(self, told, **said):
        form = {
            "to": "agree",
            "state": hidden(told, "state"),
            "version": hidden(told, "version"),
            "understood": every_point(),
            "name": "Mia",
            "language": "en",
        }
        return self.client.post(address("join"), form | said)

    def finish(self, shown, words=None):
        form = {"to": "done", "state": hidden(shown, "state"), "words": words or words_shown(shown)}
        return self.client.post(address("join"), form)

    def join(self, words, **said):
        shown = self.agree(self.look(words), **said)
        assert self.finish(shown).status_code == 303
        return words_shown(shown)


class Visitor:
    def __init__(self, client, clock):
        self.client, self.clock = client, clock
        client.defaults["REMOTE_ADDR"] = "203.0.113.20"  # a network of their own, as tries are counted

    def come_in(self, words, page=None, **more):
        """Type the words into the form of a page, or of the first one."""
        page = page or self.client.get(address("door"))
        self.clock.forward(3)
        form = {"words": words, "ticket": hidden(page, "ticket")}
        for name in ("back", "draft"):
            if f'name="{name}"' in page.text:
                form[name] = hidden(page, name)
        return self.client.post(address("door"), form | more)
