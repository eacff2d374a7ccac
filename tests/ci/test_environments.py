"""Does environment.py bring a pull request's environment up and down, and say so? Against a stand-in for fairlead."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.ci.script import CI
from tests.fixtures.ci.workflow_files import WORKFLOWS, jobs

pytestmark = [pytest.mark.mesh, pytest.mark.process]

FAIRLEAD = """#!/bin/sh
echo "$*" >> calls
case "$*" in
  *"env $FAILS "*) echo "error: refused" >&2; exit 3;;
  *"env list"*) cat environments.json;;
  *) echo "fairlead says: $*";;
esac
"""
PR = {
    "name": "pr-7",
    "ends": "2026-03-01T20:00:00+00:00",
    "urls": ["http://pr-7.shop.example.com/"],
    "loadBalancers": ["pr-7-front/pr-7-front"],
}


class Program:
    """A folder with the script and a fairlead that keeps what it was called with."""

    def __init__(self, folder: Path, *environments: dict[str, object]) -> None:
        self.folder = folder
        (folder / "tools" / "ci").mkdir(parents=True)
        shutil.copy(CI / "environment.py", folder / "tools" / "ci")
        (folder / ".venv" / "bin").mkdir(parents=True)
        (folder / ".venv" / "bin" / "python").write_text(FAIRLEAD)
        (folder / ".venv" / "bin" / "python").chmod(0o755)
        (folder / "environments.json").write_text(json.dumps(environments))

    def run(self, *words: str, fails: str = "nothing") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "tools/ci/environment.py", *words]
        env = {"PATH": "/usr/bin:/bin", "FAILS": fails}
        done = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        return done

    @property
    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()

    @property
    def comment(self) -> str:
        return (self.folder / "out" / "comment.md").read_text()


UP = ("up", "pr-7", "--from", "dev", "--owner", "pull request 7", "--out", "out", "--domain", "example.com")


def test_an_environment_comes_up_and_its_comment_has_the_urls(tmp_path: Path) -> None:
    program = Program(tmp_path, PR)
    assert program.run(*UP).returncode == 0
    up = "-m fairlead env up pr-7 --from dev --yes --owner pull request 7 --domain example.com"
    assert program.calls == [up, "-m fairlead env list --format json"]
    assert program.comment.startswith("<!-- fairlead environment -->\n")
    for said in ("http://pr-7.shop.example.com/", "2026-03-01T20:00:00", "pr-7-front/pr-7-front"):
        assert said in program.comment


def test_one_that_does_not_come_up_fails_the_job_and_says_so(tmp_path: Path) -> None:
    program = Program(tmp_path, PR)
    assert program.run(*UP, fails="up").returncode == 3
    assert "pr-7 did not come up" in program.comment


def test_an_environment_goes_down_and_one_that_never_was_is_no_error(tmp_path: Path) -> None:
    program = Program(tmp_path / "with", PR)
    assert program.run("down", "pr-7", "--out", "out").returncode == 0
    assert program.calls[-1] == "-m fairlead env down pr-7 --yes"
    assert "pr-7 is gone" in program.comment
    empty = Program(tmp_path / "without")
    done = empty.run("down", "pr-7", "--out", "out")
    assert (done.returncode, done.stdout) == (0, "There is no environment pr-7.\n")
    assert not (empty.folder / "out").exists()


def test_what_is_not_gone_fails_the_job(tmp_path: Path) -> None:
    program = Program(tmp_path, PR)
    assert program.run("down", "pr-7", "--out", "out", fails="down").returncode == 3
    assert "is not gone yet" in program.comment


def test_the_reaper_ends_as_reap_does(tmp_path: Path) -> None:
    program = Program(tmp_path)
    assert program.run("reap").returncode == 0
    assert program.calls == ["-m fairlead env reap"]
    assert program.run("reap", fails="list").returncode == 0


def test_an_environment_is_for_this_repositorys_branches_and_the_reaper_for_nobody() -> None:
    found = jobs(WORKFLOWS["environments"])
    for name in ("up", "down"):
        assert "github.event.pull_request.head.repo.full_name == github.repository" in found[name]["if"]
        assert found[name]["concurrency"]["group"] == "environment-${{ github.event.pull_request.number }}"
    assert {found[name]["concurrency"]["cancel-in-progress"] for name in ("up", "down", "reap")} == {False}
    assert "github.event_name == 'schedule'" in found["reap"]["if"]
    assert found["reap"]["environment"] != found["up"]["environment"]
