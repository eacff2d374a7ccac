"""What would a stack file say of a traffic policy that exists? Circuit breaker and load balancing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead_mesh.drafts.said import UnsaidError, part
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.routing.traffic_policy import TLS_MODES

Draft = dict[str, Any]
_TLS = {mode: word for word, mode in TLS_MODES.items()}
_SIMPLE = {"ROUND_ROBIN": "roundRobin", "LEAST_REQUEST": "leastRequest", "RANDOM": "random"}


def policy_draft(policy: Any) -> Draft:
    """The keys of an app or a version. Raises UnsaidError."""
    said = part(as_map(policy), "connectionPool", "outlierDetection", "loadBalancer", "tls")
    breaker = {key: said[key] for key in ("connectionPool", "outlierDetection") if key in said}
    found: Draft = {"circuitBreaker": breaker} if breaker else {}
    if "loadBalancer" in said:
        found["loadBalancing"] = _balancing(said["loadBalancer"])
    if "tls" in said:
        mode = str(part(said["tls"], "mode").get("mode"))
        if mode not in _TLS:
            raise UnsaidError(f"tls {mode}")
        found["clientTls"] = _TLS[mode]
    return found


def _balancing(balancer: Any) -> Draft:
    said = part(balancer, "simple", "consistentHash", "localityLbSetting", "warmup")
    found = {key: said[key] for key in ("consistentHash", "warmup") if key in said}
    if "simple" in said:
        if said["simple"] not in _SIMPLE:
            raise UnsaidError(f"simple: {said['simple']}")
        found["simple"] = _SIMPLE[said["simple"]]
    if "localityLbSetting" in said:
        found["locality"] = _locality(said["localityLbSetting"])
    return found


def _locality(setting: Mapping[str, Any]) -> Draft:
    said = part(setting, "enabled", "distribute", "failover", "failoverPriority")
    if said.pop("enabled", True) is not True:
        raise UnsaidError("enabled: false")
    found: Draft = {key: {each["from"]: each["to"] for each in as_maps(said.get(key))} for key in _PAIRS if key in said}
    return found | ({"failoverPriority": said["failoverPriority"]} if "failoverPriority" in said else {})


_PAIRS = ("distribute", "failover")
