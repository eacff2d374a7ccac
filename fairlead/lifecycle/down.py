"""What does `down` do? The repairs, the engine, and the proof that nothing is left."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import partial

from fairlead.cloud.account import AwsError
from fairlead.cloud.remains import Remains
from fairlead.cluster.answers import Ref
from fairlead.cluster.applied_names import release_name
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.doctor.examined import Examined
from fairlead.lifecycle.attached import attached
from fairlead.lifecycle.begun_in_aws import take_in_from_aws
from fairlead.lifecycle.consent import Consent
from fairlead.lifecycle.definitions import objects_of, without_definitions
from fairlead.lifecycle.deletion_order import deletion_order, keep_times, step_times, times_file
from fairlead.lifecycle.deployment import Deployment
from fairlead.lifecycle.emptiness import left_on
from fairlead.lifecycle.emptiness_in_aws import is_empty_in_aws
from fairlead.lifecycle.ending import proof, summary
from fairlead.lifecycle.gone_cluster import gone_for_good, without_cluster
from fairlead.lifecycle.healing import Purpose
from fairlead.lifecycle.load_balancers import causes_in, load_balancers_first, remains_of
from fairlead.lifecycle.protection import unprotected
from fairlead.lifecycle.running import planned, previewed, repaired, said, watched
from fairlead.lifecycle.webhooks import without_dead_webhooks
from fairlead.lifecycle.wholeness import Wholeness
from fairlead.terminal.errors import UnreachableError, UserError
from fairlead_mesh.ownership import stack_mark

_GONE = "If the cluster is gone for good: fairlead down --stack {stack} --cluster-gone"


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for beside the stack's own end."""

    cluster_gone: bool = False
    crds: bool = False
    dry_run: bool = False


def down(whole: Wholeness, examined: Examined, consent: Consent, wanted: Wanted) -> int:
    """The exit code: 0 when nothing is left, 1 when something is. Raises UserError for a cluster without answer."""
    state = whole.state()
    unprotected(whole.snapshot, state)
    kept = times_file(whole.snapshot.project, whole.snapshot.stack)
    if wanted.dry_run:
        return said([*deletion_order(state, kept)])
    try:
        return _down(whole, examined, consent, wanted, state)
    finally:
        keep_times(kept, step_times(whole.engine.steps))


def _down(whole: Wholeness, examined: Examined, consent: Consent, wanted: Wanted, state: Deployment) -> int:
    remains = remains_of(examined, state)
    if wanted.cluster_gone:
        return without_cluster(whole, examined, state, consent, remains)
    if state.is_empty and not state.pending:
        whole.progress.say("The state has nothing to delete.")
    try:
        with closing(whole.connect()) as cluster:
            return _down_on(cluster, whole, examined, consent, wanted, state=state, remains=remains)
    except (UnreachableError, AwsError) as error:
        if known := gone_for_good(examined, state):
            whole.progress.say(known)
            return without_cluster(whole, examined, state, consent, remains)
        gone = _GONE.format(stack=whole.engine.stack)
        raise UserError(error.message, gone if isinstance(error, UnreachableError) else error.remedy or gone) from error


def _down_on(
    cluster: LiveCluster,
    whole: Wholeness,
    examined: Examined,
    consent: Consent,
    wanted: Wanted,
    *,
    state: Deployment,
    remains: Remains | None,
) -> int:
    found = whole.plan(state, cluster, Purpose.DOWN)
    take_in_from_aws(found, examined, state, whole.progress)
    if consent.plan:
        return planned(found.said)
    _detached(whole, cluster, consent)
    repaired(whole, found, cluster, consent)
    previewed(whole, "destroy", consent)
    for line in without_dead_webhooks(cluster, _releases(whole)):
        whole.progress.say(f"  repaired: {line}")
    if remains:
        load_balancers_first(whole, cluster, remains, found.state)
    whole.progress.say(summary(watched(whole, cluster, whole.engine.destroy, partial(causes_in, remains))))
    proved = _is_proved(whole, cluster, consent, wanted)
    return int(not (is_empty_in_aws(whole.progress, examined, remains) and proved))


def _detached(whole: Wholeness, cluster: LiveCluster, consent: Consent) -> None:
    """Say who is left without a control plane, and ask. Raises DeclinedError."""
    if lines := [f"  stays, and loses its istiod: {each}" for each in attached(cluster, whole.snapshot)]:
        consent.to_loss(lines, "Their sidecars get no configuration and no certificates any more. Go on?")


def _without_crds(cluster: LiveCluster, kept: tuple[Ref, ...], consent: Consent) -> None:
    """Say what goes with the CRDs, ask, and delete them. Raises DeclinedError."""
    if going := [f"  goes with the CRDs: {each}" for each in objects_of(cluster, kept)]:
        consent.to_loss(going, "These are not of this stack. Delete them?")
    without_definitions(cluster, kept)


def _is_proved(whole: Wholeness, cluster: LiveCluster, consent: Consent, wanted: Wanted) -> bool:
    """Say what is left on the cluster and in the state; whether nothing is that should not be."""
    mark, releases = stack_mark(whole.snapshot.project, whole.snapshot.stack), _releases(whole)
    left = left_on(cluster, mark, releases)
    if wanted.crds and left.kept:
        _without_crds(cluster, left.kept, consent)
        left = left_on(cluster, mark, releases)
    state = whole.state()
    for line in proof(left, state_is_empty=state.is_empty):
        whole.progress.say(line)
    return left.nothing and state.is_empty


def _releases(whole: Wholeness) -> set[str]:
    """The stack's own, as namespace/name."""
    return {release_name(each.inputs) for each in whole.snapshot.releases}
