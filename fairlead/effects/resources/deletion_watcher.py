"""What goes and does not come back? Deletions that take more with them than the object itself."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.comparison.comparison import RELEASE, Change, Comparison, How
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.installation.installation import Installed, installed
from fairlead.effects.telling import together
from fairlead.evaluation.snapshot import PROVIDER_TYPES
from fairlead_mesh.addons.addons import PRODUCTS
from fairlead_mesh.model.objects.item import Item

_KEEP = "helm.sh/resource-policy"
_TOLD_ELSEWHERE = ("cni", "gateway", "istiod", "ztunnel")
_GOING = {
    "PersistentVolumeClaim": ("the data on its volume is deleted unless the volume is retained", "copy the data first"),
    "PersistentVolume": ("its data is detached or deleted, depending on its reclaim policy", "copy the data first"),
    "Secret": ("pods that need it no longer start, and gateways lose its certificate", "check who uses it"),
    "StatefulSet": (
        "its pods are deleted; its PersistentVolumeClaims stay",
        "delete the claims when nobody needs their data",
    ),
}


def watch(comparison: Comparison) -> Effects:
    """What deletions do; nothing where two stacks are only held against each other."""
    if not comparison.deploys:
        return
    if whole := _whole_stack(comparison):
        yield whole
    releases = installed(comparison.before)
    gone = (change for change in comparison.changes if change.how is How.REMOVED)
    yield from together(effect for change in gone for effect in _deleted(change, releases))


def _whole_stack(comparison: Comparison) -> Effect | None:
    before, after = (
        [each for each in side.snapshot.resources if each.custom and not each.read]
        for side in (comparison.before, comparison.after)
    )
    before, after = ([each for each in found if not each.type.startswith(PROVIDER_TYPES)] for found in (before, after))
    if after or not before:
        return None
    count = f"all {len(before)} resources are deleted" if len(before) > 1 else "its only resource is deleted"
    advice = "to take the stack down, run pulumi destroy with the unchanged program, then pulumi stack rm"
    return Effect("the whole stack", f"nothing is left: {count}", Hurt.INTERRUPTS, advice)


def _deleted(change: Change, releases: dict[str, Installed]) -> Iterator[Effect]:
    options = change.before.options if change.before else {}
    if options.get("retainOnDelete"):
        yield Effect(change.title, "removed from the stack, but retained")
        return
    if options.get("protect"):
        advice = "remove protect in a separate update first, then remove the resource"
        yield Effect(change.title, "protected: the update fails instead of deleting it", Hurt.DELETES, advice)
    if change.kind == "CustomResourceDefinition":
        yield from _definition(change)
    elif change.kind == RELEASE:
        yield from _release(change, releases)
    elif change.kind in _GOING:
        yield Effect(change.title, f"deleted: {_GOING[change.kind][0]}", Hurt.DELETES, _GOING[change.kind][1])


def _definition(change: Change) -> Iterator[Effect]:
    item = Item(dict(change.old or {}))
    if change.chart_of and item.annotations.get(_KEEP) == "keep":
        yield Effect(change.title, "removed from the release, but kept in the cluster")
        return
    kind = item.get("spec", "names", "kind") or "such"
    text = f"deleted together with every {kind} object in the cluster, including those of others"
    yield Effect(
        change.title, text, Hurt.DELETES, "save the objects first; they can be applied again only when the CRD is back"
    )


def _release(change: Change, releases: dict[str, Installed]) -> Iterator[Effect]:
    release = releases.get(f"{change.namespace}/{change.name}")
    if release is None or release.chart in (*_TOLD_ELSEWHERE, *PRODUCTS):
        return
    if release.chart == "base":
        text = "uninstalled: the CRDs and the objects stay, the webhook that validates them is removed"
        yield Effect(change.title, text, Hurt.CONTROL_PLANE, "delete the CRDs by hand to remove Istio completely")
    else:
        yield Effect(change.title, "uninstalled with all objects of its chart", Hurt.DELETES)
