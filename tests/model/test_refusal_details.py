"""What does a proxy answer itself, and whom does it not let through? As istiod's configuration made a real Envoy do.

Sources: Envoy's filter_manager.cc (prepareLocalReplyViaFilterChain), grpc/status.cc and http1/balsa_parser.cc;
cluster_tls.go, listener_inbound.go and listener.go of Istio's pilot/pkg/networking/core.
"""

from __future__ import annotations

import pytest

from tests.fixtures.worlds import GATEWAY, SUBSETS, asked, istio, to, virtual_service, world

pytestmark = pytest.mark.mesh

EDGE = "gateways: [edge]"
HOST = "[shop.example.com]"
CLIENT = "shop/client"
GRPC = {"content-type": "application/grpc"}
DENY = "{action: DENY, rules: [{to: [{operation: {paths: [/denied]}}]}]}"


@pytest.mark.parametrize(
    ("route", "status", "message"),
    [
        ("directResponse: {status: 404}", "12", None),
        ("directResponse: {status: 418, body: {string: hi}}", "2", "hi"),
        ("redirect: {uri: /n}", "2", None),
        ("route: [{destination: {host: nobody}}]", "14", None),
        ("fault: {abort: {httpStatus: 401, percentage: {value: 100}}}, " + to("v1"), "16", "fault filter abort"),
    ],
)
def test_a_client_of_grpc_gets_200_with_the_status_of_what_a_proxy_answers(
    route: str, status: str, message: str | None
) -> None:
    mesh = world(SUBSETS + virtual_service(f"[{{{route}}}]"))
    found = asked(mesh, "POST http://web.shop/", CLIENT, headers=GRPC)
    assert found.statuses == {200: 1.0}
    assert found.constant("answer")["grpc-status"] == status
    assert found.constant("answer").get("grpc-message") == message
    assert asked(mesh, "POST http://web.shop/", CLIENT, headers={"content-type": "application/grpc-web"}).statuses != {
        200: 1.0
    }


def test_what_the_app_answers_a_client_of_grpc_stays() -> None:
    assert "grpc-status" not in asked(world(""), "POST http://web.shop/", CLIENT, headers=GRPC).constant("answer")


@pytest.mark.parametrize(
    ("path", "token", "status", "header"),
    [("/denied", "", 403, "1"), ("/", "Bearer a.b.c", 401, "1"), ("/here", "Bearer a.b.c", 401, None)],
)
def test_a_refusal_at_a_gateway_has_the_headers_of_the_route(
    path: str, token: str, status: int, header: str | None
) -> None:
    here = "{match: [{uri: {prefix: /here}}], redirect: {uri: /n}, headers: {response: {set: {x-r: '1'}}}}"
    sent = "{route: [{destination: {host: web}, headers: {response: {set: {x-r: '1'}}}}]}"
    bound = virtual_service(f"[{here}, {sent}]", hosts=HOST, rest=EDGE)
    policy = istio("AuthorizationPolicy", DENY, namespace="istio-ingress")
    tokens = istio(
        "RequestAuthentication", "{jwtRules: [{issuer: me, jwks: '{\"keys\": []}'}]}", namespace="istio-ingress"
    )
    headers = {"authorization": token} if token else {}
    found = asked(world(GATEWAY + bound + policy + tokens), f"GET http://shop.example.com{path}", headers=headers)
    assert found.statuses == {status: 1.0}
    assert found.constant("answer").get("x-r") == header


def test_a_refusal_at_a_gateway_has_the_headers_of_one_destination_of_several() -> None:
    shares = ", ".join(
        f"{{destination: {{host: web}}, weight: {weight}, headers: {{response: {{set: {{x-d: '{weight}'}}}}}}}}"
        for weight in (25, 75)
    )
    bound = virtual_service(f"[{{route: [{shares}]}}]", hosts=HOST, rest=EDGE)
    policy = istio("AuthorizationPolicy", DENY, namespace="istio-ingress")
    found = asked(world(GATEWAY + bound + policy), "GET http://shop.example.com/denied")
    assert sorted((each.answer["x-d"], each.share) for each in found.outcomes) == [("25", 0.25), ("75", 0.75)]


@pytest.mark.parametrize(("method", "path"), [("FOO", "/"), ("GET", "/ä"), ("GET", "/?a=ä"), ("GET", "/%00")])
def test_a_request_that_no_proxy_reads_is_answered_with_400(method: str, path: str) -> None:
    for url, caller in (("http://web.shop", CLIENT), ("http://web.shop", "plain/client")):
        assert asked(world(""), f"{method} {url}{path}", caller).statuses == {400: 1.0}
    bound = virtual_service("[{route: [{destination: {host: web}}]}]", hosts=HOST, rest=EDGE)
    assert asked(world(GATEWAY + bound), f"{method} http://shop.example.com{path}").statuses == {400: 1.0}
    assert asked(world(""), f"{method} http://webtcp.shop:8081{path}", CLIENT).statuses == {200: 1.0}


