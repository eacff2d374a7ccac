"""Which istiod injects whose pods? Revisions and their tags, and the namespaces that ask for one that is gone.

A namespace asks by `istio.io/rev`, or for `default` by `istio-injection: enabled`; a tag is another name for a revision
(Istio's page on canary upgrades and stable revision labels).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.installation.installation import Installed, installed
from fairlead.effects.words import few, wording
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.pods.sidecars import INJECTION, REVISION

_MOVE = "label the namespaces with a revision that stays, and restart their pods, before it is removed"


def watch(comparison: Comparison) -> Effects:
    """What becomes of those whom a revision serves."""
    before, after = (installed(side, "istiod") for side in (comparison.before, comparison.after))
    yield from _several(before, after, comparison)
    yield from _unserved(before, after, comparison)
    yield from _tags(before, after, comparison)
    yield from _validation(comparison)


def _several(
    before: Mapping[str, Installed], after: Mapping[str, Installed], comparison: Comparison
) -> Iterator[Effect]:
    old, new = (sorted(each.revision for each in side.values()) for side in (before, after))
    if len(new) > 1 and old != new:
        text = wording(comparison).now(f"several revisions run side by side: {few(new)}")
        advice = "each namespace uses the revision that its label names; remove the old one when no pod has its proxy"
        yield Effect("istiod", text, Hurt.CONTROL_PLANE, advice)
    for key in sorted(before.keys() & after.keys()):
        if before[key].revision != after[key].revision:
            text = wording(comparison).goes("revision", before[key].revision, after[key].revision)
            yield Effect(
                f"istiod {key}", text, Hurt.CONTROL_PLANE, "label the namespaces accordingly, then restart their pods"
            )


def _unserved(
    before: Mapping[str, Installed], after: Mapping[str, Installed], comparison: Comparison
) -> Iterator[Effect]:
    """Namespaces that ask for a revision which this stack's istiods do not serve, and did before or are new to it."""
    if not after:
        return
    served = {name for each in after.values() for name in each.served}
    former = {name for each in before.values() for name in each.served}
    asked_before = _asked(comparison.before.graph)
    for revision, namespaces in sorted(_asked(comparison.after.graph).items()):
        since = namespaces if revision in former else namespaces - asked_before.get(revision, set())
        if revision not in served and since:
            subject = f"namespace{'s' if len(since) > 1 else ''} {few(sorted(since))}"
            text = f"no istiod of this stack has revision {revision}: new pods get no sidecar"
            running = ", running ones no configuration" if revision in former and comparison.deploys else ""
            yield Effect(
                subject, text + running, Hurt.INTERRUPTS, _MOVE if revision in former else "use a revision that exists"
            )


def _asked(graph: Graph) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, item in graph.namespaces.items():
        if INJECTION in item.labels:
            if item.labels[INJECTION] == "enabled":
                found["default"].add(name)
        elif revision := item.labels.get(REVISION):
            found[str(revision)].add(name)
    return found


def _tags(before: Mapping[str, Installed], after: Mapping[str, Installed], comparison: Comparison) -> Iterator[Effect]:
    old, new = ({tag: each.revision for each in side.values() for tag in each.served} for side in (before, after))
    for tag in sorted(old.keys() & new.keys()):
        if old[tag] != new[tag]:
            text = wording(comparison).goes("revision", old[tag], new[tag])
            advice = "pods of namespaces with this label get the proxy of the new revision when they restart"
            yield Effect(f"revision tag {tag}", text, Hurt.CONTROL_PLANE, advice)


def _validation(comparison: Comparison) -> Iterator[Effect]:
    """Which revision validates Istio's objects: chart base says it."""
    before, after = (installed(side, "base") for side in (comparison.before, comparison.after))
    for key in sorted(before.keys() & after.keys()):
        old, new = (str(side[key].values.get("defaultRevision", "default")) for side in (before, after))
        if old != new:
            text = wording(comparison).goes("the revision that validates Istio objects", old or "none", new or "none")
            hurt = None if new else Hurt.CONTROL_PLANE
            yield Effect(
                "istiod", text, hurt, "" if new else "invalid objects are no longer rejected when they are applied"
            )
