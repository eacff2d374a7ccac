"""Which keys does a mesh that exists become? Objects of other names, gateways of other namespaces, policies, hosts
outside."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from fairlead.project.draft_files import sections
from fairlead_mesh.drafts.mesh_draft import mesh_draft
from fairlead_mesh.drafts.mesh_sections import MeshDraft
from fairlead_mesh.model.graph import graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.stack import read_config

pytestmark = pytest.mark.mesh

SERVICES = """
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: web}
spec: {selector: {app: shop}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: web}
spec: {selector: {app: api}, ports: [{name: http, port: 8080}, {name: admin, port: 9090}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: front, namespace: web}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
---
"""
INGRESS = """
apiVersion: v1
kind: Service
metadata: {name: edge, namespace: istio-system}
spec: {type: NodePort, selector: {istio: ingressgateway}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: edge, namespace: istio-system}
spec:
  selector: {matchLabels: {istio: ingressgateway}}
  template: {metadata: {labels: {istio: ingressgateway}}, spec: {serviceAccountName: edge-account}}
---
"""


def drafted(text: str) -> MeshDraft:
    items = [Item(each) for each in yaml.safe_load_all(text) if each]
    draft, compared = mesh_draft(graph(items, closed=True))
    assert compared.differences == []
    assert {str(item.kind) for item in draft.graph.items} - {"Service"}
    return draft


def keys(text: str) -> dict[str, Any]:
    """The sections of a draft that takes every object as keys, and that is a stack file."""
    draft = drafted(text)
    assert {str(item): why for item, why in draft.kept.items()} == {}
    found = sections(draft, "kind")
    assert read_config(found)
    return found


def istio(kind: str, name: str, spec: str, group: str = "networking", namespace: str = "web") -> str:
    return (
        f"apiVersion: {group}.istio.io/v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: {namespace}}}\n"
        f"spec: {spec}\n---\n"
    )


def test_a_gateway_may_have_the_pods_of_another_namespace() -> None:
    (gateway,) = keys(SERVICES + INGRESS)["gateways"]
    assert gateway["pods"] == {"service": "edge", "namespace": "istio-system", "serviceAccount": "edge-account"}
    assert (gateway["external"], gateway["expose"]) == (True, "nodePort")


def test_pods_that_files_do_not_have_are_those_that_istio_installs() -> None:
    (gateway,) = keys(SERVICES)["gateways"]
    assert gateway["pods"] == {"service": "istio-ingressgateway", "namespace": "istio-system"}
    draft = drafted(SERVICES.replace("istio: ingressgateway", "edge: ours"))
    assert [*draft.kept.values()] == ["no pods that it selects"]


def test_objects_keep_their_names() -> None:
    rule = istio("DestinationRule", "shop-subsets", "{host: shop, subsets: [{name: v1, labels: {version: v1}}]}")
    to_v1 = "[{route: [{destination: {host: shop, subset: v1}}]}]"
    routes = istio("VirtualService", "shop-routes", f"{{hosts: [shop.example.com], gateways: [front], http: {to_v1}}}")
    inner = istio("VirtualService", "inside", f"{{hosts: [shop], http: {to_v1}}}")
    (app,) = keys(SERVICES + rule + routes)["apps"]
    assert (app["name"], app["service"]) == ("shop-routes", "shop")
    assert app["objectNames"] == {"destinationRule": "shop-subsets"}
    draft = drafted(SERVICES + rule + inner + routes.replace("[shop.example.com]", '["*"]'))
    assert draft.kept == {}
    (app,) = sections(draft, "kind")["apps"]
    assert app["objectNames"] == {"destinationRule": "shop-subsets", "meshVirtualService": "inside"}


def test_apps_of_one_name_in_two_namespaces_are_told_apart() -> None:
    one = "".join(part for part in SERVICES.split("---\n")[:1]) + "---\n"
    rule = istio("DestinationRule", "shop", "{host: shop, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}")
    apps = keys(one + rule + (one + rule).replace("namespace: web", "namespace: test"))["apps"]
    assert [(each["name"], each.get("objectNames")) for each in apps] == [
        ("shop", None),
        ("shop-web", {"destinationRule": "shop"}),
    ]
    assert apps[1]["service"] == "shop"
    assert {each["clientTls"] for each in apps} == {"istioMutual"}


def test_a_virtual_service_may_lead_to_several_services() -> None:
    http = (
        "[{match: [{uri: {prefix: /api}}], route: [{destination: {host: api, port: {number: 8080}}}]},"
        " {route: [{destination: {host: shop}}]}]"
    )
    (app,) = keys(SERVICES + istio("VirtualService", "all", f'{{hosts: ["*"], gateways: [front], http: {http}}}'))[
        "apps"
    ]
    assert (app["service"], app["port"]) == ("shop", 80)
    assert {"name": "api", "service": "api", "port": 8080} in app["versions"]


def test_policies_become_keys_of_apps_and_namespaces() -> None:
    sources = "{principals: [cluster.local/ns/ops/sa/admin, cluster.local/ns/web/sa/api]}"
    rules = f"[{{from: [{{source: {sources}}}], to: [{{operation: {{methods: [GET], paths: [/a*]}}}}]}}]"
    shop = "selector: {matchLabels: {app: shop}}"
    text = SERVICES + "".join(
        [
            istio("PeerAuthentication", "all-strict", "{mtls: {mode: STRICT}}", "security"),
            istio("AuthorizationPolicy", "nothing", "{}", "security"),
            istio("AuthorizationPolicy", "read", f"{{{shop}, rules: {rules}}}", "security"),
            istio("PeerAuthentication", "shop", f"{{{shop}, mtls: {{mode: PERMISSIVE}}}}", "security"),
            istio(
                "RequestAuthentication", "users", f"{{{shop}, jwtRules: [{{issuer: me, jwks: '{{}}'}}]}}", "security"
            ),
        ]
    )
    found = keys(text)
    (space,) = found["namespaces"]
    assert (space["mtls"], space["defaultDeny"]) == ("strict", "enforce")
    assert space["objectNames"] == {"mtls": "all-strict", "defaultDeny": "nothing"}
    (app,) = found["apps"]
    assert app["callers"] == [
        {"serviceAccount": "ops/admin", "methods": ["GET"], "paths": ["/a*"]},
        {"serviceAccount": "web/api", "methods": ["GET"], "paths": ["/a*"]},
    ]
    assert (app["mtls"], app["jwt"]["required"]) == ({"mode": "permissive"}, False)
    assert app["objectNames"] == {"callers": "read", "jwt": "users"}


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("rules: [{from: [{source: {notNamespaces: [web]}}]}]", "notNamespaces"),
        ("rules: [{to: [{operation: {hosts: [a.example.com]}}]}]", "hosts"),
        ("rules: [{from: [{source: {principals: ['*']}}]}]", "principals *"),
        ("rules: [{from: [{source: {namespaces: [web], principals: [a]}}]}]", "namespaces with principals"),
        ("rules: [{when: [{key: source.ip, values: [10.0.0.1]}]}]", "when source.ip"),
        ("action: AUDIT, rules: [{}]", "action AUDIT"),
    ],
)
def test_a_policy_that_no_key_says_stays_an_object(spec: str, why: str) -> None:
    policy = istio("AuthorizationPolicy", "one", f"{{selector: {{matchLabels: {{app: shop}}}}, {spec}}}", "security")
    assert [*drafted(SERVICES + policy).kept.values()] == [why]


def test_hosts_outside_the_mesh_become_egress() -> None:
    ports = "ports: [{number: 443, name: https, protocol: HTTPS}]"
    entry = istio(
        "ServiceEntry", "pay", f"{{hosts: [pay.example.com], {ports}, resolution: DNS, location: MESH_EXTERNAL}}"
    )
    assert keys(SERVICES + entry)["egress"] == [
        {"name": "pay", "namespace": "web", "hosts": ["pay.example.com"], "port": 443, "protocol": "TLS"}
    ]
    inside = drafted(SERVICES + entry.replace("MESH_EXTERNAL", "MESH_INTERNAL"))
    assert [*inside.kept.values()] == ["location or resolution"]


def test_what_is_in_istios_own_namespace_stays_an_object() -> None:
    rule = istio("DestinationRule", "edge", "{host: edge, exportTo: ['.']}", namespace="istio-system")
    assert "in Istio's own namespace" in drafted(SERVICES + INGRESS + rule).kept.values()
