"""Does the cluster serve what autoscalers ask: CPU and memory of pods, and requests where the stack file counts them?

EKS and most other clusters come without metrics-server (Kubernetes: tasks/run-application/horizontal-pod-autoscale,
"support for metrics APIs").
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, Skip, ok, warning
from fairlead_mesh.config import Config
from fairlead_mesh.rollout.autoscaling import Autoscaling, RequestAutoscaling

ORDER = 34
QUICK = False
_RESOURCES, _CUSTOM = "metrics.k8s.io", "custom.metrics.k8s.io"


def check(examined: Examined) -> Iterator[Seen]:
    """The API groups that the cluster has; whether they know each pod is only seen once it runs."""
    scaled = dict(_autoscalers(examined.config))
    if not scaled:
        raise Skip("the stack file scales nothing by itself")
    served = {version.partition("/")[0] for version, _ in examined.cluster.kinds()}
    counting = [
        name for name, each in scaled.items() if isinstance(each, RequestAutoscaling) and each.requests_per_second
    ]
    if _RESOURCES not in served:
        text = f"nothing serves {_RESOURCES}, so autoscaling of {', '.join(scaled)} sees no CPU and adds no pod"
        yield warning(text, "install metrics-server; on EKS it is an add-on")
    if counting and _CUSTOM not in served:
        text = f"nothing serves {_CUSTOM}, so requestsPerSecond of {', '.join(counting)} adds no pod"
        yield warning(text, "install an adapter such as prometheus-adapter, with the rules of docs/rollout.md")
    wanted = {_RESOURCES, *([_CUSTOM] if counting else [])}
    if wanted <= served:
        yield ok(f"the cluster serves {' and '.join(sorted(wanted))}")


def _autoscalers(config: Config) -> Iterator[tuple[str, Autoscaling]]:
    if config.istio.autoscaling and not config.istio.is_shared:
        yield "istiod", config.istio.autoscaling
    for each in (*config.own_gateways, *config.samples):
        if each.autoscaling:
            yield each.name, each.autoscaling
