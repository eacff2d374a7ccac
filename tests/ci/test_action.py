"""Does the action do in another repository what the workflows do in this one? Its parts, as GitHub calls them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.checkout import PROGRAM, TESTS
from tests.fixtures.ci.script import script
from tests.fixtures.ci.workflow_files import OWN, loaded, steps

pytestmark = pytest.mark.mesh
SHA = "a" * 40
REPORT = "helloworld: v2 goes from 30 % to 80 % of requests through istio-ingress\n"


def test_the_action_installs_its_own_commit_from_lock_files_before_it_runs_anything() -> None:
    install, *later = [step for step in steps(OWN) if "run" in step]
    assert install["working-directory"] == "${{ github.action_path }}"
    assert not [step for step in later if "pip" in step["run"]]
    lines = [line for line in install["run"].splitlines() if " pip " in line]
    assert [re.findall(r"requirements[a-z-]*\.txt|--no-index", line) for line in lines] == [
        ["requirements-cli.txt"],
        ["requirements-build.txt"],
        ["--no-index"],
    ]


def test_a_token_reaches_the_step_that_comments_alone_and_no_code_of_the_pull_request_runs_there() -> None:
    with_token = [step for step in steps(OWN) if "inputs.token" in json.dumps(step)]
    (comment,) = with_token
    assert comment["run"] == 'python3 "$SCRIPTS/request_comment.py" --report "$OUT/report.md"'
    assert "activate" not in comment["run"]


def test_every_script_that_it_calls_exists_and_takes_these_options() -> None:
    called = [found for step in steps(OWN) for found in re.findall(r'"\$SCRIPTS/(\w+\.py)"', step.get("run", ""))]
    assert set(called) == {"compared_revision.py", "report.py", "request_comment.py", "gate.py"}
    assert all((PROGRAM / "tools" / "ci" / name).is_file() for name in called)


def test_every_input_is_described_and_used() -> None:
    text, inputs = OWN.read_text(encoding="utf-8"), loaded(OWN)["inputs"]
    assert all(f"inputs.{name}" in text and each["description"] for name, each in inputs.items())
    assert all("default" in each for each in inputs.values()), "five lines are enough"


def test_the_page_has_a_workflow_of_five_lines_with_the_rights_that_it_needs() -> None:
    page = (PROGRAM / "docs" / "pipelines.md").read_text(encoding="utf-8")
    assert "pull-requests: write" in page
    assert re.search(r"uses: OWNER/fairlead@\S+ # v\d+\.\d+\.\d+", page)
    assert all(f"`{name}`" in page for name in loaded(OWN)["inputs"])


class Repository:
    """A repository on GitHub with one pull request, as `gh` shows it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state: dict[str, Any] = {"pulls": [], "comments": {}, "artifacts": {}}
        (folder / "bin").mkdir()
        self.gh(f'exec {sys.executable} {TESTS / "fixtures" / "ci" / "fake_gh.py"} "$@"')

    def gh(self, line: str) -> None:
        (self.folder / "bin" / "gh").write_text(f"#!/bin/sh\n{line}\n")
        (self.folder / "bin" / "gh").chmod(0o755)

    def comment(self, report: str | None, run: int = 100) -> tuple[int, str]:
        event = {"pull_request": {"number": 7, "head": {"sha": SHA}}}
        (self.folder / "event.json").write_text(json.dumps(event))
        (self.folder / "github.json").write_text(json.dumps(self.state))
        path = self.folder / "report.md"
        path.unlink(missing_ok=True)
        if report is not None:
            path.write_text(report)
        env = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_REPOSITORY": "mesh/stack",
            "GITHUB_RUN_ID": str(run),
            "GITHUB_RUN_ATTEMPT": "1",
            "FAKE_GITHUB": str(self.folder / "github.json"),
        }
        command = [sys.executable, PROGRAM / "tools" / "ci" / "request_comment.py", "--report", path]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        self.state = json.loads((self.folder / "github.json").read_text())
        return done.returncode, done.stdout + done.stderr

    @property
    def comments(self) -> list[str]:
        return [each["body"] for found in self.state["comments"].values() for each in found]


@pytest.mark.process
def test_a_pull_request_has_one_comment_and_the_newest_report_in_it(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    assert repository.comment("an earlier one\n", run=99)[0] == 0
    assert repository.comment(REPORT, run=100) == (0, "The comment of #7 is up to date.\n")
    (text,) = repository.comments
    assert REPORT.strip() in text
    assert f"with {SHA[:10]}" in text
    assert "https://github.com/mesh/stack/actions/runs/100" in text


@pytest.mark.process
def test_a_check_without_a_report_says_so_in_the_comment(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    assert repository.comment(None)[0] == 0
    assert "there is no report, as the check wrote none" in repository.comments[0]


@pytest.mark.process
def test_a_token_that_may_not_write_is_no_failure_and_any_other_refusal_is(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.gh("echo 'gh: Resource not accessible by integration (HTTP 403)' >&2; exit 1")
    code, said = repository.comment(REPORT)
    assert (code, "the job's summary has the report" in said) == (0, True)
    repository.gh("echo 'gh: Bad gateway (HTTP 502)' >&2; exit 1")
    code, said = repository.comment(REPORT)
    assert (code, "HTTP 502" in said) == (1, True)


def test_a_profile_reaches_lint(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    report = script("report")
    asked: list[tuple[str, ...]] = []
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(report, "fairlead", lambda *words, **_: asked.append(words) or report_ended())
    assert report.report("", tmp_path / "out", "github", "company") == []
    assert ("lint", "--stack", "dev", "--format", "github", "--profile", "company") in asked


def report_ended() -> Any:
    return script("command_line").Ended(0)
