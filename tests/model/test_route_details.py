"""Are routes read as istiod and Envoy read them, where the records say nothing?

Sources: route.go and retry.go of Istio's pilot/pkg/networking/core/route, gateway.go beside it, and Envoy's router,
header parser and CORS filter.
"""

from __future__ import annotations

import pytest

from tests.fixtures.worlds import GATEWAY, SUBSETS, asked, istio, to, virtual_service, world

pytestmark = pytest.mark.mesh

EDGE = "gateways: [edge]"
HOST = "[shop.example.com]"
CLIENT = "shop/client"


def _through_the_gateway(*texts: str) -> str:
    return GATEWAY + SUBSETS + "".join(texts)


def test_a_catch_all_hides_the_routes_behind_it_before_virtual_services_of_one_host_are_merged() -> None:
    one = virtual_service(f"[{{{to('v1')}}}, {{match: [{{uri: {{prefix: /x}}}}], {to('v2')}}}]", hosts=HOST, rest=EDGE)
    two = virtual_service(f"[{{match: [{{uri: {{prefix: /y}}}}], {to('v3')}}}]", hosts=HOST, rest=EDGE, name="z")
    mesh = world(_through_the_gateway(one, two))
    assert asked(mesh, "GET http://shop.example.com/x").answered == {"shop/web-v1": 1.0}
    assert asked(mesh, "GET http://shop.example.com/y").answered == {"shop/web-v3": 1.0}


def test_only_the_catch_all_match_of_a_route_goes_behind_other_virtual_services() -> None:
    both = f"[{{match: [{{uri: {{exact: /y}}}}, {{uri: {{prefix: /}}}}], {to('v1')}}}]"
    one = virtual_service(both, hosts=HOST, rest=EDGE)
    two = virtual_service(f"[{{match: [{{uri: {{prefix: /}}, method: {{exact: GET}}}}], {to('v3')}}}]", hosts=HOST,
                          rest=EDGE, name="z")  # fmt: skip
    mesh = world(_through_the_gateway(one, two))
    assert asked(mesh, "GET http://shop.example.com/y").answered == {"shop/web-v1": 1.0}
    assert asked(mesh, "GET http://shop.example.com/n").answered == {"shop/web-v3": 1.0}


def test_a_gateway_compares_source_labels_with_its_own() -> None:
    routes = f"[{{match: [{{sourceLabels: {{app: client}}}}], {to('v1')}}}, {{{to('v2')}}}]"
    mesh = world(_through_the_gateway(virtual_service(routes, hosts=HOST, rest=EDGE)))
    assert asked(mesh, "GET http://shop.example.com/").answered == {"shop/web-v2": 1.0}


@pytest.mark.parametrize(("unwanted", "path"), [("{regex: '.*'}", "v2"), ("{exact: ''}", "v2"), ("{exact: a}", "v1"),
                                                ("{}", "v1"), ("{regex: '*'}", "v1")])  # fmt: skip
def test_without_headers_takes_a_missing_header_for_an_empty_one(unwanted: str, path: str) -> None:
    routes = f"[{{match: [{{withoutHeaders: {{x-k: {unwanted}}}}}], {to('v1')}}}, {{{to('v2')}}}]"
    mesh = world(SUBSETS + virtual_service(routes))
    assert asked(mesh, "GET http://web.shop/", CLIENT).answered == {f"shop/web-{path}": 1.0}


def test_an_asterisk_for_a_regular_expression_asks_for_the_header_alone() -> None:
    routes = f"[{{match: [{{headers: {{x-k: {{regex: '*'}}}}}}], {to('v1')}}}, {{{to('v2')}}}]"
    mesh = world(SUBSETS + virtual_service(routes))
    assert asked(mesh, "GET http://web.shop/", CLIENT, headers={"x-k": ""}).answered == {"shop/web-v1": 1.0}
    assert asked(mesh, "GET http://web.shop/", CLIENT).answered == {"shop/web-v2": 1.0}


def _seen(routes: str, **headers: str) -> dict[str, object]:
    found = asked(world(SUBSETS + virtual_service(routes)), "GET http://web.shop/a?q=1", CLIENT, headers=headers)
    return {**found.constant("seen").get("headers", {}), "host": found.constant("seen")["host"]}


