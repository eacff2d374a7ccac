"""Does what the documents tell people to type work? Every command of every block, in order, in one folder."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest
import typer
from typer.main import get_command

from fairlead.__main__ import app
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.documents import DOCUMENTS, PROGRAMS, TUTORIALS, Block, Command, blocks, commands, in_prose, shows
from tests.fixtures.reader import Reader, Typed


class Need(NamedTuple):
    """What a command takes that a test has not, and so where it ends here."""

    pattern: str
    reason: str
    code: int | None = None


NEEDS = [
    Need(r"pulumi ", "the Pulumi CLI, an account and a cluster"),
    Need(r"kubectl |aws ", "a cluster or an account"),
    Need(r"make preview\b|fairlead (up|down|env)\b", "the Pulumi CLI, an account and a cluster"),
    Need(r"make install\b", "a package registry; the packages that it brings run this test"),
    Need(r"pipx |fairlead (new|init) |cd ", "an environment and a folder of their own; test_wheel.py plays it"),
    Need(r"fairlead lint .*--watch", "somebody who ends it; test_watching.py plays it"),
    Need(r"fairlead versions(?! --offline)", "a network; test_versions.py answers instead"),
    Need(r"fairlead open ", "a cluster, and somebody who ends it; test_open.py plays it"),
    Need(r"make demo\b", "an API server; tests/cluster plays it"),
    Need(r"make (quick|test|check|bench)\b", "minutes, and itself"),
    Need(r"fairlead verify (?!.*--list)", "a cluster; without one nothing can be asked, and it says so", 2),
    Need(r"fairlead .* --live\b", "a cluster; without one the report says so and the command fails", 1),
]
"""What is typed here all the same has the exit code that is right without it."""
COMMANDS = commands(DOCUMENTS)
TARGETS = re.compile(r"^([a-z]+):.* ## ", re.MULTILINE)


def need(command: Command) -> Need | None:
    return next((each for each in NEEDS if re.match(each.pattern, command.text)), None)


def is_typed(command: Command) -> bool:
    found = need(command)
    return found is None or found.code is not None


by_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda each: f"{each.place}: {each.text}")


@pytest.fixture(scope="module", name="results")
def _results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Typed]:
    """What came of every command, by its place."""
    typed = [each for each in COMMANDS if is_typed(each)]
    reader = Reader(tmp_path_factory.mktemp("documents"))
    came = reader.types([each.line for each in typed])
    return {command.place: result for command, result in zip(typed, came, strict=True)}


@pytest.mark.snapshot
@pytest.mark.process
@pytest.mark.parametrize(
    "command", [each for each in COMMANDS if is_typed(each)], ids=lambda each: f"{each.place}: {each.text}"
)
def test_what_a_document_tells_to_type_works(results: dict[str, Typed], command: Command) -> None:
    found, came = need(command), results[command.place]
    assert came.code == (found.code if found else 0), came.output
    assert "Traceback" not in came.output


ANSWERS = [block for document in DOCUMENTS for block in blocks(document) if not block.language and not block.is_typed]
OF_A_CHANGE = re.compile(r"One weight changed|fairlead diff: stack dev, main \(")
"""What is said of a change, or by an API server, is held against a document in tests/cluster."""


@pytest.mark.snapshot
@pytest.mark.process
@pytest.mark.parametrize(
    "block", [each for each in ANSWERS if not OF_A_CHANGE.match(each.lines[0])], ids=lambda each: each.place
)
def test_what_a_document_shows_is_what_a_command_before_it_says(results: dict[str, Typed], block: Block) -> None:
    before = [each for each in blocks(block.document) if each.is_typed and each.line < block.line][-1]
    said = [results[place].output for place in before.places if place in results]
    assert any(not shows(block, each) for each in said), "\n".join(shows(block, each) for each in said)


@pytest.mark.mesh
def test_every_block_is_typed_or_shown_and_none_is_both() -> None:
    every = [*DOCUMENTS, *TUTORIALS]
    for block in (block for document in every for block in blocks(document) if not block.language):
        begins = [bool(PROGRAMS.match(line)) for line in block.lines if line.strip()]
        assert block.is_typed == any(begins), f"{block.place} holds a command, and is not one to type"
        assert not block.is_typed or all(begins), f"{block.place} holds a line that is no command"


@pytest.mark.mesh
@pytest.mark.parametrize("each", NEEDS, ids=lambda each: each.pattern)
def test_no_need_is_for_nobody(each: Need) -> None:
    prose = (text for document in DOCUMENTS for text in in_prose(document))
    assert any(re.match(each.pattern, text) for text in [*prose, *(command.text for command in COMMANDS)])


@cache
def targets() -> set[str]:
    return set(TARGETS.findall((PROGRAM / "Makefile").read_text(encoding="utf-8")))


def told() -> Iterator[tuple[str, str]]:
    """(where it stands, what is to be typed), of blocks and of prose alike."""
    yield from ((command.place, command.text) for command in [*COMMANDS, *commands(TUTORIALS)])
    for document in [*DOCUMENTS, *TUTORIALS]:
        yield from ((document.name, text) for text in in_prose(document) if PROGRAMS.match(text))


@pytest.mark.mesh
@pytest.mark.parametrize(("place", "text"), sorted(set(told())))
def test_every_command_and_option_that_is_named_is_there(place: str, text: str) -> None:
    words = text.split()
    if words[0] == "make" and len(words) > 1:
        assert words[1] in targets(), place
    if words[0] == "fairlead" and words[1:] and not words[1].startswith("-"):
        root = get_command(app)
        command = root.get_command(typer.Context(root), words[1])  # type: ignore[attr-defined]
        assert command, f"{place}: there is no command {words[1]}"
        if words[2:] and (commands := getattr(command, "commands", None)):
            command = commands.get(words[2])
            assert command, f"{place}: there is no command {words[1]} {words[2]}"
        options = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {"--help"}
        assert {word.partition("=")[0] for word in words[2:] if word.startswith("-") and word != "-"} <= options, place


@pytest.mark.mesh
@pytest.mark.process
@pytest.mark.parametrize("target", sorted(targets()))
def test_every_target_of_make_can_be_made(target: str) -> None:
    make = shutil.which("make")
    assert make, "no make on PATH"
    done = subprocess.run([make, "--dry-run", target], cwd=PROGRAM, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
