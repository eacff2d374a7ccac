"""Are the security rules of the stack ones that EC2 takes, and does anything come of them?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.repetition import repeated
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.ports import PORTS


@config_rule(firm=True)
def opened_ports_are_unique(config: Config) -> Iterator[Hit]:
    """EC2 rejects a rule that already exists, and a rule's name is the name of its resource.

    `InvalidPermission.Duplicate` would stop `pulumi up` at its first resources.
    """
    ours = {value for port in PORTS if port.opened_from_control_plane for value in (port.key, port.number)}
    ports = config.security_groups.ports
    path: Path = ("securityGroups", "ports")
    for key in ("name", "port"):
        places = [((*path, index, key), getattr(port, key)) for index, port in enumerate(ports)]
        yield from repeated(places, key)
        for place, value in places:
            if value in ours:
                yield Hit(place, value, "is opened for Istio anyway", "remove it, or choose another name")


@config_rule(needs=("cluster", "securityRules"), severity="warning")
def opened_ports_are_opened(config: Config) -> Iterator[Hit]:
    """Ports under securityGroups are opened on EKS, and only if securityRules is not off.

    The webhook on that port cannot be reached: what it validates is rejected after ten seconds.
    """
    if config.security_groups.ports and (config.security_rules == "off" or not config.cluster.eks):
        why = "securityRules is off" if config.cluster.eks else "this cluster is not on EKS"
        remedy = "write securityRules: auto" if config.cluster.eks else "remove them"
        yield Hit(("securityGroups", "ports"), None, f"nothing is opened, because {why}", remedy)
