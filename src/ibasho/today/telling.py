"""How a day reads in the text file that somebody takes along (the export)."""

from ibasho import vault
from ibasho.today import access
from ibasho.today.records import Day


@vault.exporter(Day)
def telling_of_a_day(kept: vault.Kept[Day]) -> str:
    """A kept day as a few plain lines."""
    view = access.day_view(kept)
    lines = [view.name, *(f"{title}: {answer}" for title, answer in view.answers)]
    if view.line:
        lines.append(view.line)
    if view.good_title:
        lines.append(f"{view.good_title}: {view.good}" if view.good else view.good_title)
    return "\n".join(lines)
