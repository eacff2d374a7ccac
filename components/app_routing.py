"""How does an app's routing become resources?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from components.gateway import Gateway
from components.kubernetes_object import KubernetesObject
from mesh.apps import App
from mesh.routing import destination_rule, mesh_virtual_service, virtual_service


class AppRouting(pulumi.ComponentResource):
    """The VirtualServices and the DestinationRule of an app; nothing where its Service alone does the same."""

    def __init__(
        self,
        config: App,
        *,
        gateways: Mapping[str, Gateway],
        namespaces: Mapping[str, pulumi.Resource],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ):
        super().__init__("fairlead:components:AppRouting", config.name, {}, opts)
        home = namespaces.get(config.namespace)
        after = [*after, home] if home else after
        # Subsets come before the routes that send requests to them, and outlive them: no 503 on the way up or down.
        subsets = destination_rule(config)
        if subsets:
            after = [KubernetesObject(f"{config.name}-subsets", subsets, parent=self, after=after), *after]
        from_outside = virtual_service(config, gateway_object=lambda name: gateways[name].binding)
        if from_outside:
            reached_by = [gateways[name].release for name in config.ingress_gateways]
            KubernetesObject(f"{config.name}-routes", from_outside, parent=self, after=[*after, *reached_by])
        from_inside = mesh_virtual_service(config)
        if from_inside:
            KubernetesObject(f"{config.name}-mesh-routes", from_inside, parent=self, after=after)
        self.register_outputs({})
