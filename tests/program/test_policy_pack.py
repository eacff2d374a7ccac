"""Does the policy pack say of anybody's stack what lint says of one's own? Asked with the SDK's own arguments, in an
environment of its own: the SDK for policies wants another protobuf than the SDK."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fairlead.cluster.sessions import python_in
from fairlead.evaluation.evaluation import evaluate
from fairlead.yaml_files.stack_reader import read_stack_file
from tests.fixtures.checkout import PROGRAM, TESTS

pytestmark = [pytest.mark.snapshot, pytest.mark.process]
DRIVER = TESTS / "fixtures" / "policy_driver.py"
UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
Resource = tuple[str, str, dict[str, Any]]
Said = list[list[str]]
Ask = Callable[..., dict[str, Any]]
_NO_INDEX = ("dns error", "error sending request", "Failed to fetch", "Connection refused", "timed out")


@pytest.fixture(scope="module", name="python")
def _python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with what policy/requirements.txt locks."""
    folder = tmp_path_factory.mktemp("policies") / "venv"
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
    locked = ["--require-hashes", "--requirement", str(PROGRAM / "policy" / "requirements.txt")]
    install = [*uv, "pip", "install", "--quiet", "--python", str(python_in(folder)), *locked]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode and any(each in done.stderr for each in _NO_INDEX):
        pytest.skip(f"policy pack: no package index answers ({done.stderr.strip().splitlines()[-1]})")
    assert done.returncode == 0, done.stderr
    return python_in(folder)


@pytest.fixture(name="ask")
def _ask(python: Path) -> Ask:
    def ask(*resources: Resource, **config: Any) -> dict[str, Any]:
        asked = json.dumps({"stack": "prod", "resources": resources, "config": config})
        done = subprocess.run([str(python), str(DRIVER)], input=asked, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


def dev() -> list[Resource]:
    snapshot = evaluate(PROGRAM, read_stack_file(PROGRAM, stack="dev"))
    return [(each.urn, each.type, dict(each.inputs)) for each in snapshot.resources if not each.read]


def names(said: Said) -> list[str]:
    return [urn.rpartition("::")[2] for _, urn in said]


def routes(**spec: Any) -> Resource:
    metadata = {"name": "v", "namespace": "a"}
    props = {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": metadata, "spec": spec}
    return "urn::v", "kubernetes:networking.istio.io/v1:VirtualService", props


def test_there_is_a_policy_for_each_rule_and_two_for_lint(ask: Ask) -> None:
    levels = ask()["levels"]
    assert list(levels)[:2] == ["mtls-is-strict-in-production", "public-gateways-serve-tls"]
    assert list(levels)[-2:] == ["lint-errors", "lint-warnings"]
    assert (levels["hosts-are-no-wildcards"], levels["lint-warnings"]) == ("mandatory", "advisory")


def test_it_says_of_a_stack_what_lint_says_of_its_file_at_the_resource(ask: Ask, command: Any) -> None:
    code, out, _ = command("lint", "--stack", "dev", "--profile", "company")
    assert code == 1
    said = ask(*dev())["said"]
    assert {text.partition(":")[0] for told in said.values() for text, _ in told} == {
        line.split()[2] for line in out.splitlines() if line.startswith("  ") and line.split()[1:2] == ["error"]
    }
    assert names(said["hosts-are-no-wildcards"]) == ["istio-ingress-hosts", "membership-service-routes"]


def test_configuration_exempts_an_object(ask: Ask) -> None:
    exempt = [{"object": "Gateway istio-ingress/istio-ingress", "reason": "a trial"}]
    assert names(ask(*dev(), exempt=exempt)["said"]["hosts-are-no-wildcards"]) == ["membership-service-routes"]


def test_what_a_preview_does_not_know_keeps_no_rule_from_being_asked(ask: Ask) -> None:
    route = {"route": [{"destination": {"host": "a", "port": {"number": 80.0}}}]}
    urn, kind, props = routes(hosts=["*", UNKNOWN_STRING], http=[route])
    unknown = {**props, "metadata": {**props["metadata"], "uid": UNKNOWN_STRING}}
    ((text, at),) = ask((urn, kind, unknown))["said"]["hosts-are-no-wildcards"]
    assert (text.startswith('hosts_are_no_wildcards: VirtualService a/v: "*" routes hosts'), at) == (True, "urn::v")


def test_lints_errors_are_told_with_their_rule_and_may_be_ignored_with_a_reason(ask: Ask) -> None:
    split = [{"destination": {"host": "a"}, "weight": 50.0}, {"destination": {"host": "b"}, "weight": 51.0}]
    it = routes(hosts=["a.example.com"], gateways=["edge/edge"], http=[{"match": "no list", "route": split}])
    told = ask(it)["said"]["lint-errors"]
    rules = sorted({text.partition(":")[0] for text, _ in told})
    assert rules
    assert {urn for _, urn in told} == {"urn::v"}
    ignore = [{"rule": rule, "object": "VirtualService a/v", "reason": "a test"} for rule in rules]
    assert ask(it, ignore=ignore)["said"]["lint-errors"] == []
    without_reason = [{"rule": rule} for rule in rules]
    assert len(ask(it, ignore=without_reason)["said"]["lint-errors"]) == len(told)
