"""What does Istio's helloworld consist of? Two versions that answer /hello on port 5000 with their name."""

from __future__ import annotations

from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.versions import HELLOWORLD_IMAGES
from fairlead_mesh.workload import container, deployment, security_context, service

_PORTS = {"http": (5000, 5000)}


def helloworld_objects(namespace: str, service_type: str, *, per_version_services: bool) -> list[Manifest]:
    """A Service over both versions, one of its own for each where they are routed by host, and their Deployments."""
    shared = service("helloworld", namespace, selector={"app": "helloworld"}, ports=_PORTS, service_type=service_type)
    own = [_version_service(version, namespace) for version in HELLOWORLD_IMAGES if per_version_services]
    return [shared, *own, *(_deployment(version, namespace) for version in HELLOWORLD_IMAGES)]


def _labels(version: str) -> dict[str, str]:
    return {"app": "helloworld", "version": version}


def _version_service(version: str, namespace: str) -> Manifest:
    return service(f"helloworld-{version}", namespace, selector=_labels(version), ports=_PORTS)


def _deployment(version: str, namespace: str) -> Manifest:
    helloworld = container(
        "helloworld",
        HELLOWORLD_IMAGES[version],
        ports={"http": 5000},
        health="/health",
        # Every answer takes a sum of a million square roots.
        cpu="100m",
        # The image would run as root.
        securityContext=security_context(runAsUser=1000),
    )
    return deployment(f"helloworld-{version}", namespace, labels=_labels(version), containers=[helloworld])
