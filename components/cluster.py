"""How is the cluster reached? Through providers of its own, so that no ambient kubeconfig or account is ever used."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from fairlead_mesh import cluster as section

from .eks_description import agreed_balancing, described
from .kubeconfig import require_context
from .lookups import explained, has_engine
from .owner import named, owned, owner


class Cluster(pulumi.ComponentResource):
    """Nothing in the cluster: the Kubernetes provider, and for EKS the AWS provider and the cluster's description."""

    def __init__(
        self,
        config: section.Cluster,
        *,
        region: str | None,
        protect: bool = False,
    ):
        super().__init__("fairlead:components:Cluster", named("cluster"), {}, owned())
        self.config = config
        self.region = config.eks.region or region if config.eks else None
        self.aws: pulumi.ProviderResource | None = None
        self.description: pulumi.Output[aws.eks.GetClusterResult] | None = None
        # The same where EKS answered, so that what is created may hang on it.
        self.found: aws.eks.GetClusterResult | None = None
        # How load balancers are made there; None off EKS.
        self.balancing = config.balancing
        kubeconfig: pulumi.Input[str] | None = None
        context = None
        given = owner().providers
        if config.eks:
            self.aws = given.get("aws") or self._aws_provider(config.eks)
            with self.explained():
                self.found = described(config.eks, self.aws)
            self.balancing = agreed_balancing(config.eks, self.found)
            self.description = self._description(config.eks, self.aws)
            kubeconfig = self._eks_kubeconfig(config.eks, self.region, self.description)
        elif config.kubeconfig:
            if has_engine() and "kubernetes" not in given:
                require_context(config.kubeconfig)
            kubeconfig, context = config.kubeconfig.path, config.kubeconfig.context
        self.kubernetes = given.get("kubernetes") or kubernetes.Provider(
            named("kubernetes"),
            kubeconfig=kubeconfig,
            context=context,
            cluster_identifier=config.identifier,
            # What no update of a stack ever deletes, so that only its destruction is stopped.
            opts=pulumi.ResourceOptions(parent=self, protect=protect or None, depends_on=owner().after),
        )
        self.register_outputs({})

    @property
    def undecided(self) -> pulumi.Output[None] | None:
        """A value that nobody knows before EKS answers."""
        return self.description.apply(lambda _: None) if self.description else None

    @property
    def providers(self) -> Mapping[str, pulumi.ProviderResource]:
        """What a component on this cluster is given."""
        return {"kubernetes": self.kubernetes} | ({"aws": self.aws} if self.aws else {})

    def explained(self) -> AbstractContextManager[None]:
        """Around look-ups in the account of the cluster: one that fails ends in a sentence."""
        return explained(self.config.eks, self.region) if self.config.eks else nullcontext()

    def _aws_provider(self, eks: section.Eks) -> aws.Provider:
        opts = pulumi.ResourceOptions(parent=self, depends_on=owner().after)
        return aws.Provider(named("aws"), region=self.region, profile=eks.profile, opts=opts)

    def _description(
        self, eks: section.Eks, provider: pulumi.ProviderResource
    ) -> pulumi.Output[aws.eks.GetClusterResult]:
        if self.found:
            return pulumi.Output.from_input(self.found)
        return aws.eks.get_cluster_output(name=eks.name, opts=pulumi.InvokeOutputOptions(provider=provider))

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
