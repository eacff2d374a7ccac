"""How does a gateway become resources?"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from components.cluster import Cluster
from components.control_plane import ControlPlane
from components.gateway_service import reached
from components.helm_release import helm_release
from components.kubernetes_object import KubernetesObject
from mesh import gateways as section
from mesh.charts import istio_chart
from mesh.gateway_values import gateway_object, gateway_values
from mesh.istio import Istio
from mesh.outputs import Reached


class Gateway(pulumi.ComponentResource):
    """Pods of Envoy with their Service, behind a load balancer where the config says so, and the Istio Gateway that
    apps bind to. Its pods get their image from istiod's webhook, so they come after istiod and never need a restart."""

    release: pulumi.Resource
    binding: str
    """`namespace/name` of its Istio Gateway."""
    reached: pulumi.Output[Reached]
    """The address of its load balancer, or its node ports, once there are any."""

    def __init__(
        self,
        config: section.Gateway,
        *,
        istio: Istio,
        cluster: Cluster,
        control_plane: ControlPlane,
        namespaces: Mapping[str, pulumi.Resource],
        front_group: pulumi.CustomResource | None,
        wait: bool,
        opts: pulumi.ResourceOptions | None = None,
    ):
        super().__init__("fairlead:components:Gateway", config.name, {}, opts)
        # Helm waits for a load balancer's address too; where nothing gives one it would wait in vain.
        has_address = cluster.config.gives_addresses and config.has_load_balancer
        release = helm_release(
            config.name,
            istio_chart(istio, "gateway"),
            namespace=config.home,
            values=gateway_values(config, on_eks=cluster.on_eks, front_group=front_group.id if front_group else None),
            parent=self,
            after=[control_plane.istiod, namespaces[config.home]],
            wait=wait and (has_address or not config.has_load_balancer),
        )
        self.release = release
        self.binding = f"{config.home}/{config.name}"
        hosts = gateway_object(config)
        if hosts:
            KubernetesObject(f"{config.name}-hosts", hosts, parent=self, after=[control_plane.istiod, release])
        visible = config.exposure != "clusterIP"
        self.reached = reached(config.name, release, parent=self) if visible else pulumi.Output.from_input(Reached())
        self.register_outputs({"address": self.reached.apply(lambda found: found.address)})
