"""How does a run reach its cluster? Gateways at load balancers or forwarded ports, pods that send, and proxies."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.terminal.progress import Progress, Silent
from fairlead.verify.access import Access
from fairlead.verify.causes.live_causes import LiveCauses
from fairlead.verify.live.gateway_addresses import GatewayAddresses
from fairlead.verify.live.istiod import Istiods
from fairlead.verify.live.live_pods import LivePods
from fairlead.verify.live.live_proxies import LiveProxies
from fairlead.verify.live.pod_http import PodHttp
from fairlead.verify.live.pod_sender import PodSender
from fairlead.verify.live.pod_tools import program_of
from fairlead.verify.live.pods import PROXY
from fairlead.verify.live.probe_job import CONTAINER, Place
from fairlead.verify.live.probe_pods import ProbePods
from fairlead.verify.promise import Evidence, Promise
from fairlead.verify.sending import Address, CannotSendError, Sender
from fairlead_mesh.model.pods.sidecars import has_sidecar
from fairlead_mesh.model.requests.request import INTERNET, OUTSIDE, Request
from fairlead_mesh.model.traffic.mesh import Mesh

_INJECT, _REVISION = "sidecar.istio.io/inject", "istio.io/rev"
MOST_PODS = 8


@dataclass(frozen=True)
class Limits:
    """What a run may create: `most` pods, of `image`; with `existing` (`namespace/pod`) none, and that pod sends."""

    most: int = MOST_PODS
    image: str = ""
    existing: str = ""


@dataclass
class LiveAccess:
    """See fairlead.verify.access. `mark` is the stack's label, `here` sends from this machine."""

    cluster: LiveCluster
    mesh: Mesh
    mark: str
    here: Sender
    limits: Limits = Limits()
    istio_namespace: str = "istio-system"
    progress: Progress = field(default_factory=Silent)
    _senders: dict[str, Sender] = field(default_factory=dict[str, Sender])

    def __post_init__(self) -> None:
        self.pods = LivePods(self.cluster)
        self.http = PodHttp(self.cluster.api)
        self.addresses = GatewayAddresses(self.pods, self.http)
        self.proxies = LiveProxies(self.pods, self.http)
        self.istiods = Istiods(self.pods, self.http, self.istio_namespace)
        self.probes = ProbePods(self.cluster, self.mark, self.limits.most, self.limits.image, self.progress)
        self._causes = LiveCauses(self.proxies, self.istiods)
        self._has_begun = False

    def address(self, gateway: str, port: int) -> Address:
        """Its load balancer; where it has none, or an internal one that is not reached from here, a forwarded port."""
        return self.addresses.of(gateway, port)

    def sender(self, request: Request) -> Sender:
        if request.caller == INTERNET:
            return self.here
        if request.caller not in self._senders:
            self._senders[request.caller] = self._in_cluster(request.caller)
        return self._senders[request.caller]

    def prepare(self, promises: Iterable[Promise]) -> None:
        """Let all pods start at once that these promises will be asked from."""
        asked = [each.request for each in promises if each.request is not None and not each.untested]
        callers = dict.fromkeys(each.caller for each in asked if each.caller != INTERNET)
        for caller in callers if not self.limits.existing else ():
            with contextlib.suppress(CannotSendError):
                self._begun().begin(self._place(caller))

    def causes(self, promise: Promise, evidence: Evidence) -> Sequence[str]:
        return self._causes.of(promise, evidence)

    def fetch(self, service: str, port: int, path: str) -> bytes:
        """What a port of a Service answers, by one of its pods. Raises CannotSendError."""
        found = self.pods.service(service)
        pod = self.pods.behind(found)[0]
        return self.http.get(pod, self.pods.target(found, port, pod), path)

    def close(self) -> None:
        """Remove every pod and end every forward."""
        self.probes.close()
        self.http.close()
        self.cluster.close()

    def _in_cluster(self, caller: str) -> Sender:
        place = self._place(caller)
        if self.limits.existing:
            return self._existing(place, caller)
        name = self._begun().pod(place)
        sends = PodSender(self.cluster.api, (place.namespace, name, CONTAINER), place.account)
        sends.proxy = self._proxy_of(place.namespace, name)
        wanted = self._has_sidecar(caller)
        if wanted is not None and wanted != bool(sends.proxy):
            has = "no sidecar" if wanted else "a sidecar"
            raise CannotSendError(f"the pod that sends as {caller} got {has}, which {caller} is not like")
        return sends

    def _begun(self) -> ProbePods:
        if not self._has_begun:
            self._has_begun = True
            self.probes.__enter__()
        return self.probes

    def _place(self, caller: str) -> Place:
        if caller == OUTSIDE:
            return Place("default", labels=((_INJECT, "false"),))
        workload = self.mesh.workload(caller)
        if workload is None:
            raise CannotSendError(f"{caller} is no workload of the stack")
        labels = {key: str(workload.labels[key]) for key in (_INJECT, _REVISION) if key in workload.labels}
        if has_sidecar(self.mesh.graph, workload) is False:
            labels = {_INJECT: "false"}
        return Place(
            workload.namespace, self._account(caller) or workload.service_account, labels=tuple(labels.items())
        )

    def _has_sidecar(self, caller: str) -> bool | None:
        workload = self.mesh.workload(caller)
        return has_sidecar(self.mesh.graph, workload) if workload else False

    def _account(self, caller: str) -> str:
        """Of the pods that run: charts and controllers may have set another than the stack says."""
        with contextlib.suppress(CannotSendError):
            return self.pods.of(caller)[0].account
        return ""

    def _existing(self, place: Place, caller: str) -> Sender:
        namespace, _, name = self.limits.existing.partition("/")
        pod = next((each for each in self.pods.all(namespace).all if str(each) == self.limits.existing), None)
        if pod is None or not pod.is_ready:
            raise CannotSendError(f"pod {self.limits.existing} is not ready, or does not exist")
        wanted = self._has_sidecar(caller)
        alike = (pod.namespace, pod.account) == (place.namespace, place.account)
        if not alike or (wanted is not None and wanted != pod.has_proxy):
            raise CannotSendError(f"pod {pod} is not like {caller}, and --from-existing creates no other")
        container = next(each for each in pod.containers if each != PROXY)
        known = (namespace, name, container)
        try:
            program = program_of(self.cluster.api, known)
        except RefusedError as error:
            raise CannotSendError(f"pod {pod} cannot be used: {error.message}") from None
        return PodSender(self.cluster.api, known, pod.account, self._proxy_of(namespace, name), program)

    def _proxy_of(self, namespace: str, name: str) -> str:
        fresh = LivePods(self.cluster).all(namespace).all
        found = next((each for each in fresh if (each.namespace, each.name) == (namespace, name)), None)
        return found.workload if found and found.has_proxy else ""


def live_access(access: Access) -> LiveAccess:
    """The access to a real cluster. Raises CannotSendError where it is another."""
    if not isinstance(access, LiveAccess):
        raise CannotSendError("no cluster is asked")
    return access
