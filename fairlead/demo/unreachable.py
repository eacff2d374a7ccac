"""Which addons cannot be installed here, because nobody can be asked for their charts?"""

from __future__ import annotations

from fairlead.cluster.charts import ChartSource, ChartUnavailableError
from fairlead.evaluation.snapshot import Snapshot
from fairlead_mesh.addons.addons import KINDS


def addons_without_chart(snapshot: Snapshot, charts: ChartSource) -> dict[str, str]:
    """Key of an addon in the stack file -> why its chart cannot be had."""
    keys = {kind.role: kind.key for kind in KINDS}
    reasons: dict[str, str] = {}
    for release in snapshot.resources:
        if release.is_release and release.name in keys:
            try:
                charts.find(release.inputs)
            except ChartUnavailableError as error:
                reasons[keys[release.name]] = error.message
    return reasons
