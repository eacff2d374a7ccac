"""Are ports, paths and answers of routes what istiod and Envoy make of them, where the records say nothing?

Sources: httproute.go, gateway.go and route/route.go of Istio's pilot/pkg/networking/core; each was also asked of a real
Envoy with istiod's configuration.
"""

from __future__ import annotations

import pytest

from tests.fixtures.worlds import GATEWAY, SUBSETS, asked, istio, to, virtual_service, world

pytestmark = pytest.mark.mesh

EDGE = "gateways: [edge]"
HOST = "[shop.example.com]"
CLIENT = "shop/client"


@pytest.mark.parametrize(("port", "status"), [("", 503), (", port: {number: 8080}", 200)])
def test_a_sidecar_keeps_the_port_that_a_request_came_to_where_a_destination_names_none(port: str, status: int) -> None:
    headless = "{clusterIP: None, selector: {app: web}, ports: [{name: http, port: 8080}]}"
    service = f"{{apiVersion: v1, kind: Service, metadata: {{name: head, namespace: shop}}, spec: {headless}}}\n---\n"
    routed = service + virtual_service(f"[{{route: [{{destination: {{host: head{port}}}}}]}}]")
    assert asked(world(routed), "GET http://web.shop/", CLIENT).statuses == {status: 1.0}
    at_gateway = virtual_service("[{route: [{destination: {host: cache}}]}]", hosts=HOST, rest=EDGE)
    assert asked(world(GATEWAY + at_gateway), "GET http://shop.example.com/").statuses == {200: 1.0}


@pytest.mark.parametrize(
    ("redirect", "path"),
    [("{uri: new}", "/new"), ("{uri: '%PREFIX()%/n'}", "/%PREFIX()%/n"), ("{prefixRewrite: /n}", "/n/b")],
)
def test_a_redirect_leads_to_a_whole_path(redirect: str, path: str) -> None:
    mesh = world(virtual_service(f"[{{match: [{{uri: {{prefix: /a}}}}], redirect: {redirect}}}]"))
    assert asked(mesh, "GET http://web.shop/a/b", CLIENT).constant("answer")["location"] == f"http://web.shop{path}"


def test_a_route_of_one_gateway_counts_on_a_port_that_another_opens_first() -> None:
    first = GATEWAY.replace("name: edge", "name: a")
    routes = f"[{{match: [{{gateways: [edge]}}], {to('v1')}}}]"
    mesh = world(first + GATEWAY + SUBSETS + virtual_service(routes, hosts=HOST, rest="gateways: [a, edge]"))
    assert asked(mesh, "GET http://shop.example.com/").answered == {"shop/web-v1": 1.0}


@pytest.mark.parametrize(("host", "status"), [("'*/shop.example.com'", 301), ("shop/shop.example.com", 404)])
def test_a_server_redirects_of_itself_the_hosts_that_it_serves_for_all(host: str, status: int) -> None:
    hosts = GATEWAY.replace("hosts: ['*']", f"hosts: [{host}], tls: {{httpsRedirect: true}}")
    assert asked(world(hosts), "GET http://shop.example.com/").statuses == {status: 1.0}


def test_a_virtual_service_without_routes_there_leaves_its_host_to_a_wildcard() -> None:
    near = virtual_service(f"[{{match: [{{port: 81}}], {to('v1')}}}]", hosts=HOST, rest=EDGE)
    wide = virtual_service(f"[{{{to('v2')}}}]", hosts="['*.example.com']", rest=EDGE, name="z")
    mesh = world(GATEWAY + SUBSETS + near + wide)
    assert asked(mesh, "GET http://shop.example.com/").answered == {"shop/web-v2": 1.0}


def test_a_header_that_is_removed_is_no_value_of_another() -> None:
    changes = "headers: {request: {remove: [x-user], set: {x-k: '%REQ(x-user)%', x-n: '%REQ(x-env)%'}}}"
    mesh = world(SUBSETS + virtual_service(f"[{{{to('v1')}, {changes}}}]"))
    found = asked(mesh, "GET http://web.shop/", CLIENT, headers={"x-user": "bob", "x-env": "dev"})
    assert found.constant("seen")["headers"] == {"x-env": "dev", "x-n": "dev"}


def test_an_abort_has_the_headers_of_every_answer() -> None:
    fault = "fault: {abort: {httpStatus: 418, percentage: {value: 100}}}, headers: {response: {set: {x-k: 'a%%b'}}}"
    found = asked(world(SUBSETS + virtual_service(f"[{{{to('v1')}, {fault}}}]")), "GET http://web.shop/", CLIENT)
    assert (found.statuses, found.constant("answer")) == ({418: 1.0}, {"x-k": "a%b"})


def test_an_answer_tells_no_value_that_only_envoy_knows() -> None:
    mesh = world(
        virtual_service("[{directResponse: {status: 200}, headers: {response: {set: {x-t: '%START_TIME%'}}}}]")
    )
    assert asked(mesh, "GET http://web.shop/", CLIENT).constant("answer") == {}


@pytest.mark.parametrize(("new", "is_allowed"), [("", True), ("allowOrigins: [{exact: https://a}]", False)])
def test_old_origins_do_not_count_beside_new_ones(new: str, *, is_allowed: bool) -> None:
    policy = f"corsPolicy: {{allowOrigin: [https://b], {new}}}"
    mesh = world(virtual_service(f"[{{route: [{{destination: {{host: web}}}}], {policy}}}]"))
    found = asked(mesh, "GET http://web.shop/", CLIENT, headers={"origin": "https://b"})
    assert ("access-control-allow-origin" in found.constant("answer")) is is_allowed


@pytest.mark.parametrize(("action", "status"), [("redirect: {uri: /new}", 301), ("directResponse: {status: 403}", 403)])
def test_cors_leaves_what_the_proxy_answers_itself_alone(action: str, status: int) -> None:
    policy = "corsPolicy: {allowOrigins: [{exact: https://a}], allowMethods: [GET]}"
    mesh = world(virtual_service(f"[{{{action}, {policy}}}]"))
    headers = {"origin": "https://a", "access-control-request-method": "GET"}
    found = asked(mesh, "OPTIONS http://web.shop/", CLIENT, headers=headers)
    assert found.statuses == {status: 1.0}
    assert "access-control-allow-origin" not in found.constant("answer")


def test_a_gateway_cannot_pass_on_to_an_address_that_nobody_asked_for() -> None:
    rule = istio("DestinationRule", "{host: web, trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}}")
    bound = virtual_service("[{route: [{destination: {host: web}}]}]", hosts=HOST, rest=EDGE)
    assert asked(world(GATEWAY + rule + bound), "GET http://shop.example.com/").statuses == {503: 1.0}
    assert asked(world(rule), "GET http://web.shop/", CLIENT).statuses == {200: 1.0}


def test_the_answer_to_head_has_no_body() -> None:
    mesh = world(virtual_service("[{directResponse: {status: 200, body: {string: hi}}}]"))
    assert asked(mesh, "HEAD http://web.shop/", CLIENT).constant("body") is None
    assert asked(mesh, "GET http://web.shop/", CLIENT).constant("body") == "hi"


@pytest.mark.parametrize(("url", "path"), [("http://webtcp.shop:8081", "/%61"), ("http://web.shop", "/a")])
def test_a_path_is_normalised_by_proxies_that_read_it(url: str, path: str) -> None:
    assert asked(world(""), f"GET {url}/%61", CLIENT).constant("seen")["path"] == path
    assert asked(world(""), "GET http://legacy.plain/%61", "plain/client").constant("seen")["path"] == "/%61"
