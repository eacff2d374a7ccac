"""What do the proxies of the mesh say? The admin interface of Envoy in each pod of a workload."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fairlead.verify.envoy.envoy_hosts import hosts
from fairlead.verify.envoy.envoy_stats import added, stats
from fairlead.verify.live.live_pods import LivePods
from fairlead.verify.live.pod_http import ADMIN, PodHttp
from fairlead.verify.live.pods import Pod
from fairlead.verify.proxies import HostCount
from fairlead.verify.sending import CannotSendError

_SIDE_BY_SIDE = 8


@dataclass
class LiveProxies:
    """Those of a cluster, each asked where it is."""

    pods: LivePods
    http: PodHttp

    def counts(self, client: str) -> list[HostCount]:
        """Added over all pods of a workload, without what stays within them. Raises CannotSendError."""
        workloads = self.pods.all(client.partition("/")[0]).at()
        found: dict[tuple[str, str], HostCount] = {}
        for answer in self.asked(client, "/clusters?format=json"):
            for each in hosts(answer):
                if each.is_in_pod and each.ip not in workloads:
                    continue
                total, success, error = (each.count(name) for name in ("rq_total", "rq_success", "rq_error"))
                if known := found.get((each.cluster, each.address)):
                    total, success, error = total + known.total, success + known.success, error + known.error
                workload = workloads.get(each.ip, "")
                found[each.cluster, each.address] = HostCount(
                    each.cluster, each.address, workload, total, success, error
                )
        return list(found.values())

    def config_dump(self, client: str) -> Mapping[str, Any]:
        """Of one pod of a workload. Raises CannotSendError."""
        return self._json(self.with_proxy(client)[0], "/config_dump?include_eds")

    def stats(self, client: str, pattern: str) -> Mapping[str, int]:
        """Added over all pods of a workload. Raises CannotSendError."""
        query = urlencode({"format": "json", "filter": pattern})
        return added(stats(each) for each in self.asked(client, f"/stats?{query}"))

    def asked(self, client: str, path: str) -> list[Any]:
        """The answers of all proxies of a workload, side by side. Raises CannotSendError."""
        found = self.with_proxy(client)
        with ThreadPoolExecutor(min(_SIDE_BY_SIDE, len(found))) as pool:
            return list(pool.map(self._json, found, [path] * len(found)))

    def with_proxy(self, client: str) -> list[Pod]:
        """The ready pods of a workload. Raises CannotSendError where none has a proxy."""
        found = [each for each in self.pods.of(client) if each.has_proxy]
        if not found:
            raise CannotSendError(f"no pod of {client} has a proxy")
        return found

    def _json(self, pod: Pod, path: str) -> Any:
        try:
            return json.loads(self.http.get(pod, ADMIN, path))
        except ValueError:
            raise CannotSendError(f"the proxy of pod {pod} answers {path} with something else than JSON") from None
