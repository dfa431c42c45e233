"""Invitations by whoever runs the machine: the first facilitator's, and any that are asked for."""

import os
from pathlib import Path

from ibasho import vault
from ibasho.machine import drill
from ibasho.machine.opened import opened

HOW = "They work once, within seven days, and let one person join as {kind}. Say them; do not send them."


def invite(data: Path, kind: str) -> None:
    """Make an invitation and print its words."""
    with opened(data):
        words = vault.host_invite(kind)
    print(f"\n    {words}\n\n{HOW.format(kind=kind)}", flush=True)


def first(data: Path) -> None:
    """Print the first facilitator's invitation, if nobody has joined and nobody is invited."""
    with opened(data):
        counts = vault.counts()
        if counts.doors > drill.rooms(data):
            return
        if counts.invitations:
            print(f"Nobody has joined yet. New words: ibasho invite facilitator --data {data}", flush=True)
            return
        if os.environ.get("JOURNAL_STREAM"):  # what we print here would lie on a disk
            print(
                "Nobody has joined yet. Invite the first person: ibasho invite facilitator --data DIR",
                flush=True,
            )
            return
        words = vault.host_invite("facilitator")
    print(
        "\nNobody has joined yet. This is the first facilitator's invitation:\n"
        f"\n    {words}\n\n"
        "Open the address in a browser, choose to join with an invitation, and type these five words.\n"
        f"{HOW.format(kind='facilitator')}\n",
        flush=True,
    )
