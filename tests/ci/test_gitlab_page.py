"""Is what docs/gitlab.md gives to copy sound: its jobs, who gets which variable, whom the roles trust?"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from functools import cache
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.fixtures.checkout import PROGRAM
from tests.fixtures.ci.workflow_files import WORKFLOWS, steps, words

pytestmark = pytest.mark.mesh

PAGE = (PROGRAM / "docs" / "gitlab.md").read_text(encoding="utf-8")
CHECKS = {"code", "stacks"}
ITS_OWN_PROJECT = "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID"


@cache
def gitlab_ci() -> dict[str, Any]:
    (text,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return YAML(typ="safe").load(text)


def jobs() -> dict[str, Any]:
    return {name: job for name, job in gitlab_ci().items() if isinstance(job, dict) and "script" in job}


def environment(job: dict[str, Any]) -> str:
    named = job.get("environment", "")
    return named if isinstance(named, str) else named["name"]


def variables() -> list[dict[str, str]]:
    """The rows of the table, one for each name."""
    lines = [line for line in PAGE.partition("## Variables")[2].partition("\n## ")[0].splitlines() if line[:1] == "|"]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return [
        {"name": name, "scope": row[1].strip("`"), "protected": row[2], "masked": row[3]}
        for row in rows
        for name in re.findall(r"`([A-Z_]+)`", row[0])
    ]


def test_the_jobs_are_of_its_stages_and_call_what_is_there() -> None:
    known = gitlab_ci()
    assert [job["stage"] for job in jobs().values()] == ["check", "check", "note", "preview", "deploy"]
    programs = {"python", ".venv/bin/python", "ruff", "pyright", "pulumi", "printf", "tools/ci/deploy.sh"}
    for job in jobs().values():
        assert job["stage"] in known["stages"]
        assert all(need in known for need in job.get("needs", []))
        for line in job["script"]:
            assert isinstance(line, str)
            assert shlex.split(line)
            assert re.sub(r"^\w+=\$\(", "", line).split()[0] in programs, line
            for word in words(line):
                if re.match(r"tools/|requirements", word):
                    assert (PROGRAM / word).is_file(), word


def test_gitlab_checks_the_code_as_github_does() -> None:
    def checks(lines: list[str]) -> list[str]:
        return [line for line in lines if line.startswith(("python -m p", "ruff", "pyright"))]

    github = [step["run"] for step in steps(WORKFLOWS["check"]) if "run" in step]
    assert checks(jobs()["code"]["script"]) == list(dict.fromkeys(checks(github)))


@pytest.mark.process
@pytest.mark.parametrize(
    ("script", "job"), [("compared_revision", "stacks"), ("report", "stacks"), ("preview", "preview dev")]
)
def test_the_lines_use_options_that_the_scripts_have(script: str, job: str) -> None:
    (line,) = [line for line in jobs()[job]["script"] if f"/{script}.py" in line]
    helped = subprocess.run(
        [sys.executable, f"tools/ci/{script}.py", "--help"], cwd=PROGRAM, capture_output=True, text=True, check=True
    )
    assert all(option in helped.stdout for option in re.findall(r" (--[a-z]+)", line))


def test_what_is_kept_in_the_checkout_is_ignored_by_git_and_artifacts_end() -> None:
    assert "/build/" in (PROGRAM / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert gitlab_ci()["variables"]["PIP_CACHE_DIR"] == "$CI_PROJECT_DIR/build/pip"
    kept = [job["artifacts"] for job in jobs().values() if "artifacts" in job]
    assert len(kept) == 2
    assert all(each["paths"][0].startswith("build/") and each["expire_in"] == "14 days" for each in kept)


def test_no_merge_request_reads_a_cache_that_another_one_wrote() -> None:
    cached = {name: job["cache"] for name, job in jobs().items() if "cache" in job}
    assert set(cached) == CHECKS, "what has credentials reads no cache at all"
    assert "cache" not in gitlab_ci()["default"]
    for cache_of in cached.values():
        assert {"$CI_PIPELINE_SOURCE", "$CI_MERGE_REQUEST_IID"} == set(re.findall(r"\$\w+", cache_of["key"]["prefix"]))


def test_every_secret_belongs_to_one_environment_and_its_job() -> None:
    environments = {name: environment(job) for name, job in jobs().items()}
    assert environments == {"code": "", "stacks": "", "note": "note", "preview dev": "preview/dev", "deploy dev": "dev"}
    secret = [each for each in variables() if re.search("TOKEN|PASSPHRASE|ROLE", each["name"])]
    assert len(secret) == 7
    assert {each["scope"] for each in secret} == {"note", "preview/dev", "dev"}
    for each in secret:
        assert each["masked"] == "yes" or each["name"].endswith("_ROLE")
        assert (each["protected"] == "yes") == (each["scope"] == "dev"), each["name"]


def test_every_variable_that_a_job_reads_is_in_the_table() -> None:
    text = json.dumps(gitlab_ci()) + (PROGRAM / "tools" / "ci" / "gitlab_note.py").read_text(encoding="utf-8")
    read = {
        name
        for name in re.findall(r"\$?\b([A-Z]+_?[A-Z_]+)\b", text)
        if re.match("PULUMI|AWS_.*_ROLE|GITLAB|DEPL", name)
    }
    assert read - {"GITLAB"} <= {each["name"] for each in variables()}
    assert {"PREVIEW", "DEPLOY", "GITLAB_TOKEN", "AWS_DEPLOY_ROLE"} <= {each["name"] for each in variables()}


def test_a_forks_merge_request_gets_neither_note_nor_preview_in_this_project() -> None:
    for name in ("note", "preview dev"):
        (rule,) = jobs()[name]["rules"]
        assert ITS_OWN_PROJECT in " ".join(rule["if"].split())
    assert "ci_allow_fork_pipelines_to_run_in_parent_project" in PAGE


def test_a_role_trusts_one_project_and_a_deployments_the_default_branch_alone() -> None:
    deploy, preview = (json.loads(text) for text in re.findall(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))
    asked = {json.dumps(job["id_tokens"]) for job in jobs().values() if "id_tokens" in job}
    assert asked == {'{"AWS_TOKEN": {"aud": "sts.amazonaws.com"}}'}
    for trust in (deploy, preview):
        (statement,) = trust["Statement"]
        assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
        assert statement["Condition"]["StringEquals"]["gitlab.com:aud"] == "sts.amazonaws.com"
    main = deploy["Statement"][0]["Condition"]
    assert list(main) == ["StringEquals"]
    assert main["StringEquals"]["gitlab.com:sub"] == "project_path:GROUP/PROJECT:ref_type:branch:ref:main"
    branches = preview["Statement"][0]["Condition"]["StringLike"]["gitlab.com:sub"]
    assert branches == "project_path:GROUP/PROJECT:ref_type:branch:ref:*"
