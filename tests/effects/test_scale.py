"""Do the watchers stand a thousand apps, and objects of any shape?"""

from __future__ import annotations

import time
from typing import Any

import pytest

from fairlead.effects.effect import Effect
from fairlead.effects.effects import WATCHERS, effects
from tests.fixtures.compared import compared, release
from tests.fixtures.routing_objects import deployment, gateway, route, rule, service, to, virtual_service

pytestmark = pytest.mark.mesh


def told(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[Effect]:
    comparison = compared(before, after)
    return [effect for watch in WATCHERS.values() for effect in watch(comparison)]


def app(number: int, share: int) -> list[dict[str, Any]]:
    """Everything of one app, all of it other with another share."""
    name, host = f"app-{number}", f"app-{number}.hello.svc.cluster.local"
    to_versions = [to(host, "v1", 100 - share), to(host, "v2", share)]
    bound: dict[str, Any] = {"hosts": ("*", host), "gateways": ("istio-ingress/istio-ingress", "mesh")}
    limits = {"connectionPool": {"tcp": {"maxConnections": share}}}
    metadata = {"name": name, "namespace": "hello"}
    answering = service()
    ports = [{"name": "http", "port": 80, "targetPort": share}]
    pods = deployment("v1", app=name)
    containers = [{"name": "web", "image": f"web:{share}"}]
    return [
        virtual_service(route(f"/{name}", route=to_versions, timeout=f"{share}s"), name=name, **bound),
        {**rule(), "metadata": metadata, "spec": {**rule("v1", "v2")["spec"], "host": host, "trafficPolicy": limits}},
        {**answering, "metadata": metadata, "spec": {"selector": {"app": name}, "ports": ports}},
        {
            **pods,
            "metadata": metadata,
            "spec": {"template": {**pods["spec"]["template"], "spec": {"containers": containers}}},
        },
    ]


@pytest.mark.scale
def test_a_thousand_apps_are_told_in_seconds_and_few_words() -> None:
    before, after = ([gateway(), *(each for n in range(1000) for each in app(n, share))] for share in (30, 80))
    comparison = compared(before, after)
    start = time.process_time()
    found = [effect.sentence for effect in effects(comparison)]
    assert time.process_time() - start < 15
    assert (
        "app-0, app-1, app-10 and 997 others: "
        "v2 goes from 30 % to 80 % of requests through istio-ingress and inside the mesh"
    ) in found
    assert len(found) < 20


KINDS = {
    "VirtualService": "networking.istio.io/v1",
    "DestinationRule": "networking.istio.io/v1",
    "Gateway": "networking.istio.io/v1",
    "ServiceEntry": "networking.istio.io/v1",
    "Sidecar": "networking.istio.io/v1",
    "Deployment": "apps/v1",
    "Service": "v1",
}
SPECS: tuple[Any, ...] = (
    None,
    5,
    "text",
    [],
    [5],
    {},
    {"hosts": 5, "gateways": {}, "http": [None, 5, []]},
    {"hosts": ["a.example.com"], "http": [{"route": [{"destination": {"host": "a"}, "weight": "80"}], "match": "x"}]},
    {"hosts": ["a.example.com"], "http": [{"route": [None, "x", {"destination": None, "weight": None}]}]},
    {"hosts": ["a.example.com"], "http": [{"fault": [], "retries": None, "mirror": "x", "headers": {"request": []}}]},
    {"hosts": ["a.example.com"], "http": [{"route": 5, "match": 5}, {"match": [{"gateways": 5, "sniHosts": 5}]}]},
    {"host": "a", "subsets": [None, {"labels": 5}], "trafficPolicy": {"tls": [], "connectionPool": {"tcp": "x"}}},
    {"host": 5, "subsets": {"name": "v1"}, "trafficPolicy": [1]},
    {"selector": [], "servers": [None, {"port": 80, "hosts": "x", "tls": "x"}]},
    {"selector": {"a": None}, "ports": [None, 80, {"port": "x"}], "type": "LoadBalancer"},
    {"replicas": "many", "template": []},
    {"egress": [None, {"hosts": None}], "outboundTrafficPolicy": "x", "endpoints": 5, "addresses": [None]},
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spec", SPECS)
def test_an_object_of_any_shape_is_no_fault(kind: str, spec: Any) -> None:
    odd = {"apiVersion": KINDS[kind], "kind": kind, "metadata": {"name": "a", "namespace": "hello"}, "spec": spec}
    world = [gateway(), virtual_service(route()), service(), rule("v1"), deployment("v1")]
    for before, after in ((world, [*world, odd]), ([*world, odd], world)):
        told(before, after)


@pytest.mark.parametrize(
    "values", [{"service": 5}, {"service": {"ports": [None], "annotations": []}}, {"labels": None}]
)
def test_values_of_any_shape_are_no_fault(values: dict[str, Any]) -> None:
    odd, plain = (release("istio-ingress", "gateway", namespace="istio-ingress", **each) for each in (values, {}))
    told([gateway(), odd], [gateway(), plain])
    told([gateway(), plain], [gateway(), odd])
