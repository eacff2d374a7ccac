"""Does anybody read what is written under values and meshConfig?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.lint.schema.mesh_config_fields import unknown_hit, wrong_fields
from fairlead_mesh.lint.stack.chart_keys import unknown_values
from fairlead_mesh.model.objects.yaml_values import as_map


@config_rule(needs=("istio",), severity="warning")
def values_are_read_by_their_chart(config: Config) -> Iterator[Hit]:
    """Values of Istio's charts are ones that the charts of this version read.

    Helm and the chart silently ignore an unknown value: `meshConfg` installs a mesh without the config. Only the chart
    gateway rejects unknown top-level keys, with a message about its schema.
    """
    minor = _minor(config)
    values = config.istio.values
    places: list[tuple[str, Path, Mapping[str, Any]]] = [
        ("base", ("istio", "values", "base"), values.base),
        ("istiod", ("istio", "values", "istiod"), values.istiod),
        *(("gateway", ("gateways", index, "values"), gateway.values) for index, gateway in enumerate(config.gateways)),
    ]
    for chart, path, given in places:
        for unknown in unknown_values(chart, minor, given):
            yield unknown_hit(unknown, path, f"the chart {chart} of Istio 1.{minor} has no such value")


@config_rule(needs=("istio",), severity="warning")
def mesh_config_has_fields_of_istio(config: Config) -> Iterator[Hit]:
    """A mesh config has only fields of Istio's MeshConfig, and of ProxyConfig below defaultConfig.

    istiod ignores an unknown field, so a misspelt setting silently has no effect.
    """
    minor = _minor(config)
    of_chart = as_map(config.istio.values.istiod.get("meshConfig"))
    for path, given in (
        (("istio", "meshConfig"), config.istio.mesh_config),
        (("istio", "values", "istiod", "meshConfig"), of_chart),
    ):
        yield from wrong_fields(minor, given, path, f"the MeshConfig of Istio 1.{minor}")


def _minor(config: Config) -> int:
    return int(config.istio.version.split(".")[1])
