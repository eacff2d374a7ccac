"""How do two sides become a list of changes? Pair by pair, a release also object by object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from fairlead.comparison.comparison import RELEASE, Change, Comparison, How, Manifest, Side, release_key
from fairlead.comparison.ignored_inputs import as_updated
from fairlead.comparison.pairing import Pair, pairs
from fairlead.comparison.stack_marks import without_marks
from fairlead.evaluation.masking import masked, masked_pair, with_others
from fairlead.evaluation.snapshot import PROVIDER_TYPES, Resource
from fairlead_mesh.model.objects.item import Item


def compare(before: Side, after: Side, *, deploys: bool = True) -> Comparison:
    """Everything that is not the same on both sides; see `Comparison` for `deploys`."""
    if before.snapshot.stack != after.snapshot.stack:
        before, after = without_marks(before), without_marks(after)
    elif deploys:
        after = as_updated(before, after)
    changes = chain.from_iterable(_changes(pair, before, after) for pair in pairs(before.snapshot, after.snapshot))
    return Comparison(before, after, tuple(changes), deploys)


def _changes(pair: Pair, before: Side, after: Side) -> Iterator[Change]:
    if change := _change(pair):
        yield change
    release = pair.after or pair.before
    if release and release.is_release:
        # Also where the release itself is the same: its chart may not be, nor what a cluster has made of it.
        yield from _chart_changes(pair, release_key(release), before, after)


def _change(pair: Pair) -> Change | None:
    shown = pair.after or pair.before
    if shown is None:
        return None
    old, new = _masked(pair.before and pair.before.inputs, pair.after and pair.after.inputs)
    if pair.before and pair.after and new is not None:
        new = with_others(new, pair.before.fingerprints, pair.after.fingerprints)
    change = Change(pair.how, *_title(shown), old, new, pair.before, pair.after)
    unchanged = pair.how is How.CHANGED and not change.differences
    return None if unchanged else change


def _masked(old: Manifest | None, new: Manifest | None) -> tuple[Manifest | None, Manifest | None]:
    if old is None or new is None:
        return (None if old is None else masked(old)), (None if new is None else masked(new))
    return masked_pair(old, new)


def _title(resource: Resource) -> tuple[str, str, str]:
    """Kind, namespace and name."""
    if resource.is_release:
        namespace, _, name = release_key(resource).partition("/")
        return RELEASE, namespace, name
    if resource.is_kubernetes_object:
        return _object_title(resource.inputs)
    kind = "Provider" if resource.type.startswith(PROVIDER_TYPES) else resource.type.rpartition(":")[2]
    return kind, "", resource.name


def _object_title(manifest: Manifest) -> tuple[str, str, str]:
    item = Item(dict(manifest))
    return item.kind, str(item.metadata.get("namespace") or ""), item.name


def _chart_changes(pair: Pair, release: str, before: Side, after: Side) -> Iterator[Change]:
    """The objects of its chart that differ, where both sides that have the release could be rendered."""
    sides = ((before, pair.before), (after, pair.after))
    rendered = [side.charts.get(resource.urn) if resource else () for side, resource in sides]
    if rendered[0] is None or rendered[1] is None:
        return
    old, new = _by_identity(rendered[0]), _by_identity(rendered[1])
    for key in sorted({*old, *new}):
        was, now = _masked(old.get(key), new.get(key))
        if was != now:
            how = How.ADDED if was is None else How.REMOVED if now is None else How.CHANGED
            yield Change(how, *_object_title(now or was or {}), was, now, chart_of=release)


def _by_identity(objects: Sequence[Manifest]) -> dict[tuple[str, ...], dict[str, Any]]:
    """Group, kind, namespace and name -> object. Its version is not part of what it is."""
    return {
        (str(each.get("apiVersion")).rpartition("/")[0], *_object_title(each)): dict(each) for each in objects if each
    }
