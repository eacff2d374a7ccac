"""How much do addons get, and what may their containers do? As the values of their charts."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.config import Config
from fairlead_mesh.keys.section import Values

pytestmark = pytest.mark.mesh

RESOURCES = {"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": {"memory": "2Gi"}}


def addon_values(key: str, **said: Any) -> Values:
    raw = {"cluster": {"kubeconfig": {"context": "none"}}, "addons": {key: said}}
    config = Config.model_validate(raw)
    [addon] = config.addons.named
    return addon.chart_values(config.around_addons())


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("prometheus", ("server", "resources")),
        ("grafana", ("resources",)),
        ("kiali", ("deployment", "resources")),
        ("fluentBit", ("resources",)),
    ],
)
def test_resources_are_where_the_chart_reads_them(key: str, path: tuple[str, ...]) -> None:
    found: Any = addon_values(key, resources=RESOURCES)
    for each in path:
        found = found[each]
    assert found == RESOURCES


def test_samples_are_on_a_volume_where_the_stack_file_says_one() -> None:
    volume = addon_values("prometheus", persistence={"size": "20Gi", "storageClass": "gp3"})["server"]
    assert volume["persistentVolume"] == {"enabled": True, "size": "20Gi", "storageClass": "gp3"}
    assert addon_values("prometheus")["server"]["persistentVolume"] == {"enabled": False}


def test_the_container_of_prometheus_meets_the_restricted_standard() -> None:
    context = addon_values("prometheus")["server"]["containerSecurityContext"]
    assert context["allowPrivilegeEscalation"] is False
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}


def test_a_grafana_with_a_volume_is_replaced_before_it_starts_and_runs_nothing_as_root() -> None:
    kept = addon_values("grafana", persistence={"size": "5Gi", "storageClass": "gp3"})
    assert kept["persistence"] == {"enabled": True, "size": "5Gi", "storageClassName": "gp3"}
    assert kept["deploymentStrategy"] == {"type": "Recreate"}
    assert kept["initChownData"] == {"enabled": False}
    assert "persistence" not in addon_values("grafana")
