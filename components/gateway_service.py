"""How is a gateway reached? Read from its live Service."""

from __future__ import annotations

import pulumi
from pulumi_kubernetes.core.v1 import Service
from pulumi_kubernetes.helm.v3 import Release

from mesh.outputs import Reached


def reached(name: str, release: Release, *, parent: pulumi.Resource) -> pulumi.Output[Reached]:
    """Address and node ports of the Service that `release` brought; the read neither waits nor fails without them."""
    # The release's own status makes the read wait for the release, in previews too.
    live = pulumi.Output.concat(release.status.namespace, "/", release.status.name)
    service = Service.get(f"{name}-service", live, opts=pulumi.ResourceOptions(parent=parent))
    return pulumi.Output.all(service.spec, service.status).apply(lambda parts: _reached(*parts))


def _reached(spec: object, status: object) -> Reached:
    balancer = getattr(status, "load_balancer", None)
    ingress = getattr(balancer, "ingress", None) or []
    address = next((point.hostname or point.ip for point in ingress), None)
    ports = {port.name: port.node_port for port in getattr(spec, "ports", None) or [] if port.node_port}
    return Reached(address, ports)
