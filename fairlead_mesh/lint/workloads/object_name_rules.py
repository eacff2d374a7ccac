"""Are names and labels within what Kubernetes and Istio allow?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.lint.schema.definitions import of_kind as definition_of
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.workloads import TEMPLATED

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SERVICE = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_PORT = re.compile(r"(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*")
_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_KEY = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")

_ONE_LABEL = "lower-case letters, digits and '-'"
_DOTTED = "lower-case letters, digits, '-' and '.'"
_LONGEST_PORT = 15
_GROUPS_OF_PROGRAMS = (".config.k8s.io", "kubeadm.k8s.io", "kind.x-k8s.io", "eksctl.io")
# A CronJob's and a StatefulSet's name gets eleven characters more in a label of its pods.
_LIMITS: dict[str, tuple[int, re.Pattern[str], str]] = {
    "Namespace": (63, _LABEL, _ONE_LABEL),
    "Service": (63, _SERVICE, f"{_ONE_LABEL}, with a letter first"),
    "Gateway": (63, _LABEL, _ONE_LABEL),
    "Job": (63, _SUBDOMAIN, _DOTTED),
    "CronJob": (52, _SUBDOMAIN, _DOTTED),
    "StatefulSet": (52, _SUBDOMAIN, _DOTTED),
}
_OTHERS = (
    "AuthorizationPolicy ConfigMap DaemonSet Deployment DestinationRule EnvoyFilter HorizontalPodAutoscaler Ingress "
    "PeerAuthentication Pod PodDisruptionBudget ProxyConfig ReplicaSet RequestAuthentication Secret ServiceAccount "
    "ServiceEntry Sidecar Telemetry VirtualService WasmPlugin WorkloadEntry WorkloadGroup"
)
_LIMITS.update(dict.fromkeys(re.findall(r"\w+", _OTHERS), (253, _SUBDOMAIN, _DOTTED)))


@object_rule("webhook")
def names_are_within_limits(graph: Graph) -> Iterator[Hit]:
    """Names become host names or labels, so Kubernetes rejects a name that is too long or has other characters.

    A StatefulSet with a longer name is accepted, and its pods are never created; only an event says why. The name of a
    namespace is checked wherever it is used.
    """
    yield from _in_no_namespace(graph)
    istio = set(graph.gateways.values())
    for item in graph.of_kind(*_LIMITS):
        longest, pattern, letters = _LIMITS[item.kind]
        name = item.metadata.get("name")
        of_the_gateway_api = item.kind == "Gateway" and item not in istio
        if not isinstance(name, str) or item.metadata.get("generateName") or of_the_gateway_api:
            continue
        if len(name) > longest:
            message = f"{len(name)} characters, and the name of a {item.kind} has at most {longest}"
            yield item.hit(("metadata", "name"), message, f"shorten it to {longest}")
        elif not pattern.fullmatch(name):
            message = f"the name of a {item.kind} is {letters}, so the API server rejects this one"
            yield item.hit(("metadata", "name"), message, f"write {letters}")


@object_rule()
def objects_have_a_name(graph: Graph) -> Iterator[Hit]:
    """An object has a name, or a prefix of one in generateName: the API server rejects it without.

    Files that other programs read, such as a Kustomization, have none.
    """
    for item in graph.items:
        metadata, name = item.manifest.get("metadata"), item.metadata.get("name")
        known = item.kind in _LIMITS or definition_of(item.kind) is not None
        if item.brought or "$patch" in item.manifest or item.metadata.get("generateName"):
            continue
        if item.kind.endswith("List") or _is_of_a_program(item) or not (known or isinstance(metadata, dict)):
            continue
        if not isinstance(name, str) or not name:
            path: Path = ("metadata", "name") if "name" in item.metadata else ("metadata",) if metadata else ("kind",)
            yield item.hit(path, f"a {item.kind} needs a name, so the API server rejects this", "add metadata.name")


def _is_of_a_program(item: Item) -> bool:
    """Whether the file is one that a program reads, and not the API server: these may be nameless."""
    group = str(item.manifest.get("apiVersion")).partition("/")[0]
    return item.kind == "IstioOperator" or group.endswith(_GROUPS_OF_PROGRAMS)


def _in_no_namespace(graph: Graph) -> Iterator[Hit]:
    longest, pattern, letters = _LIMITS["Namespace"]
    for item in graph.items:
        namespace = item.metadata.get("namespace")
        if (
            isinstance(namespace, str)
            and namespace
            and not (len(namespace) <= longest and pattern.fullmatch(namespace))
        ):
            message = f"a namespace's name is {letters}, at most {longest}, so no cluster has this one"
            yield item.hit(("metadata", "namespace"), message, f"write {letters}")


@object_rule()
def container_port_names_are_within_limits(graph: Graph) -> Iterator[Hit]:
    """A container port's name has at most 15 characters: the API server rejects pods with a longer one."""
    for pod in graph.pods.all:
        for container, _ in pod.containers if not pod.item.brought else ():
            for path, port in pod.item.maps(*container, "ports"):
                name = port.get("name")
                if isinstance(name, str) and (len(name) > _LONGEST_PORT or not _PORT.fullmatch(name)):
                    message = "a port's name is lower-case letters, digits and '-', at most 15: the pods are rejected"
                    yield pod.item.hit(
                        (*path, "name"), message, f"shorten it, such as {name[:_LONGEST_PORT].strip('-')}"
                    )


@object_rule()
def labels_are_within_limits(graph: Graph) -> Iterator[Hit]:
    """Labels and selectors are strings of at most 63 characters: the API server rejects anything else.

    `version: 1.30` without quotes is a number, and `canary: true` a boolean: both are rejected.
    """
    for item in graph.items:
        for at in () if item.brought else _labelled(item):
            for key, value in as_map(item.get(*at)).items():
                if why := _no_label(key, value):
                    yield item.hit((*at, key), f"{why}, so the API server rejects the {item.kind}", _remedy(value))


def _labelled(item: Item) -> Iterator[Path]:
    yield ("metadata", "labels")
    if item.kind in TEMPLATED:
        yield ("spec", "template", "metadata", "labels")
    if item.kind in ("Service", "Gateway", "ReplicationController"):
        yield ("spec", "selector")
    yield ("spec", "selector", "matchLabels")
    yield ("spec", "workloadSelector", "labels")


def _no_label(key: Any, value: Any) -> str:
    if not isinstance(value, str):
        return f"{'nothing' if value is None else value} is not a string"
    if not _KEY.fullmatch(str(key)):
        return f"{key} is not a label key: at most 63 characters, optionally after a domain and a slash"
    return "" if _VALUE.fullmatch(value) else "a label's value is letters, digits, '-', '_' and '.', at most 63"


def _remedy(value: Any) -> str:
    if isinstance(value, bool):
        return f"put it in quotes: '{str(value).lower()}'"
    return (
        f"put it in quotes: '{value}'"
        if isinstance(value, int | float)
        else "shorten it, or remove the other characters"
    )
