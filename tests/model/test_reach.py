"""Do all readers mean the same pods by a policy and by a gateway's chart?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.effects.gateways.load_balancer_watcher import watch
from fairlead.picture.model.model import Tone
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.gateway_chart import GatewayChart
from fairlead_mesh.model.reach import reach
from tests.fixtures.compared import compared, release, side
from tests.fixtures.picture.parts import app, badges, entrance
from tests.fixtures.readers import deployment, drawn, explained, graph_of, istio, namespace, service, told
from tests.fixtures.routing_objects import gateway, virtual_service

pytestmark = pytest.mark.mesh

SHOP = {"selector": {"matchLabels": {"app": "shop"}}}
MESH = [
    *(namespace(name) for name in ("istio-system", "web", "plain") if name != "plain"),
    namespace("plain", injected=False),
    deployment("shop", "web", {"app": "shop"}),
    deployment("curl", "plain", {"app": "curl"}),
    service("shop", "web"),
]
STRICT = {"mtls": {"mode": "STRICT"}}


def policy(kind: str, home: str, spec: dict[str, Any], name: str = "one") -> dict[str, Any]:
    return istio(kind, name, home, spec)


def test_mtls_with_a_selector_in_the_root_namespace_is_nobodys() -> None:
    objects = [*MESH, policy("PeerAuthentication", "istio-system", {**SHOP, **STRICT})]
    found = explained(objects, "http://shop.web/", "plain/curl")
    assert found.statuses == {200: 1.0}
    shown = drawn(objects)
    assert badges(app(shown, "shop")) == {}
    (system,) = [each for each in shown.quarters if each.name == "istio-system"]
    assert badges(system)["PeerAuthentication one has no effect"] is Tone.WARN
    assert not any("plain text" in each for each in told(MESH, objects))


def test_of_two_mtls_policies_for_the_same_pods_the_picture_shows_the_one_that_counts() -> None:
    first, second = (
        policy("PeerAuthentication", "web", {**SHOP, "mtls": {"mode": mode}}, name)
        for name, mode in (("a", "PERMISSIVE"), ("b", "STRICT"))
    )
    assert badges(app(drawn([*MESH, first, second]), "shop")) == {"mTLS PERMISSIVE": Tone.WARN}
    assert explained([*MESH, first, second], "http://shop.web/", "plain/curl").statuses == {200: 1.0}


@pytest.mark.parametrize(
    ("kind", "reached"),
    [
        *((kind, True) for kind in ("AuthorizationPolicy", "RequestAuthentication", "WasmPlugin")),
        *((kind, False) for kind in ("PeerAuthentication", "Telemetry", "ProxyConfig")),
    ],
)
def test_a_selector_in_the_root_namespace_reaches_other_namespaces_by_kind(kind: str, reached: bool) -> None:
    found = reach(graph_of(MESH), Item(policy(kind, "istio-system", SHOP)))
    assert found.holds_for("web", {"app": "shop"}) is reached
    assert bool(found.pods(graph_of(MESH))) is reached


def test_a_policy_with_targets_holds_for_the_pods_of_that_gateway_alone() -> None:
    spec = {"targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "door"}]}
    found = reach(graph_of(MESH), Item(policy("AuthorizationPolicy", "web", spec)))
    assert found.holds_for("web", {"gateway.networking.k8s.io/gateway-name": "door"})
    assert not found.holds_for("web", {"app": "shop"})
    assert not found.holds_for("other", {"gateway.networking.k8s.io/gateway-name": "door"})


DOOR = gateway("*", name="istio-ingress")
ROUTES = virtual_service({"route": [{"destination": {"host": "shop.web.svc.cluster.local"}}]}, namespace="web")


def front(**values: Any) -> dict[str, Any]:
    return {**release("edge", "gateway", namespace="istio-ingress"), "values": values}


def selecting(**labels: str) -> dict[str, Any]:
    return {**DOOR, "spec": {**DOOR["spec"], "selector": labels}}


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ({}, {"istio": "edge", "app": "edge"}),
        ({"name": "istio-front"}, {"istio": "front", "app": "istio-front"}),
        ({"name": "front", "labels": {"istio": "door", "team": "a"}}, {"istio": "door", "app": "front", "team": "a"}),
        ({"labels": {"app": ""}}, {"app": "edge"}),
    ],
)
def test_the_pods_of_a_gateway_release_are_known_by_its_values(values: Any, labels: dict[str, str]) -> None:
    chart = GatewayChart("edge", "istio-ingress", values)
    assert chart.is_selected(labels)
    mesh = [*MESH, front(**values), selecting(**labels), ROUTES]
    shown = drawn(mesh)
    assert entrance(shown, chart.name).servers == ("80 HTTP *",)
    (found,) = side(mesh).graph.selected(None, labels)
    assert found.item.name == chart.name


def test_an_app_behind_a_gateway_of_another_name_than_its_release_is_named_when_that_goes() -> None:
    objects = [*MESH, selecting(istio="front"), ROUTES]
    sentences = [each.sentence for each in watch(compared([*objects, front(name="front")], objects))]
    assert any("helloworld is reached through it" in each for each in sentences), sentences
