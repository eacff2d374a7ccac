"""Which pods are there, of which workload is each, and which of them can be asked?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

PROXY = "istio-proxy"
_HASH = "pod-template-hash"


@dataclass(frozen=True)
class Pod:
    """One pod: `workload` is the `namespace/name` of what makes it, as the model names it, `ips` all its addresses."""

    namespace: str
    name: str
    workload: str
    account: str
    ips: tuple[str, ...]
    containers: tuple[str, ...]
    is_ready: bool
    labels: tuple[tuple[str, str], ...] = ()
    ports: tuple[tuple[str, int], ...] = ()

    @property
    def has_proxy(self) -> bool:
        """A sidecar of either kind, or a gateway."""
        return PROXY in self.containers

    def port_named(self, name: str) -> int:
        """The number of a port of a container; 0 where none has the name."""
        return dict(self.ports).get(name, 0)

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True)
class Pods:
    """Those of a cluster that run, or will."""

    all: tuple[Pod, ...]

    def of(self, workload: str) -> list[Pod]:
        """The ready pods of a workload: by what makes them, else by their label `app`, as the model names them."""
        made = [each for each in self.all if each.workload == workload]
        namespace, _, short = workload.partition("/")
        found = made or [each for each in self.all if each.namespace == namespace and ("app", short) in each.labels]
        return [each for each in found if each.is_ready]

    def at(self) -> dict[str, str]:
        """Address -> workload. What several pods have, such as those of the node's network, is nobody's."""
        found: dict[str, str] = {}
        for each in self.all:
            for ip in each.ips:
                found[ip] = each.workload if found.get(ip, each.workload) == each.workload else ""
        return {ip: workload for ip, workload in found.items() if workload}


def pods(objects: Iterable[dict[str, Any]]) -> Pods:
    """The pods of a list's objects, without those that have ended or are being deleted."""
    return Pods(tuple(sorted(_pods(objects), key=lambda each: (each.namespace, each.name))))


def _pods(objects: Iterable[dict[str, Any]]) -> Iterator[Pod]:
    for each in objects:
        metadata, spec, status = (as_map(each.get(key)) for key in ("metadata", "spec", "status"))
        if metadata.get("deletionTimestamp") or status.get("phase") in ("Succeeded", "Failed"):
            continue
        addresses = as_maps(status.get("podIPs")) or [{"ip": status.get("podIP")}]
        inner = [one for key in ("containers", "initContainers") for one in as_maps(spec.get(key))]
        named = [port for one in inner for port in as_maps(one.get("ports")) if port.get("name")]
        yield Pod(
            namespace=str(metadata.get("namespace")),
            name=str(metadata.get("name")),
            workload=f"{metadata.get('namespace')}/{_made_by(metadata)}",
            account=str(spec.get("serviceAccountName") or "default"),
            ips=tuple(str(one.get("ip")) for one in addresses if one.get("ip")),
            containers=tuple(str(one.get("name")) for one in inner),
            is_ready=is_ready(each),
            labels=tuple(sorted((key, str(value)) for key, value in as_map(metadata.get("labels")).items())),
            ports=tuple((str(one.get("name")), int(one.get("containerPort") or 0)) for one in named),
        )


def is_ready(pod: dict[str, Any]) -> bool:
    """Whether Kubernetes says that this pod takes requests."""
    conditions = as_maps(as_map(pod.get("status")).get("conditions"))
    return any(each.get("type") == "Ready" and each.get("status") == "True" for each in conditions)


def _made_by(metadata: dict[str, Any]) -> str:
    owner = next((each for each in as_maps(metadata.get("ownerReferences")) if each.get("controller")), None)
    if owner is None:
        return str(metadata.get("name"))
    name, digest = str(owner.get("name")), str(as_map(metadata.get("labels")).get(_HASH) or "")
    # A Deployment names its ReplicaSets after the hash of the template (Kubernetes, deployment controller).
    return name.removesuffix(f"-{digest}") if owner.get("kind") == "ReplicaSet" and digest else name
