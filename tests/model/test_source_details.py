"""Does the model follow Istio's source where no record tells? Names, server names, paths, bodies, bytes, ports."""

from __future__ import annotations

import pytest

from fairlead_mesh.model.traffic.explanation import Explanation
from tests.fixtures.worlds import asked, istio, virtual_service, world

pytestmark = pytest.mark.mesh

CLIENT, PLAIN = "shop/client", "plain/client"
PARTNER = "http://api.partner.example"


def ask(objects: str, url: str, caller: str = CLIENT, config: dict[str, object] | None = None) -> Explanation:
    return asked(world(objects, config), f"GET {url}", caller)


def answering(host: str, status: int, name: str) -> str:
    return istio("VirtualService", f"{{hosts: [{host}], http: [{{directResponse: {{status: {status}}}}}]}}", name=name)


def denying(path: str) -> str:
    return istio("AuthorizationPolicy", f"{{action: DENY, rules: [{{to: [{{operation: {{paths: ['{path}']}}}}]}}]}}")


def entry(number: int, more: str = "") -> str:
    ports = f"[{{number: {number}, name: tcp, protocol: TCP, targetPort: 80}}]"
    return istio("ServiceEntry", f"{{hosts: [api.partner.example], resolution: DNS, ports: {ports}{more}}}", name="se")


@pytest.mark.parametrize(("host", "status"), [("web.shop", 418), ("web", 200), ("web.shop.svc.cluster.local", 200)])
def test_a_virtual_service_for_half_a_name_takes_that_name_from_the_service(host: str, status: int) -> None:
    assert ask(answering("web.shop", 418, "half"), f"http://{host}/").statuses == {status: 1.0}


def test_of_two_that_claim_a_name_the_older_has_it() -> None:
    whole = answering("web", 419, "a") + answering("web.shop", 418, "b")
    half = answering("web", 419, "b") + answering("web.shop", 418, "a")
    assert [[*ask(each, "http://web.shop/").statuses] for each in (whole, half)] == [[419], [418]]


@pytest.mark.parametrize(("caller", "status"), [(CLIENT, 200), (PLAIN, 403)])
def test_sidecars_ask_for_the_server_name_of_the_cluster(caller: str, status: int) -> None:
    names = "'outbound_.80_._.web.shop.svc.cluster.local'"
    rules = f"[{{when: [{{key: connection.sni, values: [{names}]}}]}}]"
    policy = istio("AuthorizationPolicy", f"{{action: ALLOW, rules: {rules}}}")
    assert ask(policy, "http://web.shop/", caller).statuses == {status: 1.0}


@pytest.mark.parametrize(
    ("kind", "path", "status"),
    [("BASE", "/a//b", 200), ("MERGE_SLASHES", "/a//b", 403), ("MERGE_SLASHES", "/a%2Fb", 200),
     ("DECODE_AND_MERGE_SLASHES", "/a%2Fb", 403), ("BASE", "/x/../a/b", 403), ("NONE", "/x/../a/b", 200)],
)  # fmt: skip
def test_paths_are_normalised_as_the_mesh_config_says(kind: str, path: str, status: int) -> None:
    config: dict[str, object] = {"trustDomain": "cluster.local", "pathNormalization": {"normalization": kind}}
    assert ask(denying("/a/b"), f"http://web.shop{path}", config=config).statuses == {status: 1.0}


def test_a_direct_response_may_have_bytes() -> None:
    found = ask(virtual_service("[{directResponse: {status: 200, body: {bytes: aGVsbG8=}}}]"), "http://web.shop/")
    assert found.constant("body") == "hello"


def test_nothing_is_mirrored_of_a_request_that_no_pod_can_take() -> None:
    mirror = "[{route: [{destination: {host: ghost}}], mirror: {host: payments.pay.svc.cluster.local}}]"
    found = ask(virtual_service(mirror), "http://web.shop/")
    assert (found.statuses, found.received) == ({503: 1.0}, {})


