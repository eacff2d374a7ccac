"""How many pods run, and by what is that decided? Bounds and targets of a HorizontalPodAutoscaler."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

from pydantic import model_validator

from fairlead_mesh.keys.scalars import Count, Percent
from fairlead_mesh.keys.section import Manifest, Section

GATEWAY_REQUESTS, APP_REQUESTS = "istio_gateway_requests_per_second", "istio_requests_per_second"
"""Names under which a metrics adapter serves the requests that a gateway's or an app's pod gets in a second."""


class Autoscaling(Section):
    """A HorizontalPodAutoscaler. Of several targets the one counts that wants the most pods."""

    min: Count
    """Minimum number of pods."""
    max: Count
    """Maximum number of pods."""
    cpu: Percent = 80
    """Target CPU utilization, in percent of the request."""
    memory: Percent | None = None
    """Target memory utilization, in percent of the request; defaults to none."""

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min ({self.min}) is above max ({self.max})")
        return self


class RequestAutoscaling(Autoscaling):
    """A HorizontalPodAutoscaler by CPU, memory and requests. Of several targets the one counts that wants the most
    pods."""

    requests_per_second: Count | None = None
    """Target of requests that each pod gets in a second; defaults to none. Kubernetes asks the custom metrics API for
    them, which an adapter serves that this stack does not bring: see the page on rollouts."""


def horizontal_pod_autoscaler(
    name: str, namespace: str, deployment: str, scaling: RequestAutoscaling, *, requests: str
) -> Manifest:
    """The autoscaler of a Deployment; `requests` is the metric that counts requests of its pods."""
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": deployment}
    spec = {"scaleTargetRef": target, "minReplicas": scaling.min, "maxReplicas": scaling.max}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {**spec, "metrics": list(_metrics(scaling, requests))},
    }


def _metrics(scaling: RequestAutoscaling, requests: str) -> Iterator[Mapping[str, Any]]:
    for resource, percent in (("cpu", scaling.cpu), ("memory", scaling.memory)):
        if percent:
            target = {"type": "Utilization", "averageUtilization": percent}
            yield {"type": "Resource", "resource": {"name": resource, "target": target}}
    if scaling.requests_per_second:
        target = {"type": "AverageValue", "averageValue": str(scaling.requests_per_second)}
        yield {"type": "Pods", "pods": {"metric": {"name": requests}, "target": target}}
