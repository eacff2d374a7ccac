"""What does membership-service consist of? An nginx that answers as a Spring Boot service's health endpoint does."""

from __future__ import annotations

from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.versions import MEMBERSHIP_SERVICE_IMAGE
from fairlead_mesh.workload import container, deployment, security_context, service

_NAME = "membership-service"
_LABELS = {"app": _NAME, "version": "v1"}

_SERVER = """\
server {
    listen 8080;
    default_type application/json;
    location = /actuator/health {
        return 200 '{"status":"UP"}';
    }
    location = / {
        return 200 '{"name":"membership-service"}';
    }
}
"""


def membership_service_objects(namespace: str, service_type: str) -> list[Manifest]:
    """The server's configuration, a Service on port 8080 and a Deployment."""
    nginx = container(
        _NAME,
        MEMBERSHIP_SERVICE_IMAGE,
        ports={"http": 8080},
        health="/actuator/health",
        memory="16Mi",
        securityContext=security_context(runAsUser=101, readOnlyRootFilesystem=True),
        volumeMounts=[
            {"name": "server", "mountPath": "/etc/nginx/conf.d", "readOnly": True},
            # nginx keeps its process id and the bodies of requests there.
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108
        ],
    )
    volumes: list[Manifest] = [{"name": "server", "configMap": {"name": _NAME}}, {"name": "tmp", "emptyDir": {}}]
    return [
        _config_map(namespace),
        service(_NAME, namespace, selector={"app": _NAME}, ports={"http": (8080, 8080)}, service_type=service_type),
        deployment(_NAME, namespace, labels=_LABELS, containers=[nginx], volumes=volumes),
    ]


def _config_map(namespace: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": _NAME, "namespace": namespace, "labels": _LABELS},
        "data": {"default.conf": _SERVER},
    }
