"""Is what files seldom hold missed only where they would hold it? Istio's own pods, other namespaces, near misses."""

from __future__ import annotations

import pytest

from fairlead_mesh.findings import Finding
from fairlead_mesh.lint.object_findings import object_findings
from fairlead_mesh.model.elsewhere import close
from fairlead_mesh.model.graph import graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.reading.documents import yaml_objects

pytestmark = pytest.mark.mesh

GATEWAY = """\
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: front, namespace: shop}
spec:
  selector: {istio: SELECTOR}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}]
---
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
"""
ROUTE = """\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [GATEWAY]
  http: [{route: [{destination: {host: HOST}}]}]
---
"""
RULE = """\
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec: {host: HOST, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
---
"""
POLICY = """\
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: open, namespace: NAMESPACE}
spec: {selector: {matchLabels: LABELS}, rules: [{}]}
---
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, labels: {app: cart}}
spec: {containers: [{name: cart, image: cart}]}
---
"""


def found(text: str, rule: str) -> list[Finding]:
    mesh = graph([Item(each) for each in yaml_objects(text)], closed=True)
    return [each for each in object_findings(mesh) if each.rule == rule]


@pytest.mark.parametrize(
    ("selector", "severity"),
    [("ingressgateway", None), ("egressgateway", None), ("ingresgateway", "warning"), ("mine", "info")],
)
def test_a_gateway_is_mostly_installed_apart(selector: str, severity: str | None) -> None:
    hits = found(GATEWAY.replace("SELECTOR", selector), "gateways_have_pods")
    assert [each.severity for each in hits] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("host", "severity"),
    [
        ("crat", "error"),
        ("cart.shop.svc.cluster.local", None),
        ("pay.bank.svc.cluster.local", None),
        ("cart.shopp.svc.cluster.local", "error"),
        ("cart.bank.svc.cluster.local", "info"),
        ("istiod.istio-system.svc.cluster.local", None),
        ("istio-egressgateway.istio-system.svc.cluster.local", None),
    ],
)
@pytest.mark.parametrize(("kind", "rule"), [(ROUTE, "destinations_exist"), (RULE, "hosts_of_destination_rules_exist")])
def test_a_service_is_missed_where_the_files_hold_services(
    kind: str, rule: str, host: str, severity: str | None
) -> None:
    hits = found(SERVICE + kind.replace("HOST", host), rule)
    assert [each.severity for each in hits] == ([severity] if severity else [])


def test_files_without_services_say_nothing_of_services() -> None:
    assert not found(ROUTE.replace("HOST", "cart"), "destinations_exist")


@pytest.mark.parametrize(
    ("gateway", "severity"), [("front", []), ("frnot", ["error"]), ("istio-system/main", []), ("mesh", [])]
)
def test_a_gateway_is_missed_where_the_files_hold_gateways(gateway: str, severity: list[str]) -> None:
    text = GATEWAY.replace("SELECTOR", "ingressgateway") + ROUTE.replace("GATEWAY", gateway)
    assert [each.severity for each in found(text, "gateways_of_routes_exist")] == severity


@pytest.mark.parametrize(
    ("namespace", "labels", "number"),
    [
        ("shop", "{app: crat}", 1),
        ("bank", "{app: pay}", 0),
        ("istio-system", "{app: istio-ingressgateway}", 0),
        ("istio-system", "{istio: ingressgateway}", 0),
    ],
)
def test_pods_are_missed_where_the_files_hold_pods(namespace: str, labels: str, number: int) -> None:
    text = POD + POLICY.replace("NAMESPACE", namespace).replace("LABELS", labels)
    assert len(found(text, "policies_select_pods")) == number


@pytest.mark.parametrize(
    ("kind", "at"),
    [
        ("argoproj.io/v1alpha1, kind: Rollout", "template"),
        ("batch/v1, kind: CronJob", "jobTemplate: {spec: {template"),
        ("serving.knative.dev/v1, kind: Service", "template"),
        ("kubeflow.org/v1, kind: PyTorchJob", "replicas: {Master: {template"),
    ],
)
def test_pods_are_those_of_any_template(kind: str, at: str) -> None:
    pod = "{metadata: {labels: {app: cart}}, spec: {containers: [{name: cart}]}}"
    spec = f"{at}: {pod}{'}' * at.count('{')}"
    (item,) = yaml_objects(f"{{apiVersion: {kind}, metadata: {{name: cart, namespace: shop}}, spec: {{{spec}}}}}")
    (workload,) = graph([Item(item)], closed=True).selected("shop", {"app": "cart"})
    assert [container["name"] for _, container in workload.containers] == ["cart"]


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("order-service", "user-service", ""),
        ("story-service", "user-service", ""),
        ("shop-dev.example.com", "shop.example.com", ""),
        ("example.com", "ai.example.com", ""),
        ("reviews-v2", "reviews-v1", ""),
        ("node10", "node11", ""),
        ("productpage", "product-page", "product-page"),
        ("user-servcie", "user-service", "user-service"),
        ("shop.exmaple.com", "shop.example.com", "shop.example.com"),
        ("crat", "cart", "cart"),
        ("rating", "ratings", "ratings"),
    ],
)
def test_a_name_is_misspelt_by_letters_and_not_by_words(name: str, known: str, meant: str) -> None:
    assert close(name, [known]) == meant


