"""What do the charts of this stack bring? Their Services and pods, as far as other objects refer to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mesh.config import Config
from mesh.gateway_values import gateway_values
from mesh.gateways import Gateway
from mesh.istio import Istio
from mesh.keys.section import Manifest, given
from mesh.model.item import Item
from mesh.model.yaml_values import as_map

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
    yield from _workload(f"istiod{suffix}", istio.namespace, labels, account=f"istiod{suffix}")
    yield _service(f"istiod{suffix}", istio.namespace, {"type": "ClusterIP", "selector": selector, "ports": ports})


def _gateways(config: Config) -> Iterator[Item]:
    for index, gateway in enumerate(config.gateways):
        values = gateway_values(gateway, config.istio, config.cluster.balancing)
        yield from (Item(manifest, ("gateways", index), brought=True) for manifest in _gateway(gateway, values))


def _gateway(gateway: Gateway, values: dict[str, Any]) -> Iterator[Manifest]:
    """As the chart names and labels them: it adds `app` and `istio` where the values have neither."""
    name = str(values.get("name") or gateway.name)
    labels = as_map(values.get("labels"))
    selector = {"app": name, "istio": name.removeprefix("istio-")} | {
        key: str(labels[key]) for key in ("app", "istio") if labels.get(key)
    }
    more = {key: str(value) for key, value in labels.items()}
    inject = given(**{"sidecar.istio.io/inject": "true", "istio.io/rev": values.get("revision")})
    account = str(as_map(values.get("serviceAccount")).get("name") or name)
    yield from _workload(name, gateway.home, inject | more | selector, account=account, templates="gateway")
    service = as_map(values.get("service"))
    if service.get("type") != "None":
        wanted = as_map(service.get("selectorLabels")) | selector
        spec: dict[str, Any] = given(type=service.get("type"), selector=wanted, ports=service.get("ports"))
        yield _service(name, gateway.home, spec, annotations=as_map(service.get("annotations")))


def _addons(config: Config) -> Iterator[Item]:
    for addon in config.addons.installed:
        yield from (Item(manifest, ("addons", addon.key), brought=True) for manifest in addon.brought())


def _workload(
    name: str, namespace: str, labels: dict[str, Any], *, account: str = "", templates: str = ""
) -> Iterator[Manifest]:
    """A Deployment; `templates` are those by which istiod makes its pods a gateway."""
    metadata = {"name": name, "namespace": namespace}
    annotations = {"inject.istio.io/templates": templates} if templates else None
    of_pods = given(labels=labels, annotations=annotations)
    template: dict[str, Any] = {"metadata": of_pods, "spec": given(serviceAccountName=account)}
    yield {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"template": template}}
    if account:
        yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account, "namespace": namespace}}


def _service(name: str, namespace: str, spec: dict[str, Any], *, annotations: dict[str, Any] | None = None) -> Manifest:
    metadata = given(name=name, namespace=namespace, annotations=annotations)
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}
