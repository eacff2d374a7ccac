"""How does a stack go whose cluster is gone? Out of the state what was on it, out of AWS what the stack made there.

A cluster that does not answer may only be unreachable from here. It is gone where somebody says so, or where EKS does
not have it in the account and region in which the stack's own security groups and rules are.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.cloud.account import AwsError
from fairlead.cloud.remains import Remains, Remnant
from fairlead.doctor.examined import Examined
from fairlead.lifecycle.consent import Consent
from fairlead.lifecycle.deployment import Deployment
from fairlead.lifecycle.emptiness_in_aws import is_empty_in_aws
from fairlead.lifecycle.ending import summary
from fairlead.lifecycle.running import said
from fairlead.lifecycle.sighting import title_of
from fairlead.lifecycle.wholeness import Wholeness
from fairlead.terminal.errors import UserError
from fairlead_mesh.model.objects.yaml_values import as_map

_PARTS = 6
"""Of an ARN (AWS General Reference): arn:aws:ec2:REGION:ACCOUNT:RESOURCE."""


def gone_for_good(examined: Examined, state: Deployment) -> str:
    """How it is known that the stack's cluster is gone; empty where it is not known."""
    eks = examined.config.cluster.eks
    if eks is None:
        return ""
    try:
        if examined.description is not None:
            return ""
        account = str(examined.account.ask("sts", "get_caller_identity").get("Account"))
    except AwsError:
        return ""
    if set(_places(state)) != {(eks.region, account)}:
        return ""
    return f"EKS has no cluster {eks.name} in {eks.region} of account {account}, where the rest of the stack is."


def without_cluster(
    whole: Wholeness, examined: Examined, state: Deployment, consent: Consent, remains: Remains | None
) -> int:
    """The exit code, as of `down`. Raises UserError where load balancers are left that nobody deletes any more."""
    gone = [f"would remove from the state: {title_of(each)}" for each in state.on_cluster()]
    if consent.plan:
        return said(gone)
    consent.to(gone, "Is the cluster gone for good?")
    whole.unlocked(whole.engine.refresh_without_cluster)
    whole.progress.say("  what was on the cluster is removed from the state")
    if left := _left(whole, remains):
        lines = ["AWS still has what a controller of the cluster made, and nobody deletes it any more:"]
        commands = "\n".join(f"  {each.removal}" for each in left)
        again = f"fairlead down --stack {whole.engine.stack} --cluster-gone"
        raise UserError("\n".join([*lines, *(f"  {each}" for each in left)]), f"Delete it:\n{commands}\nThen: {again}")
    whole.progress.say(summary(whole.unlocked(whole.engine.destroy)))
    empty = whole.state().is_empty
    whole.progress.say("The state is empty." if empty else "The state is not empty: run it again.")
    return int(not (is_empty_in_aws(whole.progress, examined, remains) and empty))


def _left(whole: Wholeness, remains: Remains | None) -> list[Remnant]:
    try:
        return remains.of_load_balancers() if remains else []
    except AwsError as error:
        whole.progress.say(f"  not known what is left of load balancers: {error.message}")
        return []


def _places(state: Deployment) -> Iterator[tuple[str, str]]:
    """Region and account of what the stack has in AWS, from its ARNs."""
    for each in state.resources:
        arn = str(as_map(each.get("outputs")).get("arn") or "").split(":")
        if str(each.get("type")).startswith("aws:") and len(arn) >= _PARTS:
            yield arn[3], arn[4]
