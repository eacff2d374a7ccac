"""Does the API server agree? What lint finds no error in, the schemas and CEL rules of Istio's definitions take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.live_cluster import LiveCluster
from fairlead_mesh.findings import ConfigError
from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.lint.stack.stack_items import stack_items
from fairlead_mesh.lint.stack.stack_lint import stack_findings
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.reading.object_files import read_objects
from fairlead_mesh.stack import well_formed
from tests.fixtures.checkout import TESTS
from tests.fixtures.evaluated import STACKS, evaluate_file
from tests.fixtures.stacks.silly_configs import CONFIGS

pytestmark = pytest.mark.apiserver

HOME = "default"
WITH_WORKLOADS = ("istio.io/", "apps/", "autoscaling/", "policy/")
PASSING = sorted((TESTS / "lint").glob("*.pass.yaml"))


def refusals(cluster: LiveCluster, manifests: list[Manifest], groups: tuple[str, ...] = ("istio.io/",)) -> list[str]:
    """What the server says of Istio's objects or those of these groups, each judged in a namespace that is there."""
    found: list[str] = []
    for manifest in manifests:
        # An operator's own object is for istioctl, and no definition of Istio's charts.
        if manifest.get("kind") != "IstioOperator" and any(
            group in str(manifest.get("apiVersion")) for group in groups
        ):
            try:
                cluster.apply({**manifest, "metadata": {**manifest["metadata"], "namespace": HOME}}, dry_run=True)
            except RefusedError as error:
                found.append(str(error))
    return found


def test_a_dry_run_leaves_nothing(cluster: LiveCluster) -> None:
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "tried", "namespace": HOME}}
    ref = cluster.ref(cluster.apply(manifest, dry_run=True))
    assert ref.name == "tried"
    assert cluster.read(ref) is None


@pytest.mark.parametrize("path", PASSING, ids=lambda path: path.name.partition(".")[0])
def test_what_keeps_a_rule_is_taken_by_the_server(cluster: LiveCluster, path: Path) -> None:
    assert refusals(cluster, [item.manifest for item in read_objects([str(path)]).items]) == []


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_what_an_example_makes_is_taken_by_the_server(cluster: LiveCluster, path: Path) -> None:
    made = [each.inputs for each in evaluate_file(path).resources if each.is_kubernetes_object]
    assert made
    assert refusals(cluster, made, WITH_WORKLOADS) == []


def manifests_of(raw: dict[str, Any]) -> list[Manifest]:
    """What a config would apply; nothing where lint finds an error in it."""
    try:
        config = well_formed(raw)
    except ConfigError:
        return []
    objects: list[Item] = []
    if stack_findings(config, objects).errors:
        return []
    return [item.manifest for item in stack_items(config, objects) if not item.brought]


def test_what_a_config_without_an_error_makes_is_taken_by_the_server(cluster: LiveCluster) -> None:
    judged = 0

    @settings(
        max_examples=300,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(CONFIGS)
    def holds(raw: dict[str, Any]) -> None:
        nonlocal judged
        manifests = manifests_of(raw)
        judged += len(manifests)
        assert refusals(cluster, manifests) == []

    holds()
    assert judged > 100
