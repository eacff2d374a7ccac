"""Is the command that somebody types made alone, and the whole program where none is?"""

from __future__ import annotations

import pytest

from fairlead.__main__ import app
from fairlead.terminal.typed_command import typed_command

pytestmark = pytest.mark.mesh


@pytest.mark.parametrize("word", ["lint", "open", "preview"])
def test_of_a_program_the_command_that_is_typed_is_made_alone(word: str) -> None:
    one = typed_command(app, [word, "--help"])
    assert len(one.registered_commands) == 1
    assert not one.registered_groups
    assert len(app.registered_commands) > 1


@pytest.mark.parametrize("words", [[], ["--help"], ["lnit"], ["env", "up"]])
def test_without_a_command_of_its_own_the_program_is_whole(words: list[str]) -> None:
    assert typed_command(app, words) is app
