"""Is no more said of pods, labels and gateways that files leave out than can be known?"""

from __future__ import annotations

import pytest

from fairlead_mesh.findings import Finding
from fairlead_mesh.lint.object_findings import object_findings
from fairlead_mesh.model.graph import graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.reading.documents import yaml_objects

pytestmark = pytest.mark.mesh

NAMESPACE = """\
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: LABELS}
---
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, labels: {app: cart}, annotations: {sidecar.istio.io/inject: 'true'}}
spec: {serviceAccountName: cart, containers: [{name: cart, image: cart}]}
---
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80}]}
---
"""
ROUTE = """\
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: front, namespace: shop}
spec:
  selector: {istio: SELECTOR}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec: {hosts: [shop.example.com], gateways: [front], http: [{route: [{destination: {host: cart}}]}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/reports]}}]}]
---
"""
SUBSETS = """\
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart
  subsets: [{name: open, labels: {app: LABEL}, trafficPolicy: {tls: {mode: DISABLE}}}]
---
"""


def found(text: str, rule: str) -> list[Finding]:
    mesh = graph([Item(each) for each in yaml_objects(text)], closed=True)
    return [each for each in object_findings(mesh) if each.rule == rule]


@pytest.mark.parametrize(("labels", "severity"), [("{}", "info"), ("{istio-injection: disabled}", "warning")])
def test_a_namespace_without_a_label_may_get_one_later(labels: str, severity: str) -> None:
    hits = found(NAMESPACE.replace("LABELS", labels) + POD, "injection_of_pods_is_said_where_it_is_read")
    assert [each.severity for each in hits] == [severity]


@pytest.mark.parametrize(("selector", "number"), [("ingressgateway", 1), ("mine", 0)])
def test_the_usual_gateway_is_not_among_the_pods_of_an_app(selector: str, number: int) -> None:
    text = NAMESPACE.replace("LABELS", "{istio-injection: enabled}") + POD + SERVICE
    hits = found(text + ROUTE.replace("SELECTOR", selector), "gateways_may_call_what_they_route_to")
    assert len(hits) == number


@pytest.mark.parametrize(("label", "number"), [("cart", 1), ("pay", 0)])
def test_a_subset_without_pods_may_have_a_policy_of_its_own(label: str, number: int) -> None:
    text = NAMESPACE.replace("LABELS", "{istio-injection: enabled}") + POD + SERVICE
    assert len(found(text + SUBSETS.replace("LABEL", label), "strict_pods_are_called_with_mtls")) == number
