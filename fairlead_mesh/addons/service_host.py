"""Which Service does a host name? As the pods of a namespace see it."""

from __future__ import annotations

from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN

_BEHIND_THE_NAMESPACE = ("", "svc", CLUSTER_DOMAIN)


def service_at(host: str, namespace: str) -> tuple[str, str] | None:
    """(namespace, name) of the Service that pods in `namespace` find under the host; None where it is none."""
    name, _, rest = host.partition(".")
    home, _, domain = rest.partition(".")
    return (home or namespace, name) if domain in _BEHIND_THE_NAMESPACE else None
