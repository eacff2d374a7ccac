"""How does an app's routing become resources?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from fairlead_mesh.apps.app import App
from fairlead_mesh.apps.object_names import ObjectNames
from fairlead_mesh.external import external_objects
from fairlead_mesh.routing.destination_rule import destination_rules
from fairlead_mesh.routing.managed_weights import managed_weights
from fairlead_mesh.routing.virtual_service import virtual_services

from .gateway import Gateway
from .kubernetes_object import KubernetesObject
from .owner import named
from .site import Site


class AppRouting(pulumi.ComponentResource):
    """The VirtualServices and the DestinationRules of an app; nothing where its Service alone does the same."""

    def __init__(
        self,
        config: App,
        *,
        site: Site,
        gateways: Mapping[str, Gateway],
        after: Sequence[pulumi.Resource],
    ):
        # Never applied: what `diff` and `picture` hold policies against.
        external = {"external": objects} if (objects := external_objects(config)) else {}
        super().__init__("fairlead:components:AppRouting", named(config.name), external, site.opts)
        after = [*after, *site.namespace(config.namespace)]
        # Resources are named for their role: two namespaces may have objects of one name that were taken over.
        plain = config.model_copy(update={"object_names": ObjectNames()})
        # Subsets come before the routes that send requests to them, and outlive them: no 503 on the way up or down.
        rules = [
            KubernetesObject(f"{role['metadata']['name']}-subsets", rule, parent=self, after=after)
            for role, rule in zip(destination_rules(plain), destination_rules(config), strict=True)
        ]
        after = [*rules, *after]
        reached_by = [release for name in config.ingress_gateways for release in gateways[name].releases]
        bindings = {name: gateway.binding for name, gateway in gateways.items()}
        for role, manifest in zip(virtual_services(plain, bindings), virtual_services(config, bindings), strict=True):
            KubernetesObject(
                f"{role['metadata']['name']}-routes",
                manifest,
                parent=self,
                after=[*after, *reached_by],
                ignored=managed_weights(config, manifest),
            )
        self.register_outputs({})
