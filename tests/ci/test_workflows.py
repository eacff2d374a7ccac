"""Are the workflows sound: who may what, when, and with whose code? Read as data, and by the linters of their trade."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from fairlead.__main__ import app
from fairlead.cluster.go_build import GoTool, build
from fairlead.cluster.toolchain import Toolchain
from fairlead.terminal.errors import UserError
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.ci.workflow_files import ACTIONS, EVERY, WORKFLOWS, jobs, loaded, steps, words

pytestmark = pytest.mark.mesh

ACTIONLINT = GoTool("actionlint", "actionlint", "seconds", ("github.com/rhysd/actionlint/cmd/actionlint",))
TRIGGERS = {
    "check": {
        "pull_request": {"types": ["opened", "synchronize", "reopened", "labeled", "unlabeled"]},
        "merge_group": None,
        "push": {"branches": ["main"]},
    },
    "comment": {"workflow_run": {"workflows": ["check"], "types": ["completed"]}},
    "preview": {"pull_request": None},
    "deploy": {"push": {"branches": ["main"]}, "workflow_dispatch": ...},
    "environments": {
        "pull_request": {"types": ["labeled", "unlabeled", "synchronize", "reopened", "closed"]},
        "schedule": [{"cron": "17 2 * * *"}],
    },
    "release": {"push": {"tags": ["v*.*.*"]}},
}
MAY = {
    "check": {"contents": "read"},
    "comment": {"contents": "read", "actions": "read", "pull-requests": "write"},
    "preview": {"contents": "read", "id-token": "write"},
    "deploy": {"contents": "read", "id-token": "write"},
    "environments": {"contents": "read", "id-token": "write"},
    "release": {"contents": "write", "id-token": "write", "attestations": "write"},
}
WITH_SECRETS = ("tools/ci/deploy.sh", "python tools/ci/preview.py", "python tools/ci/environment.py")
COMMENTS = {"pull-requests": "write"}
"""Of the job that writes what another one left, and runs no code of the repository."""
OURS_TO_FILL_IN = re.compile(
    r"github\.(action_path|event\.(pull_request\.(base\.sha|head\.sha|number)|workflow_run\.head_sha)|sha|token|repository)|runner\.temp|matrix\.stack"
    r"|steps\.(provenance|materials)\.outputs\.bundle-path|steps\.sdk\.outputs\.version|steps\.report\.outputs\.folder|inputs\.(role|region|fail-on|profile|comment|token)|vars\.[A-Z_]+|secrets\.[A-Z_]+"
)
"""What may stand in a workflow's text: nothing that a pull request can write as it likes."""


by_name = pytest.mark.parametrize("name", WORKFLOWS)
by_path = pytest.mark.parametrize("path", EVERY, ids=lambda path: str(path.relative_to(PROGRAM)))


def test_no_workflow_is_unknown_here() -> None:
    assert sorted(WORKFLOWS) == sorted(TRIGGERS)


@by_name
def test_a_workflow_runs_on_these_events_alone(name: str) -> None:
    on = loaded(WORKFLOWS[name])["on"]
    assert list(on) == list(TRIGGERS[name])
    assert all(wanted is ... or on[event] == wanted for event, wanted in TRIGGERS[name].items())


@by_name
def test_a_workflow_may_nothing_and_its_jobs_what_they_need(name: str) -> None:
    assert loaded(WORKFLOWS[name])["permissions"] == {}
    for job in jobs(WORKFLOWS[name]).values():
        comments = job["permissions"] == COMMENTS and not any("checkout" in str(step) for step in job["steps"])
        assert comments or job["permissions"] in ({}, {"contents": "read"}, MAY[name])
        assert 0 < job["timeout-minutes"] <= 90
        assert job["runs-on"] == "ubuntu-24.04"


@by_path
def test_every_action_is_pinned_by_hash_and_says_its_version(path: Path) -> None:
    used = re.findall(r"uses: (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(used) == sum("uses" in step for step in steps(path))
    for line in used:
        local = re.fullmatch(r"\./(\.github/actions/\w+)( # .*)?", line)
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line) or local, line
        assert not local or (PROGRAM / local[1] / "action.yml").is_file()


def test_an_action_has_one_version_everywhere() -> None:
    used = {line for path in EVERY for line in re.findall(r"uses: ([^.\s].*)$", path.read_text(), re.MULTILINE)}
    assert len(used) == len({line.partition("@")[0] for line in used})


@by_path
def test_a_checkout_keeps_no_credentials(path: Path) -> None:
    for step in steps(path):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
            assert "ref" not in step["with"]
            assert "repository" not in step["with"]


@by_path
def test_no_script_has_an_expression_in_it(path: Path) -> None:
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


@by_path
def test_only_what_a_pull_request_cannot_make_up_is_filled_in(path: Path) -> None:
    filled = re.findall(r"\$\{\{(.*?)\}\}", json.dumps(loaded(path)))
    parts = [part.strip() for each in filled for part in re.split(r"\|\||&&", each)]
    harmless = r"cancelled\(\)|^fromJSON\(vars|inputs\.(role != ''|comment == 'true')|event_name|repository\.fork|^'"
    plain = [part for part in parts if not re.search(harmless, part)]
    assert [each for each in plain if not OURS_TO_FILL_IN.fullmatch(each)] == []


@by_path
def test_every_file_that_a_script_names_is_there(path: Path) -> None:
    for word in (word for step in steps(path) for word in words(step.get("run", ""))):
        if re.match(r"tools/|requirements|docs/|\.ci/", word):
            assert (PROGRAM / word.strip('".')).is_file(), word


