"""How is the cluster reached? Through providers of its own, so that no ambient kubeconfig or account is ever used."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from mesh import cluster as section


class Cluster(pulumi.ComponentResource):
    """Nothing in the cluster: the Kubernetes provider, and for EKS the AWS provider and the cluster's description."""

    def __init__(self, config: section.Cluster, *, region: str | None, opts: pulumi.ResourceOptions | None = None):
        super().__init__("fairlead:components:Cluster", "cluster", {}, opts)
        self.config = config
        self.aws: aws.Provider | None = None
        self.description: pulumi.Output[aws.eks.GetClusterResult] | None = None
        child = pulumi.ResourceOptions(parent=self)
        kubeconfig: pulumi.Input[str] | None = None
        context = None
        if config.eks:
            region = config.eks.region or region
            self.aws = aws.Provider("aws", region=region, profile=config.eks.profile, opts=child)
            self.description = aws.eks.get_cluster_output(
                name=config.eks.name, opts=pulumi.InvokeOutputOptions(provider=self.aws)
            )
            kubeconfig = self._eks_kubeconfig(config.eks, region, self.description)
        elif config.kubeconfig:
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
