"""What is missing from people's files only because it is applied from elsewhere?

Files are seldom a whole cluster: Istio's own parts come with its installation, and a namespace of which they hold
nothing is somebody else's.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fairlead_mesh.findings import Severity
from fairlead_mesh.model.graph import Graph, full_host, service_key
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.sidecars import is_gateway
from fairlead_mesh.model.pods.workloads import Workload, labels_in_words
from fairlead_mesh.model.reach import SELECTORS, selector_of
from fairlead_mesh.model.virtual_service import destinations

_GATEWAYS = ("ingressgateway", "egressgateway", "eastwestgateway", "ingress", "egress", "eastwest", "gateway")
_CHARTS = tuple(f"istio-{name}" for name in _GATEWAYS)
_CONTROL_PLANE = ("istiod", "istio-pilot")
_API_SERVER = ("default", "kubernetes")
_CLOSE, _VERY_CLOSE = 0.8, 0.9
_FEW = 3
_TYPING_ERRORS = 2
_NEARLY_ALL = 4
_SEPARATOR, _LETTERS = re.compile(r"[-._/]"), re.compile(r"[^0-9]")

USUAL_LABELS: Mapping[str, frozenset[str]] = {
    "istio": frozenset((*_GATEWAYS, "pilot")),
    "app": frozenset((*_CHARTS, "istiod")),
    "app.kubernetes.io/name": frozenset((*_CHARTS, "istiod")),
}
"""The labels of the pods that istioctl, the charts and Istio's own pages install."""


def are_usual_pods(selector: Mapping[str, Any]) -> bool:
    """Whether a selector means pods that come with an installation of Istio."""
    return bool(selector) and all(str(value) in USUAL_LABELS.get(key, ()) for key, value in selector.items())


def has_usual_pods(gateway: Item) -> bool:
    """Whether a Gateway selects the pods of a gateway that comes with an installation."""
    return are_usual_pods(as_map(gateway.get("spec", "selector")))


def is_usual_gateway(pod: Workload) -> bool:
    """Whether pods have the labels of a gateway as Istio or its chart installs it."""
    return str(pod.labels.get("istio")) in USUAL_LABELS["istio"]


def close_to_usual(selector: Mapping[str, Any]) -> str:
    """The usual labels that a selector seems to mean, in words; empty where it means others."""
    for key, value in selector.items():
        known = USUAL_LABELS.get(key, frozenset())
        near = difflib.get_close_matches(str(value), sorted(known), n=1, cutoff=_VERY_CLOSE)
        if near and value not in known:
            return labels_in_words({key: near[0]})
    return ""


def is_usual_host(host: str) -> bool:
    """Whether a host is a Service that comes with an installation of Istio."""
    return host.startswith((*_CONTROL_PLANE, *_CHARTS))


