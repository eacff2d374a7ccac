"""What is missing from people's files only because it is applied from elsewhere?

Files are seldom a whole cluster: Istio's own parts come with its installation, and a namespace of which they hold
nothing is somebody else's.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from mesh.findings import Severity
from mesh.model.graph import Graph, full_host, service_key
from mesh.model.sidecars import is_gateway
from mesh.model.workloads import labels_in_words

_GATEWAYS = ("ingressgateway", "egressgateway", "eastwestgateway", "ingress", "egress", "eastwest", "gateway")
_CHARTS = tuple(f"istio-{name}" for name in _GATEWAYS)
_CONTROL_PLANE = ("istiod", "istio-pilot")
_CLOSE = 0.8

USUAL_LABELS: Mapping[str, frozenset[str]] = {
    "istio": frozenset((*_GATEWAYS, "pilot")),
    "app": frozenset((*_CHARTS, "istiod")),
    "app.kubernetes.io/name": frozenset((*_CHARTS, "istiod")),
}
"""The labels of the pods that istioctl, the charts and Istio's own pages install."""


def are_usual_pods(selector: Mapping[str, Any]) -> bool:
    """Whether a selector means pods that come with an installation of Istio."""
    return bool(selector) and all(str(value) in USUAL_LABELS.get(key, ()) for key, value in selector.items())


def close_to_usual(selector: Mapping[str, Any]) -> str:
    """The usual labels that a selector seems to mean, in words; empty where it means others."""
    for key, value in selector.items():
        known = USUAL_LABELS.get(key, frozenset())
        near = difflib.get_close_matches(str(value), sorted(known), n=1, cutoff=_CLOSE)
        if near and value not in known:
            return labels_in_words({key: near[0]})
    return ""


def missing_pods(graph: Graph, namespace: str | None, selector: Mapping[str, Any]) -> Severity | None:
    """How bad it is that no pods match a selector; None where that says nothing."""
    if not graph.closed:
        return "warning"
    pods = graph.workloads.get(namespace, []) if namespace else graph.pods.all
    if not pods or (are_usual_pods(selector) and not any(map(is_gateway, pods))):
        return None
    return "warning"


def missing_service(graph: Graph, host: str, namespace: str) -> Severity | None:
    """How bad it is that nothing is known by the name `host` to an object of a namespace; None where that says nothing.

    A name with a dot is a host outside the cluster, unless it is whole: only files that hold Services of the object's
    own namespace can be asked for that.
    """
    if not graph.closed:
        return graph.missing
    whole = full_host(host, namespace)
    key = service_key(whole, namespace) if whole.endswith(".svc.cluster.local") else (namespace, "")
    if key is None or key[1] in _CONTROL_PLANE or key[1].startswith(_CHARTS):
        return None
    homes = {home for home, _ in graph.services}
    if key[0] in homes:
        return graph.missing
    # A namespace that is spelt almost as one that has this very Service; one that no file writes may be any.
    named = ((home, name) for (home, name), item in graph.services.items() if "namespace" in item.metadata)
    of_the_name = sorted(home for home, name in named if name == key[1])
    return graph.missing if of_the_name and close(key[0], of_the_name) else "info" if of_the_name else None


def missing_namespace(graph: Graph, name: str, known: Iterable[str]) -> Severity:
    """How bad it is that a namespace is named of which nothing is known."""
    if not graph.closed:
        return "warning"
    return ("error" if graph.namespaces else "warning") if close(name, sorted(known)) else "info"


def close(name: str, known: Iterable[str]) -> str:
    """The known name that another one seems to mean; empty where there is none."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=_CLOSE)), "")
