"""Does docs/pull-requests.md say what the workflows do, and is what it gives to copy sound?"""

from __future__ import annotations

import json
import re

import pytest
from ruamel.yaml import YAML

from tests.fixtures.checkout import PROGRAM
from tests.fixtures.ci.workflow_files import EVERY, WORKFLOWS, jobs

pytestmark = pytest.mark.mesh

PAGE = (PROGRAM / "docs" / "pull-requests.md").read_text(encoding="utf-8")


def test_there_are_the_workflows_that_the_page_names() -> None:
    described = re.findall(r"^\| `(\w+)\.yml`", PAGE, re.MULTILINE)
    assert sorted(described) == sorted(WORKFLOWS)


def test_every_variable_and_secret_is_on_the_page() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in EVERY)
    for name in re.findall(r"(?:vars|secrets)\.([A-Z_]+)", text):
        assert f"`{name}`" in PAGE


def test_the_environment_that_the_page_adds_fits_the_workflow() -> None:
    (text,) = re.findall(r"^```yaml\n(  prod:\n.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    prod, dev = YAML(typ="safe").load(text)["prod"], jobs(WORKFLOWS["deploy"])["dev"]
    assert prod["needs"] == "dev"
    assert set(prod) - {"needs"} <= set(dev)
    ours = " ".join(dev["if"].split()).replace("'dev'", "'prod'")
    assert " ".join(prod["if"].split()).endswith(ours)


def test_policies_on_the_page_are_json_and_the_previews_only_reads() -> None:
    trust, policy, _ = (
        json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    )
    assert trust["Statement"][0]["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"].endswith(
        ":environment:preview-dev"
    )
    for statement in policy["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert all(re.fullmatch(r"\w+:(Describe|Get|List)\w+", action) for action in actions)
    (state,) = [each for each in policy["Statement"] if each["Sid"] == "State"]
    assert not any("*" in resource for resource in state["Resource"]), "another stack's state is not this one's"
