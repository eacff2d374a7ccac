"""Does the cluster answer, and as whom are we known there?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, Skip, failed, ok
from fairlead_mesh.model.objects.yaml_values import as_map

ORDER = 10
QUICK = True
_REVIEW = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}


def check(examined: Examined) -> Iterator[Seen]:
    """Its version is asked for, and who asks (SelfSubjectReview)."""
    if examined.connect is None:
        raise Skip("it is asked with --live")
    if error := examined.unreachable:
        yield failed(error.message, error.remedy)
        return
    said = examined.cluster.create(_REVIEW) if examined.cluster.knows(_REVIEW) else {}
    user = as_map(as_map(said.get("status")).get("userInfo")).get("username")
    version = examined.cluster.server_version()
    yield ok(f"Kubernetes {version} at {examined.cluster.host}{f', as {user}' if user else ''}")
