"""What does a stack that shares its control plane apply? Nothing of Istio's own, and all that is its own."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.evaluation.snapshot import Snapshot
from fairlead_mesh.stack import read_config
from tests.fixtures.evaluated import EKS, KIND, comes_before, evaluated, kinds, one

pytestmark = pytest.mark.snapshot

SHARED: dict[str, Any] = {"istio": {"controlPlane": "shared"}}
NAMESPACES = [{"name": "shop", "injection": True, "mtls": "strict"}]
APP = {"name": "shop", "namespace": "shop", "port": 80, "external": {"labels": {"app": "shop"}}}
THEIRS = {"name": "istio-ingress", "namespace": "front", "external": True, "expose": "clusterIP"}


def names(snapshot: Snapshot) -> set[str]:
    return {each.name for each in snapshot.resources if each.is_kubernetes_object or each.is_release}


def test_no_chart_of_istio_no_namespace_of_istio_and_nothing_of_the_whole_mesh_is_applied() -> None:
    snapshot = evaluated(**SHARED, namespaces=NAMESPACES)
    assert names(snapshot) == {"shop", "shop-mtls"}
    own = evaluated(namespaces=NAMESPACES, istio={"mtls": "strict"})
    assert names(own) == {"shop", "shop-mtls", "istio-system", "istio-base", "istiod", "mesh-mtls"}


def test_a_gateway_of_its_own_comes_without_an_istiod_to_wait_for() -> None:
    snapshot = evaluated(**SHARED, gateways=[{"name": "front", "expose": "clusterIP"}])
    assert names(snapshot) == {"front", "front-hosts"}
    assert {each.type.rpartition(":")[2] for each in snapshot.resources if each.name == "front"} >= {"Release"}
    assert comes_before(snapshot, one(snapshot, "Namespace", "front"), one(snapshot, "Release", "front"))


def test_an_app_routes_through_a_gateway_that_the_stack_does_not_bring() -> None:
    apps = [APP | {"gateways": ["istio-ingress"], "hosts": ["shop.example.com"], "routes": [{}]}]
    snapshot = evaluated(**SHARED, namespaces=NAMESPACES, gateways=[THEIRS], apps=apps)
    routes = one(snapshot, "VirtualService", "shop-routes")
    assert routes.inputs["spec"]["gateways"] == ["front/istio-ingress"]
    assert names(snapshot) == {"shop", "shop-mtls", "shop-routes"}
    assert {each["kind"] for each in snapshot.external} >= {"Gateway", "Deployment", "Service"}
    assert snapshot.shared_root == "istio-system"


def test_an_external_gateway_says_its_address_where_its_service_may_have_one() -> None:
    visible = evaluated(**SHARED, gateways=[THEIRS | {"expose": "internet-facing"}])
    (service,) = [each for each in visible.resources if each.read]
    assert service.name == "istio-ingress-service"
    assert "Service" not in kinds(evaluated(**SHARED, gateways=[THEIRS]))


def test_no_port_to_a_shared_istiod_is_opened_and_a_load_balancer_of_its_own_is_guarded() -> None:
    guarded = {"name": "front", "loadBalancer": {"allowFrom": {"cidrs": ["203.0.113.0/24"]}}}
    snapshot = evaluated(cluster=EKS, **SHARED, gateways=[guarded])
    rules = [each.name for each in snapshot.resources if each.type.endswith("SecurityGroupIngressRule")]
    assert rules
    assert all(name.startswith("front-") for name in rules)


def test_a_stack_that_brings_its_own_istio_may_use_a_gateway_of_others() -> None:
    snapshot = evaluated(gateways=[THEIRS])
    assert "front" not in names(snapshot)
    assert "istiod" in names(snapshot)


def test_the_config_asks_for_no_namespace_of_somebody_else() -> None:
    config = read_config({"cluster": KIND, **SHARED, "gateways": [THEIRS], "namespaces": NAMESPACES})
    assert [each.name for each in config.all_namespaces] == ["shop"]
