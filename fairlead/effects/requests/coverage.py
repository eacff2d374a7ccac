"""What do compared requests say of a change, and of what do they say nothing? Derived from what the meshes hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fairlead.comparison.comparison import Comparison
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.security.authorization import action
from fairlead_mesh.model.traffic_policy import policies

_MOST = 3
SAME = "No request is treated differently."
_ALWAYS = (
    "a TLS server name that is not the Host header",
    "what the apps themselves answer",
)


@dataclass(frozen=True)
class Coverage:
    """How many classes were asked about and how many of them differ; what is `undecided` and `uncovered`, in words."""

    asked: int
    different: int
    undecided: tuple[str, ...]
    uncovered: tuple[str, ...]

    @property
    def sentences(self) -> list[str]:
        """For a person; nothing where a difference is told and nothing is left open."""
        said = [SAME] if not self.different and not self.undecided else []
        if self.undecided:
            said.append(f"Not decided: {'; '.join(self.undecided)}.")
        if said and self.uncovered:
            said.append(f"This does not cover {', '.join(self.uncovered)}.")
        return said


def coverage(comparison: Comparison) -> Coverage:
    """What the comparison of requests covers."""
    found = comparison.requests
    reasons = sorted(found.open, key=lambda each: (-found.open[each], each))
    shown = [f"{each} ({found.open[each]})" if found.open[each] > 1 else each for each in reasons[:_MOST]]
    more = [f"{len(reasons) - _MOST} other reasons"] if len(reasons) > _MOST else []
    sides = (comparison.before.graph, comparison.after.graph)
    uncovered = dict.fromkeys(each for side in sides for each in _uncovered(side))
    return Coverage(found.asked, len(found.differences), (*shown, *more), (*uncovered, *_ALWAYS))


def _uncovered(graph: Graph) -> Iterator[str]:
    """What decides about requests in this mesh, and is not read."""
    for kind, called in (("EnvoyFilter", "EnvoyFilters"), ("WasmPlugin", "WasmPlugins")):
        if graph.all_of_kind(kind):
            yield called
    if any(action(item) == "CUSTOM" for item in graph.all_of_kind("AuthorizationPolicy")):
        yield "CUSTOM authorization"
    said = [policy.value for item in graph.all_of_kind("DestinationRule") for policy in policies(item)]
    if any(each.get("outlierDetection") for each in said):
        yield "outlier detection"
    if any(each.get("connectionPool") for each in said):
        yield "connection limits"
    if any(as_map(each.get("loadBalancer")).get("localityLbSetting") for each in said):
        yield "locality"
    if any("listeners" in item.spec for item in graph.all_of_kind("Gateway")) or graph.all_of_kind("HTTPRoute"):
        yield "the Gateway API"
