"""Do preview.py and deploy.sh call Pulumi as they should, and tell how it ended? Against a stand-in for the CLI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.ci.script import CI, script

pytestmark = [pytest.mark.mesh, pytest.mark.process]

PULUMI = """#!/bin/sh
echo "$*" >> calls
echo "pulumi says: $*"
case "$*" in *"$FAILS"*) echo "error: refused" >&2; exit 3;; esac
"""


class Program:
    """A folder with a stack, a copy of the scripts and a pulumi that keeps what it was called with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "Pulumi.dev.yaml").write_text("")
        (folder / "tools" / "ci").mkdir(parents=True)
        for path in sorted(CI.glob("*.*")):
            shutil.copy(path, folder / "tools" / "ci")
        (folder / "bin").mkdir()
        (folder / "bin" / "pulumi").write_text(PULUMI)
        (folder / "bin" / "pulumi").chmod(0o755)
        # The environment that the job has installed the packages into.
        (folder / ".venv" / "bin").mkdir(parents=True)
        shutil.copy(folder / "bin" / "pulumi", folder / ".venv" / "bin" / "python")

    def run(self, *command: str, fails: str = "nothing", path: str = "bin") -> subprocess.CompletedProcess[str]:
        env = {"PATH": f"{self.folder / path}:/usr/bin:/bin", "FAILS": fails}
        env["GITHUB_STEP_SUMMARY"] = str(self.folder / "summary.md")
        done = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        return done

    def preview(self, stack: str = "dev", **options: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "tools/ci/preview.py", stack, "--out", "preview", **options)

    def deploy(self, *stack: str, fails: str = "nothing") -> subprocess.CompletedProcess[str]:
        return self.run(str(self.folder / "tools/ci/deploy.sh"), *stack, fails=fails)

    def calls(self) -> list[str]:
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def test_a_preview_is_in_the_log_in_a_file_and_in_the_summary(program: Program) -> None:
    done = program.preview()
    said = "pulumi says: preview --diff --non-interactive --color never --stack dev\n"
    assert (done.returncode, done.stdout) == (0, said)
    assert (program.folder / "preview" / "dev.txt").read_text() == said
    assert said in (program.folder / "summary.md").read_text()


def test_a_preview_that_fails_fails_the_job_and_is_told(program: Program) -> None:
    done = program.preview(fails="preview")
    assert done.returncode == 3
    assert "error: refused" in (program.folder / "preview" / "dev.txt").read_text()
    assert "It ended with exit code 3." in (program.folder / "summary.md").read_text()


def test_a_preview_of_a_stack_without_a_file_names_those_that_have_one(program: Program) -> None:
    done = program.preview("prod")
    assert (done.returncode, done.stderr) == (1, "error: there is no Pulumi.prod.yaml; the stacks are dev.\n")
    assert program.calls() == []


def test_a_preview_without_the_cli_says_so(program: Program) -> None:
    if os.path.lexists("/usr/bin/pulumi"):
        pytest.skip("pulumi is in /usr/bin")
    done = program.preview(path="nowhere")
    assert done.returncode == 1
    assert "pulumi cannot be run: No such file or directory." in done.stdout


def test_what_a_preview_says_cannot_end_the_fence_around_it() -> None:
    summary = script("preview").summary("dev", "a\n````\nb", 0)
    assert "\n`````text\na\n````\nb\n`````\n" in summary


def test_a_preview_that_is_too_long_for_a_summary_is_only_named() -> None:
    summary = script("preview").summary("dev", "\u00e9" * 500_000, 0)
    assert "\u00e9" not in summary
    assert "is in the artifact" in summary


def test_a_deployment_is_up_and_then_a_preview_that_expects_nothing(program: Program) -> None:
    assert program.deploy("dev").returncode == 0
    assert program.calls() == [
        "-m fairlead up --yes --stack dev",
        "preview --non-interactive --color never --diff --expect-no-changes --stack dev",
        "-m fairlead verify --stack dev --format markdown",
    ]
    assert (program.folder / "summary.md").read_text().startswith("pulumi says: -m fairlead verify")


def test_a_deployment_that_does_not_do_what_it_says_fails_and_shows_the_report(program: Program) -> None:
    done = program.deploy("dev", fails="verify")
    assert done.returncode == 1
    assert "does not do all that its file says" in done.stderr
    assert "pulumi says: -m fairlead verify" in (program.folder / "summary.md").read_text()


@pytest.mark.parametrize(("fails", "calls"), [("up", 1), ("expect-no-changes", 2)])
def test_a_deployment_ends_where_a_step_fails(program: Program, fails: str, calls: int) -> None:
    done = program.deploy("dev", fails=fails)
    assert done.returncode != 0
    assert len(program.calls()) == calls
    assert ("would change it again" in done.stderr) == (fails == "expect-no-changes")


@pytest.mark.parametrize("stack", [["prod"], []])
def test_a_deployment_of_a_stack_that_is_not_there_calls_nothing(program: Program, stack: list[str]) -> None:
    done = program.deploy(*stack)
    assert done.returncode != 0
    assert "there is no Pulumi.prod.yaml" in done.stderr or "usage: tools/ci/deploy.sh STACK" in done.stderr
    assert program.calls() == []
