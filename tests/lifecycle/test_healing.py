"""What is repaired before the engine runs, and what is left alone?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.lifecycle.deployment import Deployment
from fairlead.lifecycle.healing import Healing, Purpose, healing
from fairlead.lifecycle.ownership.owners import is_free_to_take
from fairlead.lifecycle.sighting import Sighting
from fairlead_mesh.ownership import LONGEST, STACK_LABEL, stack_mark
from tests.fixtures.interrupted import (
    INSTALLED,
    NAMESPACE,
    PARENT,
    PROVIDER,
    RELEASE,
    SERVICE,
    live,
    record,
    seen,
    snapshot,
    state,
)

pytestmark = pytest.mark.mesh


def healed(before: Deployment, there: Sighting, purpose: Purpose = Purpose.UP) -> Healing:
    return healing(snapshot(), before, there, purpose)


def urns(deployment: Deployment) -> set[str]:
    return {each["urn"] for each in deployment.resources}


def is_consistent(deployment: Deployment) -> bool:
    """Whether nothing depends on, or is in, what comes later or is not there."""
    known = {""}
    for each in deployment.resources:
        if not {*(each.get("dependencies") or []), each["parent"]} <= known:
            return False
        known.add(each["urn"])
    return True


@pytest.mark.parametrize("purpose", Purpose)
def test_what_is_whole_is_left_as_it_is(purpose: Purpose) -> None:
    found = healed(state(), seen(), purpose)
    assert (found.said, found.records, found.look_at, found.foreign) == ([], [], [], [])
    assert found.state.exported == state().exported


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("missing", [NAMESPACE, RELEASE, SERVICE])
def test_what_the_engine_had_not_written_down_is_taken_into_the_state(missing: str, purpose: Purpose) -> None:
    found = healed(state(missing), seen(), purpose)
    assert found.state.find(missing)
    assert found.look_at == [missing]
    assert found.foreign == []
    assert is_consistent(found.state)


def test_it_is_taken_in_with_its_component_provider_dependencies_and_field_manager() -> None:
    found = healed(state(SERVICE, PARENT, NAMESPACE), seen())
    taken: dict[str, Any] = found.state.find(SERVICE) or {}
    assert PARENT in urns(found.state)
    assert taken["provider"] == f"{PROVIDER}::an-id"
    assert taken["dependencies"] == [NAMESPACE, RELEASE]
    assert taken["id"] == "edge/shop"
    assert taken["outputs"]["__fieldManager"] == "pulumi-kubernetes-5c1f"


def test_operations_that_had_begun_are_cleared() -> None:
    found = healed(state(pending=(("creating", SERVICE), ("updating", NAMESPACE))), seen())
    assert found.state.pending == []
    assert found.said == ["2 operations of an interrupted run cleared from the state"]


@pytest.mark.parametrize("gone", [NAMESPACE, RELEASE, SERVICE])
def test_what_was_deleted_on_the_cluster_leaves_the_state_and_nothing_depends_on_it(gone: str) -> None:
    found = healed(state(), seen(gone), Purpose.DOWN)
    assert gone not in urns(found.state)
    assert is_consistent(found.state)
    assert "no longer exists" in "".join(found.said)


def test_what_is_to_be_kept_on_deletion_stays_in_the_state() -> None:
    before = state()
    (before.find(SERVICE) or {})["retainOnDelete"] = True
    assert healed(before, seen(SERVICE)).state.find(SERVICE)


@pytest.mark.parametrize("owner", [{}, {STACK_LABEL: "fairlead.prod"}])
def test_an_object_of_somebody_else_is_named_and_left_alone(owner: dict[str, str]) -> None:
    theirs = live(SERVICE, manager="kubectl")
    theirs["metadata"]["labels"] = owner
    there = seen()
    found = healed(state(SERVICE), Sighting({**there.objects, SERVICE: theirs}, there.releases))
    whose = "stack fairlead.prod" if owner else "kubectl"
    assert whose in "".join(found.foreign)
    assert found.state.find(SERVICE) is None


@pytest.mark.parametrize("status", ["deployed", "pending-install"])
def test_a_release_of_somebody_else_is_named_and_left_alone(status: str) -> None:
    other = record(status, description="Install complete")
    different = type(other)(other.ref, other.name, 1, status, other.description, {"replicaCount": 7})
    found = healed(state(RELEASE), seen(records=(different,)))
    assert "Install complete" in "".join(found.foreign)
    assert (found.records, found.state.find(RELEASE)) == ([], None)


@pytest.mark.parametrize("status", ["pending-install", "uninstalling"])
@pytest.mark.parametrize("known", [True, False])
def test_a_first_install_that_was_cut_off_is_done_again_over_what_exists(status: str, known: bool) -> None:
    cut_off = record(status)
    found = healed(state() if known else state(RELEASE), seen(records=(cut_off,)))
    assert found.records == [cut_off.ref]
    assert found.state.find(RELEASE) is None
    assert "installed again" in "".join(found.said)


@pytest.mark.parametrize("status", ["pending-install", "uninstalling"])
def test_before_a_deletion_a_release_that_was_cut_off_is_only_known(status: str) -> None:
    found = healed(state(RELEASE), seen(records=(record(status),)), Purpose.DOWN)
    assert found.records == []
    assert found.state.find(RELEASE)


def test_an_upgrade_that_was_cut_off_is_repeated() -> None:
    cut_off = record("pending-upgrade", 2)
    found = healed(state(), seen(records=(cut_off, INSTALLED)))
    assert found.records == [cut_off.ref]
    after: dict[str, Any] = found.state.find(RELEASE) or {}
    assert after["inputs"]["description"] != snapshot().by_urn[RELEASE].inputs["description"]
    assert "repeated" in "".join(found.said)


def test_the_state_that_was_read_is_not_changed() -> None:
    before = state(SERVICE, pending=(("creating", SERVICE),))
    healed(before, seen())
    assert before.pending
    assert before.find(SERVICE) is None


@pytest.mark.parametrize("stack", ["dev", "a.b_c", "x" * 80, "-", "pr/12", "Ünsinn"])
def test_the_mark_of_a_stack_is_the_value_of_a_label(stack: str) -> None:
    mark = stack_mark("fairlead", stack)
    assert 0 < len(mark) <= LONGEST
    assert mark[0].isalnum()
    assert mark[-1].isalnum()
    assert all(each.isascii() and (each.isalnum() or each in "-_.") for each in mark)


def test_marks_of_other_stacks_are_other_marks() -> None:
    names = ["dev", "prod", "pr/1", "pr-1", "x" * 80, "x" * 81]
    assert len({stack_mark("fairlead", each) for each in names}) == len(names)


ISTIOS = {"apiVersion": "networking.istio.io/v1", "kind": "Gateway"}


@pytest.mark.parametrize(
    ("metadata", "free"),
    [
        ({}, True),
        ({"labels": {STACK_LABEL: "fairlead.other"}}, False),
        ({"labels": {"app.kubernetes.io/managed-by": "Helm"}}, False),
        ({"ownerReferences": [{"kind": "Rollout", "name": "shop"}]}, False),
    ],
)
def test_only_what_nobody_owns_can_be_taken_over(metadata: dict[str, Any], free: bool) -> None:
    assert is_free_to_take({**ISTIOS, "metadata": metadata}) is free
    assert not is_free_to_take({"apiVersion": "v1", "kind": "Service", "metadata": metadata})


@pytest.mark.parametrize("adopting", [False, True])
def test_what_existed_is_taken_over_only_if_somebody_wants_it(adopting: bool) -> None:
    there = seen()
    existing = {**there.objects[SERVICE], **ISTIOS, "metadata": {"name": "shop", "namespace": "edge"}}
    there = Sighting({**there.objects, SERVICE: existing}, there.releases)
    found = healing(snapshot(), state(SERVICE), there, Purpose.UP, adopting=adopting)
    assert [line.rpartition(", ")[2] for line in found.adoptable] == ["managed by nobody known"]
    assert (len(found.adopted), len(found.foreign)) == ((1, 0) if adopting else (0, 1))
    assert (found.state.find(SERVICE) is not None) is adopting
    assert found.said == []