def test_a_gateway_that_nobody_routes_is_told_once() -> None:
    text = GATEWAY.replace("SELECTOR", "ingressgateway").replace("[shop.example.com]", "['*', api.example.com]")
    (hit,) = found(text, "gateway_hosts_are_routed")
    assert (hit.severity, hit.message) == ("info", "no VirtualService is for this Gateway: its clients get 404")
    assert not found(text + ROUTE.replace("GATEWAY", "front").replace("shop.", "api."), "gateway_hosts_are_routed")


def test_a_route_without_a_namespace_beside_a_gateway_with_one_is_an_info() -> None:
    route = ROUTE.replace("GATEWAY", "front").replace(", namespace: shop", "")
    hits = found(GATEWAY.replace("SELECTOR", "ingressgateway") + route, "gateways_of_routes_exist")
    assert [(each.severity, each.remedy) for each in hits] == [("info", "write shop/front")]


@pytest.mark.parametrize(("label", "severity"), [("shop-crat", "warning"), ("shop-pay", "info")])
def test_pods_of_another_word_are_not_those_that_a_service_misspells(label: str, severity: str) -> None:
    service = SERVICE.replace("spec: {", f"spec: {{selector: {{app: {label}}}, ")
    (hit,) = found(POD.replace("app: cart", "app: shop-cart") + service, "services_select_pods")
    assert hit.severity == severity


def test_a_subset_of_a_host_without_a_rule_is_an_info_beside_other_rules() -> None:
    route = ROUTE.replace("{host: HOST}", "{host: pay, subset: v2}")
    assert not found(route, "subsets_of_routes_exist")
    (hit,) = found(route + RULE.replace("HOST", "cart"), "subsets_of_routes_exist")
    assert hit.severity == "info"


@pytest.mark.parametrize(("named", "severity"), [(5, "error"), (2, "info")])
def test_a_service_is_missed_where_nearly_all_others_are_there(named: int, severity: str) -> None:
    names = [f"part{number}" for number in "abcdefgh"[:named]]
    text = "".join(SERVICE.replace("cart", name) for name in names)
    routes = [ROUTE.replace("HOST", name).replace("name: cart", f"name: {name}") for name in (*names, "payment")]
    hits = found(text + "".join(routes), "destinations_exist")
    assert [each.severity for each in hits] == [severity]


def test_the_pods_of_another_service_are_not_those_that_a_service_misspells() -> None:
    services = [SERVICE.replace("name: cart,", f"name: {name},") for name in ("cart", "carts")]
    text = "".join(
        each.replace("spec: {", f"spec: {{selector: {{app: {name}}}, ")
        for each, name in zip(services, ("cart", "carts"), strict=True)
    )
    (hit,) = found(POD + text, "services_select_pods")
    assert hit.severity == "info"


def test_files_without_any_token_checks_say_nothing_of_tokens() -> None:
    policy = POLICY.replace("NAMESPACE", "shop").replace("LABELS", "{app: cart}")
    asking = policy.replace("rules: [{}]", "rules: [{from: [{source: {requestPrincipals: ['*']}}]}]")
    check = POLICY.replace("AuthorizationPolicy", "RequestAuthentication").replace("NAMESPACE", "shop")
    check = check.replace("LABELS", "{app: other}").replace("rules: [{}]", "jwtRules: [{issuer: me}]")
    rule = "request_principals_have_request_authentication"
    assert [each.severity for each in found(POD + asking, rule)] == ["info"]
    assert [each.severity for each in found(POD + asking + check, rule)] == ["warning"]


@pytest.mark.parametrize(("port", "severity"), [("80", "info"), ("8443", "error")])
def test_a_destination_needs_no_port_where_requests_come_on_ports_of_its_service(port: str, severity: str) -> None:
    service = SERVICE.replace("{name: http, port: 80}", "{name: http, port: 80}, {name: more, port: 9090}")
    gateway = GATEWAY.replace("SELECTOR", "ingressgateway").replace("number: 80", f"number: {port}")
    route = ROUTE.replace("GATEWAY", "front").replace("HOST", "cart")
    (hit,) = found(service + gateway + route, "destination_ports_are_said")
    assert hit.severity == severity


def test_only_those_who_come_through_the_gateways_of_a_route_are_asked_for_its_subsets() -> None:
    rule = RULE.replace("HOST", "cart").replace("trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}", "subsets: [{name: v1}]")
    rule = rule.replace("{host: cart", "{exportTo: ['.'], host: cart")
    route = ROUTE.replace("GATEWAY", "mesh, edge/front").replace("HOST", "cart, subset: v1")
    assert found(SERVICE + rule + route, "subsets_of_routes_exist")
    inside = route.replace("{route:", "{match: [{gateways: [mesh]}], route:")
    assert not found(SERVICE + rule + inside, "subsets_of_routes_exist")
