"""The command `ibasho`. Each part parses, calls one action, and prints counts, never names."""

import argparse
import os
import sys
from pathlib import Path

from ibasho import __version__


def main(arguments: list[str] | None = None) -> int:
    """Do what was asked. 0 when it went well, 1 when it did not, 2 when it could not be understood."""
    asked = _parser().parse_args(arguments)
    from ibasho.machine import up

    up.prepare()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ibasho.settings")
    from ibasho.errors import IbashoError

    try:
        return int(asked.do(asked) or 0)
    except IbashoError as error:
        from ibasho.machine.opened import said

        print(said(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ibasho", description="An off-the-record peer-support programme in a box."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    def command(name: str, does: str, *, data: bool = True) -> argparse.ArgumentParser:
        part = commands.add_parser(name, help=does, description=does)
        part.set_defaults(do=globals()[f"_{name}"])
        if data:
            part.add_argument(
                "--data", type=Path, required=True, metavar="DIR", help="the folder of the programme"
            )
        return part

    for name, does in (
        ("up", "Serve the programme, and print the first invitation when nobody has joined."),
        ("demo", "Serve a programme of invented people, and print their words."),
    ):
        part = command(name, does)
        part.add_argument("--bind", default="127.0.0.1:8000", metavar="ADDRESS:PORT")
        part.add_argument(
            "--workers", type=_count, default=1, help="processes; more than one needs PostgreSQL"
        )
        part.add_argument("--threads", type=_count, default=8, help="pages answered at once, by each process")

    part = command("invite", "Print five words that let one person join as facilitator, helper or member.")
    part.add_argument("kind", choices=("facilitator", "helper", "member"))

    part = command("check", "Name every mistake in how this programme is installed, one sentence each.")
    part.add_argument("--bind", default="127.0.0.1:8000", metavar="ADDRESS:PORT")

    part = command("backup", "Write a copy of the database and, apart from it, one of the lifelines.")
    part.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    part.add_argument("--recipient", metavar="age1…", help="the public half of a key that is kept offline")

    part = command("restore", "Bring a copy back into an empty folder of data.")
    part.add_argument("--from", type=Path, required=True, dest="source", metavar="FOLDER|FILE")
    part.add_argument("--identity", type=Path, metavar="FILE", help="the secret half of the offline key")
    part.add_argument("--force", action="store_true", help="replace what is in the folder of data")

    command("drill", "Make a copy, restore it elsewhere, and open a room in it.")
    command("maintain", "Do the work of the night. `up` does this by itself.")
    commands.add_parser("version", help="Print the version.").set_defaults(do=_version)
    first = commands.add_parser("first")  # for `up`: says the first invitation, if one is due
    first.add_argument("--data", type=Path, required=True)
    first.set_defaults(do=_first)
    return parser


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError("between 1 and 64")
    return number


def _up(asked: argparse.Namespace) -> int:
    from ibasho.machine import up

    return up.up(asked.bind, asked.data, asked.workers, asked.threads)


def _demo(asked: argparse.Namespace) -> int:
    from ibasho import vault
    from ibasho.machine import demo, up
    from ibasho.machine.opened import opened

    with opened(asked.data, make=True):
        if not vault.counts().doors:
            print("Twelve people are being invented. That takes a moment, this once.", flush=True)
            demo.fill()
    demo.say_words(asked.data)
    return up.up(asked.bind, asked.data, asked.workers, asked.threads, say_invitation=False)


def _invite(asked: argparse.Namespace) -> None:
    from ibasho.machine import invitations

    invitations.invite(asked.data, asked.kind)


def _first(asked: argparse.Namespace) -> None:
    from ibasho.machine import invitations

    invitations.first(asked.data)


def _check(asked: argparse.Namespace) -> int:
    from ibasho.machine import check

    return check.check(asked.data, asked.bind)


def _backup(asked: argparse.Namespace) -> None:
    from ibasho.machine import backup

    backup.back_up(asked.data, asked.to, asked.recipient)


def _restore(asked: argparse.Namespace) -> None:
    from ibasho.machine import restore

    restore.restore(asked.data, asked.source, asked.identity, force=asked.force)


def _drill(asked: argparse.Namespace) -> None:
    from ibasho.machine import drill

    drill.drill(asked.data)


def _maintain(asked: argparse.Namespace) -> int:
    from ibasho.machine import maintenance

    return maintenance.maintain(asked.data)


def _version(asked: argparse.Namespace) -> None:
    print(__version__)
