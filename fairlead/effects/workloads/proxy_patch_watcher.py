"""Which proxies are patched or told to report otherwise? EnvoyFilter, WasmPlugin, Telemetry and ProxyConfig.

In the root namespace, without a selector, they hold for the whole mesh; a ProxyConfig is read when a proxy starts
(Istio's references of these kinds).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.comparison.comparison import Change, Comparison, How
from fairlead.effects.effect import Effects, Hurt
from fairlead.effects.installation.installation import mesh
from fairlead.effects.words import Draft, Wording, effects, few, wording
from fairlead.effects.workloads.subjects import THE_MESH, Subjects, of_namespace, of_pods
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_maps
from fairlead_mesh.model.reach import reach

_PATCHES = {
    "EnvoyFilter": (
        "patches",
        "EnvoyFilter has no stable API and may break with the next Istio version: try it on one workload first",
    ),
    "WasmPlugin": (
        "runs a plugin in",
        "while its image cannot be loaded, requests fail unless failStrategy is FAIL_OPEN",
    ),
}
_VERBS = {How.ADDED: "added", How.REMOVED: "removed", How.CHANGED: "changed"}


def watch(comparison: Comparison) -> Effects:
    """What such objects do, told by the proxies that they hold for."""
    words = wording(comparison)
    graphs = [mesh(side) for side in (comparison.before, comparison.after)]
    subjects = Subjects(*graphs)
    found: list[Draft] = []
    for change in comparison.changes:
        side = 0 if change.how is How.REMOVED else 1
        item = Item(dict(change.new or change.old or {}))
        if change.how not in _VERBS or change.kind not in (*_PATCHES, "Telemetry", "ProxyConfig"):
            continue
        proxies = _proxies(item, graphs[side], subjects)
        if change.kind in _PATCHES:
            found.append(_patched(change, proxies, words))
        elif change.kind == "Telemetry":
            found += _telemetry(change, proxies, words)
        else:
            text = f"{change.title} {_verb(change, words)}: it applies to a pod when it restarts"
            hurt = Hurt.CONTROL_PLANE if words.deploys else None
            found.append(Draft(proxies, text, hurt, brief=f"ProxyConfig {_verb(change, words)}"))
    yield from effects(found, words)


def _verb(change: Change, words: Wording) -> str:
    if words.deploys or change.how is How.CHANGED:
        return _VERBS[change.how] if words.deploys else "differs"
    return f"is in {words.after if change.how is How.ADDED else words.before} only"


def _proxies(item: Item, graph: Graph, subjects: Subjects) -> str:
    """Whose proxies: workloads by name, a namespace, or the mesh."""
    whom = reach(graph, item)
    if whom.targets:
        return few(sorted(f"{each.kind} {item.namespace}/{each.name}" for each in whom.targets))
    if not whom.selector:
        return THE_MESH if whom.namespace is None else of_namespace(whom.namespace)
    pods = sorted({subjects.of(pod) for pod in whom.pods(graph)})
    return few(pods) if pods else of_pods(whom.namespace, whom.selector)


def _patched(change: Change, proxies: str, words: Wording) -> Draft:
    does, advice = _PATCHES[change.kind]
    if change.how is How.REMOVED and words.deploys:
        brief = f"no longer {does} its proxies"
        return Draft(proxies, f"{change.title} {brief}", Hurt.CONTROL_PLANE, "", f"{change.kind} {brief}")
    brief = f"{does} its proxies ({_verb(change, words)})"
    hurt = Hurt.CONTROL_PLANE if words.deploys else None
    return Draft(proxies, f"{change.title} {brief}", hurt, advice, f"{change.kind} {brief}")


def _telemetry(change: Change, proxies: str, words: Wording) -> Iterator[Draft]:
    old, new = (_reports(Item(dict(side))) if side else {} for side in (change.old, change.new))
    for what in sorted(old.keys() | new.keys()):
        if old.get(what) != new.get(what):
            yield Draft(proxies, words.goes(what, old.get(what, "none"), new.get(what, "none")))


def _reports(item: Item) -> dict[str, str]:
    """What a Telemetry says, in words, by what it is about."""
    found: dict[str, str] = {}
    for _, rule in item.maps("spec", "tracing")[:1]:
        found["tracing"] = _sampling(rule)
        found["the trace provider"] = _providers(rule)
    for _, rule in item.maps("spec", "accessLogging")[:1]:
        off = rule.get("disabled") is True
        found["access logging"] = (
            "off" if off else f"by {_providers(rule)}" + (" with a filter" if rule.get("filter") else "")
        )
    if metrics := item.maps("spec", "metrics"):
        overrides = sum(len(item.entries(*path, "overrides")) for path, _ in metrics)
        found["metrics"] = f"by {_providers(metrics[0][1])}, {overrides} overrides"
    return found


def _sampling(rule: Mapping[str, Any]) -> str:
    if rule.get("disableSpanReporting") is True:
        return "off"
    share = rule.get("randomSamplingPercentage")
    return f"{share:g} % of requests" if isinstance(share, int | float) else "the mesh's sampling rate"


def _providers(rule: Mapping[str, Any]) -> str:
    return few([str(each.get("name")) for each in as_maps(rule.get("providers"))]) or "the default provider"
