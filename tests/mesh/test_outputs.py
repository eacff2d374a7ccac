"""What does a stack tell when it is up? Where its gateways and apps answer, and how to get there."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.apps.app import App
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.outputs import Reached, app_outputs, gateway_outputs

pytestmark = pytest.mark.mesh

BALANCER = Reached("lb.example.com")
ARN = "arn:aws:acm:eu-west-1:123456789012:certificate/a"
URLS = {"istio-ingress": ["http://lb.example.com", "https://lb.example.com"], "partners": ["http://10.0.0.1:8080"]}


def gateway(reached: Reached, **keys: Any) -> dict[str, Any]:
    return gateway_outputs(Gateway.model_validate({"name": "istio-ingress", **keys}), reached)


def app(**keys: Any) -> dict[str, Any]:
    return app_outputs(App.model_validate({"name": "shop", "port": 8080, **keys}), URLS)


def test_a_load_balancer_answers_at_its_address() -> None:
    assert gateway(BALANCER) == {"address": "lb.example.com", "urls": ["http://lb.example.com"]}


def test_an_unusual_port_is_part_of_the_url() -> None:
    assert gateway(BALANCER, ports=[{"port": 8080}, {"port": 443}])["urls"] == [
        "http://lb.example.com:8080",
        "http://lb.example.com:443",
    ]


def test_a_port_with_tls_at_the_load_balancer_is_https() -> None:
    ports = [{"port": 80}, {"port": 443, "name": "web"}, {"port": 8443, "name": "admin"}]
    tls = {"certificates": [ARN], "ports": ["web", "admin"]}
    assert gateway(BALANCER, ports=ports, loadBalancer={"tls": tls})["urls"] == [
        "http://lb.example.com",
        "https://lb.example.com",
        "https://lb.example.com:8443",
    ]


def test_a_port_with_tls_at_the_gateway_is_https() -> None:
    port = {"port": 443, "protocol": "HTTPS", "tls": {"credentialName": "shop-cert"}}
    assert gateway(BALANCER, ports=[port])["urls"] == ["https://lb.example.com"]


def test_without_an_address_a_command_brings_the_gateway_to_this_machine() -> None:
    assert gateway(Reached(), namespace="edge", ports=[{"port": 8000}, {"port": 80}]) == {
        "address": "istio-ingress.edge.svc.cluster.local",
        "urls": ["http://localhost:8080"],
        "command": "kubectl -n edge port-forward svc/istio-ingress 8080:8000",
    }


def test_node_ports_are_named_once_they_are_known() -> None:
    reached = Reached(None, {"http-80": 31080})
    outputs = gateway(reached, expose="nodePort")
    assert outputs["nodePorts"] == {"http-80": 31080}
    assert "nodePorts" not in gateway(Reached(), expose="nodePort")
    assert "nodePorts" not in gateway(Reached("lb.example.com", {"http-80": 31080}))


def test_an_app_answers_inside_the_mesh_at_its_service() -> None:
    assert app(namespace="web")["urls"] == ["http://shop.web.svc.cluster.local:8080"]
    assert app(service="shop-stable")["urls"] == ["http://shop-stable.default.svc.cluster.local:8080"]


def test_an_app_answers_at_every_url_of_its_gateways() -> None:
    assert app(gateways=["istio-ingress", "partners"])["urls"] == [*URLS["istio-ingress"], *URLS["partners"]]


def test_an_app_that_both_reach_answers_in_both_places() -> None:
    urls = app(gateways=["partners", "mesh"])["urls"]
    assert urls == ["http://shop.default.svc.cluster.local:8080", "http://10.0.0.1:8080"]


@pytest.mark.parametrize(
    ("uri", "path"),
    [({"exact": "/hello"}, "/hello"), ({"prefix": "/api"}, "/api"), ({"regex": "/v[0-9]/.*"}, ""), (None, "")],
)
def test_a_url_ends_in_a_path_that_the_app_takes(uri: dict[str, str] | None, path: str) -> None:
    match = {"uri": uri} if uri else {"method": "GET"}
    urls = app(gateways=["partners"], routes=[{"match": [match]}])["urls"]
    assert urls == [f"http://10.0.0.1:8080{path}"]


def test_the_path_is_the_first_that_is_known() -> None:
    routes = [{"match": [{"uri": {"regex": ".*"}}]}, {"match": [{"method": "GET"}, {"uri": {"prefix": "/a"}}]}]
    assert app(gateways=["partners"], routes=routes)["urls"] == ["http://10.0.0.1:8080/a"]


def test_hosts_are_told_where_the_address_alone_would_not_do() -> None:
    assert app(gateways=["partners"], hosts=["shop.example.com"])["hosts"] == ["shop.example.com"]
    assert "hosts" not in app(gateways=["partners"])
    assert "hosts" not in app(hosts=["shop.example.com"])


def test_an_app_tells_its_expected_split() -> None:
    split = app(versions=[{"name": "v1"}, {"name": "v2"}], routes=[{"weights": {"v1": 70, "v2": 30}}])["split"]
    assert split == [{"requests": "all", "to": "v1 70 %, v2 30 %"}]
