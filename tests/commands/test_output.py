"""Is output that has no room, or no reader, told in a sentence, whatever the command?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.checkout import PROGRAM

pytestmark = [pytest.mark.mesh, pytest.mark.process]

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize(
    "arguments",
    ["preview --stack local", "preview --stack local --json", "lint --list", "lint --stack local", "schema", "--help"],
)
def test_a_full_device_is_one_sentence(arguments: str) -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "fairlead", *arguments.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=PROGRAM,
            check=False,
        )
    said = "error: The disk that holds standard output is full.\nFree some space and run the command again.\n"
    assert (done.returncode, done.stderr) == (1, said)


def test_a_file_that_cannot_be_written_is_one_sentence(command, tmp_path: Path) -> None:
    code, _, err = command("schema", "--out", str(tmp_path / "nowhere" / "schema.json"))
    assert code == 1
    assert err.endswith("cannot be written: No such file or directory.\nName another file with --out.\n")


def test_a_reader_that_stops_reading_is_told_nothing() -> None:
    program = f"{sys.executable} -m fairlead schema | head -1"
    done = subprocess.run(["sh", "-c", program], capture_output=True, text=True, cwd=PROGRAM, check=False)
    assert (done.stdout, done.stderr) == ("{\n", "")


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (["--base", "HEAD", "--live"], "--base and --live"),
        (["--base", "HEAD", "--against-stack", "dev"], "--base and --against-stack"),
    ],
)
def test_what_excludes_each_other_is_named_together(command, arguments: list[str], options: str) -> None:
    code, _, err = command("diff", "--stack", "local", *arguments)
    assert code == 2
    assert f"{options}: they exclude each other: keep one" in " ".join(err.replace("\u2502", " ").split())


def test_a_stack_and_a_stack_file_exclude_each_other(command) -> None:
    for name in ("preview", "lint"):
        code, _, err = command(name, "--stack", "local", "--config-file", "examples/minikube.yaml")
        assert code == 2
        assert "they exclude each other: name a stack, or a stack file" in " ".join(err.replace("\u2502", " ").split())


@pytest.mark.parametrize("name", ["preview", "render", "lint", "diff", "picture", "demo"])
def test_help_shows_how_a_value_is_overridden(command, name: str) -> None:
    code, out, _ = command(name, "--help")
    assert code == 0
    assert "apps[1].routes[0].weights.v1=80" in "".join(out.replace("\u2502", " ").split()).replace("'", "")
