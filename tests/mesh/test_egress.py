"""What do hosts outside the mesh, declared calls and access logs come to?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.config import Config
from fairlead_mesh.lint.stack.stack_items import stack_items
from fairlead_mesh.policies import policies

pytestmark = pytest.mark.mesh

EGRESS = {"name": "istio-egress", "direction": "egress", "ports": [{"port": 80}, {"port": 443, "protocol": "TLS"}]}
HTTP = {"port": 80, "protocol": "HTTP"}


def config(**keys: Any) -> Config:
    return Config.model_validate({"cluster": {"kubeconfig": {"context": "kind"}}, **keys})


def specs(**keys: Any) -> dict[str, Any]:
    """`Kind namespace/name` -> spec."""
    return {str(item): item.spec for item in policies(config(**keys))}


def host(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "hosts": [f"{name}.example.com"], **more}


def test_a_host_alone_is_a_service_entry() -> None:
    (spec,) = specs(egress=[host("mail")]).values()
    assert spec == {
        "hosts": ["mail.example.com"],
        "location": "MESH_EXTERNAL",
        "ports": [{"number": 443, "name": "tls-443", "protocol": "TLS"}],
        "resolution": "DNS",
    }


@pytest.mark.parametrize("more", [{"hosts": ["*.example.com"]}, {"protocol": "TCP", "addresses": ["10.0.0.0/8"]}])
def test_what_no_name_server_resolves_is_not_resolved(more: dict[str, Any]) -> None:
    (spec,) = specs(egress=[host("mail") | more]).values()
    assert spec["resolution"] == "NONE"


def test_tls_that_the_proxy_begins_goes_to_another_port_with_the_hosts_name() -> None:
    found = specs(egress=[host("pay", tlsOrigination="SIMPLE", **HTTP)])
    assert found["ServiceEntry default/pay"]["ports"] == [
        {"number": 80, "name": "http-80", "protocol": "HTTP", "targetPort": 443}
    ]
    (settings,) = found["DestinationRule default/pay"]["trafficPolicy"]["portLevelSettings"]
    assert settings["port"] == {"number": 80}
    assert settings["tls"]["sni"] == "pay.example.com"
    assert settings["tls"]["caCertificates"] == "/etc/ssl/certs/ca-certificates.crt"


def test_tls_of_an_egress_gateway_is_known_to_the_gateway_alone() -> None:
    found = specs(egress=[host("pay", tlsOrigination="SIMPLE", through="istio-egress", **HTTP)], gateways=[EGRESS])
    rule = found["DestinationRule istio-egress/pay"]
    assert rule["exportTo"] == ["."]
    assert rule["trafficPolicy"]["portLevelSettings"][0]["port"] == {"number": 443}
    to_gateway, to_host = found["VirtualService default/pay"]["http"]
    assert to_gateway["route"][0]["destination"] == {
        "host": "istio-egress.istio-egress.svc.cluster.local",
        "port": {"number": 80},
        "subset": "pay",
    }
    assert to_host["route"][0]["destination"] == {"host": "pay.example.com", "port": {"number": 443}}
    (server,) = found["Gateway default/pay-egress"]["servers"]
    assert (server["port"]["protocol"], server["tls"]) == ("HTTPS", {"mode": "ISTIO_MUTUAL"})


def test_one_rule_has_the_subsets_of_all_hosts_of_a_gateway() -> None:
    hosts = [host(name, through="istio-egress", **HTTP) for name in ("pay", "ship")]
    found = specs(egress=[*hosts, host("mail", through="istio-egress")], gateways=[EGRESS])
    assert [each["name"] for each in found["DestinationRule istio-egress/istio-egress"]["subsets"]] == ["pay", "ship"]


def test_tls_of_an_app_passes_a_gateway_as_it_is() -> None:
    found = specs(egress=[host("mail", through="istio-egress")], gateways=[EGRESS])
    assert found["Gateway default/mail-egress"]["servers"][0]["tls"] == {"mode": "PASSTHROUGH"}
    assert [each["match"][0]["sniHosts"] for each in found["VirtualService default/mail"]["tls"]] == [
        ["mail.example.com"]
    ] * 2


def app(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "namespace": "shop", "port": 80, "external": {"labels": {"app": name}}, **more}


def test_a_declared_call_is_a_scope_of_the_client_and_a_policy_of_the_other() -> None:
    apps = [app("cart", serviceAccount="carter", calls=["pay", "mail"]), app("pay")]
    found = specs(apps=apps, egress=[host("mail", through="istio-egress")], gateways=[EGRESS])
    assert found["Sidecar shop/cart"] == {
        "workloadSelector": {"labels": {"app": "cart"}},
        "egress": [
            {
                "hosts": [
                    "default/mail.example.com",
                    "istio-egress/istio-egress.istio-egress.svc.cluster.local",
                    "istio-system/*",
                    "shop/pay.shop.svc.cluster.local",
                ]
            }
        ],
    }
    (rule,) = found["AuthorizationPolicy shop/pay-callers"]["rules"]
    assert rule["from"][0]["source"]["principals"] == ["cluster.local/ns/shop/sa/carter"]


def test_a_declared_call_joins_the_callers_unless_they_have_it() -> None:
    apps = [app("cart", serviceAccount="carter", calls=["pay"])]
    limited = specs(apps=[*apps, app("pay", callers=[{"app": "cart", "paths": ["/pay"]}])])
    assert len(limited["AuthorizationPolicy shop/pay-callers"]["rules"]) == 2
    listed = specs(apps=[*apps, app("pay", callers=["cart", {"namespace": "ops"}])])
    assert len(listed["AuthorizationPolicy shop/pay-callers"]["rules"]) == 2


def test_a_finding_on_a_rule_leads_to_the_client_that_it_is_made_of() -> None:
    apps = [app("cart", serviceAccount="carter", calls=["pay"]), app("pay", callers=[{"namespace": "ops"}])]
    (item,) = [each for each in policies(config(apps=apps)) if each.name == "pay-callers"]
    assert item.places["spec", "rules", 0] == ("callers", 0)
    assert ("spec", "rules", 1) not in item.places


def test_logs_of_the_mesh_go_into_the_telemetry_of_tracing() -> None:
    keys: dict[str, Any] = {"istio": {"accessLogs": {"filter": "response.code >= 400"}}}
    logging = {"providers": [{"name": "envoy"}], "filter": {"expression": "response.code >= 400"}}
    for addons in ({}, {"tracing": {}}):
        found = [each for each in stack_items(config(**keys, addons=addons), []) if each.kind == "Telemetry"]
        assert [(each.name, each.spec["accessLogging"]) for each in found] == [("mesh-default", [logging])]
        assert ("tracing" in found[0].spec) == ("tracing" in addons)


def test_a_format_is_a_provider_that_istiod_is_told_of() -> None:
    keys: dict[str, Any] = {"namespaces": [{"name": "shop", "accessLogs": {"format": "json"}}]}
    (spec,) = specs(**keys).values()
    (provider,) = config(**keys).extension_providers
    assert spec["accessLogging"] == [{"providers": [{"name": provider["name"]}]}]
    assert provider["envoyFileAccessLog"]["logFormat"] == {"labels": {}}


def test_logs_can_be_off_for_an_app() -> None:
    assert specs(apps=[app("cart", accessLogs=False)])["Telemetry shop/cart"] == {
        "selector": {"matchLabels": {"app": "cart"}},
        "accessLogging": [{"disabled": True}],
    }
