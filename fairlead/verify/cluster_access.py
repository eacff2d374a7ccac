"""How does this run reach the stack's cluster? Gateways at their addresses, and pods and proxies through the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fairlead.cluster.answers import Ref
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.drift.stack_cluster import Named, stack_cluster
from fairlead.evaluation.evaluation import evaluate
from fairlead.verify.access import Access
from fairlead.verify.outside.outside_sender import OutsideSender
from fairlead.verify.promise import Evidence, Promise
from fairlead.verify.sending import Address, CannotSendError, Sender
from fairlead.verify.subject import Subject
from fairlead.yaml_files.stack_file import StackFile
from mesh.model.traffic.request import INTERNET, Request
from mesh.model.yaml_values import as_map, as_maps


@dataclass
class GatewayAccess:
    """Only what is open to everybody: the load balancers of gateways."""

    cluster: LiveCluster
    outside: OutsideSender = field(default_factory=OutsideSender)
    proxies: None = None
    _addresses: dict[str, str] = field(default_factory=dict[str, str])

    def address(self, gateway: str, port: int) -> Address:
        if gateway not in self._addresses:
            self._addresses[gateway] = self._load_balancer(gateway)
        return Address(self._addresses[gateway], port, "the load balancer")

    def _load_balancer(self, gateway: str) -> str:
        namespace, _, name = gateway.partition("/")
        live = self.cluster.read(Ref("v1", "Service", namespace, name))
        if live is None:
            raise CannotSendError(f"there is no Service {gateway}")
        balancer = as_map(as_map(live.get("status")).get("loadBalancer"))
        found = [str(each.get("hostname") or each.get("ip") or "") for each in as_maps(balancer.get("ingress"))]
        if not any(found):
            raise CannotSendError(f"the Service {gateway} has no address yet")
        return next(filter(None, found))

    def sender(self, request: Request) -> Sender:
        if request.caller != INTERNET:
            raise CannotSendError(f"nobody can send from {request.caller}")
        return self.outside

    def causes(self, promise: Promise, evidence: Evidence) -> Sequence[str]:  # noqa: ARG002 - as Access has it
        return ()

    def close(self) -> None:
        self.cluster.close()


def cluster_access(_subject: Subject, stack_file: StackFile, program: Path, named: Named) -> Access:
    """The stack's cluster. Raises UserError where none can be told."""
    return GatewayAccess(stack_cluster(evaluate(program, stack_file), program, named))
