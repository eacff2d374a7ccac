"""Which packages does a revision run with? Those that it pins, held against hashes where it has them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from fairlead.comparison import revision_python
from fairlead.comparison.lock_file import lock_file
from fairlead.comparison.revision_python import interpreter, packages_of_the_command_line
from fairlead.terminal.errors import UserError
from fairlead.terminal.progress import Silent
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

HERE = lock_file(PROGRAM / "requirements.txt")
BEFORE_LOCKS = "# What `pulumi up` needs, and nothing else.\n{}\n"


class RunsOf:
    """Stands where programs are run: remembers each command, and what the files hold that pip is given."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.given: list[str] = []

    def __call__(self, command: list[str]) -> None:
        self.commands.append(command)
        files = [Path(after) for word, after in pairwise(command) if word == "-r"]
        self.given += [file.read_text(encoding="utf-8") for file in files]
        if "venv" in command:
            Path(command[-1]).mkdir()


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> RunsOf:
    runs = RunsOf()
    monkeypatch.setattr(revision_python, "_run", runs)
    return runs


def asked(tmp_path: Path, text: str) -> Path:
    program = tmp_path / "revision"
    program.mkdir()
    (program / "requirements.txt").write_text(text, encoding="utf-8")
    return interpreter(program, PROGRAM, tmp_path / "cache", Silent())


def pin(name: str) -> str:
    return HERE.packages[name].partition(" ")[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        (PROGRAM / "requirements.txt").read_text(encoding="utf-8"),
        (PROGRAM / "requirements.txt").read_text(encoding="utf-8").replace("--hash=sha256:1", "--hash=sha256:0"),
        BEFORE_LOCKS.format("\n".join([pin("pulumi"), f"{pin('pydantic')}  # the model", ""])),
    ],
    ids=["none", "the same", "other hashes", "before there were lock files"],
)
def test_a_revision_that_pins_nothing_else_runs_in_this_python(tmp_path: Path, runs: RunsOf, text: str) -> None:
    assert str(asked(tmp_path, text)) == revision_python.sys.executable
    assert runs.commands == []


def test_other_packages_with_hashes_are_installed_by_hash_without_code_of_their_own(
    tmp_path: Path, runs: RunsOf
) -> None:
    text = (PROGRAM / "requirements.txt").read_text(encoding="utf-8").replace(pin("pulumi"), "pulumi==3.1.0")
    python = asked(tmp_path, text)
    assert python.is_relative_to(tmp_path / "cache" / "environments")
    _, pip = runs.commands
    assert pip[pip.index("--require-hashes") :][:3] == ["--require-hashes", "--only-binary", ":all:"]
    assert "==" not in " ".join(pip), "a package on the command line has no hash, and pip would refuse all"
    of_the_revision, added = runs.given
    assert of_the_revision == text
    assert all(" --hash=sha256:" in line for line in added.splitlines())
    names = {line.partition("==")[0] for line in added.splitlines()}
    assert {"typer", "rich", "ruamel-yaml", "markdown-it-py", "mdurl"} <= names, "also what these need"
    assert "typing-extensions" not in added, "the revision pins it itself"


def test_other_packages_without_hashes_are_installed_as_they_were_then(tmp_path: Path, runs: RunsOf) -> None:
    asked(tmp_path, BEFORE_LOCKS.format("pulumi==3.1.0"))
    _, pip = runs.commands
    assert "--require-hashes" not in pip
    assert [line.partition("==")[0] for line in runs.given[1].splitlines()] == ["rich", "ruamel.yaml", "typer"]


def test_hashes_count_where_packages_are_kept_for_the_next_time(tmp_path: Path, runs: RunsOf) -> None:
    line = "pulumi==3.1.0 --hash=sha256:"
    first = asked(tmp_path, f"{line}{'0' * 64}\n")
    (tmp_path / "revision" / "requirements.txt").unlink()
    (tmp_path / "revision").rmdir()
    assert asked(tmp_path, f"{line}{'1' * 64}\n") != first
    assert len(runs.commands) == 4


def test_a_lock_file_without_the_command_lines_packages_is_said(tmp_path: Path) -> None:
    (tmp_path / "requirements-cli.txt").write_text("rich==1.0 --hash=sha256:0\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"requirements-cli\.txt does not pin .*typer.*make lock"):
        packages_of_the_command_line(HERE, tmp_path)
