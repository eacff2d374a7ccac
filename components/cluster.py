"""How is the cluster reached? Through providers of its own, so that no ambient kubeconfig or account is ever used."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from components.kubeconfig import require_context
from components.lookups import explained, has_engine
from mesh import cluster as section

_GET_CLUSTER = "aws:eks/getCluster:getCluster"


class Cluster(pulumi.ComponentResource):
    """Nothing in the cluster: the Kubernetes provider, and for EKS the AWS provider and the cluster's description."""

    def __init__(self, config: section.Cluster, *, region: str | None, opts: pulumi.ResourceOptions | None = None):
        super().__init__("fairlead:components:Cluster", "cluster", {}, opts)
        self.config = config
        self.region = config.eks.region or region if config.eks else None
        self.aws: aws.Provider | None = None
        self.description: pulumi.Output[aws.eks.GetClusterResult] | None = None
        child = pulumi.ResourceOptions(parent=self)
        kubeconfig: pulumi.Input[str] | None = None
        context = None
        if config.eks:
            self.aws = aws.Provider("aws", region=self.region, profile=config.eks.profile, opts=child)
            self.description = self._described(config.eks, self.aws)
            kubeconfig = self._eks_kubeconfig(config.eks, self.region, self.description)
        elif config.kubeconfig:
            if has_engine():
                require_context(config.kubeconfig)
            kubeconfig, context = config.kubeconfig.path, config.kubeconfig.context
        self.kubernetes = kubernetes.Provider(
            "kubernetes",
            kubeconfig=kubeconfig,
            context=context,
            cluster_identifier=config.identifier,
            opts=child,
        )
        self.register_outputs({})

    @property
    def on_eks(self) -> bool:
        return self.config.eks is not None

    @property
    def providers(self) -> Mapping[str, pulumi.ProviderResource]:
        """What a component on this cluster is given."""
        return {"kubernetes": self.kubernetes} | ({"aws": self.aws} if self.aws else {})

    def explained(self) -> AbstractContextManager[None]:
        """Around look-ups in the account of the cluster: one that fails ends in a sentence."""
        return explained(self.config.eks, self.region) if self.config.eks else nullcontext()

    def _described(self, eks: section.Eks, provider: aws.Provider) -> pulumi.Output[aws.eks.GetClusterResult]:
        opts = pulumi.InvokeOptions(provider=provider)
        with self.explained():
            # Asked at once: what fails inside an Output shows as a traceback, wherever it is caught.
            found = pulumi.runtime.invoke(_GET_CLUSTER, {"name": eks.name}, opts, aws.eks.GetClusterResult)
        if not found.is_known:
            return aws.eks.get_cluster_output(name=eks.name, opts=pulumi.InvokeOutputOptions(provider=provider))
        if not found.value.certificate_authorities:
            raise pulumi.RunError(
                f"The EKS cluster {eks.name} is {found.value.status} and has no endpoint yet. Wait for it:"
                f" aws eks wait cluster-active --name {eks.name}."
            )
        if has_engine() and shutil.which("aws") is None:
            raise pulumi.RunError(
                f"aws is not on PATH, and the token for the EKS cluster {eks.name} is made by it."
                " Install the AWS command line, version 2."
            )
        return pulumi.Output.from_input(found.value)

    @staticmethod
    def _eks_kubeconfig(
        eks: section.Eks, region: str | None, description: pulumi.Output[aws.eks.GetClusterResult]
    ) -> pulumi.Output[str]:
        return description.apply(
            lambda found: section.eks_kubeconfig(
                eks,
                endpoint=found.endpoint,
                certificate_authority=found.certificate_authorities[0].data,
                region=region,
            )
        )
