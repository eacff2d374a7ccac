"""How do namespaces join or leave the mesh, come and go? Their labels and what they do to the pods in them.

Injection happens when a pod is created, so what runs keeps what it has; ambient mode holds at once. Pod Security
refuses pods at creation (Istio's pages on injection and ambient mode; Kubernetes' Pod Security Admission).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.comparison.comparison import Change, Comparison, How
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.installation.installation import installed
from fairlead.effects.telling import together
from fairlead.effects.words import Wording, few, wording
from fairlead.effects.workloads.subjects import of_namespace
from fairlead_mesh.istio import uses_cni
from fairlead_mesh.load_balancing import GATE_LABELS
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.sidecars import DATAPLANE_MODE, INJECTION, REVISION, is_gateway
from fairlead_mesh.namespaces import POD_SECURITY

_WAYPOINT = "istio.io/use-waypoint"
_ENFORCED, _WARNED = f"{POD_SECURITY}/enforce", f"{POD_SECURITY}/warn"
_LEVELS = {"privileged": 0, "baseline": 1, "restricted": 2}
_OUT = (
    "they send plain text, which STRICT pods reject, and no policy protects them; running pods change when they restart"
)
_INIT = "istio-init needs NET_ADMIN, which this level forbids: install istio-cni, or keep privileged"


def watch(comparison: Comparison) -> Effects:
    """What becomes of the pods of each namespace, alike ones together."""
    yield from together(_all(comparison))


def _all(comparison: Comparison) -> Iterator[Effect]:
    words = wording(comparison)
    bare = not installed(comparison.after, "cni")
    bare = bare and not any(uses_cni(each.values) for each in installed(comparison.after, "istiod").values())
    before, after = comparison.before.graph.namespaces, comparison.after.graph.namespaces
    for name in sorted(before.keys() & after.keys()):
        old, new = before[name].labels, after[name].labels
        if old != new:
            yield from _labels(of_namespace(name), old, new, words, bare=bare)
    for change in comparison.changes:
        if change.kind == "Namespace" and change.how in (How.ADDED, How.REMOVED):
            yield from _existence(change, comparison, words)


def _labels(subject: str, old: Mapping[str, Any], new: Mapping[str, Any], words: Wording, *, bare: bool) -> Effects:
    was, now = _joins(old), _joins(new)
    if was != now:
        text, hurt, advice = _joining(was, now, words)
        yield Effect(subject, text, hurt, advice)
    if old.get(_WAYPOINT) != new.get(_WAYPOINT):
        yield Effect(subject, words.goes("waypoint", old.get(_WAYPOINT, "none"), new.get(_WAYPOINT, "none")))
    gates = [any(labels.get(label) == "enabled" for label in GATE_LABELS.values()) for labels in (old, new)]
    if gates[0] != gates[1]:
        yield _gate(subject, words, waits=gates[1])
    levels = [_LEVELS.get(str(labels.get(_ENFORCED)), 0) for labels in (old, new)]
    if levels[1] > levels[0]:
        refused = bare and now.startswith("sidecar")
        text = words.now(f"pods that do not meet {new.get(_ENFORCED)} are rejected")
        text += "; running ones stay until they restart" if words.deploys else ""
        yield Effect(subject, text, Hurt.INTERRUPTS if refused else Hurt.RESTARTS, _INIT if refused else _CHECK)
    elif levels[1] < levels[0]:
        yield Effect(
            subject, words.now(f"pods of level {new.get(_ENFORCED, 'privileged')} are admitted"), Hurt.EXPOSES, _LOOSER
        )
    elif old.get(_WARNED) != new.get(_WARNED) and new.get(_WARNED) and levels[1] < _LEVELS.get(str(new[_WARNED]), 0):
        yield Effect(subject, f"pods that do not meet {new[_WARNED]} cause a warning, and are admitted all the same")


_UNGATED = "a rollout can remove all healthy targets of the load balancer: keep the label"
_LOOSER = "with istio-cni, injected pods meet restricted"
_CHECK = "set the label pod-security.kubernetes.io/warn first to see which pods would be rejected"


def _gate(subject: str, words: Wording, *, waits: bool) -> Effect:
    """Whether pods wait until AWS's load balancer finds them healthy (its readiness gate)."""
    if waits:
        text = "new pods wait for the load balancer's health check, minutes in each rollout"
        return Effect(subject, words.now(text) if not words.deploys else text)
    return Effect(
        subject,
        f"new pods are {words.no_longer('kept waiting for a healthy target')}",
        Hurt.INTERRUPTS if words.deploys else None,
        _UNGATED if words.deploys else "",
    )


