"""Which command does somebody type? The program with that one alone."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typer import Typer
    from typer.models import CommandInfo


def typed_command(program: Typer, words: Sequence[str]) -> Typer:
    """The program with the command that is typed: typer makes the options of all it has, which takes as long as to read
    the files of a small mesh. The whole program where no command is typed, or none that there is."""
    typed = [each for each in program.registered_commands if words[:1] == [each.name or _word(each)]]
    if not typed:
        return program
    one = copy.copy(program)
    one.registered_commands, one.registered_groups = typed, []
    return one


def _word(command: CommandInfo) -> str:
    return command.callback.__name__ if command.callback else ""
