"""Which chart, from where, in which version? What a Helm release has to name."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead_mesh.istio import Istio
from fairlead_mesh.versions import ISTIO_REPOSITORY, Chart

_PATHS = {"base": "base", "istiod": "istio-control/istio-discovery", "gateway": "gateway"}


@dataclass(frozen=True)
class ChartReference:
    """A chart as Helm takes it: a name with its repository, an oci:// reference, or a folder (then no version)."""

    chart: str
    version: str | None = None
    repository: str | None = None


def istio_chart(istio: Istio, name: str) -> ChartReference:
    """Istio's chart `name` (base, istiod or gateway) from where the config says."""
    if istio.charts.path:
        return ChartReference(f"{istio.charts.path.rstrip('/')}/{_PATHS[name]}")
    if istio.charts.oci:
        return ChartReference(f"{istio.charts.oci}/{name}", istio.version)
    return ChartReference(name, istio.version, istio.charts.repository or ISTIO_REPOSITORY)


def addon_chart(chart: Chart, version: str | None) -> ChartReference:
    """The chart of an addon, in the version of the table or the stack file's own."""
    return ChartReference(chart.name, version or chart.version, chart.repository)
