"""Where is a port of a gateway reached from this machine? At its load balancer, or by a forwarded port."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass, field

from fairlead.cluster.symptoms import has_address
from fairlead.terminal.errors import UserError
from fairlead.verify.live.live_pods import LivePods
from fairlead.verify.live.pod_http import PodHttp
from fairlead.verify.sending import Address, CannotSendError
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

_INTERNAL = {
    "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
    "service.beta.kubernetes.io/azure-load-balancer-internal": "true",
    "networking.gke.io/load-balancer-type": "Internal",
}
"""Annotations of load balancers that only their own network reaches."""
_TRIED = 3.0


@dataclass
class GatewayAddresses:
    """Each is looked for once."""

    pods: LivePods
    http: PodHttp
    _known: dict[tuple[str, int], Address] = field(default_factory=dict[tuple[str, int], Address])

    def of(self, gateway: str, port: int) -> Address:
        """Of a gateway's Service (`namespace/name`). Raises CannotSendError."""
        if (gateway, port) not in self._known:
            self._known[gateway, port] = self._address(gateway, port)
        return self._known[gateway, port]

    def _address(self, gateway: str, port: int) -> Address:
        service = self.pods.service(gateway)
        if has_address(service):
            ingress = as_maps(as_map(as_map(service.get("status")).get("loadBalancer")).get("ingress"))
            host = next(filter(None, (str(each.get("hostname") or each.get("ip") or "") for each in ingress)), "")
            # What is open to everybody is promised to be reached; an internal one only within its network.
            if host and (not _is_internal(service) or _connects(host, port)):
                return Address(host, port, "the load balancer")
        pod = self.pods.behind(service)[0]
        try:
            local = self.http.forward(pod, self.pods.target(service, port, pod))
        except UserError as error:
            raise CannotSendError(
                f"gateway {gateway} has no address that is reached from here: {error.message}"
            ) from None
        return Address("127.0.0.1", local, f"a port forwarded to pod {pod}")


def _is_internal(service: dict[str, object]) -> bool:
    said = as_map(as_map(service.get("metadata")).get("annotations"))
    return any(str(said.get(key)).lower() == value.lower() for key, value in _INTERNAL.items())


def _connects(host: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((host, port), _TRIED):
        return True
    return False
