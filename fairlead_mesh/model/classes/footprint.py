"""Which hosts can a change matter to? Those whose requests meet an object that is not the same on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from fairlead_mesh.model.graph import Graph, full_host
from fairlead_mesh.model.hostnames import covers, patterns
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.sidecars import is_gateway
from fairlead_mesh.model.pods.workloads import TEMPLATED, Workload
from fairlead_mesh.model.virtual_service import destinations, strings

_OF_PODS = ("AuthorizationPolicy", "RequestAuthentication", "PeerAuthentication")
_NOTHING = ("ServiceAccount", "ConfigMap", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "Secret",
            "HorizontalPodAutoscaler", "PodDisruptionBudget", "CustomResourceDefinition", "Telemetry",
            "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "NetworkPolicy")  # fmt: skip
"""Kinds that no proxy routes, balances or refuses by."""


@dataclass
class Footprint:
    """The hosts that a change can matter to: all of them with `everything`, else those named or under a wildcard."""

    everything: bool = False
    hosts: set[str] = field(default_factory=set[str])
    behind: set[str] = field(default_factory=set[str])
    """Hosts of which something is another where requests for them go."""

    def is_behind(self, host: str) -> bool:
        """Whether something is another where requests for a host go."""
        return self.everything or any(each in self.behind for each in patterns(host))

    def concerns(self, _gateway: str, host: str) -> bool:
        """Whether a host has to be asked about."""
        return self.everything or any(each in self.hosts for each in patterns(host)) or any(
            covers(host, each) for each in self.hosts if host.startswith("*")
        )  # fmt: skip


def changed_items(before: Graph, after: Graph) -> list[tuple[Item | None, Item | None]]:
    """The objects that are not the same on both sides."""
    old, new = ({_key(item): item for item in side.items} for side in (before, after))
    keys = dict.fromkeys([*old, *new])
    pairs = ((old.get(key), new.get(key)) for key in keys)
    return [(was, now) for was, now in pairs if was is None or now is None or _said(was) != _said(now)]


def _key(item: Item) -> tuple[str, ...]:
    return str(item.manifest.get("apiVersion")).rpartition("/")[0], item.kind, item.namespace, item.name


def _said(item: Item) -> tuple[object, ...]:
    rest = {key: value for key, value in item.manifest.items() if key not in ("status", "metadata", "apiVersion")}
    return rest, item.labels, item.annotations


def footprint(before: Graph, after: Graph) -> Footprint:
    """Which hosts have to be asked about again."""
    found = Footprint(before.mesh_config != after.mesh_config or before.root_namespace != after.root_namespace)
    behind = found.behind
    for pair in changed_items(before, after):
        for item, side in zip(pair, (before, after), strict=True):
            if item is not None and item.kind not in _NOTHING:
                _add(item, side, found, behind)
        if found.everything:
            return found
    for side in (before, after):
        for item in side.all_of_kind("VirtualService"):
            if any(found.is_behind(each.full_host) for each in destinations(item)):
                found.hosts.update(_hosts(item, side))
    found.hosts |= behind
    return found


def _add(item: Item, side: Graph, found: Footprint, behind: set[str]) -> None:
    """Puts what an object can matter to where it belongs: hosts asked for, or hosts `behind` routes."""
    if item.kind == "VirtualService":
        found.hosts.update(_hosts(item, side))
        # A Sidecar may leave a host known only because a route leads there.
        behind.update(each.full_host for each in destinations(item) if side.all_of_kind("Sidecar"))
    elif item.kind == "DestinationRule":
        host = full_host(str(item.get("spec", "host") or ""), item.namespace)
        behind.update({host} if "*" not in host else {_service_host(key) for key in side.services} | {host})
    elif item.kind == "Service":
        behind.add(_service_host((item.namespace, item.name)))
        found.everything |= bool(_gateway_pods(item, side))
    elif item.kind == "ServiceEntry":
        behind.update(full_host(host, item.namespace) for _, host in strings(item, "spec", "hosts"))
    elif item.kind in TEMPLATED or item.kind == "Pod":
        behind.update(
            _of_pods(item.namespace, as_map(item.get("spec", "template", "metadata", "labels")) or item.labels, side)
        )
        found.everything |= "istio" in str(item.get("spec", "template", "metadata", "annotations") or "")
    elif item.kind in _OF_PODS and item.namespace != side.root_namespace:
        selector = as_map(item.get("spec", "selector", "matchLabels"))
        pods = side.selected(item.namespace, selector)
        found.everything |= any(is_gateway(pod) for pod in pods)
        for pod in pods:
            behind.update(_of_pods(pod.namespace, pod.labels, side))
    else:
        found.everything = True


def _gateway_pods(service: Item, side: Graph) -> list[Workload]:
    selector = as_map(service.get("spec", "selector"))
    pods = side.selected(service.namespace, selector) if selector else []
    return [pod for pod in pods if is_gateway(pod)]


def _of_pods(namespace: str, labels: object, side: Graph) -> Iterator[str]:
    """The hosts that lead to pods with these labels."""
    own = as_map(labels).items()
    for selector, hosts in side.selecting.get(namespace, ()):
        if selector.items() <= own:
            yield from hosts


def _service_host(key: tuple[str, str]) -> str:
    return f"{key[1]}.{key[0]}.svc.cluster.local"


def _hosts(item: Item, side: Graph) -> Iterator[str]:
    """The hosts of a VirtualService; of a delegate, those of the VirtualServices that delegate to it."""
    own = [full_host(host, item.namespace) for _, host in strings(item, "spec", "hosts")]
    yield from own
    for root in side.all_of_kind("VirtualService") if not own else ():
        for _, route in root.maps("spec", "http"):
            named = as_map(route.get("delegate"))
            if (str(named.get("namespace") or root.namespace), str(named.get("name"))) == (item.namespace, item.name):
                yield from (full_host(host, root.namespace) for _, host in strings(root, "spec", "hosts"))
