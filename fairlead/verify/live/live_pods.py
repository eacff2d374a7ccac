"""Which pods does the cluster have now, and which are behind a Service? Asked again after a while."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.verify.live.pods import Pod, Pods, pods
from fairlead.verify.sending import CannotSendError
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.model.pods.workloads import service_selector

FRESH = 5.0
"""Seconds that a list is good for: pods come and go while a run lasts."""


@dataclass
class LivePods:
    """One list of all pods; of single namespaces where the rights end there."""

    cluster: LiveCluster
    fresh: float = FRESH
    _lists: dict[str, tuple[float, Pods]] = field(default_factory=dict[str, tuple[float, Pods]])
    _only_namespaces: bool = False

    def all(self, namespace: str = "") -> Pods:
        """Of the whole cluster, or at least of a namespace. Raises CannotSendError."""
        if not self._only_namespaces:
            try:
                return self._listed("")
            except RefusedError as error:
                if not namespace:
                    raise CannotSendError(f"pods cannot be read: {error.message}") from None
                self._only_namespaces = True
        try:
            return self._listed(namespace)
        except RefusedError as error:
            raise CannotSendError(f"pods cannot be read: {error.message}") from None

    def again(self, namespace: str = "") -> Pods:
        """The same listed now: what became ready since the last list is missing in that. Raises CannotSendError."""
        self._lists.clear()
        return self.all(namespace)

    def of(self, workload: str) -> list[Pod]:
        """The ready pods of a workload. Raises CannotSendError where there are none."""
        namespace = workload.partition("/")[0]
        found = self.all(namespace).of(workload) or self.again(namespace).of(workload)
        if not found:
            raise CannotSendError(f"no pod of {workload} is ready")
        return found

    def service(self, name: str) -> dict[str, Any]:
        """A Service by `namespace/name`. Raises CannotSendError."""
        namespace, _, short = name.partition("/")
        try:
            found = self.cluster.read(Ref("v1", "Service", namespace, short))
        except RefusedError as error:
            raise CannotSendError(f"the Service {name} cannot be read: {error.message}") from None
        if found is None:
            raise CannotSendError(f"the Service {name} does not exist")
        return found

    def behind(self, service: dict[str, Any]) -> list[Pod]:
        """The ready pods that a Service selects. Raises CannotSendError where there are none."""
        metadata = as_map(service.get("metadata"))
        namespace, name = str(metadata.get("namespace")), str(metadata.get("name"))
        selector = {key: str(value) for key, value in service_selector(Item(service)).items()}
        if not selector:
            raise CannotSendError(f"the Service {namespace}/{name} selects no pods")
        for listed in (self.all, self.again):
            found = [each for each in listed(namespace).all if each.namespace == namespace and each.is_ready]
            if ready := [each for each in found if selector.items() <= dict(each.labels).items()]:
                return ready
        raise CannotSendError(f"no pod behind the Service {namespace}/{name} is ready")

    def target(self, service: dict[str, Any], port: int, pod: Pod) -> int:
        """The port of a pod that a port of its Service leads to. Raises CannotSendError."""
        name = as_map(service.get("metadata")).get("name")
        known = as_maps(as_map(service.get("spec")).get("ports"))
        found = next((each for each in known if each.get("port") == port), None)
        if found is None:
            raise CannotSendError(f"the Service {name} has no port {port}")
        target = found.get("targetPort") or port
        number = target if isinstance(target, int) else pod.port_named(str(target))
        if not number:
            raise CannotSendError(f"no container of pod {pod} has a port named {target}")
        return number

    def _listed(self, namespace: str) -> Pods:
        asked, known = self._lists.get(namespace, (0.0, Pods(())))
        if not asked or time.monotonic() - asked > self.fresh:
            known = pods(self.cluster.labelled("v1", "Pod", namespace, "").values())
            self._lists[namespace] = time.monotonic(), known
        return known
