"""Which cluster? One that exists already: on EKS, or whatever a kubeconfig names."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import KubernetesVersion, NonEmpty
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.together import exactly_one
from fairlead_mesh.load_balancing import Balancing, IpFamily, MakerChoice

EksName = Annotated[
    str, Form(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}", "write a cluster's name: letters, digits, '-' and '_', at most 100")
]
TWO_FORMS = "name one cluster, as eks: {name: mesh-dev, region: eu-west-1} or kubeconfig: {context: kind-dev}"


class Eks(Section):
    """An EKS cluster; `aws eks get-token` creates the token at run time, so that none is in the state."""

    name: EksName
    """Name of the cluster."""
    region: NonEmpty | None = None
    """AWS region; defaults to the stack's `aws:region`."""
    profile: NonEmpty | None = None
    """AWS profile, for the look-ups and for the token."""
    role_arn: NonEmpty | None = None
    """IAM role that `aws eks get-token` assumes."""
    load_balancer: MakerChoice = "controller"
    """What creates the load balancers of gateways: controller is the AWS Load Balancer Controller, autoMode is EKS Auto
    Mode, auto looks at the cluster at `pulumi up` and uses Auto Mode if its load balancing is on. A live gateway keeps
    what created it: a change is a new load balancer with a new address."""
    ip_family: IpFamily = "ipv4"
    """IP family of pods and Services, as the cluster was created; `pulumi up` compares it with the cluster. With ipv6,
    load balancers are dual-stack."""

    @property
    def balancing(self) -> Balancing:
        """What is known of its load balancers without asking AWS."""
        maker = None if self.load_balancer == "auto" else self.load_balancer
        return Balancing(maker, ipv6=self.ip_family == "ipv6")


class Kubeconfig(Section):
    """A context of a kubeconfig file: kind, minikube or any other cluster."""

    context: NonEmpty
    """Name of the context; the current context is never used by default."""
    path: NonEmpty | None = None
    """The kubeconfig file; defaults to KUBECONFIG, then to ~/.kube/config."""


class Cluster(Section):
    """The cluster that the mesh goes to."""

    together = (exactly_one("eks", "kubeconfig", what=TWO_FORMS),)

    eks: Eks | None = None
    """An EKS cluster by name."""
    kubeconfig: Kubeconfig | None = None
    """A context of a kubeconfig file."""
    version: KubernetesVersion | None = None
    """Its Kubernetes version, such as "1.34"; lint then checks whether this version of Istio supports it."""
    load_balancers: bool | None = None
    """Whether Services of type LoadBalancer get an address; defaults to true on EKS only. If false (kind, minikube
    without a tunnel), `pulumi up` does not wait for one."""

    @property
    def identifier(self) -> str:
        """What the Kubernetes provider knows the cluster by: another value means another cluster, hence a
        replacement of everything on it; a changed path, token or endpoint does not."""
        if self.eks:
            return f"eks/{self.eks.name}"
        return f"kubeconfig/{self.kubeconfig.context if self.kubeconfig else ''}"

    @property
    def balancing(self) -> Balancing | None:
        """What is known of its load balancers; None off EKS."""
        return self.eks.balancing if self.eks else None

    @property
    def gives_addresses(self) -> bool:
        return self.eks is not None if self.load_balancers is None else self.load_balancers


def eks_kubeconfig(eks: Eks, *, endpoint: str, certificate_authority: str, region: str | None) -> str:
    """A kubeconfig as JSON for `endpoint` (URL) and `certificate_authority` (base64 PEM), with no credential in it."""
    arguments = ["eks", "get-token", "--cluster-name", eks.name, "--output", "json"]
    for flag, value in (("--region", region), ("--profile", eks.profile), ("--role-arn", eks.role_arn)):
        arguments += [flag, value] if value else []
    exec_plugin: dict[str, Any] = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": arguments,
        "interactiveMode": "Never",
    }
    cluster = {"server": endpoint, "certificate-authority-data": certificate_authority}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": eks.name,
            "clusters": [{"name": eks.name, "cluster": cluster}],
            "users": [{"name": eks.name, "user": {"exec": exec_plugin}}],
            "contexts": [{"name": eks.name, "context": {"cluster": eks.name, "user": eks.name}}],
        }
    )
