"""Where do components put their resources? The cluster, the namespaces of this stack, and whether pods run there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from fairlead_mesh.timeouts import Timeouts

from .cluster import Cluster
from .owner import owned


@dataclass(frozen=True)
class Site:
    """What every component on the cluster needs: `wait` says whether it is done only when its pods are, and
    `image_digests` whether images are named by digest too; `timeouts` how long releases may take."""

    cluster: Cluster
    namespaces: Mapping[str, pulumi.Resource]
    wait: bool
    image_digests: bool
    timeouts: Timeouts

    @property
    def opts(self) -> pulumi.ResourceOptions:
        """The options of a component: its children get the providers of the cluster from it."""
        return owned(self.cluster.providers)

    def namespace(self, name: str) -> list[pulumi.Resource]:
        """What a resource in a namespace waits for: the namespace, unless it exists without this stack."""
        return [self.namespaces[name]] if name in self.namespaces else []
