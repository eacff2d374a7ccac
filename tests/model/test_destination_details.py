"""Is a destination what istiod makes of it, where the records say nothing?

Sources in Istio: destination_rule.go, push_context.go and sidecar.go of pilot/pkg/model; cluster.go, httproute.go and
listener_inbound.go of pilot/pkg/networking/core.
"""

from __future__ import annotations

import pytest

from tests.fixtures.worlds import GATEWAY, SUBSETS, asked, istio, to, virtual_service, world

pytestmark = pytest.mark.mesh

CLIENT = "shop/client"
WEB = "GET http://web.shop/"


def _service(name: str, spec: str, *, annotations: str = "{}") -> str:
    metadata = f"{{name: {name}, namespace: shop, annotations: {annotations}}}"
    return f"apiVersion: v1\nkind: Service\nmetadata: {metadata}\nspec: {spec}\n---\n"


def _only_v1(name: str, rest: str = "") -> str:
    return istio("DestinationRule", f"{{host: web, {rest} subsets: [{{name: s, labels: {{version: v1}}}}]}}", name=name)


ROUTES = virtual_service("[{route: [{destination: {host: web, subset: s}}]}]")


def test_a_rule_for_other_pods_of_a_namespace_hides_the_rules_behind_it() -> None:
    other = istio("DestinationRule", "{host: '*.local', subsets: [{name: s, labels: {version: v1}}]}", name="wide")
    mine = _only_v1("a", "workloadSelector: {matchLabels: {app: nobody}},")
    assert asked(world(ROUTES + other), WEB, CLIENT).answered == {"shop/web-v1": 1.0}
    assert asked(world(ROUTES + other + mine), WEB, CLIENT).statuses == {503: 1.0}


def test_a_rule_for_the_clients_pods_stands_alone() -> None:
    mine = istio("DestinationRule", "{host: web, workloadSelector: {matchLabels: {app: client}}}", name="a")
    assert asked(world(ROUTES + _only_v1("b") + mine), WEB, CLIENT).statuses == {503: 1.0}


def test_rules_that_are_exported_to_others_are_not_read_as_one_and_the_last_counts() -> None:
    second = istio("DestinationRule", "{host: web, exportTo: ['.'], trafficPolicy: {tls: {mode: DISABLE}}}", name="b")
    assert asked(world(ROUTES + _only_v1("a") + second), WEB, CLIENT).statuses == {503: 1.0}
    assert asked(world(ROUTES + _only_v1("a") + second.replace("'.'", "'*'")), WEB, CLIENT).statuses == {503: 1.0}
    both = _only_v1("a", "exportTo: ['.'],") + second
    assert asked(world(ROUTES + both), WEB, CLIENT).constant("seen")["identity"] == "none"


def test_a_service_may_be_for_some_namespaces_only() -> None:
    mesh = world(_service("api", "{selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}",
                          annotations="{networking.istio.io/exportTo: '.'}"))  # fmt: skip
    assert asked(mesh, "GET http://api.shop/", CLIENT).constant("seen")["identity"] != "none"
    assert asked(mesh, "GET http://api.shop/", "pay/client").constant("seen")["identity"] == "none"


def test_envoy_sees_that_it_is_http_where_no_protocol_is_declared() -> None:
    service = _service("api", "{selector: {app: web}, ports: [{port: 9000, targetPort: 9000}]}")
    routes = virtual_service(f"[{{match: [{{uri: {{prefix: /a}}}}], {to('v2')}}}]", hosts="[api]")
    denied = istio("AuthorizationPolicy", "{action: DENY, rules: [{to: [{operation: {paths: [/b]}}]}]}")
    mesh = world(SUBSETS + routes.replace("host: web,", "host: web, port: {number: 80},") + service)
    assert asked(mesh, "GET http://api.shop:9000/a", CLIENT).answered == {"shop/web-v2": 1.0}
    assert asked(mesh, "GET http://api.shop:9000/b", CLIENT).statuses == {404: 1.0}
    assert asked(world(service + denied), "GET http://api.shop:9000/b", CLIENT).statuses == {403: 1.0}
    assert asked(world(service + denied), "GET tcp://api.shop:9000", CLIENT).errors == 1.0


def test_a_headless_service_is_reached_at_the_address_that_was_asked_for() -> None:
    headless = "{clusterIP: None, selector: {app: web}, ports: [{name: http, port: 8080}]}"
    routes = virtual_service("[{route: [{destination: {host: all, subset: v2}}]}]", hosts="[all]")
    rule = istio("DestinationRule", "{host: all, subsets: [{name: v2, labels: {version: v2}}]}", name="all")
    found = asked(world(_service("all", headless) + routes + rule), "GET http://all.shop:8080/", CLIENT)
    assert set(found.answered) == {"shop/web-v1", "shop/web-v2", "shop/web-v3"}
    entry = GATEWAY + routes.replace("[all]", "[a.example.com]\n  gateways: [edge]").replace("name: web", "name: b")
    through = asked(world(_service("all", headless) + rule + entry), "GET http://a.example.com/")
    assert through.answered == {"shop/web-v2": 1.0}


def test_pass_through_leaves_the_choice_to_kubernetes() -> None:
    rule = (
        "{host: web, trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}, subsets: [{name: s, labels: {version: v1}}]}"
    )
    found = asked(world(ROUTES + istio("DestinationRule", rule)), WEB, CLIENT)
    assert set(found.answered) == {"shop/web-v1", "shop/web-v2", "shop/web-v3"}
    assert found.constant("seen")["identity"] == "spiffe://cluster.local/ns/shop/sa/client"


