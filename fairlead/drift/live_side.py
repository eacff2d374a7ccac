"""What of a stack is not on its cluster as the stack says? The same objects, read and held against what is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from fairlead.cluster.answers import Ref, ref_of
from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.live_cluster import NOT_FOUND, LiveCluster
from fairlead.comparison.comparison import Side, release_key
from fairlead.drift.live_state import comparable
from fairlead.evaluation.masking import Manifest
from fairlead.evaluation.snapshot import Resource
from fairlead.terminal.errors import UserError
from fairlead_mesh.model.objects.yaml_values import as_map

_MAY_READ = "Give the role that this runs with get and list, or name another context with --context."
_HOOK = "helm.sh/hook"


def without_hooks(side: Side) -> Side:
    """The side without what charts run once and delete: no cluster has it afterwards."""
    return replace(side, charts={urn: tuple(filter(_stays, objects)) for urn, objects in side.charts.items()})


def live_side(stack: Side, cluster: LiveCluster) -> tuple[Side, list[str]]:
    """The stack as the cluster has it, and what is to be said of it. `stack` has the objects of all its charts.

    What is not on the cluster is missing in it; what no cluster holds, such as a security group, is as the stack says.
    """
    reading = _Reading(cluster, stack)
    reading.read()
    found = (reading.resource(each) for each in stack.snapshot.resources)
    snapshot = replace(stack.snapshot, resources=tuple(each for each in found if each))
    charts = {urn: objects for urn in stack.charts if (objects := reading.chart(urn))}
    notes = [
        f"{ref} is being deleted." for ref, live in reading.there.items() if "deletionTimestamp" in live["metadata"]
    ]
    notes += [f"Objects of kind {kind} are not compared: {why}" for (_, kind), why in sorted(reading.unread.items())]
    notes += [
        f"How {api_version} merges lists is not known ({why}): Kubernetes' own keys are used."
        for api_version, why in sorted(cluster.schemas.unserved.items())
    ]
    notes += [f"{ref} is not compared: {why}." for ref, why in sorted(reading.unasked.items())]
    return Side(f"the cluster {cluster.host}", snapshot, charts), notes


@dataclass
class _Reading:
    """`there` are the stack's objects that the cluster has, `unread` the kinds that may not be read, and why.

    `unasked` are those whose names no cluster can have: a path made of them could lead to something else.

    A role that may only view sees no Secrets, and is the one that this should be run with.
    """

    cluster: LiveCluster
    stack: Side
    there: dict[Ref, dict[str, Any]] = field(default_factory=dict[Ref, "dict[str, Any]"])
    unread: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    unasked: dict[Ref, str] = field(default_factory=dict[Ref, str])

    def read(self) -> None:
        own = {each.urn: [each.inputs] for each in self.stack.snapshot.resources if each.is_kubernetes_object}
        sent: Mapping[str, Sequence[Manifest]] = {**own, **self.stack.charts}
        refs = {ref for urn, objects in sent.items() for each in objects if (ref := self._found(urn, each))}
        for kind, listed in groupby(sorted(refs - self.unasked.keys()), key=lambda ref: (ref.api_version, ref.kind)):
            try:
                self.there |= dict(sorted(self.cluster.read_all(listed).items()))
            except RefusedError as error:
                self.unread[kind] = error.message
        if self.unread and not self.there and {(ref.api_version, ref.kind) for ref in refs} <= self.unread.keys():
            raise UserError(f"nothing of the stack may be read: {next(iter(self.unread.values()))}", _MAY_READ)
        self.scaled = {_target(live) for live in self.there.values() if live["kind"] == "HorizontalPodAutoscaler"}

    def resource(self, resource: Resource) -> Resource | None:
        """As the cluster has it; None where it is not there."""
        if resource.is_release:
            # Without one of its objects, it is not installed.
            known = self.stack.charts.get(resource.urn)
            return None if known and not self.chart(resource.urn) else resource
        if not resource.is_kubernetes_object:
            return resource
        live = self._live(resource.urn, resource.inputs)
        return replace(resource, inputs=live) if live else None

    def chart(self, urn: str) -> tuple[Manifest, ...]:
        found = (self._live(urn, each) for each in self.stack.charts[urn])
        return tuple(each for each in found if each)

    def _live(self, urn: str, sent: Manifest) -> dict[str, Any] | None:
        ref = self._found(urn, sent)
        if ref is None:
            return None
        if ref in self.unasked or (ref.api_version, ref.kind) in self.unread:
            return dict(sent)
        live = self.there.get(ref)
        if live is None:
            return None
        if self.stack.snapshot.by_urn[urn].type.endswith("Patch"):
            # Somebody else's object: whoever set the rest of it is not asked.
            metadata: dict[str, Any] = {**live["metadata"], "managedFields": []}
            live = {**live, "metadata": metadata}
        shape = self.cluster.schemas.shape(ref.api_version, ref.kind) if _has_lists(sent) else None
        return comparable(sent, live, shape=shape, autoscaled=(ref.kind, ref.namespace, ref.name) in self.scaled)

    def _found(self, urn: str, sent: Manifest) -> Ref | None:
        """Where it is on the cluster; None where the cluster does not know its kind."""
        resource, metadata = self.stack.snapshot.by_urn[urn], as_map(sent.get("metadata"))
        if resource.is_release and "namespace" not in metadata:
            metadata = {**metadata, "namespace": release_key(resource).partition("/")[0]}
        try:
            return self.cluster.ref({**sent, "metadata": metadata})
        except RefusedError as error:
            if error.status == NOT_FOUND:
                return None
            ref = ref_of({**sent, "metadata": metadata})
            self.unasked[ref] = error.message
            return ref


def _has_lists(value: Any) -> bool:
    """Whether anything in it is merged item by item, perhaps."""
    if isinstance(value, dict):
        return any(map(_has_lists, as_map(value).values()))
    return isinstance(value, list)


def _stays(manifest: Manifest) -> bool:
    return _HOOK not in as_map(as_map(manifest.get("metadata")).get("annotations"))


def _target(autoscaler: Manifest) -> tuple[str, str, str]:
    """What an autoscaler scales: kind, namespace and name."""
    target = as_map(as_map(autoscaler.get("spec")).get("scaleTargetRef"))
    return str(target.get("kind")), autoscaler["metadata"].get("namespace", ""), str(target.get("name"))
