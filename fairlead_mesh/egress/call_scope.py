"""What do the proxies of an app know? A Sidecar with what it declares to call, or none where it declares nothing."""

from __future__ import annotations

from collections.abc import Mapping

from fairlead_mesh.apps.app import App
from fairlead_mesh.config import Config
from fairlead_mesh.egress.egress_objects import service_host
from fairlead_mesh.keys.section import Manifest


def call_scope(app: App, labels: Mapping[str, str], config: Config) -> Manifest | None:
    """The Sidecar of an app: the Services and hosts that it calls, and what proxies send logs and traces to."""
    if not app.calls or not labels:
        return None
    found = [f"{config.istio.namespace}/*"]
    found += [f"{each.namespace}/*" for each in config.addons.installed if each.product.collects]
    if config.counting and any(limit.is_global for limit in app.rate_limits):
        found.append(f"{config.counting.home}/{config.counting.host}")
    for name in app.calls:
        found += [f"{each.namespace}/{each.fqdn(svc)}" for each in config.apps if each.name == name
                  for svc in each.services]  # fmt: skip
        for host in (each for each in config.egress if each.name == name):
            found += [f"{host.namespace}/{each}" for each in host.hosts]
            gateways = (each for each in config.gateways if each.name == host.through)
            found += [f"{each.home}/{service_host(each)}" for each in gateways]
    spec = {"workloadSelector": {"labels": dict(labels)}, "egress": [{"hosts": sorted(dict.fromkeys(found))}]}
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Sidecar",
        "metadata": {"name": app.name, "namespace": app.namespace},
        "spec": spec,
    }
