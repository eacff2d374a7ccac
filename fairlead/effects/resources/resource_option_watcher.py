"""Who protects a resource, who keeps it, and through which provider is it reached? Its options and its life.

A Kubernetes provider that names another cluster has all of its resources replaced: by clusterIdentifier where both
sides have one, else by its active cluster (pulumi-kubernetes, provider/pkg/provider/provider.go, DiffConfig).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fairlead.comparison.comparison import Change, Comparison, How
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.telling import together
from fairlead.effects.words import Wording, wording
from fairlead.evaluation.snapshot import UNKNOWN, Resource

_KUBERNETES, _AWS = "pulumi:providers:kubernetes", "pulumi:providers:aws"
_IDENTIFIER = "clusterIdentifier"
_CLUSTER = ("cluster", "context", "kubeconfig")
_MOVED = "to leave the old cluster, destroy the stack there first; its resources are deleted, not moved"
_ORPHANS = "resources in the old region stay there, and Pulumi looks for them in the new one: destroy them first"


def watch(comparison: Comparison) -> Effects:
    """What other options and providers do to resources, alike ones together."""
    if not comparison.deploys:
        return
    words = wording(comparison)
    found: list[Effect] = []
    for change in comparison.changes:
        if change.before and change.after and change.how is not How.RECREATED:
            found += _options(change, change.before, change.after, words)
            found += _provider(change, change.before, change.after, comparison)
    yield from together([*found, *_moved(comparison)])


def _options(change: Change, before: Resource, after: Resource, words: Wording) -> Iterator[Effect]:
    old, new = before.options, after.options
    if bool(old.get("protect")) != bool(new.get("protect")):
        if new.get("protect"):
            yield Effect(change.title, words.now("protected: it cannot be deleted or replaced"))
        else:
            text = words.no_longer("protected: an update may delete or replace it")
            yield Effect(change.title, text, Hurt.DELETES, "keep protect where it holds data or an address")
    if bool(old.get("retainOnDelete")) != bool(new.get("retainOnDelete")):
        if new.get("retainOnDelete"):
            yield Effect(change.title, words.now("retained when it is removed from the stack"))
        else:
            yield Effect(change.title, words.now("deleted when it is removed from the stack"), Hurt.DELETES)
    if old.get("deletedWith") != new.get("deletedWith") and new.get("deletedWith"):
        owner = str(new["deletedWith"]).rpartition("::")[2]
        text = words.now(f"never deleted by itself: Pulumi assumes that it is deleted with {owner}")
        yield Effect(
            change.title, text, Hurt.DELETES, "use deletedWith only for resources that own nothing in the cloud"
        )


def _provider(change: Change, before: Resource, after: Resource, comparison: Comparison) -> Iterator[Effect]:
    if after.type == _KUBERNETES:
        yield from _cluster(change, after, comparison)
    elif after.type == _AWS:
        old, new = before.inputs.get("region"), after.inputs.get("region")
        if old != new and UNKNOWN not in (old, new):
            yield Effect(f"provider {after.name}", f"region changes from {old} to {new}", Hurt.REPLACES, _ORPHANS)


def _moved(comparison: Comparison) -> Iterator[Effect]:
    """Resources that are reached through another provider than before, where that one says it is another cluster."""
    before, after = comparison.before.snapshot.by_urn, comparison.after.snapshot.by_urn
    moves = Counter(
        (before[urn].provider, each.provider)
        for urn, each in after.items()
        if urn in before and each.custom and not each.read and before[urn].provider != each.provider
    )
    for (old, new), count in sorted(moves.items()):
        was, now = (
            str(side[urn].inputs.get(_IDENTIFIER) or "") if urn in side else ""
            for side, urn in ((before, old), (after, new))
        )
        if was and now and was != now:
            text = (
                f"cluster {now} instead of {was}: its resources ({count}) are created in the new cluster and "
                "deleted in the old one"
            )
            yield Effect(f"provider {after[new].name}", text, Hurt.INTERRUPTS, _MOVED)


def _cluster(change: Change, after: Resource, comparison: Comparison) -> Iterator[Effect]:
    """Another cluster, as the provider understands it: by clusterIdentifier where both sides have one."""
    old, new = change.old or {}, change.new or {}
    was, now = old.get(_IDENTIFIER), new.get(_IDENTIFIER)
    reached = (each for each in comparison.after.snapshot.resources if each.provider == after.urn)
    behind = sum(each.custom and not each.read for each in reached)
    subject = f"provider {after.name}"
    if was and now and was != now:
        text = (
            f"cluster {now} instead of {was}: all its resources ({behind}) are created in the new cluster and "
            "deleted in the old one"
        )
        yield Effect(subject, text, Hurt.INTERRUPTS, _MOVED)
    elif was == now and now:
        return  # The provider then ignores another path, token or endpoint.
    elif changed := [key for key in _CLUSTER if old.get(key) != new.get(key)]:
        text = f"{' and '.join(changed)} changed: if that is another cluster, all its resources ({behind}) are replaced"
        yield Effect(
            subject, text, Hurt.REPLACES, "set clusterIdentifier, which tells Pulumi whether it is the same cluster"
        )