@dataclass(frozen=True)
class Elsewhere:
    """What a mesh may have that is not among the objects at hand."""

    graph: Graph

    def missing_pods(self, namespace: str | None, selector: Mapping[str, Any]) -> Severity | None:
        """How bad it is that no pods match a selector; None where that says nothing."""
        if not self.graph.closed:
            return "warning"
        pods = self.graph.workloads.get(namespace, []) if namespace else self.graph.pods.all
        if not pods or (are_usual_pods(selector) and not any(map(is_gateway, pods))):
            return None
        values = {str(pod.labels[key]) for key in selector for pod in pods if key in pod.labels}
        near = any(close(str(value), sorted(values)) for value in selector.values())
        is_meant = namespace and self.pods_by_name(namespace, selector)
        return "warning" if near or is_meant or namespace in self._homes_of_pods else "info"

    def pods_by_name(self, namespace: str, selector: Mapping[str, Any]) -> Workload | None:
        """The pods that a selector means by the name of their workload or Service, which is not their label."""
        names = {str(value) for value in selector.values()}
        there = self.graph.workloads.get(namespace, [])
        services = [self.graph.services.get((namespace, name)) for name in sorted(names)]
        of_services = (pod for service in services if service for pod in self.graph.pods_of(service))
        return next((pod for pod in there if pod.item.name in names), next(of_services, None))

    def missing_service(self, host: str, namespace: str) -> Severity | None:
        """How bad it is that nothing is known by the name `host` to an object of a namespace; None where that says
        nothing.

        A name with a dot is a host outside the cluster, unless it is whole: only files that hold Services of the
        object's own namespace can be asked for that.
        """
        if not self.graph.closed:
            return self.graph.missing
        whole = full_host(host, namespace)
        key = service_key(whole, namespace) if whole.endswith(f".{CLUSTER_DOMAIN}") else (namespace, "")
        if key is None or key[1] in _CONTROL_PLANE or key[1].startswith(_CHARTS) or key == _API_SERVER:
            return None
        names = sorted(name for home, name in self.graph.services if home == key[0])
        if names:
            return self.graph.missing if close(key[1], names) or key[0] in self._homes_of_services else "info"
        # A namespace that is spelt almost as one that has this very Service; one that no file writes may be any.
        named = ((home, name) for (home, name), item in self.graph.services.items() if "namespace" in item.metadata)
        of_the_name = sorted(home for home, name in named if name == key[1])
        return self.graph.missing if of_the_name and close(key[0], of_the_name) else "info" if of_the_name else None

    @cached_property
    def _homes_of_services(self) -> set[str]:
        """The namespaces of which the files hold nearly all Services that their routes and rules name."""
        named: set[tuple[str, str]] = set()
        for item in self.graph.all_of_kind("VirtualService"):
            named |= {key for each in destinations(item) if (key := service_key(each.full_host, item.namespace))}
        for item in self.graph.all_of_kind("DestinationRule"):
            host = full_host(str(item.get("spec", "host")), item.namespace)
            named |= {key for key in [service_key(host, item.namespace)] if key and host.endswith(CLUSTER_DOMAIN)}
        return _whole(((home, (home, name) in self.graph.services) for home, name in named), _NEARLY_ALL)

    @cached_property
    def _homes_of_pods(self) -> set[str]:
        """The same of the pods that policies select; those of the whole mesh are never all in some files."""
        asked = ((item.namespace, selector_of(item)) for item in self.graph.all_of_kind(*SELECTORS))
        return _whole(((home, bool(self.graph.selected(home, selector))) for home, selector in asked if selector), 1)


def _whole(found: Iterable[tuple[str, bool]], times: int) -> set[str]:
    """The namespaces of which so many times more is known than unknown."""
    known, unknown = Counter[str](), Counter[str]()
    for home, is_known in found:
        (known if is_known else unknown)[home] += 1
    return {home for home in (*known, *unknown) if times * unknown[home] <= known[home]}


def missing_namespace(graph: Graph, name: str, known: Iterable[str]) -> Severity:
    """How bad it is that a namespace is named of which nothing is known."""
    if not graph.closed:
        return "warning"
    return ("error" if graph.namespaces else "warning") if close(name, sorted(known)) else "info"


def without_namespace(name: str, severity: Severity) -> str:
    """How a sentence begins on what a missing namespace means: files that name it nowhere may leave it to others."""
    if severity == "info":
        return f"unless there is a namespace {name}, which no file here names,"
    return f"there is no namespace {name}, so"


def close(name: str, known: Iterable[str]) -> str:
    """The known name that another one seems to mean; empty where there is none."""
    listed = list(known)
    # Of short names, two letters that changed places are a fifth already.
    turned = (each for each in listed if sorted(each) == sorted(name))
    found = [*difflib.get_close_matches(name, listed, n=_FEW, cutoff=_CLOSE), *turned]
    return next((each for each in found if _is_misspelt(name, each)), "")


def _is_misspelt(name: str, known: str) -> bool:
    """Whether two names differ by letters, and not by a word: order-service is not a misspelt user-service, nor is
    shop-dev.example.com a misspelt shop.example.com."""
    mine, others = (_SEPARATOR.split(each) for each in (name, known))
    if "".join(mine) == "".join(others):
        return True
    if len(mine) != len(others):
        few, many = sorted((mine, others), key=len)
        return not set(few) <= set(many)
    return all(one == other or _are_alike(one, other) for one, other in zip(mine, others, strict=True))


def _are_alike(one: str, other: str) -> bool:
    if _LETTERS.sub("", one) != _LETTERS.sub("", other):
        return False
    alike = difflib.SequenceMatcher(None, one, other).ratio() >= _CLOSE and _edits(one, other) <= _TYPING_ERRORS
    return alike or sorted(one) == sorted(other)


def _edits(one: str, other: str) -> int:
    """How many letters are to be changed, added or removed to make one word of the other."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, start=1):
        before, row[0] = row[0], number
        for place, its in enumerate(other, start=1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != its))
    return row[-1]