def test_a_header_is_set_before_another_value_is_added() -> None:
    operations = "headers: {request: {set: {x-k: one}, add: {x-k: two}}}"
    assert _seen(f"[{{{to('v1')}, {operations}}}]", **{"x-k": "none"})["x-k"] == "one, two"


def test_the_operations_of_a_route_come_last_where_there_are_several_destinations() -> None:
    share = "{{destination: {{host: web, subset: {0}}}, weight: 50, headers: {{request: {{set: {{x-k: share}}}}}}}}"
    routes = f"[{{route: [{share.format('v1')}, {share.format('v2')}], headers: {{request: {{set: {{x-k: rule}}}}}}}}]"
    assert _seen(routes)["x-k"] == "rule"


def test_what_a_lone_destination_removes_goes_before_the_route_sets_it() -> None:
    share = "{destination: {host: web, subset: v1}, headers: {request: {remove: [x-k]}}}"
    assert _seen(f"[{{route: [{share}], headers: {{request: {{set: {{x-k: rule}}}}}}}}]")["x-k"] == "rule"


def test_the_authority_of_a_rewrite_wins_over_a_host_header() -> None:
    operations = "rewrite: {authority: first}, headers: {request: {set: {host: second}}}"
    assert _seen(f"[{{{to('v1')}, {operations}}}]")["host"] == "first"
    assert _seen(f"[{{{to('v1')}, headers: {{request: {{set: {{host: second}}}}}}}}]")["host"] == "second"


def test_a_header_may_hold_parts_of_the_request_and_what_only_envoy_knows_is_not_guessed() -> None:
    values = "{x-p: '%REQ(:PATH)%', x-c: '100%%', x-n: '%REQ(x-none)%', x-t: '%START_TIME%'}"
    seen = _seen(f"[{{{to('v1')}, headers: {{request: {{set: {values}}}}}}}]")
    assert seen["x-p"] == "/a?q=1"
    assert seen["x-c"] == "100%"
    assert not {"x-n", "x-t"} & set(seen)


@pytest.mark.parametrize(
    ("redirect", "host", "location"),
    [
        ("{port: 80}", "web.shop:80", "http://web.shop:80/a"),
        ("{derivePort: FROM_PROTOCOL_DEFAULT}", "web.shop:8080", "http://web.shop:8080/a"),
        ("{scheme: https, derivePort: FROM_PROTOCOL_DEFAULT}", "web.shop:80", "https://web.shop/a"),
        ("{port: 8443, authority: other}", "web.shop", "http://other:8443/a"),
        ("{scheme: https, port: 443}", "web.shop:81", "https://web.shop:81/a"),
    ],
)
def test_a_redirect_keeps_the_port_of_the_host_header_unless_another_is_set(
    redirect: str, host: str, location: str
) -> None:
    mesh = world(virtual_service(f"[{{redirect: {redirect}}}]"))
    found = asked(mesh, "GET http://web.shop/a", CLIENT, headers={"host": host})
    assert found.constant("answer")["location"] == location


@pytest.mark.parametrize("retries", ["{}", "{perTryTimeout: 1s}", "{attempts: 0, perTryTimeout: 1s}"])
def test_retries_without_attempts_are_none_and_have_no_timeout(retries: str) -> None:
    mesh = world(SUBSETS + virtual_service(f"[{{{to('v1')}, retries: {retries}}}]"))
    object.__setattr__(mesh, "obeys_headers", True)
    slow = asked(mesh, "GET http://web.shop/", CLIENT, headers={"x-app-delay": "3"})
    assert (slow.statuses, slow.received) == ({200: 1.0}, {"shop/web-v1": 1.0})


def test_a_timeout_of_an_attempt_is_retried_as_a_reset_is() -> None:
    mesh = world(
        SUBSETS + virtual_service(f"[{{{to('v1')}, retries: {{attempts: 2, perTryTimeout: 1s, retryOn: reset}}}}]")
    )
    object.__setattr__(mesh, "obeys_headers", True)
    assert asked(mesh, "GET http://web.shop/", CLIENT, headers={"x-app-delay": "3"}).received == {"shop/web-v1": 3.0}