def test_an_entry_takes_all_bytes_of_its_port_where_it_has_no_addresses() -> None:
    to = "{destination: {host: db.pay.svc.cluster.local, port: {number: 5432}}}"
    routed = istio("VirtualService", f"{{hosts: [api.partner.example], tcp: [{{route: [{to}]}}]}}")
    assert ask(entry(9000) + routed, f"{PARTNER}:9000/").answered == {"pay/payments-v1": 1.0}
    assert ask(entry(9000) + routed, "http://web.shop:9000/").answered == {"pay/payments-v1": 1.0}


@pytest.mark.parametrize(("address", "errors"), [("10.245.0.0/16", 0), ("10.9.9.9", 1)])
def test_an_entry_with_addresses_takes_what_goes_there(address: str, errors: int) -> None:
    assert ask(entry(9000, f", addresses: [{address}]"), f"{PARTNER}:9000/").errors == errors


def test_an_entry_lets_bytes_out_of_a_sidecar_that_blocks_the_rest() -> None:
    blocking = istio("Sidecar", "{egress: [{hosts: ['./*']}], outboundTrafficPolicy: {mode: REGISTRY_ONLY}}")
    assert ask(blocking + entry(9000), f"{PARTNER}:9000/").answered == {"outside": 1.0}
    assert ask(blocking, f"{PARTNER}:9000/").errors == 1.0


@pytest.mark.parametrize(("caller", "host"), [(CLIENT, "shop"), (PLAIN, "shop"), (CLIENT, "plain")])
def test_a_port_on_which_no_container_listens_answers_nothing(caller: str, host: str) -> None:
    app = {"shop": "web", "plain": "legacy"}[host]
    spec = f"{{selector: {{app: {app}}}, ports: [{{name: http, port: 80, targetPort: 9999}}]}}"
    service = f"apiVersion: v1\nkind: Service\nmetadata: {{name: deaf, namespace: {host}}}\nspec: {spec}\n"
    mesh = world(service)
    object.__setattr__(mesh, "obeys_headers", True)
    assert asked(mesh, f"GET http://deaf.{host}/", caller).statuses == {503: 1.0}


def test_what_a_gateway_has_decrypted_leaves_it_as_plain_text() -> None:
    tls = "tls: {mode: SIMPLE, serverCertificate: /a, privateKey: /b}"
    port = "{number: 443, name: https, protocol: HTTPS}"
    edge = istio("Gateway", f"{{selector: {{istio: ingress}}, servers: [{{port: {port}, hosts: ['*'], {tls}}}]}}")
    known = "[{number: 80, name: http, protocol: HTTP}]"
    out = istio("ServiceEntry", f"{{hosts: [api.partner.example], resolution: DNS, ports: {known}}}", name="out")
    auto = "spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}"
    guessed = f"apiVersion: v1\nkind: Service\nmetadata: {{name: auto, namespace: shop}}\n{auto}\n---\n"
    for host, who in (("api.partner.example", "outside"), ("auto", "shop/web-v1")):
        routes = f"[{{route: [{{destination: {{host: {host}}}}}]}}]"
        bound = virtual_service(routes, hosts="[shop.example.com]", rest="gateways: [x]", name="bound")
        found = asked(world(edge + out + bound + guessed + denying("/no")), "GET https://shop.example.com/")
        assert (found.statuses, who in found.answered) == ({200: 1.0}, True)
        if who != "outside":
            denied = asked(world(edge + bound + guessed + denying("/no")), "GET https://shop.example.com/no")
            assert denied.statuses == {403: 1.0}


@pytest.mark.parametrize("authority", ["shop.example.com", "shop.example.com:8080"])
def test_a_redirect_to_https_keeps_the_port_of_the_host_header(authority: str) -> None:
    servers = ", ".join(
        f"{{port: {{number: {port}, name: p{port}, protocol: HTTP}}, hosts: ['*'], tls: {{httpsRedirect: true}}}}"
        for port in (80, 8080)
    )
    edge = istio("Gateway", f"{{selector: {{istio: ingress}}, servers: [{servers}]}}")
    found = asked(world(edge), f"GET http://{authority}/a?b=c")
    assert found.constant("answer") == {"location": f"https://{authority}/a?b=c"}


