"""What does a request to a port get that every proxy opens for itself, health and metrics?"""

from __future__ import annotations

import pytest

from tests.fixtures.worlds import asked, istio, world

pytestmark = pytest.mark.mesh

GATEWAY = "istio-ingress.istio-ingress"
PODS = """
apiVersion: v1
kind: Service
metadata: {name: proxies, namespace: shop}
spec:
  selector: {app: web}
  ports: [{name: http-health, port: 15021}, {name: http-agent, port: 15020}, {name: http-envoy, port: 15090}]
---
"""
STRICT = istio("PeerAuthentication", "{mtls: {mode: STRICT}}")
NOBODY = istio("AuthorizationPolicy", "{}")


def words(url: str, caller: str = "plain/client", objects: str = "") -> str:
    found = asked(world(objects), f"GET {url}", caller)
    return found.open or " or ".join(sorted({each.in_words for each in found.outcomes}))


@pytest.mark.parametrize("caller", ["internet", "shop/client", "plain/client"])
def test_a_gateway_answers_its_health_check_without_any_gateway_object(caller: str) -> None:
    assert words(f"http://{GATEWAY}:15021/healthz/ready", caller) == "200"


def test_nothing_else_is_at_the_port_of_the_health_check() -> None:
    assert words(f"http://{GATEWAY}:15021/") == "404"
    assert words(f"https://{GATEWAY}:15021/healthz/ready") == "connection reset"


def test_a_server_of_a_gateway_does_not_open_a_port_of_the_proxy() -> None:
    server = (
        "{selector: {istio: ingress}, servers: [{port: {number: 15021, name: http, protocol: HTTP}, hosts: ['*']}]}"
    )
    assert words(f"http://{GATEWAY}:15021/healthz/ready", objects=istio("Gateway", server)) == "200"
    assert words(f"http://{GATEWAY}:15021/shop", objects=istio("Gateway", server)) == "404"


@pytest.mark.parametrize(
    ("port", "path", "end"),
    [
        (15021, "/healthz/ready", "200"),
        (15021, "/healthz/readyz", "200"),
        (15021, "/stats/prometheus", "404"),
        (15090, "/stats/prometheus", "200"),
        (15090, "/stats/prometheus?usedonly", "200"),
        (15090, "/metrics", "404"),
        (15020, "/stats/prometheus", "200"),
        (15020, "/metrics", "200"),
        (15020, "/healthz/ready", "200"),
        (15020, "/healthz/readyz", "404"),
        (15020, "/quitquitquit", "403"),
        (15020, "/app-health/web/readyz", "pilot-agent asks the app, as its probes say"),
    ],
)
def test_neither_mtls_nor_a_policy_holds_at_the_ports_of_a_proxy(port: int, path: str, end: str) -> None:
    assert words(f"http://proxies.shop:{port}{path}", objects=PODS + STRICT + NOBODY) == end


def test_a_sidecar_that_begins_mtls_does_not_get_an_answer_there() -> None:
    assert words("http://proxies.shop:15090/stats/prometheus", "shop/client", PODS) == "503"


def test_without_a_proxy_these_ports_are_the_apps() -> None:
    service = (
        "{apiVersion: v1, kind: Service, metadata: {name: old, namespace: plain}, spec: {selector: {app: legacy}, "
    )
    found = asked(world(f"{service}ports: [{{port: 15020}}]}}}}"), "GET http://old.plain:15020/shop", "plain/client")
    assert "plain/legacy-v1 is reached in plain text: it has no sidecar" in [
        step.text for each in found.outcomes for step in each.steps
    ]


def test_another_port_of_the_agent_is_as_its_annotation_says() -> None:
    pods = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: other, namespace: shop}
spec:
  template:
    metadata: {labels: {app: other}, annotations: {status.sidecar.istio.io/port: "15099"}}
    spec: {containers: [{name: app, image: app}]}
---
apiVersion: v1
kind: Service
metadata: {name: other, namespace: shop}
spec: {selector: {app: other}, ports: [{name: http-agent, port: 15099}]}
---
"""
    assert words("http://other.shop:15099/metrics", objects=pods + STRICT) == "200"
