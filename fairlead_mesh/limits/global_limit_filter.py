"""How do proxies ask the rate limit service? Envoy's filter for it and the descriptors of its limits: an EnvoyFilter.

Sources: Istio's task on rate limits (global); Envoy's reference of its ratelimit filter. It stands before the router,
so that what authentication and policies reject is not counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from fairlead_mesh.access.identities import Identities
from fairlead_mesh.apps.app import App
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.keys import duration
from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.limits.limit_descriptors import STAGE, limit_actions, of_app, of_gateway
from fairlead_mesh.limits.rate_limit_service import RateLimitService

_NAME = "envoy.filters.http.ratelimit"
_TYPE = "type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit"
_MANAGER, _ROUTER = "envoy.filters.network.http_connection_manager", "envoy.filters.http.router"
_SECOND = 10**9
Context = Literal["SIDECAR_INBOUND", "GATEWAY"]


def app_limit_filter(
    app: App, labels: Mapping[str, str], known: Identities, service: RateLimitService
) -> Manifest | None:
    """The EnvoyFilter of an app with global limits: its proxies ask before the app gets a request."""
    actions = limit_actions(of_app(app.namespace, app.name), app.rate_limits, known)
    if not actions:
        return None
    routes = {
        "applyTo": "HTTP_ROUTE",
        "match": {"context": "SIDECAR_INBOUND", "routeConfiguration": {"vhost": {"route": {"action": "ANY"}}}},
        "patch": {"operation": "MERGE", "value": {"route": {"rate_limits": actions}}},
    }
    patches = [_filter("SIDECAR_INBOUND", service), routes]
    return _envoy_filter(f"{app.name}-rate-limit-global", app.namespace, labels, patches)


def gateway_limit_filter(gateway: Gateway, known: Identities, service: RateLimitService) -> Manifest | None:
    """The EnvoyFilter of a gateway with global limits. They are of its virtual hosts: a route may be a redirect, which
    has none."""
    actions = limit_actions(of_gateway(gateway.home, gateway.name), gateway.rate_limits, known)
    if not actions:
        return None
    hosts = {
        "applyTo": "VIRTUAL_HOST",
        "match": {"context": "GATEWAY"},
        "patch": {"operation": "MERGE", "value": {"rate_limits": actions}},
    }
    patches = [_filter("GATEWAY", service), hosts]
    return _envoy_filter(f"{gateway.name}-rate-limit-gateway", gateway.home, gateway.pod_labels, patches)


def _filter(context: Context, service: RateLimitService) -> dict[str, Any]:
    cluster = f"outbound|{service.port}||{service.host}"
    config = {
        "@type": _TYPE,
        "domain": service.domain,
        "stage": STAGE,
        "timeout": f"{(duration.nanoseconds(service.timeout) or 0) / _SECOND:g}s",
        "failure_mode_deny": not service.fail_open,
        "rate_limited_as_resource_exhausted": True,
        "rate_limit_service": {
            "grpc_service": {"envoy_grpc": {"cluster_name": cluster, "authority": service.host}},
            "transport_api_version": "V3",
        },
    }
    before = {"name": _MANAGER, "subFilter": {"name": _ROUTER}}
    return {
        "applyTo": "HTTP_FILTER",
        "match": {"context": context, "listener": {"filterChain": {"filter": before}}},
        "patch": {"operation": "INSERT_BEFORE", "value": {"name": _NAME, "typed_config": config}},
    }


def _envoy_filter(name: str, namespace: str, labels: Mapping[str, str], patches: list[dict[str, Any]]) -> Manifest:
    return {
        "apiVersion": "networking.istio.io/v1alpha3",
        "kind": "EnvoyFilter",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"workloadSelector": {"labels": dict(labels)}, "configPatches": patches},
    }