def test_secrets_reach_only_the_steps_that_call_pulumi() -> None:
    for path in EVERY:
        for step in steps(path):
            with_secrets = "secrets." in json.dumps(step)
            assert not with_secrets or step["run"].startswith(WITH_SECRETS)
    for path in WORKFLOWS.values():
        assert all("secrets." not in json.dumps(job.get("env", {})) for job in jobs(path).values())


@by_path
def test_what_is_kept_is_kept_for_a_time(path: Path) -> None:
    kept = [step["with"] for step in steps(path) if "upload-artifact" in step.get("uses", "")]
    assert all(1 <= each["retention-days"] <= 90 for each in kept)


def test_the_comment_follows_the_check_and_reads_what_it_leaves() -> None:
    check, comment = WORKFLOWS["check"], WORKFLOWS["comment"]
    assert loaded(comment)["on"]["workflow_run"]["workflows"] == [loaded(check)["name"]]
    names = [step["with"]["name"] for step in steps(check) if "upload-artifact" in step.get("uses", "")]
    assert names == ["report", "diff", "pictures"]
    source = (PROGRAM / "tools" / "ci" / "artifact.py").read_text(encoding="utf-8")
    assert 'NAME = "report"' in source
    assert [step["run"] for step in steps(comment) if "run" in step] == ["python3 tools/ci/github_comment.py"]


def test_the_script_that_comments_needs_python_alone() -> None:
    for path in sorted((PROGRAM / "tools" / "ci").glob("*.py")):
        imported = re.findall(r"^(?:from|import) ([a-z_]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        local = {each.stem for each in path.parent.glob("*.py")}
        assert set(imported) <= {*sys.stdlib_module_names, *local}


def test_a_preview_is_for_this_repositorys_branches_alone() -> None:
    preview, none = (jobs(WORKFLOWS["preview"])[name] for name in ("preview", "none"))
    same = "github.event.pull_request.head.repo.full_name {} github.repository"
    assert same.format("==") in preview["if"]
    assert same.format("!=") in none["if"]
    # One of the two runs, always: each condition is the other's opposite.
    opposite = none["if"].replace("==", "%").replace("!=", "==").replace("%", "!=").replace("||", "&&")
    assert opposite == preview["if"]


def test_each_deployment_is_of_one_stack_that_exists_to_its_own_environment() -> None:
    deploy = WORKFLOWS["deploy"]
    stacks = list(jobs(deploy))
    assert loaded(deploy)["on"]["workflow_dispatch"]["inputs"]["stack"]["options"] == stacks
    for stack, job in jobs(deploy).items():
        assert (PROGRAM / f"Pulumi.{stack}.yaml").is_file()
        assert job["environment"] == stack
        assert job["concurrency"] == {"group": f"deploy-{stack}", "cancel-in-progress": False}
        assert f"inputs.stack == '{stack}'" in job["if"]
        assert "github.ref == 'refs/heads/main'" in job["if"]
        assert "!github.event.repository.fork" in job["if"]
        assert [step["run"] for step in job["steps"] if "run" in step] == [f"tools/ci/deploy.sh {stack}"]
    for earlier, later in itertools.pairwise(stacks):
        assert jobs(deploy)[later]["needs"] == earlier


def test_code_of_a_branch_gets_credentials_only_where_a_reviewer_says_yes() -> None:
    for name, path in WORKFLOWS.items():
        for job in jobs(path).values():
            has_credentials = "secrets." in json.dumps(job) or "AWS_" in json.dumps(job)
            assert not has_credentials or job["environment"], name
    assert jobs(WORKFLOWS["preview"])["preview"]["environment"] == "preview-${{ matrix.stack }}"
    page = (PROGRAM / "docs" / "pull-requests.md").read_text(encoding="utf-8")
    assert "environment:preview-dev" in page
    assert ":pull_request" not in page


def test_a_deployment_caches_nothing() -> None:
    for path in (WORKFLOWS["deploy"], WORKFLOWS["preview"], WORKFLOWS["environments"], *ACTIONS):
        assert all("cache" not in step.get("with", {}) for step in steps(path))


def test_the_commands_that_the_scripts_call_have_these_options() -> None:
    commands: dict[str, Any] = getattr(get_command(app), "commands")  # noqa: B009 - a group's, which its type hides
    wanted = {
        "lint": {"--stack", "--format"},
        "diff": {"--stack", "--base", "--format", "--limit", "--out"},
        "picture": {"--stack", "--out"},
    }
    for name, options in wanted.items():
        assert options <= {option for each in commands[name].params for option in each.opts}, name


def linted(command: list[str | Path]) -> str:
    done = subprocess.run(command, cwd=PROGRAM, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.process
def test_actionlint_finds_nothing() -> None:
    tools = Toolchain()
    try:
        program = build(ACTIONLINT, tools.cache, tools.progress, os.environ) / "actionlint"
    except UserError as error:
        pytest.skip(f"actionlint: {error.message}")
    # shellcheck and pyflakes are asked where a machine has them, so that it would depend on the machine.
    of_new_projects = sorted((PROGRAM / "template" / ".github" / "workflows").glob("*.yml"))
    assert linted([program, "-shellcheck=", "-pyflakes=", *WORKFLOWS.values(), *of_new_projects]) == ""


@pytest.mark.process
def test_zizmor_finds_nothing() -> None:
    program = shutil.which("zizmor", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")
    if not program:
        pytest.skip("zizmor is not installed; requirements-dev.txt names it")
    assert (
        linted([program, "--offline", "--no-progress", "--persona=pedantic", ".github", "template", "action.yml"]) == ""
    )


def test_what_zizmor_is_told_to_leave_alone_has_a_reason_above_it() -> None:
    for path in EVERY:
        lines = path.read_text(encoding="utf-8").splitlines()
        for before, line in itertools.pairwise(lines):
            assert "zizmor: ignore" not in line or before.strip().startswith("# ")
