"""How does a gateway become resources?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_kubernetes.helm.v3 import Release

from fairlead_mesh import gateways as section
from fairlead_mesh.charts import istio_chart
from fairlead_mesh.external_gateway import external_gateway_objects
from fairlead_mesh.gateway_values import gateway_object, gateway_values, rollout_timeout
from fairlead_mesh.istio import Istio
from fairlead_mesh.outputs import Reached
from fairlead_mesh.rollout.gateway_rollout import rollout_objects

from .gateway_service import reached
from .helm_release import helm_release
from .kubernetes_object import KubernetesObject
from .owner import named, settled
from .site import Site


class Gateway(pulumi.ComponentResource):
    """Pods of Envoy with their Service, behind a load balancer where the config says so, and the Istio Gateway that
    apps bind to. Its pods get their image from istiod's webhook, so they come after istiod and never need a restart.
    Nothing where the gateway is somebody else's."""

    def __init__(
        self,
        config: section.Gateway,
        *,
        site: Site,
        istio: Istio,
        front_groups: Mapping[str, pulumi.CustomResource],
        after: Sequence[pulumi.Resource],
        beside: Sequence[section.Gateway] = (),
    ):
        # Never applied: what `diff` and `picture` know of a gateway that exists without this stack.
        external = {"external": external_gateway_objects(config, istio, beside)} if config.external else {}
        super().__init__("fairlead:components:Gateway", named(config.name), external, site.opts)
        # What apps name to bind to its Istio Gateway, and what their routing comes after.
        self.binding = f"{config.home}/{config.name}"
        self.releases: list[pulumi.Resource] = []
        live: pulumi.Input[str] = settled(f"{config.pods_home}/{config.service}")
        if not config.external:
            release = self._install(config, site, istio, front_groups.get(config.name), after)
            self.releases = [release]
            # The release's own status makes the read wait for the release, in previews too.
            live = pulumi.Output.concat(release.status.namespace, "/", release.status.name)
        visible = config.exposure != "clusterIP"
        self.reached = reached(config.name, live, parent=self) if visible else pulumi.Output.from_input(Reached())
        self.register_outputs({"address": self.reached.apply(lambda found: found.address)})

    def _install(
        self,
        config: section.Gateway,
        site: Site,
        istio: Istio,
        front_group: pulumi.CustomResource | None,
        after: Sequence[pulumi.Resource],
    ) -> Release:
        # Helm waits for a load balancer's address too; where nothing gives one it would wait in vain.
        has_address = site.cluster.config.gives_addresses and config.has_load_balancer
        release = helm_release(
            config.name,
            istio_chart(istio, "gateway"),
            namespace=config.home,
            values=gateway_values(
                config,
                istio,
                site.cluster.balancing,
                front_group=front_group.id if front_group else None,
                undecided=site.cluster.undecided,
            ),
            parent=self,
            after=[*after, *site.namespace(config.home)],
            wait=site.wait and (has_address or not config.has_load_balancer),
            timeout=rollout_timeout(config, site.cluster.balancing, site.timeouts),
        )
        for manifest in rollout_objects(config):
            name = f"{config.name}-{manifest['kind'].lower()}"
            KubernetesObject(name, manifest, parent=self, after=[release])
        hosts = gateway_object(config)
        if hosts:
            KubernetesObject(f"{config.name}-hosts", hosts, parent=self, after=[*after, release])
        return release
