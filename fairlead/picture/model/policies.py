"""What holds where? Policies and other settings as badges of the mesh, a namespace or the pods that they select."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fairlead.picture.model.model import Badge, Tone
from fairlead.picture.model.sources import Sources
from fairlead_mesh.model.graph import service_key
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.sidecar_scopes import named_hosts
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.reach import reach
from fairlead_mesh.model.security.authorization import action, has_rules
from fairlead_mesh.model.security.issuers import jwt_rules
from fairlead_mesh.model.security.mtls import PeerPolicies, modes_of_ports
from fairlead_mesh.model.traffic_policy import policy_of_host

_KINDS = (
    *("AuthorizationPolicy", "RequestAuthentication", "Telemetry", "Sidecar", "EnvoyFilter", "WasmPlugin"),
    "ProxyConfig",
)
_GUARDED = "STRICT"


class Policies:
    """Every policy of a mesh, found by what it holds for."""

    def __init__(self, sources: Sources):
        self.mesh: list[Badge] = []
        self.namespaces: dict[str, list[Badge]] = defaultdict(list)
        self.pods: dict[Workload, list[Badge]] = defaultdict(list)
        self.services: dict[tuple[str, str], list[Badge]] = defaultdict(list)
        self._sources = sources
        self._place_modes(PeerPolicies(sources.graph))
        for item in sources.graph.all_of_kind(*_KINDS):
            self._place(item)

    def _place_modes(self, peers: PeerPolicies) -> None:
        """The mTLS mode of the mesh, of namespaces and of pods, each by the one policy that istiod reads there."""
        root, used = self._sources.root_namespace, set[Item]()
        for namespace, items in peers.of_all.items():
            home = self.mesh if namespace == root else self.namespaces[namespace]
            home.append(self._mtls(items[0], peers.of_namespace(namespace)[0]))
            used.add(items[0])
        for workload, items in peers.of_pods.items():
            self.pods[workload].append(self._mtls(items[0], peers.of_port(workload, None)[0]))
            used.add(items[0])
        for item in peers.items:
            if item not in used:
                words = f"{item.kind} {item.name} has no effect"
                self.namespaces[item.namespace].append(Badge(words, Tone.WARN, self._sources.numbers([item])))

    def _mtls(self, item: Item, mode: str) -> Badge:
        by_port = [f"{port} {level}" for port, level in sorted(modes_of_ports(item).items())]
        tone = Tone.GOOD if mode == _GUARDED else Tone.WARN
        return Badge(f"mTLS {', '.join([mode, *by_port])}", tone, self._sources.numbers([item]))

    def _place(self, item: Item) -> None:
        graph, whom = self._sources.graph, reach(self._sources.graph, item)
        badge = Badge(_words(item), Tone.PLAIN, self._sources.numbers([item]))
        for target in whom.targets:
            of_service = target.kind == "Service"
            (self.services[item.namespace, target.name] if of_service else self.namespaces[item.namespace]).append(
                badge
            )
        if not whom.is_selective:
            (self.mesh if whom.namespace is None else self.namespaces[whom.namespace]).append(badge)
        elif not whom.targets:
            chosen = whom.pods(graph)
            for workload in chosen:
                self.pods[workload].append(badge)
            if not chosen:
                lost = replace(badge, words=f"{badge.words}, selects no pods of this stack", tone=Tone.WARN)
                self.namespaces[item.namespace].append(lost)


def _words(item: Item) -> str:
    match item.kind:
        case "AuthorizationPolicy":
            if action(item) == "ALLOW" and not has_rules(item):
                return f"denies all requests: {item.name}"
            return f"{action(item)} {item.name}"
        case "RequestAuthentication":
            issuers = [str(rule.get("issuer", "")) for rule in jwt_rules(item)]
            return f"JWT of {', '.join(issuers)}" if any(issuers) else f"JWT {item.name}"
        case "Sidecar" if called := [_short(host) for host in named_hosts(item)]:
            return f"calls {', '.join(called)}"
        case "Telemetry" if rates := list(_sampling(item)):
            return f"traces {', '.join(rates)}"
        case _:
            return f"{item.kind} {item.name}"


def _short(host: str) -> str:
    """A Service by its name, and any other host in full."""
    key = service_key(host, "") if host.endswith(f".{CLUSTER_DOMAIN}") else None
    return key[1] if key else host


def _sampling(item: Item) -> Iterator[str]:
    for _, tracing in item.maps("spec", "tracing"):
        if isinstance(rate := tracing.get("randomSamplingPercentage"), int | float):
            yield f"{rate:g} %"


def _client_tone(mode: Any) -> Tone:
    return Tone.WARN if mode == "DISABLE" else Tone.PLAIN


def client_badges(rules: list[Item], sources: Sources) -> Iterator[Badge]:
    """What DestinationRules set for the callers of a host, beside its subsets."""
    for rule in rules:
        policy = policy_of_host(rule)
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