@pytest.mark.parametrize(
    ("name", "claims", "status"),
    [("[a.b/c][d]", {"a.b/c": {"d": "x"}}, 418), (".a.b", {"a": {"b": "x"}}, 418), ("[a][b]", {"a": {"b": "x"}}, 418),
     ("[a.b]", {"a": {"b": "x"}}, 404)],
)  # fmt: skip
def test_claims_are_named_by_dots_or_by_brackets_which_may_hold_dots(
    name: str, claims: dict[str, object], status: int
) -> None:
    match = (
        f"[{{match: [{{headers: {{'@request.auth.claims{name}': {{exact: x}}}}}}], directResponse: {{status: 418}}}}]"
    )
    port = "{number: 80, name: http, protocol: HTTP}"
    edge = istio("Gateway", f"{{selector: {{istio: ingress}}, servers: [{{port: {port}, hosts: ['*']}}]}}")
    token = istio("RequestAuthentication", "{jwtRules: [{issuer: me}]}", namespace="istio-ingress", name="tokens")
    mesh = world(edge + token + virtual_service(match, hosts="[shop.example.com]", rest="gateways: [x]"))
    found = asked(mesh, "GET http://shop.example.com/", claims={"iss": "me", "sub": "a", **claims})
    assert found.statuses == {status: 1.0}


@pytest.mark.parametrize(
    ("principal", "status"),
    [("new.example/ns/shop/sa/client", 200), ("old.example/ns/shop/sa/client", 200),
     ("cluster.local/ns/shop/sa/client", 200), ("other.example/ns/shop/sa/client", 403)],
)  # fmt: skip
def test_aliases_of_the_trust_domain_and_cluster_local_mean_it(principal: str, status: int) -> None:
    policy = istio("AuthorizationPolicy", f"{{rules: [{{from: [{{source: {{principals: ['{principal}']}}}}]}}]}}")
    config: dict[str, object] = {"trustDomain": "new.example", "trustDomainAliases": ["old.example"]}
    found = ask(policy, "http://web.shop/", config=config)
    assert found.statuses == {status: 1.0}


def service(spec: str, name: str = "own") -> str:
    return f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\nspec: {spec}\n---\n"


def test_a_connection_does_not_reach_a_port_of_udp() -> None:
    ports = "[{name: udp, protocol: UDP, port: 9000, targetPort: 8080}]"
    found = ask(service(f"{{selector: {{app: web}}, ports: {ports}}}"), "http://own.shop:9000/")
    assert found.errors == 1.0  # the sidecar passes the bytes on, and nobody takes them


@pytest.mark.parametrize("caller", [CLIENT, PLAIN])
@pytest.mark.parametrize(("port", "status"), [(8080, {200: 1.0}), (9999, {})])
def test_the_pods_of_a_headless_service_are_reached_at_whatever_port(
    caller: str, port: int, status: dict[int, float]
) -> None:
    mesh = world(service("{clusterIP: None, selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}"))
    object.__setattr__(mesh, "obeys_headers", True)
    found = asked(mesh, f"GET http://own.shop:{port}/", caller)
    assert found.statuses == (status or {503: 1.0})


@pytest.mark.parametrize(
    "listed",
    ["kind: Endpoints\nmetadata: {name: own, namespace: shop}\n"
     "subsets: [{addresses: [{ip: 10.245.9.9}], ports: [{name: http, port: 80}]}]",
     "kind: EndpointSlice\nmetadata: {name: own-1, namespace: shop, labels: {kubernetes.io/service-name: own}}\n"
     "endpoints: [{addresses: [10.245.9.9]}]\nports: [{name: http, port: 80}]"],
)  # fmt: skip
@pytest.mark.parametrize("caller", [CLIENT, PLAIN])
def test_a_service_without_a_selector_has_the_addresses_that_are_listed_for_it(listed: str, caller: str) -> None:
    bare = service("{ports: [{name: http, port: 80}]}")
    assert ask(f"{bare}apiVersion: v1\n{listed}\n", "http://own.shop/", caller).answered == {"outside": 1.0}
