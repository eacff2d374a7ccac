"""What goes and does not come back? Deletions that take more with them than the object itself."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.comparison.comparison import RELEASE, Change, Comparison, How
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.installation.installation import Installed, installed
from fairlead.effects.telling import together
from fairlead.evaluation.snapshot import PROVIDER_TYPES
from mesh.addons.addons import PRODUCTS
from mesh.model.item import Item

_KEEP = "helm.sh/resource-policy"
_TOLD_ELSEWHERE = ("cni", "gateway", "istiod", "ztunnel")
_GOING = {
    "PersistentVolumeClaim": ("the data on its volume goes, unless the volume is retained", "copy the data first"),
    "PersistentVolume": ("its data is out of reach, or goes, as its reclaim policy says", "copy the data first"),
    "Secret": ("pods that need it do not start any more, and gateways serve no certificate of it", "look who uses it"),
    "StatefulSet": ("its pods go; claims that it made stay", "delete the claims when nobody needs the data"),
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
    advice = "run pulumi destroy with the program as it was, which is made for that, and then remove the stack"
    return Effect("the whole stack", f"nothing is left of it: {count}", Hurt.INTERRUPTS, advice)


def _deleted(change: Change, releases: dict[str, Installed]) -> Iterator[Effect]:
    options = change.before.options if change.before else {}
    if options.get("retainOnDelete"):
        yield Effect(change.title, "the stack's no longer, but left where it is")
        return
    if options.get("protect"):
        advice = "take protect off in an update of its own, then remove it"
        yield Effect(change.title, "protected, so that the update stops instead of deleting it", Hurt.DELETES, advice)
    if change.kind == "CustomResourceDefinition":
        yield from _definition(change)
    elif change.kind == RELEASE:
        yield from _release(change, releases)
    elif change.kind in _GOING:
        yield Effect(change.title, f"deleted: {_GOING[change.kind][0]}", Hurt.DELETES, _GOING[change.kind][1])


def _definition(change: Change) -> Iterator[Effect]:
    item = Item(dict(change.old or {}))
    if change.chart_of and item.annotations.get(_KEEP) == "keep":
        yield Effect(change.title, "no longer the release's, but kept in the cluster")
        return
    kind = item.get("spec", "names", "kind") or "such"
    text = f"deleted: every {kind} object of the cluster goes with it, also those of others"
    yield Effect(
        change.title, text, Hurt.DELETES, "list the objects first; apply them again only after the CRD is back"
    )


def _release(change: Change, releases: dict[str, Installed]) -> Iterator[Effect]:
    release = releases.get(f"{change.namespace}/{change.name}")
    if release is None or release.chart in (*_TOLD_ELSEWHERE, *PRODUCTS):
        return
    if release.chart == "base":
        text = "uninstalled: the CRDs and the objects stay, the webhook that validates them goes"
        yield Effect(change.title, text, Hurt.CONTROL_PLANE, "delete the CRDs by hand when nothing of Istio is wanted")
    else:
        yield Effect(change.title, "uninstalled, with all that its chart made", Hurt.DELETES)
