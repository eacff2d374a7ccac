"""Which releases differ, and what do their charts hold on either side?"""

from __future__ import annotations

from dataclasses import replace

from fairlead.cluster.charts import ChartSource
from fairlead.cluster.helm import Helm
from fairlead.cluster.toolchain import Toolchain
from fairlead.comparison.charts import ChartObjects, Rendered, chart_notes
from fairlead.comparison.comparison import Side
from fairlead.comparison.pairing import Pair, pairs
from fairlead.terminal.errors import UserError

_NO_CHARTS = "Helm releases are compared by their values only"


def with_charts(
    before: Side, after: Side, charts: tuple[ChartSource, ChartSource], toolchain: Toolchain
) -> tuple[Side, Side, list[str]]:
    """Both sides with the objects of the releases that differ, and what is to be said of their charts.

    A release whose chart and values are the same on both sides is not rendered: none of its objects changes.
    """
    differing = [pair for pair in pairs(before.snapshot, after.snapshot) if _may_differ(pair)]
    if not differing:
        return before, after, []
    try:
        helm = Helm(toolchain.helm())
    except UserError as error:
        return before, after, [f"{_NO_CHARTS}: {error.message}"]
    sides = tuple(ChartObjects(helm, each, toolchain.cache / "rendered") for each in charts)
    found: tuple[dict[str, Rendered], dict[str, Rendered]] = ({}, {})
    for pair in differing:
        resources = (pair.before, pair.after)
        rendered = [side.objects(each) if each else () for side, each in zip(sides, resources, strict=True)]
        if None not in rendered:
            for each, objects, kept in zip(resources, rendered, found, strict=True):
                if each and objects:
                    kept[each.urn] = objects
    return replace(before, charts=found[0]), replace(after, charts=found[1]), chart_notes(*sides)


def _may_differ(pair: Pair) -> bool:
    """Whether it is a release whose inputs differ, or whose chart is a folder, which may hold something else."""
    sides = [each for each in (pair.before, pair.after) if each]
    if not sides[0].is_release:
        return False
    one_side, folder = len(sides) == 1, "repositoryOpts" not in sides[0].inputs
    return one_side or folder or sides[0].inputs != sides[1].inputs
