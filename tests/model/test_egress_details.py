"""Does what leaves the mesh through a gateway do so as istiod and Envoy let it, where the records say nothing?

Sources: gateway.go, networkfilter.go and cluster_tls.go of Istio's pilot/pkg/networking/core; each was also asked of a
real Envoy with istiod's configuration.
"""

from __future__ import annotations

import pytest

from fairlead_mesh.model.traffic.explanation import Explanation
from tests.fixtures.worlds import asked, istio, world

pytestmark = pytest.mark.mesh

GATEWAY = "istio-ingress.istio-ingress.svc.cluster.local"
HOST = "api.partner.example"
HTTP = f"http://{HOST}/"


def entry(resolution: str = "DNS") -> str:
    ports = "[{number: 80, name: http, protocol: HTTP}, {number: 443, name: tls, protocol: TLS}]"
    return istio("ServiceEntry", f"{{hosts: [{HOST}], resolution: {resolution}, ports: {ports}}}", name="se")


def edge(port: int, protocol: str, mode: str = "", host: str = HOST) -> str:
    tls = f", tls: {{mode: {mode}}}" if mode else ""
    server = f"{{port: {{number: {port}, name: e, protocol: {protocol}}}, hosts: ['{host}']{tls}}}"
    return istio("Gateway", f"{{selector: {{istio: ingress}}, servers: [{server}]}}", name="edge")


def through(port: int) -> str:
    there = f"{{destination: {{host: {GATEWAY}, port: {{number: {port}}}}}}}"
    out = f"{{destination: {{host: {HOST}, port: {{number: 80}}}}}}"
    routes = f"[{{match: [{{gateways: [mesh]}}], route: [{there}]}}, {{match: [{{gateways: [edge]}}], route: [{out}]}}]"
    return istio("VirtualService", f"{{hosts: [{HOST}], gateways: [mesh, edge], http: {routes}}}", name="through")


def by_tls() -> str:
    match = "sniHosts: [api.partner.example]"
    there = f"{{match: [{{gateways: [mesh], {match}}}], route: [{{destination: {{host: {GATEWAY}}}}}]}}"
    out = f"{{match: [{{gateways: [edge], {match}}}], route: [{{destination: {{host: {HOST}}}}}]}}"
    return istio(
        "VirtualService", f"{{hosts: [{HOST}], gateways: [mesh, edge], tls: [{there}, {out}]}}", name="through"
    )


def mutual(sni: str = "") -> str:
    tls = f"{{mode: ISTIO_MUTUAL{f', sni: {sni}' if sni else ''}}}"
    return istio("DestinationRule", f"{{host: {GATEWAY}, trafficPolicy: {{tls: {tls}}}}}", name="gateway")


def policy(action: str, rule: str) -> str:
    spec = f"{{action: {action}, rules: [{rule}]}}"
    return istio("AuthorizationPolicy", spec, namespace="istio-ingress", name="policy")


def ask(objects: str, url: str = HTTP, caller: str = "shop/client") -> Explanation:
    return asked(world(objects), f"GET {url}", caller)


@pytest.mark.parametrize(("sni", "status"), [(HOST, 200), ("", 503)])
def test_mtls_to_a_gateway_asks_for_the_name_of_its_rule_or_for_istios_own(sni: str, status: int) -> None:
    found = ask(entry() + edge(443, "HTTPS", "ISTIO_MUTUAL") + mutual(sni) + through(443))
    assert found.statuses == {status: 1.0}


def test_plain_text_to_a_gateway_that_wants_tls_is_answered_with_503_by_the_sidecar() -> None:
    assert ask(entry() + edge(443, "HTTPS", "ISTIO_MUTUAL") + through(443)).statuses == {503: 1.0}


@pytest.mark.parametrize(("action", "status"), [("DENY", 200), ("ALLOW", 403)])
def test_plain_text_has_no_server_name_for_a_policy(action: str, status: int) -> None:
    rule = f"{{when: [{{key: connection.sni, values: [{HOST}]}}]}}"
    assert ask(entry() + edge(80, "HTTP") + through(80) + policy(action, rule)).statuses == {status: 1.0}


@pytest.mark.parametrize(("space", "errors"), [("shop", 1.0), ("'*'", 1.0)])
def test_tls_that_a_gateway_passes_on_has_no_identity_for_a_policy(space: str, errors: float) -> None:
    allowing = policy("ALLOW", f"{{from: [{{source: {{namespaces: [{space}]}}}}]}}")
    found = ask(entry() + edge(443, "TLS", "PASSTHROUGH") + by_tls() + allowing, f"https://{HOST}/")
    assert found.errors == errors


def test_policies_hold_for_bytes_at_a_gateway() -> None:
    objects = entry() + edge(443, "TLS", "PASSTHROUGH") + by_tls()
    rule = f"{{when: [{{key: connection.sni, values: [{HOST}]}}]}}"
    assert ask(objects, f"https://{HOST}/").answered == {"outside": 1.0}
    assert ask(objects + policy("DENY", rule), f"https://{HOST}/").errors == 1.0
    assert ask(objects + policy("ALLOW", rule), f"https://{HOST}/").answered == {"outside": 1.0}


def test_a_gateway_has_nobody_to_send_to_for_an_entry_without_resolution() -> None:
    found = ask(entry("NONE") + edge(80, "HTTP") + through(80))
    assert (found.statuses, found.constant("body")) == ({503: 1.0}, "no healthy upstream")
