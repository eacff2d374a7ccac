"""Does a remedy say what its reader should write, where the first one that came to mind would be wrong?"""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.lint.object_lint import lint_objects

pytestmark = pytest.mark.mesh

POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: web, namespace: shop, labels: {{app: web}}, annotations: {{{}}}}}
spec: {{containers: [{{name: web, image: web}}]}}
"""
RULES = """\
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {{name: web, namespace: shop}}
spec: {{selector: {{matchLabels: {{app: web}}}}, rules: [{}]}}
"""
RULE = """\
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {{name: {}, namespace: shop}}
spec: {{host: web, trafficPolicy: {}}}
"""
ENTRY = """\
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {{name: db, namespace: shop}}
spec: {{hosts: [db.example.com], addresses: [10.0.0.1], resolution: NONE, ports: [{}]}}
"""
LIMITS = "{connectionPool: {tcp: {maxConnections: 10}}}"

CASES = {
    "what only Istio writes is proposed to nobody": (
        POD.format('sidecar.istio.io/bogus: "1"'),
        ("istio_annotations_exist", "remove it"),
    ),
    "an annotation of another domain is proposed by its own name": (
        POD.format('sidecar.istio.io/excludeInboundPorts: "80"'),
        ("istio_annotations_exist", "write traffic.sidecar.istio.io/excludeInboundPorts"),
    ),
    "an annotation that says more than the known one is that": (
        POD.format('sidecar.istio.io/proxyCPURequest: "1"'),
        ("istio_annotations_exist", "write sidecar.istio.io/proxyCPU"),
    ),
    "the value of an old annotation is wrong before the annotation is old": (
        POD.format("sidecar.istio.io/inject: maybe"),
        ("istio_annotations_have_valid_values", "write true or false"),
    ),
    "a header that must be there is asked for": (
        RULES.format("{when: [{key: 'request.headers[x-team]', notValues: ['']}]}"),
        ("policy_rules_say_something", "write values: ['*'] if request.headers[x-team] is to be there"),
    ),
    "the name of a client is no request principal": (
        POD.format("") + "---\n" + RULES.format("{from: [{source: {requestPrincipals: [cluster.local/ns/a/sa/b]}}]}"),
        ("request_principals_have_request_authentication", "write it under principals"),
    ),
    "a field that stands beside its holder is moved": (
        RULE.format("web", "{connectionPool: {http: {connectTimeout: 5s}}}"),
        ("istio_fields_exist", "move it into tcp, beside http"),
    ),
    "a text that a comma within braces ends is put in quotes": (
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: web, namespace: shop}\n"
        "spec: {hosts: [web], http: [{retries: {attempts: 2, retryOn: reset,connect-failure},"
        " route: [{destination: {host: web}}]}]}\n",
        (
            "istio_fields_exist",
            'put all of retryOn in quotes, as a comma within { } ends it: "reset,connect-failure"',
        ),
    ),
    "fields that stand in another group are moved into their own": (
        RULE.format("web", "{connectionPool: {http: {interval: 5s, baseEjectionTime: 9s}}}"),
        ("istio_fields_exist", "move it into outlierDetection"),
    ),
    "a policy that names a workload is told its label": (
        POD.format("") + "---\n" + RULES.format("{}").replace("app: web", "k8s-app: web"),
        ("policies_select_pods", "write app: web, which the pods of Pod shop/web have"),
    ),
    "pods of a subset that the Service does not select are named": (
        POD.format("")
        + "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n"
        + "spec: {selector: {app: web, by: argocd}, ports: [{port: 80, name: http}]}\n---\n"
        + RULE.format("web", "{}").replace("{host", "{subsets: [{name: v1, labels: {app: web}}], host"),
        ("subsets_select_pods", "add by: argocd to the pods of Pod shop/web, which the Service selects by"),
    ),
    "a port of a database is not called https": (
        ENTRY.format("{number: 3306, protocol: TCP}"),
        ("service_entry_ports_are_whole", "write name: tcp"),
    ),
    "rules that say the same are no conflict": (
        RULE.format("web", LIMITS) + "---\n" + RULE.format("web-2", LIMITS),
        ("hosts_have_one_destination_rule", "remove one of them: they say the same"),
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_a_remedy_is_what_to_write(tmp_path: Path, what: str) -> None:
    text, wanted = CASES[what]
    path = tmp_path / "objects.yaml"
    path.write_text(text)
    found = [each.finding for each in lint_objects([str(path)]).found]
    assert wanted in [(each.rule, each.remedy.rstrip(".")) for each in found]
    assert "sidecar.istio.io/status" not in str(found)


def test_rules_that_say_the_same_are_told_as_an_info(tmp_path: Path) -> None:
    path = tmp_path / "objects.yaml"
    path.write_text(RULE.format("web", LIMITS) + "---\n" + RULE.format("web-2", LIMITS))
    found = [each.finding for each in lint_objects([str(path)]).found]
    assert [each.severity for each in found if each.rule == "hosts_have_one_destination_rule"] == ["info"]


def test_a_namespace_is_not_taken_for_one_that_kubernetes_brings(tmp_path: Path) -> None:
    path = tmp_path / "objects.yaml"
    hosts = "[./*, kube-system/*, kubeflow-system/*]"
    path.write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n"
        "spec: {ports: [{port: 80, name: http}]}\n"
        "---\napiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: default, namespace: shop}\n"
        f"spec: {{egress: [{{hosts: {hosts}}}]}}\n"
    )
    found = [each.finding for each in lint_objects([str(path)]).found]
    said = [(each.value, each.severity) for each in found if each.rule == "imported_namespaces_exist"]
    assert said == [("kubeflow-system/*", "info")]
