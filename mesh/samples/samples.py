"""Which small applications can a mesh be tried with? Their objects, by name."""

from __future__ import annotations

from typing import Literal

from mesh.keys.scalars import DnsLabel
from mesh.keys.section import Manifest, Section
from mesh.samples.bookinfo import bookinfo_objects
from mesh.samples.helloworld import helloworld_objects
from mesh.samples.membership_service import membership_service_objects
from mesh.workload import ServiceType


class Sample(Section):
    """A small application that is deployed with the mesh."""

    name: Literal["helloworld", "bookinfo", "membership-service"]
    """Which one: Istio's helloworld (v1 and v2) or bookinfo, or an HTTP service that answers /actuator/health."""
    namespace: DnsLabel = "default"
    """Namespace of its objects."""
    service_type: ServiceType = "ClusterIP"
    """Type of the Service that users open: helloworld, productpage or membership-service."""
    per_version_services: bool = False
    """helloworld only: also one Service for each version (helloworld-v1, helloworld-v2)."""


def sample_objects(sample: Sample) -> list[Manifest]:
    """Everything the sample consists of; each object comes after those it refers to."""
    if sample.name == "helloworld":
        return helloworld_objects(
            sample.namespace, sample.service_type, per_version_services=sample.per_version_services
        )
    if sample.name == "bookinfo":
        return bookinfo_objects(sample.namespace, sample.service_type)
    return membership_service_objects(sample.namespace, sample.service_type)
