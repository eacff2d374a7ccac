"""Which values make the kiali-server chart show this mesh?"""

from __future__ import annotations

from typing import Any

from mesh.addons import Kiali, endpoint
from mesh.section import Manifest, Values, merged

SIGNING_SECRET = "kiali-signing-key"  # noqa: S105 - a Secret's name
"""Name of the Secret with the key that signs sessions, where the stack has one."""

_TRACING_PROVIDERS = ("jaeger", "tempo")
"""What Kiali can read traces from (its config.go); Zipkin is not among them."""


def kiali_values(
    kiali: Kiali,
    *,
    istio_namespace: str,
    prometheus_url: str | None,
    grafana_url: str | None,
    tracing_url: str | None,
    tracing_provider: str | None,
    signing_secret: str | None = None,
) -> Values:
    """A Kiali behind the Service `kiali`, port 20001, that knows the addons at the URLs given; None is none.

    `tracing_url` is where traces are read, not where they are sent. Kiali has no provider for Zipkin: its traces are
    looked at in Zipkin itself, and Kiali's tracing stays off. `signing_secret` names a Secret whose key `signing-key`
    (16, 24 or 32 characters) signs sessions; without one the chart makes up a key at every install and upgrade,
    which logs everybody out.
    """
    at = endpoint(kiali)
    own: Values = {
        "auth": {"strategy": kiali.strategy},
        "deployment": _deployment(kiali, at.service),
        "external_services": {
            # The server finds out the names of istiod and its config map; the chart still asks for the namespace.
            "istio": {"root_namespace": istio_namespace},
            "prometheus": _at("url", prometheus_url),
            "grafana": _at("internal_url", grafana_url),
            "tracing": _tracing(tracing_url, tracing_provider),
        },
        "login_token": {"signing_key": _signing_key(kiali, signing_secret)},
        "server": {"port": at.port, "web_root": at.path},
    }
    return merged(own, kiali.values)


def _deployment(kiali: Kiali, name: str) -> Values:
    return {
        "instance_name": name,
        "image_pull_policy": "IfNotPresent",
        "ingress": {"enabled": False},
        "pod_labels": {"sidecar.istio.io/inject": "false"},
        "service_type": kiali.service_type,
        # Anonymous visitors act with Kiali's own rights, which would let anyone edit the objects of this stack.
        "view_only_mode": kiali.strategy == "anonymous",
    }


def _at(key: str, url: str | None, **settings: Any) -> Values:
    return {"enabled": True, key: url, **settings} if url else {"enabled": False}


def _tracing(url: str | None, provider: str | None) -> Values:
    readable = url if provider in _TRACING_PROVIDERS else None
    return _at("internal_url", readable, provider=provider, use_grpc=False)


def _signing_key(kiali: Kiali, secret: str | None) -> str:
    if secret:
        return f"secret:{secret}:signing-key"
    # Nothing is signed for anonymous visitors; a word here keeps the chart from rendering a new key every time.
    return "unused" if kiali.strategy == "anonymous" else ""


def signing_secret(namespace: str, key: Any) -> Manifest:
    """The Secret that the server reads its key from; `key` may be a secret output of 16, 24 or 32 characters."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": SIGNING_SECRET, "namespace": namespace},
        "type": "Opaque",
        "stringData": {"signing-key": key},
    }
