"""Is it told whom a Service, a subset or a Sidecar leads requests to, by the requests themselves?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.effects.effect import Hurt
from fairlead.effects.routing import service_watcher as services
from tests.fixtures.compared import compared
from tests.fixtures.readers import istio
from tests.fixtures.readers import namespace as space
from tests.fixtures.route_effects import of_requests
from tests.fixtures.routing_objects import deployment, route, rule, service, split, virtual_service

pytestmark = pytest.mark.mesh
NAMESPACE = space("hello")


def requests(before: list[Any], after: list[Any]) -> list[tuple[str, Hurt | None]]:
    """What requests themselves tell."""
    return [(each.sentence, each.hurt) for each in of_requests(before, after)]


def sidecar(*hosts: str) -> dict[str, Any]:
    return istio("Sidecar", "default", "hello", {"egress": [{"hosts": list(hosts)}]})


def test_a_service_that_goes_is_a_risk() -> None:
    assert requests([service()], []) == [("Service hello/helloworld: deleted", Hurt.INTERRUPTS)]


def changed_service(**spec: Any) -> dict[str, Any]:
    made = service()
    return {**made, "spec": {**made["spec"], **spec}}


@pytest.mark.parametrize(
    ("spec", "text", "hurt"),
    [
        ({"ports": [{"name": "tcp", "port": 80}]}, "the protocol of port 80 changes from HTTP to TCP", Hurt.INTERRUPTS),
        (
            {"ports": [{"name": "http", "port": 80, "targetPort": 8080}]},
            "port 80 has target port 8080 instead of 80",
            None,
        ),
    ],
)
def test_what_a_service_does_to_its_port_is_told(spec: dict[str, Any], text: str, hurt: Hurt | None) -> None:
    sides = compared([service(), deployment("v1")], [changed_service(**spec), deployment("v1")])
    assert [(each.sentence, each.hurt) for each in services.watch(sides)] == [
        (f"Service hello/helloworld: {text}", hurt)
    ]


@pytest.mark.parametrize(
    ("spec", "text", "hurt"),
    [
        (
            {"selector": {"app": "nobody"}},
            "requests to helloworld get 503 from now on: no pod has the labels app: nobody",
            Hurt.INTERRUPTS,
        ),
        (
            {"selector": {"app": "web"}},
            "requests inside the mesh go to hello/web instead of hello/helloworld-v1",
            None,
        ),
        (
            {"ports": [{"name": "http", "port": 8080}]},
            "requests to helloworld get 503 from now on: Service hello/helloworld has no port 80; its ports: 8080",
            Hurt.INTERRUPTS,
        ),
    ],
)
def test_whom_a_service_leads_to_is_told_by_its_requests(spec: dict[str, Any], text: str, hurt: Hurt | None) -> None:
    web = deployment("v1", app="web")
    around = [NAMESPACE, deployment("v1"), {**web, "metadata": {**web["metadata"], "name": "web"}}]
    found = requests([service(), *around], [changed_service(**spec), *around])
    assert found[0] == (f"helloworld: {text}", hurt)


def test_pods_that_no_longer_carry_a_services_labels_are_missed() -> None:
    other = deployment("v1", app="other")
    assert requests([service(), deployment("v1")], [service(), other])[0][1] is Hurt.INTERRUPTS


def test_a_subset_that_selects_other_pods_is_told_by_who_gets_the_requests() -> None:
    inside = virtual_service(route(route=split(v1=1)), hosts=("helloworld",), gateways=None)
    after = rule("v1", labels={"version": "v2"})
    around = [NAMESPACE, service(), inside, deployment("v1"), deployment("v2")]
    assert requests([*around, rule("v1")], [*around, after]) == [
        ("helloworld: requests inside the mesh go to hello/helloworld-v2 instead of hello/helloworld-v1", None)
    ]


def test_a_subset_that_nobody_is_sent_to_is_not_told() -> None:
    assert requests([service(), rule("v1", "v2")], [service(), rule("v1", "v3")]) == []
    assert requests([], [service(), rule("v1", "v2")]) == []


def test_a_sidecar_that_narrows_what_is_known_is_told_by_the_requests_that_lose_by_it() -> None:
    strict = istio("PeerAuthentication", "default", "web", {"mtls": {"mode": "STRICT"}})
    around = [NAMESPACE, space("web"), service(namespace="web"), strict, deployment("v1")]
    (text, hurt), *_ = requests(around, [*around, sidecar("./*", "istio-system/*")])
    assert text.startswith("helloworld: requests from a pod of namespace hello get connection reset instead of 200")
    assert hurt is Hurt.REFUSES
    assert requests([*around, sidecar("./*", "web/*")], [*around, sidecar("web/*")]) == []
