"""Is nothing of a stack left in AWS? Its own security groups and rules, and what controllers made for its Services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fairlead.cloud.account import AwsError
from fairlead.cloud.remains import Remains, Remnant
from fairlead.doctor.examined import Examined
from fairlead.terminal.progress import Progress
from mesh.model.yaml_values import as_list, as_map


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
    own = remains.of_the_stack(examined.snapshot.stack, set(_control_plane(examined)), fronts)
    return [*remains.of_load_balancers(), *own]


def _control_plane(examined: Examined) -> Iterator[str]:
    """The groups that the stack's rules admit: by them they are told from those of another cluster's stack."""
    network = as_map((examined.description or {}).get("resourcesVpcConfig"))
    groups = [network.get("clusterSecurityGroupId"), *as_list(network.get("securityGroupIds"))]
    yield from (str(each) for each in [*groups, examined.config.security_groups.control_plane] if each)
