"""Does the model alone say what a field of an Istio object means? Who else reads one is listed, and why."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

FIELDS = frozenset(
    (
        *("subsets", "trafficPolicy", "workloadSelector", "matchLabels", "selector", "exportTo", "targetRef"),
        *("targetRefs", "mtls", "portLevelMtls", "jwtRules", "http", "route", "weight", "delegate", "mirror"),
        *("mirrors", "mirrorPercent", "mirrorPercentage", "percentage", "percent", "fault", "abort", "retries"),
        *("rewrite", "redirect", "directResponse", "corsPolicy", "portLevelSettings", "egress", "ingress"),
        *("outboundTrafficPolicy", "servers", "gateways", "destination", "subset", "rules"),
    )
)
"""Words of Istio's objects whose meaning depends on others: who reads one has an opinion on it."""


def readings(path: Path) -> Iterator[str]:
    """The fields that a file takes out of an object: `["mtls"]`, `.get("spec", "mtls")`, `.maps("spec", "http")`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            words: list[ast.expr] = [node.slice]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            words = node.args if node.func.attr in ("get", "maps", "entries") else []
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            words = node.args if node.func.id in ("strings", "routes") else []
        else:
            continue
        yield from (str(each.value) for each in words if isinstance(each, ast.Constant) and each.value in FIELDS)


@cache
def _counted() -> dict[str, int]:
    found: Counter[str] = Counter()
    for layer in ("fairlead_mesh", "components", "fairlead"):
        for path in sorted((PROGRAM / layer).rglob("*.py")):
            if PROGRAM / "fairlead_mesh" / "model" not in path.parents:
                found[str(path.relative_to(PROGRAM))] += len(list(readings(path)))
    return {path: number for path, number in found.items() if number}


CHART = "values of a chart, which are no object of Istio's"
SYNTAX = "judges how the field itself is written, which no other object changes"
KUBERNETES = "a field of Kubernetes' own objects that has the same name"
AWS = "inputs of AWS resources, which are no object of Istio's"
ENVOY = "a field of an Envoy's own configuration, which is what Istio's objects came to"
STACK_FILE = "a key of the stack file, which the model of the config reads"
PLACE = "names the field for a finding's path"
SHOWN = "shows the field as it is written, in words"
DRAFT = "writes the field the other way round, and what it wrote counts where it renders the same object again"
OUTSIDE: dict[str, tuple[int, str]] = {
    "fairlead_mesh/addons/grafana.py": (2, CHART),
    "fairlead_mesh/addons/kiali.py": (2, CHART),
    "fairlead_mesh/addons/loki.py": (2, CHART),
    "fairlead_mesh/addons/product.py": (1, CHART),
    "fairlead_mesh/addons/prometheus.py": (2, CHART),
    "fairlead_mesh/addons/prometheus_stack.py": (4, CHART),
    "fairlead_mesh/addons/trace_stores.py": (1, CHART),
    "fairlead_mesh/drafts/access_draft.py": (4, DRAFT),
    "fairlead_mesh/drafts/alike.py": (3, DRAFT),
    "fairlead_mesh/drafts/app_draft.py": (6, DRAFT),
    "fairlead_mesh/drafts/app_objects.py": (1, DRAFT),
    "fairlead_mesh/drafts/gateway_draft.py": (3, DRAFT),
    "fairlead_mesh/drafts/policy_taking.py": (4, DRAFT),
    "fairlead_mesh/drafts/route_draft.py": (15, DRAFT),
    "fairlead_mesh/lint/gateways/gateway_rules.py": (1, SYNTAX),
    "fairlead_mesh/lint/routing/destination_rule_host_rules.py": (1, SYNTAX),
    "fairlead_mesh/lint/routing/destination_rule_policy_rules.py": (1, SYNTAX),
    "fairlead_mesh/lint/routing/destination_rule_subset_rules.py": (2, SYNTAX),
    "fairlead_mesh/lint/routing/destination_rule_tls_rules.py": (1, SYNTAX),
    "fairlead_mesh/lint/routing/service_entry_endpoint_rules.py": (2, SYNTAX),
    "fairlead_mesh/lint/routing/virtual_service_action_rules.py": (9, SYNTAX),
    "fairlead_mesh/lint/routing/virtual_service_destination_rules.py": (3, SYNTAX),
    "fairlead_mesh/lint/routing/virtual_service_gateway_rules.py": (1, SYNTAX),
    "fairlead_mesh/lint/routing/virtual_service_handling_rules.py": (12, SYNTAX),
    "fairlead_mesh/lint/routing/virtual_service_host_rules.py": (2, SYNTAX),
    "fairlead_mesh/lint/routing/virtual_service_match_rules.py": (2, SYNTAX),
    "fairlead_mesh/lint/routing/virtual_service_order_rules.py": (2, SYNTAX),
    "fairlead_mesh/lint/routing/virtual_service_weight_rules.py": (7, SYNTAX),
    "fairlead_mesh/lint/routing/visibility_rules.py": (3, SYNTAX),
    "fairlead_mesh/lint/security/authorization_policy_rules.py": (3, SYNTAX),
    "fairlead_mesh/lint/security/peer_authentication_rules.py": (2, SYNTAX),
    "fairlead_mesh/lint/security/request_authentication_rules.py": (2, SYNTAX),
    "fairlead_mesh/lint/stack/stack_places.py": (2, PLACE),
    "fairlead_mesh/lint/workloads/selector_rules.py": (4, SYNTAX),
    "fairlead_mesh/lint/workloads/workload_rules.py": (3, KUBERNETES),
    "components/gateway_service.py": (1, KUBERNETES),
    "components/package/inputs.py": (1, STACK_FILE),
    "fairlead/cluster/symptoms.py": (1, KUBERNETES),
    "fairlead/effects/installation/addon_policy_watcher.py": (3, KUBERNETES),
    "fairlead/effects/routing/egress_watcher.py": (1, CHART),
    "fairlead/effects/security/security_group_rules.py": (1, AWS),
    "fairlead/explain/classes.py": (1, SHOWN),
    "fairlead/explain/questions.py": (2, SHOWN),
    "fairlead/picture/model/versions.py": (1, KUBERNETES),
    "fairlead/verify/live/gateway_addresses.py": (1, KUBERNETES),
    "fairlead/verify/envoy/envoy_config.py": (2, ENVOY),
    "fairlead/verify/envoy/envoy_hosts.py": (1, ENVOY),
    "fairlead/verify/envoy/envoy_listeners.py": (1, ENVOY),
    "fairlead/verify/proxy_rewrite.py": (1, ENVOY),
    "fairlead/verify/proxy_route.py": (1, ENVOY),
}
"""File -> how many fields it reads, and why: this list shrinks."""


@pytest.mark.scale
def test_nobody_but_the_model_reads_more_fields_than_are_listed() -> None:
    beyond = {path: number for path, number in _counted().items() if number > OUTSIDE.get(path, (0, ""))[0]}
    assert beyond == {}, "let fairlead_mesh/model say what it means"


@pytest.mark.scale
def test_the_list_names_nobody_who_reads_no_field() -> None:
    assert [path for path in OUTSIDE if path not in _counted()] == [], "remove them from the list"
