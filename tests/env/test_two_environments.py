"""Do two environments live beside each other on one Istio, and does one end without the other? With the engine."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fairlead.cluster.answers import Ref
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.demo import engine as pulumi_engine
from tests.fixtures.runs.environments import SOURCE, Environments

MISSING = pulumi_engine.unavailable()
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(bool(MISSING), reason=f"engine tier: {MISSING}"),
]


def versions(live: LiveCluster, *stacks: str) -> dict[Ref, str]:
    """Every object of these stacks and of charts, as it was created and last changed, but for what controllers write
    into its status."""
    labels = [f"fairlead/stack=fairlead.{stack}" for stack in stacks]
    found = [live.inventory(each) for each in (*labels, "app.kubernetes.io/managed-by=Helm")]
    mine = {ref: metadata for each in found for ref, metadata in each.items()}
    return {ref: _version(ref, each) for ref, each in mine.items() if not ref.namespace.startswith("pr-1")}


def _version(ref: Ref, metadata: dict[str, Any]) -> str:
    changed = "" if ref.kind == "HorizontalPodAutoscaler" else metadata.get("generation", metadata["resourceVersion"])
    return f"{metadata['uid']} {changed}"


def test_one_ends_and_the_other_and_the_mesh_stay_as_they_are(project: Environments, live: LiveCluster) -> None:
    project.done("env", "up", "pr-1", "--from", SOURCE, "--domain", "example.com", "--ttl", "1s", "--yes")
    said = project.done("env", "up", "pr-2", "--from", SOURCE, "--gateway", "own", "--owner", "jane", "--yes")
    assert "pr-2 ends in 7h" in said

    both = project.listed()
    assert sorted(both) == ["pr-1", "pr-2"]
    assert (both["pr-1"]["over"], both["pr-2"]["over"], both["pr-2"]["owner"]) == (True, False, "jane")
    assert [url.rpartition("Host: ")[2] for url in both["pr-1"]["urls"]] == ["pr-1.example.com)"]
    for name, gateway in (("pr-1", "istio-ingress/istio-ingress"), ("pr-2", "pr-2-istio-ingress/pr-2-istio-ingress")):
        routes = live.read(Ref("networking.istio.io/v1", "VirtualService", f"{name}-hello", "helloworld")) or {}
        assert routes["spec"]["gateways"] == [gateway]

    taken = project.fairlead(
        *("env", "up", "pr-3", "--from", SOURCE, "--domain", "example.com", "--yes"),
        *("--set", "apps.helloworld.hosts=[pr-1.example.com]"),
    )
    assert taken.returncode == 1
    assert "pr-1.example.com is a host of Pulumi.pr-1.yaml" in taken.stderr
    assert "pr-1.example.com is a host of VirtualService pr-1-hello/helloworld of stack fairlead.pr-1" in taken.stderr
    assert not project.file("pr-3").exists()

    before = versions(live, SOURCE, "pr-2")
    assert any(ref.kind == "Deployment" and ref.name == "istiod" for ref in before)
    # Somebody else's checkout has no file of it.
    project.file("pr-1").unlink()
    reaped = json.loads(project.done("env", "reap", "--format", "json"))
    assert (reaped["destroyed"], reaped["failed"]) == (["pr-1"], {})
    assert [each["name"] for each in reaped["kept"]] == ["pr-2"]
    assert live.read(Ref("v1", "Namespace", "", "pr-1-hello")) is None
    assert not project.file("pr-1").exists()
    assert versions(live, SOURCE, "pr-2") == before
    assert list(project.listed()) == ["pr-2"]

    moved = project.done("env", "extend", "pr-2", "4h")
    assert "pr-2 ends in 11h 5" in moved
    project.done("env", "down", "pr-2", "--yes")
    assert project.listed() == {}
    assert not project.file("pr-2").exists()


def test_a_stack_that_is_no_environment_is_not_ended_and_names_that_are_taken_are_not_used(
    project: Environments,
) -> None:
    for words in (("env", "down", SOURCE, "--yes"), ("env", "extend", SOURCE, "4h")):
        came = project.fairlead(*words)
        assert (came.returncode, "is a stack, and no environment" in came.stderr) == (1, True), came.stderr
    project.file("other").write_text(project.file(SOURCE).read_text())
    project.file(SOURCE).rename(project.folder / "kept")
    came = project.fairlead("env", "up", SOURCE, "--from", "other", "--domain", "example.com", "--yes")
    (project.folder / "kept").rename(project.file(SOURCE))
    assert (came.returncode, f"The stack {SOURCE} exists and is no environment" in came.stderr) == (1, True)
    missing = project.fairlead("env", "down", "pr-9", "--yes")
    assert (missing.returncode, "There is no environment pr-9" in missing.stderr) == (1, True)
    assert "No environment is over." in project.done("env", "reap")
