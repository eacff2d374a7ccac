"""Does the policy pack say of anybody's stack what lint says of one's own? Asked with the SDK's own arguments."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from fairlead.evaluation.evaluation import evaluate
from fairlead.yaml_files.stack_reader import read_stack_file
from tests.fixtures.checkout import PROGRAM

pulumi_policy = pytest.importorskip("pulumi_policy", reason="pulumi-policy of policy/requirements.txt is not installed")
pytestmark = pytest.mark.snapshot
UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
Said = list[tuple[str, str | None]]


@pytest.fixture(name="pack")
def _pack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(sys, "path", [str(PROGRAM / "policy"), *sys.path])
    monkeypatch.setattr("pulumi.get_stack", lambda: "prod")
    import pack  # pyright: ignore[reportMissingImports]  # noqa: PLC0415 - a folder that the engine runs

    yield pack
    sys.modules.pop("pack", None)


def resource(urn: str, kind: str, props: dict[str, Any]) -> Any:
    options = pulumi_policy.PolicyResourceOptions(
        False, [], False, [], pulumi_policy.PolicyCustomTimeouts(0.0, 0.0, 0.0), []
    )
    proxied = pulumi_policy.proxy.unknown_checking_proxy(props)
    return pulumi_policy.PolicyResource(kind, proxied, urn, urn.rpartition("::")[2], options, None, None, [], {})


def said_by(policy: Any, resources: list[Any], config: dict[str, Any] | None = None) -> Said:
    told: Said = []
    args = pulumi_policy.StackValidationArgs(resources, config or {}, {})
    policy.validate(args, lambda text, urn=None: told.append((text, urn)))
    return told


def policy(pack: Any, name: str) -> Any:
    return next(each for each in pack.policies() if each.name == name)


def dev() -> list[Any]:
    snapshot = evaluate(PROGRAM, read_stack_file(PROGRAM, stack="dev"))
    return [resource(each.urn, each.type, dict(each.inputs)) for each in snapshot.resources if not each.read]


def test_there_is_a_policy_for_each_rule_and_two_for_lint(pack: Any) -> None:
    names = [each.name for each in pack.policies()]
    assert names[:2] == ["mtls-is-strict-in-production", "public-gateways-serve-tls"]
    assert names[-2:] == ["lint-errors", "lint-warnings"]
    levels = {each.name: each.enforcement_level.value for each in pack.policies()}
    assert (levels["hosts-are-no-wildcards"], levels["lint-warnings"]) == ("mandatory", "advisory")


def test_it_says_of_a_stack_what_lint_says_of_its_file(pack: Any, command: Any) -> None:
    code, out, _ = command("lint", "--stack", "dev", "--profile", "company")
    assert code == 1
    told = [text for each in pack.policies() for text, _ in said_by(each, dev())]
    assert {text.partition(":")[0] for text in told} == {
        line.split()[2] for line in out.splitlines() if line.startswith("  ") and line.split()[1:2] == ["error"]
    }


def test_a_violation_is_at_its_resource(pack: Any) -> None:
    told = said_by(policy(pack, "hosts-are-no-wildcards"), dev())
    assert [str(urn).rpartition("::")[2] for _, urn in told] == ["istio-ingress-hosts", "membership-service-routes"]


def test_configuration_exempts_an_object(pack: Any) -> None:
    exempt = [{"object": "Gateway istio-ingress/istio-ingress", "reason": "a trial"}]
    told = said_by(policy(pack, "hosts-are-no-wildcards"), dev(), {"exempt": exempt})
    assert [str(urn).rpartition("::")[2] for _, urn in told] == ["membership-service-routes"]


def test_what_a_preview_does_not_know_keeps_no_rule_from_being_asked(pack: Any) -> None:
    metadata = {"name": "v", "namespace": "a", "uid": UNKNOWN_STRING}
    spec = {
        "hosts": ["*", UNKNOWN_STRING],
        "http": [{"route": [{"destination": {"host": "a", "port": {"number": 80.0}}}]}],
    }
    props = {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": metadata, "spec": spec}
    it = resource("urn::v", "kubernetes:networking.istio.io/v1:VirtualService", props)
    ((text, urn),) = said_by(policy(pack, "hosts-are-no-wildcards"), [it])
    assert (text.startswith('hosts_are_no_wildcards: VirtualService a/v: "*" routes hosts'), urn) == (True, "urn::v")


def test_lints_errors_are_told_with_their_rule_and_may_be_ignored_with_a_reason(pack: Any) -> None:
    routes = [{"destination": {"host": "a"}, "weight": 50.0}, {"destination": {"host": "b"}, "weight": 51.0}]
    spec = {"hosts": ["a.example.com"], "gateways": ["edge/edge"], "http": [{"match": "no list", "route": routes}]}
    metadata = {"name": "v", "namespace": "a"}
    props = {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": metadata, "spec": spec}
    it = resource("urn::v", "kubernetes:networking.istio.io/v1:VirtualService", props)
    told = said_by(policy(pack, "lint-errors"), [it])
    rules = {text.partition(":")[0] for text, _ in told}
    assert rules
    assert {urn for _, urn in told} == {"urn::v"}
    ignore = [{"rule": rule, "object": "VirtualService a/v", "reason": "a test"} for rule in rules]
    assert said_by(policy(pack, "lint-errors"), [it], {"ignore": ignore}) == []
    without_reason = [{"rule": rule} for rule in rules]
    assert len(said_by(policy(pack, "lint-errors"), [it], {"ignore": without_reason})) == len(told)
