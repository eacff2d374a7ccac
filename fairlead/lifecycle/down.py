"""What does `down` do? The repairs, the engine, and the proof that nothing is left."""

from __future__ import annotations

from contextlib import closing

from fairlead.cluster.live_cluster import LiveCluster
from fairlead.lifecycle.consent import Consent
from fairlead.lifecycle.deployment import Deployment
from fairlead.lifecycle.emptiness import left_on
from fairlead.lifecycle.ending import proof, summary
from fairlead.lifecycle.healing import Purpose
from fairlead.lifecycle.running import planned, previewed, repaired, said, watched
from fairlead.lifecycle.sighting import release_name, title_of
from fairlead.lifecycle.webhooks import without_dead_webhooks
from fairlead.lifecycle.wholeness import Wholeness
from fairlead.terminal.errors import UnreachableError, UserError
from mesh.ownership import stack_mark

_GONE = "If the cluster is gone for good: python -m fairlead down --stack {stack} --cluster-gone"


def down(whole: Wholeness, consent: Consent, *, cluster_gone: bool) -> int:
    """The exit code: 0 when nothing is left, 1 when something is. Raises UserError for a cluster without answer."""
    state = whole.state()
    if cluster_gone:
        return _without_cluster(whole, state, consent)
    if state.is_empty and not state.pending:
        whole.progress.say("The state has nothing to delete.")
    try:
        with closing(whole.connect()) as cluster:
            found = whole.plan(state, cluster, Purpose.DOWN)
            if consent.plan:
                return planned(found.said)
            repaired(whole, found, cluster, consent)
            previewed(whole, "destroy", consent)
            for line in without_dead_webhooks(cluster, _releases(whole)):
                whole.progress.say(f"  repaired: {line}")
            whole.progress.say(summary(watched(whole, cluster, whole.engine.destroy)))
            return _proof(whole, cluster)
    except UnreachableError as error:
        raise UserError(error.message, _GONE.format(stack=whole.engine.stack)) from error


def _without_cluster(whole: Wholeness, state: Deployment, consent: Consent) -> int:
    gone = [f"would remove from the state: {title_of(each)}" for each in state.on_cluster()]
    if consent.plan:
        return said(gone)
    consent.to(gone, "Is the cluster gone for good?")
    whole.unlocked(whole.engine.refresh_without_cluster)
    whole.progress.say("  what was on the cluster is removed from the state")
    whole.progress.say(summary(whole.engine.destroy()))
    return 0 if whole.state().is_empty else 1


def _proof(whole: Wholeness, cluster: LiveCluster) -> int:
    """Say what is left; 1 where anything is that should not be."""
    left = left_on(cluster, stack_mark(whole.snapshot.project, whole.snapshot.stack), _releases(whole))
    state = whole.state()
    for line in proof(left, state_is_empty=state.is_empty):
        whole.progress.say(line)
    return 0 if left.nothing and state.is_empty else 1


def _releases(whole: Wholeness) -> set[str]:
    """The stack's own, as namespace/name."""
    return {release_name(each.inputs) for each in whole.snapshot.resources if each.is_release}
