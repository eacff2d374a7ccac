"""Which objects does `egress` of the stack file come to? Each with its place."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.egress.egress_objects import external_host_objects, gateway_subsets
from fairlead_mesh.model.objects.item import Item


def egress_items(config: Config) -> Iterator[Item]:
    """Those of every host, then one for each egress gateway that some of them are reached through."""
    gateways = {gateway.name: gateway for gateway in config.gateways}
    for index, host in enumerate(config.egress):
        for manifest in external_host_objects(host, gateways.get(host.through or "")):
            yield Item(manifest, ("egress", index))
    for index, gateway in enumerate(config.gateways):
        through = [host for host in config.egress if host.through == gateway.name]
        if subsets := gateway_subsets(gateway, through):
            yield Item(subsets, ("gateways", index))
