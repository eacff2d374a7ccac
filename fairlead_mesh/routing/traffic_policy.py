"""What does Istio read of circuit breakers and load balancing? The traffic policy of a DestinationRule or a subset."""

from __future__ import annotations

from typing import Any

from fairlead_mesh.apps.load_balancing import LoadBalancing, Localities
from fairlead_mesh.apps.traffic_policy import TrafficPolicy
from fairlead_mesh.keys.section import given
from fairlead_mesh.routing.written import as_written

_SIMPLE = {"roundRobin": "ROUND_ROBIN", "leastRequest": "LEAST_REQUEST", "random": "RANDOM"}
TLS_MODES = {"istioMutual": "ISTIO_MUTUAL", "disable": "DISABLE"}


def traffic_policy(*said: TrafficPolicy) -> dict[str, Any]:
    """What the first of these says of a part of it, else the next."""
    breakers = [each.circuit_breaker for each in said if each.circuit_breaker]
    pool = next((each.connection_pool for each in breakers if each.connection_pool), None)
    ejection = next((each.outlier_detection for each in breakers if each.outlier_detection), None)
    balancing = next((each.load_balancing for each in said if each.load_balancing), None)
    tls = next((each.client_tls for each in said if each.client_tls), None)
    return given(
        connectionPool=as_written(pool) if pool else None,
        outlierDetection=as_written(ejection) if ejection else None,
        loadBalancer=_load_balancer(balancing) if balancing else None,
        tls={"mode": TLS_MODES[tls]} if tls else None,
    )


def _load_balancer(balancing: LoadBalancing) -> dict[str, Any]:
    sticky = balancing.consistent_hash
    return given(
        simple=_SIMPLE[balancing.simple] if balancing.simple else None,
        consistentHash=as_written(sticky) if sticky else None,
        localityLbSetting=_localities(balancing.locality) if balancing.locality else None,
        warmup=as_written(balancing.warmup) if balancing.warmup else None,
    )


def _localities(locality: Localities) -> dict[str, Any]:
    return given(
        enabled=True,
        distribute=[{"from": place, "to": shares} for place, shares in sorted(locality.distribute.items())],
        failover=[{"from": one, "to": other} for one, other in sorted(locality.failover.items())],
        failoverPriority=locality.failover_priority,
    )
