"""Does docs/pull-requests.md say what the workflows do, and is what it gives to copy sound? GitLab's jobs among it."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.fixtures.checkout import PROGRAM
from tests.fixtures.ci.workflow_files import EVERY, WORKFLOWS, jobs, words

pytestmark = pytest.mark.mesh

PAGE = (PROGRAM / "docs" / "pull-requests.md").read_text(encoding="utf-8")


def test_there_are_the_workflows_that_the_page_names() -> None:
    described = re.findall(r"^\| `(\w+)\.yml`", PAGE, re.MULTILINE)
    assert sorted(described) == sorted(WORKFLOWS)


def test_every_variable_and_secret_is_on_the_page() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in EVERY)
    for name in re.findall(r"(?:vars|secrets)\.([A-Z_]+)", text):
        assert f"`{name}`" in PAGE


def gitlab_ci() -> dict[str, Any]:
    (text,) = [
        block for block in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE) if "stages:" in block
    ]
    return YAML(typ="safe").load(text)


def gitlab_jobs() -> dict[str, Any]:
    return {name: job for name, job in gitlab_ci().items() if isinstance(job, dict) and "script" in job}


def test_gitlabs_jobs_are_of_its_stages_and_call_what_is_there() -> None:
    known = gitlab_ci()
    assert [job["stage"] for job in gitlab_jobs().values()] == ["check", "check", "note", "preview", "deploy"]
    for job in gitlab_jobs().values():
        assert job["stage"] in known["stages"]
        assert all(need in known for need in job.get("needs", []))
        for line in job["script"]:
            assert isinstance(line, str)
            assert shlex.split(line)
            command = re.sub(r"^\w+=\$\(", "", line).split()
            assert command[0] in {"python", "ruff", "pyright", "pulumi", "printf", "tools/ci/deploy.sh"}, line
            for word in words(line):
                if re.match(r"tools/|requirements", word):
                    assert (PROGRAM / word).is_file(), word


def test_gitlab_checks_the_code_as_github_does() -> None:
    def checks(lines: list[str]) -> list[str]:
        return [line for line in lines if line.startswith(("python -m p", "ruff", "pyright"))]

    github = [step["run"] for step in jobs(WORKFLOWS["check"])["code"]["steps"] if "run" in step]
    assert checks(gitlab_jobs()["code"]["script"]) == checks(github)


@pytest.mark.process
@pytest.mark.parametrize(
    ("script", "lines"), [("compared_revision", "stacks"), ("report", "stacks"), ("preview", "preview")]
)
def test_gitlabs_lines_use_options_that_the_scripts_have(script: str, lines: str) -> None:
    (line,) = [line for line in gitlab_jobs()[lines]["script"] if f"/{script}.py" in line]
    helped = subprocess.run(
        [sys.executable, f"tools/ci/{script}.py", "--help"], cwd=PROGRAM, capture_output=True, text=True, check=True
    )
    assert all(option in helped.stdout for option in re.findall(r" (--[a-z]+)", line))


def test_what_gitlab_keeps_in_the_checkout_is_ignored_by_git() -> None:
    text = json.dumps(gitlab_ci())
    assert "/build/" in (PROGRAM / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert all(
        job["artifacts"]["paths"][0].startswith("build/") for job in gitlab_jobs().values() if "artifacts" in job
    )
    assert "$CI_PROJECT_DIR/build/" in text


def test_the_environment_that_the_page_adds_fits_the_workflow() -> None:
    (text,) = re.findall(r"^```yaml\n(  prod:\n.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    prod, dev = YAML(typ="safe").load(text)["prod"], jobs(WORKFLOWS["deploy"])["dev"]
    assert prod["needs"] == "dev"
    assert set(prod) - {"needs"} <= set(dev)
    ours = " ".join(dev["if"].split()).replace("'dev'", "'prod'")
    assert " ".join(prod["if"].split()).endswith(ours)


def test_policies_on_the_page_are_json_and_the_previews_only_reads() -> None:
    trust, policy = (json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))
    assert trust["Statement"][0]["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"].endswith(
        ":environment:preview-dev"
    )
    for statement in policy["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert all(re.fullmatch(r"\w+:(Describe|Get|List)\w+", action) for action in actions)
    (state,) = [each for each in policy["Statement"] if each["Sid"] == "State"]
    assert not any("*" in resource for resource in state["Resource"]), "another stack's state is not this one's"
