"""Which small applications can a mesh be tried with? Their objects, by name."""

from __future__ import annotations

from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.rollout.sample_rollout import rolled_out
from fairlead_mesh.samples.bookinfo import bookinfo_objects
from fairlead_mesh.samples.helloworld import helloworld_objects
from fairlead_mesh.samples.membership_service import membership_service_objects
from fairlead_mesh.samples.sample import Sample


def sample_objects(sample: Sample) -> list[Manifest]:
    """Everything the sample consists of; each object comes after those it refers to."""
    return list(rolled_out(sample, _objects(sample)))


def _objects(sample: Sample) -> list[Manifest]:
    if sample.name == "helloworld":
        return helloworld_objects(
            sample.namespace, sample.service_type, per_version_services=sample.per_version_services
        )
    if sample.name == "bookinfo":
        return bookinfo_objects(sample.namespace, sample.service_type)
    return membership_service_objects(sample.namespace, sample.service_type)
