"""What does istiod know of the proxies? The debug interface of every istiod of the cluster."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fairlead.verify.live.live_pods import LivePods
from fairlead.verify.live.pod_http import ISTIOD, PodHttp
from fairlead.verify.live.pods import Pod
from fairlead.verify.sending import CannotSendError

_LABEL = ("app", "istiod")
"""Every istiod has it, of whatever revision (Istio, manifests/charts/istio-control)."""


@dataclass
class Istiods:
    """All that run; each proxy is connected to one of them. `namespace` is where they are."""

    pods: LivePods
    http: PodHttp
    namespace: str = "istio-system"

    def all(self) -> list[Pod]:
        """Raises CannotSendError where none is ready."""
        found = [each for each in self.pods.all(self.namespace).all if _LABEL in each.labels and each.is_ready]
        if not found:
            raise CannotSendError(f"no istiod is ready in {self.namespace}")
        return found

    def sync_states(self) -> list[Any]:
        """`/debug/syncz` of each. Raises CannotSendError: a part of the proxies would look as if the rest had gone."""
        return [self._asked(pod, "/debug/syncz") for pod in self.all()]

    def _asked(self, pod: Pod, path: str) -> Any:
        try:
            return json.loads(self.http.get(pod, ISTIOD, path))
        except ValueError:
            raise CannotSendError(f"istiod {pod} answers {path} with something else than JSON") from None
