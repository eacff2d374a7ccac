"""Is nothing of a stack left in AWS? Its own security groups and rules, and what controllers made for its Services."""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.cloud.account import AwsError
from fairlead.cloud.remains import Remains, Remnant
from fairlead.doctor.examined import Examined
from fairlead.terminal.progress import Progress


def is_empty_in_aws(progress: Progress, examined: Examined, remains: Remains | None) -> bool:
    """Say what is left; whether that is nothing. Off EKS there is nothing to prove."""
    if remains is None:
        return True
    try:
        left = _left(remains, examined)
    except AwsError as error:
        progress.say(f"It is not proved that nothing is left in AWS: {error.message}")
        if error.remedy:
            progress.say(f"  {error.remedy}")
        return False
    for each in left:
        progress.say(f"  left in AWS: {each}; {each.removal}")
    if not left:
        progress.say("Nothing of the stack is left in AWS.")
    return not left


def _left(remains: Remains, examined: Examined) -> Sequence[Remnant]:
    fronts = {f"{each.name}-front" for each in examined.config.gateways}
    # By the groups that the stack's rules admit these are told from those of another cluster's stack.
    groups = (*examined.cluster_groups, examined.config.security_groups.control_plane)
    admitted = {each for each in groups if each}
    own = remains.of_the_stack(examined.snapshot.stack, admitted, fronts)
    return [*remains.of_load_balancers(), *own]
