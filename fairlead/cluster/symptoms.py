"""What do the words mean in which a cluster says why something does not happen, and what is to be done about it?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

UNREACHED_WEBHOOK = re.compile(r"failed (calling|to call) webhook")
OPEN_PORT = (
    "open port 15017 of the nodes to the cluster's security group (securityRules: auto), and see that istiod runs"
)
"""istiod's webhooks listen there (Istio: ops/deployment/application-requirements)."""
_HELD = ("NamespaceContentRemaining", "NamespaceFinalizersRemaining", "NamespaceDeletionContentFailure")
RELEASE_IT = "what is named there is deleted by the controller whose finalizer it is: see that it runs"


def is_ending(live: dict[str, Any]) -> bool:
    """Whether an object is being deleted."""
    return bool(as_map(live.get("metadata")).get("deletionTimestamp"))


def is_balanced(service: dict[str, Any]) -> bool:
    """Whether a Service asks for a load balancer."""
    return as_map(service.get("spec")).get("type") == "LoadBalancer"


def has_address(service: dict[str, Any]) -> bool:
    """Whether its load balancer has one."""
    return bool(as_map(as_map(service.get("status")).get("loadBalancer")).get("ingress"))


def held_by(namespace: dict[str, Any]) -> Iterator[str]:
    """What keeps a namespace that is Terminating from being gone, in the words of its controller."""
    for each in as_maps(as_map(namespace.get("status")).get("conditions")):
        if each.get("type") in _HELD and each.get("status") == "True":
            yield str(each.get("message"))
