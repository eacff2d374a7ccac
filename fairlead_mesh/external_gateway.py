"""What is there of a gateway that another stack brings? Stand-ins, for whoever judges this one; none is applied."""

from __future__ import annotations

from fairlead_mesh.gateway_values import gateway_object, gateway_values
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.istio import Istio
from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.model.pods.gateway_chart import GatewayChart


def external_gateway_objects(gateway: Gateway, istio: Istio) -> list[Manifest]:
    """Its Istio Gateway, its pods and its Service, as far as the stack file says them."""
    hosts = gateway_object(gateway)
    chart = GatewayChart(gateway.name, gateway.home, gateway_values(gateway, istio, None))
    return [*([hosts] if hosts else []), *chart.objects]
