"""Do connections that nobody reads as HTTP go where istiod leads them, where the records say nothing?

Sources: tls.go, listener.go and gateway.go of Istio's pilot/pkg/networking/core; each was also asked of a real Envoy
with istiod's configuration.
"""

from __future__ import annotations

import pytest

from tests.fixtures.worlds import asked, istio, world

pytestmark = pytest.mark.mesh

CLIENT = "shop/client"
DB = "db.pay.svc.cluster.local"
WEB = "webtcp.shop.svc.cluster.local"
PARTNER = istio(
    "ServiceEntry",
    "{hosts: [api.partner.example], resolution: DNS, ports: [{number: 443, name: tls, protocol: TLS}]}",
    name="partner",
)
EDGE = istio(
    "Gateway",
    "{selector: {istio: ingress}, servers: [{port: {number: 443, name: tls, protocol: TLS}, hosts: ['*'], "
    "tls: {mode: PASSTHROUGH}}]}",
    name="edge",
)


def routes(kind: str, text: str, host: str, *, name: str = "r", rest: str = "") -> str:
    return istio("VirtualService", f"{{hosts: ['{host}'], {rest} {kind}: {text}}}", name=name)


def to(host: str, match: str = "", port: int = 0) -> str:
    number = f", port: {{number: {port}}}" if port else ""
    return f"[{{{f'match: [{match}], ' if match else ''}route: [{{destination: {{host: {host}{number}}}}}]}}]"


def who(objects: str, url: str = "http://db.pay:5432/", caller: str = CLIENT) -> str:
    """Whose app answers a connection."""
    names = {name.partition("-")[0] for name in asked(world(objects), f"GET {url}", caller).answered}
    return ", ".join(sorted(names))


def test_the_first_route_of_any_virtual_service_for_the_host_takes_a_connection() -> None:
    first = routes("tcp", to(WEB, "{port: 9}", 8081), DB, name="a")
    second = routes("tcp", to(WEB, port=8081), "*.pay.svc.cluster.local", name="b")
    assert [who(first + second), who(first)] == ["shop/web", "pay/payments"]


@pytest.mark.parametrize(("labels", "name"), [("{tier: front}", "shop/web"), ("{tier: back}", "pay/payments")])
def test_a_match_with_gateways_compares_labels_too(labels: str, name: str) -> None:
    assert who(routes("tcp", to(WEB, f"{{gateways: [mesh], sourceLabels: {labels}}}", 8081), DB)) == name


def test_a_subnet_decides_where_the_address_is_known() -> None:
    def routed(subnet: str, host: str = DB) -> str:
        return routes("tcp", to(WEB, f"{{destinationSubnets: ['{subnet}']}}", 8081), host)

    assert "address of db.pay decides" in asked(world(routed("10.0.0.0/8")), "GET http://db.pay:5432/", CLIENT).open
    assert who(routed("0.0.0.0/0")) == "shop/web"
    spec = "{clusterIP: 10.1.2.3, selector: {app: payments}, ports: [{name: tcp, port: 5432}]}"
    fixed = f"apiVersion: v1\nkind: Service\nmetadata: {{name: fixed, namespace: pay}}\nspec: {spec}\n---\n"
    host, url = "fixed.pay.svc.cluster.local", "http://fixed.pay:5432/"
    assert who(fixed + routed("10.1.2.0/24", host), url) == "shop/web"
    assert who(fixed + routed("10.9.2.0/24", host), url) == "pay/payments"


def test_a_route_by_server_name_leaves_other_names_to_no_route_and_tcp_routes_are_for_tcp() -> None:
    url = "https://api.partner.example/"
    by_name = routes("tls", to(WEB, "{sniHosts: [api.partner.example]}", 8081), "api.partner.example")
    assert who(PARTNER + by_name, url) == "shop/web"
    assert who(PARTNER + routes("tcp", to(WEB, port=8081), "api.partner.example"), url) == "outside"
    other = routes("tls", to(WEB, "{sniHosts: [x.partner.example]}", 8081), "*.partner.example")
    found = asked(world(PARTNER + other), f"GET {url}", CLIENT)
    assert (list(found.answered), "passed on" in found.outcomes[0].steps[0].text) == (["outside"], True)


