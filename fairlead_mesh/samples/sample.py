"""Which small application is deployed with the mesh, and how many pods of it? One item of `samples`."""

from __future__ import annotations

from typing import Literal

from fairlead_mesh.keys.scalars import Count, DnsLabel, Duration
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.together import at_most_one
from fairlead_mesh.rollout.autoscaling import RequestAutoscaling
from fairlead_mesh.rollout.disruption_budget import DisruptionBudget
from fairlead_mesh.rollout.spread import Spread
from fairlead_mesh.workload import ServiceType


class Sample(Section):
    """A small application that is deployed with the mesh."""

    together = (at_most_one("replicas", "autoscaling"),)

    name: Literal["helloworld", "bookinfo", "membership-service"]
    """Which one: Istio's helloworld (v1 and v2) or bookinfo, or an HTTP service that answers /actuator/health."""
    namespace: DnsLabel = "default"
    """Namespace of its objects."""
    service_type: ServiceType = "ClusterIP"
    """Type of the Service that users open: helloworld, productpage or membership-service."""
    per_version_services: bool = False
    """helloworld only: also one Service for each version (helloworld-v1, helloworld-v2)."""
    replicas: Count | None = None
    """Number of pods of each of its Deployments; defaults to 1, excludes autoscaling."""
    autoscaling: RequestAutoscaling | None = None
    """HorizontalPodAutoscaler of each of its Deployments."""
    pod_disruption_budget: DisruptionBudget | None = None
    """How many pods of each Deployment a node drain leaves running, as in Kubernetes."""
    spread: Spread | None = None
    """How the pods of each Deployment are spread over zones and hosts."""
    drain: Duration = "5s"
    """How long a terminating pod keeps answering: preStop, grace period and the drain of its sidecar follow it."""
