"""Where does a gateway answer? Read from its live Service."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_kubernetes.core.v1 import Service
from pulumi_kubernetes.helm.v3 import Release

from mesh.gateways import Gateway


def gateway_address(gateway: Gateway, release: Release, *, parent: pulumi.Resource) -> pulumi.Output[str | None]:
    """Host name or IP address of the load balancer in front of `gateway`."""
    # The release's own status makes the read wait for the release, in previews too.
    live = pulumi.Output.concat(release.status.namespace, "/", release.status.name)
    service = Service.get(f"{gateway.name}-service", live, opts=pulumi.ResourceOptions(parent=parent))
    return service.status.apply(_first_address)


def _first_address(status: Any) -> str | None:
    ingress = status.load_balancer.ingress if status and status.load_balancer else None
    return (ingress[0].hostname or ingress[0].ip) if ingress else None
