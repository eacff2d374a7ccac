"""For whom does a policy hold, and which others hold there too? Mesh, namespaces, pods, named targets.

A selector reaches the pods of the policy's namespace, from the root namespace those of all (Istio's reference of the
workload selector); policies without one add to those of the mesh, and `targetRefs` name Gateways or Services instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from fairlead.comparison.comparison import Comparison, Side
from fairlead.effects.installation.installation import mesh
from fairlead.effects.workloads.subjects import THE_MESH, Subjects, WorkloadKey, of_namespace, of_pods, workload_key
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.reach import reach

Policies = tuple[Item, ...]


@dataclass(frozen=True)
class Scope:
    """Whoever the same policies hold for: `before` and `after` are those of each side, None where it is not there.

    `namespace` is empty for the mesh, `place` is None for all but known pods; `wider` are the scopes whose policies are
    among them.
    """

    subject: str
    namespace: str
    before: Policies | None
    after: Policies | None
    wider: tuple[str, ...] = ()
    workload: WorkloadKey | None = None

    @property
    def about(self) -> frozenset[str]:
        """Its key, as requests know what is on their way."""
        if self.workload:
            return frozenset((f"pods/{self.workload[0]}/{self.workload[2]}",))
        return frozenset((f"namespace/{self.namespace}" if self.namespace else "mesh",))


@dataclass
class _Side:
    """The policies of one kind on one side, by what they hold for."""

    graph: Graph
    mesh: list[Item] = field(default_factory=list[Item])
    namespaces: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    pods: dict[WorkloadKey, list[Item]] = field(default_factory=lambda: defaultdict(list))
    others: dict[tuple[str, str], list[Item]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, side: Side, kind: str) -> _Side:
        found = cls(mesh(side))
        for item in found.graph.all_of_kind(kind):
            found._add(item)
        return found

    def _add(self, item: Item) -> None:
        whom = reach(self.graph, item)
        for each in whom.targets:
            self.others[item.namespace, f"{each.kind} {item.namespace}/{each.name}"].append(item)
        if not whom.is_selective:
            (self.mesh if whom.namespace is None else self.namespaces[whom.namespace]).append(item)
        elif not whom.targets:
            pods = whom.pods(self.graph)
            for pod in pods:
                self.pods[workload_key(pod)].append(item)
            if not pods and not whom.is_ignored:
                self.others[whom.namespace or "", of_pods(whom.namespace, whom.selector)].append(item)

    def holding(self, namespace: str, own: list[Item]) -> Policies:
        return (*self.mesh, *self.namespaces.get(namespace, []), *own)


def scopes(comparison: Comparison, kind: str) -> Iterator[Scope]:
    """Every scope that a policy of this kind names on either side, the widest first."""
    sides = [_Side.of(side, kind) for side in (comparison.before, comparison.after)]
    before, after = sides
    yield Scope(THE_MESH, "", tuple(before.mesh), tuple(after.mesh))
    for namespace in sorted({*before.namespaces, *after.namespaces}):
        policies = [_there(side, other, namespace, []) for side, other in (sides, sides[::-1])]
        yield Scope(of_namespace(namespace), namespace, policies[0], policies[1], (THE_MESH,))
    yield from _of_pods(before, after)
    for namespace, subject in sorted({*before.others, *after.others}):
        key = (namespace, subject)
        policies = [_there(side, other, namespace, side.others.get(key, [])) for side, other in (sides, sides[::-1])]
        yield Scope(subject, namespace, policies[0], policies[1], (THE_MESH, of_namespace(namespace)))


def _there(side: _Side, other: _Side, namespace: str, own: list[Item]) -> Policies | None:
    """The policies of a namespace; None where only the other side has it."""
    if namespace in other.graph.namespaces and namespace not in side.graph.namespaces:
        return None
    return side.holding(namespace, own)


def _of_pods(before: _Side, after: _Side) -> Iterator[Scope]:
    subjects = Subjects(before.graph, after.graph)
    pods = [{workload_key(pod): pod for pod in side.graph.pods.all} for side in (before, after)]
    for key in sorted({*before.pods, *after.pods}):
        old, new = (
            side.holding(key[0], side.pods.get(key, [])) if key in there else None
            for side, there in zip((before, after), pods, strict=True)
        )
        shown = pods[1].get(key) or pods[0][key]
        yield Scope(subjects.of(shown), key[0], old, new, (THE_MESH, of_namespace(key[0])), key)
