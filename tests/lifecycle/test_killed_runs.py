"""Does a killed run leave what the next one finishes? `pulumi` killed at step after step, then `up` and `down`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fairlead.cluster.answers import Ref
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.demo import engine as pulumi_engine
from tests.fixtures.engine_cluster import Cluster
from tests.fixtures.runs.project import STEPS, Project

MISSING = pulumi_engine.unavailable()
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(bool(MISSING), reason=f"engine tier: {MISSING}"),
]

EACH = [(kind, name, 0.05) for kind, names in STEPS.items() for name in names]
# Helm records a release at once, creates its objects one after the other, and says at the end that it is deployed.
UP = [*EACH, ("Release", "istio-base", 0.8), ("Release", "istiod", 0.3), ("Release", "istiod", 1.0)]
DOWN = [*EACH, ("Release", "istiod", 0.4), ("Namespace", "istio-system", 0.5)]


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
@pytest.mark.parametrize(("kind", "name", "delay"), UP)
def test_an_up_that_was_killed_is_finished_by_the_next(project: Project, kind: str, name: str, delay: float) -> None:
    project.killed("up", f"{kind} {name} creating", delay)
    again = project.fairlead("up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert project.has_no_changes()
    gone = project.fairlead("down")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert "Nothing of the stack is left on the cluster.\n" in gone.stdout
    assert "The state is empty.\n" in gone.stdout


@pytest.mark.usefixtures("bystander")
def test_an_up_that_was_killed_can_be_taken_down_at_once(project: Project) -> None:
    project.killed("up", "Release istiod creating", 1.0)
    gone = project.fairlead("down")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert "Nothing of the stack is left on the cluster.\n" in gone.stdout


@pytest.mark.usefixtures("bystander")
@pytest.mark.parametrize(("kind", "name", "delay"), DOWN)
def test_a_down_that_was_killed_is_finished_by_the_next(project: Project, kind: str, name: str, delay: float) -> None:
    first = project.fairlead("up")
    assert first.returncode == 0, first.stdout + first.stderr
    project.killed("destroy", f"{kind} {name} deleting", delay)
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