@pytest.mark.parametrize(("unmatched", "status"), [("", 200), ("unmatchedPreflights: IGNORE", 200)])
def test_a_preflight_of_a_foreign_origin_reaches_the_app_unless_it_is_ignored(unmatched: str, status: int) -> None:
    policy = f"corsPolicy: {{allowOrigins: [{{exact: https://a}}], maxAge: 24h, {unmatched}}}"
    mesh = world(SUBSETS + virtual_service(f"[{{{to('v1')}, {policy}}}]"))
    sent = {"origin": "https://b", "access-control-request-method": "GET"}
    found = asked(mesh, "OPTIONS http://web.shop/", CLIENT, headers=sent)
    assert found.statuses == {status: 1.0}
    assert bool(found.answered) is not bool(unmatched)
    ours = asked(mesh, "OPTIONS http://web.shop/", CLIENT, headers={**sent, "origin": "https://a"})
    assert ours.constant("answer")["access-control-max-age"] == "86400"


def test_a_regular_expression_rewrites_with_groups_and_the_whole() -> None:
    rewrite = r"rewrite: {uriRegexRewrite: {match: '^/(\w+)', rewrite: '/\0/\1'}}"
    mesh = world(SUBSETS + virtual_service(f"[{{{to('v1')}, {rewrite}}}]"))
    assert asked(mesh, "GET http://web.shop/a?q", CLIENT).constant("seen")["path"] == "//a/a?q"


def test_https_redirect_is_for_the_hosts_of_its_server() -> None:
    servers = (
        "[{port: {number: 80, name: a, protocol: HTTP}, hosts: [a.example.com], tls: {httpsRedirect: true}}, "
        "{port: {number: 80, name: b, protocol: HTTP}, hosts: [b.example.com]}]"
    )
    gateway = istio("Gateway", f"{{selector: {{istio: ingress}}, servers: {servers}}}", name="edge")
    mesh = world(gateway + SUBSETS + virtual_service(f"[{{{to('v1')}}}]", hosts="[b.example.com]", rest=EDGE))
    assert asked(mesh, "GET http://b.example.com/").answered == {"shop/web-v1": 1.0}
    sent_on = asked(mesh, "GET http://a.example.com/x")
    assert (sent_on.statuses, sent_on.constant("answer")) == ({301: 1.0}, {"location": "https://a.example.com/x"})


def test_tls_that_a_gateway_terminates_for_protocol_tls_is_routed_as_bytes() -> None:
    server = (
        "{port: {number: 443, name: t, protocol: TLS}, hosts: [t.example.com], tls: {mode: SIMPLE, credentialName: c}}"
    )
    gateway = istio("Gateway", f"{{selector: {{istio: ingress}}, servers: [{server}]}}", name="edge")
    routes = istio("VirtualService", "{hosts: [t.example.com], gateways: [edge], "
                   "tcp: [{route: [{destination: {host: webtcp, port: {number: 8081}}}]}]}")  # fmt: skip
    certificate = "apiVersion: v1\nkind: Secret\nmetadata: {name: c, namespace: istio-ingress}\n---\n"
    found = asked(world(gateway + routes + certificate), "GET https://t.example.com/")
    assert set(found.answered) == {"shop/web-v1", "shop/web-v2", "shop/web-v3"}


def test_a_tcp_route_may_be_for_clients_with_labels() -> None:
    routes = "[{match: [{sourceLabels: {app: nobody}}], route: [{destination: {host: db.pay.svc.cluster.local}}]}, " \
        "{route: [{destination: {host: webtcp, port: {number: 8081}, subset: v2}}]}]"  # fmt: skip
    versions = istio("DestinationRule", "{host: webtcp, subsets: [{name: v2, labels: {version: v2}}]}")
    mesh = world(versions + istio("VirtualService", f"{{hosts: [webtcp], tcp: {routes}}}"))
    assert asked(mesh, "GET http://webtcp.shop:8081/", CLIENT).answered == {"shop/web-v2": 1.0}
