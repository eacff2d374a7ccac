"""What outside the mesh can be called? The hosts that ServiceEntries make known, and what happens to all others.

With outboundTrafficPolicy REGISTRY_ONLY a proxy refuses calls to hosts that nobody made known, otherwise it passes them
on as they are (Istio: tasks/traffic-management/egress/egress-control).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.comparison.comparison import Comparison, Side
from fairlead.effects.effect import Effects, Hurt
from fairlead.effects.installation.installation import installed
from fairlead.effects.words import Draft, Wording, effects, few, wording
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map
from fairlead_mesh.model.virtual_service import seen_from

REGISTRY_ONLY = "REGISTRY_ONLY"
_REFUSED = "the mesh blocks requests to hosts without a ServiceEntry: make sure that no pod calls it any more"
_UNSEEN = "requests from other namespaces are then blocked"
_TOLD = {
    "resolution": "its resolution",
    "location": "its location",
}


def watch(comparison: Comparison) -> Effects:
    """ServiceEntries, host by host."""
    words = wording(comparison)
    strict = is_registry_only(comparison.after)
    yield from effects(_drafts(comparison.before.graph, comparison.after.graph, strict, words), words)


def is_registry_only(side: Side) -> bool:
    """Whether calls to unknown hosts are refused, as far as a release of istiod says it."""
    policies = (as_map(each.mesh_config.get("outboundTrafficPolicy")) for each in installed(side, "istiod").values())
    return any(policy.get("mode") == REGISTRY_ONLY for policy in policies)


def _drafts(before: Graph, after: Graph, strict: bool, words: Wording) -> Iterator[Draft]:
    old, new = before.service_entry_hosts, after.service_entry_hosts
    for host in sorted({*old, *new}):
        if host not in old:
            yield Draft(
                host,
                words.now(f"registered in the mesh{_ports(new[host][0])}"),
                brief=words.now("registered in the mesh"),
            )
        elif host not in new:
            yield _gone(host, strict, words)
        elif [each.spec for each in old[host]] != [each.spec for each in new[host]]:
            yield from _changed(host, old[host], new[host], strict, words)


def _gone(host: str, strict: bool, words: Wording) -> Draft:
    text = words.no_longer("registered in the mesh")
    if strict:
        return Draft(host, f"{text}: requests to it are blocked", Hurt.INTERRUPTS, _REFUSED)
    return Draft(host, f"{text}: requests to it bypass Istio's routes, TLS and metrics")


def _changed(host: str, old: list[Item], new: list[Item], strict: bool, words: Wording) -> Iterator[Draft]:
    numbers = [{number for item in side for number in _numbers(item)} for side in (old, new)]
    if gone := sorted(numbers[0] - numbers[1]):
        text = words.no_longer(f"registered in the mesh on port {few(gone)}")
        yield Draft(host, text, Hurt.INTERRUPTS if strict else None, _REFUSED if strict else "")
    if more := sorted(numbers[1] - numbers[0]):
        yield Draft(host, words.now(f"registered in the mesh on port {few(more)}"))
    seen = [{name for item in side for name in seen_from(item, None, "")} for side in (old, new)]
    if (lost := sorted(seen[0] - seen[1])) and "*" not in seen[1]:
        only = (
            f"visible in namespace {few(sorted(seen[1]))} only" if "*" in lost else f"visible in namespace {few(lost)}"
        )
        text = words.now(only) if "*" in lost else words.no_longer(only)
        yield Draft(host, text, Hurt.INTERRUPTS if strict else None, _UNSEEN if strict else "")
    for key, what in _TOLD.items():
        values = [str(side[0].spec.get(key) or "default") for side in (old, new)]
        if values[0] != values[1]:
            yield Draft(host, words.goes(what, *values))
    for key in ("addresses", "endpoints"):
        if old[0].spec.get(key) != new[0].spec.get(key):
            yield Draft(host, words.instead(f"its {key} are", *(_addresses(side[0].spec, key) for side in (old, new))))


def _addresses(spec: Mapping[str, Any], key: str) -> str:
    return few(str(as_map(each).get("address", each)) for each in as_list(spec.get(key))) or "none"


def _ports(item: Item) -> str:
    shown = [f"{number} {protocol}".strip() for number, protocol in _numbers(item).items()]
    return f" on port {few(shown)}" if shown else ""


def _numbers(item: Item) -> dict[str, str]:
    ports = (port for _, port in item.maps("spec", "ports"))
    return {str(port["number"]): str(port.get("protocol", "")) for port in ports if "number" in port}
