"""Which addons cannot be installed here, because nobody can be asked for their charts?"""

from __future__ import annotations

from fairlead.cluster.charts import ChartSource, ChartUnavailableError
from fairlead.evaluation.snapshot import Snapshot

_ADDONS = ("grafana", "kiali", "prometheus")


def addons_without_chart(snapshot: Snapshot, charts: ChartSource) -> dict[str, str]:
    """Addon -> why its chart cannot be had."""
    reasons: dict[str, str] = {}
    for release in snapshot.resources:
        if release.is_release and release.name in _ADDONS:
            try:
                charts.find(release.inputs)
            except ChartUnavailableError as error:
                reasons[release.name] = error.message
    return reasons
