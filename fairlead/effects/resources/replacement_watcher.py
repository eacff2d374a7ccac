"""Which resources are deleted and created anew, and what is that to requests?

What keeps its name on the cluster is deleted first; anything else is created beside the old one, which then goes
(pulumi-kubernetes, provider/pkg/provider/provider.go, deleteBeforeReplace). A resource under another name that no alias
announces is a new one to the engine: creating it fails as its object exists, from pulumi-kubernetes 4.29 on.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.comparison.comparison import RELEASE, Change, Comparison, How
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.resources.replacing_inputs import refused, replacing
from fairlead.effects.telling import together
from fairlead.effects.words import few
from fairlead.evaluation.snapshot import Resource

_PODS = ("DaemonSet", "Deployment", "Pod", "ReplicaSet", "StatefulSet")
_INTERRUPTED = {
    **dict.fromkeys(_PODS, "its pods are gone until the new ones are ready"),
    "Service": "its address changes, and it cannot be reached in between",
    RELEASE: "all of its objects are deleted and created again",
    "SecurityGroup": "rules and load balancers that reference it must be updated",
}
_INSTEAD = {
    "ConfigMap": "set enableConfigMapMutable on the provider, or restart the pods that mount it",
    "Secret": "set enableSecretMutable on the provider, or restart the pods that mount it",
    "PersistentVolumeClaim": "the data on its volume is deleted: copy it first",
    "Deployment": "create it under another name beside the old one, or keep its selector",
}
_NAMED = "create the new one beside it, move the clients, then remove the old one"
_ALIAS = (
    "add its old name as an alias: ResourceOptions(aliases=[Alias(name=...)]), on the component if that was renamed"
)


def watch(comparison: Comparison) -> Effects:
    """What an update replaces; nothing where two stacks are only held against each other."""
    if comparison.deploys:
        yield from together(_all(comparison))


def _all(comparison: Comparison) -> Iterator[Effect]:
    for change in comparison.changes:
        if change.chart_of:
            yield from _stuck(change)
        if change.before is None or change.after is None:
            continue
        if change.how is How.RECREATED:
            yield _recreated(change, change.after, comparison)
        else:
            yield from _replaced(change, change.before, change.after, comparison)


def _stuck(change: Change) -> Iterator[Effect]:
    """An object of a chart that Helm cannot change: it patches, and deletes nothing in order to create it anew."""
    paths = refused(change.kind, change.old, change.new) if change.old and change.new else []
    if paths:
        text = f"{few(paths)} cannot be changed in place, so the upgrade of release {change.chart_of} fails"
        advice = "delete the object first, which stops its pods, or install the new chart beside the old one"
        yield Effect(change.title, text, Hurt.INTERRUPTS, advice)


def _replaced(change: Change, before: Resource, after: Resource, comparison: Comparison) -> Iterator[Effect]:
    old, new = change.old or {}, change.new or {}
    provider = comparison.after.snapshot.by_urn.get(after.provider)
    paths = replacing(old, new, after, provider)
    if not paths:
        return
    first = _deleted_first(paths, after)
    how = "deleted, then created again" if first else "replaced by a new one, then deleted"
    consequence = _INTERRUPTED.get(change.kind, "") if first else _beside(change.kind)
    text = f"{how}, because {few(paths)} cannot be changed in place" + (f": {consequence}" if consequence else "")
    interrupts = first and change.kind in (*_PODS, "Service", RELEASE)
    advice = _INSTEAD.get(change.kind, _NAMED)
    if before.options.get("protect"):
        advice = "it is protected, so the update fails; remove protect in a separate update first"
    yield Effect(change.title, text, Hurt.INTERRUPTS if interrupts else Hurt.REPLACES, advice)


def _deleted_first(paths: list[str], after: Resource) -> bool:
    if after.options.get("deleteBeforeReplace"):
        return True
    return after.is_kubernetes_object and not set(paths) & {"metadata.name", "metadata.namespace"}


def _beside(kind: str) -> str:
    return "AWS rejects two security groups of one name in a VPC" if kind == "SecurityGroup" else ""


def _recreated(change: Change, after: Resource, comparison: Comparison) -> Effect:
    """An object that both sides have, under names that no alias ties together."""
    provider = comparison.after.snapshot.by_urn.get(after.provider)
    upserts = provider is not None and str(provider.inputs.get("upsertExistingObjects")).lower() == "true"
    other = "a different resource for Pulumi, because its logical name changed without an alias"
    if upserts:
        return Effect(change.title, f"{other}: adopted, then deleted as the old one", Hurt.INTERRUPTS, _ALIAS)
    why = "cannot re-use a name that is still in use" if change.kind == RELEASE else "already exists"
    return Effect(change.title, f"{other}: creating it fails ({why}), and so does the update", Hurt.REPLACES, _ALIAS)
