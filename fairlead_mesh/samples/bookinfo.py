"""What does Istio's bookinfo consist of? Four services on port 9080; reviews exists in three versions."""

from __future__ import annotations

from typing import Any

from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.versions import BOOKINFO_IMAGE
from fairlead_mesh.workload import container, deployment, service

_PORT = 9080
_VERSIONS = {"details": ["v1"], "ratings": ["v1"], "reviews": ["v1", "v2", "v3"], "productpage": ["v1"]}
_MEMORY = {"details": "64Mi", "ratings": "64Mi", "reviews": "256Mi", "productpage": "192Mi"}

# reviews is a Java server, which writes its log and its working files while it starts.
_WRITABLE = {"productpage": {"tmp": "/tmp"}, "reviews": {"tmp": "/tmp", "wlp-output": "/opt/ibm/wlp/output"}}  # noqa: S108
_ENVIRONMENT = {"reviews": [{"name": "LOG_DIR", "value": "/tmp/logs"}]}  # noqa: S108


def bookinfo_objects(namespace: str, service_type: str) -> list[Manifest]:
    """Each service with its account and its versions; `service_type` is that of productpage, which people open."""
    objects: list[Manifest] = []
    for name, versions in _VERSIONS.items():
        opened = service_type if name == "productpage" else "ClusterIP"
        objects.append(_service_account(name, namespace))
        objects.append(
            service(name, namespace, selector={"app": name}, ports={"http": (_PORT, _PORT)}, service_type=opened)
        )
        objects.extend(_deployment(name, version, namespace) for version in versions)
    return objects


def _service_account(name: str, namespace: str) -> Manifest:
    metadata = {"name": f"bookinfo-{name}", "namespace": namespace, "labels": {"account": name}}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}


def _deployment(name: str, version: str, namespace: str) -> Manifest:
    folders = _WRITABLE.get(name, {})
    more: dict[str, Any] = {"env": _ENVIRONMENT[name]} if name in _ENVIRONMENT else {}
    if folders:
        more["volumeMounts"] = [{"name": folder, "mountPath": path} for folder, path in folders.items()]
    image = BOOKINFO_IMAGE.format(workload=f"{name}-{version}")
    return deployment(
        f"{name}-{version}",
        namespace,
        labels={"app": name, "version": version},
        containers=[container(name, image, ports={"http": _PORT}, health="/health", memory=_MEMORY[name], **more)],
        service_account=f"bookinfo-{name}",
        volumes=[{"name": folder, "emptyDir": {}} for folder in folders],
    )
