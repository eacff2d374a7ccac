"""Is the cluster new enough for the stack's Istio?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, failed, ok, warning
from fairlead_mesh.versions import oldest_kubernetes

ORDER = 11
QUICK = True
_VERSION = re.compile(r"v?1\.(\d+)")


def check(examined: Examined) -> Iterator[Seen]:
    """By the table in `fairlead_mesh/versions.py`; the stack file's own `cluster.version` is held against it too."""
    live = examined.cluster.server_version()
    found = _VERSION.match(live)
    istio = examined.config.istio
    oldest = oldest_kubernetes(istio.minor[1])
    if not found:
        yield warning(f"{live} is not a version of Kubernetes 1", f"Istio {istio.version} needs 1.{oldest} or newer")
        return
    minor = int(found.group(1))
    said = examined.config.cluster.version
    if said and said != f"1.{minor}":
        yield warning(f"the cluster has 1.{minor}, the stack file says {said}", f"write cluster.version: '1.{minor}'")
    if oldest is not None and minor < oldest:
        text = f"Istio {istio.version} needs Kubernetes 1.{oldest} or newer; the cluster has 1.{minor}"
        yield failed(text, "upgrade the cluster first, or write an older istio.version")
        return
    yield ok(f"Kubernetes 1.{minor} runs Istio {istio.version}")
