"""What is not the same on two sides? Each change with both states of the object, and beside them both sides whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from fairlead.comparison.meshes import compared_requests
from fairlead.evaluation.chart_objects import gateway_chart
from fairlead.evaluation.differences import Difference, changes
from fairlead.evaluation.masking import Manifest, masked
from fairlead.evaluation.snapshot import Resource, Snapshot
from fairlead_mesh.model.classes.differences import Compared
from fairlead_mesh.model.graph import Graph, graph
from fairlead_mesh.model.objects.item import Item

RELEASE = "Release"


class How(StrEnum):
    """What happens to an object.

    `RENAMED`: only Pulumi's name for it is another, and an alias says so. `RECREATED`: it is another and no alias says
    so, hence Pulumi takes one object for two, and creates it beside itself before it deletes it.
    """

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"
    RECREATED = "recreated"


@dataclass(frozen=True)
class Side:
    """One state of a stack. `label` is what a person calls it; `charts` has the objects of the releases that were
    rendered, by the release's URN: of those whose inputs are not the same on both sides, where the chart can be had.
    """

    label: str
    snapshot: Snapshot
    charts: Mapping[str, tuple[Manifest, ...]] = field(default_factory=dict[str, "tuple[Manifest, ...]"])

    @cached_property
    def graph(self) -> Graph:
        """Every object of this side, those of charts and of others marked as brought; a gateway's are known also where
        its chart was not rendered."""
        own = (Item(masked(each.inputs)) for each in self.snapshot.resources if each.is_kubernetes_object)
        of_charts = [each for objects in self.charts.values() for each in objects]
        known = (gateway_chart(each) for each in self.snapshot.resources if each.urn not in self.charts)
        of_gateways = [each for chart in known if chart for each in chart.objects]
        others = [*of_charts, *of_gateways, *self.snapshot.external]
        brought = (Item(masked(each), brought=True) for each in others)
        return graph([*own, *brought], closed=False)

    @cached_property
    def releases(self) -> dict[str, Resource]:
        """`namespace/name` -> Helm release."""
        found = (each for each in self.snapshot.resources if each.is_release)
        return {
            f"{each.inputs.get('namespace', 'default')}/{each.inputs.get('name', each.name)}": each for each in found
        }


def release_key(release: Resource) -> str:
    """`namespace/name`."""
    return f"{release.inputs.get('namespace', 'default')}/{release.inputs.get('name', release.name)}"


@dataclass(frozen=True)
class Change:
    """One resource, or one object of a chart, that is not the same on both sides.

    `old` and `new` are its inputs (an object's manifest) with secrets masked, None on the side that lacks it. `before`
    and `after` are its resources, None for what a chart brings; `chart_of` is then its release, `namespace/name`.
    """

    how: How
    kind: str
    namespace: str
    name: str
    old: Manifest | None
    new: Manifest | None
    before: Resource | None = None
    after: Resource | None = None
    chart_of: str = ""

    @property
    def title(self) -> str:
        """`VirtualService hello/helloworld`."""
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"

    @cached_property
    def differences(self) -> list[Difference]:
        """Where the two states differ, and where the resource's options do: `options.protect`."""
        return [*changes(self.old or {}, self.new or {}), *self._options()]

    def _options(self) -> list[Difference]:
        if self.before is None or self.after is None:
            return []
        old, new = (
            {"options": {key: value for key, value in side.options.items() if key != "aliases"}}
            for side in (self.before, self.after)
        )
        return changes(old, new)


@dataclass(frozen=True)
class Comparison:
    """Two sides and their changes, in an order that never changes.

    `deploys`: the one becomes the other, as by `pulumi up`; not so where two stacks are held against each other, which
    nobody replaces or deletes.
    """

    before: Side
    after: Side
    changes: tuple[Change, ...]
    deploys: bool = True

    @cached_property
    def requests(self) -> Compared:
        """Which requests the two sides treat differently."""
        return compared_requests(self.before, self.after)
