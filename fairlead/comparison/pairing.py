"""Which resource of one side is which of the other? By URN, by alias, and by what it is on the cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fairlead.comparison.comparison import How, release_key
from fairlead.evaluation.snapshot import STACK_TYPE, Resource, Snapshot
from fairlead_mesh.model.objects.item import Item


@dataclass(frozen=True)
class Pair:
    """A resource on both sides, or with None on the side that lacks it. `how` is `CHANGED` where its names agree."""

    before: Resource | None
    after: Resource | None
    how: How


def pairs(before: Snapshot, after: Snapshot) -> list[Pair]:
    """Every resource that the engine manages, paired: in the order of `after`, then what only `before` has.

    What `after` calls differently is found by its aliases and those of its parents, as the engine does it; what is left
    of Kubernetes objects and releases by their place on the cluster.
    """
    found = _Matches({address(each): each for each in before.resources})
    for resource in after.resources:
        found.by_address(resource)
    for resource in after.resources:
        found.by_alias(resource, after.by_urn.get(resource.parent))
    left = {place: former for former, each in reversed(found.left.items()) if (place := _place(each))}
    for resource in after.resources:
        found.by_place(resource, left)
    listed = [_pair(found.matched.get(each.urn), each, found.unannounced) for each in after.resources if _managed(each)]
    return listed + [Pair(each, None, How.REMOVED) for each in found.left.values() if _managed(each)]


def address(resource: Resource) -> str:
    """What tells a resource within its stack: its qualified type and its name."""
    if resource.type == STACK_TYPE:
        return STACK_TYPE
    return resource.urn.split("::", 2)[2]


def _managed(resource: Resource) -> bool:
    return resource.custom and not resource.read


def _pair(before: Resource | None, after: Resource, unannounced: set[str]) -> Pair:
    if before is None:
        return Pair(None, after, How.ADDED)
    if address(before) == address(after):
        return Pair(before, after, How.CHANGED)
    return Pair(before, after, How.RECREATED if after.urn in unannounced else How.RENAMED)


@dataclass
class _Matches:
    """`left`: resources of the earlier side without a partner yet, by address; `matched`: theirs by the later URN."""

    left: dict[str, Resource]
    matched: dict[str, Resource] = field(default_factory=dict[str, Resource])
    unannounced: set[str] = field(default_factory=set[str])

    def by_address(self, resource: Resource) -> None:
        self._take(resource, address(resource))

    def by_alias(self, resource: Resource, parent: Resource | None) -> None:
        """By its own aliases, else by those of its parent, which hold for the children too."""
        if resource.urn in self.matched:
            return
        for former in (*_aliases(resource), *self._inherited(resource, parent)):
            if former in self.left:
                self._take(resource, former)
                return

    def by_place(self, resource: Resource, left: Mapping[tuple[str, ...], str]) -> None:
        """By what it is on the cluster, where no name leads to it; `left` has the addresses of what is left there."""
        former = None if resource.urn in self.matched else left.get(_place(resource))
        if former in self.left:
            self.unannounced.add(resource.urn)
            self._take(resource, former)

    def _take(self, resource: Resource, former: str) -> None:
        if former in self.left:
            self.matched[resource.urn] = self.left.pop(former)

    def _inherited(self, resource: Resource, parent: Resource | None) -> Iterator[str]:
        former = self.matched.get(parent.urn) if parent else None
        if parent is None or former is None or address(former) == address(parent):
            return
        qualified = f"{address(former).split('::')[0]}${resource.type}"
        yield f"{qualified}::{resource.name}"
        if resource.name.startswith(parent.name):
            # A child that is named after its parent was named after it before as well.
            yield f"{qualified}::{former.name}{resource.name.removeprefix(parent.name)}"


def _aliases(resource: Resource) -> Iterator[str]:
    for alias in resource.options.get("aliases", []):
        if alias.startswith("urn:"):
            yield alias.split("::", 2)[2]
        else:
            yield _specified(resource, dict(part.split("=", 1) for part in alias.split(", ")))


def _specified(resource: Resource, alias: Mapping[str, str]) -> str:
    """The address that an alias spells out; what it leaves out is as it is now."""
    name, own = alias.get("name", resource.name), alias.get("type", resource.type)
    if alias.get("noParent"):
        return f"{own}::{name}"
    parent = alias.get("parentUrn", resource.parent).split("::")
    qualified = parent[2] if len(parent) > 2 else STACK_TYPE  # noqa: PLR2004 - urn, project, type
    return f"{own}::{name}" if qualified == STACK_TYPE else f"{qualified}${own}::{name}"


def _place(resource: Resource) -> tuple[str, ...]:
    """Where it is on the cluster; nothing for what is on none, or only patches another's object."""
    if resource.is_release:
        return ("Release", release_key(resource))
    if not resource.is_kubernetes_object or resource.type.endswith("Patch"):
        return ()
    item = Item(resource.inputs)
    group = str(resource.inputs["apiVersion"]).rpartition("/")[0]
    return (group, item.kind, item.namespace, item.name)
