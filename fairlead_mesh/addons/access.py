"""Who reaches an addon inside the cluster? A NetworkPolicy says it, and an AuthorizationPolicy where a proxy asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field

from fairlead_mesh.addons.service_host import service_at
from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.section import Manifest, Section

if TYPE_CHECKING:
    from fairlead_mesh.addons.addon import Addon
    from fairlead_mesh.addons.surroundings import Surroundings

_NAME = "kubernetes.io/metadata.name"
_EVERYWHERE = "*"
NamespaceOrAll = Annotated[
    str,
    Form(r"\*|[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", 'write the name of a namespace such as monitoring, or "*" for all'),
]


class Access(Section):
    """Additional access to an addon, besides the ingress gateways and the addons of this stack that call it."""

    namespaces: list[NamespaceOrAll] = Field(default_factory=list[str])
    """Namespaces whose pods reach it, such as those of a Prometheus or an ingress controller of your own; "*" is every
    pod of the cluster."""


def network_policy(addon: Addon, around: Surroundings) -> Manifest:
    """Lets in who may reach the addon's pods, and nobody else.

    The ingress gateways and the addons that call it reach every port, so that none of them is cut off when a port
    moves. Where spans are taken, every pod of the cluster sends them. A Service that is open to the outside stays so:
    whether it may be, lint asks. The kubelet's probes come from the pod's own node, which no policy keeps out, and
    `kubectl port-forward` ends inside the pod.
    """
    rules: list[dict[str, Any]] = [{"from": peers}] if (peers := list(_peers(addon, around))) else []
    if addon.product.collects:
        rules.append({"from": [{"namespaceSelector": {}}], "ports": _ports(addon.product.collects)})
    if addon.reading(around).opened_by:
        rules.append({"ports": _ports((addon.product.page_port,))})
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": addon.role, "namespace": addon.namespace},
        "spec": {"podSelector": {"matchLabels": addon.pod_labels}, "policyTypes": ["Ingress"], "ingress": rules},
    }


def authorization_policy(addon: Addon, around: Surroundings) -> Manifest | None:
    """The same for callers with an identity, where the chart's values give the addon a sidecar; without one, nothing
    would enforce it.

    Callers without an identity, as the other addons are, are the NetworkPolicy's to keep out.
    """
    if not addon.reading(around).proxied or _EVERYWHERE in addon.access.namespaces:
        return None
    namespaces = sorted({*_namespaces(addon, around), *addon.access.namespaces})
    rules: list[dict[str, Any]] = [{"from": [{"source": {"notPrincipals": ["*"]}}]}]
    rules += [{"from": [{"source": {"namespaces": namespaces}}]}] if namespaces else []
    if addon.product.collects:
        rules.append({"to": [{"operation": {"ports": [str(port) for port in addon.product.collects]}}]})
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": {"name": addon.role, "namespace": addon.namespace},
        "spec": {"selector": {"matchLabels": addon.pod_labels}, "action": "ALLOW", "rules": rules},
    }


def _peers(addon: Addon, around: Surroundings) -> Iterator[dict[str, Any]]:
    if _EVERYWHERE in addon.access.namespaces:
        yield {"namespaceSelector": {}}
        return
    # Gateways show pages, and an addon without one has nothing to show.
    for pods in around.gateways if addon.product.endpoint else ():
        yield _peer(pods.namespace, pods.labels)
    for other in _callers(addon, around):
        if other.installed:
            yield _peer(other.namespace, other.pod_labels)
    for namespace in sorted({*addon.access.namespaces, *_existing(addon, around)}):
        yield _peer(namespace)


def _callers(addon: Addon, around: Surroundings) -> list[Addon]:
    return [other for other in around.addons if other is not addon and other.calls(addon)]


def _existing(addon: Addon, around: Surroundings) -> Iterator[str]:
    """Where the callers are that exist already: a Grafana that asks this Prometheus, a Prometheus that scrapes it."""
    for other in _callers(addon, around):
        if other.url and (service := service_at(urlsplit(other.url).hostname or "", other.namespace)):
            yield service[0]


def _namespaces(addon: Addon, around: Surroundings) -> Iterator[str]:
    yield from (pods.namespace for pods in around.gateways if addon.product.endpoint)
    yield from (other.namespace for other in _callers(addon, around) if other.installed)
    yield from _existing(addon, around)


def _peer(namespace: str, labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    place = {"namespaceSelector": {"matchLabels": {_NAME: namespace}}}
    return {**place, "podSelector": {"matchLabels": dict(labels)}} if labels else place


def _ports(numbers: tuple[int, ...]) -> list[dict[str, Any]]:
    return [{"protocol": "TCP", "port": number} for number in numbers]