def test_a_service_of_type_external_name_is_another_name_of_its_service() -> None:
    alias = _service("old", "{type: ExternalName, externalName: payments.pay.svc.cluster.local}")
    assert asked(world(alias), "GET http://old.shop/", CLIENT).answered == {"pay/payments-v1": 1.0}
    assert asked(world(alias), "GET http://old.shop/", "plain/client").answered == {"pay/payments-v1": 1.0}
    routed = virtual_service("[{route: [{destination: {host: old}}]}]")
    assert asked(world(alias + routed), WEB, CLIENT).answered == {"pay/payments-v1": 1.0}
    outside = alias.replace("payments.pay.svc.cluster.local", "api.partner.example")
    assert asked(world(outside), "GET http://old.shop/", CLIENT).answered == {"outside": 1.0}


ENTRY = ("{{hosts: [vm.example], location: MESH_INTERNAL, resolution: STATIC, "
         "ports: [{{number: 80, name: http, protocol: HTTP, targetPort: 8080}}], {0}}}")  # fmt: skip


def test_a_service_entry_selects_workload_entries_and_pods() -> None:
    entry = istio("ServiceEntry", ENTRY.format("workloadSelector: {labels: {app: vm}}"))
    machine = istio("WorkloadEntry", "{address: 10.245.9.9, labels: {app: vm}, ports: {http: 80}}")
    found = asked(world(entry + machine), "GET http://vm.example/", CLIENT, connect="10.9.9.9")
    assert found.answered == {"outside": 1.0}


def test_an_endpoint_may_be_the_name_of_a_service_whose_sidecars_nobody_knows_of() -> None:
    entry = istio("ServiceEntry", ENTRY.format("endpoints: [{address: payments.pay.svc.cluster.local}]")
                  .replace("STATIC", "DNS").replace(", targetPort: 8080", ""))  # fmt: skip
    found = asked(world(entry), "GET http://vm.example/", CLIENT, connect="10.9.9.9")
    assert found.answered == {"pay/payments-v1": 1.0}
    assert found.constant("seen")["identity"] == "none"


def test_an_entry_of_the_clients_namespace_is_taken_before_others_of_its_name() -> None:
    external = ENTRY.replace("MESH_INTERNAL", "MESH_EXTERNAL").replace(", targetPort: 8080", "")
    ours = istio("ServiceEntry", external.format("endpoints: [{address: 10.245.9.9}]"), name="z")
    theirs = istio("ServiceEntry", external.format("endpoints: [{address: 10.1.1.1}]"), namespace="pay", name="a")
    found = asked(world(ours + theirs), "GET http://vm.example/", CLIENT, connect="10.9.9.9")
    assert found.answered == {"outside": 1.0}


def test_the_ingress_of_a_sidecar_says_protocol_and_port_of_the_app() -> None:
    ingress = "ingress: [{port: {number: 8080, name: tcp, protocol: TCP}, defaultEndpoint: '127.0.0.1:9999'}]"
    sidecar = istio("Sidecar", f"{{workloadSelector: {{labels: {{app: payments}}}}, {ingress}}}", namespace="pay")
    denied = istio(
        "AuthorizationPolicy", "{action: DENY, rules: [{to: [{operation: {paths: [/x]}}]}]}", namespace="pay"
    )
    assert asked(world(sidecar), "GET http://payments.pay/", CLIENT).constant("seen")["port"] == 9999
    assert asked(world(sidecar + denied), "GET http://payments.pay/", CLIENT).statuses == {503: 1.0}
    declared = (sidecar + denied).replace("protocol: TCP", "protocol: HTTP")
    assert asked(world(declared), "GET http://payments.pay/", CLIENT).statuses == {200: 1.0}


def test_pods_reach_a_gateway_by_its_service_and_an_egress_gateway_with_their_identity() -> None:
    edge = virtual_service(
        f"[{{{to('v1')}}}]", hosts="[istio-ingress.istio-ingress]", rest="gateways: [edge]", name="e"
    )
    mesh = world(GATEWAY + SUBSETS + edge)
    assert asked(mesh, "GET http://istio-ingress.istio-ingress/", CLIENT).answered == {"shop/web-v1": 1.0}
    server = "{port: {number: 443, name: m, protocol: HTTPS}, hosts: ['*'], tls: {mode: ISTIO_MUTUAL}}"
    gateway = istio("Gateway", f"{{selector: {{istio: ingress}}, servers: [{server}]}}", name="edge")
    host = "istio-ingress.istio-ingress.svc.cluster.local"
    out = virtual_service(f"[{{route: [{{destination: {{host: {host}, port: {{number: 443}}}}}}]}}]",
                          hosts="[api.partner.example]", name="o")  # fmt: skip
    inside = virtual_service(f"[{{{to('v1')}}}]", hosts="[api.partner.example]", rest="gateways: [edge]", name="i")
    rule = istio("DestinationRule", f"{{host: {host}, trafficPolicy: {{tls: {{mode: ISTIO_MUTUAL}}}}}}", name="m")
    policy = istio("AuthorizationPolicy", "{rules: [{from: [{source: {namespaces: [shop]}}]}]}",
                   namespace="istio-ingress")  # fmt: skip
    texts = gateway + SUBSETS + out + inside + rule + policy
    assert asked(world(texts), "GET http://api.partner.example/", CLIENT).answered == {"shop/web-v1": 1.0}
    refused = asked(world(texts.replace("namespaces: [shop]", "namespaces: [pay]")), "GET http://api.partner.example/",
                    CLIENT)  # fmt: skip
    assert refused.statuses == {403: 1.0}
