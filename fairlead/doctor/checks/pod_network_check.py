"""Have pods addresses of the VPC? A load balancer with the pods as its targets needs them.

Source: AWS Load Balancer Controller, docs/guide/service/nlb.md: ip targets need the VPC CNI, or another one whose pods
have addresses of the VPC.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, Skip, ok, warning
from fairlead_mesh.model.objects.yaml_values import as_map

ORDER = 41
QUICK = False
_VPC_CNI = "k8s-app=aws-node"


def check(examined: Examined) -> Iterator[Seen]:
    """The DaemonSet of the VPC CNI, or Auto Mode, which has it in its nodes."""
    if not examined.config.cluster.eks:
        raise Skip("the cluster is not on EKS")
    found = examined.live("apps/v1", "DaemonSet", "kube-system", _VPC_CNI)
    if examined.has_auto_mode and not found:
        yield ok("nodes of EKS Auto Mode give pods addresses of the VPC")
        return
    if not found:
        text = "the VPC CNI (DaemonSet kube-system/aws-node) does not exist"
        yield warning(text, "see that pods have addresses of the VPC: load balancers send straight to them")
        return
    status = as_map(next(iter(found.values())).get("status"))
    ready, wanted = int(status.get("numberReady") or 0), int(status.get("desiredNumberScheduled") or 0)
    if ready < wanted:
        text = f"the VPC CNI is ready on {ready} of {wanted} nodes: pods of the others get no address"
        yield warning(text, "see kubectl -n kube-system describe daemonset aws-node")
    else:
        yield ok(f"the VPC CNI is ready on all {wanted} nodes")
