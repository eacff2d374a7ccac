"""Does a proxy accept the certificate of whom it reaches by Istio's mTLS? Only of service accounts that it expects.

Source: buildUpstreamTLSSettings in pilot/pkg/networking/core/cluster_tls.go in istio/istio. The endpoints of a cluster
are always expected; another one is reached where a rule names others, or at the address that was asked for.
"""

from __future__ import annotations

from fairlead_mesh.model.objects.yaml_values import as_list, as_map
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.traffic.clusters import Cluster
from fairlead_mesh.model.traffic.mesh import Mesh, workload_name


def unexpected(mesh: Mesh, to: Cluster, reached: Workload | None) -> str:
    """Why the mTLS of these pods is not accepted; empty where it is."""
    tls = as_map(to.settings.get("tls"))
    own = {_identity(mesh, each.workload) for each in to.endpoints if each.workload} if to.is_original else set[str]()
    expected = {str(each) for each in as_list(tls.get("subjectAltNames"))} or own
    if reached is None or not expected or tls.get("insecureSkipVerify") is True:
        return ""
    if (found := _identity(mesh, reached)) in expected:
        return ""
    return f"the certificate of {workload_name(reached)} is for {found}, expected is {' or '.join(sorted(expected))}"


def _identity(mesh: Mesh, workload: Workload) -> str:
    return f"spiffe://{mesh.trust_domain}/ns/{workload.namespace}/sa/{workload.service_account}"
