"""What do the charts of this stack bring? Their Services and pods, as far as other objects refer to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead_mesh.config import Config
from fairlead_mesh.external_gateway import existing_chart, first_of_its_pods, with_every_port
from fairlead_mesh.gateway_values import gateway_values
from fairlead_mesh.istio import Istio
from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.model.objects.item import Item

_ISTIOD_PORTS = {"grpc-xds": 15010, "https-dns": 15012, "https-webhook": 443, "http-monitoring": 15014}


def chart_items(config: Config) -> list[Item]:
    """Stubs of what the releases of istiod, the gateways and the addons consist of; the rules see them as there."""
    return [
        *(Item(manifest, ("istio",), brought=True) for manifest in _istiod(config.istio)),
        *_gateways(config),
        *_addons(config),
    ]


def revision(istio: Istio) -> str:
    """The revision of the stack's istiod; empty where it is the default one."""
    return str(istio.values.istiod.get("revision") or "")


def _istiod(istio: Istio) -> Iterator[Manifest]:
    suffix = f"-{revision(istio)}" if revision(istio) else ""
    own = {"istio.io/rev": revision(istio) or "default", "istio": "istiod" if suffix else "pilot"}
    labels = {"app": "istiod", "sidecar.istio.io/inject": "false", **own}
    selector = {"app": "istiod", **({"istio.io/rev": own["istio.io/rev"]} if suffix else {"istio": "pilot"})}
    ports = [{"name": name, "port": port, "protocol": "TCP"} for name, port in _ISTIOD_PORTS.items()]
    yield from _workload(f"istiod{suffix}", istio.namespace, labels, f"istiod{suffix}")
    yield _service(f"istiod{suffix}", istio.namespace, {"type": "ClusterIP", "selector": selector, "ports": ports})


def _gateways(config: Config) -> Iterator[Item]:
    for index, gateway in enumerate(config.gateways):
        if first_of_its_pods(gateway, config.gateways) is not gateway:
            continue
        values = gateway_values(with_every_port(gateway, config.gateways), config.istio, config.cluster.balancing)
        chart = existing_chart(gateway, values)
        yield from (Item(manifest, ("gateways", index), brought=True) for manifest in chart.objects)


def _addons(config: Config) -> Iterator[Item]:
    for addon in config.addons.installed:
        yield from (Item(manifest, ("addons", addon.key), brought=True) for manifest in addon.brought())


def _workload(name: str, namespace: str, labels: dict[str, Any], account: str) -> Iterator[Manifest]:
    template = {"metadata": {"labels": labels}, "spec": {"serviceAccountName": account}}
    metadata = {"name": name, "namespace": namespace}
    yield {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"template": template}}
    yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account, "namespace": namespace}}


def _service(name: str, namespace: str, spec: dict[str, Any]) -> Manifest:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": namespace}, "spec": spec}
