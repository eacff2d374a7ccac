"""What did an interrupted run leave, and what makes it whole? State, program and cluster compared; nothing is done yet.

What this stack left is proved to be its own: by its label on an object, by the description or the values of a release's
record. What is somebody else's is named and left alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from fairlead.cluster.answers import Ref
from fairlead.cluster.helm_records import INTERRUPTED, STOOD, HelmRecord
from fairlead.evaluation.snapshot import Resource, Snapshot
from fairlead.lifecycle.deployment import Deployment
from fairlead.lifecycle.engine.state_entry import state_entry
from fairlead.lifecycle.ownership.owners import is_free_to_take, owner_of_object, owner_of_release
from fairlead.lifecycle.sighting import Sighting, on_cluster, title, title_of
from fairlead_mesh.ownership import stack_mark


class Purpose(StrEnum):
    """What comes after it: a release that is cut off has to be whole for an upgrade, not for its deletion."""

    UP = "up"
    DOWN = "down"


@dataclass
class Healing:
    """What has to be done, and its words.

    `state` is what the state should be, `records` are Helm's of interrupted operations that have to go, `look_at` are
    URNs that the engine has to read from the cluster, `settled` those that it has to create; `said` has a line for each
    repair, `foreign` what is not ours, `adoptable` what nobody owns and `adopted` what of that becomes
    ours.
    """

    state: Deployment
    records: list[Ref] = field(default_factory=list[Ref])
    look_at: list[str] = field(default_factory=list[str])
    settled: set[str] = field(default_factory=set[str])
    said: list[str] = field(default_factory=list[str])
    foreign: list[str] = field(default_factory=list[str])
    adoptable: list[str] = field(default_factory=list[str])
    adopted: list[str] = field(default_factory=list[str])


def healing(
    snapshot: Snapshot, state: Deployment, seen: Sighting, purpose: Purpose, *, adopting: bool = False
) -> Healing:
    """How to go on from here; `adopting`, with what nobody owns as the stack's own."""
    whole = Healing(Deployment(state.exported))
    mark = stack_mark(snapshot.project, snapshot.stack)
    begun = {str(each["urn"]) for what, each in state.pending if what == "creating"}
    if state.pending:
        whole.state.forget_pending()
        whole.said.append(f"{_times(len(state.pending), 'operation')} of an interrupted run cleared from the state")
    _forget_what_is_gone(whole, seen)
    _release_the_cut_off(whole, seen, purpose)
    for each in snapshot.resources:
        unknown = whole.state.find(each.urn) is None and each.urn not in whole.settled
        if on_cluster(each.type) and unknown and seen.has(each.urn):
            _take_in(whole, each, snapshot, seen, purpose, mark=mark, begun=each.urn in begun, adopting=adopting)
    return whole


def _forget_what_is_gone(whole: Healing, seen: Sighting) -> None:
    for each in list(whole.state.on_cluster()):
        urn = str(each["urn"])
        if on_cluster(str(each["type"])) and not seen.has(urn) and not each.get("retainOnDelete"):
            whole.state.drop(urn)
            whole.said.append(f"{title_of(each)} no longer exists on the cluster: removed from the state")


def _release_the_cut_off(whole: Healing, seen: Sighting, purpose: Purpose) -> None:
    """A release of the state in the middle of an operation: Helm rejects the next one until it is settled."""
    for each in list(whole.state.on_cluster()):
        records = seen.releases.get(str(each["urn"]), [])
        if not records or records[0].status not in INTERRUPTED or purpose is Purpose.DOWN:
            continue
        newest, name = records[0], title_of(each)
        whole.records += [record.ref for record in records if record.status in INTERRUPTED]
        if not _was_never_whole(records):
            # The state has the inputs of the revision before; without a difference the engine would not upgrade again.
            each.setdefault("inputs", {})["description"] = f"interrupted: {newest.status}"
            whole.said.append(f"{name} was interrupted ({newest.status}): the upgrade is repeated")
        else:
            whole.records += [record.ref for record in records if record.status not in INTERRUPTED]
            whole.state.drop(str(each["urn"]))
            whole.settled.add(str(each["urn"]))
            whole.said.append(f"{name} was interrupted ({newest.status}): installed again over what exists")


def _was_never_whole(records: list[HelmRecord]) -> bool:
    """Whether nothing of it can be relied on: it was never installed to its end, or its deletion has begun."""
    return records[0].status == "uninstalling" or not any(record.status in STOOD for record in records)


def _take_in(
    whole: Healing,
    wanted: Resource,
    snapshot: Snapshot,
    seen: Sighting,
    purpose: Purpose,
    *,
    mark: str,
    begun: bool,
    adopting: bool,
) -> None:
    name = title(wanted.type, wanted.inputs)
    records = seen.releases.get(wanted.urn, [])
    live = seen.objects.get(wanted.urn, {})
    owner = owner_of_release(records[0], wanted, mark, begun=begun) if records else owner_of_object(live, mark)
    is_free = bool(owner and not records and is_free_to_take(live))
    if is_free:
        whole.adoptable.append(f"{name}, {owner.removeprefix('it is ')}")
    if owner and not (is_free and adopting):
        whole.foreign.append(f"{name} exists on the cluster and is not of this stack: {owner}")
        return
    if records and records[0].status in INTERRUPTED and purpose is Purpose.UP:
        if _was_never_whole(records):
            whole.records += [record.ref for record in records]
            whole.said.append(f"{name} was interrupted ({records[0].status}): installed again over what exists")
            return
        whole.records += [record.ref for record in records if record.status in INTERRUPTED]
    provider = whole.state.provider()
    if not provider:
        return
    _with_parents(whole.state, wanted, snapshot)
    dependents = {each.urn for each in snapshot.resources if wanted.urn in each.dependencies}
    whole.state.add(state_entry(wanted, live, records[0] if records and not is_free else None, provider), dependents)
    whole.look_at.append(wanted.urn)
    if is_free:
        whole.adopted.append(name)
    else:
        whole.said.append(f"{name} was created by an interrupted run: taken into the state")


def _with_parents(state: Deployment, wanted: Resource, snapshot: Snapshot) -> None:
    parent = snapshot.by_urn.get(wanted.parent)
    if parent is None or state.find(parent.urn):
        return
    _with_parents(state, parent, snapshot)
    state.add({"urn": parent.urn, "custom": False, "type": parent.type, "parent": parent.parent})


def _times(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
