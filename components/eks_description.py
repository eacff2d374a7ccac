"""What does EKS say of the cluster, and is it what the stack file says?"""

from __future__ import annotations

import shutil

import pulumi
import pulumi_aws as aws

from fairlead_mesh.cluster import Eks
from fairlead_mesh.findings import report
from fairlead_mesh.load_balancing import Balancing, Described

from .lookups import has_engine

_GET_CLUSTER = "aws:eks/getCluster:getCluster"
_BOTH = (
    "EKS Auto Mode creates load balancers in this cluster, but cluster.eks.loadBalancer is controller: without the AWS "
    "Load Balancer Controller, those of the gateways stay pending. Write loadBalancer: autoMode for Auto Mode."
)


def described(eks: Eks, provider: pulumi.ProviderResource) -> aws.eks.GetClusterResult | None:
    """The cluster as EKS describes it; None where nobody answers: an evaluation without credentials asks no one."""
    opts = pulumi.InvokeOptions(provider=provider)
    # Asked at once: what fails inside an Output shows as a traceback, wherever it is caught.
    found = pulumi.runtime.invoke(_GET_CLUSTER, {"name": eks.name}, opts, aws.eks.GetClusterResult)
    if not found.is_known:
        return None
    if not found.value.certificate_authorities:
        raise pulumi.RunError(
            f"The EKS cluster {eks.name} is {found.value.status} and has no endpoint yet. Wait for it:"
            f" aws eks wait cluster-active --name {eks.name}."
        )
    if has_engine() and shutil.which("aws") is None:
        raise pulumi.RunError(
            f"aws is not on PATH, and it creates the token for the EKS cluster {eks.name}."
            " Install the AWS command line, version 2."
        )
    return found.value


def agreed_balancing(eks: Eks, found: aws.eks.GetClusterResult | None) -> Balancing:
    """How load balancers are made, `auto` decided; raises RunError where the cluster is another than was said."""
    if found is None:
        return eks.balancing
    networks = found.kubernetes_network_configs or []
    family = next((each.ip_family for each in networks if each.ip_family), "ipv4")
    on = [balancing for each in networks for balancing in each.elastic_load_balancings or [] if balancing.enabled]
    is_described = Described(family, auto_mode=bool(on))
    wrong = [*is_described.disagreements(eks.balancing)]
    if wrong:
        raise pulumi.RunError(report(wrong))
    if is_described.auto_mode and eks.load_balancer == "controller":
        pulumi.log.warn(_BOTH)
    return is_described.settled(eks.balancing)
