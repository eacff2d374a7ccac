"""Is an addon's page shown by a gateway to those alone who may open it? The objects, and what a request meets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fairlead_mesh.config import Config
from fairlead_mesh.stack import well_formed
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import KIND, evaluated

pytestmark = pytest.mark.mesh

Command = Callable[..., tuple[int, str, str]]

GATEWAY = {"name": "istio-ingress"}
TLS = {"credentialName": "page-tls"}
OFFICE = {"cidrs": ["10.0.0.0/8"]}
JWT = {"issuer": "https://a.example.com", "jwksUri": "https://a.example.com/keys", "fromHeaders": ["x-token"]}


def config(key: str = "kiali", gateway: dict[str, Any] | None = None, **expose: Any) -> Config:
    said = {"host": f"{key}.example.com", "gateway": "istio-ingress", "tls": TLS, "allow": OFFICE, **expose}
    addons = {"prometheus": {}, "grafana": {}, "tracing": {}, "kiali": {}} | {
        key: {"expose": {name: value for name, value in said.items() if value is not None}}
    }
    return well_formed({"cluster": KIND, "gateways": [gateway or GATEWAY], "addons": addons})


def objects(read: Config) -> dict[tuple[str, str], dict[str, Any]]:
    (page,) = read.exposed_pages
    made = [*page.policies(), *page.entrance()]
    return {(each["kind"], each["metadata"]["name"]): each for each in made}


def values(read: Config, key: str) -> dict[str, Any]:
    (addon,) = [each for each in read.addons.named if each.key == key]
    return addon.chart_values(read.around_addons())


def test_the_gateway_has_a_listener_with_tls_that_only_the_addons_namespace_routes() -> None:
    read = config()
    gateway = objects(read)["Gateway", "kiali-page"]
    assert gateway["metadata"]["namespace"] == "istio-ingress"
    assert gateway["spec"]["servers"] == [
        {
            "port": {"number": 443, "name": "https-kiali-page", "protocol": "HTTPS"},
            "hosts": ["istio-system/kiali.example.com"],
            "tls": {"mode": "SIMPLE", "credentialName": "page-tls"},
        }
    ]
    # And its Service has that port, at which nothing else is served.
    assert [(port.port, port.hosts) for port in read.gateways[0].ports] == [(80, None), (443, [])]


def test_routes_lead_from_the_port_with_tls_alone_to_the_addons_service() -> None:
    spec = objects(config())["VirtualService", "kiali-page"]["spec"]
    assert (spec["hosts"], spec["gateways"]) == (["kiali.example.com"], ["istio-ingress/kiali-page"])
    assert spec["http"] == [
        {"match": [{"uri": {"exact": "/"}, "port": 443}], "redirect": {"uri": "/kiali"}},
        {
            "match": [{"port": 443}],
            "route": [{"destination": {"host": "kiali.istio-system.svc.cluster.local", "port": {"number": 20001}}}],
        },
    ]
    plain = objects(config("grafana"))["VirtualService", "grafana-page"]["spec"]
    assert [each.get("redirect") for each in plain["http"]] == [None]


def test_who_is_elsewhere_is_denied_for_this_host_and_no_other() -> None:
    policy = objects(config())["AuthorizationPolicy", "kiali-page"]
    assert policy["metadata"]["namespace"] == "istio-ingress"
    assert policy["spec"] == {
        "selector": {"matchLabels": {"istio": "ingress"}},
        "action": "DENY",
        "rules": [
            {
                "from": [{"source": {"notRemoteIpBlocks": ["10.0.0.0/8"]}}],
                "to": [{"operation": {"hosts": ["kiali.example.com", "kiali.example.com:*"]}}],
            }
        ],
    }


def test_a_token_of_another_issuer_opens_nothing() -> None:
    made = objects(config(allow={"jwt": JWT}))
    (rule,) = made["RequestAuthentication", "kiali-page"]["spec"]["jwtRules"]
    assert rule["fromHeaders"] == [{"name": "x-token"}]
    (denied,) = made["AuthorizationPolicy", "kiali-page-jwt"]["spec"]["rules"]
    assert denied["from"] == [{"source": {"notRequestPrincipals": ["https://a.example.com/*"]}}]


def test_an_authorizer_is_asked_for_the_host_and_the_paths_that_it_is_for() -> None:
    made = objects(config(allow={"authorizer": {"name": "login", "exceptPaths": ["/kiali/healthz"]}}))
    spec = made["AuthorizationPolicy", "kiali-page-authorizer"]["spec"]
    assert (spec["action"], spec["provider"]) == ("CUSTOM", {"name": "login"})
    (operation,) = [each["operation"] for each in spec["rules"][0]["to"]]
    assert operation == {
        "hosts": ["kiali.example.com", "kiali.example.com:*"],
        "notPaths": ["/kiali/healthz"],
    }


def test_connections_of_which_the_gateway_reads_no_host_stay_as_they_are() -> None:
    """On such a port a DENY policy forgets the host, and would deny every connection."""
    ports = [{"port": 80}, {"port": 9000, "protocol": "TCP"}, {"port": 8443, "protocol": "TLS"}]
    policy = objects(config(gateway={**GATEWAY, "ports": ports}))["AuthorizationPolicy", "kiali-page"]
    assert policy["spec"]["rules"][0]["to"][0]["operation"]["notPorts"] == ["9000", "8443"]


def test_a_page_may_use_the_certificate_of_the_gateways_port() -> None:
    ports = [{"port": 443, "protocol": "HTTPS", "hosts": ["*.example.com"], "tls": {"credentialName": "wildcard"}}]
    made = objects(config(gateway={**GATEWAY, "ports": ports}, tls=None))
    assert not [kind for kind, _ in made if kind == "Gateway"]
    assert made["VirtualService", "kiali-page"]["spec"]["gateways"] == ["istio-ingress/istio-ingress"]


def test_a_certificate_that_is_issued_is_for_the_host() -> None:
    made = objects(config(tls={**TLS, "certificate": "letsencrypt"}))
    assert made["Certificate", "page-tls"]["spec"]["dnsNames"] == ["kiali.example.com"]
    assert made["Certificate", "page-tls"]["metadata"]["namespace"] == "istio-ingress"


def test_pages_know_the_address_at_which_they_are_shown() -> None:
    assert values(config(), "kiali")["server"] == {
        "port": 20001,
        "web_root": "/kiali",
        "web_schema": "https",
        "web_fqdn": "kiali.example.com",
    }
    assert values(config("grafana"), "grafana")["grafana.ini"]["server"] == {"root_url": "https://grafana.example.com"}
    of_kiali = values(config("tracing", port=8443), "kiali")["external_services"]["tracing"]
    assert of_kiali["external_url"] == "https://tracing.example.com:8443/jaeger"
    assert values(config("prometheus"), "prometheus")["server"]["baseURL"] == "https://prometheus.example.com"


def test_a_page_that_is_shown_to_anybody_asks_them_to_log_in_where_it_can() -> None:
    assert values(config(), "kiali")["auth"] == {"strategy": "anonymous"}
    assert values(config(allow=None), "kiali")["auth"] == {"strategy": "token"}
    assert values(config("grafana"), "grafana")["grafana.ini"]["auth.anonymous"]["enabled"] is True
    assert values(config("grafana", allow=None), "grafana")["grafana.ini"]["auth.anonymous"] == {"enabled": False}


def test_the_outputs_name_the_address() -> None:
    (kiali,) = [each for each in config().addons.named if each.key == "kiali"]
    assert kiali.local_access["publicUrl"] == "https://kiali.example.com/kiali"


@pytest.mark.snapshot
def test_denials_are_there_before_the_first_route() -> None:
    expose = {"host": "p.example.com", "gateway": "istio-ingress", "tls": TLS, "allow": OFFICE}
    snapshot = evaluated(gateways=[GATEWAY], addons={"prometheus": {"expose": expose}})
    named = {(each.type.rpartition(":")[2], each.name): each for each in snapshot.resources}
    denial = named["AuthorizationPolicy", "prometheus-page-authorizationpolicy"].urn
    for kind in ("Gateway", "VirtualService"):
        assert denial in named[kind, f"prometheus-page-{kind.lower()}"].dependencies


def asked(command: Command, *words: str) -> str:
    code, out, err = command("explain", "--config-file", str(PROGRAM / "examples" / "addons-exposed.yaml"), *words)
    assert code == 0, err
    return out


def test_the_one_model_says_what_a_request_for_a_page_meets(command: Command) -> None:
    at_prometheus = asked(command, "https://prometheus.example.com/graph")
    assert "TLS handshake failed: the client sends no certificate" in at_prometheus
    # Nobody is in the networks of examples (RFC 5737, RFC 3849).
    assert "403 by AuthorizationPolicy istio-ingress/kiali-page" in asked(command, "https://kiali.example.com/")
    assert "oauth2-proxy" in asked(command, "https://traces.example.com/jaeger")
