"""What is there of a gateway that another stack brings? Stand-ins, for whoever judges this one; none is applied."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from fairlead_mesh.gateway_values import gateway_object, gateway_values
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.istio import Istio
from fairlead_mesh.keys.section import Manifest, Values
from fairlead_mesh.model.pods.gateway_chart import GatewayChart


def external_gateway_objects(gateway: Gateway, istio: Istio, others: Collection[Gateway] = ()) -> list[Manifest]:
    """Its Istio Gateway, its pods and its Service, as far as the stack file says them; `others` may have the same
    pods."""
    hosts = gateway_object(gateway)
    shown = with_every_port(gateway, others)
    chart = existing_chart(shown, gateway_values(shown, istio, None))
    pods = chart.objects if first_of_its_pods(gateway, others) is gateway else []
    return [*([hosts] if hosts else []), *pods]


def existing_chart(gateway: Gateway, values: Values) -> GatewayChart:
    """What its pods and their Service would be of Istio's chart, wherever they are."""
    account = gateway.pods.service_account if gateway.pods else None
    named = {"serviceAccount": {"name": account}} if account else {}
    return GatewayChart(gateway.service, gateway.pods_home, {**values, **named})


def first_of_its_pods(gateway: Gateway, gateways: Iterable[Gateway]) -> Gateway:
    """The first gateway with the same pods, for which they are described once."""
    return next(_alike(gateway, gateways), gateway)


def with_every_port(gateway: Gateway, gateways: Iterable[Gateway]) -> Gateway:
    """A gateway with the ports of all that have the same pods, as their Service has them."""
    ports = {port.port: port for each in _alike(gateway, gateways) for port in each.ports}
    own = {port.port: port for port in gateway.ports}
    every = own | {number: port for number, port in ports.items() if number not in own}
    return gateway.model_copy(update={"ports": [*every.values()]}) if len(every) != len(gateway.ports) else gateway


def _alike(gateway: Gateway, gateways: Iterable[Gateway]) -> Iterator[Gateway]:
    return (each for each in gateways if (each.pods_home, each.service) == (gateway.pods_home, gateway.service))
