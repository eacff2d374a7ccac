"""What does `fairlead maturity` print, and can its lines be read back as YAML?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fairlead.yaml_files.yaml_text import from_yaml
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

Command = Callable[..., tuple[int, str, str]]
CANARY = str(PROGRAM / "examples" / "canary.yaml")
BOOKINFO = str(PROGRAM / "examples" / "maturity.yaml")


def test_each_app_has_its_step_and_the_lines_for_the_next(command: Command) -> None:
    code, out, _ = command("maturity", "--config-file", CANARY, "--set", "maturity=3")
    assert code == 0
    head, app, lacks, why, write, *lines = [line for line in out.splitlines() if line]
    assert head == "canary.yaml: step 3 (mutual identity) of 4, the least of its apps"
    assert app == "helloworld (hello): step 3 (mutual identity)"
    assert lacks == "  next is 4 (role-based access), which lacks:"
    assert why.startswith("    only clients that are named may call it: ")
    assert write == "  write:"
    assert from_yaml("\n".join(lines)) == {
        "fairlead:apps": [{"name": "helloworld", "callers": [{"gateway": "istio-ingress"}]}]
    }


def test_the_last_step_says_what_comes_after_it(command: Command) -> None:
    _, out, _ = command("maturity", "--config-file", CANARY, "--set", "maturity=4")
    assert "the last step of one cluster; after it: several clusters" in out


def test_json_has_what_later_steps_lack_too(command: Command) -> None:
    _, out, _ = command("maturity", "--config-file", CANARY, "--format", "json")
    document = json.loads(out)
    assert document["steps"]["4"] == "role-based access"
    [app] = document["apps"]
    assert (app["name"], app["step"]) == ("helloworld", 0)
    assert {each["step"] for each in app["missing"]} == {1, 2, 4}
    assert app["write"]["fairlead:istio"] == {"accessLogs": True}


def test_an_app_is_judged_apart_from_the_others(command: Command) -> None:
    _, out, _ = command("maturity", "--config-file", BOOKINFO)
    assert "step 1 (see traffic) of 4, the least of its apps" in out
    assert "reviews (bookinfo): step 4" in out
    assert "ratings (bookinfo): step 1" in out


def test_lines_are_written_out_each_time(command: Command) -> None:
    _, out, _ = command("maturity", "--config-file", str(PROGRAM / "examples" / "shared-control-plane.yaml"))
    assert "namespace: monitoring" in out
    assert not {"&", "*"} & set(out)


def test_a_stack_without_apps_is_said_to_have_none(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "stack.yaml"
    file.write_text("config:\n  fairlead:cluster: {kubeconfig: {context: kind}}\n", encoding="utf-8")
    assert command("maturity", "--config-file", str(file))[1] == (
        "stack.yaml has no apps, so there is nothing to judge.\n"
    )


@pytest.mark.parametrize("text", ["fairlead:cluster: {}", "fairlead:objects: [nowhere.yaml]"])
def test_a_wrong_stack_file_is_one_message(command: Command, tmp_path: Path, text: str) -> None:
    file = tmp_path / "stack.yaml"
    file.write_text(f"config:\n  {text}\n", encoding="utf-8")
    code, out, err = command("maturity", "--config-file", str(file))
    assert (code, out) == (1, "")
    assert "Traceback" not in err
    assert "fix" in err


def test_a_format_that_does_not_exist_is_a_wrong_use(command: Command) -> None:
    code, _, err = command("maturity", "--config-file", CANARY, "--format", "xml")
    assert code == 2
    assert "xml is not one of text, json" in err