def _joins(labels: Mapping[str, Any]) -> str:
    """How new pods join: `sidecar`, `sidecar of revision x`, `ambient`, or nothing."""
    if INJECTION in labels:
        return "sidecar" if labels[INJECTION] == "enabled" else ""
    if labels.get(REVISION):
        return f"sidecar of revision {labels[REVISION]}"
    return "ambient" if labels.get(DATAPLANE_MODE) == "ambient" else ""


def _joining(was: str, now: str, words: Wording) -> tuple[str, Hurt | None, str]:
    if not words.deploys:
        return words.goes("how pods join the mesh", was or "not at all", now or "not at all"), None, ""
    if was == "ambient" and not now:
        return "pods leave the mesh at once", Hurt.EXPOSES, "their traffic is plain text, and STRICT pods reject it"
    if now == "ambient":
        kept = "; running pods keep their sidecar until restarted" if was else ", without a restart"
        return f"pods join the mesh through ztunnel{kept}", None, ""
    if not now:
        return "new pods get no sidecar", Hurt.EXPOSES, _OUT
    running = f"keep the {was}" if was.startswith("sidecar") else "have none"
    hurt = Hurt.CONTROL_PLANE if was else None
    return (
        f"new pods get a {now}; running ones {running} until restarted",
        hurt,
        "restart its workloads" if hurt else "",
    )


def _existence(change: Change, comparison: Comparison, words: Wording) -> Iterator[Effect]:
    subject = of_namespace(change.name)
    resource = change.before or change.after
    patched = resource is not None and resource.type.endswith("Patch")
    joins = _joins(Item(dict(change.old or change.new or {})).labels)
    if change.how is How.ADDED:
        text = "its labels are set" if patched else words.created
        yield Effect(subject, f"{text}; its pods get a {joins}" if joins.startswith("sidecar") else text)
    elif not comparison.deploys:
        yield Effect(subject, words.deleted)
    elif patched:
        advice = _OUT if joins else ""
        yield Effect(subject, "kept, but its labels are removed", Hurt.EXPOSES if joins else None, advice)
    elif resource is not None and resource.options.get("retainOnDelete"):
        yield Effect(subject, "removed from the stack, but retained")
    else:
        yield _removal(subject, change.name, comparison.before.graph)


def _removal(subject: str, name: str, graph: Graph) -> Effect:
    # What becomes of a gateway, its own watcher says.
    inside = [str(pod.item.name) for pod in graph.workloads.get(name, []) if not is_gateway(pod)]
    routes = [each.name for each in graph.all_of_kind("VirtualService") if each.namespace == name]
    gone = f"deleted with everything in it, including what this stack did not create{_counted(inside, routes)}"
    if inside or routes:
        return Effect(subject, gone, Hurt.INTERRUPTS, "move the workloads that still get requests first")
    return Effect(subject, gone, Hurt.DELETES, "check what else runs there")


def _counted(workloads: list[str], routes: list[str]) -> str:
    parts = ((workloads, "workload"), (routes, "VirtualService"))
    said = [f"{word}{'s' if len(names) > 1 else ''} {few(sorted(names))}" for names, word in parts if names]
    return f": {'; '.join(said)}" if said else ""
