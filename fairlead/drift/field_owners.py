"""Who set a field of a live object? Read from the managers that the API server keeps a record of.

Kubernetes' documentation of server-side apply describes the record: `f:` is a field, `k:` an item of a list by its
keys; a field without anything below it is owned whole.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fairlead.cluster.openapi import Shape
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps

_CONTROLLERS = frozenset({
    "aws-load-balancer-controller",
    "before-first-apply",
    "cainjector",
    "clusterrole-aggregation-controller",
    "controller",
    "eks",
    "istiod",
    "karpenter",
    "keda",
    "keda-operator",
    "kube-apiserver",
    "kube-scheduler",
    "kubelet",
    "manager",
    "pilot-discovery",
    "vpa-recommender",
    "vpa-updater",
})  # fmt: skip
_FAMILIES = ("controller-manager", "-admission-controller", "-autoscaler")
"""Managers that write into other people's objects as it is their job: caBundle, failurePolicy, replicas, finalizers.

A manager is called as its program is: AWS' load balancer controller is `controller`, many an operator `manager`.
"""

_APPLIERS = ("helm", "pulumi", "fairlead")


def is_controller(manager: str) -> bool:
    """Whether it writes on its own, and not because somebody told it to."""
    return manager in _CONTROLLERS or manager.endswith(_FAMILIES)


@dataclass(frozen=True)
class Owners:
    """The managers of one field, each with what it owns below that field.

    `appliers` are those that set most of what the stack sends: the defaults of what they made are theirs as well.
    """

    trees: tuple[tuple[str, Mapping[str, Any]], ...]
    appliers: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.trees)

    @property
    def is_a_controllers(self) -> bool:
        """Whether nobody but controllers set this field."""
        return bool(self.trees) and all(map(is_controller, self.names))

    @property
    def by_hand(self) -> bool:
        """Whether somebody set this field who is neither a controller nor the one who applies the stack."""
        others = self.names - self.appliers
        return any(not (is_controller(name) or name.startswith(_APPLIERS)) for name in others)

    @property
    def by_kubectl(self) -> bool:
        """Whether somebody typed it: nobody else is sure to be no controller, under whatever name."""
        return any(name.startswith("kubectl") for name in self.names - self.appliers)

    def field(self, key: str) -> Owners:
        def found(tree: Mapping[str, Any]) -> Any:
            return tree.get(f"f:{key}")

        return self._below(found)

    def item(self, value: Any) -> Owners:
        """Those of an item of a list, told by its keys."""

        def found(tree: Mapping[str, Any]) -> Any:
            keyed = ((json.loads(key[2:]), below) for key, below in tree.items() if key.startswith("k:"))
            return next((below for keys, below in keyed if keys.items() <= as_map(value).items()), None)

        return self._below(found)

    def member(self, value: Any) -> Owners:
        """Those of a value in a list whose order means nothing."""
        key = f"v:{json.dumps(value)}"

        def found(tree: Mapping[str, Any]) -> Any:
            return tree.get(key)

        return self._below(found)

    def _below(self, step: Callable[[Mapping[str, Any]], Any]) -> Owners:
        below = ((name, tree if not tree else step(tree)) for name, tree in self.trees)
        return Owners(tuple((name, tree) for name, tree in below if tree is not None), self.appliers)


def owners(live: Mapping[str, Any], sent: Mapping[str, Any], shape: Shape) -> Owners:
    """The managers of a live object that was sent like this; none where the server kept no record."""
    entries = as_maps(as_map(live.get("metadata")).get("managedFields"))
    found = Owners(tuple((str(each.get("manager")), as_map(each.get("fieldsV1"))) for each in entries))
    leaves = [names for names in _leaves(sent, found, shape) if names]
    counted = Counter(name for names in leaves for name in names)
    return replace(found, appliers=frozenset(name for name, number in counted.items() if 2 * number > len(leaves)))


def _leaves(sent: Any, who: Owners, shape: Shape) -> Iterator[frozenset[str]]:
    """The managers of each single value that was sent; nobody has an object's kind and name."""
    if isinstance(sent, dict) and sent:
        for key, value in as_map(sent).items():
            yield from _leaves(value, who.field(key), shape.field(key))
    elif isinstance(sent, list) and sent and not shape.is_set:
        for item in as_list(sent):
            yield from _leaves(item, who.item(shape.whole(item)), shape.item())
    elif sent not in (None, "", {}, []):
        yield who.names