def test_at_a_gateway_the_nearest_server_name_counts_whichever_route_is_older() -> None:
    bound = "gateways: [edge],"
    wide = routes("tls", to(DB, "{sniHosts: ['*.example.com']}"), "*.example.com", name="a", rest=bound)
    match = "{sniHosts: [shop.example.com], sourceLabels: {no: one}}"
    near = routes("tls", to(WEB, match, 8081), "*.example.com", name="b", rest=bound)
    assert who(EDGE + wide + near, "https://shop.example.com/", "internet") == "shop/web"


def test_a_gateway_that_passes_tls_on_has_no_use_for_tcp_routes() -> None:
    by_bytes = routes("tcp", to(DB), "*.example.com", rest="gateways: [edge],")
    assert asked(world(EDGE + by_bytes), "GET https://shop.example.com/").errors == 1.0


def test_ports_of_a_host_are_those_of_a_service_or_of_entries_that_are_alike() -> None:
    def entry(number: int, rest: str, name: str) -> str:
        ports = f"[{{number: {number}, name: p{number}, protocol: HTTP, targetPort: 80}}]"
        spec = f"{{hosts: [api.partner.example], resolution: {rest}, ports: {ports}}}"
        return istio("ServiceEntry", spec, name=name)

    url = "GET http://api.partner.example:8080/"
    alike, unlike = (
        world(entry(80, "DNS", "a") + entry(8080, rest, "b"))
        for rest in ("DNS", "STATIC, endpoints: [{address: 10.245.9.9}]")
    )
    assert asked(alike, url, CLIENT).statuses == {200: 1.0}
    assert asked(unlike, url, CLIENT).statuses == {503: 1.0}


def test_a_recorded_app_does_not_speak_tls() -> None:
    spec = "{selector: {app: web}, ports: [{name: https, port: 443, targetPort: 8081}]}"
    mesh = world(f"apiVersion: v1\nkind: Service\nmetadata: {{name: tls, namespace: shop}}\nspec: {spec}\n---\n")
    assert asked(mesh, "GET https://tls.shop/", CLIENT).statuses == {200: 1.0}
    object.__setattr__(mesh, "obeys_headers", True)
    assert asked(mesh, "GET https://tls.shop/", CLIENT).errors == 1.0
    web = spec.replace("8081", "8080")  # where the sidecar reads HTTP
    mesh = world(f"apiVersion: v1\nkind: Service\nmetadata: {{name: tls, namespace: shop}}\nspec: {web}\n---\n")
    object.__setattr__(mesh, "obeys_headers", True)
    assert asked(mesh, "GET https://tls.shop/", CLIENT).errors == 1.0


@pytest.mark.parametrize(("origination", "name"), [("", "outside"), ("{mode: SIMPLE}", "")])
def test_the_callers_own_tls_stays_inside_that_of_the_mesh(origination: str, name: str) -> None:
    edge = EDGE.replace("PASSTHROUGH", "ISTIO_MUTUAL")
    gateway = "istio-ingress.istio-ingress.svc.cluster.local"
    mutual = istio("DestinationRule", f"{{host: {gateway}, trafficPolicy: {{tls: {{mode: ISTIO_MUTUAL, sni: a.b}}}}}}")
    own = f"{{host: api.partner.example, trafficPolicy: {{tls: {origination}}}}}"
    rule = istio("DestinationRule", own, name="own") if origination else ""
    there = to(gateway, "{gateways: [mesh], sniHosts: [api.partner.example]}", 443)
    through = routes("tls", f"{there}, tcp: {to('api.partner.example', '{gateways: [edge]}', 443)}",
                     "api.partner.example", rest="gateways: [mesh, edge],")  # fmt: skip
    assert who(PARTNER + edge + mutual + rule + through, "https://api.partner.example/") == name


def test_what_a_gateway_has_decrypted_is_passed_on_as_plain_bytes() -> None:
    tls = "tls: {mode: SIMPLE, serverCertificate: /a, privateKey: /b}"
    mesh = world(EDGE.replace("tls: {mode: PASSTHROUGH}", tls) + routes("tcp", to(DB), "*.example.com",
                                                                        rest="gateways: [edge],"))  # fmt: skip
    object.__setattr__(mesh, "obeys_headers", True)
    assert asked(mesh, "GET https://shop.example.com/").answered == {"pay/payments-v1": 1.0}
