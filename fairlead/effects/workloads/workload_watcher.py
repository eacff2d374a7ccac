"""Do pods start anew, and how many are there? Deployments, StatefulSets and DaemonSets of both sides.

A changed pod template rolls out pod by pod, or all at once with `Recreate`
(Kubernetes: concepts/workloads/controllers/deployment/#strategy).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effects, Hurt
from fairlead.effects.words import Draft, Wording, effects, few, wording
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.workloads import AUTOSCALER, Bounds, WorkloadName, bounds

_Scaled = tuple[Mapping[WorkloadName, Bounds], Mapping[WorkloadName, Bounds]]
_KINDS = ("DaemonSet", "Deployment", "StatefulSet")
_NO_PODS = "it then has no endpoints: remove it from every route first"
_AT_ONCE = "all pods stop before a new one starts: use strategy RollingUpdate, or plan for downtime"
_UNREADY = "without a readiness probe, new pods get requests before they are ready, and some fail"
_ONE_BY_ONE = "make sure that the new pods become ready; the old ones serve until then"
_GONE = "make sure that no route or Service needs its pods"


def watch(comparison: Comparison) -> Effects:
    """Replicas, images and pod templates of workloads that the stack itself declares."""
    words = wording(comparison)
    sides = comparison.before.graph, comparison.after.graph
    before, after = (_workloads(side) for side in sides)
    scaled = bounds(sides[0].all_of_kind(AUTOSCALER)), bounds(sides[1].all_of_kind(AUTOSCALER))
    yield from effects(_drafts(before, after, scaled, words), words)


def _drafts(before: Mapping[str, Item], after: Mapping[str, Item], scaled: _Scaled, words: Wording) -> Iterator[Draft]:
    for title in sorted({*before, *after}):
        old, new = before.get(title), after.get(title)
        if old and new:
            yield from _changed(title, old, new, (_replicas(old, scaled[0]), _replicas(new, scaled[1])), words)
        elif new:
            yield Draft(title, f"{words.created}: {_images(new)}", brief=words.created)
        else:
            yield Draft(title, words.deleted, Hurt.DELETES, _GONE)


def _changed(title: str, old: Item, new: Item, replicas: tuple[object, object], words: Wording) -> Iterator[Draft]:
    if replicas[0] != replicas[1]:
        none = replicas[1] == 0
        text = words.goes("its replica count", *replicas)
        yield Draft(title, text, Hurt.INTERRUPTS if none else None, _NO_PODS if none else "", stands=True)
    if old.get("spec", "template") != new.get("spec", "template") and replicas[1] != 0:
        what = _template(old, new, words)
        text = f"its pods restart: {what}" if words.deploys else what
        yield Draft(title, text, *_hurt(new), "its pods restart" if words.deploys else "")


def _hurt(new: Item) -> tuple[Hurt, str]:
    if as_map(new.get("spec", "strategy")).get("type") == "Recreate":
        return Hurt.INTERRUPTS, _AT_ONCE
    containers = new.maps("spec", "template", "spec", "containers")
    ready = all(container.get("readinessProbe") for _, container in containers)
    return Hurt.RESTARTS, _ONE_BY_ONE if ready else _UNREADY


def _template(old: Item, new: Item, words: Wording) -> str:
    """What is other in the pods: the images, or the parts of the template by name."""
    before, after = _images(old), _images(new)
    if before != after:
        return words.instead("image", before, after)
    pods = [as_map(item.get("spec", "template", "spec")) for item in (old, new)]
    parts = _differing(pods[0], pods[1], but=("containers",))
    containers = [_containers(item) for item in (old, new)]
    for name in sorted({*containers[0], *containers[1]}):
        parts += _differing(containers[0].get(name, {}), containers[1].get(name, {}))
    meta = [as_map(item.get("spec", "template", "metadata")) for item in (old, new)]
    parts += _differing(meta[0], meta[1])
    return f"{'changed' if words.deploys else 'they differ in'} {few(dict.fromkeys(parts))}"


def _differing(old: Mapping[str, Any], new: Mapping[str, Any], but: tuple[str, ...] = ()) -> list[str]:
    return [key for key in sorted({*old, *new}) if key not in but and old.get(key) != new.get(key)]


def _containers(item: Item) -> dict[str, dict[str, Any]]:
    found = item.maps("spec", "template", "spec", "containers")
    return {str(container.get("name", place)): container for place, container in found}


def _images(item: Item) -> str:
    return few(str(each.get("image", "no image")) for each in _containers(item).values()) or "no image"


def _replicas(item: Item, scaled: Mapping[WorkloadName, Bounds]) -> object:
    found = item.get("spec", "replicas")
    if found != 0 and (several := scaled.get((item.kind, item.namespace, item.name))):
        least, most = several
        return str(least) if least == most else f"{least}-{most}"
    return "one per node" if item.kind == "DaemonSet" else 1 if found is None else found


def _workloads(graph: Graph) -> dict[str, Item]:
    return {str(item): item for item in graph.of_kind(*_KINDS)}
