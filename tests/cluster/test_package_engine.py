"""Can a program in another language have the mesh? Pulumi YAML and the real engine, on the demo's API server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.package.schema import APP, MESH
from fairlead.demo import engine as pulumi_engine
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.engine_cluster import Cluster, the_cluster

MISSING = pulumi_engine.unavailable()
HOST = "pulumi-language-yaml"
pytestmark = [pytest.mark.engine, pytest.mark.skipif(bool(MISSING), reason=f"engine tier: {MISSING}")]


@pytest.fixture
def cli(tmp_path: Path) -> dict[str, str]:
    """The environment of the CLI: the provider on PATH, run by this Python, and the state in a folder."""
    plugin = tmp_path / "bin" / "pulumi-resource-fairlead"
    plugin.parent.mkdir()
    plugin.write_text(f'#!/bin/sh\nexec {sys.executable} -u {PROGRAM / "provider" / "__main__.py"} "$@"\n')
    plugin.chmod(0o755)
    (tmp_path / "state").mkdir()
    return {
        **os.environ,
        "PATH": f"{plugin.parent}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "only of this test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def run(folder: Path, env: dict[str, str], *words: str, fails: bool = False) -> str:
    done = subprocess.run(["pulumi", *words], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert bool(done.returncode) == fails, done.stdout + done.stderr
    return done.stdout


def test_the_cli_takes_the_schema(cli: dict[str, str], tmp_path: Path) -> None:
    shown = json.loads(run(tmp_path, cli, "package", "get-schema", str(tmp_path / "bin" / "pulumi-resource-fairlead")))
    assert shown["resources"].keys() == {MESH, APP}
    assert shown["types"]["fairlead:index:Gateway"]["properties"]["ports"]["type"] == "array"


@pytest.mark.skipif(not shutil.which(HOST), reason=f"{HOST} is not on PATH")
def test_a_yaml_program_goes_up_stays_changes_and_leaves_nothing(
    request: pytest.FixtureRequest, cli: dict[str, str], tmp_path: Path
) -> None:
    cluster = the_cluster(request)
    folder = tmp_path / "program"
    folder.mkdir()
    write(folder, cluster, {"v1": 70, "v2": 30})
    run(folder, cli, "stack", "init", "dev", "--secrets-provider", "passphrase", "--non-interactive")
    up = ("up", "--yes", "--non-interactive", "--stack", "dev")
    try:
        assert " + 33 created" in run(folder, cli, *up)
        assert "33 unchanged" in run(folder, cli, *up, "--skip-preview")
        write(folder, cluster, {"v1": 60, "v2": 40})
        assert "~ 1 updated" in run(folder, cli, *up, "--skip-preview")
        write(folder, cluster, {"v1": 60, "v2": 30})
        told = run(folder, cli, *up, "--skip-preview", fails=True)
        assert "property apps[0].routes[0].weights" in told
        assert "add up to 90" in told
    finally:
        left = run(folder, cli, "destroy", "--yes", "--skip-preview", "--non-interactive", "--stack", "dev")
    assert "33 deleted" in left


def write(folder: Path, cluster: Cluster, weights: dict[str, int]) -> None:
    """The example on this cluster, with these weights."""
    program: dict[str, Any] = yaml.safe_load((PROGRAM / "examples" / "yaml" / "Pulumi.yaml").read_text())
    there = {"kubeconfig": {"context": cluster.context, "path": str(cluster.kubeconfig)}}
    mesh = program["resources"]["mesh"]["properties"]
    mesh |= {"cluster": there, "wait": cluster.wait}
    mesh["apps"][0]["routes"] = [{"weights": weights}]
    if cluster.charts:
        mesh["istio"]["charts"] = {"path": str(cluster.charts)}
    program["resources"]["shop"]["properties"]["mesh"]["cluster"] = there
    # As JSON, which is YAML too: PyYAML would write an alias where a map is used twice.
    (folder / "Pulumi.yaml").write_text(json.dumps(program))
