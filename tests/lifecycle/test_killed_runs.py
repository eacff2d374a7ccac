"""Does a killed run leave what the next one finishes? `pulumi` killed at step after step, then `up` and `down`."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairlead.cluster.answers import Ref
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain
from fairlead.demo import engine as pulumi_engine
from fairlead.demo.config import write_config
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.engine_cluster import Cluster, stack_on, the_cluster

MISSING = pulumi_engine.unavailable()
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(bool(MISSING), reason=f"engine tier: {MISSING}"),
]

WITHIN = 600
UP = {
    "the first namespace": (r"Namespace .* creating", 0.05),
    "Istio's definitions": (r"Release istio-base creating", 0.8),
    "istiod, early": (r"Release istiod creating", 0.3),
    "istiod, late": (r"Release istiod creating", 1.0),
    "the gateway": (r"Release istio-ingress creating", 0.5),
    "a workload": (r"Deployment .* creating", 0.1),
    "the routing": (r"VirtualService .* creating", 0.05),
}
DOWN = {
    "the routing": (r"VirtualService .* deleting", 0.02),
    "the gateway": (r"Release istio-ingress deleting", 0.1),
    "istiod": (r"Release istiod deleting", 0.2),
    "a namespace": (r"Namespace .* deleting", 0.3),
}


@pytest.fixture(scope="module")
def cluster(request: pytest.FixtureRequest) -> Cluster:
    return the_cluster(request)


@dataclass
class Project:
    """A copy of the program with one stack, its state in a folder of its own."""

    folder: Path
    env: dict[str, str]
    stack: str = "killed"

    def fairlead(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "fairlead",
            *arguments,
            "--yes",
            "--stack",
            self.stack,
            "--cwd",
            str(self.folder),
        ]
        return subprocess.run(
            command, cwd=PROGRAM, env=self.env, capture_output=True, text=True, check=False, timeout=WITHIN
        )

    def killed(self, verb: str, moment: str, delay: float) -> None:
        """Run pulumi and kill it, and its plugins, a moment after a line that matches."""
        command = [
            "pulumi",
            verb,
            "--yes",
            "--skip-preview",
            "--stack",
            self.stack,
            "--non-interactive",
            "--color",
            "never",
        ]
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        said: list[str] = []
        for line in process.stdout or ():
            said.append(line)
            if re.search(moment, line):
                break
        else:
            pytest.fail(f"no line matched {moment}:\n{''.join(said)}")
        time.sleep(delay)
        for child in session(process.pid):
            os.kill(child, signal.SIGKILL)
        process.communicate()

    def has_no_changes(self) -> bool:
        command = ["pulumi", "preview", "--expect-no-changes", "--stack", self.stack, "--non-interactive"]
        done = subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False, timeout=WITHIN
        )
        return done.returncode == 0


def session(leader: int) -> list[int]:
    """The processes of a session, which all of pulumi's plugins are in."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,sess="], capture_output=True, text=True, check=True).stdout
    pairs = (line.split() for line in listed.splitlines())
    return [int(pid) for pid, of in pairs if int(of) == leader]


@pytest.fixture
def project(cluster: Cluster, toolchain: Toolchain, tmp_path: Path) -> Iterator[Project]:
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("components", "mesh"):
        shutil.copytree(PROGRAM / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(PROGRAM / "__main__.py", folder / "__main__.py")
    described: dict[str, Any] = yaml.safe_load((PROGRAM / "Pulumi.yaml").read_text(encoding="utf-8"))
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(described | {"runtime": {"name": "python"}}))
    (tmp_path / "state").mkdir()
    env = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": secrets.token_urlsafe(16),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    made = Project(folder, env)
    stack = stack_on(cluster, PROGRAM / "examples" / "helloworld-subsets.yaml", toolchain)
    write_config(stack, folder / f"Pulumi.{made.stack}.yaml")
    subprocess.run(["pulumi", "stack", "init", made.stack], cwd=folder, env=env, check=True, capture_output=True)
    yield made
    made.fairlead("down")


@pytest.fixture
def bystander(cluster: Cluster) -> Iterator[LiveCluster]:
    """A namespace of somebody else, with something in it; it is compared before and after."""
    live = LiveCluster(cluster.kubeconfig, cluster.context)
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "bystander"}}
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "theirs", "namespace": "bystander"}}
    for each in (namespace, theirs):
        live.apply(each, "kubectl")
    before = as_it_is(live)
    yield live
    assert as_it_is(live) == before
    live.delete(Ref("v1", "Namespace", "", "bystander"))
    live.wait_until_gone([Ref("v1", "Namespace", "", "bystander")])
    live.close()


def as_it_is(live: LiveCluster) -> list[Any]:
    refs = [Ref("v1", "Namespace", "", "bystander"), Ref("v1", "ConfigMap", "bystander", "theirs")]
    return [live.read(ref) for ref in refs]


@pytest.mark.usefixtures("bystander")
@pytest.mark.parametrize("moment", UP)
def test_an_up_that_was_killed_is_finished_by_the_next(project: Project, moment: str) -> None:
    project.killed("up", *UP[moment])
    again = project.fairlead("up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert project.has_no_changes()
    gone = project.fairlead("down")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert "Nothing of the stack is left on the cluster.\n" in gone.stdout
    assert "The state is empty.\n" in gone.stdout


@pytest.mark.usefixtures("bystander")
def test_an_up_that_was_killed_can_be_taken_down_at_once(project: Project) -> None:
    project.killed("up", *UP["istiod, late"])
    gone = project.fairlead("down")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert "Nothing of the stack is left on the cluster.\n" in gone.stdout


@pytest.mark.usefixtures("bystander")
@pytest.mark.parametrize("moment", DOWN)
def test_a_down_that_was_killed_is_finished_by_the_next(project: Project, moment: str) -> None:
    first = project.fairlead("up")
    assert first.returncode == 0, first.stdout + first.stderr
    project.killed("destroy", *DOWN[moment])
    gone = project.fairlead("down")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert "Nothing of the stack is left on the cluster.\n" in gone.stdout
    assert "The state is empty.\n" in gone.stdout


def test_what_somebody_else_has_is_named_and_not_touched(project: Project, bystander: LiveCluster) -> None:
    theirs = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "hello", "labels": {"team": "theirs"}}}
    bystander.apply(theirs, "kubectl")
    try:
        project.killed("up", r"Namespace istio-system creat", 0.2)
        again = project.fairlead("up")
        assert again.returncode == 1
        assert (
            "Namespace hello exists on the cluster and is not of this stack: it is managed by kubectl" in again.stderr
        )
        live = bystander.read(Ref("v1", "Namespace", "", "hello")) or {}
        assert live["metadata"]["labels"]["team"] == "theirs"
    finally:
        bystander.delete(Ref("v1", "Namespace", "", "hello"))
        bystander.wait_until_gone([Ref("v1", "Namespace", "", "hello")])
