"""How is an EKS cluster reached that no kubeconfig of this machine has? As Pulumi reaches it: EKS says where it is."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fairlead.cloud.account import Account
from fairlead.cluster.live_cluster import LiveCluster
from fairlead_mesh.cluster import Eks, eks_kubeconfig
from fairlead_mesh.model.objects.yaml_values import as_map


def eks_cluster(eks: Eks) -> LiveCluster:
    """The cluster, with tokens of `aws eks get-token`. Raises AwsError where EKS does not tell, UserError without the
    AWS CLI."""
    found = as_map(Account(eks.region, eks.profile).ask("eks", "describe_cluster", name=eks.name).get("cluster"))
    authority = str(as_map(found.get("certificateAuthority")).get("data") or "")
    text = eks_kubeconfig(eks, endpoint=str(found.get("endpoint")), certificate_authority=authority, region=eks.region)
    # The client reads the file once.
    with tempfile.TemporaryDirectory(prefix="fairlead-") as folder:
        file = Path(folder) / "kubeconfig"
        file.write_text(text, encoding="utf-8")
        return LiveCluster(file)
