"""Which objects existed before the stack that now has them as its own? They become its own after they are named, and
somebody says yes."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.cluster.live_cluster import LiveCluster
from fairlead.evaluation.snapshot import PROVIDER_TYPES, Resource, Snapshot
from fairlead.lifecycle.consent import Consent
from fairlead.lifecycle.deployment import Deployment
from fairlead.lifecycle.healing import Purpose, healing
from fairlead.lifecycle.sighting import sighting
from fairlead.lifecycle.wholeness import Wholeness
from fairlead.terminal.errors import UserError

_PROVIDER = f"{PROVIDER_TYPES}kubernetes"
_QUESTION = "Take them into this stack? It writes them as its stack file says, and down deletes them."


def adopts(whole: Wholeness, state: Deployment, cluster: LiveCluster, consent: Consent) -> bool:
    """Whether there are such objects, and they are to become the stack's. Raises DeclinedError for a no.

    `--yes` says yes to what the stack does, not to taking over what somebody else made: that needs `--adopt`. Raises
    UserError where it is not said.
    """
    seen = sighting(cluster, whole.snapshot, state)
    found = healing(whole.snapshot, state, seen, Purpose.UP).adoptable
    if not found or consent.plan:
        consent.shown([f"would take over, if asked to: {line}" for line in found])
        return False
    if not consent.adopt:
        if consent.yes:
            raise UserError(
                "\n".join(["These objects exist, and are of no stack:", *(f"  {line}" for line in found)]),
                "Take them over with fairlead up --adopt, which deletes none, or rename yours.",
            )
        consent.to([f"exists, and is of no stack: {line}" for line in found], _QUESTION)
    return True


def ready_to_adopt(whole: Wholeness, state: Deployment) -> Deployment:
    """The state with a provider, which each object in it names, and an engine that writes what others have applied."""
    whole.engine.forces = True
    if state.provider():
        return state
    whole.unlocked(lambda: whole.engine.up([*_providers(whole.snapshot)]))
    return whole.state()


def _providers(snapshot: Snapshot) -> Iterator[str]:
    """The URNs of the provider of the cluster and of all that it needs, and of every component: what a component reads
    is in the state at once, and the state has no child without its parent."""
    wanted = [each for each in snapshot.resources if not each.custom]
    wanted += [each for each in snapshot.resources if each.type == _PROVIDER]
    needed: dict[str, Resource] = {}
    while wanted:
        each = wanted.pop()
        needed[each.urn] = each
        urns = [each.parent, *each.dependencies]
        wanted += [snapshot.by_urn[urn] for urn in urns if urn in snapshot.by_urn and urn not in needed]
    yield from needed
