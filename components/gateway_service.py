"""How is a gateway reached? Read from its live Service."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_kubernetes import _utilities

from fairlead_mesh.outputs import Reached

from .owner import named


class _LiveService(pulumi.CustomResource):
    """A Service that is there already. The SDK's own class would do, but imports every kind of core/v1 with it."""

    def __init__(self, name: str, live: pulumi.Input[str], *, parent: pulumi.Resource):
        opts = pulumi.ResourceOptions(parent=parent, id=live, version=_utilities.get_version())
        super().__init__("kubernetes:core/v1:Service", name, {"spec": None, "status": None}, opts)

    def part(self, name: str) -> pulumi.Output[Any]:
        """Its `spec` or `status`, as a plain map."""
        return pulumi.get(self, name)


def reached(name: str, live: pulumi.Input[str], *, parent: pulumi.Resource) -> pulumi.Output[Reached]:
    """Address and node ports of the Service that is `live` (namespace/name); the read neither waits nor fails without
    them."""
    service = _LiveService(named(f"{name}-service"), live, parent=parent)
    return pulumi.Output.all(service.part("spec"), service.part("status")).apply(lambda parts: _reached(*parts))


def _reached(spec: dict[str, Any] | None, status: dict[str, Any] | None) -> Reached:
    points = ((status or {}).get("loadBalancer") or {}).get("ingress") or []
    address = next((point.get("hostname") or point.get("ip") for point in points), None)
    ports = {port["name"]: port["nodePort"] for port in (spec or {}).get("ports") or [] if port.get("nodePort")}
    return Reached(address, ports)
