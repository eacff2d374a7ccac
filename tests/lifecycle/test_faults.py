"""What does a fault in the middle leave to the next run? The real engine, with servers and disks that fail."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import pytest

from fairlead.cluster.answers import Ref
from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.helm import Helm
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain
from fairlead.demo import engine as pulumi_engine
from tests.fixtures.engine_cluster import OWN_CLUSTER, Cluster
from tests.fixtures.runs.absent_server import absent
from tests.fixtures.runs.project import WITHIN, Project, the_project

MISSING = pulumi_engine.unavailable()
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(bool(MISSING), reason=f"engine tier: {MISSING}"),
]
on_the_demos_server = pytest.mark.skipif(bool(OWN_CLUSTER), reason="a cluster of one's own is not taken away")
GONE = "Nothing of the stack is left on the cluster.\n"
FRONT = Ref("v1", "Service", "istio-ingress", "istio-ingress")
HELD = "service.k8s.aws/resources"
_SMALL, _BLOCK = 4 << 20, 4096
"""Bytes of a small disk, and of what is written to it at a time."""


@pytest.fixture
def live(cluster: Cluster) -> Iterator[LiveCluster]:
    found = LiveCluster(cluster.kubeconfig, cluster.context)
    yield found
    found.close()


def is_up(project: Project) -> None:
    done = project.fairlead("up")
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.has_no_changes()


def is_gone(project: Project) -> None:
    done = project.fairlead("down")
    assert done.returncode == 0, done.stdout + done.stderr
    assert GONE in done.stdout
    assert "The state is empty.\n" in done.stdout


def test_of_two_runs_at_once_the_second_is_told_who_has_the_stack(project: Project) -> None:
    first, said = project.begun("up", "Namespace istio-system created")
    second = project.fairlead("up")
    assert second.returncode == 1
    assert f"The stack is locked by {os.environ.get('USER') or 'root'} on " in second.stderr
    rest, _ = first.communicate(timeout=WITHIN)
    assert first.returncode == 0, "".join(said) + rest
    is_gone(project)


@pytest.mark.parametrize("times", [1, 2])
def test_after_a_ctrl_c_or_two_the_next_run_finishes(project: Project, times: int) -> None:
    process, said = project.begun("up", "Release istio-base created")
    for _ in range(times):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.5)
    rest, _ = process.communicate(timeout=WITHIN)
    # The second can reach the program while it already ends; a shell says 130 of that too.
    assert process.returncode in (130, -signal.SIGINT), "".join(said) + rest
    is_up(project)
    is_gone(project)


@on_the_demos_server
@pytest.mark.parametrize("verb", ["up", "down"])
def test_a_server_that_goes_away_in_the_middle_fails_the_run_and_not_the_next(
    project: Project, api_server: ApiServer, verb: str
) -> None:
    if verb == "down":
        is_up(project)
    process, _ = project.begun(verb, "Release istiod created" if verb == "up" else "Release istio-ingress deleted")
    with absent(api_server):
        process.communicate(timeout=WITHIN)
    assert process.returncode == 1
    if verb == "up":
        is_up(project)
    is_gone(project)


def test_a_release_that_somebody_uninstalled_by_hand_comes_back(
    project: Project, cluster: Cluster, toolchain: Toolchain
) -> None:
    is_up(project)
    Helm(toolchain.helm(), cluster.kubeconfig).uninstall("istio-ingress", "istio-ingress")
    again = project.fairlead("up")
    assert again.returncode == 0, again.stderr
    assert "repaired: Release istio-ingress/istio-ingress no longer exists on the cluster" in again.stdout
    assert project.has_no_changes()
    is_gone(project)


def test_a_finalizer_that_clears_late_is_named_while_the_engine_waits(project: Project, live: LiveCluster) -> None:
    is_up(project)
    held: dict[str, Any] = {"apiVersion": "v1", "kind": "Service"}
    held["metadata"] = {"name": FRONT.name, "namespace": FRONT.namespace, "finalizers": [HELD]}
    live.apply(held, "controller")
    begin = time.monotonic()
    process, said = project.begun("down", rf"waiting: Service .*waits for the finalizer {HELD}")
    assert time.monotonic() - begin < 60, "".join(said)
    held["metadata"]["finalizers"] = []
    live.apply(held, "controller")
    rest, _ = process.communicate(timeout=WITHIN)
    assert process.returncode == 0, rest
    assert GONE in rest


@on_the_demos_server
def test_a_cluster_that_is_gone_is_an_error_until_somebody_says_so(toolchain: Toolchain, tmp_path: Path) -> None:
    with ApiServer(toolchain.servers()) as server:
        of = Cluster(server.kubeconfig, "fairlead-demo", False, toolchain.istio_charts())
        running = the_project(of, toolchain, tmp_path)
        project = next(running)
        is_up(project)
        shutil.copytree(server.folder / "pki", tmp_path / "pki")
        shutil.copy(server.kubeconfig, tmp_path / "kubeconfig")
    shutil.copytree(tmp_path / "pki", of.kubeconfig.parent / "pki")
    shutil.copy(tmp_path / "kubeconfig", of.kubeconfig)
    try:
        refused = project.fairlead("down")
        assert refused.returncode == 1
        assert "--cluster-gone" in refused.stderr
        said = project.fairlead("down", "--cluster-gone")
        assert said.returncode == 0, said.stdout + said.stderr
        assert "The state is empty.\n" in said.stdout
    finally:
        shutil.rmtree(of.kubeconfig.parent)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
def test_a_disk_that_is_full_fails_the_run_and_not_the_next(
    cluster: Cluster, toolchain: Toolchain, tmp_path: Path
) -> None:
    disk = tmp_path / "state"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_SMALL}", "tmpfs", disk], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("this machine mounts no small disk")
    try:
        running = the_project(cluster, toolchain, tmp_path)
        project = next(running)
        process, said = project.begun("up", "Namespace istio-system created")
        filling = disk / "filling"
        _fill(filling)
        rest, _ = process.communicate(timeout=WITHIN)
        assert process.returncode == 1, rest
        assert "no space left on device" in "".join(said) + rest
        filling.unlink()
        is_up(project)
        is_gone(project)
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def _fill(file: Path) -> None:
    """As much as the small disk takes, and never more than twice that: it may no longer be mounted."""
    with suppress(OSError), file.open("wb") as filling:
        for _ in range(2 * _SMALL // _BLOCK):
            filling.write(b"\0" * _BLOCK)
            filling.flush()


def test_a_state_in_s3_with_secrets_of_a_key_in_kms_is_healed_as_one_in_a_folder(
    aws_server: str, cluster: Cluster, toolchain: Toolchain, tmp_path: Path
) -> None:
    boto3.client("s3").create_bucket(Bucket="mesh-state", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    host = aws_server.removeprefix("http://")
    where = f"s3://mesh-state?endpoint={host}&disableSSL=true&s3ForcePathStyle=true&region=eu-west-1"
    key = boto3.client("kms").create_key()["KeyMetadata"]["KeyId"]
    provider = f"awskms://{key}?region=eu-west-1"
    running = the_project(cluster, toolchain, tmp_path, provider, PULUMI_BACKEND_URL=where)
    project = next(running)
    del project.env["PULUMI_CONFIG_PASSPHRASE"]
    secret = ["pulumi", "config", "set", "--secret", "other:token", "hidden", "--stack", project.stack]
    subprocess.run(secret, cwd=project.folder, env=project.env, check=True, capture_output=True)
    assert "encryptedkey:" in (project.folder / f"Pulumi.{project.stack}.yaml").read_text()
    project.killed("up", "Release istiod creating", 0.5)
    is_up(project)
    project.killed("destroy", "Release istio-ingress deleting", 0.3)
    is_gone(project)
