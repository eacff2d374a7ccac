"""Who says yes? The person at the terminal, after reading what will happen, or `--yes` for all of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import typer

from fairlead.terminal.options import wrong


class DeclinedError(Exception):
    """The person said no; nothing more is done."""


@dataclass(frozen=True)
class Consent:
    """`plan` only says what would be done, `yes` asks nothing, `adopt` says yes to what existed before the stack."""

    plan: bool = False
    yes: bool = False
    adopt: bool = False

    def shown(self, lines: Sequence[str]) -> None:
        """What would be done, where nothing is asked."""
        for line in lines:
            typer.echo(line)

    def to(self, what: Sequence[str], question: str) -> None:
        """Show what would be done and ask. Raises DeclinedError for a no."""
        if not self.yes:
            self.to_loss(what, question)

    def to_loss(self, what: Sequence[str], question: str) -> None:
        """The same of what somebody else loses: it is shown where nothing is asked, too."""
        for line in what:
            typer.echo(line)
        if not self.yes and not typer.confirm(question, default=False):
            raise DeclinedError


def asked(*, plan: bool, yes: bool, adopt: bool = False) -> Consent:
    """As the command line says. Without a terminal nobody can be asked, so it has to be said there."""
    if plan and yes:
        wrong("they exclude each other: keep one", "--plan and --yes")
    if not (plan or yes) and not sys.stdin.isatty():
        wrong("there is no terminal to ask on: say --yes, or --plan", "--yes")
    return Consent(plan, yes, adopt)