@pytest.mark.parametrize(
    ("path", "seen"),
    [("/a|b", "/a%7Cb"), ('/a"b', "/a%22b"), ("/a\\b", "/a/b"), ("/a%7cb", "/a%7cb"), ("/a?b|c", "/a?b|c")],
)
def test_a_proxy_encodes_what_urls_may_not_have_in_their_path(path: str, seen: str) -> None:
    assert asked(world(""), f"GET http://web.shop{path}", CLIENT).constant("seen")["path"] == seen


def test_spaces_around_the_value_of_a_header_do_not_count() -> None:
    match = f"[{{match: [{{headers: {{x-env: {{exact: prod}}}}}}], {to('v1')}}}]"
    mesh = world(SUBSETS + virtual_service(match))
    assert asked(mesh, "GET http://web.shop/", CLIENT, headers={"x-env": " prod "}).statuses == {200: 1.0}


def test_a_host_header_may_end_with_a_colon() -> None:
    mesh = world(SUBSETS + virtual_service(f"[{{{to('v2')}}}]"))
    assert asked(mesh, "GET http://web.shop/", CLIENT, headers={"host": "web.shop:"}).answered == {"shop/web-v2": 1.0}


def test_mtls_is_not_accepted_from_other_service_accounts_than_those_of_a_headless_destination() -> None:
    found = asked(
        world(virtual_service("[{route: [{destination: {host: cache, port: {number: 8080}}}]}]")),
        "GET http://web.shop/",
        CLIENT,
    )
    assert found.statuses == {503: 1.0}
    assert "expected is spiffe://cluster.local/ns/shop/sa/cache" in found.outcomes[0].steps[-1].text
    assert asked(world(""), "GET http://cache.shop:8080/", CLIENT).statuses == {200: 1.0}


@pytest.mark.parametrize(("name", "status"), [("web", 200), ("other", 503)])
def test_mtls_is_accepted_from_the_service_accounts_that_a_rule_names(name: str, status: int) -> None:
    tls = f"{{mode: ISTIO_MUTUAL, subjectAltNames: ['spiffe://cluster.local/ns/shop/sa/{name}']}}"
    rule = istio("DestinationRule", f"{{host: web, trafficPolicy: {{tls: {tls}}}}}")
    assert asked(world(rule), "GET http://web.shop/", CLIENT).statuses == {status: 1.0}


@pytest.mark.parametrize(
    ("name", "identity"), [("first", "none"), ("zeta", "spiffe://cluster.local/ns/shop/sa/client")]
)
def test_of_services_with_one_port_of_the_pods_the_first_by_name_says_its_protocol(name: str, identity: str) -> None:
    spec = "{selector: {app: web}, ports: [{name: https, port: 443, targetPort: 8080}]}"
    second = f"{{apiVersion: v1, kind: Service, metadata: {{name: {name}, namespace: shop}}, spec: {spec}}}"
    assert asked(world(second), "GET http://web.shop/", CLIENT).constant("seen")["identity"] == identity


@pytest.mark.parametrize(("protocol", "answered"), [("TCP", 3), ("HTTP", 1)])
def test_the_egress_listener_of_a_sidecar_says_how_its_port_is_read(protocol: str, answered: int) -> None:
    listener = f"{{port: {{number: 80, name: x, protocol: {protocol}}}, hosts: ['*/*']}}"
    sidecar = istio("Sidecar", f"{{egress: [{listener}]}}")
    mesh = world(sidecar + SUBSETS + virtual_service(f"[{{{to('v1')}}}]"))
    assert len(asked(mesh, "GET http://web.shop/", CLIENT).answered) == answered


@pytest.mark.parametrize("level", ["tls: {mode: DISABLE}", "tls: {mode: ISTIO_MUTUAL}", ""])
def test_pods_are_reached_by_the_tls_of_a_rule_where_the_settings_of_the_port_say_none(level: str) -> None:
    policy = f"{{portLevelSettings: [{{port: {{number: 80}}, loadBalancer: {{simple: RANDOM}}}}], {level}}}"
    rule = istio("DestinationRule", f"{{host: web, subsets: [{{name: v1, trafficPolicy: {policy}}}]}}")
    found = asked(world(rule + virtual_service(f"[{{{to('v1')}}}]")), "GET http://web.shop/", CLIENT)
    assert (found.constant("seen")["identity"] == "none") is ("DISABLE" in level)


@pytest.mark.parametrize(("space", "status"), [("pay", 200), ("shop", 503)])
def test_of_entries_with_one_host_in_two_namespaces_a_proxy_knows_its_own_alone(space: str, status: int) -> None:
    entry = "{{hosts: [api.partner.example], resolution: {}, ports: [{{number: {}, name: http, protocol: HTTP}}]}}"
    own = istio("ServiceEntry", entry.format("STATIC", 8080), name="own")
    other = istio("ServiceEntry", entry.format("STATIC", 80), name="other", namespace=space)
    found = asked(world(own + other), "GET http://api.partner.example/", CLIENT)
    assert found.statuses == {status: 1.0}
