"""What holds where? Policies and other settings as badges of the mesh, a namespace or the pods that they select."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.picture.model.model import Badge, Tone
from fairlead.picture.model.sources import Sources
from mesh.model.item import Item
from mesh.model.workloads import Workload
from mesh.model.yaml_values import as_map

_KINDS = ("PeerAuthentication", "AuthorizationPolicy", "RequestAuthentication")
_SETTINGS = ("Telemetry", "Sidecar", "EnvoyFilter", "WasmPlugin", "ProxyConfig")
_GUARDED = "STRICT"


class Policies:
    """Every policy of a mesh, found by what it holds for."""

    def __init__(self, sources: Sources, pods_of_gateways: Mapping[str, Mapping[str, Any]]):
        """`pods_of_gateways`: entrance -> labels of its pods, which a chart makes."""
        self.mesh: list[Badge] = []
        self.namespaces: dict[str, list[Badge]] = defaultdict(list)
        self.pods: dict[Workload, list[Badge]] = defaultdict(list)
        self.services: dict[tuple[str, str], list[Badge]] = defaultdict(list)
        self.entrances: dict[str, list[Badge]] = defaultdict(list)
        self._sources = sources
        self._gateways = pods_of_gateways
        for item in sources.graph.all_of_kind(*_KINDS, *_SETTINGS):
            self._place(item)

    def _place(self, item: Item) -> None:
        badge = Badge(_words(item), _tone(item), self._sources.numbers([item]))
        if targets := list(_targets(item)):
            for kind, name in targets:
                if kind == "Service":
                    self.services[item.namespace, name].append(badge)
                else:
                    self.namespaces[item.namespace].append(badge)
        elif selector := _selector(item):
            self._select(item, selector, badge)
        elif item.namespace == self._sources.root_namespace:
            self.mesh.append(badge)
        else:
            self.namespaces[item.namespace].append(badge)

    def _select(self, item: Item, selector: Mapping[str, Any], badge: Badge) -> None:
        anywhere = item.namespace == self._sources.root_namespace
        chosen = self._sources.graph.selected(None if anywhere else item.namespace, selector)
        entrances = [
            key
            for key, labels in self._gateways.items()
            if (anywhere or key.partition("/")[0] == item.namespace) and selector.items() <= labels.items()
        ]
        for workload in chosen:
            self.pods[workload].append(badge)
        for key in entrances:
            self.entrances[key].append(badge)
        if not chosen and not entrances:
            lost = Badge(f"{badge.words}, selects no pods of this stack", Tone.WARN, badge.objects)
            self.namespaces[item.namespace].append(lost)


def _targets(item: Item) -> Iterator[tuple[str, str]]:
    listed = [target for _, target in item.maps("spec", "targetRefs")]
    for target in listed or [as_map(item.get("spec", "targetRef"))]:
        if target.get("name"):
            yield str(target.get("kind", "")), str(target["name"])


def _selector(item: Item) -> dict[str, Any]:
    return as_map(item.get("spec", "selector", "matchLabels")) or as_map(item.get("spec", "workloadSelector", "labels"))


def _words(item: Item) -> str:
    match item.kind:
        case "PeerAuthentication":
            return _mtls_in_words(item)
        case "AuthorizationPolicy":
            action = item.get("spec", "action") or "ALLOW"
            if action == "ALLOW" and not item.entries("spec", "rules"):
                return f"denies all requests: {item.name}"
            return f"{action} {item.name}"
        case "RequestAuthentication":
            issuers = [str(rule.get("issuer", "")) for _, rule in item.maps("spec", "jwtRules")]
            return f"JWT of {', '.join(issuers)}" if any(issuers) else f"JWT {item.name}"
        case "Telemetry" if rates := list(_sampling(item)):
            return f"traces {', '.join(rates)}"
        case _:
            return f"{item.kind} {item.name}"


def _sampling(item: Item) -> Iterator[str]:
    for _, tracing in item.maps("spec", "tracing"):
        if isinstance(rate := tracing.get("randomSamplingPercentage"), int | float):
            yield f"{rate:g} %"


def _mtls_in_words(item: Item) -> str:
    mode = item.get("spec", "mtls", "mode")
    ports = as_map(item.get("spec", "portLevelMtls"))
    by_port = [f"{port} {as_map(level).get('mode')}" for port, level in sorted(ports.items(), key=str)]
    return f"mTLS {', '.join([*([str(mode)] if mode else []), *by_port]) or 'as inherited'}"


def _tone(item: Item) -> Tone:
    if item.kind != "PeerAuthentication":
        return Tone.PLAIN
    mode = item.get("spec", "mtls", "mode")
    return Tone.GOOD if mode == _GUARDED else Tone.PLAIN if mode in (None, "UNSET") else Tone.WARN


def _client_tone(mode: Any) -> Tone:
    return Tone.WARN if mode == "DISABLE" else Tone.PLAIN


def client_badges(rules: list[Item], sources: Sources) -> Iterator[Badge]:
    """What DestinationRules set for the callers of a host, beside its subsets."""
    for rule in rules:
        policy = as_map(rule.get("spec", "trafficPolicy"))
        numbers = sources.numbers([rule])
        if mode := as_map(policy.get("tls")).get("mode"):
            words = {"DISABLE": "clients use no TLS", "ISTIO_MUTUAL": "clients use mTLS"}
            yield Badge(words.get(str(mode), f"clients use TLS {mode}"), _client_tone(mode), numbers)
        if policy.get("outlierDetection"):
            yield Badge("ejects failing pods", Tone.PLAIN, numbers)
        if policy.get("connectionPool"):
            yield Badge("connection limits", Tone.PLAIN, numbers)
        balancer = as_map(policy.get("loadBalancer"))
        if balancer.get("simple") or balancer.get("consistentHash"):
            yield Badge(f"balanced by {balancer.get('simple') or 'consistent hash'}", Tone.PLAIN, numbers)
