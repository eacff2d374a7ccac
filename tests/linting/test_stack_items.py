"""Do the rules look at what the program applies? Items of a stack beside its evaluation and its charts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairlead.cluster.toolchain import Toolchain
from fairlead.evaluation.evaluation import evaluate
from fairlead.evaluation.snapshot import HELM_RELEASE, Snapshot
from fairlead.preview.chart_rendering import chart_renderer
from fairlead.yaml_files.stack_file import StackFile
from fairlead_mesh.config import SECRET_KEYS, Config
from fairlead_mesh.lint.stack.stack_items import stack_items
from fairlead_mesh.lint.stack.stack_lint import stack_findings
from fairlead_mesh.maturity.presets import with_presets
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.ownership import STACK_LABEL
from fairlead_mesh.stack import read_config, well_formed
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import EKS, KIND, STACKS, stack_file

EVERYTHING: dict[str, Any] = {
    "cluster": KIND,
    "istio": {"mtls": "permissive", "namespace": "mesh-system"},
    "gateways": [
        {"name": "istio-ingress", "ports": [{"port": 80, "hosts": ["shop.example.com", "*.example.org"]}]},
        {"name": "istio-egress", "direction": "egress"},
        {"name": "partners", "namespace": "edge", "expose": "nodePort", "selector": {"app": "partners"}},
    ],
    "addons": {
        "prometheus": {"namespace": "monitoring"},
        "grafana": {"namespace": "monitoring"},
        "kiali": {},
        "tracing": {"url": "http://collector.example.com:4317"},
    },
    "namespaces": [
        {"name": "hello", "injection": True, "mtls": "strict"},
        {"name": "shared", "adopt": True, "labels": {"team": "shop"}},
    ],
    "samples": [
        {"name": "helloworld", "namespace": "hello", "perVersionServices": True},
        {"name": "bookinfo", "namespace": "books"},
        {"name": "membership-service"},
    ],
    "apps": [
        {
            "name": "helloworld",
            "namespace": "hello",
            "port": 5000,
            "gateways": ["istio-ingress", "mesh"],
            "versions": [{"name": "v1"}, {"name": "v2", "service": "helloworld-v2"}],
            "routes": [{"weights": {"v1": 70, "v2": 30}}],
        },
        {"name": "legacy", "port": 80, "external": True, "gateways": ["istio-ingress"], "hosts": ["shop.example.com"]},
    ],
}


def hand_made() -> StackFile:
    config = {f"fairlead:{key}": value for key, value in EVERYTHING.items()}
    return StackFile("fairlead", "test", Path("Pulumi.test.yaml"), config)


FILES = [*(stack_file(path) for path in STACKS), hand_made()]


def items(file: StackFile) -> list[Item]:
    keys = {key: value for key, value in file.own_keys().items() if key not in SECRET_KEYS}
    return stack_items(read_config(keys), [])


def manifests(snapshot: Snapshot) -> list[dict[str, Any]]:
    return [for_the_cluster(each.inputs) for each in snapshot.resources if each.is_kubernetes_object]


def for_the_cluster(manifest: dict[str, Any]) -> dict[str, Any]:
    """Without what only Pulumi reads, and the label that names the stack."""
    metadata = dict(manifest["metadata"])
    labels = {key: value for key, value in metadata.pop("labels", {}).items() if key != STACK_LABEL}
    metadata |= {"labels": labels} if labels else {}
    annotations = {key: value for key, value in metadata.pop("annotations", {}).items() if "pulumi.com/" not in key}
    return {**manifest, "metadata": metadata | ({"annotations": annotations} if annotations else {})}


def identity(manifest: dict[str, Any]) -> tuple[str, str, str]:
    metadata = manifest["metadata"]
    return manifest["kind"], metadata.get("namespace", ""), metadata["name"]


@pytest.mark.snapshot
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path.stem)
def test_the_items_are_what_the_program_applies(file: StackFile) -> None:
    applied = {identity(each): each for each in manifests(evaluate(PROGRAM, file))}
    ours = {identity(item.manifest): item.manifest for item in items(file) if not item.brought}
    assert ours == applied


@pytest.mark.mesh
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path.stem)
def test_every_item_knows_its_place_in_the_stack_file(file: StackFile) -> None:
    own = {key: value for key, value in file.own_keys().items() if key not in SECRET_KEYS}
    # What `maturity` sets has the place where it would be written.
    raw = with_presets(Config.model_validate(own), own)
    for item in items(file):
        for path in (item.origin, *((*item.origin, *place) for place in item.places.values())):
            found: Any = raw
            for part in path if item.origin != ("istio",) else ():
                found = found[part]


@pytest.mark.mesh
def test_parts_of_an_object_lead_to_the_keys_they_come_from() -> None:
    found = items(hand_made())
    rule = next(item for item in found if item.kind == "DestinationRule")
    assert (rule.origin, rule.places) == (("apps", 0), {("spec", "subsets", 0): ("versions", 0)})
    (outside, inside) = [item for item in found if item.kind == "VirtualService" and item.origin == ("apps", 0)]
    assert outside.places[("spec", "gateways", 0)] == ("gateways", 0)
    assert inside.places[("spec", "gateways", 0)] == ("gateways", 1)
    assert inside.places[("spec", "http", 0)] == ("routes", 0)
    assert inside.places[("spec", "http", 0, "route", 1)] == ("routes", 0, "weights", "v2")
    gateway = next(item for item in found if item.kind == "Gateway" and item.origin == ("gateways", 0))
    assert gateway.places[("spec", "servers", 0, "hosts", 1)] == ("ports", 0, "hosts", 1)


@pytest.mark.mesh
def test_the_service_of_an_app_is_taken_to_exist_once() -> None:
    names = [(item.namespace, item.name) for item in items(hand_made()) if item.kind == "Service"]
    assert len(names) == len(set(names))
    assert ("default", "legacy") in names


def essence(manifest: dict[str, Any]) -> tuple[Any, ...]:
    """What a rule may go by: the labels of pods; type, selector and ports of a Service."""
    spec = manifest["spec"]
    if manifest["kind"] == "Deployment":
        return (frozenset(spec["template"]["metadata"]["labels"].items()),)
    ports = [(port["name"], port["port"], port.get("protocol")) for port in spec["ports"]]
    return spec.get("type", "ClusterIP"), spec["selector"], ports


CHART_VALUES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "no Service": ({}, {"service": {"type": "None"}}),
    "other names": ({"revision": "1-30"}, {"name": "front", "revision": "1-30", "labels": {"app": "front"}}),
    "other ports": ({}, {"service": {"ports": [{"name": "http-80", "port": 80, "protocol": "TCP"}]}}),
}


@pytest.mark.apiserver
@pytest.mark.parametrize("cluster", [KIND, EKS], ids=["kind", "eks"])
@pytest.mark.parametrize(("istiod", "gateway"), CHART_VALUES.values(), ids=CHART_VALUES)
def test_the_charts_bring_the_services_and_pods_that_the_rules_see(
    toolchain: Toolchain,
    cluster: dict[str, Any],
    istiod: dict[str, Any],
    gateway: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not toolchain.unavailable()
    for build in (toolchain.helm, toolchain.istio_charts):
        build()
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")  # the charts that are built in, wherever this runs
    keys = {
        "cluster": cluster,
        "istio": {"values": {"istiod": istiod}},
        "gateways": [{"name": "istio-ingress", "values": gateway}],
        "lint": {"ignore": [{"rule": "services_are_as_exposed", "reason": "This test is about free values."}]},
    }
    file = StackFile("fairlead", "test", Path("Pulumi.test.yaml"), {f"fairlead:{key}": keys[key] for key in keys})
    render = chart_renderer(PROGRAM)
    releases = [each for each in evaluate(PROGRAM, file).resources if each.type == HELM_RELEASE]
    rendered = [manifest for release in releases for manifest in render(release)]
    kinds = ("Deployment", "Service")
    there = {identity(each): essence(each) for each in rendered if each["kind"] in kinds}
    ours = {identity(each.manifest): essence(each.manifest) for each in items(file) if each.kind in kinds}
    assert ours.keys() == there.keys()
    for key, seen in ours.items():
        assert seen[0] <= there[key][0] if key[0] == "Deployment" else seen == there[key], key


@pytest.mark.mesh
def test_a_condition_of_a_route_is_placed_at_that_condition_of_that_route() -> None:
    first, second = ([{"uri": {"prefix": path}} for path in paths] for paths in (["/a"], ["/b", "/a/x"]))
    app = {"name": "web", "port": 80, "external": True, "gateways": ["mesh"]}
    routes = [{"match": first}, {"match": second}]
    config = well_formed({"cluster": KIND, "apps": [app | {"routes": routes}]})
    paths = {each.rule: each.path for each in stack_findings(config, []).findings}
    assert paths["matches_can_be_reached"] == ("apps", 0, "routes", 1, "match", 1)
