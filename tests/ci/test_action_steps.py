"""Do the action's steps do what they say? Its own lines, run by bash as GitHub runs them, where something changes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fairlead.project.command import write_whole
from fairlead.project.files import project_files
from tests.fixtures.checkout import PROGRAM, TESTS
from tests.fixtures.ci.workflow_files import OWN, loaded, steps
from tests.fixtures.installed import Installed, built_wheel

pytestmark = [pytest.mark.mesh, pytest.mark.process]
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
"""As a composite action's `shell: bash` is run (docs.github.com, workflow syntax, jobs.<job_id>.steps[*].shell)."""


class Run:
    """A pull request in a repository, and the action's steps one after the other."""

    def __init__(self, folder: Path, environment: Path) -> None:
        self.repository, self.temp = folder / "repository", folder / "temp"
        self.output, self.summary = folder / "output", folder / "summary.md"
        for each in (self.repository, self.temp, folder / "bin"):
            each.mkdir(parents=True)
        self.bin = folder / "bin"
        # The first step makes an environment of the locked packages: here it is the tests' own, with the wheel.
        (self.temp / "fairlead").symlink_to(environment)
        self.reported: subprocess.CompletedProcess[str] | None = None
        self.base, self.head = self._history()
        defaults = {name: each["default"] for name, each in loaded(OWN)["inputs"].items()}
        self.values: dict[str, Any] = {
            "github.action_path": str(PROGRAM),
            "runner.temp": str(self.temp),
            "github.event.pull_request.base.sha": self.base,
            "github.event.pull_request.head.sha": self.head,
            **{f"inputs.{name}": value for name, value in defaults.items()},
            "inputs.token": "a-token",
        }

    def _git(self, *words: str) -> str:
        named = ["-c", "user.name=one", "-c", "user.email=one@example.com", "-c", "init.defaultBranch=main"]
        return subprocess.run(
            ["git", *named, *words], cwd=self.repository, check=True, capture_output=True, encoding="utf-8"
        ).stdout.strip()

    def _history(self) -> tuple[str, str]:
        """A project, and a pull request that changes a weight and serves one host instead of every one."""
        write_whole(self.repository, project_files("dev", "examples/helloworld-ingress.yaml"))
        self._git("init", "--quiet")
        self._git("add", ".")
        self._git("commit", "--quiet", "--message", "a mesh")
        base = self._git("rev-parse", "HEAD")
        file = self.repository / "Pulumi.dev.yaml"
        text = file.read_text(encoding="utf-8")
        changed = text.replace("weights: {v1: 70, v2: 30}", "weights: {v1: 50, v2: 50}")
        changed = changed.replace('hosts: ["*"]', "hosts: [hello.example.com]")
        assert (changed.count("v2: 50"), changed.count("hello.example.com")) == (1, 1)
        file.write_text(changed, encoding="utf-8")
        self._git("commit", "--quiet", "--all", "--message", "half")
        return base, self._git("rev-parse", "HEAD")

    def _filled(self, text: str) -> str:
        return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda match: str(self.values[match[1]]), text)

    def step(self, part: str) -> subprocess.CompletedProcess[str]:
        """Run the one step whose lines have this."""
        (step,) = [each for each in steps(OWN) if part in each.get("run", "")]
        assert step["shell"] == "bash"
        env = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")},
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(self.temp / "event.json"),
            "GITHUB_REPOSITORY": "mesh/stack",
            "GITHUB_RUN_ID": "100",
            "GITHUB_RUN_ATTEMPT": "1",
            "FAKE_GITHUB": str(self.temp / "github.json"),
            **{key: self._filled(value) for key, value in step.get("env", {}).items()},
        }
        place = self._filled(step.get("working-directory", str(self.repository)))
        script = self._filled(step["run"])
        return subprocess.run(
            [*BASH, "-c", script], cwd=place, env=env, check=False, capture_output=True, encoding="utf-8"
        )


@pytest.fixture(name="environment", scope="module")
def _environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    wheel = built_wheel(tmp_path_factory.mktemp("wheel"))
    return Installed(tmp_path_factory.mktemp("installed"), wheel).python.parents[1]


@pytest.fixture(name="run", scope="module")
def _run(tmp_path_factory: pytest.TempPathFactory, environment: Path) -> Run:
    run = Run(tmp_path_factory.mktemp("action"), environment)
    run.reported = run.step("compared_revision.py")
    return run


def test_the_report_has_the_change_of_the_pull_request_and_a_picture(run: Run) -> None:
    done = run.reported
    assert done
    assert done.returncode == 0, done.stdout + done.stderr
    folder = run.temp / "fairlead-report"
    assert run.output.read_text(encoding="utf-8") == f"folder={folder}\n"
    report = (folder / "report.md").read_text(encoding="utf-8")
    assert "30 %" in report
    assert "50 %" in report
    assert {"report.md", "diff.txt", "diff.json", "pictures"} <= {path.name for path in folder.iterdir()}
    assert [path.name for path in (folder / "pictures").iterdir()]


def test_the_comment_is_the_report(run: Run) -> None:
    fake = TESTS / "fixtures" / "ci" / "fake_gh.py"
    (run.bin / "gh").write_text(f'#!/bin/sh\nexec {sys.executable} {fake} "$@"\n', encoding="utf-8")
    (run.bin / "gh").chmod(0o755)
    event = {"pull_request": {"number": 7, "head": {"sha": run.head}}}
    (run.temp / "event.json").write_text(json.dumps(event), encoding="utf-8")
    state = {"pulls": [{"number": 7, "head": {"sha": run.head}}], "comments": {}, "artifacts": {}}
    (run.temp / "github.json").write_text(json.dumps(state), encoding="utf-8")
    done = run.step("request_comment.py")
    assert done.returncode == 0, done.stdout + done.stderr
    said = (run.temp / "github.json").read_text(encoding="utf-8")
    assert "50 %" in said


@pytest.mark.parametrize(("fail_on", "code"), [("", 0), ("exposes", 0), ("interrupts", 3), ("no-such-class", 2)])
def test_the_gate_stops_at_the_classes_that_are_asked_for(run: Run, fail_on: str, code: int) -> None:
    run.values["inputs.fail-on"] = fail_on
    done = run.step("gate.py")
    assert done.returncode == code, done.stdout + done.stderr


def test_without_a_pull_request_there_is_no_diff(tmp_path: Path, environment: Path) -> None:
    run = Run(tmp_path, environment)
    run.values |= {"github.event.pull_request.base.sha": "", "github.event.pull_request.head.sha": ""}
    done = run.step("compared_revision.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert run.output.read_text(encoding="utf-8").startswith("folder=")
