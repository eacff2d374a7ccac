"""Do the scripts of the workflows do their work? As a workflow calls them, in clones like those that GitHub makes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.fixtures.checkout import PROGRAM
from tests.fixtures.ci.script import CI, script

pytestmark = [pytest.mark.mesh, pytest.mark.process]

GIT_ENV = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z"}
NAMED = {f"GIT_{who}_{what}": "x@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
ABSENT = "f" * 40
FAIRLEAD = """
import pathlib, sys, time
words = sys.argv[1:]
print("said", *words, flush=True)
told = [pair for pair in zip(words[1:], words[2:])]
stacks = [word for name, word in told if name == "--stack"]
plan = pathlib.Path("plan").read_text().split()
if f"{words[0]}-fails" in plan:
    print("error: the stack file has 2 errors", file=sys.stderr)
if words[0] == "diff" and "silent" not in plan:
    for name, word in told:
        if name == "--out":
            pathlib.Path(word).write_text(f"{' '.join(stacks)} since {dict(told)['--base']}\\n")
if words[0] == "picture":
    (pathlib.Path(dict(told)["--out"]) / f"{stacks[0]}.html").write_text("<html>")
sys.exit(f"{words[0]}-fails" in plan)
"""


def git(folder: Path, *arguments: str) -> str:
    env = {"PATH": os.environ["PATH"], **GIT_ENV, **NAMED}
    done = subprocess.run(["git", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


class Origin:
    """A repository with a fork's pull request, whose base has moved on since it was opened."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clone = folder / "origin", folder / "clone"
        self.folder.mkdir()
        git(self.folder, "init", "--quiet", "--initial-branch=main")
        git(self.folder, "config", "uploadpack.allowAnySHA1InWant", "true")
        (self.folder / "fairlead").mkdir()
        (self.folder / "fairlead" / "__main__.py").write_text(FAIRLEAD)
        self.opened = self.commit("plan", "", "Pulumi.dev.yaml", "", "Pulumi.gone.yaml", "", "Pulumi.-x.yaml", "")
        for number in range(5):
            self.commit("moved", str(number))
        self.main = git(self.folder, "rev-parse", "HEAD")
        git(self.folder, "checkout", "--quiet", "-b", "fork", self.opened)
        git(self.folder, "rm", "--quiet", "Pulumi.gone.yaml")
        self.head = self.commit("Pulumi.new.yaml", "")
        git(self.folder, "checkout", "--quiet", "--detach", self.main)
        git(self.folder, "merge", "--quiet", "--no-ff", "-m", "merge", "fork")
        self.merged = git(self.folder, "rev-parse", "HEAD")
        git(self.folder, "update-ref", "refs/pull/7/merge", self.merged)

    def commit(self, *files: str) -> str:
        for name, text in zip(files[::2], files[1::2], strict=True):
            (self.folder / name).write_text(text)
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--allow-empty", "-m", "change")
        return git(self.folder, "rev-parse", "HEAD")

    def checked_out(self, revision: str, depth: int) -> Path:
        """What actions/checkout makes of a revision: no branch, and no more than `depth` commits."""
        self.clone.mkdir()
        git(self.clone, "init", "--quiet")
        git(self.clone, "remote", "add", "origin", self.folder.as_uri())
        git(self.clone, "fetch", "--quiet", "--no-tags", f"--depth={depth}", "origin", revision)
        git(self.clone, "checkout", "--quiet", "--detach", "FETCH_HEAD")
        (self.clone / "tools").mkdir()
        (self.clone / "tools" / "ci").symlink_to(CI)
        return self.clone


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin(tmp_path)


