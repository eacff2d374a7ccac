"""How does one resource get onto a cluster and off again? A Release by Helm, an object or a patch by apply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.cluster.charts import ChartSource, values
from fairlead.cluster.helm import Helm
from fairlead.cluster.live_cluster import MANAGER, LiveCluster
from fairlead.demo.leftovers import kept_by_chart
from fairlead.demo.plan import is_patch, manifest_of
from fairlead.evaluation.snapshot import Resource
from fairlead.terminal.errors import UserError


class NotHereError(UserError):
    """The resource needs something that this cluster does not have."""


@dataclass
class Applied:
    """One resource that is up: the objects it made, each with the manifest that was sent."""

    resource: Resource
    sent: Mapping[Ref, Mapping[str, Any]]

    @property
    def removable(self) -> list[Ref]:
        """The objects that go when the resource goes: not those of a patch, nor those that chart policy keeps."""
        return (
            []
            if is_patch(self.resource)
            else [ref for ref, sent in self.sent.items() if not kept_by_chart(sent["metadata"])]
        )


@dataclass
class Applier:
    """Puts single resources on the cluster and takes them off; `stand_ins` tells which charts were replaced."""

    cluster: LiveCluster
    helm: Helm
    charts: ChartSource
    stand_ins: dict[str, str] = field(default_factory=dict[str, str])

    def put(self, resource: Resource) -> Applied:
        return self._install(resource) if resource.is_release else self._apply(resource)

    def remove(self, applied: Applied) -> None:
        resource = applied.resource
        if resource.is_release:
            self.helm.uninstall(*_release(resource))
        elif is_patch(resource):
            for ref in applied.sent:
                self.cluster.apply(_nothing(ref), _manager(resource))
        else:
            for ref in applied.sent:
                self.cluster.delete(ref)

    def states(self, applied: Applied) -> dict[Ref, dict[str, Any]]:
        """Its objects as they are on the cluster now."""
        return {ref: live for ref in applied.sent if (live := self.cluster.read(ref))}

    def _install(self, resource: Resource) -> Applied:
        inputs, (name, namespace) = resource.inputs, _release(resource)
        chart = self.charts.find(inputs)
        if chart.stands_in:
            self.stand_ins[chart.name] = chart.stands_in
        self.helm.install(name, namespace, chart.path, values(inputs), skip_crds=bool(inputs.get("skipCrds")))
        manifests = self.helm.manifest(name, namespace)
        definitions = [each["metadata"]["name"] for each in manifests if each["kind"] == "CustomResourceDefinition"]
        self.cluster.wait_for_definitions(definitions)
        placed = ({**each, "metadata": {"namespace": namespace, **each["metadata"]}} for each in manifests)
        return Applied(resource, dict(zip(map(self.cluster.ref, placed), manifests, strict=True)))

    def _apply(self, resource: Resource) -> Applied:
        manifest = manifest_of(resource)
        if not self.cluster.knows(manifest):
            raise NotHereError(f"nothing here defines {manifest['kind']} of {manifest['apiVersion']}")
        ref = self.cluster.ref(manifest)
        if is_patch(resource) and self.cluster.read(ref) is None:
            raise NotHereError(f"there is no {ref} here")
        self.cluster.apply(manifest, _manager(resource))
        if ref.kind == "CustomResourceDefinition":
            self.cluster.wait_for_definitions([ref.name])
        return Applied(resource, {ref: manifest})


def _release(resource: Resource) -> tuple[str, str]:
    return str(resource.inputs.get("name") or resource.name), str(resource.inputs.get("namespace") or "default")


def _manager(resource: Resource) -> str:
    # A manager of its own for each patch, so that removing one does not take another's fields along.
    return f"{MANAGER}-{resource.name}"[:128] if is_patch(resource) else MANAGER


def _nothing(ref: Ref) -> dict[str, Any]:
    metadata = {"name": ref.name, **({"namespace": ref.namespace} if ref.namespace else {})}
    return {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": metadata}
