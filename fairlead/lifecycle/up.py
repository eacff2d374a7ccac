"""What does `up` do? The quick checks, the repairs, the engine, and at the end where the apps answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from functools import partial

from fairlead.cluster.live_cluster import LiveCluster
from fairlead.doctor.closed_ports import closed_ports
from fairlead.doctor.doctor import diagnoses
from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Skip, Verdict
from fairlead.doctor.reports import text_lines
from fairlead.lifecycle.begun_in_aws import take_in_from_aws
from fairlead.lifecycle.causes import Cause
from fairlead.lifecycle.consent import Consent
from fairlead.lifecycle.deployment import Deployment
from fairlead.lifecycle.ending import addresses, summary
from fairlead.lifecycle.healing import Purpose
from fairlead.lifecycle.ownership.adoption import adopts, ready_to_adopt
from fairlead.lifecycle.running import planned, previewed, repaired, watched
from fairlead.lifecycle.wholeness import Wholeness
from fairlead.terminal.errors import UnreachableError, UserError

_UNKNOWN = "  not checked: {} Pulumi finds the cluster by itself."


def up(whole: Wholeness, examined: Examined, consent: Consent) -> int:
    """The exit code. Raises UserError where a check fails, before anything is changed."""
    state, adopting = whole.state(create=True), False
    with _cluster(whole, examined, state) as cluster:
        if cluster and (adopting := adopts(whole, state, cluster, consent)):
            checked(examined, whole)
            state = ready_to_adopt(whole, state)
        # First what is somebody else's, which is named with its owner: a check only knows that it exists.
        known = cluster if state.provider() else None
        found = whole.plan(state, known, Purpose.UP, adopting=adopting or consent.plan) if known else None
        if cluster and not adopting:
            checked(examined, whole)
        if cluster and found:
            take_in_from_aws(found, examined, state, whole.progress)
            if consent.plan:
                return planned(found.said)
            repaired(whole, found, cluster, consent)
        elif consent.plan:
            return planned([])
        previewed(whole, "up", consent)
        whole.progress.say(
            summary(watched(whole, cluster, whole.engine.up, partial(closed_to_the_control_plane, examined)))
        )
    for line in addresses(whole.state().outputs):
        whole.progress.say(line)
    return 0


def _cluster(whole: Wholeness, examined: Examined, state: Deployment) -> AbstractContextManager[LiveCluster | None]:
    """The stack's cluster. A new stack may come up where this machine's kubeconfig does not have it: None."""
    error = examined.unreachable
    if error is None:
        return closing(examined.cluster)
    if isinstance(error, UnreachableError) or state.provider():
        raise error
    whole.progress.say(_UNKNOWN.format(error.message))
    return nullcontext()


def closed_to_the_control_plane(examined: Examined) -> Iterator[Cause]:
    """Why on EKS no pod gets a sidecar and no object of Istio's is taken: which groups close the webhooks' port."""
    with suppress(Skip):
        for each in closed_ports(examined):
            yield Cause("istiod's webhooks", str(each), each.remedy)


def checked(examined: Examined, whole: Wholeness) -> None:
    """What the quick checks say that is wrong. Raises UserError where one failed, with all that did."""
    found = [each for each in diagnoses(examined, quick=True) if each.seen.remedy]
    wrong = [each for each in found if each.seen.verdict is Verdict.FAILED]
    if wrong:
        lines = [line for each in wrong for line in text_lines(each)]
        raise UserError("\n".join(["The stack cannot come up:", *lines]), "Nothing was changed.")
    for each in found:
        for line in text_lines(each):
            whole.progress.say(f"  {line}")
