"""What else do a route and a DestinationRule do to requests, in words? Timeouts, retries, balancing, pools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.route_settings import retry_ways


def route_in_words(spec: Mapping[str, Any]) -> Iterator[str]:
    """The timeout and the retries that a route sets."""
    if spec.get("timeout"):
        yield f"requests time out after {spec['timeout']}"
    retries = as_map(spec.get("retries"))
    if retries.get("attempts"):
        on = f" on {retries['retryOn']}" if retries.get("retryOn") else ""
        each = f", {retries['perTryTimeout']} each" if retries.get("perTryTimeout") else ""
        ways = "".join(f", {way}" for way in retry_ways(retries))
        yield f"retried up to {retries['attempts']} times{on}{each}{ways}"
    elif isinstance(spec.get("retries"), dict):
        yield "not retried"


def policy_in_words(settings: Mapping[str, Any]) -> str:
    """How a cluster is balanced and limited: `, balanced by ROUND_ROBIN, pool http.http2MaxRequests 10`."""
    return "".join(f", {each}" for each in _policy(settings))


def _policy(settings: Mapping[str, Any]) -> Iterator[str]:
    balancer = as_map(settings.get("loadBalancer"))
    if balancer.get("consistentHash"):
        yield "the same pod for the same value (consistentHash)"
    elif balancer.get("simple"):
        yield f"balanced by {balancer['simple']}"
    if warmup := as_map(balancer.get("warmup")).get("duration"):
        yield f"pods that start warm up for {warmup}"
    if balancer.get("localityLbSetting"):
        yield "by locality, which is not followed here"
    for protocol, limits in as_map(settings.get("connectionPool")).items():
        for name, value in as_map(limits).items():
            yield f"connectionPool {protocol}.{name} {value}"
    for name, value in as_map(settings.get("outlierDetection")).items():
        yield f"outlierDetection {name} {value}"
