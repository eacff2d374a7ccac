"""Which stacks do the demo's tests play with? Made by hand, so that they need no program."""

from __future__ import annotations

from typing import Any

from fairlead.evaluation.snapshot import HELM_RELEASE, Resource, Snapshot

ISTIO = "https://istio-release.storage.googleapis.com/charts"
NOWHERE = "https://charts.invalid"


def stack(*resources: Resource) -> Snapshot:
    return Snapshot("fairlead", "hand", resources, {})


def known(kind: str, name: str, inputs: dict[str, Any], after: tuple[Resource, ...] = ()) -> Resource:
    urn = f"urn:pulumi:hand::fairlead::{kind}::{name}"
    return Resource(urn, kind, name, "", True, inputs, tuple(each.urn for each in after))


def manifest(
    api_version: str, kind: str, name: str, *, namespace: str = "", after: tuple[Resource, ...] = (), **rest: Any
) -> Resource:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **rest.pop("metadata", {})}
    group = api_version if "/" in api_version else f"core/{api_version}"
    inputs = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}
    return known(f"kubernetes:{group}:{kind}", name, inputs, after)


def namespace(name: str) -> Resource:
    return manifest("v1", "Namespace", name)


def namespace_patch(name: str, labels: dict[str, str]) -> Resource:
    metadata = {"name": name, "labels": labels}
    return known(
        "kubernetes:core/v1:NamespacePatch", name, {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    )


def release(name: str, chart: str, *, after: tuple[Resource, ...], repository: str = ISTIO, **values: Any) -> Resource:
    place = {"name": name, "namespace": after[0].inputs["metadata"]["name"]}
    source = {"chart": chart, "version": "1.30.3", "repositoryOpts": {"repo": repository}}
    return known(HELM_RELEASE, name, {**place, **source, "values": values}, after)


def routes(weight: int, after: tuple[Resource, ...]) -> Resource:
    split = [
        {"destination": {"host": "web", "subset": version}, "weight": share}
        for version, share in (("v1", weight), ("v2", 100 - weight))
    ]
    spec = {"hosts": ["web"], "http": [{"route": split}]}
    return manifest("networking.istio.io/v1", "VirtualService", "web", namespace="web", after=after, spec=spec)


def mesh(weight: int) -> Snapshot:
    """Istio's charts and one app: the smallest stack with a weight in it."""
    system, ingress, web = namespace("istio-system"), namespace("istio-ingress"), namespace("web")
    definitions = release("istio-base", "base", after=(system,), defaultRevision="default")
    istiod = release("istiod", "istiod", after=(system, definitions))
    gateway = release("istio-ingress", "gateway", after=(ingress, istiod), labels={"istio": "ingress"})
    server = {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": ["*"]}
    spec = {"selector": {"istio": "ingress"}, "servers": [server]}
    door = manifest("networking.istio.io/v1", "Gateway", "web", namespace="web", after=(gateway, web), spec=spec)
    return stack(system, ingress, web, definitions, istiod, gateway, door, routes(weight, (istiod, web)))
