"""In which order does a mesh come up, and so come down? What waits for what, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.evaluation.snapshot import STACK_TYPE
from tests.fixtures.evaluated import EKS, STACKS, comes_before, evaluate_file, evaluated, one

pytestmark = pytest.mark.snapshot

GATEWAY = {"name": "istio-ingress", "loadBalancer": {"allowFrom": {"cidrs": ["203.0.113.0/24"]}}}
APP: dict[str, Any] = {
    "name": "web",
    "port": 80,
    "gateways": ["istio-ingress"],
    "versions": [{"name": "v1"}, {"name": "v2"}],
    "routes": [{"weights": {"v1": 50, "v2": 50}}],
}
ON_EKS: dict[str, Any] = {"cluster": EKS, "gateways": [GATEWAY], "apps": [APP]}


def test_security_rules_come_before_every_namespace_and_so_before_every_chart() -> None:
    snapshot = evaluated(**ON_EKS)
    webhooks = one(snapshot, "SecurityGroupIngressRule", "webhooks-nodes")
    for name in ("istio-system", "istio-ingress"):
        assert comes_before(snapshot, webhooks, one(snapshot, "Namespace", name))
    for release in (each for each in snapshot.resources if each.is_release):
        assert comes_before(snapshot, webhooks, release)


def test_base_comes_before_istiod_before_gateways_before_routing() -> None:
    snapshot = evaluated(**ON_EKS)
    base, istiod = one(snapshot, "Release", "istio-base"), one(snapshot, "Release", "istiod")
    gateway, routes = one(snapshot, "Release", "istio-ingress"), one(snapshot, "VirtualService", "web-routes")
    assert comes_before(snapshot, base, istiod)
    assert comes_before(snapshot, istiod, gateway)
    assert comes_before(snapshot, gateway, routes)


def test_subsets_come_before_the_routes_that_use_them() -> None:
    snapshot = evaluated(**ON_EKS)
    subsets = one(snapshot, "DestinationRule", "web-subsets")
    assert comes_before(snapshot, subsets, one(snapshot, "VirtualService", "web-routes"))


def test_addons_wait_for_the_crds_and_not_for_istiod() -> None:
    snapshot = evaluated(addons={"prometheus": {}, "kiali": {}, "grafana": {}})
    base, istiod = one(snapshot, "Release", "istio-base"), one(snapshot, "Release", "istiod")
    for name in ("prometheus", "kiali", "grafana"):
        addon = one(snapshot, "Release", name)
        assert comes_before(snapshot, base, addon)
        assert not comes_before(snapshot, istiod, addon)


def test_nothing_of_an_addon_runs_before_its_network_policy() -> None:
    snapshot = evaluated(addons={"prometheus": {}, "kiali": {}, "grafana": {}, "tracing": {}})
    for name in ("prometheus", "kiali", "grafana"):
        policy = one(snapshot, "NetworkPolicy", f"{name}-networkpolicy")
        assert comes_before(snapshot, policy, one(snapshot, "Release", name))
    policy = one(snapshot, "NetworkPolicy", "tracing-networkpolicy")
    assert comes_before(snapshot, policy, one(snapshot, "Deployment", "jaeger-deployment"))


def test_the_routing_of_the_mesh_does_not_wait_for_gateways() -> None:
    inside = APP | {"gateways": ["mesh"]}
    snapshot = evaluated(gateways=[{"name": "istio-ingress"}], apps=[inside])
    gateway, routes = one(snapshot, "Release", "istio-ingress"), one(snapshot, "VirtualService", "web-routes")
    assert not comes_before(snapshot, gateway, routes)


def test_the_group_before_a_load_balancer_outlives_the_namespace_that_the_load_balancer_holds() -> None:
    snapshot = evaluated(**ON_EKS)
    namespace = one(snapshot, "Namespace", "istio-ingress")
    for kind, name in (
        ("SecurityGroup", "istio-ingress-front"),
        ("SecurityGroupEgressRule", "istio-ingress-front-to-pods-80"),
        ("SecurityGroupIngressRule", "istio-ingress-front-80-203.0.113.0-24"),
    ):
        assert comes_before(snapshot, one(snapshot, kind, name), namespace)


def test_a_sample_waits_for_its_namespace_and_for_the_injector() -> None:
    snapshot = evaluated(
        namespaces=[{"name": "hello", "injection": True}], samples=[{"name": "helloworld", "namespace": "hello"}]
    )
    pods = one(snapshot, "Deployment", "hello/helloworld-v1")
    assert comes_before(snapshot, one(snapshot, "Namespace", "hello"), pods)
    assert comes_before(snapshot, one(snapshot, "Release", "istiod"), pods)


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_every_resource_stands_behind_all_that_it_waits_for(path: Any) -> None:
    seen: set[str] = set()
    for resource in evaluate_file(path).resources:
        assert {*resource.dependencies, resource.provider, resource.parent} - {""} <= seen
        seen.add(resource.urn)


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_every_resource_has_a_component_as_parent_and_a_provider_of_the_stack(path: Any) -> None:
    snapshot = evaluate_file(path)
    for resource in snapshot.resources:
        if resource.custom:
            assert snapshot.by_urn[resource.parent].type.startswith("fairlead:components:")
            is_provider = resource.type.startswith("pulumi:providers:")
            assert is_provider or resource.provider in snapshot.by_urn, f"{resource.name} has no provider of its own"
        elif resource.type != STACK_TYPE:
            assert snapshot.by_urn[resource.parent].type == STACK_TYPE


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_nothing_is_deleted_along_with_something_else_or_kept_on_delete(path: Any) -> None:
    for resource in evaluate_file(path).resources:
        assert not {"deletedWith", "retainOnDelete", "protect"} & set(resource.options)
