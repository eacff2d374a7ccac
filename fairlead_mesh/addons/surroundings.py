"""What does an addon know of the mesh around it? The others, the gateways, secrets that are set, what proxies log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.promises.promise import Promise

AnAddon = TypeVar("AnAddon", bound=Addon)


@dataclass(frozen=True)
class Pods:
    """Pods of a namespace, by their labels; `name` is that of the Deployment where this stack brings it."""

    namespace: str
    labels: Mapping[str, str]
    name: str = ""


@dataclass(frozen=True)
class Surroundings:
    """`addons` are all of the stack file's, installed or not, `gateways` the pods of its ingress gateways; `secrets`
    the keys of the secrets that it holds; `region` is that of its cluster, and `log_formats` are those in which proxies
    write access logs to their standard output. `promises` are what apps promise their clients,
    `protected` is whether the stack may not be destroyed."""

    istio_namespace: str = "istio-system"
    addons: tuple[Addon, ...] = ()
    gateways: tuple[Pods, ...] = ()
    secrets: frozenset[str] = frozenset()
    region: str | None = None
    log_formats: frozenset[str] = frozenset()
    promises: tuple[Promise, ...] = ()
    protected: bool = False

    def of(self, kind: type[AnAddon]) -> AnAddon | None:
        """The addon of a kind; None where the mesh has none."""
        return next((addon for addon in self.addons if isinstance(addon, kind)), None)

    def url_of(self, kind: type[Addon]) -> str | None:
        """The address of the addon of a kind inside the cluster."""
        addon = self.of(kind)
        return addon.cluster_url if addon else None
