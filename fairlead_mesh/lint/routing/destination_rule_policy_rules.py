"""Are the limits of a DestinationRule limits? Its traffic policies, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.keys import duration
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.traffic_policy import Policy, destination_rules, policies

_REFUSED = "istiod's webhook rejects the whole DestinationRule"
_WHOLE = 100
_OF_A_PORT = ("outlierDetection", "connectionPool", "loadBalancer", "tls")
_OF_A_HOST = (*_OF_A_PORT, "portLevelSettings", "tunnel", "proxyProtocol", "retryBudget")
_DURATIONS: tuple[Path, ...] = (
    ("outlierDetection", "interval"),
    ("outlierDetection", "baseEjectionTime"),
    ("connectionPool", "tcp", "connectTimeout"),
    ("connectionPool", "tcp", "maxConnectionDuration"),
    ("connectionPool", "tcp", "idleTimeout"),
    ("connectionPool", "tcp", "tcpKeepalive", "time"),
    ("connectionPool", "tcp", "tcpKeepalive", "interval"),
    ("connectionPool", "http", "idleTimeout"),
)
_MAY_BE_ZERO: Path = ("connectionPool", "tcp", "idleTimeout")
_COUNTS: tuple[Path, ...] = (
    ("connectionPool", "tcp", "maxConnections"),
    ("connectionPool", "http", "http1MaxPendingRequests"),
    ("connectionPool", "http", "http2MaxRequests"),
    ("connectionPool", "http", "maxRequestsPerConnection"),
    ("connectionPool", "http", "maxRetries"),
    ("connectionPool", "http", "maxConcurrentStreams"),
)
_PERCENTAGES: tuple[Path, ...] = (
    ("outlierDetection", "maxEjectionPercent"),
    ("outlierDetection", "minHealthPercent"),
)


def _all(graph: Graph) -> Iterator[Policy]:
    for item in destination_rules(graph):
        yield from policies(item)


@object_rule("webhook")
def traffic_policies_say_something(graph: Graph) -> Iterator[Hit]:
    """A traffic policy has at least one setting, and so has a connection pool: istiod rejects an empty one."""
    for policy in _all(graph):
        of_a_port = policy.path[-2] == "portLevelSettings"
        known = _OF_A_PORT if of_a_port else _OF_A_HOST
        if all(policy.value.get(key) is None for key in known):
            yield policy.item.hit(policy.path, f"it has no setting; {_REFUSED}", f"add one of {', '.join(known)}")
        if of_a_port and policy.value.get("port") is None:
            message = f"it has no port; {_REFUSED}"
            yield policy.item.hit(policy.path, message, "add port: {number: ...}, a port of the Service")
        pool = policy.value.get("connectionPool")
        if isinstance(pool, dict) and not any(as_map(pool).get(key) is not None for key in ("http", "tcp")):
            message = f"it has no setting; {_REFUSED}"
            yield policy.item.hit((*policy.path, "connectionPool"), message, "add tcp or http, or remove it")


@object_rule("webhook")
def durations_of_policies_are_durations(graph: Graph) -> Iterator[Hit]:
    """A duration is a number with its unit, in whole milliseconds, at least one: istiod rejects `10` and `0s`."""
    for policy in _all(graph):
        for key in _DURATIONS:
            value = policy.item.get(*policy.path, *key)
            if value is not None and (reason := duration.complaint(value, zero=key == _MAY_BE_ZERO)):
                yield policy.item.hit((*policy.path, *key), f"{reason}; {_REFUSED}", "write 30s or 500ms")


@object_rule("webhook")
def limits_are_in_range(graph: Graph) -> Iterator[Hit]:
    """Limits of a connection pool are not negative, and percentages of outlier detection are from 0 to 100."""
    for policy in _all(graph):
        for key in _COUNTS:
            value = policy.item.get(*policy.path, *key)
            if isinstance(value, int) and value < 0:
                yield policy.item.hit((*policy.path, *key), f"{key[-1]} is below zero; {_REFUSED}", "write 0 or more")
        for key in _PERCENTAGES:
            value = policy.item.get(*policy.path, *key)
            if isinstance(value, int) and not 0 <= value <= _WHOLE:
                message = f"{value} is not a percentage; {_REFUSED}"
                yield policy.item.hit((*policy.path, *key), message, "write 0 to 100")


@object_rule("webhook")
def settings_of_a_policy_agree(graph: Graph) -> Iterator[Hit]:
    """Settings that exclude each other are not set together: istiod rejects them."""
    for policy in _all(graph):
        http = as_map(policy.item.get(*policy.path, "connectionPool", "http"))
        if http.get("h2UpgradePolicy") == "UPGRADE" and http.get("useClientProtocol") is True:
            yield _contradiction(policy, ("connectionPool", "http", "useClientProtocol"), "h2UpgradePolicy: UPGRADE")
        outlier = as_map(policy.value.get("outlierDetection"))
        failures = outlier.get("consecutiveLocalOriginFailures")
        if isinstance(failures, int) and failures > 0 and not outlier.get("splitExternalLocalOriginErrors"):
            path = ("outlierDetection", "consecutiveLocalOriginFailures")
            message = f"it has an effect only with splitExternalLocalOriginErrors; {_REFUSED}"
            yield policy.item.hit((*policy.path, *path), message, "add splitExternalLocalOriginErrors: true")
        locality = as_map(policy.item.get(*policy.path, "loadBalancer", "localityLbSetting"))
        if locality.get("distribute") and locality.get("failover"):
            yield _contradiction(policy, ("loadBalancer", "localityLbSetting", "failover"), "distribute")
        if policy.value.get("tunnel") and policy.value.get("proxyProtocol"):
            yield _contradiction(policy, ("proxyProtocol",), "tunnel")


def _contradiction(policy: Policy, path: Path, other: str) -> Hit:
    message = f"{path[-1]} and {other} exclude each other; {_REFUSED}"
    return policy.item.hit((*policy.path, *path), message, f"keep one of {path[-1]} and {other}")


@object_rule("webhook")
def localities_share_a_hundred(graph: Graph) -> Iterator[Hit]:
    """The weights of localities are from 1 to 100 each and add up to 100: istiod rejects other sums."""
    for policy in _all(graph):
        path = (*policy.path, "loadBalancer", "localityLbSetting", "distribute")
        for place, share in policy.item.maps(*path):
            weights: list[Any] = list(as_map(share.get("to")).values())
            whole = all(isinstance(weight, int) for weight in weights)
            if weights and whole and (sum(weights) != _WHOLE or min(weights) < 1):
                message = (
                    f"the weights are {', '.join(str(weight) for weight in weights)}, which do not add up to 100; "
                    f"{_REFUSED}"
                )
                yield policy.item.hit((*place, "to"), message, "write weights that add up to 100")


@object_rule("webhook", severity="warning")
def failover_has_outlier_detection(graph: Graph) -> Iterator[Hit]:
    """Traffic fails over from a locality when its pods are unhealthy, which only outlier detection finds out."""
    for policy in _all(graph):
        path = ("loadBalancer", "localityLbSetting")
        locality = as_map(policy.item.get(*policy.path, *path))
        for key in [key for key in ("failover", "failoverPriority") if locality.get(key)][:1]:
            if policy.value.get("outlierDetection") is None:
                message = "without outlierDetection no pod ever counts as unhealthy, so nothing fails over"
                remedy = "add outlierDetection with what counts as unhealthy, such as consecutive5xxErrors"
                yield policy.item.hit((*policy.path, *path, key), message, remedy)
