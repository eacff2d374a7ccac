"""What do the Deployments and Services of addons and samples have in common?"""

from __future__ import annotations

from typing import Any, Literal

from fairlead_mesh.keys.section import Manifest, given

ServiceType = Literal["ClusterIP", "NodePort", "LoadBalancer"]

DRAIN_SECONDS = 5
"""How long a pod that leaves goes on answering where nothing else is said."""


def container(
    name: str, image: str, *, ports: dict[str, int], health: str, cpu: str = "10m", memory: str = "64Mi", **more: Any
) -> Manifest:
    """A container without privileges that is ready when `health`, a path on its first port, answers.

    It goes on serving a few seconds after it is told to stop: proxies learn later than the kubelet that it leaves.
    """
    first = next(iter(ports))
    own = {
        "name": name,
        "image": image,
        "ports": [{"name": port_name, "containerPort": port} for port_name, port in ports.items()],
        "readinessProbe": {"httpGet": {"path": health, "port": first}, "periodSeconds": 5},
        "lifecycle": {"preStop": {"sleep": {"seconds": DRAIN_SECONDS}}},
        "resources": {"requests": {"cpu": cpu, "memory": memory}},
        "securityContext": security_context(),
    }
    return own | more


def security_context(**more: Any) -> dict[str, Any]:
    """What the `restricted` pod security standard asks of a container; `more` names a user, say."""
    return {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
        **more,
    }


def deployment(
    name: str,
    namespace: str,
    *,
    labels: dict[str, str],
    containers: list[Manifest],
    pod_labels: dict[str, str] | None = None,
    pod_annotations: dict[str, str] | None = None,
    service_account: str | None = None,
    volumes: list[Manifest] | None = None,
) -> Manifest:
    """One replica of a pod that its `labels` select; `pod_labels` are further ones, which select nothing."""
    pod = given(labels=labels | (pod_labels or {}), annotations=pod_annotations)
    spec = given(serviceAccountName=service_account, containers=containers, volumes=volumes)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {"metadata": pod, "spec": spec},
        },
    }


def service(
    name: str,
    namespace: str,
    *,
    selector: dict[str, str],
    ports: dict[str, tuple[int, int]],
    service_type: str = "ClusterIP",
) -> Manifest:
    """A Service; `ports` maps each name, whose prefix tells Istio the protocol, to its port and the pod's."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace, "labels": selector},
        "spec": {
            "type": service_type,
            "selector": selector,
            "ports": [
                {"name": port_name, "port": port, "targetPort": target} for port_name, (port, target) in ports.items()
            ],
        },
    }
