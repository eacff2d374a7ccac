"""Does each proxy see what istiod gives it, where the records say nothing?

Sources: SelectVirtualServices and VirtualServicesForGateway in pilot/pkg/model/virtualservice.go and push_context.go,
convertIstioListenerToWrapper in pilot/pkg/model/sidecar.go of istio/istio.
"""

from __future__ import annotations

import pytest

from tests.fixtures.worlds import GATEWAY, asked, istio, world

pytestmark = pytest.mark.mesh

CLIENT = "shop/client"


def answering(status: int, name: str, rest: str, namespace: str = "shop") -> str:
    host = "web.shop.svc.cluster.local"
    spec = f"{{hosts: [{host}], http: [{{directResponse: {{status: {status}}}}}], {rest}}}"
    return istio("VirtualService", spec, name=name, namespace=namespace)


@pytest.mark.parametrize(
    ("caller", "status"),
    [(CLIENT, 203), ("pay/client", 202)],  # its own for itself alone; those that others export to it; those for all
)
def test_routes_for_few_go_before_routes_for_all_however_old(caller: str, status: int) -> None:
    objects = (
        answering(201, "a", "")
        + answering(202, "b", "exportTo: [pay, shop]", "istio-system")
        + answering(203, "c", "exportTo: ['.']")
    )
    assert asked(world(objects), "GET http://web.shop/", caller).statuses == {status: 1.0}


def test_so_it_is_at_a_gateway() -> None:
    objects = answering(201, "a", "gateways: [edge]") + answering(
        202, "b", "gateways: [shop/edge], exportTo: [istio-ingress]", "istio-ingress"
    )
    url = "GET http://web.shop.svc.cluster.local/"
    assert asked(world(GATEWAY + objects), url).statuses == {202: 1.0}


@pytest.mark.parametrize(
    ("hosts", "status"),
    [("['*/*', '~shop/web.shop.svc.cluster.local']", 502), ("['shop/*', '~/*.shop.svc.cluster.local']", 502),
     ("['*/*', '~pay/*']", 200), ("['./*', '~/*']", 502)],
)  # fmt: skip
def test_a_sidecar_leaves_out_what_a_tilde_stands_before(hosts: str, status: int) -> None:
    spec = f"{{egress: [{{hosts: {hosts}}}], outboundTrafficPolicy: {{mode: REGISTRY_ONLY}}}}"
    known = "{hosts: [other.example], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC}"
    mesh = world(istio("Sidecar", spec) + istio("ServiceEntry", known, namespace="plain"))
    found = asked(mesh, "GET http://web.shop/", CLIENT)
    assert (found.statuses or {502: found.errors}) == {status: 1.0}
