"""How asks are taken along (the export): what would help, and when."""

from ibasho import vault
from ibasho.asks import words
from ibasho.asks.days import in_order
from ibasho.asks.records import Ask


@vault.exporter(Ask)
def telling_of_an_ask(kept: vault.Kept[Ask]) -> str:
    """An ask as a few plain lines. Who took what is the business of two, and stays out of it."""
    slots = [words.when_said(slot.day, slot.part, slot.at) for slot in in_order(kept.record.slots)]
    return "\n".join(line for line in (kept.record.what, kept.record.note, *slots) if line)
