"""Which rules does a mesh break? Every rule asked, every hit turned into a finding that names its place."""

from __future__ import annotations

from collections.abc import Collection

from mesh.config import Config
from mesh.findings import Finding, Path
from mesh.lint import (
    addon_config_rules,
    annotation_config_rules,
    app_config_rules,
    authorization_caller_rules,
    authorization_condition_rules,
    authorization_rules,
    authorization_source_rules,
    bound_gateway_rules,
    client_tls_rules,
    destination_rule_rules,
    gateway_config_rules,
    gateway_pod_rules,
    gateway_port_config_rules,
    gateway_rules,
    gateway_secret_rules,
    gateway_tls_rules,
    host_rules,
    injection_rules,
    istio_config_rules,
    load_balancer_config_rules,
    match_rules,
    mtls_conflict_rules,
    name_config_rules,
    namespace_config_rules,
    object_name_rules,
    peer_authentication_rules,
    proxy_setting_rules,
    reachable_rules,
    request_authentication_rules,
    rewrite_config_rules,
    route_destination_rules,
    route_rules,
    route_subset_rules,
    scraping_rules,
    security_config_rules,
    selector_rules,
    service_entry_endpoint_rules,
    service_entry_rules,
    service_rules,
    silence_config_rules,
    subset_rules,
    tls_route_rules,
    traffic_policy_rules,
    traffic_rules,
    version_config_rules,
    virtual_service_rules,
    visibility_rules,
    weight_rules,
    workload_rules,
)
from mesh.lint.graph import Graph
from mesh.lint.item import Item
from mesh.lint.rule import CONFIG_RULES, OBJECT_RULES, Hit, Rule

# Importing a file of rules registers them.
RULE_FILES = (
    addon_config_rules,
    annotation_config_rules,
    app_config_rules,
    authorization_caller_rules,
    authorization_condition_rules,
    authorization_rules,
    authorization_source_rules,
    bound_gateway_rules,
    client_tls_rules,
    destination_rule_rules,
    gateway_config_rules,
    gateway_pod_rules,
    gateway_port_config_rules,
    gateway_rules,
    gateway_secret_rules,
    gateway_tls_rules,
    host_rules,
    injection_rules,
    istio_config_rules,
    load_balancer_config_rules,
    match_rules,
    mtls_conflict_rules,
    name_config_rules,
    namespace_config_rules,
    object_name_rules,
    peer_authentication_rules,
    proxy_setting_rules,
    reachable_rules,
    request_authentication_rules,
    rewrite_config_rules,
    route_destination_rules,
    route_rules,
    route_subset_rules,
    scraping_rules,
    security_config_rules,
    selector_rules,
    service_entry_endpoint_rules,
    service_entry_rules,
    service_rules,
    silence_config_rules,
    subset_rules,
    tls_route_rules,
    traffic_policy_rules,
    traffic_rules,
    version_config_rules,
    virtual_service_rules,
    visibility_rules,
    weight_rules,
    workload_rules,
)


def config_findings(config: Config, *, broken: Collection[str] = ()) -> list[Finding]:
    """What the rules over the config find; a rule that needs a `broken` section is not asked."""
    asked = (rule for rule in CONFIG_RULES.values() if rule.needs.isdisjoint(broken))
    return [_finding(rule, hit) for rule in asked for hit in rule.check(config)]


def object_findings(graph: Graph) -> list[Finding]:
    """What the rules over objects find."""
    return [_finding(rule, hit) for rule in OBJECT_RULES.values() for hit in rule.check(graph)]


def _finding(rule: Rule, hit: Hit) -> Finding:
    item = hit.item
    return Finding(
        rule.name,
        _in_stack_file(item, hit.path) if item else hit.path,
        hit.value,
        hit.message,
        hit.severity or rule.severity,
        _in_stack_file(item, hit.first) if item and hit.first else hit.first,
        hit.remedy,
        rule.counterparts,
        (item.kind, item.namespace if "namespace" in item.metadata else "", item.name) if item else None,
        item.source if item else "",
        item.document if item else 0,
    )


def _in_stack_file(item: Item, path: Path) -> Path:
    """Where a path of an object leads in the stack file, as far as the one follows from the other."""
    if item.source:
        return path
    lengths = range(len(path), 0, -1)
    return (*item.origin, *next((item.places[path[:length]] for length in lengths if path[:length] in item.places), ()))
