"""Which routes does a policy close? Those whose every request ends with 403, as far as the callers' identities say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from fairlead.picture.model.entrances import Entrances
from fairlead.picture.model.routes import Target
from fairlead.picture.model.versions import Versions
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.security.authorization import policies_of, refusing, refusing_all
from fairlead_mesh.model.virtual_service import MESH


@dataclass(frozen=True, eq=False)
class Closures:
    """What policies close in a mesh, by destination and by the entrance that requests come through."""

    graph: Graph
    entrances: Entrances
    versions: Versions

    def of(self, keys: Sequence[str], target: Target) -> tuple[str, tuple[str, ...]]:
        """The policy that closes a destination to all of these entrances, and in words those that close it to some."""
        by_entrance = {key: found for key in keys if (found := self._closing(key, target))}
        if len(by_entrance) == len(keys):
            return ", ".join(dict.fromkeys(by_entrance.values())), ()
        return "", tuple(f"403 through {_called(key)}: {policy}" for key, policy in by_entrance.items())

    def wholly(self, keys: Sequence[str], targets: Sequence[Target]) -> frozenset[str]:
        """The entrances to which all of these destinations are closed."""
        return frozenset(key for key in keys if targets and all(self._closing(key, target) for target in targets))

    @cache  # noqa: B019 - lives as long as one picture
    def _closing(self, key: str, target: Target) -> str:
        at_gateway = self._at_gateway(key)
        if at_gateway:
            return _in_words(at_gateway)
        workloads = self.versions.workloads(target)
        held = [policies_of(self.graph, each.namespace, each.labels) for each in workloads]
        closing = [refusing_all(each) if key == MESH else refusing(each, key.partition("/")[0]) for each in held]
        named = dict.fromkeys(_in_words(item) for item in closing if item)
        return ", ".join(named) if closing and all(closing) else ""

    def _at_gateway(self, key: str) -> Item | None:
        """What the gateway's own pods refuse; nobody from outside of the mesh has an identity."""
        found = self.entrances.pods_of(key)
        if found is None:
            return None
        labels, is_open = found
        held = policies_of(self.graph, key.partition("/")[0], labels)
        return refusing(held, None) if is_open else refusing_all(held)


def _in_words(policy: Item) -> str:
    return f"AuthorizationPolicy {policy.namespace}/{policy.name}"


def _called(key: str) -> str:
    return "sidecars" if key == MESH else key.partition("/")[2]
