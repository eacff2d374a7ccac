"""What do the proxies say that the requests went through? The seam to Envoy's admin interface."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class HostCount:
    """What one proxy has sent to one address of one of its clusters since it started (`/clusters?format=json`: each
    host has `rq_total`, `rq_success` and `rq_error` in every Envoy, also where Istio's statsMatcher leaves out the
    cluster's statistics). Every attempt of a retry and every mirrored request counts.

    `workload` is the `namespace/name` of the pods that have the address, as the model names them; empty for an address
    that no pod has.
    """

    cluster: str
    address: str
    workload: str
    total: int
    success: int = 0
    error: int = 0


class Proxies(Protocol):
    """The proxies of the mesh, each named by the workload that it is in: a gateway's, or a client's sidecar."""

    def counts(self, client: str) -> Iterable[HostCount]:
        """Of all pods of a workload (`namespace/name`), one after the other. Raises CannotSendError where the admin
        interface of one cannot be read: a part of the counts would be worse than none."""
        ...

    def config_dump(self, client: str) -> Mapping[str, Any]:
        """Envoy's whole configuration (`/config_dump?include_eds`) in one pod of a workload."""
        ...

    def stats(self, client: str, pattern: str) -> Mapping[str, int]:
        """Counters and gauges whose name matches, added over all pods of a workload."""
        ...


def sent_between(before: Iterable[HostCount], after: Iterable[HostCount]) -> dict[tuple[str, str], int]:
    """(cluster, workload) -> how many requests were sent to it in between; an address without a pod is its own name.

    A proxy that restarted in between counts from 0 again: what is less than before is left out.
    """
    then = {(each.cluster, each.address): each.total for each in before}
    found: dict[tuple[str, str], int] = {}
    for each in after:
        more = each.total - then.get((each.cluster, each.address), 0)
        if more > 0:
            key = each.cluster, each.workload or each.address
            found[key] = found.get(key, 0) + more
    return found
