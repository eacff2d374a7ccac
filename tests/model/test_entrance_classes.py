"""Is a difference found wherever requests come in? Host headers, wildcards, server names, certificates, the outside."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.differing import asked, told
from tests.fixtures.routing_objects import HELLO, gateway, route, rule, service, split, to, virtual_service

pytestmark = pytest.mark.mesh

V1, V2 = "200 from hello/helloworld-v1", "200 from hello/helloworld-v2"


def policy(action: str, *hosts: str, namespace: str = "hello") -> dict[str, Any]:
    spec = {"action": action, "rules": [{"to": [{"operation": {"hosts": list(hosts)}}]}]}
    metadata = {"name": "by-host", "namespace": namespace}
    return {"apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy", "metadata": metadata, "spec": spec}


def server(protocol: str, number: int, *hosts: str, **tls: Any) -> dict[str, Any]:
    port = {"number": number, "name": protocol.lower(), "protocol": protocol}
    return {"port": port, "hosts": list(hosts), **({"tls": tls} if tls else {})}


def edge(*servers: dict[str, Any]) -> dict[str, Any]:
    made = gateway()
    made["spec"]["servers"] = list(servers)
    return made


def connections(protocol: str, *routes: dict[str, Any], hosts: tuple[str, ...]) -> dict[str, Any]:
    made = virtual_service(hosts=hosts)
    made["spec"][protocol] = list(routes)
    return made


def outside(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    version = "networking.istio.io/v1"
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": "hello"}, "spec": spec}


def entry(host: str, port: int, protocol: str) -> dict[str, Any]:
    ports = [{"number": port, "name": protocol.lower(), "protocol": protocol}]
    return outside("ServiceEntry", "partner", hosts=[host], ports=ports, resolution="DNS")


def test_a_policy_tells_the_hosts_of_a_wildcard_apart() -> None:
    around = [gateway("*.example.com"), virtual_service(route(), hosts=("*.example.com",))]
    before, after = policy("DENY", "admin.example.com"), policy("DENY", "*.admin.example.com")
    found = told([*around, service(), before], [*around, service(), after])
    outer = {each.split(": ")[0].split()[2]: each.partition(": ")[2] for each in found if each.startswith("internet")}
    assert outer["http://admin.example.com/"] == "403 -> 200 from hello/helloworld"
    assert [each for each in outer if outer[each].endswith("403")] == ["http://any.example.com.admin.example.com/"]


def test_a_host_with_routes_of_its_own_is_none_of_the_wildcards() -> None:
    own = virtual_service(route(route=split(v1=100)), hosts=("admin.example.com",), name="own")
    around = [gateway("*.example.com"), own, virtual_service(route(), hosts=("*.example.com",))]
    found = told(
        [*around, service(), policy("DENY", "admin.example.com")], [*around, service(), policy("DENY", "x.example.com")]
    )
    outer = [each.split(": ")[0].split()[2] for each in found if each.startswith("internet")]
    assert outer == ["http://admin.example.com/", "http://x.example.com/"]


def test_of_two_wildcards_the_longer_has_its_own_class() -> None:
    wide = virtual_service(route(), hosts=("*.example.com",), name="wide")
    narrow = virtual_service(route("/none"), hosts=("*.a.example.com",), name="narrow")
    found = told([gateway(), wide, narrow, service()], [gateway(), wide, service()])
    assert [each.split(": ")[0].split()[2] for each in found if each.startswith("internet")] == [
        "http://any.a.example.com/"
    ]


def test_authorities_of_a_match_are_told_apart_with_and_without_their_port() -> None:
    def matching(text: str) -> dict[str, Any]:
        match = {"match": [{"authority": {"exact": text}}], "route": split(v2=100)}
        return virtual_service(match, route(route=split(v1=100)))

    found = told([gateway(), matching("hello.example.com")], [gateway(), matching("hello.example.com:80")])
    assert [(each.split(": ")[0].split()[2], each.partition(": ")[2]) for each in found] == [
        ("http://hello.example.com/", f"{V2} -> {V1}"),
        ("http://hello.example.com:80/", f"{V1} -> {V2}"),
    ]


def test_clients_inside_that_write_a_services_name_otherwise_are_told_apart() -> None:
    found = told([service(), policy("DENY", "helloworld")], [service(), policy("DENY", HELLO)])
    assert {each.split(": ")[0].split()[2] for each in found if each.startswith("hello/any-client")} == {
        "http://helloworld/",
        f"http://{HELLO}/",
    }


def test_a_client_without_a_sidecar_says_any_host_it_likes() -> None:
    found = told([service(), policy("DENY", "other.example")], [service(), policy("DENY", "else.example")])
    assert {each.partition(": ")[0] for each in found if each.startswith("outside")} == {
        "outside-the-mesh/any-client GET http://other.example/",
        "outside-the-mesh/any-client GET http://else.example/",
    }


def test_hosts_that_nobody_names_are_a_class_of_a_gateway() -> None:
    around = [gateway("hello.example.com"), virtual_service()]
    denying = policy("DENY", "x", namespace="istio-ingress")
    denying["spec"]["rules"] = [{"to": [{"operation": {"notHosts": ["hello.example.com", "hello.example.com:80"]}}]}]
    found = told(around, [*around, denying])
    assert "internet GET http://any-host.example/: 404 -> 403" in found
    assert not [each for each in found if "http://hello.example.com/" in each]


def test_routes_of_connections_are_asked_about() -> None:
    tcp = [edge(server("TCP", 31400, "*")), service(), rule("v1", "v2")]
    sides = (connections("tcp", {"route": split(**{each: 100})}, hosts=("*",)) for each in ("v1", "v2"))
    before, after = ([*tcp, each] for each in sides)
    assert f"internet GET tcp://any-host.example:31400/: {V1} -> {V2}" in told(before, after)


def test_server_names_are_told_apart() -> None:
    def named(**subsets: str) -> dict[str, Any]:
        listed = [{"match": [{"sniHosts": [f"{name}.example.com"]}], "route": split(**{subset: 100})}
                  for name, subset in subsets.items()]  # fmt: skip
        return connections("tls", *listed, hosts=("*.example.com",))

    around = [edge(server("TLS", 443, "*.example.com", mode="PASSTHROUGH")), service(), rule("v1", "v2")]
    found = told([*around, named(a="v1", b="v1")], [*around, named(a="v1", b="v2")])
    assert found == [f"internet GET https://b.example.com/: {V1} -> {V2}"]


def test_clients_with_a_certificate_are_asked_about_where_a_server_wants_one() -> None:
    around = [edge(server("HTTPS", 443, "*", mode="MUTUAL", credentialName="hello"))]
    found = told([*around, virtual_service(route())], [*around, virtual_service(route("/none"))])
    assert "internet GET https://hello.example.com/: 200 from hello/helloworld -> 404" in found


def test_a_gateway_that_only_the_cluster_reaches_is_called_from_there() -> None:
    pods = {"metadata": {"labels": {"istio": "ingress"}, "annotations": {"inject.istio.io/templates": "gateway"}}}
    inner = service("istio-ingress", "istio-ingress")
    inner["spec"]["selector"] = {"istio": "ingress"}
    deployed = outside("Deployment", "istio-ingress", template={**pods, "spec": {}})
    deployed["metadata"]["namespace"] = "istio-ingress"
    around = [gateway(), inner, deployed]
    found = told([*around, virtual_service(route())], [*around, virtual_service(route("/none"))])
    assert found == ["outside-the-mesh GET http://hello.example.com/: 200 from hello/helloworld -> 404"]


def test_a_destination_rule_for_a_host_outside_is_noticed() -> None:
    plain = outside("DestinationRule", "partner", host="api.partner.example", trafficPolicy={"tls": {"mode": "SIMPLE"}})
    mutual = outside("DestinationRule", "partner", host="api.partner.example",
                     trafficPolicy={"tls": {"mode": "ISTIO_MUTUAL"}})  # fmt: skip
    known = entry("api.partner.example", 80, "HTTP")
    found = told([known, plain], [known, mutual])
    assert "hello/any-client GET http://api.partner.example/: 200 from outside -> 503" in found


def test_what_is_done_on_the_way_out_of_the_mesh_is_compared() -> None:
    def calling(**what: Any) -> dict[str, Any]:
        made = {"route": [to("api.partner.example")], **what}
        return virtual_service(made, hosts=("api.partner.example",), gateways=None)

    known = entry("api.partner.example", 80, "HTTP")
    abort = {"abort": {"percentage": {"value": 30}, "httpStatus": 503}}
    found = asked([known, calling()], [known, calling(fault=abort)])
    assert [each.after.statuses for each in found.differences][:1] == [{200: 0.7, 503: 0.3}]
    assert found.open == {}


def test_what_nobody_declares_is_asked_about_when_a_sidecar_blocks_it() -> None:
    blocking = outside(
        "Sidecar", "default", egress=[{"hosts": ["./*"]}], outboundTrafficPolicy={"mode": "REGISTRY_ONLY"}
    )
    found = told([service()], [service(), blocking])
    assert "hello/any-client GET https://any-host.example/: 200 from outside -> connection closed" in found
