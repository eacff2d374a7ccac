"""Does the picture of a pull request show a gateway and a policy that change, and what is lost through them?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.reports.mermaid import mermaid
from tests.fixtures.compared import compared, release
from tests.fixtures.hostile_text import TEXTS
from tests.fixtures.picture.mermaid_reader import LINE, drawn, links, node, styled
from tests.fixtures.routing_objects import gateway, route, service, split, virtual_service
from tests.fixtures.security_objects import deployment, mtls, policy, source

pytestmark = pytest.mark.mesh

BOUNDED = settings(max_examples=80, derandomize=True, deadline=None, database=None)
AWS = "service.beta.kubernetes.io/aws-load-balancer-"
JUNK = st.sampled_from([None, "", "junk", -1, True, [], [None], {}, {"": 1}, {"a": []}, {"a": {}}])
GATEWAY, APP = "gateway<br/>istio-ingress/istio-ingress", "hello/helloworld<br/>hello.example.com"


def pods(scheme: str = "internet-facing", *ports: int, **more: Any) -> Any:
    listed = [{"name": f"p{port}", "port": port} for port in ports or (80,)]
    said = {"annotations": {f"{AWS}type": "external", f"{AWS}scheme": scheme}, "ports": listed, **more}
    return release("istio-ingress", "gateway", namespace="istio-ingress", labels={"istio": "ingress"}, service=said)


PODS = [
    {**deployment("hello", "helloworld", version=each), "metadata": {"name": f"hello-{each}", "namespace": "hello"}}
    for each in ("v1", "v2")
]
WORLD = [service(), *PODS, virtual_service(route())]
STACK = [gateway(), pods(), *WORLD]
LETS_IN = policy("hello", source(namespaces=["istio-ingress"]), selects="helloworld", name="callers")
KEEPS_OUT = policy("hello", source(namespaces=["web"]), selects="helloworld", name="callers")


def test_a_gateway_that_becomes_internal_is_lost_to_the_internet() -> None:
    chart = drawn(STACK, [gateway(), pods("internal"), *WORLD])
    entrance = node(chart, GATEWAY)
    assert styled(chart, "changed") == [entrance]
    assert links(chart, "removed") == [f'{node(chart, "the internet")} -->|"port 80"| {entrance}']
    assert links(chart, "added") == [f'{node(chart, "the internal network")} -->|"port 80"| {entrance}']
    assert f"{entrance} --> {node(chart, APP)}" in chart


def servers(*listed: dict[str, Any]) -> dict[str, Any]:
    made = gateway()
    return {**made, "spec": {**made["spec"], "servers": list(listed)}}


def server(port: int, *hosts: str, protocol: str = "HTTP", **tls: str) -> dict[str, Any]:
    named = {"number": port, "name": f"p{port}", "protocol": protocol}
    return {"port": named, "hosts": list(hosts) or ["*"], **({"tls": tls} if tls else {})}


def test_a_port_that_goes_and_one_that_is_another_are_told_apart() -> None:
    world = [pods("internet-facing", 80, 443, 8080), *WORLD]
    before = servers(server(80), server(443, protocol="HTTPS", mode="SIMPLE"), server(8080))
    after = servers(server(80, "a.example.com"), server(443, protocol="TLS", mode="PASSTHROUGH"))
    chart = drawn([before, *world], [after, *world])
    way = f"{node(chart, 'the internet')} -->|{{}}| {node(chart, GATEWAY)}"
    assert links(chart, "removed") == [way.format('"port 8080"')]
    assert links(chart, "changed") == [
        way.format('"port 80: other hosts"'),
        way.format('"port 443: HTTPS → TLS, other TLS"'),
    ]


def test_a_port_that_the_service_no_longer_has_is_lost() -> None:
    heard = servers(server(80), server(443))
    chart = drawn([heard, pods("internal", 80, 443), *WORLD], [heard, pods("internal", 80), *WORLD])
    assert links(chart, "removed") == [f'{node(chart, "the internal network")} -->|"port 443"| {node(chart, GATEWAY)}']


@pytest.mark.parametrize(("kind", "source"), [("NodePort", "the node ports"), ("ClusterIP", "inside the cluster")])
def test_a_gateway_without_a_load_balancer_is_reached_where_its_service_is(kind: str, source: str) -> None:
    plain = release(
        "istio-ingress", "gateway", namespace="istio-ingress", labels={"istio": "ingress"}, service={"type": kind}
    )
    chart = drawn(STACK, [gateway(), plain, *WORLD])
    assert f'{node(chart, source)} -->|"port 80"|' in links(chart, "added")[0]


def test_a_gateway_that_goes_takes_what_is_still_bound_to_it() -> None:
    chart = drawn(STACK, WORLD)
    entrance = node(chart, GATEWAY)
    assert styled(chart, "removed") == [entrance]
    assert f"{entrance} --> {node(chart, APP)}" in links(chart, "removed")


def test_of_many_apps_behind_a_gateway_some_are_drawn_and_the_rest_is_a_number() -> None:
    apps = [virtual_service(route(), name=f"app-{number}") for number in range(9)]
    chart = drawn([gateway(), pods(), *apps], [gateway(), pods("internal"), *apps])
    assert node(chart, "5 more VirtualServices behind it")


def test_a_policy_that_closes_a_way_is_drawn_with_what_it_closes() -> None:
    chart = drawn([*STACK, LETS_IN], [*STACK, KEEPS_OUT])
    changed, app = node(chart, "AuthorizationPolicy<br/>hello/callers"), node(chart, APP)
    assert styled(chart, "changed") == [changed]
    assert links(chart, "changed") == [f"{changed} -.-> {app}"]
    assert links(chart, "removed") == [f'{node(chart, GATEWAY)} -->|"denied: 403"| {app}']
    opened = drawn([*STACK, KEEPS_OUT], STACK)
    assert links(opened, "added") == [f'{node(opened, GATEWAY)} -->|"no longer denied"| {node(opened, APP)}']
    assert styled(opened, "removed") == [node(opened, "AuthorizationPolicy<br/>hello/callers")]


def test_a_route_that_changes_behind_a_policy_shows_both() -> None:
    after = [gateway(), pods(), service(), *PODS]
    moved = virtual_service(route(route=split(v1=20, v2=80)))
    chart = drawn([*after, virtual_service(route(route=split(v1=70, v2=30)))], [*after, moved, KEEPS_OUT])
    assert '"70 % → 20 %"' in chart
    assert links(chart, "removed") == [f'{node(chart, GATEWAY)} -->|"denied: 403"| {node(chart, APP)}']


def test_a_policy_of_a_namespace_of_the_mesh_or_of_unseen_pods_is_drawn_with_what_it_is_about() -> None:
    chart = drawn([], [mtls("istio-system", "STRICT")])
    assert f"{node(chart, 'PeerAuthentication<br/>istio-system/default')} -.-> {node(chart, 'the whole mesh')}" in chart
    chart = drawn([], [policy("web", source(namespaces=["a"]))])
    assert f"{node(chart, 'AuthorizationPolicy<br/>web/default')} -.-> {node(chart, 'namespace web')}" in chart
    chart = drawn([], [policy("web", selects="shop")])
    assert "pods app=shop in namespace web" in chart


def test_a_name_that_changes_draws_nothing() -> None:
    assert drawn(STACK, [*STACK[:-1], virtual_service(route(), name="another")]) == ""
    renamed = {**LETS_IN, "metadata": {**LETS_IN["metadata"], "name": "others"}}
    assert drawn([*STACK, LETS_IN], [*STACK, renamed]) == ""


def test_a_virtual_service_that_is_renamed_and_routes_otherwise_is_one_that_changes() -> None:
    before, after = (
        virtual_service(route(route=split(v1=100 - share, v2=share)), name=name)
        for name, share in (("old", 30), ("new", 80))
    )
    chart = drawn([*STACK[:-1], before], [*STACK[:-1], after])
    assert styled(chart, "changed") == [node(chart, "hello/new<br/>hello.example.com")]
    assert "hello/old" not in chart
    assert '"30 % → 80 %"' in chart


def test_many_policies_are_numbers() -> None:
    many = [policy("web", source(namespaces=["a"]), name=f"p{number}", selects=f"a{number}") for number in range(60)]
    chart = drawn([many[0], *STACK], [*many[1:], mtls("web", "STRICT"), gateway(), pods("internal"), *WORLD])
    assert node(chart, "59 AuthorizationPolicies added") in styled(chart, "added")
    assert node(chart, "1 AuthorizationPolicy removed") in styled(chart, "removed")
    assert node(chart, "1 PeerAuthentication added")
    assert node(chart, GATEWAY) in styled(chart, "changed")


@pytest.mark.scale
def test_a_thousand_apps_are_drawn_in_no_time() -> None:
    apps = [
        each
        for number in range(1000)
        for name in [f"app-{number}"]
        for each in (service(name), deployment("hello", name), virtual_service(route(), name=name))
    ]
    assert mermaid(compared([*STACK, *apps], [*STACK, *apps, KEEPS_OUT, policy("hello", name="all")]))


@BOUNDED
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_no_name_of_a_gateway_or_a_policy_breaks_the_chart(name: str, namespace: str, label: str, scheme: str) -> None:
    made = gateway(name=name)
    rules = policy(namespace, source(namespaces=[label]), name=name, selects=label)
    for before, after in (([], [made, rules]), ([made, rules], []), ([made, pods()], [made, pods(scheme), rules])):
        first, *lines = drawn(before, after).splitlines() or ["flowchart LR"]
        assert first == "flowchart LR"
        assert [line for line in lines if not LINE.fullmatch(line)] == []


@BOUNDED
@given(JUNK, JUNK)
def test_what_is_no_gateway_and_no_policy_breaks_nothing(spec: Any, part: Any) -> None:
    for whole in (gateway(), LETS_IN, mtls("istio-system", "STRICT")):
        for key in (*whole["spec"], "targetRefs", "targetRef", "rules"):
            broken = {**whole, "spec": {**whole["spec"], key: part}}
            drawn([*STACK, whole], [*STACK, broken])
            drawn([broken], [whole])
        drawn([*STACK, whole], [*STACK, {**whole, "spec": spec}])
    drawn([gateway(), pods(ports=part, type=spec)], [gateway(), pods(annotations=part)])