def run(folder: Path, *command: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    known = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **GIT_ENV}
    done = subprocess.run(command, cwd=folder, env={**known, **env}, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def compared(folder: Path, base: str, head: str = "") -> str:
    done = run(folder, sys.executable, CI / "compared_revision.py", "--base", base, "--head", head)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_merge_commit_is_compared_with_the_base_that_it_was_made_on(origin: Origin) -> None:
    clone = origin.checked_out(origin.merged, 2)
    assert compared(clone, base=origin.opened, head=origin.head) == origin.main
    assert git(clone, "ls-tree", "--name-only", origin.main, "plan") == "plan"


def test_another_merge_commit_is_not_taken_for_the_pull_requests(origin: Origin) -> None:
    assert compared(origin.checked_out(origin.merged, 2), base=origin.opened, head=ABSENT) == origin.opened


def test_a_base_that_a_shallow_clone_lacks_is_fetched(origin: Origin) -> None:
    clone = origin.checked_out(origin.head, 1)
    assert compared(clone, base=origin.main, head=origin.head) == origin.main
    assert git(clone, "cat-file", "-t", origin.main) == "commit"


@pytest.mark.parametrize("lost", ["commit", "remote", "repository"])
def test_a_base_that_cannot_be_fetched_is_left_to_the_diff_to_tell(origin: Origin, lost: str) -> None:
    clone = origin.checked_out(origin.head, 1)
    if lost == "remote":
        git(clone, "remote", "remove", "origin")
    if lost == "repository":
        (clone / ".git").rename(clone / "no-git")
    assert compared(clone, base=ABSENT, head=origin.head) == ABSENT


@pytest.mark.parametrize("base", ["", "main", "--upload-pack=touch x", "a" * 39])
def test_a_base_that_is_no_hash_is_refused(tmp_path: Path, base: str) -> None:
    done = run(tmp_path, sys.executable, CI / "compared_revision.py", f"--base={base}")
    assert done.returncode == 2
    assert "not a commit hash" in done.stderr


@pytest.fixture
def check(origin: Origin, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The very script of check.yml, in a clone as GitHub makes it; fairlead does there as the file `plan` says."""
    job = YAML(typ="safe").load(PROGRAM / ".github" / "workflows" / "check.yml")["jobs"]["stacks"]
    (step,) = [each for each in job["steps"] if "report.py" in each.get("run", "")]
    clone = origin.checked_out(origin.merged, job["steps"][0]["with"]["fetch-depth"])

    def checked(plan: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        (clone / "plan").write_text(plan)
        of_pull = {"BASE": origin.opened, "HEAD": origin.head, "NUMBER": "7", "OUT": str(tmp_path / "report")}
        summary = str(tmp_path / "summary.md")
        return run(clone, "bash", "-e", "-c", step["run"], **{**of_pull, "GITHUB_STEP_SUMMARY": summary, **env})

    return checked


def test_a_check_compares_every_stack_of_both_sides_and_draws_those_that_are_left(
    check: Callable[..., subprocess.CompletedProcess[str]], origin: Origin, tmp_path: Path
) -> None:
    done = check()
    assert done.returncode == 0, done.stderr
    report = (tmp_path / "report" / "report.md").read_text()
    assert report == f"dev gone new since {origin.main}\n"
    for whole in ("diff.txt", "diff.json"):
        assert (tmp_path / "report" / whole).read_text() == report
    (asked,) = [line for line in done.stdout.splitlines() if line.startswith("said diff")]
    assert "--limit 60000" in asked
    assert (tmp_path / "summary.md").read_text() == report
    assert (tmp_path / "report" / "number.txt").read_text() == "7\n"
    assert sorted(path.name for path in (tmp_path / "report" / "pictures").iterdir()) == ["dev.html", "new.html"]
    linted = [line for line in done.stdout.splitlines() if line.startswith("said lint")]
    assert linted == [f"said lint --stack {stack} --format github" for stack in ("dev", "new")]


def test_outside_of_a_pull_request_nothing_is_compared(
    check: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = check(BASE="", HEAD="", NUMBER="")
    assert done.returncode == 0, done.stderr
    assert "said diff" not in done.stdout
    assert sorted(path.name for path in (tmp_path / "report").rglob("*.*")) == ["dev.html", "new.html"]


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ("lint-fails", "lint finds errors"),
        ("diff-fails", "the diff does not have every stack"),
        ("picture-fails", "there is no picture"),
    ],
)
def test_a_command_that_fails_fails_the_check_and_the_rest_is_written(
    check: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, plan: str, said: str
) -> None:
    done = check(plan)
    assert done.returncode == 1
    assert said in done.stderr
    assert "dev gone new since" in (tmp_path / "report" / "report.md").read_text()
    assert len(list((tmp_path / "report" / "pictures").iterdir())) == 2


def test_where_a_diff_writes_nothing_the_report_quotes_what_it_said(
    check: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    assert check("silent diff-fails").returncode == 1
    report = (tmp_path / "report" / "report.md").read_text()
    assert report.startswith("There is no report: `fairlead diff` ended with exit code 1.")
    assert "error: the stack file has 2 errors" in report
    assert check("silent").returncode == 1


@pytest.mark.parametrize(
    "name", ["Pulumi.yaml", "Pulumi.-x.yaml", "Pulumi.a b.yaml", "Pulumi.a/b.yaml", "xPulumi.a.yaml"]
)
def test_a_file_that_names_no_stack_is_none(name: str) -> None:
    assert script("stacks").STACK_FILE.fullmatch(name) is None
