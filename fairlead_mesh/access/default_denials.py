"""What is denied where nobody says who may call? The policies of namespaces, or of the mesh, with `defaultDeny`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fairlead_mesh.access.mesh_access import DefaultDeny
from fairlead_mesh.keys.section import Manifest, given
from fairlead_mesh.model.objects.item import Item

if TYPE_CHECKING:
    from fairlead_mesh.config import Config


def default_denials(config: Config) -> Iterator[Item]:
    """A policy that allows nothing for each, and one that allows everything for the gateways there: who may call
    through a gateway is the affair of each app behind it."""
    if config.istio.default_deny:
        yield Item(namespace_denial(config.istio.namespace, config.istio.default_deny), ("istio", "defaultDeny"))
    for index, namespace in enumerate(config.namespaces):
        if namespace.default_deny:
            named = namespace.object_names.default_deny
            denial = namespace_denial(namespace.name, namespace.default_deny, named)
            yield Item(denial, ("namespaces", index, "defaultDeny"))
    for index, gateway in enumerate(config.gateways):
        if denies(config, gateway.home) and not gateway.external:
            yield Item(_everything(gateway.name, gateway.home, gateway.pod_labels), ("gateways", index))


def denies(config: Config, namespace: str) -> DefaultDeny | None:
    """Whether requests to the pods of a namespace are denied unless a policy allows them."""
    found = [config.istio.default_deny, *(each.default_deny for each in config.namespaces if each.name == namespace)]
    if "enforce" in found:
        return "enforce"
    return "dryRun" if "dryRun" in found else None


def namespace_denial(namespace: str, how: DefaultDeny, name: str | None = None) -> Manifest:
    """The policy that allows no request to the pods of a namespace."""
    tried = {"istio.io/dry-run": "true"} if how == "dryRun" else {}
    metadata = given(name=name or "default-deny", namespace=namespace, annotations=tried)
    # Without an action it is ALLOW, and without a rule it allows no request.
    return {"apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy", "metadata": metadata, "spec": {}}


def _everything(name: str, namespace: str, labels: dict[str, Any]) -> Manifest:
    every: dict[str, Any] = {}
    spec = {"selector": {"matchLabels": labels}, "action": "ALLOW", "rules": [every]}
    metadata = {"name": f"{name}-open", "namespace": namespace}
    return {"apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy", "metadata": metadata, "spec": spec}
