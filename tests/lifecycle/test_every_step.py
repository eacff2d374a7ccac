"""What is repaired after a kill at each step? Every resource of a stack, while it is created and while it is deleted.

The killed engine has written down the steps before it; of the one it was at, it has not written what it did. The engine
tier kills the real one.
"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.cluster.answers import Ref
from fairlead.cluster.applied_names import release_name
from fairlead.cluster.helm_records import HelmRecord
from fairlead.evaluation.snapshot import HELM_RELEASE, Resource, Snapshot
from fairlead.lifecycle.deployment import Deployment
from fairlead.lifecycle.healing import Healing, Purpose, healing
from fairlead.lifecycle.sighting import Sighting, on_cluster
from fairlead_mesh.ownership import release_description, stack_mark
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import evaluate_file
from tests.fixtures.runs.project import EXAMPLE, STEPS

pytestmark = pytest.mark.snapshot

STACKS = ("helloworld-subsets", "bookinfo", "resilience")


@pytest.fixture(scope="module", params=STACKS)
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    return evaluate_file(PROGRAM / "examples" / f"{request.param}.yaml")


def steps(snapshot: Snapshot) -> list[Resource]:
    return [each for each in snapshot.resources if on_cluster(each.type) and not each.read]


def entry(each: Resource) -> dict[str, Any]:
    found = {"urn": each.urn, "type": each.type, "custom": each.custom, "external": each.read, "parent": each.parent}
    return {**found, "id": each.name, "inputs": each.inputs, "dependencies": list(each.dependencies)}


def state(snapshot: Snapshot, *without: Resource, begun: tuple[str, Resource] | None = None) -> Deployment:
    """What is written down: everything but these; `begun` is the operation that the engine was at."""
    missing = {each.urn for each in without}
    resources = [entry(each) for each in snapshot.resources if each.urn not in missing]
    pending = [{"type": begun[0], "resource": entry(begun[1])}] if begun else []
    return Deployment({"version": 3, "deployment": {"resources": resources, "pending_operations": pending}})


def record(snapshot: Snapshot, release: Resource, status: str) -> HelmRecord:
    mark = release_description(stack_mark(snapshot.project, snapshot.stack))
    namespace, _, name = release_name(release.inputs).partition("/")
    ref = Ref("v1", "Secret", namespace, f"sh.helm.release.v1.{name}.v1")
    said = mark if status == "deployed" else ""
    return HelmRecord(ref, name, 1, status, said, dict(release.inputs.get("values") or {}))


def seen(snapshot: Snapshot, *without: Resource, status: str = "deployed", at: Resource | None = None) -> Sighting:
    """The cluster but for these; the release that the engine was at has this status."""
    there = [each for each in steps(snapshot) if each not in without]
    objects = {each.urn: dict(each.inputs) for each in there if each.type != HELM_RELEASE}
    releases = {
        each.urn: [record(snapshot, each, status if each is at else "deployed")]
        for each in there
        if each.type == HELM_RELEASE
    }
    return Sighting(objects, releases)


def is_consistent(of: Deployment) -> bool:
    known = {""}
    for each in of.resources:
        if not {*(each.get("dependencies") or []), each["parent"]} <= known:
            return False
        known.add(each["urn"])
    return True


def recorded(of: Healing) -> set[str]:
    return {each["urn"] for each in of.state.on_cluster() if on_cluster(str(each["type"]))}


def test_an_up_that_is_killed_at_any_step_is_taken_up_where_it_was(snapshot: Snapshot) -> None:
    listed = steps(snapshot)
    assert len(listed) > 10
    for place, each in enumerate(listed):
        later = listed[place + 1 :]
        for begun in (None, ("creating", each)):
            there = seen(snapshot, *later)
            found = healing(snapshot, state(snapshot, each, *later, begun=begun), there, Purpose.UP)
            assert found.foreign == [], each.urn
            assert found.look_at == [each.urn]
            assert recorded(found) == {one.urn for one in listed[: place + 1]}
            assert is_consistent(found.state)
            again = healing(snapshot, found.state, there, Purpose.UP)
            assert (again.said, again.records) == ([], [])


@pytest.mark.parametrize("status", ["pending-install", "failed"])
def test_a_release_that_is_cut_off_at_any_step_is_installed_again(snapshot: Snapshot, status: str) -> None:
    listed = steps(snapshot)
    for place, each in enumerate(listed):
        if each.type != HELM_RELEASE:
            continue
        later = listed[place + 1 :]
        there = seen(snapshot, *later, status=status, at=each)
        found = healing(snapshot, state(snapshot, each, *later, begun=("creating", each)), there, Purpose.UP)
        assert found.foreign == [], each.urn
        (kept,) = there.releases[each.urn]
        cut_off = status == "pending-install"
        assert found.records == ([kept.ref] if cut_off else [])
        assert (each.urn in recorded(found)) == (not cut_off)
        assert is_consistent(found.state)


def test_a_down_that_is_killed_at_any_step_goes_on_from_there(snapshot: Snapshot) -> None:
    listed = steps(snapshot)
    for place, each in enumerate(listed):
        gone, later = listed[place:], listed[place + 1 :]
        for begun in (None, ("deleting", each)):
            before = state(snapshot, *later, begun=begun)
            found = healing(snapshot, before, seen(snapshot, *gone), Purpose.DOWN)
            assert found.foreign == [], each.urn
            assert found.look_at == []
            assert recorded(found) == {one.urn for one in listed[:place]}
            assert is_consistent(found.state)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_release_whose_uninstall_is_cut_off_can_go_and_can_come_back(snapshot: Snapshot, purpose: Purpose) -> None:
    listed = steps(snapshot)
    for place, each in enumerate(listed):
        if each.type != HELM_RELEASE:
            continue
        later = listed[place + 1 :]
        there = seen(snapshot, *later, status="uninstalling", at=each)
        found = healing(snapshot, state(snapshot, *later, begun=("deleting", each)), there, purpose)
        assert found.foreign == []
        (kept,) = there.releases[each.urn]
        assert found.records == ([kept.ref] if purpose is Purpose.UP else [])
        assert (each.urn in recorded(found)) == (purpose is Purpose.DOWN)
        assert is_consistent(found.state)


def test_a_release_that_somebody_uninstalled_by_hand_is_installed_again(snapshot: Snapshot) -> None:
    for each in steps(snapshot):
        if each.type == HELM_RELEASE:
            found = healing(snapshot, state(snapshot), seen(snapshot, each), Purpose.UP)
            assert each.urn not in recorded(found)
            assert is_consistent(found.state)
            assert len(found.said) == 1


def test_the_steps_that_the_engine_is_killed_at_are_all_of_its_example() -> None:
    found = steps(evaluate_file(PROGRAM / "examples" / f"{EXAMPLE}.yaml"))
    listed = {(kind, name) for kind, names in STEPS.items() for name in names}
    assert {(each.type.rpartition(":")[2], each.name) for each in found} == listed
