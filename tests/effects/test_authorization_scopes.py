"""Does a policy's scope, its gateway and its conditions count when callers are let in or refused?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.model.security.calls import ALL, Call
from tests.fixtures.callers import GET, WEB, calls
from tests.fixtures.compared import release
from tests.fixtures.security_objects import ROOT, deployment, policy, security, source

pytestmark = pytest.mark.mesh


def test_a_dry_run_refuses_nobody_until_it_is_enforced() -> None:
    dry = policy("payments", WEB, action="DENY")
    dry["metadata"]["annotations"] = {"istio.io/dry-run": "true"}
    assert calls([], [dry]) == []
    assert len(calls([dry], [policy("payments", WEB, action="DENY")])) == 1


def test_a_closed_mesh_leaves_what_narrower_policies_allow() -> None:
    own = policy("payments", WEB)
    assert calls([own], [own, policy(ROOT)]) == [
        "REFUSES the whole mesh: only requests that narrower policies allow are allowed from now on"
    ]


def test_a_closed_namespace_leaves_what_policies_of_its_pods_allow() -> None:
    near = policy("payments", WEB, selects="payments", name="near")
    assert calls([], [near, policy("payments")]) == [
        "REFUSES namespace payments: only requests that narrower policies allow are allowed from now on",
        "REFUSES payments: only requests from namespace web are allowed, all others are denied from now on",
    ]


def test_a_denial_of_its_pods_opens_no_closed_namespace() -> None:
    near = policy("payments", WEB, selects="payments", name="near", action="DENY")
    assert "INTERRUPTS namespace payments: every request is denied from now on" in calls(
        [near], [near, policy("payments")]
    )


def test_conditions_are_told_with_their_values() -> None:
    rule = {
        "when": [{"key": "request.headers[x-team]", "values": ["a", "b"]}, {"key": "source.ip", "notValues": ["::1"]}]
    }
    (sentence,) = calls([], [policy("payments", rule, action="DENY")])
    assert "requests when source.ip is not ::1 when request.headers[x-team] is a or b are denied" in sentence


def test_what_the_mesh_says_is_not_said_again_of_its_parts() -> None:
    near = policy("payments", GET, action="DENY", selects="payments", name="near")
    far = policy(ROOT, WEB, action="DENY")
    assert [each for each in calls([near], [near, far]) if "namespace web" in each] == [
        "REFUSES the whole mesh: requests from namespace web are denied from now on"
    ]


def test_workloads_of_one_name_are_told_apart_by_namespace() -> None:
    twins = [deployment("web", "cart"), deployment("legacy", "cart")]
    assert calls(twins, [*twins, policy("web", selects="cart")]) == [
        "INTERRUPTS web/cart: every request is denied from now on"
    ]


def test_the_pods_of_a_gateway_are_called_by_its_name() -> None:
    gateway = release("istio-ingress", "gateway", namespace="edge", labels={"istio": "entry"})
    rule = source(remoteIpBlocks=["203.0.113.0/24"])
    guarded = security("AuthorizationPolicy", "edge", selector={"matchLabels": {"istio": "entry"}}, rules=[rule])
    assert calls([gateway], [gateway, guarded]) == [
        "REFUSES gateway istio-ingress: only requests from client IP 203.0.113.0/24 are allowed, all others are "
        "denied from "
        "now on"
    ]


@pytest.mark.parametrize(
    ("hosts", "known"),
    [(["new.example.com", "new.example.com:*"], False), (["pay.example.com"], True), (["*.example.com"], True)],
)
def test_who_is_refused_at_a_host_that_had_no_route_was_let_in_by_nobody(hosts: list[str], known: bool) -> None:
    labels = {"istio": "entry"}
    gateway = release("istio-ingress", "gateway", namespace="edge", labels=labels)
    server = {"port": {"number": 80, "protocol": "HTTP", "name": "http"}, "hosts": ["*"]}
    entry = {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Gateway",
        "metadata": {"name": "entry", "namespace": "edge"},
        "spec": {"selector": labels, "servers": [server]},
    }
    rule = source(notRemoteIpBlocks=["203.0.113.0/24"]) | {"to": [{"operation": {"hosts": hosts}}]}
    spec = {"selector": {"matchLabels": labels}, "rules": [rule]}
    for action in ({"action": "DENY"}, {"action": "CUSTOM", "provider": {"name": "login"}}):
        guard = security("AuthorizationPolicy", "edge", **action, **spec)
        there = [gateway, entry, *routed("edge")]
        (said,) = calls(there, [*there, guard])
        assert said.startswith("REFUSES gateway" if known else "- gateway"), said


def routed(home: str) -> list[dict[str, Any]]:
    """The Service of payments, and a route to it from a gateway in `home`."""
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "pay", "namespace": "payments"}}
    route = {"route": [{"destination": {"host": "pay"}}]}
    return [
        {**service, "spec": {"selector": {"app": "payments"}, "ports": [{"port": 80}]}},
        {
            "apiVersion": "networking.istio.io/v1",
            "kind": "VirtualService",
            "metadata": {"name": "pay", "namespace": "payments"},
            "spec": {"hosts": ["pay.example.com"], "gateways": [f"{home}/entry"], "http": [route]},
        },
    ]


@pytest.mark.parametrize(
    ("rule", "refused"),
    [
        (source(namespaces=["payments"]), True),
        (source(principals=["cluster.local/ns/web/sa/web"]), True),
        (source(notNamespaces=["edge"]), True),
        (source(serviceAccounts=["web/web"]), True),
        (source(namespaces=["payments", "edge"]), False),
        (source(namespaces=["ed*"]), False),
        (source(principals=["cluster.local/ns/edge/sa/entry"]), False),
        (source(principals=["*"]), False),
        (source(serviceAccounts=["edge/entry"]), False),
        (GET, False),
    ],
)
def test_a_gateway_that_is_let_in_no_longer_interrupts_what_comes_through_it(rule: Any, refused: bool) -> None:
    world = routed("edge")
    for scope, name in (({"selects": "payments"}, "payments"), ({}, "namespace payments")):
        sentences = calls(world, [*world, policy("payments", rule, **scope)])
        assert (f"INTERRUPTS {name}: requests through entry are denied from now on" in sentences) is refused


@pytest.mark.parametrize(
    "account", [{"principals": ["cluster.local/ns/edge/sa/entry"]}, {"serviceAccounts": ["edge/entry"]}]
)
def test_a_gateway_that_is_refused_is_told_once_and_others_with_it(account: dict[str, Any]) -> None:
    world, web = routed("edge"), source(serviceAccounts=["web/web"])
    before = policy("payments", source(namespaces=["payments"]), source(**account), web, selects="payments")
    without_gateway = policy("payments", source(namespaces=["payments"]), web, selects="payments")
    without_both = policy("payments", source(namespaces=["payments"]), selects="payments")
    refused = "INTERRUPTS payments: requests through entry are denied from now on"
    assert calls([*world, before], [*world, without_gateway]) == [refused]
    (others,) = set(calls([*world, before], [*world, without_both])) - {refused}
    assert "web/web" in others


def test_a_gateway_that_was_refused_before_interrupts_nothing() -> None:
    world, own = routed("edge"), policy("payments", WEB)
    narrow = policy("payments", WEB | GET)
    assert not any("requests through" in each for each in calls([*world, own], [*world, narrow]))


def test_policies_of_pods_that_nobody_has_seen_come_and_go() -> None:
    unseen = policy("payments", WEB, selects="elsewhere")
    assert calls([unseen], []) == ["EXPOSES pods app=elsewhere in payments: every request is allowed from now on"]


def test_a_name_is_ambiguous_too_where_one_of_the_two_goes() -> None:
    twins = [deployment("web", "cart"), deployment("legacy", "cart")]
    assert calls(twins, [twins[0], policy("web", selects="cart")])[0].startswith("INTERRUPTS web/cart: ")


def test_a_new_workload_refuses_nobody_who_was_there() -> None:
    new = [deployment("web", "cart"), policy("web", WEB, selects="cart", action="ALLOW")]
    assert all(each.startswith("- cart") for each in calls([], new))


def test_a_pattern_holds_what_it_matches() -> None:
    prefix, exact = Call((("paths", ("/a*",)),)), Call((("methods", ("GET",)), ("paths", ("/a/b",))))
    assert ALL.covers(prefix)
    assert prefix.covers(exact)
    assert not exact.covers(prefix)
    assert not Call((("paths", ("/a",)),)).covers(Call((("paths", ("/b/a",)),)))
    suffix = Call((("hosts", ("*.example.com",)),))
    assert suffix.covers(Call((("hosts", ("a.example.com",)),)))
    assert not suffix.covers(Call((("hosts", ("a.example.org",)),)))
    wide, narrow = Call((("ipBlocks", ("10.0.0.0/8",)),)), Call((("ipBlocks", ("10.1.0.0/16",)),))
    assert wide.covers(narrow)
    assert not narrow.covers(wide)
    other = Call((("ipBlocks", ("fe80::/10",)),))
    assert not wide.covers(other)
    assert not Call((("ipBlocks", ("nowhere",)),)).covers(narrow)


def test_who_is_excluded_less_is_let_in_more() -> None:
    some, more = Call((("notPaths", ("/a",)),)), Call((("notPaths", ("/a", "/b")),))
    assert some.covers(more)
    assert not more.covers(some)
