"""Has each network interface of a node one security group for the controller? With two it stops, with an event only.

Source: AWS Load Balancer Controller, pkg/networking/networking_manager.go: of the groups of an interface exactly one
has to have the tag kubernetes.io/cluster/NAME, unless there is only one.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.cloud.account import tags_of
from fairlead.doctor.closed_ports import interface_groups
from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, Skip, failed, ok

ORDER = 62
QUICK = False


def check(examined: Examined) -> Iterator[Seen]:
    """The interfaces of the running nodes."""
    balancing = examined.config.cluster.balancing
    if balancing is None or not balancing.may_be_controller:
        raise Skip("the AWS Load Balancer Controller is not used")
    name = examined.eks.name
    tag = f"kubernetes.io/cluster/{name}"
    in_vpc = {"Name": "vpc-id", "Values": [examined.vpc]}
    groups = examined.account.listed("ec2", "describe_security_groups", "SecurityGroups", Filters=[in_vpc])
    tagged = {str(each["GroupId"]) for each in groups if tag in tags_of(each)}
    wrong: dict[tuple[str, ...], int] = {}
    interfaces = [*interface_groups(examined, name)]
    if not interfaces:
        raise Skip("no node of the cluster runs")
    for own in interfaces:
        fitting = tuple(sorted(tagged.intersection(own)))
        if len(own) > 1 and len(fitting) != 1:
            wrong[fitting] = wrong.get(fitting, 0) + 1
    for fitting, number in wrong.items():
        which = f"{' and '.join(fitting)} have" if fitting else "none of their groups has"
        text = f"{number} network interfaces of nodes: {which} the tag {tag}; the controller wants one"
        yield failed(text, f"leave the tag {tag} on one security group of the nodes")
    if not wrong:
        yield ok(f"{len(interfaces)} network interfaces of nodes have one security group for the controller")
